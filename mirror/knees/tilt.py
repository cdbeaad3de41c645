"""How far the camera looks down, from somebody who stands: camera height and stature give it.

Tilt belongs to the mounting, so it is learned from a stance and kept. It decides depth, and matters little
for the knees when within 5 degrees.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from mirror.knees.constants import ANKLE, NOSE, KeypointConstants
from mirror.knees.optics import F64, Camera, rectify
from mirror.knees.plants import find_plants
from mirror.knees.stance import ENOUGH_SCORE

ANKLE_OF_STATURE = 0.045
"""Height of the ankle keypoint over the floor in statures."""
NOSE_OVER_ANKLE = 0.88
"""Height of the nose over the ankle keypoints, standing, in statures."""
ASSUMED_STATURE_M = 1.70
"""Where nobody said: costs 2.4 degrees (sd) instead of 0.7."""
LEAST_DEG, MOST_DEG = -20.0, 35.0
STEPS = 40


def tilt_deg(
    ankle_yx: F64, nose_yx: F64, size: tuple[int, int], camera: Camera, stature_m: float | None
) -> float | None:
    """The tilt at which ankles and nose lie on one upright body under a camera of known height.

    ankle_yx, nose_yx: (2,) (y, x) of the middle between the ankles and of the nose, standing, normalised to
    the frame of `size` (height, width). None when the camera's height is unknown or no tilt fits.
    """
    if camera.height_m is None:
        return None
    stature = stature_m or ASSUMED_STATURE_M
    wanted = (ANKLE_OF_STATURE * stature - camera.height_m) / (NOSE_OVER_ANKLE * stature)

    def apart(tilt: float) -> float:
        p = rectify(np.stack([ankle_yx, nose_yx]), size, replace(camera, tilt_deg=tilt))
        return float(p[0, 1] / (p[1, 1] - p[0, 1])) - wanted

    low, high = LEAST_DEG, MOST_DEG
    at_low = apart(low)
    if at_low * apart(high) > 0:
        return None
    for _ in range(STEPS):
        middle = (low + high) / 2
        if at_low * apart(middle) > 0:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def with_tilt(
    camera: Camera,
    t: F64,
    keypoints: npt.NDArray[np.float32],
    size: tuple[int, int],
    seen: npt.NDArray[np.bool_],
    constants: KeypointConstants,
    stature_m: float | None,
) -> Camera:
    """The camera with its tilt estimated from the stands of a recording, where height allows and nobody said.

    t (T,), keypoints (T, 17, 3) normalised (y, x, score), seen (T,). `how_known` then says from what.
    """
    how = dict(camera.how_known)
    if how.get("tilt") != "assumed" or camera.height_m is None:
        return camera
    p = rectify(keypoints[..., :2], size, camera)
    score = keypoints[..., 2].astype(np.float64)
    quiet = [s for plant in find_plants(t, p, score, seen, constants) for s in plant.quiet_s]
    standing = np.isin(t, quiet) & (score[:, [NOSE, *ANKLE]].min(1) >= ENOUGH_SCORE)
    if not standing.any():
        return camera
    middle = np.median(keypoints[standing], axis=0).astype(np.float64)
    found = tilt_deg(middle[ANKLE, :2].mean(0), middle[NOSE, :2], size, camera, stature_m)
    if found is None:
        return camera
    how["tilt"] = "camera height and stature" if stature_m else "camera height and an assumed stature"
    return replace(camera, tilt_deg=found, how_known=tuple(how.items()))
