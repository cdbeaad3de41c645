"""Where the toes of a standing person are, from the foot landmarks of a second network.

MoveNet has no toes. BlazePose does, but a look at them is wrong by degrees in a way that depends on how the
picture is framed, so somebody who stands is looked at in several framings, half of them mirrored. Too slow
for every frame. Knows nothing of knees, nor which way feet should point.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from mirror.camera.frame import Frame
from mirror.pose.catalog import ModelEntry, checked_file
from mirror.pose.interpreter import Network, Tensor
from mirror.pose.joints import ANKLES, HIPS, SOLE_BELOW_ANKLE
from mirror.pose.window import F32, Cropper, Window, pixels, standing_height, window_at

ROWS, COLUMNS = 39, 5
"""Landmarks, and what there is of each: x, y, z in the input's pixels, visibility, presence."""
TOES = [31, 32]
"""Rows of the toe tips, left before right."""
LEAST_PRESENCE = 0.5
LEAST_VISIBILITY = 0.5
LEAST_SCORE = 0.3
"""Hips and ankles must score this much: the framings are laid round them."""
FARTHEST_TOE = 0.16
"""A toe tip this far from its ankle, in standing heights, is somebody else's or the other foot's. A foot that
points at the camera reaches 0.11."""
MOST_SPREAD = 0.02
"""Looks that differ by more than this (sd across the picture, in standing heights) see no one toe tip: it is
11 degrees of the foot's direction. Two to seven degrees are usual, and within those the spread says little
about the error (docs/decisions.md)."""


@dataclass(frozen=True, slots=True)
class PersonCrop:
    """A square round a standing person. height, right, down: in standing heights; the last two shift it."""

    height: float
    right: float
    down: float
    mirrored: bool


PERSON_CROPS = tuple(
    PersonCrop(height, right, -0.0045, mirrored)
    for height in (1.237, 1.435)
    for right in (-0.03, 0.03)
    for mirrored in (False, True)
)
"""Eight looks, after which more change nothing: 4.2 degrees of foot direction (rms) on rendered people, where
one look is wrong by 6 to 8. For each there is its mirror image, so nothing here prefers a leg. Of the heights
that the network itself sees, without its joints put right, they are 1.25 and 1.45, as they were chosen."""


class FootNet:
    """BlazePose: a framing of a standing person in, toe tips out. Not for several threads."""

    def __init__(
        self, entry: ModelEntry, *, threads: int = 2, runtime: str = "auto", xnnpack: bool = True
    ) -> None:
        """Raises BadInput when the file is not the listed one, PermanentFault when it cannot run."""
        self.network = Network(checked_file(entry), threads=threads, runtime=runtime, xnnpack=xnnpack)
        self.name = entry.name
        self._side = entry.height
        self.network.expect(
            [Tensor((entry.height, entry.width, 3), "float32")],
            [Tensor((ROWS * COLUMNS,), "float32"), Tensor((1,), "float32")],
        )
        self._crop = Cropper(entry.height, entry.width)
        self._picture = np.zeros((entry.height, entry.width, 3), np.float32)

    @property
    def runtime(self) -> str:
        return self.network.runtime

    def look(self, frame: Frame, keypoints: F32, framing: PersonCrop) -> F32 | None:
        """One look at a standing person's toe tips: (2, 2) (y, x), [left, right], the person's own.

        keypoints: (17, 3) (y, x, score) of this frame; they and the result are normalised to the un-mirrored
        frame. None where the feet are not seen.
        """
        if keypoints[HIPS + ANKLES, 2].min() < LEAST_SCORE:
            return None
        window = _window(keypoints, frame.size, framing)
        landmarks, presence = self.landmarks(frame, window, mirrored=framing.mirrored)
        rows = landmarks[TOES]
        if presence < LEAST_PRESENCE or _sigmoid(float(rows[:, 3].min())) < LEAST_VISIBILITY:
            return None
        inside = np.asarray(rows[:, [1, 0]], np.float32)
        toes = window.to_frame(_upright(inside, framing.mirrored), frame.size)
        return toes if _plausible(toes, keypoints, frame.size) else None

    def landmarks(self, frame: Frame, window: Window, *, mirrored: bool) -> tuple[F32, float]:
        """(39, 5) landmarks in one square window, x and y normalised to it, and how surely somebody is there.

        mirrored: the network sees the window's mirror image, and left and right and x are of that.
        """
        pixels_seen = self._crop(frame, window)
        if mirrored:
            pixels_seen = pixels_seen[:, ::-1]
        np.multiply(pixels_seen, np.float32(1 / 255), out=self._picture)
        landmarks, presence = self.network.run(self._picture)
        rows = landmarks.reshape(ROWS, COLUMNS).copy()
        rows[:, :2] /= self._side
        return rows, float(presence[0])

    def looks(self, frame: Frame, keypoints: F32) -> list[F32 | None]:
        """One look in every framing; see `look`."""
        return [self.look(frame, keypoints, framing) for framing in PERSON_CROPS]


def toe_tips(looks: Sequence[F32 | None], keypoints: F32, size: tuple[int, int]) -> F32 | None:
    """The toe tips (2, 2) (y, x) that most of several looks agree on, or None where they don't.

    keypoints: (17, 3) of the person then, for their height; size: (height, width) of the frames in pixels.
    """
    seen = [toes for toes in looks if toes is not None]
    if not seen or 2 * len(seen) < len(looks):
        return None
    stacked = np.stack(seen)
    spread = stacked[..., 1].std(0) * size[1] / standing_height(keypoints, size)
    if spread.max() > MOST_SPREAD:
        return None
    return np.asarray(np.median(stacked, axis=0), np.float32)


def _window(keypoints: F32, size: tuple[int, int], framing: PersonCrop) -> Window:
    xy = pixels(keypoints, size)
    height = standing_height(keypoints, size)
    middle_y = float(xy[ANKLES, 1].mean()) + (SOLE_BELOW_ANKLE - 0.5) * height
    middle_x = float(xy[HIPS + ANKLES, 0].mean())
    return window_at(
        middle_x + framing.right * height, middle_y + framing.down * height, framing.height * height, 1.0
    )


def _upright(yx: F32, mirrored: bool) -> F32:
    """Toe tips normalised to the window as the camera sees it: a mirrored left foot is the right one."""
    if not mirrored:
        return yx
    return np.stack([yx[::-1, 0], 1 - yx[::-1, 1]], axis=-1)


def _plausible(toes: F32, keypoints: F32, size: tuple[int, int]) -> bool:
    """Inside the picture, and each near its own ankle."""
    if toes.min() < 0 or toes.max() > 1:
        return False
    apart = (toes - keypoints[ANKLES, :2]) * size
    return bool(np.hypot(*apart.T).max() < FARTHEST_TOE * standing_height(keypoints, size))


def _sigmoid(x: float) -> float:
    return 1 / (1 + math.exp(-x))
