"""Where somebody stands and how long their legs are, from upright moments as they come.

Nobody is asked to stand still: tops of repetitions and any nearly still tenth of a second are merged, a quiet
second only makes it better. Live and over a recording alike; knows nothing of verdicts.
"""

from __future__ import annotations

import enum
import math
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from mirror.knees.constants import KeypointConstants
from mirror.knees.motion import Motion
from mirror.knees.optics import F64
from mirror.knees.reasons import Reason, Why
from mirror.knees.squat import ankles, hip_height
from mirror.knees.stance import FULL_S, NotStanding, Stance, measure, median_pose

MOMENT_S, FEWEST_FRAMES = 0.1, 3
"""An upright moment is at least this long."""
MOST_S = 2.0
"""More than so much upright standing makes nothing better."""
LONGEST_FRAME_S = 0.1
"""A frame stands for at most this long."""
MORE = 1.6
"""Measured anew once there is so many times more to measure from."""
GONE_S = 1.0
"""Out of sight for this long, the next person is somebody else."""
REPLANT_SHANKS, REPLANT_S = 0.13, 0.3
CREPT_SHANKS = 0.06
"""Of somebody who is taller than before: they came nearer by small steps."""
SHALLOW_Q = 0.3
"""Deeper, ankles move because heels rise: nobody places feet anew there."""
NEARLY_UP_Q, MOST_PASSING = 0.045, 30
TALLER = 1.05
"""Somebody this much taller than before was not upright before."""
FLATTEST = 0.1
"""Feet less far below the camera's level (tangent) tell no distance."""
SURE_SD, UNSURE_SD = 0.01, 0.02
"""Of the shank's length: of a full second, and what a single frame adds to it."""


MEASURABLE = (Why.NOT_CALIBRATED, Why.KNEES_NOT_SEEN)
"""What may be in the way of a verdict while the feet are seen all the same."""


class Change(enum.Enum):
    """What became known with a frame."""

    MEASURED = "measured"  # a stance, the first or a finer one
    MOVED = "moved"  # the feet stand elsewhere; the stance there, if any, is known from the legs' lengths


@dataclass(frozen=True, slots=True)
class _Lengths:
    """A person's own. shank: of the hips' height. thigh: in shanks. worth_s: seconds they rest on."""

    shank: float
    thigh: float
    worth_s: float


