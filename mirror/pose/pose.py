"""Pose, the one thing the pose room hands on."""

from __future__ import annotations

import enum
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt


class Presence(enum.Enum):
    """What the pose room knows about the person."""

    NOBODY = "nobody"  # searching the whole picture
    FOUND = "found"  # the keypoints are this person's
    UNSURE = "unsure"  # somebody is there, but these keypoints are not to be judged (a hop, a passer-by)


@dataclass(frozen=True, slots=True)
class Pose:
    """Where the joints are in one frame.

    t: the frame's own time, seconds.
    keypoints: (17, 3) float32 (y, x, score), y and x normalised to the un-mirrored frame.
    size: (height, width) of that frame in pixels.
    seen: whether these keypoints are the person's.
    window: (top, left, height, width) in pixels the model looked at; None when it did not look.
    """

    t: float
    keypoints: npt.NDArray[np.float32]
    size: tuple[int, int]
    seen: Presence
    window: tuple[int, int, int, int] | None
