"""The bundled rendered clip with its exact joints: pictures to calibrate on and to measure with.

Gives portrait windows of a chosen number of standing heights around the person. Knows pictures and
truth, nothing of networks.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

Pixels = npt.NDArray[np.uint8]
Points = npt.NDArray[np.float64]

REPOSITORY = Path(__file__).resolve().parents[2]
CLIP = REPOSITORY / "mirror" / "demo" / "demo.mp4"
TRUTH = REPOSITORY / "tests" / "data" / "demo_truth.json.gz"

NOSE_TO_ANKLE = 0.88  # of the stature: nose at 0.925, ankle at 0.045 (Drillis & Contini / Winter)
ANKLE_HEIGHT = 0.045


@dataclass(frozen=True)
class Truth:
    """What is known of the rendered person.

    joints: names, in the order of the second axis of `places`.
    places: (frames, joints, 2) of (y, x) in pixels of the un-mirrored picture.
    height: standing height in pixels, from nose and ankles of the first frame.
    """

    joints: tuple[str, ...]
    places: Points
    height: float

    def of(self, joint: str) -> Points:
        """(frames, 2) of (y, x) of one joint, left and right being the person's own."""
        return self.places[:, self.joints.index(joint)]


@dataclass(frozen=True)
class Window:
    """A rectangle of the picture in whole pixels."""

    top: int
    left: int
    height: int
    width: int

    def look(self, picture: Pixels, size: tuple[int, int]) -> Pixels:
        """(height, width, 3) of `size`: this part of the picture, resized; black where it reaches outside."""
        rows, columns = (
            np.arange(at, at + n) for at, n in ((self.top, self.height), (self.left, self.width))
        )
        part = np.zeros((self.height, self.width, 3), np.uint8)
        inside = [(at >= 0) & (at < side) for at, side in zip((rows, columns), picture.shape, strict=False)]
        part[np.ix_(*inside)] = picture[np.ix_(rows[inside[0]], columns[inside[1]])]
        return np.asarray(cv2.resize(part, size[::-1], interpolation=cv2.INTER_AREA), np.uint8)

    def place(self, normalised: Points) -> Points:
        """(..., 2) of (y, x) in pixels of the picture, from (y, x) normalised to this window."""
        return np.asarray(normalised * (self.height, self.width) + (self.top, self.left), np.float64)


def read_truth(path: Path = TRUTH) -> Truth:
    with gzip.open(path) as stream:
        known: dict[str, Any] = json.load(stream)
    joints = tuple(known["joints"])
    places = np.array([frame["j2"] for frame in known["frames"]], np.float64)[..., ::-1]
    standing = dict(zip(joints, places[0], strict=True))
    ankle = (standing["left_ankle"][0] + standing["right_ankle"][0]) / 2
    return Truth(joints, places, float(ankle - standing["nose"][0]) / NOSE_TO_ANKLE)


def read_pictures(path: Path = CLIP) -> Iterator[Pixels]:
    """Every frame of the clip, (height, width, 3) RGB, un-mirrored."""
    video = cv2.VideoCapture(str(path))
    try:
        while True:
            found, picture = video.read()
            if not found:
                return
            yield np.ascontiguousarray(picture[..., ::-1])
    finally:
        video.release()


def standing_window(
    truth: Truth, size: tuple[int, int], factor: float, shift: tuple[float, float] = (0.0, 0.0)
) -> Window:
    """The window of `factor` standing heights, shaped like `size`, centred on the standing person.

    It stays where it is while the person squats. `shift` moves it by a part of its height and width.
    """
    ankles = (truth.of("left_ankle")[0] + truth.of("right_ankle")[0]) / 2
    centre_y = ankles[0] + ANKLE_HEIGHT * truth.height - truth.height / 2
    height = factor * truth.height
    width = height * size[1] / size[0]
    top = centre_y - height / 2 + shift[0] * height
    left = ankles[1] - width / 2 + shift[1] * width
    return Window(round(top), round(left), round(height), round(width))
