"""What the legs do, frame by frame, whatever way the feet point: progress, lifted shanks, repetitions.

One tracker per person. The live mirror hands it frames as they come, an analysis hands it a recording; both
get the same numbers. Which stance applies is the caller's knowledge.
"""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from mirror.knees.constants import ANKLE, HIP, SHOULDER, KeypointConstants
from mirror.knees.frame_buffers import FrameBuffer
from mirror.knees.gate import LEG_SCORE, legs_seen, side_on, swapped
from mirror.knees.optics import F64
from mirror.knees.reading import Phase
from mirror.knees.reasons import Reason, Why
from mirror.knees.shank import Shank, lift, thigh_elevation
from mirror.knees.smoothing import Exponential, RunningMedian
from mirror.knees.squat import REP_Q, RepCounter, Span, ankles, hip_height
from mirror.knees.stance import Stance

ANKLE_MEDIAN_S = 0.4
"""Follows a rising heel; a frozen ankle costs 4 degrees at 4 cm of heel rise."""
PROGRESS_TAU_S = 0.06
"""What is smoothed shows everything this much late."""
LEAST_DESCENT_S = 0.02
"""A bottom that was there with the first frame is dated so long after it."""
STEP_SHANKS, STEP_S = 0.15, 0.3
"""An ankle that moves this far within this time is a step: whatever moves then is no squat."""
BLIND_S = 0.5
"""A movement during which the legs were out of sight this long is not counted."""
SPLIT_SHANKS = 0.3
"""One foot this much lower in the picture than in the stance is in front of the other: a lunge."""
HINGE = 3.3
"""Shoulder drop over hip drop: 3.1-8.6 in bows to the floor, 2.5-2.8 in shallow, 1.0-1.7 in full squats."""
FOLDED, FOLDED_HINGE = 0.5, 2.5
"""The trunk shorter in the picture by this share: 0.56-0.61 in a bow, 0.32 at most in full squats. Hips seen
too low change it least, so less of a hinge will do with it."""


