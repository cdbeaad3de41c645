"""MediaPipe Pose, the legacy solution with its full model, as its documentation uses it on a video."""

from __future__ import annotations

import numpy as np
import pipe
from mediapipe import solutions

COCO = [0, 2, 5, 7, 8, 11, 12, 13, 14, 15, 16, 23, 24, 25, 26, 27, 28]
"""MediaPipe's numbers of COCO's joints."""

pose = solutions.pose.Pose(model_complexity=1)


def look(bgr: np.ndarray) -> np.ndarray:
    """(17, 3); scores 0 where nobody is found."""
    found = pose.process(np.ascontiguousarray(bgr[..., ::-1])).pose_landmarks
    if found is None:
        return np.zeros((17, 3), np.float32)
    return np.array([(mark.y, mark.x, mark.visibility) for mark in (found.landmark[i] for i in COCO)])


pipe.answer(look)
