"""The depth somebody aims for: reached once the thighs have been there, for this squat and no other."""

from __future__ import annotations

from dataclasses import replace

import pytest
from readings import GOOD, reading
from test_coach_asked import standing

from mirror.coach.coach import CoachRules
from mirror.coach.depth_aim import HOLD_S, DepthAim
from mirror.coach.feedback import DepthAimed, State
from mirror.knees.reading import Phase

STEP_S = 1 / 30


def squat(aim: DepthAim, depths: list[float | None], t: float = 0.0, step_s: float = STEP_S) -> list[bool]:
    """Whether it is reached after each of these depths, down and then up, from standing to standing."""
    aim.update(t - step_s, Phase.STAND, 80.0)
    told = []
    deepest = min(range(len(depths)), key=lambda i: depths[i] if depths[i] is not None else 99.0)
    for i, deg in enumerate(depths):
        phase = Phase.DOWN if i <= deepest else Phase.UP
        told.append(aim.update(t + i * step_s, phase, deg))
    return [one.reached for one in told if one is not None]


def test_it_is_reached_at_the_depth_and_stays_so_on_the_way_up_and_while_standing() -> None:
    aim = DepthAim(0.0)
    assert squat(aim, [40, 20, 5, -1, -3, -2, 10, 40]) == [False] * 5 + [True] * 3
    standing_ = aim.update(2.0, Phase.STAND, 80.0)
    assert standing_ is not None
    assert standing_.reached


def test_the_next_squat_begins_anew() -> None:
    aim = DepthAim(0.0)
    squat(aim, [40, -3, -4, -4, 40])
    assert squat(aim, [40, 20, 8, 6, 8, 40], 5.0) == [False] * 6


def test_one_joint_that_jumps_reaches_nothing() -> None:
    assert not any(squat(DepthAim(0.0), [40, 20, -30, 20, 15, -30, None, -30, 20]))


@pytest.mark.parametrize("step_s", [1 / 60, 1 / 30, 1 / 15])
def test_how_long_it_must_be_there_goes_by_time(step_s: float) -> None:
    aim = DepthAim(-5.0)
    aim.update(-step_s, Phase.STAND, 80.0)
    first = next(
        i * step_s
        for i in range(60)
        if (told := aim.update(i * step_s, Phase.DOWN, -6.0)) is not None and told.reached
    )
    assert HOLD_S <= first < HOLD_S + step_s + 1e-9


def test_of_a_squat_whose_depth_nobody_knows_nothing_is_told_until_the_next() -> None:
    """The line that stayed broken would say that it was too high."""
    aim = DepthAim(0.0)
    aim.update(-1.0, Phase.STAND, None)
    assert [aim.update(i * STEP_S, Phase.DOWN, None) for i in range(30)] == [None] * 30
    assert aim.update(1.1, Phase.STAND, 80.0) is None
    assert squat(aim, [40, 20, 8, 6, 8, 40], 5.0) == [False] * 6


def test_a_depth_that_is_lost_for_a_moment_goes_on() -> None:
    aim = DepthAim(0.0)
    assert squat(aim, [40, 20, None, None, -2, -3, -3, None, 40]) == [False] * 6 + [True] * 3


def test_nothing_is_told_where_nobody_aims_or_squats() -> None:
    assert DepthAim(None).update(0.0, Phase.DOWN, -9.0) is None
    visit = standing(CoachRules(depth_aim_deg=0.0))
    assert visit.last.state is State.READY
    assert visit.last.depth_aimed is None
    down = replace(reading(visit.t, Phase.DOWN, GOOD, GOOD), depth_deg=20.0)
    assert visit.coach.update(down, None).depth_aimed == DepthAimed(0.0, 20.0, False)