@dataclass(frozen=True, slots=True)
class Motion:
    """One frame of one person.

    t: seconds. p: (17, 2) rectified tangents. ankle: (2, 2), running median. q: squat progress, NaN
    without a stance. shank: lifted, (2,) each; NaN without a stance. usable: (2,) this leg may be judged
    as far as visibility and geometry go. thigh: (2,) elevation, radians, with the model's offset.
    why: what is in the way when nothing is usable, else None.
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


_NAN2 = np.full(2, np.nan)
_NO_SHANK = Shank(_NAN2, _NAN2, _NAN2, np.zeros(2, np.bool_))
_NO_LEGS = np.zeros(2, np.bool_)


class MotionTracker:
    """Holds the filters of one person's movement."""

    def __init__(self, constants: KeypointConstants) -> None:
        self._constants = constants
        self._ankle_median = RunningMedian(ANKLE_MEDIAN_S)
        self._smooth_q = Exponential(PROGRESS_TAU_S)
        self.counter = RepCounter()
        self._steps: deque[tuple[float, F64]] = deque()
        self._seen_t = -math.inf
        self._deepest_q = 0.0
        self._no_squat = False  # what was seen at the deepest moment so far is something else

    def reset(self) -> None:
        """The person is gone."""
        self._ankle_median.reset()
        self._smooth_q.reset()
        self.counter.reset()
        self._steps.clear()

    def update(
        self,
        t: float,
        p: F64,
        score: F64,
        stance: Stance | None,
        why: Reason | None = None,
        buffer: FrameBuffer | None = None,
    ) -> tuple[Motion, Span | None]:
        """One frame: p (17, 2), score (17,). A Span comes with the frame that ends a repetition.

        why: a reason the caller already has not to use this frame (Why.SOMEBODY_PASSES). buffer: where the
        frame's numbers go, in place of new arrays.
        """
        why = why or self._blind(p, score)
        if why:
            return self._blank(t, p, why), None
        self._seen_t = t
        ankle = self._ankle_median(t, ankles(p), buffer.ankle if buffer else None)
        if stance is None:
            return self._blank(t, p, Reason(Why.NOT_CALIBRATED)), None
        q = self._smooth_q(t, 1.0 - float(hip_height(p, ankle)) / stance.hip_height)
        if self._stepped(t, p, stance):
            self.counter.cancel()
        span = self._count(t, q, p, ankle, stance)
        return self._lifted(t, p, score, ankle, q, stance, buffer), span

    def _blind(self, p: F64, score: F64) -> Reason | None:
        if score[ANKLE].min() < LEG_SCORE or score[HIP].min() < LEG_SCORE:
            return Reason(Why.LEGS_NOT_SEEN)
        if swapped(p):
            return Reason(Why.FACING_AWAY)
        return Reason(Why.SIDE_ON) if side_on(p, score) else None

    def _blank(self, t: float, p: F64, why: Reason) -> Motion:
        if t - self._seen_t > BLIND_S:
            self.counter.cancel()
        return Motion(t, p, ankles(p), math.nan, self.counter.phase, _NO_SHANK, _NO_LEGS, _NAN2, why)

    def _stepped(self, t: float, p: F64, stance: Stance) -> bool:
        self._steps.append((t, ankles(p)))
        while t - self._steps[0][0] > STEP_S:
            self._steps.popleft()
        path = np.stack([ankle for _, ankle in self._steps])
        if len(path) < 3:
            return False
        # one wild frame is no step: compare the medians of the earlier and the later half
        half = len(path) // 2
        moved = np.median(path[half:], 0) - np.median(path[:half], 0)
        return bool((np.linalg.norm(moved, axis=-1) > STEP_SHANKS * stance.shank).any())

    def _count(self, t: float, q: float, p: F64, ankle: F64, stance: Stance) -> Span | None:
        if self.counter.phase is Phase.STAND:
            self._deepest_q, self._no_squat = 0.0, False
        if q > self._deepest_q:
            self._deepest_q = q
            self._no_squat = q > REP_Q and (_bowing(p, ankle, stance) or _split(ankle, stance))
        no_squat = self._no_squat
        span = self.counter.update(t, q)
        if span is None or no_squat:
            return None
        return _caught_up(span)

    def _lifted(
        self, t: float, p: F64, score: F64, ankle: F64, q: float, stance: Stance, buffer: FrameBuffer | None
    ) -> Motion:
        knee, hip = p[13:15], p[11:13]
        shank = lift(knee, ankle, stance.depth, buffer.shank if buffer else None)
        thigh = thigh_elevation(
            hip, shank, ankle, stance.depth, stance.thigh, buffer.thigh if buffer else None
        )
        thigh += math.radians(self._constants.depth_offset_deg)
        usable = legs_seen(score) & shank.possible
        why = None if usable.any() else Reason(Why.KNEES_NOT_SEEN)
        return Motion(t, p, ankle, q, self.counter.phase, shank, usable, thigh, why)


def _caught_up(span: Span) -> Span:
    """The span without the smoothed q's lag. Of somebody who was deepest when first seen the descent is not
    known: its times keep their order all the same."""
    bottom_s = max(span.bottom_s - PROGRESS_TAU_S, span.start_s + LEAST_DESCENT_S)
    return replace(
        span, bottom_s=bottom_s, end_s=max(span.end_s - PROGRESS_TAU_S, bottom_s + LEAST_DESCENT_S)
    )


def _bowing(p: F64, ankle: F64, stance: Stance) -> bool:
    """The shoulders came down much more than the hips, or the trunk folded and the hips hardly came down."""
    middle = float(ankle[:, 1].mean())
    shoulders = stance.shoulder_height - (float(p[SHOULDER, 1].mean()) - middle)
    hips = stance.hip_height - (float(p[HIP, 1].mean()) - middle)
    folded = shoulders - hips > FOLDED * (stance.shoulder_height - stance.hip_height)
    return shoulders > (FOLDED_HINGE if folded else HINGE) * max(hips, 1e-6)


def _split(ankle: F64, stance: Stance) -> bool:
    """One foot went forward or back."""
    lower = float(np.diff(ankle[:, 1])[0] - np.diff(stance.ankle[:, 1])[0])
    return abs(lower) > SPLIT_SHANKS * float(stance.shank.mean())
