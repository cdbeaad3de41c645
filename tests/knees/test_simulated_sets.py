"""Mistakes counted over sets by many simulated people, judged as `analyze` judges: from toes seen wrong."""

from __future__ import annotations

import numpy as np
import pytest
from judged import judged
from simulated_sets import PATTERNS, SimulatedSet, simulated_set

from mirror.knees.reading import RepLeg, Verdict

WARNED = {Verdict.CAUTION, Verdict.OFF_TRACK}
Legs = list[tuple[RepLeg, float]]
"""What was found of a leg in one repetition, and its true peak, degrees."""


def legs_of(one: SimulatedSet) -> Legs:
    sim = one.simulated
    found = judged(sim).reps
    assert len(found) == len(sim.reps)
    return [
        pair
        for rep, true in zip(found, sim.reps, strict=True)
        for pair in zip((rep.left, rep.right), true.peak_delta_deg, strict=True)
    ]


@pytest.fixture(scope="module")
def legs() -> Legs:
    return [
        pair for seed in range(3 * len(PATTERNS)) for pair in legs_of(simulated_set(seed, near_zero=True))
    ]


def share(legs: Legs, verdicts: set[Verdict]) -> float:
    return sum(leg.verdict in verdicts for leg, _ in legs) / len(legs)


def test_half_of_all_peaks_are_right_to_two_degrees(legs: Legs) -> None:
    error = [abs(leg.deviation_deg - true) for leg, true in legs if leg.deviation_deg is not None]
    assert len(error) > 0.98 * len(legs)
    assert np.median(error) < 2.0


def test_knees_that_cave_are_told(legs: Legs) -> None:
    caving = [(leg, true) for leg, true in legs if true >= 9.0]
    assert len(caving) > 100
    assert share(caving, WARNED) > 0.96
    assert share(caving, {Verdict.OFF_TRACK}) > 0.88


def test_knees_that_track_are_left_alone(legs: Legs) -> None:
    clean = [(leg, true) for leg, true in legs if true <= 3.0]
    assert len(clean) > 150
    assert share(clean, {Verdict.OFF_TRACK}) < 0.02
    assert share(clean, WARNED) < 0.07


@pytest.mark.parametrize("pattern", ["always both", "always left"])
def test_who_caves_in_every_repetition_is_told_as_often(pattern: str) -> None:
    """The toes alone tell 87 % of these; the other repetitions must not talk them out of it."""
    always = [
        pair for seed in range(300, 306) for pair in legs_of(simulated_set(seed, pattern, near_zero=True))
    ]
    caving = [(leg, true) for leg, true in always if true >= 9.0]
    assert share(caving, WARNED) > 0.92
    assert share(caving, {Verdict.OFF_TRACK}) > 0.84
