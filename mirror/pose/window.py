"""Where in the picture the network looks, and the one pass that brings those pixels into its input.

A standing person is tall, so the window is portrait, 1.15 standing heights high, and stays where it is
through a set: a window that moves with the person would move the joints with it. Windows may reach over
the picture's edge; what lies outside is black, as the network was trained. Knows nothing of who is seen.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from mirror.camera.frame import U8, Frame, Layout
from mirror.faults import PartMissing
from mirror.pose.joints import (
    ANKLES,
    HIPS,
    KNEES,
    NOSE,
    NOSE_TO_ANKLE,
    SHANK,
    SHOULDER_TO_HIP,
    SHOULDERS,
    SOLE_BELOW_ANKLE,
)

F32 = npt.NDArray[np.float32]

WINDOW_HEIGHTS = 1.15
"""Height of the window in standing heights. 1.1-1.25 reads hips best (docs/models.md)."""
LEAST_PX = 1.0
SEEN = 0.3
"""Joints that score less tell no length."""
SHOULDERS_APART = 0.24
"""Distance of the shoulders in statures, at the high end: 0.20 to 0.25 in people filmed from the front."""


@dataclass(frozen=True, slots=True)
class Window:
    """A rectangle of the picture, in its pixels. All four are even, as subsampled colour needs."""

    top: int
    left: int
    height: int
    width: int

    @property
    def centre(self) -> tuple[float, float]:
        """(x, y) in pixels."""
        return self.left + self.width / 2, self.top + self.height / 2

    def to_frame(self, keypoints: F32, size: tuple[int, int]) -> F32:
        """(17, 3) normalised to this window -> normalised to the frame of `size` (height, width)."""
        out = keypoints.copy()
        out[:, 0] = (self.top + keypoints[:, 0] * self.height) / size[0]
        out[:, 1] = (self.left + keypoints[:, 1] * self.width) / size[1]
        return out

    def share_inside(self, x_px: float, y_px: float) -> float:
        """How far inside the window a point of the frame lies: 0 at an edge, 0.5 in the middle."""
        x, y = (x_px - self.left) / self.width, (y_px - self.top) / self.height
        return min(x, 1 - x, y, 1 - y)


def _even(x: float) -> int:
    return 2 * round(x / 2)


def window_at(centre_x: float, centre_y: float, height: float, aspect: float) -> Window:
    """The window of about `height` px round a centre; aspect = width / height of the network's input."""
    h = max(32, _even(height))
    w = max(16, _even(height * aspect))
    return Window(_even(centre_y - h / 2), _even(centre_x - w / 2), h, w)


def pixels(keypoints: F32, size: tuple[int, int]) -> F32:
    """(..., 3) normalised (y, x, score) -> (..., 2) (x, y) in pixels of a frame of `size` (height, width)."""
    return keypoints[..., [1, 0]] * np.array([size[1], size[0]], np.float32)


def standing_height(keypoints: F32, size: tuple[int, int]) -> float:
    """The person's standing height in pixels, as far as this one pose shows it.

    Nose to ankles when upright; in a squat, or with the feet out of the picture, the torso tells more. Never
    less than a pixel, whatever heap or headstand a network sees: other lengths are measured in it.
    """
    return Joints.of(keypoints, size).standing_height


def bent_height(keypoints: F32, size: tuple[int, int]) -> float:
    """The person's standing height in pixels by lengths that squatting hardly shortens in the picture.

    The shorter shank and the width of the shoulders: short of the truth in somebody turned, never far beyond
    it. 0 where joints of neither are surely seen, or no feet.
    """
    return Joints.of(keypoints, size).bent_height


def fit(keypoints: F32, size: tuple[int, int], aspect: float, height: float | None = None) -> Window:
    """The window for the person of these keypoints, as if standing up from where the feet are.

    height: `standing_height` of these keypoints, where it is known already.
    """
    return Joints.of(keypoints, size).window(aspect, height)


