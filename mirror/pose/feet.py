"""Where the toes of a standing person are, from the foot landmarks of a second network.

MoveNet has no toes. BlazePose does, but a look at them is wrong by degrees in a way that depends on how the
picture is framed, so somebody is looked at in several framings, half of them mirrored, each as large as if
they stood. Too slow for every frame. Knows nothing of knees, nor which way feet should point.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

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

    def look(
        self, frame: Frame, keypoints: F32, framing: PersonCrop, standing_px: float | None = None
    ) -> F32 | None:
        """One look at a person's toe tips: (2, 2) (y, x), [left, right], the person's own.

        keypoints: (17, 3) (y, x, score) of this frame; they and the result are normalised to the un-mirrored
        frame. standing_px: how tall the person stands in this picture; without it they stand now. A foot that
        is not seen is NaN; None where neither is.
        """
        if keypoints[HIPS + ANKLES, 2].min() < LEAST_SCORE:
            return None
        height = standing_height(keypoints, frame.size) if standing_px is None else standing_px
        window = _window(keypoints, frame.size, framing, height)
        landmarks, presence = self.landmarks(frame, window, mirrored=framing.mirrored)
        rows = landmarks[TOES[::-1] if framing.mirrored else TOES]  # a mirrored left foot is the right one
        if presence < LEAST_PRESENCE:
            return None
        inside = np.asarray(rows[:, [1, 0]], np.float32)
        if framing.mirrored:
            inside[:, 1] = 1 - inside[:, 1]
        toes = window.to_frame(inside, frame.size)
        seen = _plausible(toes, keypoints, frame.size, height)
        seen &= [_sigmoid(float(visibility)) >= LEAST_VISIBILITY for visibility in rows[:, 3]]
        toes[~seen] = np.nan
        return toes if seen.any() else None

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

    def looks(self, frame: Frame, keypoints: F32, standing_px: float | None = None) -> list[F32 | None]:
        """One look in every framing; see `look`."""
        return [self.look(frame, keypoints, framing, standing_px) for framing in PERSON_CROPS]


def toe_tips(
    looks: Sequence[F32 | None], keypoints: F32, size: tuple[int, int], standing_px: float | None = None
) -> F32 | None:
    """The toe tips (2, 2) (y, x) that most of several looks agree on; NaN for a foot of which they see none,
    None where they agree on neither.

    keypoints: (17, 3) of the person then, for their height; size: (height, width) of the frames in pixels.
    standing_px: as in `FootNet.look`.
    """
    if not looks:
        return None
    height = standing_height(keypoints, size) if standing_px is None else standing_px
    nowhere = np.full((2, 2), np.nan, np.float32)
    stacked = np.stack([nowhere if toes is None else toes for toes in looks])
    tips = np.stack([_agreed(stacked[:, foot], size, height) for foot in (0, 1)])
    return None if np.isnan(tips).all() else tips


def _agreed(looks: F32, size: tuple[int, int], height: float) -> F32:
    """(2,) (y, x) of one foot from looks (n, 2) at it; NaN where most don't see it, or not in one place."""
    seen = looks[~np.isnan(looks[:, 0])]
    if 2 * len(seen) < len(looks) or seen[:, 1].std() * size[1] / height > MOST_SPREAD:
        return np.full(2, np.nan, np.float32)
    return np.asarray(np.median(seen, axis=0), np.float32)


def _window(keypoints: F32, size: tuple[int, int], framing: PersonCrop, height: float) -> Window:
    xy = pixels(keypoints, size)
    middle_y = float(xy[ANKLES, 1].mean()) + (SOLE_BELOW_ANKLE - 0.5) * height
    middle_x = float(xy[HIPS + ANKLES, 0].mean())
    return window_at(
        middle_x + framing.right * height, middle_y + framing.down * height, framing.height * height, 1.0
    )


def _plausible(toes: F32, keypoints: F32, size: tuple[int, int], height: float) -> npt.NDArray[np.bool_]:
    """(2,) inside the picture, and near its own ankle."""
    inside = (toes >= 0).all(1) & (toes <= 1).all(1)
    apart = (toes - keypoints[ANKLES, :2]) * size
    return np.asarray(inside & (np.hypot(*apart.T) < FARTHEST_TOE * height))


def _sigmoid(x: float) -> float:
    return 1 / (1 + math.exp(-x))
