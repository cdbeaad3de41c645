"""What arms say: start, next, back, pause; and whether the hands hold a bar, which silences them.

Works on places of the hands in shoulder widths, so that neither distance nor picture matter. Knows nothing of
what a gesture does.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from mirror.coach.feedback import Gesture, GestureProgress
from mirror.knees.constants import EAR, ELBOW, SHOULDER, WRIST

FACE = range(5)
"""COCO-17 numbers."""
SEEN = 0.3
HOLD_S = 0.8
LOCK_OUT_S = 1.5
FLICKER_S = 0.15
"""A gesture may be lost this long and still count as held."""
OVER_HEAD = 0.3
LEVEL = 0.35
STRETCHED = 1.1
BAR_OUT, BAR_UP = (0.55, 1.25), 0.35
"""Hands on a bar are just outside the shoulders (0.5) and level with them: 0.65 to 1.1 in clips and
renderings. Crossed arms and a weight before the chest are within 0.4."""
BAR_S = 1.0
BAR_LET_GO_S = 0.5

Place = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Arms:
    """Where arms are, in shoulder widths from the middle of the shoulders: (outward, up), [left, right].

    Outward is away from the body's middle for each arm. NaN where not seen. head: the height of the highest
    point of the face that is seen. ears: heights, NaN likewise.
    """

    shoulders: tuple[Place, Place]
    elbows: tuple[Place, Place]
    wrists: tuple[Place, Place]
    ears: tuple[float, float]
    head: float


def arms_of(keypoints: npt.NDArray[np.float32], size: tuple[int, int]) -> Arms | None:
    """The arms of keypoints (17, 3) (y, x, score) normalised to the un-mirrored frame of `size` (h, w).

    None while the shoulders are not seen, or not from the front.
    """
    y, x, score = keypoints.T.tolist()
    left, right = SHOULDER
    if min(score[left], score[right]) < SEEN:
        return None
    width = (x[left] - x[right]) * size[1]
    if not width > 0.01 * size[1]:
        return None
    middle_x, middle_y = (x[left] + x[right]) / 2, (y[left] + y[right]) / 2

    def up(joint: int) -> float:
        return (middle_y - y[joint]) * size[0] / width if score[joint] >= SEEN else math.nan

    def place(joint: int, side: int) -> Place:
        outward = side * (x[joint] - middle_x) * size[1] / width if score[joint] >= SEEN else math.nan
        return outward, up(joint)

    def pair(joints: list[int]) -> tuple[Place, Place]:
        return place(joints[0], 1), place(joints[1], -1)

    head = max((up(joint) for joint in FACE if score[joint] >= SEEN), default=math.nan)
    ears = [up(ear) if score[ear] >= SEEN else head for ear in EAR]
    return Arms(pair(SHOULDER), pair(ELBOW), pair(WRIST), (ears[0], ears[1]), head)


def shown(arms: Arms) -> Gesture | None:
    """The gesture these arms make, or None. Whatever is not seen makes none."""
    (left, right), (left_elbow, right_elbow) = arms.wrists, arms.elbows
    if min(left[1], right[1]) > arms.head + OVER_HEAD:
        return Gesture.START
    if right[1] > arms.ears[1] and left[1] < left_elbow[1]:
        return Gesture.NEXT
    if left[1] > arms.ears[0] and right[1] < right_elbow[1]:
        return Gesture.BACK
    if all(_straight_out(arms, side) for side in (0, 1)):
        return Gesture.PAUSE
    return None


def _straight_out(arms: Arms, side: int) -> bool:
    wrist, elbow, shoulder = arms.wrists[side], arms.elbows[side], arms.shoulders[side]
    level = abs(wrist[1] - shoulder[1]) < LEVEL and abs(elbow[1] - shoulder[1]) < LEVEL
    return level and wrist[0] - shoulder[0] > STRETCHED and wrist[0] > elbow[0] > shoulder[0]


def at_shoulders(arms: Arms) -> bool:
    """Both wrists level with their shoulders and just outside them, as on a bar on the back."""
    least, most = BAR_OUT
    return all(
        least < wrist[0] < most and abs(wrist[1] - shoulder[1]) < BAR_UP
        for wrist, shoulder in zip(arms.wrists, arms.shoulders, strict=True)
    )


class Bar:
    """Whether a bar is held: hands at the shoulders for a second, until they are away for half a second."""

    def __init__(self) -> None:
        self.held = False
        self._since: float | None = None  # what is seen differs from `held` since then

    def update(self, t: float, arms: Arms | None) -> bool:
        """One frame."""
        seen = arms is not None and at_shoulders(arms)
        if seen is self.held:
            self._since = None
        elif self._since is None:
            self._since = t
        elif t - self._since >= (BAR_LET_GO_S if self.held else BAR_S):
            self.held, self._since = seen, None
        return self.held


class Gestures:
    """Gestures over time: held for 0.8 s they count once, then nothing counts for 1.5 s and until let go."""

    def __init__(self) -> None:
        self._now: Gesture | None = None
        self._since = -math.inf
        self._seen_t = -math.inf
        self._counted_t = -math.inf
        self._let_go = True

    def update(
        self, t: float, arms: Arms | None, allowed: bool
    ) -> tuple[GestureProgress | None, Gesture | None]:
        """One frame: what is being held, and what counts with this frame. allowed: no bar, and standing."""
        now = shown(arms) if arms is not None and allowed else None
        if now is None and (not allowed or t - self._seen_t > FLICKER_S):
            self._now, self._let_go = None, True
            return None, None
        if now is not None:
            self._seen_t = t
            if now is not self._now:
                self._now, self._since = now, t
        return self._held(t)

    def _held(self, t: float) -> tuple[GestureProgress | None, Gesture | None]:
        gesture = self._now
        if gesture is None or not self._let_go or t - self._counted_t < LOCK_OUT_S:
            self._since = t
            return None, None
        share = min(1.0, (t - self._since) / HOLD_S)
        if share < 1.0:
            return GestureProgress(gesture, share), None
        self._counted_t, self._let_go = t, False
        return GestureProgress(gesture, 1.0), gesture
