"""Spreads the looks at a standing person's feet over frames: one look a frame, so that no frame waits long.

Holds the looks of one search. Knows when to look again, not what the toes are for.
"""

from __future__ import annotations

import math
from typing import Protocol

from mirror.camera.frame import Frame
from mirror.pose.feet import PERSON_CROPS, FootNet, toe_tips
from mirror.pose.window import F32

AGAIN_AFTER_S = 2.0
"""After a search that saw no feet, the next one waits: they are hidden, and each costs eight looks."""


class Toes(Protocol):
    """What finds the toe tips of somebody who stands, asked with every frame until they are found."""

    def reset(self) -> None:
        """The person moves, or is somebody else."""

    def next(self, frame: Frame, keypoints: F32) -> F32 | None:
        """(2, 2) (y, x) [left, right], normalised, or None: not yet, or not here. keypoints: (17, 3)."""


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
        """Forget the looks so far: the person moves, or is somebody else."""
        self._looks: list[F32 | None] = []

    def next(self, frame: Frame, keypoints: F32) -> F32 | None:
        """One more look at somebody who stands; the toe tips once all framings were tried and agree.

        keypoints: (17, 3) of this frame. Returns (2, 2) (y, x) [left, right], normalised, or None.
        """
        if frame.keypoints is not None or frame.t < self._not_before:
            return None  # where keypoints are known there is no picture of the feet
        self._looks.append(self._net.look(frame, keypoints, PERSON_CROPS[len(self._looks)]))
        if len(self._looks) < len(PERSON_CROPS):
            return None
        tips = toe_tips(self._looks, keypoints, frame.size)
        self.reset()
        if tips is None:
            self._not_before = frame.t + AGAIN_AFTER_S
        return tips
