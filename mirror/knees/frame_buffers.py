"""Room for the numbers of the newest frames, made once: the live mirror's kernel writes into it.

A frame's numbers must live as long as the repetition they belong to, so there is a buffer for each frame of
the longest repetition, and the oldest buffer is the next to be written. Knows shapes, not what is in them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mirror.knees.optics import F64
from mirror.knees.shank import Shank

FRAMES = 3720
"""The longest repetition and a second more, at 120 frames a second."""


@dataclass(frozen=True, slots=True)
class FrameBuffer:
    """One frame's place. p: (17, 2). ankle: (2, 2). shank, thigh: (2,) each. Legs [left, right]."""

    p: F64
    ankle: F64
    shank: Shank
    thigh: F64


class FrameBuffers:
    """`frames` buffers, taken in turn. A buffer is somebody else's after `frames` further ones were taken."""

    def __init__(self, frames: int = FRAMES) -> None:
        p, ankle = np.zeros((frames, 17, 2)), np.zeros((frames, 2, 2))
        X, Y, F, thigh = np.zeros((4, frames, 2))
        possible = np.zeros((frames, 2), np.bool_)
        self._buffers = [
            FrameBuffer(p[i], ankle[i], Shank(X[i], Y[i], F[i], possible[i]), thigh[i]) for i in range(frames)
        ]
        self._next = 0

    def __len__(self) -> int:
        return len(self._buffers)

    def take(self) -> FrameBuffer:
        """The buffer that was written longest ago."""
        buffer = self._buffers[self._next]
        self._next = (self._next + 1) % len(self._buffers)
        return buffer
