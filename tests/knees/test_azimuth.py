"""Which way feet point, and what that says about a body."""

import math

import numpy as np
import pytest

from mirror.knees.azimuth import Azimuth, body_turn_deg

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
