"""Patterns over a set: what several repetitions have in common, seen from the front by one camera.

Each needs at least two repetitions and two features, at equal depth; with less, only what was seen is
said. A pattern is an observation and never a cause. Knows no words.
"""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from mirror.coach.sets import (
    OTHER_DEPTH_DEG,
    SetOfReps,
    about_the_same,
    other_depth,
    unlike,
    whole_degrees_apart,
)
from mirror.knees.reading import LegFeatures, Rep, RepFeatures, RepLeg, Verdict

SIDES = ("left", "right")
INSIDE_DEG = 6.0
"""A knee further inside its own line than this, at its largest, is seen as inside."""
SURELY_INSIDE_DEG = 8.0
"""...and further than this surely so: for patterns that rest on little else."""
OUTSIDE_DEG = -10.0
"""...and further outside than this as pushed out too far: outside the toes, whatever the line."""
FEWEST_REPS = 2
NOT_PARALLEL_DEG = 5.0
"""The bottom stays high: the thigh stays more than this above parallel."""
ANKLE_ROSE = 0.05
"""Shank lengths: 2 cm at 1.72 m. A heel 3 cm up gives 0.06; MoveNet sees still ankles at -0.07 to 0."""
ANKLE_IN = 0.047
"""Shank lengths: 2 cm at 1.72 m. Clean rendered squats stay below 0.03."""
ANKLE_STILL = 0.03
FORWARD_EARLY = 0.25
"""The knee has done its forward travel by this share of the depth; 0.3 to 0.75 where nothing stops it."""
EARLY_UP = 0.4
LATE_SLOPE = 0.7
LATE_REPS = 5
LATE_RISE = 4.0
SET_RISE = 4
ONE_SIDED_DEG = 10.0
MOST_YAW_DEG = 10.0
TIPPED = 2.0
"""Shoulder drop over hip drop. 1.0 to 1.75 in full squats, up to 2.8 in shallow ones, which are left out."""
SHALLOW_DEG = 25.0
ROLLING_REPS = 3

SUREST_FIRST = (
    "load", "plates_help", "deep_only", "late", "one_sided", "up_only", "from_start", "hips", "trunk",
    "foot_rolls", "outside",
)  # fmt: skip
"""Keys of all patterns; when several are seen, the surest is told."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """key: one of SUREST_FIRST. side: "left", "right" or "both". seen, of: in how many of how many squats.

    most_deg: the number that goes with it (largest deviation, or difference), None where there is none.
    """

    key: str
    side: str
    seen: int
    of: int
    most_deg: float | None


@dataclass(frozen=True, slots=True)
class _JudgedLeg:
    """One leg in one repetition that was judged. deg: how far inside its own line it was."""

    n: int
    leg: RepLeg
    deg: float
    features: LegFeatures
    rep: Rep
    whole: RepFeatures

    @property
    def inside(self) -> bool:
        return self.deg > INSIDE_DEG


def find(reps: Iterable[Rep]) -> tuple[Pattern, ...]:
    """The patterns of one set, surest first. The reference repetition is what others are measured from."""
    counted = alike([rep for rep in reps if not rep.is_reference])
    legs = {side: _judged(counted, side) for side in SIDES}
    found = [_both(key, legs, shows) for key, shows in _OF_ONE_LEG.items()]
    found += [_late(legs), _one_sided(counted), _trunk(counted), _foot_rolls(legs)]
    known = [pattern for pattern in found if pattern is not None]
    return tuple(sorted(known, key=lambda pattern: SUREST_FIRST.index(pattern.key)))


def between(kind: str, a: SetOfReps, b: SetOfReps) -> Pattern | None:
    """What two sets of a comparison show: plates help (flat, then plates), or load (light, then heavy).

    The change must be 4 degrees, and more than two alike sets often differ by; at equal depth for load.
    """
    key = {"plates": "plates_help", "load": "load"}.get(kind)
    if key is None or (kind == "load" and other_depth(a, b)):
        return None
    falls = []
    for side in SIDES:
        if unlike(a, b, side) is None and not about_the_same(a, b, side):
            change = whole_degrees_apart(getattr(a, side).mean_deg, getattr(b, side).mean_deg)
            change = -change if kind == "plates" else change
            if change >= SET_RISE:
                falls.append((side, change))
    if not falls:
        return None
    side = "both" if len(falls) == len(SIDES) else falls[0][0]
    return Pattern(key, side, b.reps, b.reps, max(change for _, change in falls))


def alike(reps: Sequence[Rep]) -> list[Rep]:
    """The repetitions of about the same depth: within 10 degrees of the middle one. Unknown depth: none."""
    depths = [rep.depth_deg for rep in reps if rep.depth_deg is not None]
    if not depths:
        return []
    middle = statistics.median(depths)
    return [
        rep for rep in reps if rep.depth_deg is not None and abs(rep.depth_deg - middle) <= OTHER_DEPTH_DEG
    ]


def too_far_out(rep: Rep) -> bool:
    """Whether a knee was pushed out much further than its toes."""
    if rep.features is None:
        return False
    least = [leg.least_deg for leg in (rep.features.left, rep.features.right) if leg.least_deg is not None]
    return bool(least) and min(least) < OUTSIDE_DEG


def _judged(reps: Sequence[Rep], side: str) -> list[_JudgedLeg]:
    seen = []
    for rep in reps:
        leg: RepLeg = getattr(rep, side)
        inside = leg.inside_own_track_deg
        if rep.features is not None and inside is not None and leg.verdict is not Verdict.UNKNOWN:
            features = _from_own_line(getattr(rep.features, side), leg.baseline_deg or 0.0)
            seen.append(_JudgedLeg(rep.n, leg, inside, features, rep, rep.features))
    return seen


def _from_own_line(features: LegFeatures, line_deg: float) -> LegFeatures:
    """The same with what a knee did inward told from the leg's own line."""
    inward = ("early_deg", "down_deg", "up_deg", "high_deg", "deep_deg")
    known = {name: getattr(features, name) for name in inward}
    return replace(features, **{name: deg - line_deg for name, deg in known.items() if deg is not None})


