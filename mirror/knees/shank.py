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
LEAST_FORWARD = 0.15
"""A knee is taken to be at least so far before its ankle where the other two coordinates tell it."""
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


def lift(knee: F64, ankle: F64, depth: F64) -> Shank:
    """The shank in 3D: where the knee's ray meets the sphere of radius 1 round the ankle.

    Parameters
    ----------
    knee, ankle : (..., 2, 2) rectified tangents (x, y), legs [left, right].
    depth : (2,) of the ankles from the camera, in shank lengths.

    Returns
    -------
    The knee seen from its ankle, in shank lengths.

    Notes
    -----
    With the ray k = (knee, 1), the ankle A = depth (ankle, 1) and side s, +1 on the image right::

        c = [k.A - sqrt((k.A)^2 - k.k (A.A - 1))] / k.k        w = c k - A
        X = s w_x        Y = w_y        F = -w_z

    The nearer of the two roots: a knee bends toward the camera. Where there is none, the place of the ray
    that is nearest to the ankle stands in, and `possible` says whether it is near enough.
    """
    ray_sq = (knee**2).sum(-1) + 1.0
    ankle_sq = depth**2 * ((ankle**2).sum(-1) + 1.0)
    along = depth * ((knee * ankle).sum(-1) + 1.0)
    discriminant = along**2 - ray_sq * (ankle_sq - 1.0)
    scale = (along - np.sqrt(np.maximum(discriminant, 0.0))) / ray_sq
    # Without a root, the ray's distance from the ankle says how much too long the shank was seen.
    miss = np.sqrt(np.maximum(ankle_sq - along**2 / ray_sq, 0.0))
    return Shank(
        SIDES * (scale * knee[..., 0] - depth * ankle[..., 0]),
        scale * knee[..., 1] - depth * ankle[..., 1],
        depth - scale,
        np.asarray(miss <= 1.0 + TOO_LONG),
    )


def deviation(shank: Shank, azimuth: F64) -> F64:
    """Foot-plane deviation: lean of the shank out of the vertical plane through ankle and 2nd toe.

    Parameters
    ----------
    shank : (..., 2), from `lift`.
    azimuth : (2,) or (..., 2) radians, of each foot in the camera's frame, + outward.

    Returns
    -------
    delta : (..., 2) radians, + inward (valgus).

    Notes
    -----
    With foot azimuth a::

        delta = asin(F sin a - X cos a)

    0 when the knee tracks over the toes, however far the feet are turned out. The knee is inside by
    sin(delta) shank lengths: 100 x 0.246 x stature x sin(delta) centimetres.

    References
    ----------
    Shank of stature 0.246: D. A. Winter, Biomechanics and Motor Control of Human Movement, after Drillis and
    Contini.
    """
    out = shank.forward * np.sin(azimuth) - shank.lateral * np.cos(azimuth)
    return np.asarray(np.arcsin(np.clip(out, -1.0, 1.0)))


def deviation_sd(shank: Shank, azimuth: F64, keypoint_sd: float, azimuth_sd: float | F64) -> F64:
    """How sure `deviation` is.

    Parameters
    ----------
    shank : (..., 2), from `lift`.
    azimuth : (2,) or (..., 2) radians, + outward.
    keypoint_sd : of one keypoint within a repetition, shank lengths.
    azimuth_sd : of the foot azimuth, radians: one, or (2,).

    Returns
    -------
    (..., 2) radians, standard deviation of delta.

    Notes
    -----
    First order, the two kinds of noise independent. With foot azimuth a and Z = max(F, 0.15)::

        sd^2 = keypoint_sd^2 [(cos a + sin a X / Z)^2 + (sin a Y / Z)^2] + azimuth_sd^2 (F cos a + X sin a)^2

    F follows from X and Y on the sphere, dF = -(X dX + Y dY) / F, which is why an upright shank (F near 0)
    is so unsure; Z keeps that finite.
    """
    Z = np.maximum(shank.forward, LEAST_FORWARD)
    cos, sin = np.cos(azimuth), np.sin(azimuth)
    seen = keypoint_sd**2 * ((cos + sin * shank.lateral / Z) ** 2 + (sin * shank.up / Z) ** 2)
    turned = azimuth_sd**2 * (shank.forward * cos + shank.lateral * sin) ** 2
    return np.asarray(np.sqrt(seen + turned))


