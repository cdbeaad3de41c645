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
    """Frontal plane projection angle (FPPA).

    Parameters
    ----------
    p : (..., 17, 2) rectified tangents, COCO-17.

    Returns
    -------
    (..., 2) degrees, legs [left, right], + inward (valgus); 0 for a straight leg.

    Notes
    -----
    180 degrees less the hip-knee-ankle angle in the picture, signed by the side the knee is on::

        |FPPA| = 180 - angle(hip - knee, ankle - knee)

    References
    ----------
    J. D. Willson and I. S. Davis, Utility of the frontal plane projection angle in females with
    patellofemoral pain, J Orthop Sports Phys Ther 38, 2008.
    """
    thigh = p[..., HIP, :] - p[..., KNEE, :]
    shank = p[..., ANKLE, :] - p[..., KNEE, :]
    cross = thigh[..., 0] * shank[..., 1] - thigh[..., 1] * shank[..., 0]
    bend = np.pi - np.arctan2(np.abs(cross), (thigh * shank).sum(-1))
    return np.asarray(np.degrees(-np.sign(cross) * SIDES * bend))


def kasr(p: F64) -> F64:
    """Knee-to-ankle separation ratio (KASR).

    Parameters
    ----------
    p : (..., 17, 2) rectified tangents, COCO-17.

    Returns
    -------
    (...), 1 where the knees are as far apart as the ankles, less where they come together.

    Notes
    -----
    ::

        KASR = |knee_left - knee_right|_x / |ankle_left - ankle_right|_x

    References
    ----------
    R. L. Mizner and others, Comparison of 2-dimensional measurement techniques for predicting knee angle and
    moment during a drop vertical jump, Clin J Sport Med 22, 2012.
    """
    knees = np.abs(p[..., KNEE[0], 0] - p[..., KNEE[1], 0])
    ankles = np.abs(p[..., ANKLE[0], 0] - p[..., ANKLE[1], 0])
    return np.asarray(knees / np.maximum(ankles, 1e-6))
