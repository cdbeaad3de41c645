"""A summary in two pages: they turn by themselves, by hand as well, and count the same squats."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import groupby

from coach.in_words import summary_of
from readings import OFF, rep
from sets_seen import caving
from test_coach_asked import Asking, standing

from mirror.coach.feedback import Gesture, State
from mirror.coach.pages import SummaryPages


def after_a_caving_set() -> Asking:
    visit = standing()
    visit.set_of(tuple(rep(n, OFF, OFF) for n in (1, 2, 3)))
    return visit


def test_what_was_seen_comes_first_and_what_to_try_follows_by_itself() -> None:
    visit = after_a_caving_set()
    visit.stays(20.0)
    shown = [feedback for feedback in visit.said if feedback.state is State.SUMMARY]
    pages = [(page, len(list(same))) for page, same in groupby(feedback.summary_page for feedback in shown)]
    assert [page for page, _ in pages] == [0, 1]
    assert abs(pages[0][1] - pages[1][1]) <= 2
    assert visit.last.state is State.READY


def test_hands_turn_the_page_on_and_back() -> None:
    visit = after_a_caving_set()
    assert visit.last.summary_page == 0
    assert visit.presses(Gesture.NEXT).summary_page == 1
    assert visit.presses(Gesture.BACK).summary_page == 0
    assert visit.last.state is State.SUMMARY


def test_past_the_last_page_is_help() -> None:
    visit = after_a_caving_set()
    visit.presses(Gesture.NEXT)
    assert visit.presses(Gesture.NEXT).state is State.HELP


def test_a_summary_of_clean_squats_has_one_page() -> None:
    visit = standing()
    visit.set_of(tuple(rep(n) for n in (1, 2, 3)))
    assert visit.last.summary is not None
    assert visit.last.summary.pages == 1
    assert {feedback.summary_page for feedback in visit.stays(12.0)} == {0}


def test_a_page_turned_to_by_hand_has_its_full_time() -> None:
    pages = SummaryPages(16.0)
    pages.begin(100.0, 2)
    assert [pages.at(t) for t in (100.0, 107.9, 108.1)] == [0, 0, 1]
    assert pages.turn(-1, 115.0)
    assert not pages.turn(-1, 115.0)
    assert [pages.at(t) for t in (122.9, 123.1)] == [0, 1]
    assert not pages.over(130.9)
    assert pages.over(131.1)


def test_every_sentence_counts_all_squats_of_the_set() -> None:
    reps = [replace(one, is_reference=one.n == 1) for one in caving(0.0, 16.0, 16.0, 16.0)]
    told = summary_of(reps)
    assert told.patterns
    counted = re.findall(r"of (\d+) squats", " ".join((told.sentence, told.patterns[0])))
    assert counted == ["4", "4"]