def target(shank: Shank, ankle: F64, depth: F64, azimuth: F64) -> F64:
    """Where the knee would be over the toes at the same shank height.

    Parameters
    ----------
    shank : (..., 2), from `lift`.
    ankle : (..., 2, 2) rectified tangents (x, y), legs [left, right].
    depth : (..., 2) of the ankles from the camera, in shank lengths.
    azimuth : (..., 2) radians, of each foot in the camera's frame, + outward.

    Returns
    -------
    (..., 2, 2) rectified tangents (x, y).

    Notes
    -----
    With foot azimuth a, ankle (a_x, a_y), depth D, side s and f = sqrt(1 - Y^2)::

        x = (D a_x + s f sin a) / (D - f cos a)        y = (D a_y + Y) / (D - f cos a)
    """
    f = np.sqrt(np.maximum(1.0 - shank.up**2, 0.0))
    near = depth - f * np.cos(azimuth)
    x = (depth * ankle[..., 0] + SIDES * f * np.sin(azimuth)) / near
    y = (depth * ankle[..., 1] + shank.up) / near
    return np.stack([x, y], axis=-1)


def thigh_elevation(hip: F64, shank: Shank, ankle: F64, depth: F64, thigh: F64) -> F64:
    """Elevation of each thigh: where the hip's ray meets the sphere round the knee.

    Parameters
    ----------
    hip, ankle : (..., 2, 2) rectified tangents (x, y), legs [left, right].
    shank : (..., 2), from `lift`.
    depth : (2,) of the ankles from the camera, in shank lengths.
    thigh : (2,) length, in shank lengths.

    Returns
    -------
    (..., 2) radians: 0 parallel to the floor, + hip above knee. Without a network's own offset
    (`KeypointConstants.depth_offset_deg`).

    Notes
    -----
    With the ray h = (hip, 1), the lifted knee K and thigh length L::

        c = [h.K + sqrt((h.K)^2 - h.h (K.K - L^2))] / h.h        elevation = asin((c h_y - K_y) / L)

    The farther of the two roots: hips go back. Heights of hip and knee in the picture must not be compared:
    from a camera at 1 to 1.5 m a thigh that is parallel looks 13 to 25 degrees high.
    """
    scale, knee_y = _hip_on_its_ray(hip, shank, ankle, depth, thigh)
    return np.asarray(np.arcsin(np.clip((scale * hip[..., 1] - knee_y) / thigh, -1.0, 1.0)))


def legs_in_the_room(hip: F64, shank: Shank, ankle: F64, depth: F64, thigh: F64) -> F64:
    """Hips, knees and ankles as `lift` and `thigh_elevation` place them.

    Parameters
    ----------
    As of `thigh_elevation`.

    Returns
    -------
    (..., 3, 2, 3) shank lengths from the camera, level: hip, knee, ankle; legs [left, right]; x image right,
    y up, z away from the camera.
    """
    scale, knee_y = _hip_on_its_ray(hip, shank, ankle, depth, thigh)
    foot = np.stack([depth * ankle[..., 0], depth * ankle[..., 1], depth + 0.0 * scale], axis=-1)
    knee = np.stack([foot[..., 0] + SIDES * shank.lateral, knee_y, depth - shank.forward], axis=-1)
    hips = np.stack([scale * hip[..., 0], scale * hip[..., 1], scale], axis=-1)
    return np.stack([hips, knee, foot], axis=-3)


def _hip_on_its_ray(hip: F64, shank: Shank, ankle: F64, depth: F64, thigh: F64) -> tuple[F64, F64]:
    """(..., 2) each, in shank lengths: the hips' depth, and the knees' height under the camera's level."""
    knee_x = depth * ankle[..., 0] + SIDES * shank.lateral
    knee_y = depth * ankle[..., 1] + shank.up
    knee_z = depth - shank.forward
    ray_sq = (hip**2).sum(-1) + 1.0
    along = hip[..., 0] * knee_x + hip[..., 1] * knee_y + knee_z
    knee_sq = knee_x**2 + knee_y**2 + knee_z**2
    discriminant = np.maximum(along**2 - ray_sq * (knee_sq - thigh**2), 0.0)
    return (along + np.sqrt(discriminant)) / ray_sq, knee_y
