"""Why a leg of a repetition is unknown: what was in the way in its frames, or how the person stood.

The same live and at the desk. Finds reasons that others saw, and weighs them; looks at no verdict.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

import numpy as np

from mirror.knees.azimuth import Azimuth
from mirror.knees.constants import LEFT, RIGHT
from mirror.knees.gate import narrow
from mirror.knees.motion import Motion
from mirror.knees.reading import OtherMovement, Rep
from mirror.knees.reasons import Reason, Why, because

SIDES = ((LEFT, "left"), (RIGHT, "right"))
IN_THE_WAY = frozenset({
    Why.FACING_AWAY, Why.SIDE_ON, Why.SOMEBODY_PASSES, Why.NOBODY, Why.LEGS_NOT_SEEN, Why.FEET_BELOW_PICTURE,
})  # fmt: skip
"""What is seen in single frames."""
NO_FEET = frozenset({
    Why.NO_DIRECTION, Why.NAME_REFERENCE, Why.NEVER_STILL, Why.NOT_CALIBRATED, Why.NOT_STRAIGHT,
    Why.FEET_MOVED,
})  # fmt: skip
"""What follows where the feet are not known: a turned body is told before it."""
ENOUGH = 0.3
"""Share of a repetition's frames from which what is in the way is the reason."""
UPRIGHT_Q, FEWEST_UPRIGHT = 0.1, 5
"""Frames that shallow show how somebody stands; of one begun at the bottom, the last ones do."""
DEEP_Q = 0.25
"""Hips that came down by this share of their height did not only bow or sway."""


def why_of_legs(
    motions: Sequence[Motion], standing: Reason | None, azimuth: Azimuth | None
) -> tuple[Reason, Reason]:
    """Reasons for [left, right] of the repetition of these frames, for where they are unknown.

    standing: what holds for all frames on these feet, or None. azimuth: what they are judged against.
    """
    seen = commonest(motion.why for motion in motions if motion.why and motion.why.key in IN_THE_WAY)
    often = sum(motion.why is not None and motion.why.key in IN_THE_WAY for motion in motions)
    if seen is not None and often >= ENOUGH * len(motions):
        return seen, seen
    if standing is not None:
        why = (_turned(motions) if standing.key in NO_FEET else None) or standing
        return why, why
    left, right = (_of_one(side, azimuth is not None and np.isnan(azimuth.value[leg])) for leg, side in SIDES)
    return left, right


def _of_one(side: str, foot_unknown: bool) -> Reason:
    return Reason(Why.NO_DIRECTION) if foot_unknown else because(Why.KNEE_HIDDEN, side=side)


def why_of_reps(reps: Iterable[Rep]) -> Reason | None:
    """The commonest reason for which legs of these repetitions are unknown; None where none is."""
    return commonest(leg.why for rep in reps for leg in (rep.left, rep.right) if leg.why)


def why_uncounted(motions: Sequence[Motion], others: Sequence[OtherMovement]) -> Reason | None:
    """Why a recording without a repetition has none, where that is more than that nobody squatted.

    others: what took the hips down and is none.
    """
    in_the_way = [motion.why for motion in motions if motion.why and motion.why.key in IN_THE_WAY]
    seen = [why for why in in_the_way if why.key is not Why.NOBODY]
    there = len(motions) - len(in_the_way) + len(seen)
    if seen and len(seen) >= ENOUGH * there:
        return commonest(seen)
    deepest = max((motion.q for motion in motions if np.isfinite(motion.q)), default=0.0)
    return Reason(Why.NOT_WHOLE) if deepest > DEEP_Q and not others else None


def commonest(reasons: Iterable[Reason]) -> Reason | None:
    """The first of the most frequent, whatever goes with its key; None of none."""
    known = list(reasons)
    if not known:
        return None
    key = Counter(reason.key for reason in known).most_common(1)[0][0]
    return next(reason for reason in known if reason.key is key)


def _turned(motions: Sequence[Motion]) -> Reason | None:
    upright = [motion.p for motion in motions if motion.q < UPRIGHT_Q]
    if len(upright) < FEWEST_UPRIGHT:
        upright = [motion.p for motion in motions[:FEWEST_UPRIGHT]]
    return narrow(np.stack(upright))