def _over(value: float | None, limit: float) -> bool:
    return value is not None and value > limit


def _under(value: float | None, limit: float) -> bool:
    return value is not None and value <= limit


# -- features of one leg in one repetition ---------------------------------------------------------------


def _deep_only(seen: _JudgedLeg) -> bool:
    """Inside only near parallel, and one more sign that the ankle came to its end."""
    only = _over(seen.features.deep_deg, INSIDE_DEG) and _under(seen.features.high_deg, INSIDE_DEG)
    high = _over(seen.rep.depth_deg, NOT_PARALLEL_DEG)
    rose = _over(seen.features.ankle_rise, ANKLE_ROSE)
    stopped = _under(seen.features.forward_share, FORWARD_EARLY)
    return only and (high or rose or stopped)


def _up_only(seen: _JudgedLeg) -> bool:
    """Inside soon after the turn, and not on the way down."""
    soon = _under(seen.features.peak_up_share, EARLY_UP) and _over(seen.features.up_deg, INSIDE_DEG)
    return soon and _under(seen.features.down_deg, INSIDE_DEG)


def _from_start(seen: _JudgedLeg) -> bool:
    """Inside early on the way down, and still at the bottom."""
    bottom, line_deg = seen.leg.deviation_at_bottom_deg, seen.leg.baseline_deg or 0.0
    low = None if bottom is None else bottom - line_deg
    return _over(seen.features.early_deg, INSIDE_DEG) and _over(low, INSIDE_DEG)


def _hips(seen: _JudgedLeg) -> bool:
    """Inside at full depth, over an ankle that stays where it is."""
    still = _under(seen.features.ankle_inward, ANKLE_STILL) and _under(seen.features.ankle_rise, ANKLE_STILL)
    return seen.deg > SURELY_INSIDE_DEG and still and _under(seen.rep.depth_deg, NOT_PARALLEL_DEG)


def _outside(seen: _JudgedLeg) -> bool:
    """Far outside the toes, in a repetition that was not inside anywhere."""
    return _under(seen.features.least_deg, OUTSIDE_DEG) and not seen.inside


_OF_ONE_LEG: dict[str, Callable[[_JudgedLeg], bool]] = {
    "deep_only": _deep_only,
    "up_only": _up_only,
    "from_start": _from_start,
    "hips": _hips,
    "outside": _outside,
}


