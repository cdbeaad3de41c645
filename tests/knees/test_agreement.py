"""What the repetitions of a set say about the feet: it mends the toes' error and never learns a cave."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pytest
import simulate
from judged import judged

from mirror.knees.agreement import Halves, agree
from mirror.knees.azimuth import ONE_SOURCE_SD, Azimuth
from mirror.knees.reading import Rep, RepLeg, Verdict

FEET = 20.0
LEVER = 0.55
"""Degrees of deviation for each degree of azimuth in a full squat."""
GOOD, BOTH, LEFT = (0.5, 0.0), (12.0, 13.0), (12.0, 0.0)


def toes_off_by(*error_deg: float) -> Azimuth:
    """Toes that are seen turned out too far by so much."""
    return Azimuth(np.radians([FEET + error for error in error_deg]), np.full(2, ONE_SOURCE_SD), "toes")


def squat(*deviation_deg: float) -> Halves:
    """A repetition in which the knees deviated by this much, left and right, all the way."""
    shown = FEET - np.array(deviation_deg) / LEVER
    return Halves(np.repeat(shown[:, None], 2, axis=1), np.full((2, 2), LEVER))


def error_deg(found: Azimuth) -> list[float]:
    return [float(x) for x in np.degrees(found.value) - FEET]


@pytest.mark.parametrize("off", [-8.0, -4.0, 4.0, 8.0])
@pytest.mark.parametrize(
    "deltas", [[GOOD, BOTH, GOOD, BOTH, GOOD], [GOOD, GOOD, LEFT, (1.0, 12.0), GOOD]], ids=["both", "in turn"]
)
def test_clean_repetitions_among_caving_ones_mend_the_toes(
    off: float, deltas: Sequence[tuple[float, float]]
) -> None:
    found = agree(toes_off_by(off, off), [squat(*each) for each in deltas])
    assert error_deg(found) == pytest.approx([0.0, 0.0], abs=2.5)


@pytest.mark.parametrize("off", [-4.0, 0.0, 4.0])
@pytest.mark.parametrize("caving", [9.0, 11.0, 14.0])
def test_a_set_that_always_caves_is_not_learned_as_clean(off: float, caving: float) -> None:
    found = agree(toes_off_by(off, off), [squat(caving, caving + 1.0)] * 5)
    for one in error_deg(found):
        # What counts is the deviation that is left: two degrees of it are four of direction.
        assert caving + LEVER * one > 6.0


def test_more_of_the_same_does_not_make_a_cave_clean() -> None:
    few = agree(toes_off_by(0.0, 0.0), [squat(10.0, 10.0)] * 3)
    many = agree(toes_off_by(0.0, 0.0), [squat(10.0, 10.0)] * 20)
    assert error_deg(many) == pytest.approx(error_deg(few), abs=1.0)
    assert min(error_deg(many)) > -3.0


def test_one_leg_that_always_caves_stays_caught_beside_a_clean_one() -> None:
    left, right = error_deg(agree(toes_off_by(0.0, 0.0), [squat(11.0, 0.0)] * 4))
    assert 11.0 + LEVER * left > 8.0
    assert abs(right) < 3.0


def test_one_leg_shows_the_error_that_both_feet_share() -> None:
    """The left leg caves in every repetition, so only the right one can say anything."""
    alone, _ = error_deg(agree(toes_off_by(7.0, 7.0), [squat(11.0, 11.0)] * 4))
    beside, _ = error_deg(agree(toes_off_by(7.0, 7.0), [squat(11.0, 0.0), squat(11.0, 12.0)] * 2))
    assert abs(beside) < abs(alone) - 1.0


def test_one_repetition_has_nothing_to_agree_with() -> None:
    toes = toes_off_by(6.0, 6.0)
    assert error_deg(agree(toes, [squat(*GOOD)])) == error_deg(agree(toes, []))


def test_feet_are_rarely_turned_out_by_forty_degrees() -> None:
    toes = Azimuth(np.radians([40.0, 40.0]), np.full(2, ONE_SOURCE_SD), "toes")
    found = np.degrees(agree(toes, []).value)
    assert (found < 39.0).all()
    assert (found > 33.0).all()


def test_swapping_the_legs_swaps_the_directions() -> None:
    squats = [squat(*deltas) for deltas in (GOOD, LEFT, BOTH)]
    other = [Halves(s.azimuth[::-1], s.lever[::-1]) for s in squats]
    one, two = (
        error_deg(agree(toes_off_by(6.0, -2.0), squats)),
        error_deg(agree(toes_off_by(-2.0, 6.0), other)),
    )
    assert one == pytest.approx(two[::-1], abs=1e-9)


def test_a_leg_that_was_never_seen_changes_nothing() -> None:
    unseen = Halves(np.array([[FEET, FEET], [math.nan, math.nan]]), np.array([[LEVER] * 2, [math.nan] * 2]))
    found = agree(toes_off_by(6.0, 6.0), [unseen] * 4)
    assert np.isfinite(found.value).all()
    assert (found.sd <= toes_off_by(6.0, 6.0).sd).all()


def session(*deltas: tuple[float, float], toes_off: float) -> simulate.Simulated:
    movements = [simulate.Stand(1.5), *(simulate.Squat(delta=delta) for delta in deltas), simulate.Stand(0.6)]
    noise = simulate.Noise(sigma_px=0.8, person_share=0.0)
    return simulate.simulate(movements, noise=noise, toe_error_deg=(toes_off, toes_off))


def verdicts(reps: list[Rep]) -> list[tuple[Verdict, Verdict]]:
    return [(rep.left.verdict, rep.right.verdict) for rep in reps]


@pytest.mark.parametrize("toes_off", [-9.0, 9.0])
def test_a_set_s_verdicts_are_right_though_the_toes_are_wrong(toes_off: float) -> None:
    found = judged(session(GOOD, BOTH, GOOD, LEFT, GOOD, toes_off=toes_off)).reps
    good, off = Verdict.GOOD, Verdict.OFF_TRACK
    assert verdicts(found) == [(good, good), (off, off), (good, good), (off, good), (good, good)]


def test_an_explicit_reference_outweighs_what_the_others_agree_on() -> None:
    """Knees over toes that are 6 degrees outside of where most repetitions went: as this person wants it."""
    sim = session((-6.0, -6.0), *[(0.0, 0.0)] * 4, toes_off=0.0)
    others = judged(sim, 1).reps[1:]

    def peaks(rep: Rep) -> list[RepLeg]:
        return [rep.left, rep.right]

    assert min(leg.deviation_deg or 0.0 for rep in others for leg in peaks(rep)) > 3.5
    assert max(leg.deviation_deg or 0.0 for rep in judged(sim).reps[1:] for leg in peaks(rep)) < 4.5
