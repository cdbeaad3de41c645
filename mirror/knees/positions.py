"""Where in the room eyes and knees are, in metres, as directions and depths from the camera.

For whoever draws on a mirror: the lifted shanks in shank lengths become metres here. Knows nothing of glass.
"""

from __future__ import annotations

import math

from mirror.knees.body_proportions import SHANK_OF_STATURE
from mirror.knees.constants import ANATOMICAL, HIP, KNEE, NOSE
from mirror.knees.gate import ASSUMED_STATURE_M
from mirror.knees.optics import F64, Camera
from mirror.knees.reading import Ray
from mirror.knees.shank import Shank
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
        below = -sum(stance.ankle[:, 1].tolist()) / 2
        if below > FLATTEST:
            depth_m = (camera.height_m - ANATOMICAL.ankle_of_stature * ASSUMED_STATURE_M) / below
            shank = depth_m / float(stance.depth.mean())
            return float(min(max(shank, SHORTEST_M), LONGEST_M))
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
    surely = score.tolist()
    seen = [joint for joint in EYES if surely[joint] >= EYE_SCORE] or [NOSE]
    if surely[seen[0]] < EYE_SCORE:
        return None
    x, y = (sum(place) / len(seen) for place in zip(*(p[joint].tolist() for joint in seen), strict=True))
    forward = 0.0 if shank is None or thigh is None else _head_forward(p, stance, shank, thigh)
    return Ray(x, y, metre * (sum(stance.depth.tolist()) / 2 - forward))


def _head_forward(p: F64, stance: Stance, shank: Shank, thigh: F64) -> float:
    """How far the head is before the ankles, shank lengths; 0 where the legs do not tell.

    Hips are as far behind the knees as the thighs reach; the head is as far before the hips as the trunk, as
    long as it was standing, must lean to be as high as it is seen. Both depths and heights settle in a few
    rounds.
    """
    depth = sum(stance.depth.tolist()) / 2
    trunk = (stance.nose_height - stance.hip_height) * depth
    legs = zip(shank.forward.tolist(), stance.thigh.tolist(), thigh.tolist(), strict=True)
    hips = sum(knee - length * math.cos(elevation) for knee, length, elevation in legs) / 2
    if not (math.isfinite(hips) and math.isfinite(trunk)):
        return 0.0
    nose_y, hip_y = float(p[NOSE, 1]), sum(p[HIP, 1].tolist()) / 2
    forward = hips
    for _ in range(ROUNDS):
        high = (depth - forward) * nose_y - (depth - hips) * hip_y
        forward = hips + math.sqrt(max(trunk**2 - high**2, 0.0))
    return float(min(max(forward, 0.0), MOST_LEAN))


def knees(p: F64, shank: Shank, stance: Stance, metre: float) -> tuple[Ray | None, Ray | None]:
    """Both knees, [left, right]; None where the shank is unknown. p (17, 2) rectified tangents.

    metre: of a shank.
    """
    depth_m = metre * (stance.depth - shank.forward)
    places = zip(p[KNEE].tolist(), depth_m.tolist(), strict=True)
    left, right = (ray(x, y, far) for (x, y), far in places)
    return left, right


def ray(x: float, y: float, depth_m: float) -> Ray | None:
    """That place in the room; None where its depth is unknown."""
    return Ray(x, y, depth_m) if math.isfinite(depth_m) else None
