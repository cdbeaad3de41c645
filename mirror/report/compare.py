"""Two sets side by side: flat against heel plates, light against heavy, with band or without.

Says what differed in numbers a person can check, never why; unknown where the sets can't be compared.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mirror.knees.analysis import Analysis
from mirror.knees.reading import RepLeg, Verdict

if TYPE_CHECKING:
    from rich.table import Table

SCHEMA = 1
FEWEST_JUDGED = 2
SAME_DEG = {"toes": 6, "reference": 4, "toes+reference": 4}
"""Sets closer than this are told as about the same, by what the feet are known from: nine in ten pairs of
alike sets are (docs/decisions.md)."""
OTHER_DEPTH_DEG = 10
"""Knees are compared at equal depth; sets further apart than this are not alike."""
FEET = {"toes": "the toes", "reference": "the reference", "toes+reference": "toes and reference"}
NOT_WHY = "Two sets show what differed, not why."


@dataclass(frozen=True, slots=True)
class LegOfSet:
    """One leg over a set.

    judged: repetitions it was judged in; good: those in which it stayed good. mean_deg, peak_deg: mean and
    largest of their deviations (the largest in each), + inward; None when none was judged.
    """

    judged: int
    good: int
    mean_deg: float | None
    peak_deg: float | None


@dataclass(frozen=True, slots=True)
class SetOfReps:
    """A set, without its reference repetition. depth_deg: mean, + above parallel, None where unknown.

    model: whose keypoints it rests on, None for anatomical joints.
    """

    name: str
    model: str | None
    foot_source: str
    reps: int
    left: LegOfSet
    right: LegOfSet
    depth_deg: float | None


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
    reps = [rep for rep in analysis.reps if not rep.is_reference]
    return SetOfReps(
        name,
        model,
        analysis.azimuth.source if analysis.azimuth else "none",
        len(reps),
        _leg([rep.left for rep in reps]),
        _leg([rep.right for rep in reps]),
        _mean([rep.depth_deg for rep in reps]),
    )


def _leg(legs: Sequence[RepLeg]) -> LegOfSet:
    judged = [leg for leg in legs if leg.deviation_deg is not None]
    deviations = [leg.deviation_deg for leg in judged if leg.deviation_deg is not None]
    good = sum(leg.verdict is Verdict.GOOD for leg in judged)
    return LegOfSet(len(judged), good, _mean(deviations), max(deviations, default=None))


def _mean(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if known else None


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
        sentences.append(_depth_words(a.depth_deg, b.depth_deg))
    if left is not None or right is not None:
        if "reference" in a.foot_source:
            sentences.append("Each set is measured from its own reference, which is left out.")
        sentences.append(NOT_WHY)
    return Comparison(a, b, left, right, left_why, right_why, depth, tuple(sentences))


def _difference(a: float | None, b: float | None) -> float | None:
    return None if a is None or b is None else b - a


def _unknown(a: SetOfReps, b: SetOfReps, side: str) -> str:
    """Why this leg can't be compared, or ""."""
    for letter, one in (("A", a), ("B", b)):
        if one.foot_source == "none":
            return f"no foot direction on {letter}"
    if a.foot_source != b.foot_source:
        return f"the feet are known from {FEET[a.foot_source]} on A, from {FEET[b.foot_source]} on B"
    if a.model != b.model:
        return "the keypoints come from different models"
    for letter, one in (("A", a), ("B", b)):
        judged = getattr(one, side).judged
        if judged < FEWEST_JUDGED:
            besides = " besides the reference" if "reference" in one.foot_source else ""
            told = f"judged in {judged} of {one.reps} squats{besides} on {letter}"
            return f"{told}, and {FEWEST_JUDGED} are needed"
    return ""


def _leg_words(side: str, a: SetOfReps, b: SetOfReps, why: str) -> str:
    """Differences are of the whole degrees that are shown, so that a person can check them."""
    knee = f"{side.capitalize()} knee"
    before, after = getattr(a, side).mean_deg, getattr(b, side).mean_deg
    if why or before is None or after is None:
        return f"{knee}: unknown, {why}."
    told = f"{knee}: {degrees(before)} on A, {degrees(after)} on B"
    apart = round(after) - round(before)
    same = SAME_DEG[a.foot_source]
    if abs(apart) < same:
        return f"{told}: about the same (less than {same}° apart can be the measurement)."
    return f"{told}: {abs(apart)}° further {'in' if apart > 0 else 'out'} on B."


def _depth_words(a: float, b: float) -> str:
    told = f"Depth, about: {degrees(a)} on A, {degrees(b)} on B"
    apart = round(b) - round(a)
    if abs(apart) < OTHER_DEPTH_DEG:
        return f"{told}."
    return f"{told}: B was {abs(apart)}° {'higher' if apart > 0 else 'deeper'}, so it is not like for like."


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
    return degrees(round(after) - round(before))


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
