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
    found: list[FootPlacement] = []
    here = _Here()
    for i, now in enumerate(t):
        if not seen[i]:
            continue
        below = None if cut is None else cut[i]
        motion, movement = tracker.update(float(now), p[i], score[i], None, cut=below)
        known = FootPlacement(standing.since_s, standing.stance, standing.why)
        if standing.see(motion, score[i], up_again=isinstance(movement, Span)) is Change.MOVED:
            found += _placed(known, here.leave(standing.since_s))
        here.add(motion, movement)
    ending = tracker.finish()
    if isinstance(ending, Span):
        standing.measure_in_passing()
        here.bottoms.append(ending.bottom_s)
    found += _placed(FootPlacement(standing.since_s, standing.stance, standing.why), here.leave(np.inf))
    if found:
        found[0] = replace(found[0], from_s=-np.inf)
    return found


class _Here:
    """What happened on the feet as they stand: times, seconds."""

    def __init__(self) -> None:
        self.upright: list[float] = []
        self.high: list[float] = []
        self.bottoms: list[float] = []

    def add(self, motion: Motion, movement: Span | OtherMovement | None) -> None:
        if isinstance(movement, Span):
            self.bottoms.append(movement.bottom_s)
        if motion.seen.any():
            self.upright += [motion.t] if motion.upright else []
            self.high += [motion.t] if motion.q < HIGH_Q else []

    def leave(self, since_s: float) -> list[float]:
        """The feet stand elsewhere since then. When to look at them as they stood: while somebody was
        upright, or was not but squatted, at the top. Feet on which nobody squatted nor stood were only on
        their way."""
        upright, high, bottoms = (
            [t for t in times if t < since_s] for times in (self.upright, self.high, self.bottoms)
        )
        for times in (self.upright, self.high, self.bottoms):
            times[:] = [t for t in times if t >= since_s]
        if bottoms:
            return upright or high
        return upright if upright and upright[-1] - upright[0] > STOOD_S else []


def _placed(known: FootPlacement, looks: list[float]) -> list[FootPlacement]:
    """This placing, if it is one."""
    somebody = known.stance is not None or known.why is not None
    return [replace(known, quiet_s=tuple(looks))] if looks and somebody else []