@dataclass(frozen=True, slots=True)
class Joints:
    """One pose as plain numbers, by joint: x and y in pixels of the frame, and score.

    For so few numbers plain ones are several times faster than arrays, and every frame asks for many.
    """

    x: list[float]
    y: list[float]
    score: list[float]

    @staticmethod
    def of(keypoints: F32, size: tuple[int, int]) -> Joints:
        """Of keypoints (17, 3) (y, x, score), normalised to a frame of `size` (height, width)."""
        y, x, score = keypoints.T.tolist()
        height, width = size
        return Joints([one * width for one in x], [one * height for one in y], score)

    def middle(self, pair: list[int]) -> tuple[float, float]:
        """(x, y) between two joints."""
        one, other = pair
        return (self.x[one] + self.x[other]) / 2, (self.y[one] + self.y[other]) / 2

    def apart(self, one: int, other: int) -> float:
        """Pixels between two joints."""
        return math.hypot(self.x[one] - self.x[other], self.y[one] - self.y[other])

    def surely_seen(self, joints: list[int]) -> bool:
        """Whether all of these are."""
        return min(self.score[joint] for joint in joints) >= SEEN

    @property
    def feet_hidden(self) -> bool:
        """Neither ankle is seen."""
        return max(self.score[joint] for joint in ANKLES) < SEEN

    @property
    def standing_height(self) -> float:
        """As `window.standing_height`."""
        torso = math.dist(self.middle(SHOULDERS), self.middle(HIPS)) / SHOULDER_TO_HIP
        if self.feet_hidden:
            return max(torso, LEAST_PX)
        whole = (self.middle(ANKLES)[1] - self.y[NOSE]) / NOSE_TO_ANKLE
        return max(whole, min(torso, 1.6 * whole), LEAST_PX)

    @property
    def bent_height(self) -> float:
        """As `window.bent_height`."""
        if self.feet_hidden:
            return 0.0
        shoulders = self.apart(*SHOULDERS) / SHOULDERS_APART if self.surely_seen(SHOULDERS) else 0.0
        shanks = [self.apart(knee, ankle) / SHANK for knee, ankle in zip(KNEES, ANKLES, strict=True)]
        return max(shoulders, min(shanks) if self.surely_seen(KNEES + ANKLES) else 0.0)

    def window(self, aspect: float, height: float | None = None) -> Window:
        """As `fit`."""
        tall = self.standing_height if height is None else height
        (hips_x, hips_y), (feet_x, feet_y) = self.middle(HIPS), self.middle(ANKLES)
        sole = hips_y + 0.53 * tall if self.feet_hidden else feet_y + SOLE_BELOW_ANKLE * tall
        over_feet = min(self.score[joint] for joint in ANKLES) > SEEN
        centre_x = (hips_x + feet_x) / 2 if over_feet else hips_x
        return window_at(centre_x, sole - 0.5 * tall, WINDOW_HEIGHTS * tall, aspect)


def search_windows(size: tuple[int, int], aspect: float) -> list[Window]:
    """Windows that together cover a whole frame of `size` (height, width).

    Full-height ones side by side with half overlap, and in a portrait frame one that holds it all.
    """
    h, w = size
    across = h * aspect
    count = 1 if w <= across else 1 + math.ceil((w - across) / (across / 2))
    middles = [w / 2] if count == 1 else list(np.linspace(across / 2, w - across / 2, count))
    found = [window_at(x, h / 2, h, aspect) for x in middles]
    if across < w <= h:
        found.append(window_at(w / 2, h / 2, w / aspect, aspect))
    return found


