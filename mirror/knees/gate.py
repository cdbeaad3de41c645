"""When not to judge, and what to tell the person so that the mirror can.

Pure questions about one pose; nothing here remembers. None means nothing is in the way.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from mirror.knees.constants import ANKLE, HIP, KNEE, LEFT, NOSE, NOSE_TO_ANKLE, RIGHT, SHOULDER
from mirror.knees.optics import F64
from mirror.knees.reasons import Framing
from mirror.knees.stance import Stance

LEG_SCORE = 0.3
EDGE = 0.03
"""Ankles within this share of the picture's rim are about to be cut off."""
NEAREST_M = 1.8
ASSUMED_STATURE_M = 1.70
SHANK_OF_STATURE = 0.246
SMALLEST_BODY_PX = 300
SIDE_ON = 0.4
"""Shoulder distance over trunk height below which somebody is turned by more than 60 degrees."""
TURNED_DEG = 18.0
"""Measured once per placing of the feet, so it needs no second threshold to come back."""
MOST_SD_DEG = 7.0
LEAST_TRAVEL = 0.22
"""A knee nearer than this to its ankle, seen from above (shank lengths), is lost in keypoint noise. Not
asked of the way forward: a knee that caves far comes back."""


def framing(
    keypoints: npt.NDArray[np.float32], size: tuple[int, int], stance: Stance | None, stature_m: float | None
) -> Framing | None:
    """One instruction to somebody who can't be judged where they stand, or None.

    keypoints: (17, 3) (y, x, score) normalised to the frame of `size` (height, width).
    """
    feet = keypoints[ANKLE]
    body_px = float(feet[:, 0].mean() - keypoints[NOSE, 0]) / NOSE_TO_ANKLE * size[0]
    asks = (
        (feet[:, 2].min() < LEG_SCORE or feet[:, 0].max() > 1 - EDGE, Framing.SHOW_FEET),
        (feet[:, 1].min() < EDGE or feet[:, 1].max() > 1 - EDGE, Framing.MIDDLE),
        (facing_away(keypoints), Framing.FACE_MIRROR),
        (stance is not None and distance_m(stance, stature_m) < NEAREST_M, Framing.STEP_BACK),
        (stance is not None and abs(yaw_deg(stance)) > TURNED_DEG, Framing.FACE_MIRROR),
        (stance is not None and body_px < min(SMALLEST_BODY_PX, size[0] / 3), Framing.STEP_CLOSER),
    )
    return next((instruction for wanted, instruction in asks if wanted), None)


def facing_away(keypoints: npt.NDArray[np.float32]) -> bool:
    """Un-mirrored, a person who faces the camera has the left ankle on the image right."""
    return bool(
        keypoints[ANKLE[LEFT], 1] <= keypoints[ANKLE[RIGHT], 1]
        and keypoints[HIP[LEFT], 1] <= keypoints[HIP[RIGHT], 1]
    )


def swapped(p: F64) -> bool:
    """Whether left and right ankle changed sides: p (17, 2) tangents."""
    return bool(p[ANKLE[LEFT], 0] <= p[ANKLE[RIGHT], 0])


def side_on(p: F64, score: F64) -> bool:
    """Whether shoulders that are surely seen are too close together for somebody who faces the camera.

    p (17, 2) tangents, score (17,). Facing, shoulders are 0.9 of the trunk's height apart; walking by, 0.2.
    """
    if score[SHOULDER].min() < LEG_SCORE:
        return False
    across = abs(float(p[SHOULDER[LEFT], 0] - p[SHOULDER[RIGHT], 0]))
    trunk = float(p[SHOULDER, 1].mean() - p[HIP, 1].mean())
    return across < SIDE_ON * trunk


def legs_seen(score: F64) -> npt.NDArray[np.bool_]:
    """(17,) scores -> (2,): hip, knee and ankle of each leg score at least 0.3."""
    return np.asarray(np.minimum(np.minimum(score[HIP], score[KNEE]), score[ANKLE]) >= LEG_SCORE)


def distance_m(stance: Stance, stature_m: float | None) -> float:
    """Distance of the ankles from the camera."""
    return float(stance.depth.mean()) * SHANK_OF_STATURE * (stature_m or ASSUMED_STATURE_M)


def yaw_deg(stance: Stance) -> float:
    """Body yaw from the depths of the two ankles.

    Parameters
    ----------
    stance : with both ankles, rectified tangents.

    Returns
    -------
    Degrees, + toward the image right; 0 where the camera hangs too low to tell.

    Notes
    -----
    An ankle seen at y below the camera's level is h / -y away, at camera height h over the ankles. With
    Z = 1 / -y, in which h has cancelled::

        yaw = atan2(Z_left - Z_right, Z_left x_left - Z_right x_right)

    Its sd is about 5 degrees, so it is a gate, not a correction.
    """
    low = -stance.ankle[:, 1]
    if low.min() < 0.1:
        return 0.0
    z = 1.0 / low
    across = z[LEFT] * stance.ankle[LEFT, 0] - z[RIGHT] * stance.ankle[RIGHT, 0]
    return math.degrees(math.atan2(z[LEFT] - z[RIGHT], across))
