"""Keypoints of a body drawn by its proportions, for tests that need no picture."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

F32 = npt.NDArray[np.float32]
SIZE = (640, 480)
TALL_PX = 350.0


def standing(x: float = 240.0, sole: float = 560.0, tall: float = TALL_PX, score: float = 0.7) -> F32:
    """Somebody upright, (17, 3), their middle at x and so tall, px."""
    places = {0: (0, 0.925), 5: (0.1, 0.82), 6: (-0.1, 0.82), 11: (0.05, 0.53), 12: (-0.05, 0.53)}
    places |= {13: (0.05, 0.285), 14: (-0.05, 0.285), 15: (0.05, 0.045), 16: (-0.05, 0.045)}
    keypoints = np.zeros((17, 3), np.float32)
    for joint, (aside, up) in places.items():
        keypoints[joint] = (sole - up * tall) / SIZE[0], (x + aside * tall) / SIZE[1], score
    return keypoints


def squatting(down: float = 0.22) -> F32:
    """The same person with hips and all above so much lower, in statures."""
    keypoints = standing()
    keypoints[:13, 0] += down * TALL_PX / SIZE[0]
    return keypoints