class Cropper:
    """Cuts a window out of a frame into one input tensor: crop, resize and colour, without new images.

    The tensor is (height, width, 3) uint8 RGB and is overwritten by the next call.
    """

    def __init__(self, height: int, width: int) -> None:
        try:
            import cv2  # heavy, and not needed to analyse recordings
        except ImportError as error:
            raise PartMissing(
                "Pictures need OpenCV, which is not installed: pip install 'squat-mirror[video]'",
                key="part_missing",
            ) from error
        self._cv2 = cv2
        self.tensor: U8 = np.zeros((height, width, 3), np.uint8)
        self._scaled: U8 = np.zeros((height, width, 3), np.uint8)
        self._patch: U8 = np.zeros((0, 0, 3), np.uint8)
        self._yuv: U8 = np.zeros((0, 0), np.uint8)

    def __call__(self, frame: Frame, window: Window) -> U8:
        """The window's pixels in `tensor`; pixels outside the frame are black."""
        cv2 = self._cv2
        if frame.layout in (Layout.BGR, Layout.RGB):
            patch = self._packed(frame, window)
        else:
            patch = self._from_yuv(frame, window)
        height, width = self.tensor.shape[:2]
        shrink = window.height > height
        how = cv2.INTER_AREA if shrink else cv2.INTER_LINEAR
        if frame.layout is Layout.BGR:
            cv2.resize(patch, (width, height), dst=self._scaled, interpolation=how)
            cv2.cvtColor(self._scaled, cv2.COLOR_BGR2RGB, dst=self.tensor)
        else:
            cv2.resize(patch, (width, height), dst=self.tensor, interpolation=how)
        return self.tensor

    def _packed(self, frame: Frame, window: Window) -> U8:
        """(window height, window width, 3): a view where the window lies inside, else a padded copy."""
        rows, columns, inside = _overlap(window, frame.size)
        if inside:
            return frame.pixels[rows, columns]
        if self._patch.shape[:2] != (window.height, window.width):
            self._patch = np.zeros((window.height, window.width, 3), np.uint8)
        self._patch[:] = 0
        target = self._patch[_shifted(rows, window.top), _shifted(columns, window.left)]
        target[:] = frame.pixels[rows, columns]
        return self._patch

    def _from_yuv(self, frame: Frame, window: Window) -> U8:
        """RGB of the window only: the crop is cut from the planes and converted, never the whole frame."""
        cv2 = self._cv2
        h, w = window.height, window.width
        if self._yuv.shape != (h * 3 // 2, w):
            self._yuv = np.empty((h * 3 // 2, w), np.uint8)
            self._patch = np.empty((h, w, 3), np.uint8)
        self._yuv[:h] = 16
        self._yuv[h:] = 128
        rows, columns, _ = _overlap(window, frame.size)
        to_rows, to_columns = _shifted(rows, window.top), _shifted(columns, window.left)
        self._yuv[to_rows, to_columns] = frame.pixels[rows, columns]
        for source, target in zip(
            _chroma(frame.pixels, *frame.size, frame.layout),
            _chroma(self._yuv, h, w, frame.layout),
            strict=True,
        ):
            target[_halved(to_rows), _halved(to_columns)] = source[_halved(rows), _halved(columns)]
        code = cv2.COLOR_YUV2RGB_I420 if frame.layout is Layout.I420 else cv2.COLOR_YUV2RGB_NV12
        cv2.cvtColor(self._yuv, code, dst=self._patch)
        return self._patch


def _overlap(window: Window, size: tuple[int, int]) -> tuple[slice, slice, bool]:
    """Rows and columns of the frame that the window covers, and whether that is all of the window."""
    top, bottom = max(0, window.top), min(size[0], window.top + window.height)
    left, right = max(0, window.left), min(size[1], window.left + window.width)
    bottom, right = max(top, bottom), max(left, right)
    whole = bottom - top == window.height and right - left == window.width
    return slice(top, bottom), slice(left, right), whole


def _shifted(part: slice, by: int) -> slice:
    return slice(part.start - by, part.stop - by)


def _halved(part: slice) -> slice:
    return slice(part.start // 2, part.stop // 2)


def _chroma(planes: U8, height: int, width: int, layout: Layout) -> list[U8]:
    """Views of the colour planes, each (height / 2, width / 2, ...), of a YUV 4:2:0 picture."""
    colour = planes[height : height * 3 // 2]
    if layout is Layout.NV12:
        return [colour.reshape(height // 2, width // 2, 2)]
    flat = colour.reshape(-1)
    quarter = (height // 2) * (width // 2)
    return [flat[i * quarter : (i + 1) * quarter].reshape(height // 2, width // 2) for i in (0, 1)]
