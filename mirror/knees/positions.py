"""Where in the room eyes and knees are, in metres, as directions and depths from the camera.

For whoever draws on a mirror: the lifted shanks in shank lengths become metres here. Knows nothing of glass.
"""

from __future__ import annotations

import math

import numpy as np

from mirror.knees.body_proportions import SHANK_OF_STATURE
from mirror.knees.constants import ANATOMICAL, HIP, KNEE, NOSE
from mirror.knees.gate import ASSUMED_STATURE_M
from mirror.knees.optics import F64, Camera
from mirror.knees.reading import Ray
from mirror.knees.shank import Shank, target
from mirror.knees.stance import Stance

EYES = [1, 2]
"""COCO-17 numbers."""
EYE_SCORE = 0.3
SHORTEST_M, LONGEST_M = 0.33, 0.53
"""Shanks of people of 1.34 and 2.15 m: a depth that says otherwise rests on a wrong camera height."""
ROUNDS = 3
MOST_LEAN = 1.5
"""Nobody's head is further before their ankles than this, in shank lengths, nor ever behind them for long."""
FLATTEST = 0.05
"""Ankles less far below the camera's level than this (tangent) say nothing about depth."""


def shank_m(stance: Stance, camera: Camera, stature_m: float | None) -> float:
    """Length of a shank in metres: from the stature, else from how far below the camera the ankles are.

    Where neither is known a stature of 1.70 m is assumed. At a camera height of 1.0 to 1.1 m that hardly
    matters to a mark on the glass: 5 % of distance move it by 2 mm.
    """
    if stature_m is None and camera.height_m is not None:
        below = -float(stance.ankle[:, 1].mean())
        if below > FLATTEST:
            depth_m = (camera.height_m - ANATOMICAL.ankle_of_stature * ASSUMED_STATURE_M) / below
            return float(np.clip(depth_m / float(stance.depth.mean()), SHORTEST_M, LONGEST_M))
    return SHANK_OF_STATURE * (stature_m or ASSUMED_STATURE_M)


def eye(
    p: F64,
    score: F64,
    stance: Stance,
    metre: float,
    shank: Shank | None = None,
    thigh: F64 | None = None,
) -> Ray | None:
    """Between the person's eyes. p (17, 2) rectified tangents, score (17,).

    metre: a shank's length in metres. shank, thigh: (2,) lifted, and elevations in radians: they tell how far
    the head is before the ankles; without them it is taken to be over them. The nose stands in for eyes that
    are not seen; None without either.
    """
    seen = [joint for joint in EYES if score[joint] >= EYE_SCORE] or [NOSE]
    if score[seen].min() < EYE_SCORE:
        return None
    x, y = p[seen].mean(0)
    forward = 0.0 if shank is None or thigh is None else _head_forward(p, stance, shank, thigh)
    return Ray(float(x), float(y), metre * (float(stance.depth.mean()) - forward))


def _head_forward(p: F64, stance: Stance, shank: Shank, thigh: F64) -> float:
    """How far the head is before the ankles, shank lengths; 0 where the legs do not tell.

    Hips are as far behind the knees as the thighs reach; the head is as far before the hips as the trunk, as
    long as it was standing, must lean to be as high as it is seen. Both depths and heights settle in a few
    rounds.
    """
    depth = float(stance.depth.mean())
    trunk = (stance.nose_height - stance.hip_height) * depth
    hips = float((shank.forward - stance.thigh * np.cos(thigh)).mean())
    if not (math.isfinite(hips) and math.isfinite(trunk)):
        return 0.0
    nose_y, hip_y = float(p[NOSE, 1]), float(p[HIP, 1].mean())
    forward = hips
    for _ in range(ROUNDS):
        high = (depth - forward) * nose_y - (depth - hips) * hip_y
        forward = hips + math.sqrt(max(trunk**2 - high**2, 0.0))
    return min(max(forward, 0.0), MOST_LEAN)


def knees(
    p: F64, shank: Shank, ankle: F64, stance: Stance, azimuth: F64, metre: float
) -> tuple[tuple[Ray | None, Ray | None], tuple[Ray | None, Ray | None]]:
    """Both knees and where each would be over its toes, [left, right]; None where the shank is unknown.

    p: (17, 2), ankle: (2, 2) rectified tangents. azimuth: (2,) of the feet. metre: of a shank.
    """
    aim = target(shank, ankle, stance.depth, azimuth)
    forward = np.sqrt(np.maximum(1.0 - shank.up**2, 0.0)) * np.cos(azimuth)
    return (
        _rays(p[KNEE], metre * (stance.depth - shank.forward)),
        _rays(aim, metre * (stance.depth - forward)),
    )


def _rays(p: F64, depth_m: F64) -> tuple[Ray | None, Ray | None]:
    left, right = (
        Ray(float(p[leg, 0]), float(p[leg, 1]), float(depth_m[leg])) if math.isfinite(depth_m[leg]) else None
        for leg in (0, 1)
    )
    return left, right
