"""Where the toes of a standing person are, from the foot landmarks of a second network.

MoveNet has no toes. BlazePose does, but one look at them is wrong by degrees in a way that depends on how the
picture is framed, so several framings are looked at, half of them mirrored. Far too slow for every frame:
meant for a frame or two of somebody who stands. Knows nothing of knees or of where feet should point.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mirror.camera.frame import Frame
from mirror.pose.catalog import ModelEntry, checked_file
from mirror.pose.interpreter import Network, Tensor
from mirror.pose.window import (
    ANKLES,
    F32,
    HIPS,
    SOLE_BELOW_ANKLE,
    Cropper,
    Window,
    pixels,
    standing_height,
    window_at,
)

LANDMARKS, COLUMNS = 39, 5  # x, y, z in the input's pixels, visibility and presence before the sigmoid
TOES = [31, 32]
"""Rows of the toe tips, left before right."""
LEAST_PRESENCE = 0.5
LEAST_SCORE = 0.3
"""Hips and ankles must score this much: the framings are laid round them."""
