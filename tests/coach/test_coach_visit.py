"""The visit: from dark glass over standing and squatting to the summary, by what the person does."""

from __future__ import annotations

from itertools import groupby

import pytest
import simulate
from readings import GOOD, OFF, STEP_S, UNKNOWN, Visit, as_read, sounds

from mirror.coach.coach import Coach, CoachRules
from mirror.coach.feedback import Feedback, Light, State
from mirror.knees.constants import ANATOMICAL
from mirror.knees.judge import Thresholds
from mirror.knees.live import KneeWatch
from mirror.knees.optics import Camera
from mirror.knees.reading import Movement, Phase
from mirror.knees.reasons import Framing, Reason, Why, because
from mirror.knees.track import TrackedPose


def states(said: list[Feedback]) -> list[State]:
    return [state for state, _ in groupby(feedback.state for feedback in said)]


def test_a_visit_goes_from_dark_glass_to_the_summary_and_back() -> None:
    visit = Visit()
    visit.stays(1.0, present=False)
    visit.stays(1.0, calibrated=False, framing=Framing.SHOW_FEET)
    visit.stays(1.0, calibrated=False, progress=0.5)
    visit.stays(1.0)
    for _ in range(3):
        visit.squats()
    visit.stays(2.0, present=False)
    visit.stays(18.0, present=False)
    assert states(visit.said) == [
        State.IDLE, State.FRAMING, State.CALIBRATING, State.READY, State.SQUATTING, State.SUMMARY, State.IDLE,
    ]  # fmt: skip


def test_one_instruction_at_a_time_says_what_to_do() -> None:
    visit = Visit()
    assert visit.stays(0.1, present=False)[-1].instruction == "Stand on the mark"
    shown = visit.stays(0.1, calibrated=False, framing=Framing.SHOW_FEET)[-1]
    assert shown.instruction == "Step back so I can see your feet"
    shown = visit.stays(0.1, calibrated=False, progress=0.4)[-1]
    assert (shown.instruction, shown.progress) == ("Stand still for a second", 0.4)
    assert visit.stays(0.1)[-1].instruction == ""


@pytest.mark.parametrize("framing", Framing)
def test_there_are_words_for_every_framing_instruction(framing: Framing) -> None:
    assert Visit().stays(0.1, calibrated=False, framing=framing)[-1].instruction


def test_the_first_squat_is_announced_as_the_reference_and_a_refusal_says_why() -> None:
    visit = Visit()
    assert "first squat is the reference" in visit.stays(0.1, awaited=True)[-1].note
    note = visit.stays(0.1, awaited=True, refused=because(Why.KNEE_WANDERED, side="left"))[-1].note
    assert "the left knee did not move in one line" in note


def test_short_rests_within_a_set_are_not_its_end() -> None:
    visit = Visit()
    visit.stays(1.0)
    for _ in range(3):
        visit.squats(rest_s=5.0)
    assert states(visit.said) == [State.READY, State.SQUATTING]
    assert visit.last.reps_done == 3


def test_standing_still_for_six_seconds_brings_the_summary_by_itself() -> None:
    visit = Visit()
    visit.stays(1.0)
    visit.squats(OFF, GOOD, rest_s=0.0)
    since = visit.t
    said = visit.stays(7.0)
    came = next(feedback.t for feedback in said if feedback.state is State.SUMMARY)
    assert came - since == pytest.approx(6.0, abs=0.2)
    assert visit.last.summary is not None
    assert visit.last.summary.headline == "1 squat"
    assert visit.last.light is Light.OFF


def test_walking_off_brings_the_summary_soon() -> None:
    visit = Visit()
    visit.stays(1.0)
    visit.squats()
    visit.squats()
    left = visit.t
    said = visit.stays(2.0, present=False)
    came = next(feedback.t for feedback in said if feedback.state is State.SUMMARY)
    assert came - left <= 1.2
    assert visit.last.summary is not None
    assert len(visit.last.summary.reps) == 2


def test_out_of_sight_for_a_moment_is_not_walking_off() -> None:
    visit = Visit()
    visit.stays(1.0)
    visit.squats()
    assert {feedback.state for feedback in visit.stays(0.8, present=False)} == {State.SQUATTING}


def test_without_a_squat_there_is_no_summary() -> None:
    visit = Visit()
    visit.stays(20.0)
    visit.stays(20.0, present=False)
    assert State.SUMMARY not in states(visit.said)
    assert as_read(visit.coach.finish(visit.t)).summary is None


def test_the_summary_leaves_by_itself_and_the_next_set_starts_from_nought() -> None:
    visit = Visit()
    visit.stays(1.0)
    visit.squats()
    visit.stays(6.0 + 16.0 + 1.0)
    assert visit.last.state is State.READY
    assert visit.last.reps_done == 0
    visit.squats()
    assert visit.last.reps_done == 1


def test_squatting_again_ends_the_summary_and_begins_a_new_set() -> None:
    visit = Visit()
    visit.stays(1.0)
    visit.squats(OFF, GOOD)
    visit.stays(7.0)
    assert visit.last.state is State.SUMMARY
    said = visit.squats(GOOD, GOOD)
    assert states(said) == [State.SQUATTING]
    assert said[0].light is not Light.OFF
    assert (visit.last.reps_done, visit.last.rep_verdicts) == (1, (GOOD,))


def test_every_set_has_its_own_summary() -> None:
    visit = Visit()
    visit.stays(1.0)
    for expected in (1, 2):
        for _ in range(expected):
            visit.squats()
        visit.stays(7.0)
        assert visit.last.summary is not None
        assert len(visit.last.summary.reps) == expected


def test_a_movement_that_was_no_repetition_leaves_no_trace() -> None:
    visit = Visit()
    visit.stays(1.0)
    visit.squats(counted=False)
    assert visit.last.state is State.READY
    assert visit.last.reps_done == 0


