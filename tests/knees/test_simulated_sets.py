"""Mistakes counted over sets by many simulated people, judged as `analyze` judges: from toes seen wrong.

Their knees take lines of their own, as those of people measured with markers do.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest
from judged import judged
from simulated_sets import PATTERNS, SimulatedSet, simulated_set

from mirror.knees.reading import RepLeg, Verdict

WARNED = {Verdict.CAUTION, Verdict.OFF_TRACK}


@dataclass(frozen=True)
class Leg:
    """What was found of a leg in one repetition, and the truth: its peak, and how far inside its own line it
    was while deep, degrees."""

    found: RepLeg
    peak_deg: float
    inside_deg: float


def legs_of(one: SimulatedSet) -> list[Leg]:
    sim = one.simulated
    found = judged(sim).reps
    assert len(found) == len(sim.reps)
    return [
        Leg(*leg)
        for rep, true in zip(found, sim.reps, strict=True)
        for leg in zip((rep.left, rep.right), true.peak_delta_deg, true.inside_deg, strict=True)
    ]


@pytest.fixture(scope="module")
def legs() -> list[Leg]:
    sets = [simulated_set(seed) for seed in range(3 * len(PATTERNS))]
    return [leg for one in sets if not one.pattern.startswith("always") for leg in legs_of(one)]


def share(legs: list[Leg], verdicts: set[Verdict]) -> float:
    return sum(leg.found.verdict in verdicts for leg in legs) / len(legs)


def test_half_of_all_peaks_are_right_to_two_and_a_half_degrees(legs: list[Leg]) -> None:
    found = [(leg.found.deviation_deg, leg.peak_deg) for leg in legs]
    error = [abs(seen - true) for seen, true in found if seen is not None]
    assert len(error) > 0.98 * len(legs)
    assert np.median(error) < 2.5


def test_knees_that_leave_their_own_line_are_told(legs: list[Leg]) -> None:
    caving = [leg for leg in legs if leg.inside_deg >= 9.0]
    assert len(caving) > 50
    assert share(caving, WARNED) > 0.98
    assert share(caving, {Verdict.OFF_TRACK}) > 0.95


def test_knees_on_their_own_line_are_left_alone(legs: list[Leg]) -> None:
    clean = [leg for leg in legs if leg.inside_deg <= 3.0]
    assert len(clean) > 150
    assert share(clean, {Verdict.OFF_TRACK}) < 0.02
    assert share(clean, WARNED) < 0.05


def test_half_of_all_legs_are_inside_their_own_line_by_what_is_told(legs: list[Leg]) -> None:
    error = [
        abs(leg.found.inside_own_track_deg - leg.inside_deg)
        for leg in legs
        if leg.found.inside_own_track_deg is not None
    ]
    assert len(error) > 0.98 * len(legs)
    assert np.median(error) < 2.0


def test_who_caves_in_every_repetition_is_warned_where_nobody_squats_like_that() -> None:
    """From this set alone it may be their own line; only knees far inside the toes are told, and as that."""
    always = [leg for seed in range(300, 306) for leg in legs_of(simulated_set(seed, "always both"))]
    far = [leg for leg in always if leg.found.baseline_deg is not None and leg.found.baseline_deg > 12.0]
    assert len(far) > 8
    assert share(far, WARNED) == 1.0
    assert share(always, {Verdict.OFF_TRACK}) < 0.2
