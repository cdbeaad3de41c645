"""Somebody whose feet stay, told from a body that passes: by places across the picture alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mirror.pose.fixed_feet import (
    HIPS_ALONE_SHARE,
    HIPS_SHARE,
    LOOK_BACK_S,
    SHOULDERS_SHARE,
    SHOULDERS_STILL,
    STAYED_S,
    FixedFeet,
)

HEIGHT_PX = 400.0
RATES = [5, 8, 10, 15, 30]


def stood(fps: int, seconds: float = 2.0, *, over_feet: bool = True) -> tuple[FixedFeet, float]:
    """Somebody who has stood there for so long, and the time of the next picture."""
    feet = FixedFeet()
    for i in range(round(seconds * fps)):
        feet.stands(i / fps, 200.0, 200.0, over_feet=over_feet)
    return feet, round(seconds * fps) / fps


@pytest.mark.parametrize("fps", RATES)
@pytest.mark.parametrize(
    ("hips", "shoulders"),
    [
        (HIPS_SHARE, SHOULDERS_STILL),
        (HIPS_ALONE_SHARE, 0.0),
        (0.0, SHOULDERS_SHARE),
        (0.1, 0.1),
    ],
)
def test_hips_or_shoulders_that_jump_aside_are_noticed_in_the_first_picture_at_any_rate(
    fps: int, hips: float, shoulders: float
) -> None:
    feet, t = stood(fps)
    for side in (-1, 1):
        there = (200.0 + side * 1.1 * hips * HEIGHT_PX, 200.0 + side * 1.1 * shoulders * HEIGHT_PX)
        assert feet.darted(t, *there, HEIGHT_PX)


@pytest.mark.parametrize("fps", RATES)
def test_joints_that_slide_along_with_somebody_slow_are_noticed_in_an_eighth_of_a_second(
    fps: int,
) -> None:
    """0.7 m/s of somebody 1.7 m tall: too little from picture to picture at thirty a second."""
    feet, t = stood(fps)
    began, x = t, 200.0
    while t - began < 1.0:
        x += 0.4 * HEIGHT_PX / fps
        if feet.darted(t, x, x, HEIGHT_PX):
            break
        feet.stands(t, x, x, over_feet=True)
        t += 1 / fps
    assert t - began <= LOOK_BACK_S


@pytest.mark.parametrize("fps", RATES)
def test_hips_seen_aside_under_shoulders_that_stay_are_no_other_body(fps: int) -> None:
    feet, t = stood(fps)
    for side in (-1, 1):
        assert not feet.darted(t, 200.0 + side * 0.043 * HEIGHT_PX, 200.0 + 0.009 * HEIGHT_PX, HEIGHT_PX)


@given(st.sampled_from(RATES), st.lists(st.floats(-0.007, 0.007), min_size=1, max_size=60))
def test_swaying_over_the_feet_is_never_taken_for_another_body(fps: int, sway: list[float]) -> None:
    feet, t = stood(fps)
    for share in sway:
        x = 200.0 + share * HEIGHT_PX
        assert not feet.darted(t, x, x, HEIGHT_PX)
        feet.stands(t, x, x, over_feet=True)
        t += 1 / fps


@pytest.mark.parametrize("fps", RATES)
def test_whoever_steps_in_or_has_only_just_come_may_move(fps: int) -> None:
    walking, t = stood(fps, over_feet=False)
    assert not walking.darted(t, 300.0, 300.0, HEIGHT_PX)
    fresh, t = stood(fps, STAYED_S - 1 / fps)
    assert not fresh.darted(t - 1 / fps, 300.0, 300.0, HEIGHT_PX)


def test_once_they_are_surely_back_their_place_is_taken_anew() -> None:
    feet, t = stood(8)
    assert feet.darted(t, 220.0, 220.0, HEIGHT_PX)
    feet.resume()
    assert not feet.darted(t + 1.0, 220.0, 220.0, HEIGHT_PX)
    feet.stands(t + 1.0, 220.0, 220.0, over_feet=True)
    assert not feet.darted(t + 1.125, 222.0, 222.0, HEIGHT_PX)
    assert feet.darted(t + 1.125, 250.0, 250.0, HEIGHT_PX)


def test_the_next_person_has_to_stand_there_first() -> None:
    feet, t = stood(8)
    feet.forget()
    assert not feet.darted(t, 300.0, 300.0, HEIGHT_PX)
