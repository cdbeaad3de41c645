"""What somebody who stands says about the lengths of their legs."""

from __future__ import annotations

import numpy as np
import pytest

from mirror.knees.constants import ANATOMICAL, HIP, KNEE, KeypointConstants
from mirror.knees.stance import Stance, measure

CAMERA_M, FAR_M, SHANK_M, THIGH_M = 1.2, 3.0, 0.43, 0.43
HALF_WIDTH_M, ANKLE_M = 0.15, 0.08


def standing(lean_deg: float, thigh_m: float = THIGH_M, constants: KeypointConstants = ANATOMICAL) -> Stance:
    """Somebody whose shanks lean so far forward, hips over the ankles, before a camera at breast height."""
    forward = SHANK_M * np.sin(np.radians(lean_deg))
    knee = ANKLE_M + SHANK_M * np.cos(np.radians(lean_deg))
    hip = knee + np.sqrt(thigh_m**2 - forward**2)
    heights = np.full(17, hip + 0.55)
    heights[HIP], heights[KNEE], heights[[15, 16]] = hip, knee, ANKLE_M
    ahead = np.zeros(17)
    ahead[KNEE] = forward
    across = np.where(np.arange(17) % 2, HALF_WIDTH_M, -HALF_WIDTH_M)
    pose = np.stack([across, heights - CAMERA_M], -1) / (FAR_M - ahead)[:, None]
    return measure(0.0, np.tile(pose, (5, 1, 1)), np.ones((5, 17)), constants)


def shank_m(stance: Stance) -> float:
    return float(stance.shank.mean() * FAR_M)


@pytest.mark.parametrize("lean_deg", [6.0, 10.0, 14.0])
def test_knees_that_are_a_little_forward_take_little_from_the_shank(lean_deg: float) -> None:
    as_it_looks = shank_m(standing(lean_deg, constants=KeypointConstants()))
    found = shank_m(standing(lean_deg))
    assert abs(found / SHANK_M - 1) < 0.6 * abs(as_it_looks / SHANK_M - 1)


@pytest.mark.parametrize("thigh_m", [0.36, 0.40, 0.43])
def test_straight_legs_are_as_long_as_they_look(thigh_m: float) -> None:
    assert shank_m(standing(0.0, thigh_m)) == pytest.approx(SHANK_M, rel=1e-6)


def test_a_long_thigh_alone_makes_a_shank_hardly_longer() -> None:
    assert shank_m(standing(0.0, 1.1 * SHANK_M)) < 1.04 * SHANK_M
