"""Which frames of a leg are judged at all."""

from __future__ import annotations

import math

import numpy as np
import pytest

from mirror.knees.azimuth import ONE_SOURCE_SD, Azimuth
from mirror.knees.constants import ANATOMICAL
from mirror.knees.deep_half import DeepHalf
from mirror.knees.judge import (
    ALWAYS_INSIDE_DEG,
    UNSURE_DEG,
    Judge,
    LegJudgement,
    Lines,
    Thresholds,
    verdict_of,
)
from mirror.knees.motion import Motion
from mirror.knees.own_track import believe, of_anybody, of_reference
from mirror.knees.reading import Phase, RepLeg, Verdict
from mirror.knees.repetition import Standard, judged_leg
from mirror.knees.shank import Shank

FEET = Azimuth(np.radians([5.0, 5.0]), np.full(2, ONE_SOURCE_SD), "toes")


def judged(*, forward: float, outward: float, q: float = 0.3) -> LegJudgement:
    """The left leg of somebody unknown, after 0.4 s with its knee there, seen from its ankle."""
    X, F = np.full(2, outward), np.full(2, forward)
    shank = Shank(X, np.sqrt(1 - X**2 - F**2), F, np.ones(2, np.bool_))
    judge = Judge(Thresholds(), ANATOMICAL)
    lines = Lines.of(believe(np.empty((0, 2)), of_anybody(np.degrees(FEET.sd))), Thresholds())
    for frame in range(12):
        motion = Motion(
            frame / 30, np.zeros((17, 2)), np.zeros((2, 2)), q, Phase.DOWN, shank,
            np.ones(2, np.bool_), np.zeros(2), "",
        )  # fmt: skip
        left, _ = judge.update(motion, FEET, lines)
    return left


@pytest.mark.parametrize("forward", [0.35, 0.20, 0.10])
def test_a_knee_that_caves_so_far_that_it_comes_back_is_judged(forward: float) -> None:
    found = judged(forward=forward, outward=-0.24)
    assert found.judged
    assert found.verdict is Verdict.OFF_TRACK


def test_a_knee_over_its_ankle_is_not_judged() -> None:
    found = judged(forward=0.15, outward=-0.05)
    assert not found.judged
    assert found.verdict is Verdict.UNKNOWN
    assert math.isnan(found.deviation_deg)


def test_standing_is_not_judged_however_wide_the_stance() -> None:
    assert not judged(forward=0.1, outward=0.3, q=0.05).judged


def test_a_leg_that_is_as_far_inside_in_every_repetition_is_no_cave_in_each() -> None:
    """It caves always, or its toes were seen wrong: nobody can tell, so it takes more to say the worse."""
    always = np.array([[0.5, 13.5], [1.0, 14.0], [-0.5, 13.0], [0.0, 14.5], [0.0, 13.8], [0.6, 14.2]])
    tracks = believe(always, of_anybody(np.array([4.2, 4.6])))
    assert tracks.sd_deg[1] > UNSURE_DEG
    assert tracks.sure_of(1, 14.0, Thresholds().off_track_deg) > Thresholds().off_track_sure
    assert verdict_of(tracks, 1, 14.0, Thresholds(), early=False, always=True) is not Verdict.OFF_TRACK
    assert verdict_of(tracks, 1, 20.0, Thresholds(), early=False, always=True) is Verdict.OFF_TRACK


def test_who_showed_how_it_should_look_is_not_told_in_every_repetition_where_that_lies() -> None:
    """A leg's line far inside the toes is caution, unless a reference was accepted that runs there."""
    azimuth = Azimuth(np.radians([34.0, 34.0]), np.radians([2.0, 2.0]), "toes")
    deep = DeepHalf(np.full((2, 2), 0.05), np.full((2, 2), 0.5))
    shown = deep.deviation_deg(azimuth.value)
    tracks = believe(np.tile(shown, (6, 1)), of_reference(shown, of_anybody(np.full(2, 2.0))))
    assert tracks.zero_deg.min() > ALWAYS_INSIDE_DEG
    unknown = RepLeg(12.0, 12.0, Verdict.UNKNOWN, 1.0)
    found = [
        judged_leg(unknown, 0, deep, Standard(azimuth, tracks, Thresholds(), shown_well=well)).verdict
        for well in (False, True)
    ]
    assert found == [Verdict.CAUTION, Verdict.GOOD]
