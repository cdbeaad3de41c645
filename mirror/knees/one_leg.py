"""The kernel for one leg of one frame, in plain numbers: what the live mirror asks thirty times a second.

The formulas are those of `shank.py`, where they are written out; a test holds both equal. For two legs plain
numbers are several times faster than arrays of two. Angles in radians, lengths in shanks.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from mirror.knees.shank import LEAST_FORWARD, TOO_LONG

Place = tuple[float, float]
"""(x, y) rectified tangents."""


@dataclass(frozen=True, slots=True)
class LiftedShank:
    """One shank, as `shank.Shank` has both."""

    lateral: float
    up: float
    forward: float
    possible: bool


def lift(knee: Place, ankle: Place, depth: float, side: float) -> LiftedShank:
    """As `shank.lift`. side: +1 for the leg on the image right, else -1."""
    (kx, ky), (ax, ay) = knee, ankle
    ray_sq = kx * kx + ky * ky + 1.0
    ankle_sq = depth * depth * (ax * ax + ay * ay + 1.0)
    along = depth * (kx * ax + ky * ay + 1.0)
    discriminant = along * along - ray_sq * (ankle_sq - 1.0)
    scale = (along - math.sqrt(max(discriminant, 0.0))) / ray_sq
    miss = math.sqrt(max(ankle_sq - along * along / ray_sq, 0.0))
    lateral = side * (scale * kx - depth * ax)
    return LiftedShank(lateral, scale * ky - depth * ay, depth - scale, miss <= 1.0 + TOO_LONG)


def thigh_elevation(
    hip: Place, shank: LiftedShank, ankle: Place, depth: float, thigh: float, side: float
) -> float:
    """As `shank.thigh_elevation`."""
    (hx, hy), (ax, ay) = hip, ankle
    x, y, z = depth * ax + side * shank.lateral, depth * ay + shank.up, depth - shank.forward
    ray_sq = hx * hx + hy * hy + 1.0
    along = hx * x + hy * y + z
    discriminant = along * along - ray_sq * (x * x + y * y + z * z - thigh * thigh)
    scale = (along + math.sqrt(max(discriminant, 0.0))) / ray_sq
    return math.asin(min(max((scale * hy - y) / thigh, -1.0), 1.0))


def deviation(lateral: float, forward: float, azimuth: float) -> float:
    """As `shank.deviation`."""
    return math.asin(min(max(forward * math.sin(azimuth) - lateral * math.cos(azimuth), -1.0), 1.0))


def deviation_sd(lateral: float, up: float, forward: float, azimuth: float, keypoint_sd: float) -> float:
    """As `shank.deviation_sd`, for a foot that is surely known."""
    z = max(forward, LEAST_FORWARD)
    cos, sin = math.cos(azimuth), math.sin(azimuth)
    return keypoint_sd * math.hypot(cos + sin * lateral / z, sin * up / z)


@dataclass(frozen=True, slots=True)
class Aim:
    """Where a knee would be over its toes: x, y rectified tangents, and how far before its ankle."""

    x: float
    y: float
    forward: float


def target(up: float, ankle: Place, depth: float, azimuth: float, side: float) -> Aim:
    """As `shank.target`."""
    f = math.sqrt(max(1.0 - up * up, 0.0))
    forward = f * math.cos(azimuth)
    near = depth - forward
    x = (depth * ankle[0] + side * f * math.sin(azimuth)) / near
    return Aim(x, (depth * ankle[1] + up) / near, forward)
