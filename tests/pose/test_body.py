"""What one frame says of a body, worked out once: the same as asking the joints for each."""

from __future__ import annotations

import math

import numpy as np
import pytest
from bodies import SIZE, TALL_PX, squatting, standing

from mirror.pose.body import RIM, body_of
from mirror.pose.window import Window, fit, standing_height


def test_a_body_is_as_tall_and_where_its_joints_are() -> None:
    body = body_of(standing(x=200.0, sole=560.0), SIZE)
    assert body.height == pytest.approx(TALL_PX, rel=0.01)
    assert body.hips == pytest.approx((200.0, 560.0 - 0.53 * TALL_PX))
    assert body.feet == pytest.approx((200.0, 560.0 - 0.045 * TALL_PX))
    assert body.shoulders == pytest.approx((200.0, 560.0 - 0.82 * TALL_PX))
    assert body.score == pytest.approx(0.7)


def test_whoever_squats_is_not_upright_and_hardly_smaller() -> None:
    assert body_of(standing(), SIZE).upright
    low = body_of(squatting(), SIZE)
    assert not low.upright
    assert low.height == standing_height(squatting(), SIZE)


def test_the_window_is_the_one_that_fits_the_joints() -> None:
    for keypoints in (standing(), squatting(), standing(score=0.1)):
        assert body_of(keypoints, SIZE).window(0.5) == fit(keypoints, SIZE, 0.5)


def test_the_surer_the_larger_and_the_nearer_to_the_middle_the_more_appealing() -> None:
    best = body_of(standing(), SIZE).appeal
    for other in (standing(score=0.5), standing(tall=0.8 * TALL_PX), standing(x=100.0)):
        assert 0 < body_of(other, SIZE).appeal < best


@pytest.mark.parametrize("nobody", [standing(score=0.2), standing(tall=0.24 * SIZE[0])])
def test_what_is_unsure_or_small_appeals_to_nobody(nobody: np.ndarray) -> None:
    assert body_of(nobody, SIZE).appeal == 0.0


def test_feet_near_a_place_with_the_hips_over_it() -> None:
    body = body_of(standing(x=200.0), SIZE)
    x, y = body.feet
    assert body.over((x + 9, y), 10)
    assert not body.over((x + 11, y), 10)
    bent = body_of(leaning(aside=30.0), SIZE)
    assert math.dist(bent.feet, body_of(standing(), SIZE).feet) == 0
    assert not bent.over(bent.feet, 10)


def leaning(aside: float) -> np.ndarray:
    keypoints = standing()
    keypoints[:13, 1] += aside / SIZE[1]
    return keypoints


def test_a_joint_surely_seen_on_the_windows_rim_is_cut_off() -> None:
    keypoints = standing()
    body, fits = body_of(keypoints, SIZE), body_of(keypoints, SIZE).window(0.5)
    assert not body.cut_off_by(fits)
    bottom = round(body.feet[1] + 0.5 * RIM * fits.height)
    short = Window(bottom - fits.height, fits.left, fits.height, fits.width)
    assert body.cut_off_by(short)
    keypoints[[15, 16], 2] = 0.39
    assert not body_of(keypoints, SIZE).cut_off_by(short)
    assert not body_of(standing(score=0.3), SIZE).cut_off_by(short)
