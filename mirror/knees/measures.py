"""The image measures that papers report: FPPA and KASR. Exported for comparison; nothing is judged on them.

In a deep squat with toes out the thigh points at the camera, and both measures read the same for good and
for caving knees (see docs/decisions.md).
"""

from __future__ import annotations

import numpy as np

from mirror.knees.constants import ANKLE, HIP, KNEE
from mirror.knees.optics import F64
from mirror.knees.shank import SIDES


def fppa_deg(p: F64) -> F64:
    """Frontal plane projection angle: (..., 17, 2) tangents -> (..., 2) degrees per leg, + inward."""
    thigh = p[..., HIP, :] - p[..., KNEE, :]
    shank = p[..., ANKLE, :] - p[..., KNEE, :]
    cross = thigh[..., 0] * shank[..., 1] - thigh[..., 1] * shank[..., 0]
    bend = np.pi - np.arctan2(np.abs(cross), (thigh * shank).sum(-1))
    return np.asarray(np.degrees(-np.sign(cross) * SIDES * bend))


def kasr(p: F64) -> F64:
    """Knee separation over ankle separation: (..., 17, 2) tangents -> (...)."""
    knees = np.abs(p[..., KNEE[0], 0] - p[..., KNEE[1], 0])
    ankles = np.abs(p[..., ANKLE[0], 0] - p[..., ANKLE[1], 0])
    return np.asarray(knees / np.maximum(ankles, 1e-6))
