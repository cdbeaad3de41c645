"""What the legs do, frame by frame, whatever way the feet point: progress, lifted shanks, movements.

One tracker per person. The live mirror hands it frames as they come, an analysis hands it a recording; both
get the same numbers. Movements are counted with and without a stance; which one applies is the caller's
knowledge.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt

from mirror.knees.constants import ANKLE, HIP, KNEE, LEFT, RIGHT, SIDE, KeypointConstants
from mirror.knees.frame_buffers import FrameBuffer, FrameBuffers
from mirror.knees.gate import LEG_SCORE, legs_seen, side_on, swapped
from mirror.knees.movement import Path
from mirror.knees.one_leg import lift, thigh_elevation
from mirror.knees.optics import F64
from mirror.knees.reading import Movement, OtherMovement, Phase
from mirror.knees.reasons import Reason, Why
from mirror.knees.shank import Shank
from mirror.knees.smoothing import RunningMedian
from mirror.knees.squat import SMOOTH_S, RepCounter, Span, ankles
from mirror.knees.stance import Stance

ANKLE_MEDIAN_S = 0.4
"""Follows a rising heel; a frozen ankle costs 4 degrees at 4 cm of heel rise."""
PROGRESS_TAU_S = SMOOTH_S
"""What is smoothed shows everything this much late."""
LEAST_DESCENT_S = 0.02
"""A bottom that was there with the first frame is dated so long after it."""
STILL_S, STILL_HIPS, STILL_FEET = 0.1, 0.012, 0.025
"""Nearly still: hips and ankles moved by less than these shares of the hips' height within so long."""
LONGEST_GAP_S = 0.3
STEP_Q = 0.2
"""Hips that sway less than this as somebody walks are nothing to be told."""
SHORTEST_LEG = 0.02
"""Tangents: hips or knees this little above the ankles are nobody who stands or squats."""


ANKLES = slice(ANKLE[LEFT], ANKLE[RIGHT] + 1)
_NAN2 = np.full(2, np.nan)
_NO_LEGS: npt.NDArray[np.bool_] = np.zeros(2, np.bool_)


@dataclass(frozen=True, slots=True)
class Motion:
    """One frame of one person.

    t: seconds. p: (17, 2) rectified tangents. ankle: (2, 2), running median. q: squat progress, against the
    stance, or without one against the tallest seen so far; NaN unseen. shank: lifted, (2,) each; NaN without
    a stance. usable: (2,) this leg may be judged as far as visibility and geometry go. thigh: (2,) elevation,
    radians, with the model's offset. why: what is in the way when nothing is usable, else None. height: of
    the hips over the ankles, tangents, smoothed; NaN unseen. upright: on straight legs, and nearly still.
    seen: (2,) this leg's joints are surely seen.
    """

    t: float
    p: F64
    ankle: F64
    q: float
    phase: Phase
    shank: Shank
    usable: npt.NDArray[np.bool_]
    thigh: F64
    why: Reason | None
    height: float = math.nan
    upright: bool = False
    seen: npt.NDArray[np.bool_] = field(default_factory=lambda: _NO_LEGS)


_NO_SHANK = Shank(_NAN2, _NAN2, _NAN2, _NO_LEGS)
_NOT_MEASURED = Reason(Why.NOT_CALIBRATED)
_KNEES_NOT_SEEN = Reason(Why.KNEES_NOT_SEEN)


