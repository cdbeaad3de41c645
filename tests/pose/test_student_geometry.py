"""The truth that stills are trained with: directions of feet, windows, patches."""

from __future__ import annotations

import math
import sys
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parents[2]))

from scripts.research.foot_student.features import PATCH, azimuth_from_ray, cut, patch


def view_from(eye: tuple[float, float, float]) -> np.ndarray:
    """(4, 4) world to a camera at `eye` that looks along -z."""
    matrix = np.eye(4)
    matrix[:3, 3] = -np.array(eye)
    return matrix


def foot(side: str, at: float, turned_deg: float) -> dict[str, np.ndarray]:
    """Ankle `at` metres to the image's right; turned_deg outward, 0 straight along z."""
    way = 1 if side == "left" else -1
    out = math.radians(turned_deg)
    ankle = np.array([at, 0.1, 0.0])
    return {
        f"{side}_ankle": ankle,
        f"{side}_toe2_mtp": ankle + np.array([way * 0.15 * math.sin(out), -0.06, 0.15 * math.cos(out)]),
    }


@pytest.mark.parametrize("side", ["left", "right"])
@pytest.mark.parametrize("turned", [-5.0, 0.0, 30.0])
def test_a_foot_before_the_camera_is_turned_out_as_it_is_in_the_room(side: str, turned: float) -> None:
    found = azimuth_from_ray(foot(side, 0.0, turned), side, view_from((0, 1, 3)))
    assert math.degrees(found) == pytest.approx(turned, abs=1e-6)


@pytest.mark.parametrize("side", ["left", "right"])
def test_a_foot_that_points_at_the_camera_is_not_turned_wherever_it_stands(side: str) -> None:
    at = 0.8 if side == "left" else -0.8
    inward = -math.degrees(math.atan2(0.8, 3))
    found = azimuth_from_ray(foot(side, at, inward), side, view_from((0, 1, 3)))
    assert math.degrees(found) == pytest.approx(0, abs=1e-6)


def test_a_mirrored_window_is_the_window_s_mirror_image() -> None:
    picture = np.random.default_rng(0).integers(0, 255, (512, 256, 3)).astype(np.uint8)
    place = np.array([20.0, 30.0, 216.0, 432.0])
    plain = cut(picture, place, (256, 128), mirrored=False)
    np.testing.assert_array_equal(cut(picture, place, (256, 128), mirrored=True), plain[:, ::-1])


def test_a_patch_at_the_edge_is_padded_and_says_where_it_lies() -> None:
    maps = [np.arange(64 * 32, dtype=np.float32).reshape(64, 32, 1), np.ones((64, 32, 2), np.float32)]
    found, (left, top) = patch(maps, 1.0, 60.0)
    assert found.shape == (PATCH, PATCH, 3)
    assert (left, top) == (1 - PATCH // 2, 60 - PATCH // 2 + 2)
    assert found[0, -left, 0] == pytest.approx(maps[0][top, 0, 0])
    assert not found[:, :-left].any()
    assert not found[64 - top :].any()
