"""A set as text: the sentences that matter most, never more bytes than its code holds."""

from __future__ import annotations

import re

import pytest

from mirror.coach.feedback import SetSummary
from mirror.coach.lines import line
from mirror.coach.words import languages, words
from mirror.knees.reading import RepLeg, Verdict
from mirror.screen.samples import leg, rep
from mirror.screen.set_as_text import plain_text

GOOD = leg(1.0, Verdict.GOOD)


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("most", [120, 200, 412])
def test_a_text_is_never_longer_than_its_code_and_keeps_what_matters_most(language: str, most: int) -> None:
    knees = line("summary.clean", judged=9, n=9)
    reps = tuple(rep(n, GOOD, GOOD) for n in range(1, 10))
    told = SetSummary(reps, line("summary.reps_many", n=9), knees, tried=line("tried.plain"))
    say = words(language)
    text = plain_text(told, say, 1.79e9, most)
    assert len(text.encode()) <= most
    first, *lines = text.splitlines()
    assert re.fullmatch(r"Squat Mirror 2026-09-\d\d \d\d:\d\d", first)
    assert say("summary.reps_many", n=9) in lines
    if most == 412:
        assert say.line(knees) in lines
        assert say("summary.coaching_only") == lines[-1]


def test_a_text_has_each_squat_with_both_knees_and_a_sign_where_one_was_off_track() -> None:
    off = RepLeg(9.4, 9.4, Verdict.OFF_TRACK, 0.9, 9.4, 0.0, 2.0, 9.4)
    unknown = RepLeg(None, None, Verdict.UNKNOWN, 0.1)
    reps = (rep(1, off, unknown),)
    text = plain_text(SetSummary(reps, None, None), words("en"), None, 412)
    assert "left/right (! off track): 9!/?" in text
    assert text.splitlines()[0] == "Squat Mirror", "without a clock there is no date"
