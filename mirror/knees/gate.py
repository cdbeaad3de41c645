"""When not to judge, and what to tell the person so that the mirror can: the same live and at the desk.

Pure questions about one pose or one placing of the feet; nothing here remembers. None means nothing is in the
way.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from mirror.knees.azimuth import Azimuth, body_turn_deg
from mirror.knees.body_proportions import NOSE_TO_ANKLE, SHANK_OF_STATURE
from mirror.knees.constants import ANKLE, HIP, KNEE, LEFT, NOSE, RIGHT, SHOULDER
from mirror.knees.optics import F64
from mirror.knees.reasons import Framing, Reason, Why, because
from mirror.knees.stance import Stance

LEG_SCORE = 0.3
EDGE = 0.03
"""Ankles within this share of the picture's rim are about to be cut off."""
BELOW, LOW = 0.95, 0.84
"""Ankles this low in the picture, or unseen this low, stand below it: where feet are in the picture, ankles
are at 0.93 at most, and seen."""
NEAREST_M = 1.8
NEAREST_JUDGED_M = 1.0
"""Nearer than this, thighs and shanks point at the lens: simulated clean knees read up to 14 degrees."""
ASSUMED_STATURE_M = 1.70
SMALLEST_BODY_PX = 300
SIDE_ON = 0.4
"""Shoulder distance over trunk height below which somebody is turned by more than 60 degrees."""
TURNED_DEG = 18.0
"""Measured once per placing of the feet, so it needs no second threshold to come back."""
MOST_TURN_DEG = 20.0
"""Feet that are believed to point this far to one side belong to a body turned by 22 degrees: a belief stays
nearer to facing, by a tenth in simulation. 0 to 17 facing, 49 to 62 turned by 40 and more."""
NARROW_TRUNK, NARROW_HIPS = 0.62, 0.21
"""Shoulders this near each other, trunk heights, over hips this near each other, hip heights, are turned
where no foot is seen: 0.65 to 1.05 and 0.21 to 0.41 facing, 0.50 to 0.59 and 0.17 to 0.20 turned. Either
alone takes leaning people for turned."""
FACING_TRUNK = 0.75
"""Facing, shoulders are about so many trunk heights apart."""
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
    y, x, score = keypoints.T.tolist()
    feet_y, feet_x = [y[ankle] for ankle in ANKLE], [x[ankle] for ankle in ANKLE]
    unseen = min(score[ankle] for ankle in ANKLE) < LEG_SCORE
    body_px = (sum(feet_y) / 2 - y[NOSE]) / NOSE_TO_ANKLE * size[0]
    asks = (
        (unseen or max(feet_y) > 1 - EDGE, Framing.SHOW_FEET),
        (min(feet_x) < EDGE or max(feet_x) > 1 - EDGE, Framing.MIDDLE),
        (facing_away(keypoints), Framing.FACE_MIRROR),
        (stance is not None and distance_m(stance, stature_m) < NEAREST_M, Framing.STEP_BACK),
        (stance is not None and abs(yaw_deg(stance)) > TURNED_DEG, Framing.FACE_MIRROR),
        (stance is not None and body_px < min(SMALLEST_BODY_PX, size[0] / 3), Framing.STEP_CLOSER),
    )
    return next((instruction for wanted, instruction in asks if wanted), None)


def cut_off(keypoints: npt.NDArray[np.float32]) -> Reason | None:
    """Whether the feet are below the picture while the rest is in it.

    keypoints: (17, 3) (y, x, score) normalised to the frame. A network draws such feet at the picture's rim.
    """
    y, _, score = keypoints.T.tolist()
    low = max(y[ankle] for ankle in ANKLE)
    feet, hips = (min(score[joint] for joint in pair) for pair in (ANKLE, HIP))
    unseen = low > LOW and feet < LEG_SCORE <= hips
    return Reason(Why.FEET_BELOW_PICTURE) if low > BELOW or unseen else None


def not_judged(stance: Stance, azimuth: Azimuth | None) -> Reason | None:
    """Why nobody who stands like this is judged, whatever the knees do, or None.

    azimuth: of the feet, None where unknown.
    """
    if distance_m(stance, None) < NEAREST_JUDGED_M:
        return Reason(Why.TOO_CLOSE)
    turn_deg = body_turn_deg(azimuth)
    return turned(turn_deg) if abs(turn_deg) > MOST_TURN_DEG else None


def turned(turn_deg: float) -> Reason:
    """Turned by so much, told in steps of five degrees: nothing here knows it better."""
    return because(Why.TURNED, degrees=5 * round(abs(turn_deg) / 5))


def narrow(p: F64) -> Reason | None:
    """Whether somebody whose feet nobody saw looks turned, shoulders and hips alike.

    p: (T, 17, 2) tangents of somebody about upright.
    """
    across = np.median(
        np.abs(p[:, [SHOULDER[LEFT], HIP[LEFT]], 0] - p[:, [SHOULDER[RIGHT], HIP[RIGHT]], 0]), 0
    )
    hips, shoulders, feet = (float(np.median(p[:, pair, 1])) for pair in (HIP, SHOULDER, ANKLE))
    if min(shoulders - hips, hips - feet) <= 0:
        return None
    trunk, wide = across[0] / (shoulders - hips), across[1] / (hips - feet)
    if trunk > NARROW_TRUNK or wide > NARROW_HIPS:
        return None
    return turned(math.degrees(math.acos(trunk / FACING_TRUNK)))


def facing_away(keypoints: npt.NDArray[np.float32]) -> bool:
    """Un-mirrored, a person who faces the camera has the left ankle on the image right."""
    return bool(
        keypoints[ANKLE[LEFT], 1] <= keypoints[ANKLE[RIGHT], 1]
        and keypoints[HIP[LEFT], 1] <= keypoints[HIP[RIGHT], 1]
    )


def swapped(x: Sequence[float]) -> bool:
    """Whether left and right ankle changed sides: x of 17 joints, tangents."""
    return x[ANKLE[LEFT]] <= x[ANKLE[RIGHT]]


def side_on(x: Sequence[float], y: Sequence[float], score: Sequence[float]) -> bool:
    """Whether shoulders that are surely seen are too close together for somebody who faces the camera.

    x and y, tangents, and score of 17 joints. Facing, shoulders are 0.9 of the trunk's height apart; walking
    by, 0.2.
    """
    left, right = SHOULDER
    if min(score[left], score[right]) < LEG_SCORE:
        return False
    trunk = (y[left] + y[right]) / 2 - (y[HIP[LEFT]] + y[HIP[RIGHT]]) / 2
    return abs(x[left] - x[right]) < SIDE_ON * trunk


def legs_seen(score: Sequence[float]) -> npt.NDArray[np.bool_]:
    """Scores of 17 joints -> (2,): hip, knee and ankle of each leg score at least 0.3."""
    legs = zip(HIP, KNEE, ANKLE, strict=True)
    return np.array([min(score[hip], score[knee], score[ankle]) >= LEG_SCORE for hip, knee, ankle in legs])


def distance_m(stance: Stance, stature_m: float | None) -> float:
    """Distance of the ankles from the camera."""
    return float(sum(stance.depth.tolist())) / 2 * SHANK_OF_STATURE * (stature_m or ASSUMED_STATURE_M)


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
    (left_x, left_y), (right_x, right_y) = stance.ankle.tolist()
    if max(left_y, right_y) > -0.1:
        return 0.0
    left_z, right_z = -1.0 / left_y, -1.0 / right_y
    return math.degrees(math.atan2(left_z - right_z, left_z * left_x - right_z * right_x))
