"""Where the hips of somebody deep in a squat are, from several looks of two networks.

Knees and lap hide the hips at the bottom, and one look places them up to an eighth of a shank too low or too
high, differently for every body, its clothes and the film's grain. Too slow for every frame. Knows nothing
of thighs, nor which frames are worth it.
"""

from __future__ import annotations

import numpy as np

from mirror.camera.frame import Frame
from mirror.pose.feet import LEAST_PRESENCE, FootNet
from mirror.pose.joints import HIPS
from mirror.pose.pose_net import PoseNet
from mirror.pose.window import F32, WINDOW_HEIGHTS, Window, window_at

HIP_ROWS = [23, 24]
"""BlazePose's landmarks, left before right."""
CLOSER = ((0.9, 0.15), (0.8, 0.2), (1.0, 0.2))
"""Windows for the network that follows the person: height, and how far down from the standing person's
middle, in standing heights. Somebody who squats fills these better."""
SQUARE = (1.0, 0.15)
"""The same for the second network, which looks at it mirrored, too."""
LOOKS_HIGH = 0.008
"""Standing heights by which all looks together place the hips too high: two degrees of the thigh."""
FARTHEST = 0.05
"""Standing heights (a fifth of a shank) between a look and the keypoints: such a look saw something else."""


def hips_lower(pose_net: PoseNet, foot_net: FootNet, frame: Frame, keypoints: F32, window: Window) -> float:
    """How much lower the hips of somebody squatting are than their keypoints say, normalised to the frame.

    keypoints: (17, 3) (y, x, score) of this frame, seen through `window`, which fits the person standing. The
    mean over the keypoints and all looks that see the same person, less what the keypoints say, and what
    such means are wrong by; + is lower.
    """
    tall = window.height / WINDOW_HEIGHTS
    seen = float(keypoints[HIPS, 0].mean())
    heights = [seen]
    for height, down in CLOSER:
        look = pose_net.look(frame, _window(window, tall, height, down, pose_net.aspect))
        heights.append(float(look[HIPS, 0].mean()))
    square = _window(window, tall, *SQUARE, 1.0)
    for mirrored in (False, True):
        rows, presence = foot_net.landmarks(frame, square, mirrored=mirrored)
        if presence >= LEAST_PRESENCE:
            y = float(rows[HIP_ROWS, 1].mean())
            heights.append((square.top + y * square.height) / frame.size[0])
    tall_share = tall / frame.size[0]
    agreeing = [y for y in heights if abs(y - seen) <= FARTHEST * tall_share]
    return float(np.mean(agreeing)) - seen + LOOKS_HIGH * tall_share


def _window(standing: Window, tall: float, height: float, down: float, aspect: float) -> Window:
    x, y = standing.centre
    return window_at(x, y + down * tall, height * tall, aspect)
