"""Where somebody stood in a whole recording: one Stance for every placing of the feet.

The same upright moments as live (`standing.py`), with hindsight: what a placing's stance is in the end holds
from its first frame on.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from mirror.knees.constants import KeypointConstants
from mirror.knees.motion import Motion, MotionTracker
from mirror.knees.optics import F64
from mirror.knees.reading import OtherMovement
from mirror.knees.reasons import Reason
from mirror.knees.squat import Span
from mirror.knees.stance import Stance
from mirror.knees.standing import Change, Standing

HIGH_Q = 0.15
STOOD_S = 0.5


@dataclass(frozen=True, slots=True)
class FootPlacement:
    """A placing of the feet. from_s: when it begins (-inf for the first). No stance: `why` says why not.

    quiet_s: times at which somebody stood upright and nearly still on them, or where nobody did, upright.
    """

    from_s: float
    stance: Stance | None
    why: Reason | None
    quiet_s: tuple[float, ...] = ()


def find_placements(
    t: F64,
    p: F64,
    score: F64,
    seen: npt.NDArray[np.bool_],
    constants: KeypointConstants,
    cut: Sequence[Reason | None] | None = None,
) -> list[FootPlacement]:
    """Every placing of the feet in a recording: t (T,), p (T, 17, 2), score (T, 17), seen (T,). None where
    nobody was upright. cut: (T,) why feet are not in the picture; None where they are in every frame."""
    tracker, standing = MotionTracker(constants), Standing(constants)
    stood: list[FootPlacement] = []
    happened = _Happened([], [], [])
    for i, now in enumerate(t):
        if not seen[i]:
            continue
        below = None if cut is None else cut[i]
        motion, movement = tracker.update(float(now), p[i], score[i], None, cut=below)
        since_s = standing.since_s
        if standing.see(motion, score[i], up_again=isinstance(movement, Span)) is Change.MOVED:
            stood.append(FootPlacement(since_s, standing.left, standing.why))
        happened.add(motion, movement)
    ending = tracker.finish()
    if isinstance(ending, Span):
        standing.measure_in_passing()
        happened.bottoms.append(ending.bottom_s)
    stood.append(FootPlacement(standing.since_s, standing.stance, standing.why))
    until_s = [*(one.from_s for one in stood[1:]), np.inf]
    looks = [happened.looks(one.from_s, end) for one, end in zip(stood, until_s, strict=True)]
    found = [
        replace(one, quiet_s=tuple(times))
        for one, times in zip(stood, looks, strict=True)
        if times and (one.stance is not None or one.why is not None)
    ]
    return [replace(found[0], from_s=-np.inf), *found[1:]] if found else []


@dataclass(frozen=True, slots=True)
class _Happened:
    """Times, seconds, at which somebody was upright and nearly still, high, and at the bottom of a squat."""

    upright: list[float]
    high: list[float]
    bottoms: list[float]

    def add(self, motion: Motion, movement: Span | OtherMovement | None) -> None:
        if isinstance(movement, Span):
            self.bottoms.append(movement.bottom_s)
        if motion.seen.any():
            self.upright.extend([motion.t] if motion.upright else [])
            self.high.extend([motion.t] if motion.q < HIGH_Q else [])

    def looks(self, from_s: float, until_s: float) -> list[float]:
        """When to look at the feet that stood from then till then: while somebody was upright, or was not but
        squatted, at the top. Feet on which nobody squatted nor stood were only on their way."""
        upright, high, bottoms = (
            [t for t in times if from_s <= t < until_s] for times in (self.upright, self.high, self.bottoms)
        )
        if bottoms:
            return upright or high
        return upright if upright and upright[-1] - upright[0] > STOOD_S else []
