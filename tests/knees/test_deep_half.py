"""What a repetition shows of its knees while it is deep."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest
from judged import judged
from simulate import Squat, Stand, simulate

from mirror.knees.deep_half import DeepHalf, deep_half
from mirror.knees.motion import Motion
from mirror.knees.reading import Phase
from mirror.knees.shank import Shank
from mirror.knees.squat import Span

FEET = np.radians([20.0, 20.0])
SPAN = Span(0.0, 1.0, 2.0, 0.4)
ALL = np.ones(2, np.bool_)


def frames(
    inside_deg: Callable[[float, float], float], usable: Callable[[float], bool] = lambda t: True
) -> list[Motion]:
    """A squat of two seconds, 0.4 deep after the first, whose shanks are so far inside at (t, q)."""
    found = []
    for t in np.linspace(0.0, 2.0, 61):
        q = 0.4 * (1.0 - abs(float(t) - 1.0))
        out, along = -math.sin(math.radians(inside_deg(float(t), q))), q + 0.2
        lateral = along * math.sin(FEET[0]) + out * math.cos(FEET[0])
        forward = along * math.cos(FEET[0]) - out * math.sin(FEET[0])
        shank = Shank(np.full(2, lateral), np.full(2, 0.8), np.full(2, forward), ALL)
        phase = Phase.DOWN if t < 1.0 else Phase.UP
        leg = np.array([usable(float(t)), True])
        found.append(
            Motion(float(t), np.zeros((17, 2)), np.zeros((2, 2)), q, phase, shank, leg, np.zeros(2), None)
        )
    return found


def shown(motions: list[Motion]) -> DeepHalf:
    return deep_half(motions, SPAN)


def test_the_lean_of_a_standing_shank_is_not_inherited() -> None:
    found = shown(frames(lambda _, q: 9.0 if q < 0.18 else 1.0))
    assert found.deviation_deg(FEET) == pytest.approx([1.0, 1.0], abs=0.1)


def test_who_caves_on_the_way_up_only_is_as_far_inside_as_there() -> None:
    found = shown(frames(lambda t, _: 12.0 if t > 1.0 else 0.0))
    assert found.deviation_deg(FEET) == pytest.approx([12.0, 12.0], abs=0.5)
    assert found.moved_in_deg(FEET) == pytest.approx([12.0, 12.0], abs=0.7)


def test_how_far_a_knee_moved_in_hardly_depends_on_the_feet() -> None:
    found = shown(frames(lambda t, _: 12.0 if t > 1.0 else 0.0))
    for other in (0.0, 40.0):
        assert found.moved_in_deg(np.radians([other, other])) == pytest.approx([12.0, 12.0], abs=2.0)


def test_a_knee_hidden_when_deep_shows_nothing_and_the_other_does() -> None:
    found = shown(frames(lambda *_: 5.0, usable=lambda t: not 0.4 < t < 1.6))
    assert found.seen.tolist() == [False, True]
    assert math.isnan(found.deviation_deg(FEET)[0])


def test_a_knee_hidden_on_the_way_down_shows_its_way_up() -> None:
    found = shown(frames(lambda t, _: 8.0 if t > 1.0 else 2.0, usable=lambda t: t > 1.0))
    assert found.deviation_deg(FEET) == pytest.approx([8.0, 8.0], abs=0.5)
    assert math.isnan(found.moved_in_deg(FEET)[0])


def test_no_frames_show_nothing() -> None:
    assert not shown([]).seen.any()


def test_of_a_simulated_person_it_is_what_the_movement_had() -> None:
    sim = simulate(
        [Stand(1.5), Squat(delta=(9.0, 0.0)), Squat(delta=(0.0, 6.0)), Stand(0.6)], track_deg=(4.0, 2.0)
    )
    for rep, true in zip(judged(sim).reps, sim.reps, strict=True):
        for leg, deep in zip((rep.left, rep.right), true.deep_delta_deg, strict=True):
            assert leg.deep_deviation_deg == pytest.approx(deep, abs=1.5)
