"""A set to take home: every number comes back from its code, and its page stays long enough to be read."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest
from coach.take_home_reader import read
from hypothesis import given
from hypothesis import strategies as st
from readings import rep
from test_coach_asked import standing

from mirror.coach.coach import CoachRules
from mirror.coach.feedback import SetSummary, State
from mirror.coach.pages import FOR_THE_CODE_S, SummaryPages
from mirror.coach.take_home import MOST_REPS, code
from mirror.coach.words import languages
from mirror.knees.reading import Rep, RepLeg, Verdict
from mirror.knees.squat import depth_label

DEGREES = st.none() | st.floats(-45.0, 75.0)


def near(value: float | None) -> Any:
    """The same in tenths; None is None."""
    return None if value is None else pytest.approx(value, abs=0.051)


@st.composite
def legs(draw: st.DrawFn) -> RepLeg:
    verdict = draw(st.sampled_from(list(Verdict)))
    inside = None if verdict is Verdict.UNKNOWN else draw(st.floats(-45.0, 75.0))
    return RepLeg(inside, inside, verdict, 0.9, inside, 0.0, 2.0, inside)


@st.composite
def repetitions(draw: st.DrawFn) -> Rep:
    depth, start = draw(DEGREES), draw(st.floats(0.0, 10_000.0))
    down, up = draw(st.floats(0.2, 60.0)), draw(st.floats(0.2, 60.0))
    left, right = draw(legs()), draw(legs())
    return Rep(1, start, start + down, start + down + up, depth, depth_label(depth), left, right, *[None] * 4)


@given(
    st.lists(repetitions(), max_size=30),
    st.none() | st.floats(0, 4e9),
    st.sampled_from(languages()),
)
def test_every_number_comes_back_from_a_code(reps: list[Rep], at: float | None, language: str) -> None:
    text = code(SetSummary(tuple(reps), None, None), language, at)
    assert re.fullmatch("[0-9A-Z-]+", text), "a QR code packs only these densely"
    back = read(text)
    assert back.minutes == (None if at is None else int(at // 60))
    assert (back.language, back.count) == (language, len(reps))
    newest = reps[-MOST_REPS:]
    assert len(back.reps) == len(newest)
    for told, done in zip(back.reps, newest, strict=True):
        assert told.verdicts == tuple(leg.verdict.value[0].upper() for leg in (done.left, done.right))
        insides = [leg.inside_own_track_deg for leg in (done.left, done.right)]
        assert told.inside_deg == tuple(
            None if one is None else pytest.approx(one, abs=0.051) for one in insides
        )
        assert told.depth == done.depth_label[0].upper()
        assert told.depth_deg == (
            None if done.depth_deg is None else pytest.approx(done.depth_deg, abs=0.051)
        )
        assert told.down_s == near(done.bottom_s - done.start_s)
        assert told.up_s == near(done.end_s - done.bottom_s)


def test_a_leg_that_was_not_judged_brings_no_degrees_home() -> None:
    unknown = replace(rep(1), left=RepLeg(9.0, 9.0, Verdict.UNKNOWN, 0.1, None, None, None, 9.0))
    assert read(code(SetSummary((unknown,), None, None), "en", None)).reps[0].inside_deg[0] is None


def test_a_code_as_docs_describe_it() -> None:
    leg = RepLeg(0.0, 0.0, Verdict.OFF_TRACK, 0.9, 0.0, 0.0, 2.0, 7.0)
    one = Rep(1, 0.0, 1.8, 3.0, -3.0, "parallel", leg, leg, None, None, None, None)
    assert code(SetSummary((one,), None, None), "en", 0.0) == "1000000EN01OOFUFUPD20I0C"


def test_a_summary_that_may_be_taken_home_has_a_second_page_and_others_do_not() -> None:
    for rules, pages in ((CoachRules(take_home=True), 2), (CoachRules(), 1)):
        visit = standing(rules)
        visit.set_of(tuple(rep(n) for n in (1, 2, 3)))
        assert visit.last.state is State.SUMMARY
        assert visit.last.summary is not None
        assert visit.last.summary.pages == pages


def test_a_page_with_a_code_stays_until_a_phone_is_fetched() -> None:
    pages = SummaryPages(16.0)
    pages.begin(100.0, 2, with_code=True)
    assert [pages.at(t) for t in (100.0, 107.9, 108.1, 130.0)] == [0, 0, 1, 1]
    assert not pages.over(116.0 + FOR_THE_CODE_S - 0.1)
    assert pages.over(116.0 + FOR_THE_CODE_S + 0.1)
    pages.begin(200.0, 2)
    assert pages.over(216.1)
