"""A whole visit without touching anything: simulated people through the real knees room, arms and all."""

from __future__ import annotations

from itertools import groupby

import pytest
import simulate
from readings import GOOD, OFF, Visit, as_read
from simulate import RaiseArms, Replant, Squat, Stand

from mirror.coach.coach import Coach, CoachRules
from mirror.coach.feedback import Feedback, Light, State
from mirror.coach.gestures import arms_of
from mirror.knees.constants import ANATOMICAL
from mirror.knees.judge import Thresholds
from mirror.knees.live import KneeWatch
from mirror.knees.optics import Camera
from mirror.knees.reading import Phase, Rep
from mirror.knees.reasons import Reason, Why
from mirror.knees.track import TrackedPose

GOOD_SQUAT, CAVING = Squat(), Squat(delta=(14.0, 14.0))


def visit(*movements: simulate.Movement, hands: str = "hang") -> tuple[list[Feedback], list[Rep]]:
    """Everything the coach said to somebody who moves like this, and the repetitions that were counted."""
    sim = simulate.simulate([Stand(2.5), *movements], noise=simulate.Noise(sigma_px=0.8), hands=hands)
    watch = KneeWatch(Camera(sim.hfov_deg, sim.tilt_deg), ANATOMICAL, Thresholds())
    coach = Coach(CoachRules())
    said, reps = [], []
    for t, keypoints in zip(sim.t, sim.keypoints, strict=True):
        reading, rep = watch.update(TrackedPose(float(t), keypoints, sim.image_size))
        said.append(as_read(coach.update(reading, rep, arms_of(keypoints, sim.image_size))))
        reps += [rep] if rep else []
    return said, reps


def states(said: list[Feedback]) -> list[State]:
    return [state for state, _ in groupby(feedback.state for feedback in said)]


def test_arms_end_a_set_and_are_no_squats() -> None:
    said, reps = visit(GOOD_SQUAT, GOOD_SQUAT, Stand(0.5), RaiseArms(3.0), Stand(1.0))
    assert len(reps) == 2
    assert states(said) == [State.CALIBRATING, State.READY, State.SQUATTING, State.SUMMARY]
    shares = [feedback.gesture.share for feedback in said if feedback.gesture]
    assert max(shares) == 1.0


def test_arms_out_pause_it_in_the_middle_of_a_visit_and_squats_then_are_not_judged() -> None:
    said, _ = visit(
        RaiseArms(3.0, "tee"), Stand(1.5), CAVING, CAVING, Stand(0.5), RaiseArms(3.0, "tee"), Stand(2.0)
    )
    assert states(said) == [State.CALIBRATING, State.READY, State.PAUSED, State.READY]
    assert {feedback.light for feedback in said} == {Light.OFF}
    assert all(feedback.reps_done == 0 for feedback in said)


def test_squats_under_a_bar_are_told_like_any_others() -> None:
    said, reps = visit(GOOD_SQUAT, GOOD_SQUAT, CAVING, GOOD_SQUAT, Stand(1.0), hands="bar")
    assert len(reps) == 4
    assert said[-1].bar_held
    assert said[-1].rep_verdicts == (GOOD, GOOD, OFF, GOOD)
    assert "That's it" in {feedback.praise for feedback in said}


def test_flat_against_plates_from_the_first_gesture_to_the_result() -> None:
    """Knees cave flat and not on plates; feet are placed anew, so each set has its own reference."""
    to_the_page = [movement for _ in range(4) for movement in (RaiseArms(3.0, "up", "right"), Stand(1.5))]
    flat = [Squat(delta=(1, 1)), *[Squat(delta=(14, 14))] * 3, Stand(8.0)]
    plates = [Squat(delta=(1, 1)), *[Squat(delta=(3, 3))] * 3, Stand(8.0)]
    onto = [RaiseArms(3.0), Stand(1.5), Replant(width_m=0.6), Stand(2.0)]
    said, reps = visit(*to_the_page, RaiseArms(3.0), Stand(1.5), *flat, *onto, *plates)
    assert len(reps) == 8
    assert [rep.is_reference for rep in reps] == [True, False, False, False] * 2
    summary = said[-1].summary
    assert summary is not None
    found = summary.compared
    assert found is not None
    assert (found.a.name, found.b.name) == ("flat on the floor", "on plates")
    for before, after in ((found.a.left_deg, found.b.left_deg), (found.a.right_deg, found.b.right_deg)):
        assert before is not None
        assert after is not None
        assert before - after == pytest.approx(11.0, abs=4.0)
    assert "further out on plates" in found.sentences[0]
    assert "Each set is measured from its own first squat, which is left out." in found.sentences
    assert summary.pattern_keys[0] == "plates_help"


def test_somebody_passing_freezes_it_for_a_second_with_a_sign_and_without_a_sound() -> None:
    passing = Visit()
    passing.stays(1.0)
    said = passing.stays(0.5, phase=Phase.DOWN, left=OFF, right=OFF, why=Reason(Why.SOMEBODY_PASSES))
    said += passing.stays(0.9, phase=Phase.DOWN, left=OFF, right=OFF)
    assert {feedback.frozen for feedback in said} == {"Somebody is passing. One moment"}
    assert all(feedback.sound is None for feedback in said)
    later = passing.stays(0.5, phase=Phase.DOWN, left=OFF, right=OFF)
    assert later[-1].frozen == ""
    assert any(feedback.sound for feedback in later)
