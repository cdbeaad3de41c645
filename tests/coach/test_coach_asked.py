"""What a person asks for with their arms: pages, pause, comparisons, an end to the summary."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pytest
from readings import GOOD, OFF, STEP_S, Visit, as_read, reading
from sets_seen import caving

from mirror.coach.coach import CoachRules
from mirror.coach.feedback import Feedback, Gesture, Light, Sound, State
from mirror.coach.gestures import Arms
from mirror.coach.pages import PAGES
from mirror.knees.reading import Phase, Rep

ANKLES_AND_ALL = ((0.5, 0.0), (0.5, 0.0))
HANGING = Arms(ANKLES_AND_ALL, ((0.6, -0.8),) * 2, ((0.6, -1.5),) * 2, (0.6, 0.6), 0.8)
AT_BAR = replace(HANGING, wrists=((0.7, 0.1),) * 2)
MAKES = {
    Gesture.START: replace(HANGING, elbows=((0.7, 0.8),) * 2, wrists=((0.6, 1.5),) * 2),
    Gesture.NEXT: replace(HANGING, elbows=((0.6, -0.8), (0.7, 0.8)), wrists=((0.6, -1.5), (0.6, 1.5))),
    Gesture.BACK: replace(HANGING, elbows=((0.7, 0.8), (0.6, -0.8)), wrists=((0.6, 1.5), (0.6, -1.5))),
    Gesture.PAUSE: replace(HANGING, elbows=((1.3, 0.0),) * 2, wrists=((2.0, 0.0),) * 2),
}


@dataclass
class Asking(Visit):
    """A visit by somebody with arms."""

    def arms(self, seconds: float, arms: Arms | None, **how: object) -> list[Feedback]:
        first = len(self.said)
        for _ in range(round(seconds / STEP_S)):
            self.said.append(as_read(self.coach.update(reading(self.t, **how), None, arms)))  # type: ignore[arg-type]
            self.t += STEP_S
        return self.said[first:]

    def asks(self, gesture: Gesture, **how: object) -> list[Feedback]:
        """Arms up, held, let go; long enough apart for the next one."""
        return self.arms(1.0, MAKES[gesture], **how) + self.arms(1.6, HANGING, **how)

    def presses(self, gesture: Gesture, **how: object) -> Feedback:
        self.said.append(as_read(self.coach.update(reading(self.t, **how), None, None, gesture)))  # type: ignore[arg-type]
        self.t += STEP_S
        return self.last

    def set_of(self, reps: tuple[Rep, ...]) -> None:
        """A set as the knees room judged it, and standing still until it is summed up."""
        for rep in reps:
            self.stays(0.5, phase=Phase.DOWN, left=GOOD, right=GOOD)
            self.said.append(as_read(self.coach.update(reading(self.t), rep)))
            self.t += STEP_S
        self.stays(6.5)


def standing(rules: CoachRules | None = None) -> Asking:
    visit = Asking(rules or CoachRules())
    visit.stays(1.0)
    return visit


# -- pause


def test_arms_out_pause_it_and_arms_out_or_hands_up_go_on() -> None:
    visit = standing()
    for resume in (Gesture.PAUSE, Gesture.START):
        said = visit.asks(Gesture.PAUSE)
        assert said[-1].state is State.PAUSED
        assert said[-1].instruction == "I'm not looking"
        assert said[-1].gestures == ("Arms out to the sides: go on",)
        assert visit.asks(resume)[-1].state is State.READY


def test_paused_it_judges_nothing_and_counts_nothing() -> None:
    visit = standing()
    visit.asks(Gesture.PAUSE)
    said = visit.squats(OFF, OFF)
    assert {feedback.state for feedback in said} == {State.PAUSED}
    assert {feedback.light for feedback in said} == {Light.OFF}
    assert all(feedback.sound is None for feedback in said)
    assert visit.last.reps_done == 0


def test_whoever_comes_after_somebody_who_paused_is_not_paused() -> None:
    visit = standing()
    visit.asks(Gesture.PAUSE)
    visit.stays(2.0, present=False)
    assert visit.stays(0.5)[-1].state is State.READY


# -- pages


def test_pages_are_turned_both_ways_and_left_past_either_end() -> None:
    visit = standing()
    seen = []
    for _ in PAGES:
        page = visit.asks(Gesture.NEXT)[-1].page
        assert page is not None
        seen.append(page.key)
    assert tuple(seen) == PAGES
    back = visit.asks(Gesture.BACK)[-1].page
    assert back is not None
    assert back.key == PAGES[-2]
    visit.asks(Gesture.NEXT)
    assert visit.asks(Gesture.NEXT)[-1].state is State.READY
    assert visit.asks(Gesture.BACK)[-1].state is State.READY


def test_the_note_to_ask_a_professional_is_two_gestures_away() -> None:
    visit = standing()
    visit.asks(Gesture.NEXT)
    page = visit.asks(Gesture.NEXT)[-1].page
    assert page is not None
    assert "Coaching only. If something hurts, stop and ask a professional." in page.lines


def test_squatting_closes_a_page_and_so_does_time() -> None:
    visit = standing()
    visit.asks(Gesture.NEXT)
    assert visit.squats()[0].state is State.SQUATTING
    visit = standing()
    visit.asks(Gesture.NEXT)
    assert visit.arms(41.0, HANGING)[-1].state is State.READY


# -- what stands in the way


def test_with_a_bar_held_gestures_are_off_and_it_says_so() -> None:
    visit = standing()
    said = visit.arms(2.0, AT_BAR)
    assert said[-1].bar_held
    assert said[-1].gestures == ("Hands on the bar: gestures are off",)
    assert all(feedback.gesture is None for feedback in visit.arms(0.4, MAKES[Gesture.PAUSE]))
    assert visit.presses(Gesture.PAUSE).state is State.PAUSED  # the button counts all the same


def test_in_a_squat_nothing_counts() -> None:
    visit = standing()
    said = visit.arms(3.0, MAKES[Gesture.PAUSE], phase=Phase.DOWN, left=GOOD, right=GOOD)
    assert {feedback.state for feedback in said} == {State.SQUATTING}
    assert visit.presses(Gesture.PAUSE, phase=Phase.DOWN).state is State.SQUATTING


def test_gestures_can_be_turned_off() -> None:
    visit = standing(CoachRules(gestures=False))
    said = visit.asks(Gesture.PAUSE)
    assert {(feedback.state, feedback.gestures) for feedback in said} == {(State.READY, ())}


def test_a_gesture_is_acknowledged_by_a_sound_except_where_it_is_quiet() -> None:
    assert [f.sound for f in standing().asks(Gesture.NEXT) if f.sound] == [Sound.ACCEPTED]
    assert [f.sound for f in standing(CoachRules(mode="quiet")).asks(Gesture.NEXT) if f.sound] == []


# -- the summary


def test_hands_up_end_a_set_and_then_its_summary() -> None:
    visit = standing()
    visit.squats()
    assert visit.asks(Gesture.START)[-1].state is State.SUMMARY
    assert visit.asks(Gesture.START)[-1].state is State.READY
    assert visit.last.reps_done == 0


def test_the_offer_of_a_summary_starts_its_comparison() -> None:
    visit = standing()
    visit.set_of(tuple(caving(13, 13, 13)))
    summary = visit.last.summary
    assert summary is not None
    assert summary.offer.startswith("Hands over your head: compare one set flat")
    step = visit.asks(Gesture.START)[-1].experiment
    assert step is not None
    assert (step.kind, step.n, step.done, step.title) == ("plates", 1, 0, "Set 1 of 2: flat on the floor")


# -- comparisons


def compare(visit: Asking, kind: str) -> None:
    for _ in range(PAGES.index(f"compare_{kind}") + 1):
        visit.asks(Gesture.NEXT)
    visit.asks(Gesture.START)


def test_a_comparison_is_guided_through_both_sets_to_its_result() -> None:
    visit = standing()
    compare(visit, "plates")
    visit.set_of(tuple(caving(13, 13, 13)))
    assert visit.last.state is State.SUMMARY
    first = visit.last.summary
    assert first is not None
    assert (first.compared, first.offer) == (None, "")
    assert visit.last.experiment is not None
    assert (visit.last.experiment.n, visit.last.experiment.done) == (2, 1)
    assert "plates under your heels" in visit.last.experiment.instruction
    visit.asks(Gesture.START)
    visit.set_of(tuple(caving(3, 3, 3)))
    second = visit.last.summary
    assert second is not None
    found = second.compared
    assert found is not None
    assert (found.a.name, found.b.name, found.a.reps, found.b.reps) == (
        "flat on the floor",
        "on plates",
        3,
        3,
    )
    assert "further out on plates" in found.sentences[0]
    assert found.sentences[-1] == "Two sets show what differs, not why."
    assert second.pattern_keys[0] == "plates_help"
    assert second.drill is not None
    assert second.drill.key == "lunge_stretch"
    visit.asks(Gesture.START)
    assert visit.last.experiment is None


def test_a_comparison_waits_for_somebody_who_fetches_plates_but_not_for_ever() -> None:
    for away_s, left in ((60.0, True), (200.0, False)):
        visit = standing()
        compare(visit, "load")
        visit.set_of(tuple(caving(3, 3, 3)))
        visit.stays(away_s, present=False)
        assert (visit.stays(0.5)[-1].experiment is not None) is left


def test_left_hand_up_stops_a_comparison() -> None:
    visit = standing()
    compare(visit, "band")
    assert "Left hand up: stop comparing" in visit.last.gestures
    assert visit.asks(Gesture.BACK)[-1].experiment is None


@pytest.mark.parametrize(
    ("before", "after", "word"), [((3, 3), (13, 13), "leave it off"), ((13, 13), (3, 3), "disagree")]
)
def test_a_band_that_makes_it_worse_is_dropped_and_the_evidence_is_called_mixed(
    before: tuple[float, ...], after: tuple[float, ...], word: str
) -> None:
    visit = standing()
    compare(visit, "band")
    visit.set_of(tuple(caving(*before)))
    visit.asks(Gesture.START)
    visit.set_of(tuple(caving(*after)))
    summary = visit.last.summary
    assert summary is not None
    assert summary.compared is not None
    assert word in " ".join(summary.compared.sentences)
    drill = summary.drill.key if summary.drill else ""
    assert (drill == "band_above_knees") is (word == "disagree")


def test_too_few_squats_are_said_not_to_be_comparable() -> None:
    visit = standing()
    compare(visit, "plates")
    visit.set_of(tuple(caving(13, 13, 13)))
    visit.asks(Gesture.START)
    visit.set_of(tuple(caving(3)))
    summary = visit.last.summary
    assert summary is not None
    assert summary.compared is not None
    assert summary.compared.sentences[0] == "Left knee: can't be compared, too few squats could be judged."


# -- a class


def test_a_class_shows_its_clock_between_squats_and_colour_in_them() -> None:
    visit = standing(CoachRules(mode="class", station="Rack 3", work_s=40.0, rest_s=20.0))
    assert visit.last.state is State.CLASS
    clock = visit.last.clock
    assert clock is not None
    assert (clock.station, clock.working, clock.length_s) == ("Rack 3", True, 40.0)
    said = visit.squats(OFF, OFF)
    assert Light.OFF_TRACK in {feedback.light for feedback in said}
    assert not any(feedback.cue or feedback.sound or feedback.praise for feedback in said)
    said = visit.stays(45.0)
    assert State.SUMMARY not in {feedback.state for feedback in said}
    assert said[-1].clock is not None
    assert not said[-1].clock.working
    assert visit.stays(1.0, present=False)[-1].state is State.CLASS
    assert visit.stays(1.5, present=False)[-1].state is State.CLASS


def test_hands_up_start_the_clock_of_a_class_anew() -> None:
    visit = standing(CoachRules(mode="class", work_s=40.0, rest_s=20.0))
    visit.stays(50.0)
    clock = visit.asks(Gesture.START)[-1].clock
    assert clock is not None
    assert clock.working
    assert clock.seconds_left == pytest.approx(38.2, abs=0.3)


def test_a_class_without_intervals_has_no_seconds() -> None:
    clock = standing(CoachRules(mode="class", station="Rack 1")).last.clock
    assert clock is not None
    assert (clock.seconds_left, clock.length_s) == (None, None)
