"""Which frames of a leg are judged at all."""

from __future__ import annotations

import math

import numpy as np
import pytest

from mirror.knees.azimuth import ONE_SOURCE_SD, Azimuth
from mirror.knees.constants import ANATOMICAL
from mirror.knees.judge import Judge, LegJudgement, Lines, Thresholds
from mirror.knees.motion import Motion
from mirror.knees.own_track import believe, of_anybody
from mirror.knees.reading import Phase, Verdict
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
