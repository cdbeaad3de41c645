"""From image coordinates to rays and back: focal length, tilt and roll.

Rectified tangents `p` (x right, y up) are what the rest of the room works on: the direction of a joint seen
by a camera that looked straight ahead, as if neither tilted nor rolled. Knows nothing of bodies.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

F64 = npt.NDArray[np.float64]

LONG_SIDE_DEG = 62.0
"""Field of view assumed across the longer side of a picture from a camera nobody described: phones, webcams
and Camera Module 2 lie between 58 and 67 degrees. An error of 15 % moves a deviation by 0.6 degrees."""
ASSUMED_TILT_DEG = 8.0
"""A camera on a wall or tripod looks slightly down. Assuming 0 would cost 5 degrees of depth."""
ASSUMED_TILT_SD_DEG, MEASURED_TILT_SD_DEG = 6.0, 1.0
"""How wrong a tilt may be (sd) that nobody measured, and one that somebody did."""


@dataclass(frozen=True, slots=True)
class Camera:
    """How the camera looks at the room.

    hfov_deg: across the picture's width. tilt_deg: + looks down. roll_deg: + leans clockwise, seen from
    behind it, which turns the picture anticlockwise.
    height_m: of the lens over the floor, None where unknown.
    how_known: for each of hfov, tilt, roll, height: "given", "camera", "assumed", ...
    tilt_sd_deg: of the tilt.
    """

    hfov_deg: float
    tilt_deg: float = ASSUMED_TILT_DEG
    roll_deg: float = 0.0
    height_m: float | None = None
    how_known: tuple[tuple[str, str], ...] = ()
    tilt_sd_deg: float = ASSUMED_TILT_SD_DEG


def assumed_hfov_deg(size: tuple[int, int]) -> float:
    """Field of view across the width of a picture of `size` (height, width) from an unknown camera."""
    height, width = size
    half_long = math.tan(math.radians(LONG_SIDE_DEG / 2))
    return 2 * math.degrees(math.atan(half_long * width / max(height, width)))


def focal_px(hfov_deg: float, width: int) -> float:
    """Focal length in pixels of a pinhole camera with square pixels and no distortion."""
    return width / 2 / math.tan(math.radians(hfov_deg) / 2)


def rectify(yx: npt.ArrayLike, size: tuple[int, int], camera: Camera, out: F64 | None = None) -> F64:
    """What a level camera would have seen: image coordinates without tilt and roll.

    Parameters
    ----------
    yx : (..., 2) (y, x) normalised to the un-mirrored frame, y down.
    size : height and width of the frame, pixels.
    camera : field of view, tilt and roll, degrees.
    out : (..., 2) to write into, in place of a new array.

    Returns
    -------
    (..., 2) tangents (x right, y up): the ray is (x, y, 1), z along the level view.

    Notes
    -----
    With u, v the tangents in the picture, v up, roll taken out, and tilt t, + down::

        x = u / (cos t + v sin t)        y = (v cos t - sin t) / (cos t + v sin t)

    References
    ----------
    R. Hartley and A. Zisserman, Multiple View Geometry in Computer Vision, 2nd ed., 2004: a turned pinhole
    camera is a homography of its picture.
    """
    yx = np.asarray(yx, np.float64)
    f = focal_px(camera.hfov_deg, size[1])
    u = (yx[..., 1] - 0.5) * (size[1] / f)
    v = (0.5 - yx[..., 0]) * (size[0] / f)
    roll, tilt = math.radians(camera.roll_deg), math.radians(camera.tilt_deg)
    if roll:
        u, v = u * math.cos(roll) + v * math.sin(roll), -u * math.sin(roll) + v * math.cos(roll)
    ahead = math.cos(tilt) + v * math.sin(tilt)
    found = np.empty_like(yx) if out is None else out
    np.divide(u, ahead, out=found[..., 0])
    np.divide(v * math.cos(tilt) - math.sin(tilt), ahead, out=found[..., 1])
    return found


@dataclass(frozen=True, slots=True)
class Lens:
    """A camera's numbers for pictures of one size, worked out once for many single points.

    f: focal lengths down and across, in heights and widths of the picture.
    """

    f: tuple[float, float]
    tilt: tuple[float, float]  # cosine and sine, as roll
    roll: tuple[float, float]

    @staticmethod
    def of(size: tuple[int, int], camera: Camera) -> Lens:
        """Of a picture of `size` (height, width)."""
        f = focal_px(camera.hfov_deg, size[1])
        tilt, roll = math.radians(camera.tilt_deg), math.radians(camera.roll_deg)
        return Lens(
            (f / size[0], f / size[1]), (math.cos(tilt), math.sin(tilt)), (math.cos(roll), math.sin(roll))
        )

    def seen_at(self, x: float, y: float) -> tuple[float, float]:
        """`unrectify` of one point: (x, y) normalised to the un-mirrored frame."""
        (cos, sin), (cos_roll, sin_roll) = self.tilt, self.roll
        v = (y * cos + sin) / (cos - y * sin)
        u = x * (cos + v * sin)
        u, v = u * cos_roll - v * sin_roll, u * sin_roll + v * cos_roll
        return 0.5 + u * self.f[1], 0.5 - v * self.f[0]


def unrectify(p: npt.ArrayLike, size: tuple[int, int], camera: Camera) -> F64:
    """The inverse of `rectify`: where a direction is in the picture.

    Parameters
    ----------
    p : (..., 2) tangents (x right, y up) of a level camera.
    size : height and width of the frame, pixels.
    camera : field of view, tilt and roll, degrees.

    Returns
    -------
    (..., 2) (y, x) normalised to the un-mirrored frame; outside 0..1 where it is outside the picture.

    Notes
    -----
    With tilt t, + down, before roll is put back::

        v = (y cos t + sin t) / (cos t - y sin t)        u = x (cos t + v sin t)
    """
    p = np.asarray(p, np.float64)
    f = focal_px(camera.hfov_deg, size[1])
    roll, tilt = math.radians(camera.roll_deg), math.radians(camera.tilt_deg)
    v = (p[..., 1] * math.cos(tilt) + math.sin(tilt)) / (math.cos(tilt) - p[..., 1] * math.sin(tilt))
    u = p[..., 0] * (math.cos(tilt) + v * math.sin(tilt))
    if roll:
        u, v = u * math.cos(roll) - v * math.sin(roll), u * math.sin(roll) + v * math.cos(roll)
    return np.stack([0.5 - v * (f / size[0]), 0.5 + u * (f / size[1])], axis=-1)