def test_the_end_of_the_picture_sums_up_what_was_done() -> None:
    visit = Visit()
    visit.stays(1.0)
    visit.squats(OFF, OFF)
    end = as_read(visit.coach.finish(visit.t))
    assert end.state is State.SUMMARY
    assert end.summary is not None
    assert end.summary.headline == "1 squat"
    assert visit.coach.finish(visit.t + 1).summary is end.summary.value


def test_knees_that_cannot_be_judged_are_said_not_to_be() -> None:
    visit = Visit()
    visit.stays(1.0)
    visit.squats(UNKNOWN, UNKNOWN)
    end = as_read(visit.coach.finish(visit.t))
    assert end.summary is not None
    assert "not judge" in end.summary.sentence


@pytest.mark.parametrize("kind", Movement)
def test_a_movement_that_is_no_squat_is_told_once_without_sound_or_light(kind: Movement) -> None:
    visit = Visit()
    visit.stays(1.0)
    visit.stays(STEP_S, other=kind)
    assert visit.last.note.endswith("not judged")
    assert visit.feedback.note is not None
    assert visit.feedback.note.key == kind.value
    visit.stays(6.0)
    assert not visit.last.note.endswith("not judged")
    visit.stays(STEP_S, other=kind)
    assert not visit.last.note.endswith("not judged")
    assert sounds(visit.said) == 0
    assert {said.light for said in visit.said} == {Light.OFF}


def test_the_next_person_is_told_anew_what_is_no_squat() -> None:
    visit = Visit()
    visit.stays(1.0)
    for _ in range(2):
        visit.stays(STEP_S, other=Movement.LIFT)
        assert visit.last.note == "A lift from the floor: not judged"
        visit.stays(3.0, present=False)
        visit.stays(1.0)


def test_between_squats_a_ready_mirror_s_rings_are_at_rest() -> None:
    visit = Visit()
    visit.stays(1.0)
    assert visit.feedback.left.at_rest
    assert visit.feedback.right.at_rest
    visit.stays(0.5, phase=Phase.DOWN, left=GOOD)
    assert not visit.feedback.left.at_rest
    assert not visit.feedback.right.at_rest  # unknown in a squat is unknown


@pytest.mark.parametrize("why", [Why.NO_DIRECTION, Why.LEGS_NOT_SEEN])
def test_a_knee_that_cannot_be_judged_is_not_at_rest(why: Why) -> None:
    visit = Visit()
    visit.stays(1.0, why=Reason(why))
    assert not visit.feedback.left.at_rest


# -- with the real knees room


def test_a_simulated_person_is_led_through_the_whole_visit() -> None:
    bad, good = simulate.Squat(delta=(14.0, 13.0)), simulate.Squat(delta=(0.0, 0.0))
    sim = simulate.simulate(
        [simulate.Stand(2.5), good, good, bad, good, simulate.Stand(8.0)], noise=simulate.Noise(sigma_px=0.8)
    )
    watch = KneeWatch(Camera(sim.hfov_deg, sim.tilt_deg), ANATOMICAL, Thresholds())
    coach = Coach(CoachRules())
    said = []
    for i in range(30):  # nobody there yet
        nobody = watch.update(TrackedPose(i / 30 - 1.0, sim.keypoints[0], sim.image_size, False))
        said.append(as_read(coach.update(*nobody)))
    for t, keypoints in zip(sim.t, sim.keypoints, strict=True):
        said.append(as_read(coach.update(*watch.update(TrackedPose(float(t), keypoints, sim.image_size)))))
    assert states(said) == [
        State.IDLE,
        State.CALIBRATING,
        State.READY,
        State.SQUATTING,
        State.SUMMARY,
    ]
    assert said[-1].rep_verdicts == (GOOD, GOOD, OFF, GOOD)
    lit = [f for f in said if f.light is Light.OFF_TRACK]
    third = sim.reps[2]
    assert all(third.start_s < f.t < third.end_s + 0.7 for f in lit)
    heard = [f.t for f in said if f.sound is not None]
    assert len(heard) == 1
    assert third.start_s < heard[0] < third.end_s
    notes = {f.note for f in said}
    assert "Reference set. Now your set" in notes
    assert said[-1].summary is not None
    assert "on 1 of 4 squats" in said[-1].summary.sentence


def test_an_instruction_to_be_seen_well_stays_for_the_second_after_somebody_left() -> None:
    visit = Visit()
    visit.stays(1.0, framing=Framing.STEP_BACK)
    asked = visit.last.instruction
    assert asked == "Step back"
    for feedback in visit.stays(0.9, present=False):
        assert (feedback.state, feedback.instruction) == (State.FRAMING, asked)
    assert visit.stays(0.5, present=False)[-1].state is State.IDLE


def test_a_summary_that_is_over_while_nobody_is_seen_leaves_dark_glass() -> None:
    visit = Visit(CoachRules(summary_after_s=1.0, summary_for_s=2.0))
    visit.stays(1.0)
    visit.squats()
    visit.stays(2.3)
    assert visit.last.state is State.SUMMARY
    for feedback in visit.stays(2.0, present=False):
        assert (feedback.state is State.SUMMARY) is (feedback.summary is not None)
    assert visit.last.state is State.IDLE


def test_when_the_picture_ends_in_a_squat_the_light_goes_out_with_it() -> None:
    visit = Visit()
    visit.stays(1.0)
    assert visit.stays(0.3, phase=Phase.DOWN, left=OFF, right=OFF)[-1].light is Light.OFF_TRACK
    ended = visit.coach.finish(visit.t)
    assert (ended.state, ended.light) == (State.IDLE, Light.OFF)
