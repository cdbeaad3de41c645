"""Which way feet point, and what that says about a body."""

import math

import numpy as np
import pytest

from mirror.knees.azimuth import Azimuth, body_turn_deg, from_toes, or_usual, with_toes

SD = np.radians([8.0, 8.0])


def feet(left: float, right: float) -> Azimuth:
    return Azimuth(np.radians([left, right]), SD, "toes")


@pytest.mark.parametrize("turnout", [-5.0, 19.0, 45.0])
def test_feet_turned_out_alike_are_no_turned_body(turnout: float) -> None:
    assert body_turn_deg(feet(turnout, turnout)) == pytest.approx(0.0)


@pytest.mark.parametrize("turn", [-40.0, -15.0, 15.0, 40.0])
def test_a_turned_body_takes_both_feet_the_same_way(turn: float) -> None:
    assert body_turn_deg(feet(19.0 + turn, 19.0 - turn)) == pytest.approx(turn)


def test_one_foot_alone_or_none_says_nothing_about_the_body() -> None:
    assert math.isnan(body_turn_deg(feet(19.0, math.nan)))
    assert math.isnan(body_turn_deg(None))


# -- from toe tips

AHEAD, ANKLE_Y, DEPTH, REACH, DROP = np.array([1.0, -1.0]), -0.38, 6.5, 0.43, 0.13


def tips(azimuth_deg: float, reach: float = REACH, drop: float = DROP) -> tuple[np.ndarray, np.ndarray]:
    """Where a level camera sees the toe tips and the ankles (2, 2) of feet that both point there."""
    ankle = np.stack([0.12 * AHEAD, np.full(2, ANKLE_Y)], -1)
    a, near = np.radians(azimuth_deg), DEPTH - reach * np.cos(np.radians(azimuth_deg))
    x = (ankle[:, 0] * DEPTH + AHEAD * reach * np.sin(a)) / near
    y = (ankle[:, 1] * DEPTH - drop) / near
    return np.stack([x, y], -1), ankle


def seen(azimuth_deg: float, tilt_sd_deg: float = 1.0, **body: float) -> Azimuth:
    toe, ankle = tips(azimuth_deg, **body)
    return from_toes(toe, ankle, np.full(2, DEPTH), REACH, tilt_sd_deg=tilt_sd_deg)


@pytest.mark.parametrize("azimuth_deg", [-10.0, 0.0, 19.0, 35.0, 45.0, 55.0])
def test_feet_are_found_from_straight_ahead_to_far_out(azimuth_deg: float) -> None:
    found = np.degrees(seen(azimuth_deg).value)
    assert found == pytest.approx([azimuth_deg] * 2, abs=6.5)


def test_turned_out_feet_keep_most_of_what_lies_between_them() -> None:
    wide, straight = (np.degrees(seen(deg, tilt_sd_deg=6.0).value).mean() for deg in (45.0, 5.0))
    assert 0.85 < (wide - straight) / 40.0 < 1.1


def test_a_tip_farther_aside_than_feet_reach_still_has_a_direction_and_says_how_sure() -> None:
    found = seen(70.0, reach=0.5)
    assert (np.degrees(found.value) > 50).all()
    assert (found.sd > seen(19.0).sd).all()


def test_where_the_tilt_is_known_the_floor_tells_long_feet_from_feet_turned_out() -> None:
    long_foot, short_foot = (40.0, 0.5), (60.0, 0.372)  # the same distance aside
    known, unknown = (
        [np.degrees(seen(deg, tilt, reach=reach).value).mean() for deg, reach in (long_foot, short_foot)]
        for tilt in (1.0, 12.0)
    )
    assert known[1] - known[0] > 1.5 * (unknown[1] - unknown[0])


def test_what_feet_mostly_do_counts_little_where_the_tips_were_seen() -> None:
    found = np.degrees(seen(0.0).value)
    assert (found > 0).all()
    assert (found < 3).all()


def test_the_spread_of_the_looks_makes_no_foot_surer() -> None:
    toe, ankle = tips(19.0)
    wide = from_toes(toe, ankle, np.full(2, DEPTH), REACH, np.radians([12.0, 1.0]))
    assert np.degrees(wide.sd[0]) == pytest.approx(12.0)
    assert wide.sd[1] == pytest.approx(seen(19.0).sd[1], rel=0.2)


def test_one_foot_alone_is_known() -> None:
    toe, ankle = tips(19.0)
    toe[1] = np.nan
    found = from_toes(toe, ankle, np.full(2, DEPTH), REACH)
    assert np.degrees(found.value[0]) == pytest.approx(19.0, abs=2.0)
    assert np.isnan([found.value[1], found.sd[1]]).all()


def test_a_foot_nobody_saw_points_as_feet_mostly_do_until_a_reference_says_where() -> None:
    known = Azimuth(np.radians([30.0, np.nan]), np.array([0.1, np.nan]), "toes")
    assert np.degrees(or_usual(known).value) == pytest.approx([30.0, 19.0])
    assert np.degrees(or_usual(None).value) == pytest.approx([19.0, 19.0])
    both = with_toes(feet(10.0, 10.0), known)
    assert np.degrees(both.value) == pytest.approx([30.0, 10.0])
    assert np.isfinite(both.sd).all()
    assert with_toes(known, None) is known


def test_a_stance_that_is_known_less_well_tells_less_of_feet_that_point_outward() -> None:
    toe, ankle = tips(35.0)
    sure, unsure = (from_toes(toe, ankle, np.full(2, DEPTH), REACH, shank_sd=sd) for sd in (0.0, 0.06))
    assert (unsure.sd > sure.sd).all()
    ahead = [from_toes(*tips(0.0), np.full(2, DEPTH), REACH, shank_sd=sd).sd for sd in (0.0, 0.06)]
    assert ahead[1] == pytest.approx(ahead[0], rel=0.05), "a foot that points ahead hardly needs its length"
    assert np.array_equal(unsure.value, sure.value)
