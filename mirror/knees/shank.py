"""The kernel: lifts each shank to 3D and measures how far it leans out of its foot's plane.

Pure functions over arrays with any leading axes and a leg axis [left, right]. A shank has length 1 and
hangs between an ankle at known depth and a knee somewhere on its ray: ray meets sphere. Angles in radians.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from mirror.knees.constants import SIDE
from mirror.knees.optics import F64

TOO_LONG = 0.08
"""A ray that misses the sphere by more than this share of the shank is a wrong measurement."""
SIDES: F64 = np.array(SIDE)


@dataclass(frozen=True, slots=True)
class Shank:
    """The lifted shank, in shank lengths, seen from its ankle. Each (..., 2), legs [left, right].

    lateral: outward. up: vertical. forward: anterior, toward the camera. possible: the ray met the sphere.

    The formulas below call them X, Y and F. The ISB's axes are X anterior, Y up and Z to the right, so X here
    is +Z there for the right leg and -Z for the left one, and F is its X. They stand in the room, not in the
    bone: forward is the camera's, whatever way the foot points.
    """

    lateral: F64
    up: F64
    forward: F64
    possible: npt.NDArray[np.bool_]


def lift(knee: F64, ankle: F64, depth: F64, out: Shank | None = None) -> Shank:
    """The shank in 3D.

    knee, ankle: (..., 2, 2) rectified tangents (x, y) per leg. depth: (2,) of the ankles, in shank lengths.
    Of the two places where the ray passes at distance 1 from the ankle it takes the nearer one: a knee
    bends toward the camera. out: a Shank to write into, in place of a new one.
    """
    ray_sq = (knee**2).sum(-1) + 1.0
    ankle_sq = depth**2 * ((ankle**2).sum(-1) + 1.0)
    along = depth * ((knee * ankle).sum(-1) + 1.0)
    discriminant = along**2 - ray_sq * (ankle_sq - 1.0)
    scale = (along - np.sqrt(np.maximum(discriminant, 0.0))) / ray_sq
    # Without a root, the ray's distance from the ankle says how much too long the shank was seen.
    miss = np.sqrt(np.maximum(ankle_sq - along**2 / ray_sq, 0.0))
    found = _room_for(scale) if out is None else out
    np.multiply(SIDES, scale * knee[..., 0] - depth * ankle[..., 0], out=found.lateral)
    np.subtract(scale * knee[..., 1], depth * ankle[..., 1], out=found.up)
    np.subtract(depth, scale, out=found.forward)
    np.less_equal(miss, 1.0 + TOO_LONG, out=found.possible)
    return found


def _room_for(like: F64) -> Shank:
    x, y, f = (np.empty_like(like) for _ in range(3))
    return Shank(x, y, f, np.empty(like.shape, np.bool_))


def deviation(shank: Shank, azimuth: F64) -> F64:
    """delta (..., 2): lean of the shank out of the vertical plane through ankle and 2nd toe, + inward.

    azimuth: (2,) or (..., 2), of each foot in the camera frame, + outward.
    """
    out = shank.forward * np.sin(azimuth) - shank.lateral * np.cos(azimuth)
    return np.asarray(np.arcsin(np.clip(out, -1.0, 1.0)))


def deviation_sd(shank: Shank, azimuth: F64, keypoint_sd: float, azimuth_sd: float) -> F64:
    """Standard deviation of delta (..., 2) from keypoint noise (shank lengths) and foot-azimuth noise."""
    Z = np.maximum(shank.forward, 0.15)
    cos, sin = np.cos(azimuth), np.sin(azimuth)
    seen = keypoint_sd**2 * ((cos + sin * shank.lateral / Z) ** 2 + (sin * shank.up / Z) ** 2)
    turned = azimuth_sd**2 * (shank.forward * cos + shank.lateral * sin) ** 2
    return np.asarray(np.sqrt(seen + turned))


def target(shank: Shank, ankle: F64, depth: F64, azimuth: F64) -> F64:
    """Where the knee would be over the toes at the same shank height: (..., 2, 2) tangents (x, y)."""
    f = np.sqrt(np.maximum(1.0 - shank.up**2, 0.0))
    near = depth - f * np.cos(azimuth)
    x = (depth * ankle[..., 0] + SIDES * f * np.sin(azimuth)) / near
    y = (depth * ankle[..., 1] + shank.up) / near
    return np.stack([x, y], axis=-1)


def thigh_elevation(
    hip: F64, shank: Shank, ankle: F64, depth: F64, thigh: F64, out: F64 | None = None
) -> F64:
    """Elevation of each thigh (..., 2): 0 parallel to the floor, + hip above knee.

    A second sphere, of radius `thigh` (2,) shank lengths, round the 3D knee; the hip is on its far side.
    out: (..., 2) to write into, in place of a new array.
    """
    knee_x = depth * ankle[..., 0] + SIDES * shank.lateral
    knee_y = depth * ankle[..., 1] + shank.up
    knee_z = depth - shank.forward
    ray_sq = (hip**2).sum(-1) + 1.0
    along = hip[..., 0] * knee_x + hip[..., 1] * knee_y + knee_z
    knee_sq = knee_x**2 + knee_y**2 + knee_z**2
    discriminant = np.maximum(along**2 - ray_sq * (knee_sq - thigh**2), 0.0)
    scale = (along + np.sqrt(discriminant)) / ray_sq
    return np.asarray(np.arcsin(np.clip((scale * hip[..., 1] - knee_y) / thigh, -1.0, 1.0), out=out))
