"""Spreads the looks at a standing person's feet over frames: one look a frame, so that no frame waits long.

Holds the looks of one search, as long as the feet stay where they are. Knows when to look again, not what
the toes are for.
"""

from __future__ import annotations

import math
from typing import Protocol

import numpy as np

from mirror.camera.frame import Frame
from mirror.pose.feet import PERSON_CROPS, FootNet, toe_tips
from mirror.pose.joints import ANKLES
from mirror.pose.window import F32, standing_height

AGAIN_AFTER_S = 2.0
"""After a search that saw no feet, the next one waits: they are hidden, and each costs eight looks."""
SAME_FEET = 0.02
"""Ankles that are further than this from where they were at the first look, in standing heights, stand
elsewhere: two or three times what a network's ankles tremble by."""


class Toes(Protocol):
    """What finds the toe tips of somebody who stands, asked with every frame until they are found."""

    def reset(self) -> None:
        """Nobody is there, or somebody else."""

    def next(self, frame: Frame, keypoints: F32) -> F32 | None:
        """(2, 2) (y, x) [left, right], normalised, NaN for a foot that is not seen, or None: not yet, or not
        here. keypoints: (17, 3)."""


class NoToes:
    """Finds none: the knees go by the reference repetition alone."""

    def reset(self) -> None:
        """There is nothing to begin anew."""

    def next(self, frame: Frame, keypoints: F32) -> F32 | None:
        """None."""


class ToeSearch:
    """One search after another. Not for several threads."""

    def __init__(self, net: FootNet) -> None:
        self._net = net
        self._not_before = -math.inf
        self.reset()

    def reset(self) -> None:
        """Forget the looks so far: nobody is there, or somebody else."""
        self._looks: list[F32 | None] = []
        self._ankles: F32 | None = None

    def next(self, frame: Frame, keypoints: F32) -> F32 | None:
        """One more look at somebody who stands; the toe tips once all framings were tried and agree.

        keypoints: (17, 3) of this frame. Returns (2, 2) (y, x) [left, right], normalised, NaN for a foot that
        is not seen, or None. Looks of before a squat still count after it, unless the feet stand elsewhere.
        """
        if frame.keypoints is not None or frame.t < self._not_before:
            return None  # where keypoints are known there is no picture of the feet
        if self._placed_anew(keypoints, frame.size):
            self.reset()
        if self._ankles is None:
            self._ankles = keypoints[ANKLES, :2].copy()
        self._looks.append(self._net.look(frame, keypoints, PERSON_CROPS[len(self._looks)]))
        if len(self._looks) < len(PERSON_CROPS):
            return None
        tips = toe_tips(self._looks, keypoints, frame.size)
        self.reset()
        if tips is None:
            self._not_before = frame.t + AGAIN_AFTER_S
        return tips

    def _placed_anew(self, keypoints: F32, size: tuple[int, int]) -> bool:
        if self._ankles is None:
            return False
        apart = (keypoints[ANKLES, :2] - self._ankles) * size
        return bool(np.hypot(*apart.T).max() > SAME_FEET * standing_height(keypoints, size))
