"""Two sets side by side: flat against heel plates, light against heavy, with band or without.

Says what differed in numbers a person can check, never why; unknown where the sets can't be compared.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mirror.coach.sets import (
    FEWEST_JUDGED,
    SAME_DEG,
    LegOfSet,
    SetOfReps,
    about_the_same,
    figures,
    other_depth,
    unlike,
    whole_degrees_apart,
)
from mirror.knees.analysis import Analysis

if TYPE_CHECKING:
    from rich.table import Table

SCHEMA = 1
FEET = {"toes": "the toes", "reference": "the reference", "toes+reference": "toes and reference"}
NOT_WHY = "Two sets show what differed, not why."


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two sets. left_deg, right_deg: B's mean less A's, + further in, None where unknown; then
    left_unknown, right_unknown say why. depth_deg: B's less A's, + higher. sentences: all of it, told."""

    a: SetOfReps
    b: SetOfReps
    left_deg: float | None
    right_deg: float | None
    left_unknown: str
    right_unknown: str
    depth_deg: float | None
    sentences: tuple[str, ...]


def set_of_reps(name: str, model: str | None, analysis: Analysis) -> SetOfReps:
    """The figures of a set. The reference is left out: it is what the others are measured from."""
    foot_source = analysis.azimuth.source if analysis.azimuth else "none"
    return figures(name, model, foot_source, analysis.reps)


def compare(a: SetOfReps, b: SetOfReps) -> Comparison:
    """What differed from A to B, told."""
    left_why, right_why = _unknown(a, b, "left"), _unknown(a, b, "right")
    left = None if left_why else _difference(a.left.mean_deg, b.left.mean_deg)
    right = None if right_why else _difference(a.right.mean_deg, b.right.mean_deg)
    depth = _difference(a.depth_deg, b.depth_deg)
    sentences = [_leg_words("left", a, b, left_why), _leg_words("right", a, b, right_why)]
    if left_why and left_why == right_why:
        sentences = [f"Both knees: unknown, {left_why}."]
    if a.depth_deg is not None and b.depth_deg is not None:
        sentences.append(_depth_words(a.depth_deg, b.depth_deg, other_depth(a, b)))
    if left is not None or right is not None:
        if "reference" in a.foot_source:
            sentences.append("Each set is measured from its own reference, which is left out.")
        sentences.append(NOT_WHY)
    return Comparison(a, b, left, right, left_why, right_why, depth, tuple(sentences))


def _difference(a: float | None, b: float | None) -> float | None:
    return None if a is None or b is None else b - a


def _unknown(a: SetOfReps, b: SetOfReps, side: str) -> str:
    """Why this leg can't be compared, or ""."""
    why = unlike(a, b, side)
    if why is None:
        return ""
    letter, one = ("B", b) if why.b else ("A", a)
    if why.key == "no_feet":
        return f"no foot direction on {letter}"
    if why.key == "other_feet":
        return f"the feet are known from {FEET[a.foot_source]} on A, from {FEET[b.foot_source]} on B"
    if why.key == "other_model":
        return "the keypoints come from different models"
    besides = " besides the reference" if "reference" in one.foot_source else ""
    sentence = f"judged in {why.judged} of {one.reps} squats{besides} on {letter}"
    return f"{sentence}, and {FEWEST_JUDGED} are needed"


def _leg_words(side: str, a: SetOfReps, b: SetOfReps, why: str) -> str:
    """Differences are of the whole degrees that are shown, so that a person can check them."""
    knee = f"{side.capitalize()} knee"
    before, after = getattr(a, side).mean_deg, getattr(b, side).mean_deg
    if why or before is None or after is None:
        return f"{knee}: unknown, {why}."
    sentence = f"{knee}: {degrees(before)} on A, {degrees(after)} on B"
    apart = whole_degrees_apart(before, after)
    if about_the_same(a, b, side):
        return (
            f"{sentence}: about the same (less than {SAME_DEG[a.foot_source]}° apart can be the measurement)."
        )
    return f"{sentence}: {abs(apart)}° further {'in' if apart > 0 else 'out'} on B."


def _depth_words(a: float, b: float, other: bool) -> str:
    sentence = f"Depth, about: {degrees(a)} on A, {degrees(b)} on B"
    if not other:
        return f"{sentence}."
    apart = whole_degrees_apart(a, b)
    return (
        f"{sentence}: B was {abs(apart)}° {'higher' if apart > 0 else 'deeper'}, so it is not like for like."
    )


def degrees(value: float | None) -> str:
    """Whole degrees with a sign."""
    return "unknown" if value is None else f"{round(value):+d}°"


def comparison_table(found: Comparison) -> Table:
    """Both sets, a column each. Deviations are + inward, depths + above parallel."""
    from rich.table import Table
    from rich.text import Text  # file names are no markup

    table = Table(header_style="bold", show_edge=False, pad_edge=False)
    table.add_column("")
    for letter, one in (("A", found.a), ("B", found.b)):
        table.add_column(Text(f"{letter}: {one.name}"), justify="right")
    table.add_column("B less A", justify="right")
    table.add_row("squats", *(str(one.reps) for one in (found.a, found.b)), "")
    for side, apart in (("left", found.left_deg), ("right", found.right_deg)):
        legs = [getattr(one, side) for one in (found.a, found.b)]
        whole = [leg.mean_deg for leg in legs]
        table.add_row(f"{side} knee, mean", *map(degrees, whole), _apart(whole, apart))
        table.add_row(f"{side} knee, largest", *(degrees(leg.peak_deg) for leg in legs), "")
        table.add_row(f"{side} knee good", *(_share(leg) for leg in legs), "")
    depths = [found.a.depth_deg, found.b.depth_deg]
    table.add_row("depth, about", *map(degrees, depths), _apart(depths, found.depth_deg))
    return table


def _apart(shown: Sequence[float | None], apart: float | None) -> str:
    """The difference of the whole degrees shown; unknown where the two can't be compared."""
    before, after = shown
    if apart is None or before is None or after is None:
        return "unknown"
    return degrees(whole_degrees_apart(before, after))


def _share(leg: LegOfSet) -> str:
    return f"{leg.good} of {leg.judged}" if leg.judged else "unknown"


def comparison_document(found: Comparison) -> dict[str, Any]:
    """As plain numbers for compare.json: degrees, None where unknown."""
    return {
        "schema": SCHEMA,
        "a": _set_document(found.a),
        "b": _set_document(found.b),
        "difference": {
            "left_deg": _rounded(found.left_deg),
            "right_deg": _rounded(found.right_deg),
            "depth_deg": _rounded(found.depth_deg),
        },
        "why_unknown": {"left": found.left_unknown, "right": found.right_unknown},
        "sentences": list(found.sentences),
    }


def _set_document(one: SetOfReps) -> dict[str, Any]:
    return {
        "file": one.name,
        "model": one.model,
        "foot_source": one.foot_source,
        "reps": one.reps,
        "depth_deg": _rounded(one.depth_deg),
    } | {
        side: {
            "judged": leg.judged,
            "good": leg.good,
            "good_share": _rounded(leg.good / leg.judged) if leg.judged else None,
            "mean_deviation_deg": _rounded(leg.mean_deg),
            "peak_deviation_deg": _rounded(leg.peak_deg),
        }
        for side, leg in (("left", one.left), ("right", one.right))
    }


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 3)