class MotionTracker:
    """Holds the filters of one person's movement."""

    def __init__(self, constants: KeypointConstants) -> None:
        self._constants = constants
        self._ankle_median = RunningMedian(ANKLE_MEDIAN_S)
        self._path = Path()
        self._lately: deque[tuple[float, ...]] = deque()  # t, height, ankles
        self.counter = RepCounter()
        self._deepest_q = 0.0

    def reset(self) -> None:
        """The person is gone."""
        self._ankle_median.reset()
        self._path.reset()
        self._lately.clear()
        self.counter.reset()

    def update(
        self,
        t: float,
        p: F64,
        score: F64,
        stance: Stance | None,
        why: Reason | None = None,
        buffer: FrameBuffer | None = None,
        cut: Reason | None = None,
    ) -> tuple[Motion, Span | OtherMovement | None]:
        """One frame: p (17, 2), score (17,). With the frame that ends a movement comes the Span of a
        repetition, or what else it was.

        why: a reason the caller already has not to use this frame (Why.SOMEBODY_PASSES). buffer: where the
        frame's numbers go, in place of new arrays. cut: the feet are not in the picture
        (Why.FEET_BELOW_PICTURE): followed as far as possible, and not judged.
        """
        x, y = p.T.tolist()
        sure = score.tolist()
        height, straight = _legs(y)
        blind = _blind(sure, height, straight)
        why = why or (blind and (cut or blind))
        if why:
            return self._unseen(t, p, why), None
        facing = not swapped(x)
        feet = p[ANKLES] if facing else p[ANKLES][::-1]
        ankle = self._ankle_median(t, feet, buffer.ankle if buffer else None)
        (_, left_y), (_, right_y) = ankle.tolist()
        span = self.counter.update(t, height, straight, -(left_y + right_y) / 2)
        q = self._progress(stance)
        standing = self.counter.phase is Phase.STAND
        self._path.add(t, x, y, sure, moving=not standing or span is not None)
        found = self._classified(span)
        self._deepest_q = 0.0 if standing else max(self._deepest_q, q)
        turned = cut or _turned(x, y, sure, facing)
        seen = _NO_LEGS if turned else legs_seen(sure)
        phase = self.counter.phase
        height = self.counter.height
        upright = self._still(t, height, ankle) and self.counter.upright
        why = turned or _NOT_MEASURED
        motion = Motion(t, p, ankle, q, phase, _NO_SHANK, _NO_LEGS, _NAN2, why, height, upright, seen)
        return motion if turned or stance is None else lifted(motion, stance, self._constants, buffer), found

    def finish(self) -> Span | OtherMovement | None:
        """The recording ends with the last frame, in which somebody was seen."""
        return self._classified(self.counter.finish())

    def _still(self, t: float, height: float, ankle: F64) -> bool:
        """Whether hips and feet are where they were STILL_S ago, and half as long."""
        (lx, ly), (rx, ry) = ankle.tolist()
        self._lately.append((t, height, lx, ly, rx, ry))
        while len(self._lately) > 2 and t - self._lately[1][0] >= STILL_S:
            self._lately.popleft()
        then, middle = self._lately[0], self._lately[len(self._lately) // 2]
        if not STILL_S <= t - then[0] < LONGEST_GAP_S:
            return False
        hips = max(abs(height - then[1]), abs(height - middle[1]))
        feet = max(abs(lx - then[2]), abs(ly - then[3]), abs(rx - then[4]), abs(ry - then[5]))
        return hips < STILL_HIPS * height and feet < STILL_FEET * height

    def _progress(self, stance: Stance | None) -> float:
        return 1.0 - self.counter.height / (self.counter.leg if stance is None else stance.hip_height)

    def _unseen(self, t: float, p: F64, why: Reason) -> Motion:
        phase = self.counter.phase
        return Motion(t, p, ankles(p), math.nan, phase, _NO_SHANK, _NO_LEGS, _NAN2, why)

    def _classified(self, span: Span | None) -> Span | OtherMovement | None:
        """A repetition, or what it was in its place."""
        if span is None:
            return None
        kind = self._path.movement_of(span, self.counter.leg)
        if kind is Movement.STEP and span.q < STEP_Q:
            return None
        if kind is not None:
            return OtherMovement(kind, span.start_s, span.end_s)
        against_stance = self._deepest_q > span.q / 2  # else the stance is not this body's
        return _caught_up(replace(span, q=self._deepest_q) if against_stance else span)


def lifted(
    motion: Motion, stance: Stance, constants: KeypointConstants, buffer: FrameBuffer | None = None
) -> Motion:
    """The same frame measured against this stance. buffer: where its numbers go."""
    q = 1.0 - motion.height / stance.hip_height
    if not motion.seen.any():
        return motion if math.isnan(motion.height) else replace(motion, q=q)
    shank, thigh = _both_legs(motion, stance, buffer)
    thigh += math.radians(constants.depth_offset_deg)
    usable = motion.seen & shank.possible
    why = None if usable.any() else _KNEES_NOT_SEEN
    return Motion(
        motion.t,
        motion.p,
        motion.ankle,
        q,
        motion.phase,
        shank,
        usable,
        thigh,
        why,
        motion.height,
        motion.upright,
        motion.seen,
    )


def _both_legs(motion: Motion, stance: Stance, buffer: FrameBuffer | None) -> tuple[Shank, F64]:
    """Shanks lifted, and the thighs' elevations (2,)."""
    joints, feet = motion.p.tolist(), motion.ankle.tolist()
    buffer = buffer or FrameBuffers(1).take()
    shank, thigh = buffer.shank, buffer.thigh
    legs = zip(HIP, KNEE, feet, stance.depth.tolist(), stance.thigh.tolist(), SIDE, strict=True)
    for leg, (hip, knee, ankle, depth, length, side) in enumerate(legs):
        one = lift(joints[knee], ankle, depth, side)
        shank.lateral[leg], shank.up[leg], shank.forward[leg] = one.lateral, one.up, one.forward
        shank.possible[leg] = one.possible
        thigh[leg] = thigh_elevation(joints[hip], one, ankle, depth, length, side)
    return shank, thigh


def measured_since(
    motions: Sequence[Motion], span: Span, stance: Stance, constants: KeypointConstants
) -> tuple[list[Motion], Span]:
    """The frames of a repetition, and its span, against a stance that was not known in all of them."""
    if all(motion.why != _NOT_MEASURED for motion in motions):
        return list(motions), span
    known = [lifted(motion, stance, constants) for motion in motions]
    within = [m.q for m in known if span.start_s <= m.t <= span.end_s and not math.isnan(m.q)]
    return known, replace(span, q=max(within, default=span.q))


def _legs(y: Sequence[float]) -> tuple[float, float]:
    """Height of the hips over the ankles, tangents, and of the thighs, in shanks; y of 17 joints."""
    hips, knees, feet = y[11] + y[12], y[13] + y[14], y[15] + y[16]
    shanks = knees - feet
    return (hips - feet) / 2, (hips - knees) / shanks if shanks > SHORTEST_LEG else math.nan


def _blind(score: Sequence[float], height: float, straight: float) -> Reason | None:
    seen = min(score[joint] for joint in ANKLE + HIP) >= LEG_SCORE
    somebody = height > SHORTEST_LEG and not math.isnan(straight)
    return None if seen and somebody else Reason(Why.LEGS_NOT_SEEN)


def _turned(x: Sequence[float], y: Sequence[float], score: Sequence[float], facing: bool) -> Reason | None:
    if not facing:
        return Reason(Why.FACING_AWAY)
    return Reason(Why.SIDE_ON) if side_on(x, y, score) else None


def _caught_up(span: Span) -> Span:
    """The span without the smoothed height's lag. Of somebody who was deepest when first seen the descent is
    not known: its times keep their order all the same."""
    bottom_s = max(span.bottom_s - PROGRESS_TAU_S, span.start_s + LEAST_DESCENT_S)
    return replace(
        span, bottom_s=bottom_s, end_s=max(span.end_s - PROGRESS_TAU_S, bottom_s + LEAST_DESCENT_S)
    )