def _both(key: str, legs: dict[str, list[_JudgedLeg]], shows: Callable[[_JudgedLeg], bool]) -> Pattern | None:
    """The pattern in whichever legs show it in two repetitions and in most of those that went wrong."""
    by_side = {}
    for side, judged in legs.items():
        showing = [seen for seen in judged if shows(seen)]
        wrong = [seen for seen in judged if seen.inside]
        if len(showing) >= FEWEST_REPS and 2 * len(showing) >= len(wrong):
            by_side[side] = showing
    if not by_side:
        return None
    side = "both" if len(by_side) == len(SIDES) else next(iter(by_side))
    reps = {seen.n for showing in by_side.values() for seen in showing}
    of = max(len(legs[one]) for one in by_side)
    degrees = [
        seen.features.least_deg if key == "outside" else seen.deg
        for showing in by_side.values()
        for seen in showing
    ]
    return Pattern(key, side, len(reps), of, max((deg for deg in degrees if deg is not None), key=abs))


# -- features over the whole set -------------------------------------------------------------------------


def _late(legs: dict[str, list[_JudgedLeg]]) -> Pattern | None:
    """Rising over the set, and inside at its end."""
    rises = {}
    for side, judged in legs.items():
        degrees = [seen.deg for seen in judged]
        rise = _rise(degrees)
        if rise is not None and min(degrees[-2:]) > INSIDE_DEG:
            rises[side] = rise
    if not rises:
        return None
    side = "both" if len(rises) == len(SIDES) else next(iter(rises))
    of = max(len(legs[one]) for one in rises)
    return Pattern("late", side, FEWEST_REPS, of, max(rises.values()))


def _rise(degrees: Sequence[float]) -> float | None:
    """How much more at the end than at the beginning, where that is a rise over the set."""
    n = len(degrees)
    if n < 2 * FEWEST_REPS:
        return None
    rise = statistics.fmean(degrees[-2:]) - statistics.fmean(degrees[:2])
    steep = n >= LATE_REPS and statistics.linear_regression(range(n), degrees).slope > LATE_SLOPE
    return rise if rise >= LATE_RISE or (steep and rise > 0) else None


def _one_sided(reps: Sequence[Rep]) -> Pattern | None:
    """One knee far more inside than the other, of somebody who faces the camera."""
    apart = []
    for rep in reps:
        left, right = rep.left.inside_own_track_deg, rep.right.inside_own_track_deg
        if left is None or right is None or rep.features is None or abs(rep.features.yaw_deg) >= MOST_YAW_DEG:
            continue
        apart.append((left - right, max(left, right)))
    for side, sign in (("left", 1.0), ("right", -1.0)):
        showing = [sign * d for d, most in apart if sign * d >= ONE_SIDED_DEG and most > INSIDE_DEG]
        if len(showing) >= FEWEST_REPS:
            return Pattern("one_sided", side, len(showing), len(apart), max(showing))
    return None


def _trunk(reps: Sequence[Rep]) -> Pattern | None:
    """The shoulders come down much more than the hips, and the bottom stays high."""
    known = [
        (rep, rep.features.trunk)
        for rep in reps
        if rep.features is not None and rep.features.trunk is not None
    ]
    showing = [
        rep
        for rep, trunk in known
        if trunk > TIPPED and rep.depth_deg is not None and NOT_PARALLEL_DEG < rep.depth_deg < SHALLOW_DEG
    ]
    if len(showing) < FEWEST_REPS:
        return None
    return Pattern("trunk", "both", len(showing), len(known), None)


def _foot_rolls(legs: dict[str, list[_JudgedLeg]]) -> Pattern | None:
    """An ankle that moves inward on three repetitions, and its knee with it on two."""
    for side, judged in legs.items():
        rolling = [seen for seen in judged if _over(seen.features.ankle_inward, ANKLE_IN)]
        if len(rolling) >= ROLLING_REPS and sum(seen.inside for seen in rolling) >= FEWEST_REPS:
            return Pattern("foot_rolls", side, len(rolling), len(judged), max(seen.deg for seen in rolling))
    return None
