"""Between sets: which one is next and how long the rest has been, and nothing of it for the next person."""

from __future__ import annotations

import pytest
from readings import GOOD, rep
from test_coach_asked import Asking, standing

from mirror.coach.coach import CoachRules
from mirror.coach.feedback import State
from mirror.coach.rest import AWAY_S, LONGEST_S, RestClock
from mirror.knees.reading import Phase

TELLS = CoachRules(tells_rest=True, summary_after_s=3.0, summary_for_s=4.0)


def after_sets(n: int, rules: CoachRules = TELLS) -> Asking:
    """Somebody who has done so many sets and stands there, the last summary read."""
    visit = standing(rules)
    for _ in range(n):
        visit.set_of((rep(1), rep(2)))
        visit.stays(rules.summary_for_s + 1)
    return visit


def test_before_the_first_set_there_is_no_rest() -> None:
    visit = standing(TELLS)
    assert visit.last.state is State.READY
    assert visit.last.rest is None


def test_a_rest_is_counted_from_the_last_squat_and_the_next_set_has_its_number() -> None:
    visit = after_sets(2)
    assert visit.last.state is State.READY
    assert visit.last.rest is not None
    assert visit.last.rest.next_set == 3
    before = visit.last.rest.seconds
    assert before == pytest.approx(6.5 + 5, abs=0.2), "the summary's time counts: it is rest as well"
    visit.stays(30.0)
    assert visit.last.rest.seconds - before == pytest.approx(30.0, abs=0.1)


def test_a_rest_is_told_only_while_somebody_stands_there_ready() -> None:
    visit = after_sets(1)
    moving = visit.stays(0.5, phase=Phase.DOWN, left=GOOD, right=GOOD)
    assert {feedback.rest for feedback in moving} == {None}
    shown = [feedback for feedback in after_sets(1).said if feedback.state is State.SUMMARY]
    assert {feedback.rest for feedback in shown} == {None}


@pytest.mark.parametrize(("away_s", "told"), [(AWAY_S - 20, True), (AWAY_S + 20, False)])
def test_who_fetches_a_bar_keeps_the_rest_and_who_leaves_is_forgotten(away_s: float, told: bool) -> None:
    visit = after_sets(1)
    visit.stays(away_s, present=False)
    visit.stays(2.0)
    assert visit.last.state is State.READY
    assert (visit.last.rest is not None) == told


def test_a_rest_of_twenty_minutes_is_none_and_counting_begins_anew() -> None:
    clock = RestClock(True)
    clock.set_over(10.0)
    assert clock.at(10.0 + LONGEST_S - 1) is not None
    assert clock.at(10.0 + LONGEST_S + 1) is None
    clock.set_over(5000.0)
    assert clock.at(5001.0).next_set == 2  # type: ignore[union-attr]


def test_nobody_is_told_who_does_not_want_it_nor_in_a_class() -> None:
    assert after_sets(1, CoachRules(summary_after_s=3.0, summary_for_s=4.0)).last.rest is None
    visit = standing(CoachRules(tells_rest=True, mode="class"))
    visit.set_of((rep(1), rep(2)))
    assert {feedback.rest for feedback in visit.stays(10.0)} == {None}
