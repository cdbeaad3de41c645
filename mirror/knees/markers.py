"""Where the joints are in metres, frame by frame, for programs that read marker trajectories.

Two ways: every joint in the plane the person stands in, as one camera sees it, and hips, knees and ankles in
the room, as the kernel lifts them. Scaled and placed by the stance; judges nothing.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from mirror.knees.analysis import Analysis, placing_of
from mirror.knees.constants import HIP
from mirror.knees.gate import LEG_SCORE
from mirror.knees.optics import F64, rectify
from mirror.knees.positions import shank_m
from mirror.knees.shank import legs_in_the_room
from mirror.knees.stance import Stance


def in_the_plane(
    analysis: Analysis,
    keypoints: npt.NDArray[np.float32],
    size: tuple[int, int],
    stature_m: float | None,
) -> F64:
    """(T, 17, 2) metres, x image right (the person's left), y up, from the middle between the ankles of the
    first stance. NaN for joints that are hardly seen, and where nobody stood to measure from.

    keypoints: (T, 17, 3) (y, x, score) normalised to the un-mirrored frame of `size` (height, width).
    Everything is taken to be as far away as the ankles are: no depth is known of most joints.
    """
    p = rectify(keypoints[..., :2], size, analysis.camera)
    p[keypoints[..., 2] < LEG_SCORE] = np.nan
    scale = np.array(
        [np.nan if s is None else _metre(s, analysis, stature_m) * s.depth.mean() for s in _all(analysis)]
    )
    return np.asarray(p * scale[:, None, None] - _origin(analysis, stature_m)[:2])


def legs(analysis: Analysis, stature_m: float | None) -> F64:
    """(T, 3, 2, 3) metres: hip, knee, ankle; legs [left, right]; x the way the person faces (to the camera),
    y up, z to the person's right, from the middle between the ankles of the first stance.

    NaN in frames in which a leg is not surely seen, and where nobody stood to measure from.
    """
    found = np.full((len(analysis.t), 3, 2, 3), np.nan)
    origin = _origin(analysis, stature_m)
    for i, (motion, stance) in enumerate(zip(analysis.motions, _all(analysis), strict=True)):
        if stance is not None and motion.usable.any():
            seen = legs_in_the_room(motion.p[HIP], motion.shank, motion.ankle, stance.depth, stance.thigh)
            seen[:, ~motion.usable] = np.nan
            found[i] = _metre(stance, analysis, stature_m) * seen - origin
    x, y, z = np.moveaxis(found, -1, 0)
    return np.stack([-z, y, -x], axis=-1)


def _all(analysis: Analysis) -> list[Stance | None]:
    """For every frame, the stance that holds."""
    stances = [placement.stance for placement in analysis.placements] or [None]
    return [stances[i] for i in placing_of(analysis)]


def _metre(stance: Stance, analysis: Analysis, stature_m: float | None) -> float:
    return shank_m(stance, analysis.camera, stature_m)


def _origin(analysis: Analysis, stature_m: float | None) -> F64:
    """(3,) metres from the camera, x image right, y up, z away from it; NaN without any stance."""
    first = next((placement.stance for placement in analysis.placements if placement.stance), None)
    if first is None:
        return np.full(3, np.nan)
    depth_m = _metre(first, analysis, stature_m) * first.depth.mean()
    return np.asarray(depth_m * np.append(first.ankle.mean(0), 1.0))