class Standing:
    """One person, from one frame to the next.

    stance: the newest there is, or None. left: the one on the feet before these, or None. why: why what was
    seen so far is no stance, or None. since_s: when the feet came to where they are; -inf for the first.
    times: of the frames the stance on these feet rests on.
    """

    def __init__(self, constants: KeypointConstants) -> None:
        self._constants = constants
        self.stance: Stance | None = None
        self.left: Stance | None = None
        self.why: Reason | None = None
        self.since_s = -math.inf
        self._lengths: _Lengths | None = None  # from feet that stood elsewhere
        self._seen_t = -math.inf
        self._lost = False  # out of sight for so long that whoever stands elsewhere now is somebody else
        self._anew()

    def _anew(self) -> None:
        """The next frame is the first on these feet."""
        self._frames: list[tuple[float, F64, F64, float]] = []  # t, p, score, height of the hips
        self._passing: deque[tuple[float, F64, F64, float]] = deque(maxlen=MOST_PASSING)
        self._lasted_s = self._measured_s = 0.0
        self._run_t: float | None = None  # of the frame before, while somebody is upright
        self._away_since: float | None = None

    @property
    def full(self) -> bool:
        """The stance rests on a whole second."""
        return self._measured_s >= 0.95 * FULL_S

    @property
    def progress(self) -> float:
        """0..1 of the first moment."""
        return 1.0 if self.stance is not None else min(1.0, self._lasted_s / MOMENT_S)

    @property
    def times(self) -> tuple[float, ...]:
        return tuple(frame[0] for frame in self._frames)

    def pose(self) -> F64:
        """(17, 2) medians of the upright frames on these feet; NaN for a joint never seen."""
        return median_pose(
            np.stack([p for _, p, _, _ in self._frames]), np.stack([s for _, _, s, _ in self._frames])
        )

    def turn(self, anew: Callable[[F64], F64]) -> Change | None:
        """All of it as another camera sees it: anew maps tangents (17, 2) to tangents."""
        turned = [(t, anew(p), score) for t, p, score, _ in self._frames]
        self._frames = [(t, p, score, float(hip_height(p, ankles(p)))) for t, p, score in turned]
        self._passing.clear()
        self.stance, self._lengths = None, None
        return self._measure()

    def see(self, motion: Motion, score: F64, *, up_again: bool = False) -> Change | None:
        """One frame: score (17,) of its joints. What became known with it.

        up_again: a repetition ended with it, so that whoever was never still is measured in passing.
        """
        if motion.why is not None and motion.why.key not in MEASURABLE:
            self._run_t = self._away_since = None
            return None
        self._lost = self._lost or motion.t - self._seen_t > GONE_S
        self._seen_t = motion.t
        if self._elsewhere(motion):
            return Change.MOVED
        if motion.upright and self._away_since is None:
            return self._upright(motion, score)
        self._run_t = None
        if self.stance is None and motion.q < NEARLY_UP_Q:
            self._passing.append((motion.t, motion.p.copy(), score, motion.height))
        return self.measure_in_passing() if up_again else None

    # -- feet ------------------------------------------------------------------------------------------

    def _elsewhere(self, motion: Motion) -> bool:
        """Whether the feet count as placed anew from this frame on."""
        here = self._here()
        if here is None or motion.q > SHALLOW_Q:
            return False
        (ankle, shank), t = here, motion.t
        (lx, ly), (rx, ry) = (motion.ankle - ankle).tolist()
        if max(math.hypot(lx, ly), math.hypot(rx, ry)) <= REPLANT_SHANKS * shank:
            self._away_since = None
            self._lost = False
            return False
        if self._away_since is None:
            self._away_since = t
        if t - self._away_since < REPLANT_S:
            return False
        self._place(motion, self._away_since)
        return True

    def _here(self) -> tuple[F64, float] | None:
        """(2, 2) where the ankles stand, and a shank, tangents; None where nothing is known yet."""
        if self.stance is not None:
            return self.stance.ankle, sum(self.stance.shank.tolist()) / 2
        if not self._frames:
            return None
        _, p, _, height = self._frames[0]
        return p[15:17], height / 2

    def _place(self, motion: Motion, since_s: float) -> None:
        self.measure_in_passing()
        before, lasted_s = self.stance, self._measured_s
        self.left = before
        self._anew()
        self.since_s, self.stance = since_s, None
        if self._lost:
            self._lengths, self._lost = None, False
        elif before is not None:
            worth_s = lasted_s + (self._lengths.worth_s if self._lengths else 0.0)
            shank = float(before.shank.mean()) / before.hip_height
            self._lengths = _Lengths(shank, float(before.thigh.mean()), worth_s)
            self.stance = moved_to(before, motion.t, motion.ankle.copy())

    # -- upright moments -------------------------------------------------------------------------------

    def _upright(self, motion: Motion, score: F64) -> Change | None:
        if self._frames and motion.height > TALLER * self._frames[-1][3]:
            if self._crept(motion):
                self._place(motion, motion.t)
                return Change.MOVED
            self._frames, self._lasted_s, self._measured_s = [], 0.0, 0.0  # those were no upright moments
        if self._measured_s >= MOST_S:
            return None
        t = motion.t
        since = self._run_t if self._run_t is not None else t
        self._run_t = t
        self._frames.append((t, motion.p.copy(), score, motion.height))
        self._lasted_s += min(t - since, LONGEST_FRAME_S)
        enough = self._lasted_s >= MOMENT_S and len(self._frames) >= FEWEST_FRAMES
        more = self._lasted_s >= min(MORE * self._measured_s, MOST_S)
        return self._measure() if enough and more else None

    def _crept(self, motion: Motion) -> bool:
        """Whether a measured person's feet are not quite where they were: taller, they came nearer."""
        if self.stance is None or self._measured_s < MOMENT_S:
            return False
        apart = np.hypot(*(motion.ankle - self.stance.ankle).T)
        return bool(apart.max() > CREPT_SHANKS * float(self.stance.shank.mean()))

    def measure_in_passing(self) -> Change | None:
        """A repetition is over: whoever was never still is measured by their tallest moments around it."""
        if self.stance is not None or not self._passing:
            return None
        tallest = max(height for _, _, _, height in self._passing)
        self._frames = [frame for frame in self._passing if frame[3] > tallest * (1.0 - NEARLY_UP_Q)]
        return self._measure()

    def _measure(self) -> Change | None:
        if not self._frames:
            return None
        poses, scores = (np.stack([frame[i] for frame in self._frames]) for i in (1, 2))
        try:
            stance = measure(self._frames[-1][0], poses, scores, self._constants)
        except NotStanding as error:
            self.why = error.reason
            self._frames, self._lasted_s = [], 0.0
            return None
        self._measured_s, self.why = self._lasted_s, None
        share = min(1.0, self._measured_s / FULL_S)
        stance = replace(stance, sd=math.hypot(SURE_SD, UNSURE_SD / math.sqrt(max(share, 0.01) * 30)))
        self.stance = stance if self._lengths is None else self._with_lengths(stance, self._lengths)
        return Change.MEASURED

    def _with_lengths(self, stance: Stance, known: _Lengths) -> Stance:
        """A person's legs are as long here as they were there."""
        share = self._measured_s / (self._measured_s + known.worth_s)
        here = float(stance.shank.mean()) / stance.hip_height
        factor = (share * here + (1.0 - share) * known.shank) / here
        thigh = share * stance.thigh + (1.0 - share) * known.thigh
        shank = stance.shank * factor
        return replace(stance, shank=shank, depth=1.0 / shank, thigh=thigh)


def moved_to(stance: Stance, t: float, ankle: F64) -> Stance:
    """The same person with their ankles (2, 2) elsewhere: smaller where the feet are less far below the
    camera's level, since the floor is flat."""
    before, now = -float(stance.ankle[:, 1].mean()), -float(ankle[:, 1].mean())
    larger = now / before if min(before, now) > FLATTEST else 1.0
    shank = stance.shank * larger
    return replace(
        stance,
        t=t,
        ankle=ankle,
        shank=shank,
        depth=1.0 / shank,
        hip_height=stance.hip_height * larger,
        shoulder_height=stance.shoulder_height * larger,
        nose_height=stance.nose_height * larger,
        width=abs(float(ankle[0, 0] - ankle[1, 0])),
        shoulder_width=stance.shoulder_width * larger,
    )
