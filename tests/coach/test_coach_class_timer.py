"""A class: the clock its stations share, and the sets nobody sums up on the glass."""

from __future__ import annotations

from coach.readings import Visit

from mirror.coach.clock import Intervals, SharedTimer
from mirror.coach.feedback import ClassClock, State
from mirror.coach.rules import CoachRules

OWN = CoachRules(mode="class", station="Station 3", work_s=40.0, rest_s=20.0)


def told(clock: ClassClock) -> tuple[bool, float | None, float | None]:
    return clock.working, clock.seconds_left, clock.length_s


def test_a_shared_timer_goes_before_the_stations_own():
    shared: list[SharedTimer | None] = [None]
    clock = Intervals(OWN, lambda: shared[0])
    assert told(clock.at(100.0)) == (True, 40.0, 40.0)
    shared[0] = SharedTimer(zero_t=95.0, work_s=30.0, rest_s=15.0)
    assert told(clock.at(100.0)) == (True, 25.0, 30.0)
    assert told(clock.at(130.0)) == (False, 10.0, 15.0)
    assert told(clock.at(141.0)) == (True, 29.0, 30.0)
    shared[0] = None
    assert told(clock.at(150.0)) == (False, 10.0, 20.0)


def test_a_station_without_intervals_of_its_own_follows_too():
    clock = Intervals(CoachRules(mode="class"), lambda: SharedTimer(0.0, 30.0, 0.0))
    assert told(clock.at(29.0)) == (True, 1.0, 30.0)
    assert told(clock.at(30.0)) == (True, 30.0, 30.0)


def test_after_the_last_round_there_is_no_interval_and_before_the_start_the_first_waits():
    clock = Intervals(OWN, lambda: SharedTimer(zero_t=10.0, work_s=30.0, rest_s=15.0, rounds=2))
    assert told(clock.at(8.5)) == (True, 30.0, 30.0)
    assert told(clock.at(99.0)) == (False, 1.0, 15.0)
    assert told(clock.at(100.0)) == (False, None, None)


def test_a_set_that_ends_in_a_class_is_told_once_though_no_summary_is_shown():
    visit = Visit(CoachRules(mode="class"))
    visit.stays(3)
    visit.squats()
    visit.squats()
    visit.stays(8)
    over = [told.set_over for told in visit.said if told.set_over is not None]
    assert [len(summary.reps) for summary in over] == [2]
    assert over[0].headline
    assert all(told.summary is None for told in visit.said)


def test_elsewhere_it_is_the_summary_that_is_shown():
    visit = Visit(CoachRules())
    visit.stays(3)
    visit.squats()
    visit.stays(8)
    (over,) = [told for told in visit.said if told.set_over is not None]
    assert over.state is State.SUMMARY
    assert over.value.set_over is over.value.summary


def test_the_set_under_way_is_over_when_the_picture_ends():
    visit = Visit(CoachRules(mode="class"))
    visit.stays(3)
    visit.squats()
    ended = visit.coach.finish(visit.t)
    assert ended.set_over is not None
    assert len(ended.set_over.reps) == 1
    assert visit.coach.finish(visit.t).set_over is None
