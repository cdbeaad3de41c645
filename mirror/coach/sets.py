"""A set in figures, and what may be said of two of them: the arithmetic behind every comparison.

Live comparisons and `analyze --compare` share it. It tells by name why something can't be compared; the words
are the caller's.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from mirror.knees.reading import Rep, RepLeg, Verdict

FEWEST_JUDGED = 2
SAME_DEG = {"toes": 6, "reference": 4, "toes+reference": 4}
"""Sets closer than this are told as about the same, by what the feet are known from: nine in ten pairs of
alike sets are (docs/decisions.md)."""
OTHER_DEPTH_DEG = 10
"""Knees are compared at equal depth; sets further apart than this are not alike."""


@dataclass(frozen=True, slots=True)
class LegOfSet:
    """One leg over a set.

    judged: repetitions it was judged in; good: those in which it stayed good. mean_deg, peak_deg: mean and
    largest of their deviations while deep, + inward, from where the toes point: the leg's own line may be
    another in another set. inside_deg: mean of how far inside that line. None when none was judged.
    """

    judged: int
    good: int
    mean_deg: float | None
    peak_deg: float | None
    inside_deg: float | None = None


@dataclass(frozen=True, slots=True)
class SetOfReps:
    """A set, without its reference repetition. depth_deg: mean, + above parallel, None where unknown.

    model: whose keypoints it rests on, None for anatomical joints. foot_source: what the feet are known from.
    """

    name: str
    model: str | None
    foot_source: str
    reps: int
    left: LegOfSet
    right: LegOfSet
    depth_deg: float | None


@dataclass(frozen=True, slots=True)
class Unlike:
    """Why a leg of two sets can't be compared: no_feet, other_feet, other_model or few. b: it is the second
    set's doing. judged: repetitions it was judged in, where there are too few."""

    key: str
    b: bool = False
    judged: int = 0


def figures(name: str, model: str | None, foot_source: str, reps: Iterable[Rep]) -> SetOfReps:
    """The figures of a set. The reference is left out: it is what the others are measured from."""
    counted = [rep for rep in reps if not rep.is_reference]
    return SetOfReps(
        name,
        model,
        foot_source,
        len(counted),
        _leg([rep.left for rep in counted]),
        _leg([rep.right for rep in counted]),
        mean([rep.depth_deg for rep in counted]),
    )


def _leg(legs: Sequence[RepLeg]) -> LegOfSet:
    judged = [leg for leg in legs if leg.deep_deviation_deg is not None]
    deep = [leg.deep_deviation_deg for leg in judged if leg.deep_deviation_deg is not None]
    good = sum(leg.verdict is Verdict.GOOD for leg in judged)
    inside = mean([leg.inside_own_track_deg for leg in judged])
    return LegOfSet(len(judged), good, mean(deep), max(deep, default=None), inside)


def mean(values: Sequence[float | None]) -> float | None:
    """Mean of what is known, None when nothing is."""
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if known else None


def unlike(a: SetOfReps, b: SetOfReps, side: str) -> Unlike | None:
    """Why this leg ("left" or "right") can't be compared, or None."""
    for one in (a, b):
        if one.foot_source == "none":
            return Unlike("no_feet", one is b)
    if a.foot_source != b.foot_source:
        return Unlike("other_feet")
    if a.model != b.model:
        return Unlike("other_model")
    for one in (a, b):
        judged: int = getattr(one, side).judged
        if judged < FEWEST_JUDGED:
            return Unlike("few", one is b, judged)
    return None


def whole_degrees_apart(a: float, b: float) -> int:
    """B less A, of the whole degrees that are shown, so that a person can check it."""
    return round(b) - round(a)


def about_the_same(a: SetOfReps, b: SetOfReps, side: str) -> bool:
    """Whether this leg's two means are as close as two alike sets often are. Both must be known."""
    before, after = getattr(a, side).mean_deg, getattr(b, side).mean_deg
    return abs(whole_degrees_apart(before, after)) < SAME_DEG[a.foot_source]


def other_depth(a: SetOfReps, b: SetOfReps) -> bool:
    """Whether the sets went so differently deep that they are not like for like."""
    if a.depth_deg is None or b.depth_deg is None:
        return False
    return abs(whole_degrees_apart(a.depth_deg, b.depth_deg)) >= OTHER_DEPTH_DEG
