"""What is told of a person's own line, and verdicts that are known later than their repetition."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

from readings import CAUTION, GOOD, OFF, UNKNOWN, rep

from mirror.board.messages import LegMessage, RepMessage
from mirror.board.stations import FloorStation
from mirror.coach.feedback import nothing
from mirror.coach.rules import CoachRules
from mirror.coach.summary import far_inside_deg, moved_inside, summarise
from mirror.coach.training import Training
from mirror.coach.words import words
from mirror.knees.reading import LegFeatures, Rep, RepFeatures
from mirror.service.events import EventLog

SAY = words("en")
LEG = LegFeatures(2.0, 2.0, 2.0, 2.0, 2.0, 0.0, None, 0.6, 0.5, 0.0, 0.0)


def far_inside(n: int, inside_deg: float = 0.5) -> Rep:
    """A repetition of somebody whose knees are 14 degrees inside their toes in every squat."""
    one = rep(n, CAUTION, CAUTION, degrees=inside_deg)
    legs = {
        side: replace(getattr(one, side), baseline_deg=14.0, inside_own_track_deg=inside_deg)
        for side in ("left", "right")
    }
    return replace(one, features=RepFeatures(LEG, LEG, 1.3, 0.0, "toes"), **legs)


def test_knees_that_always_are_far_inside_are_told_so_and_not_as_moving_in() -> None:
    reps = [far_inside(n) for n in (1, 2, 3)]
    assert far_inside_deg(reps) == 14.0
    assert not any(moved_inside(one.left) for one in reps)
    sentence = SAY.line(summarise(reps, None, None).sentence)
    assert "about 14 degrees inside your toes in every squat" in sentence
    assert "moved" not in sentence


def test_one_of_them_that_leaves_even_that_line_moved_in() -> None:
    told = summarise([far_inside(1), far_inside(2, inside_deg=9.0)], None, None)
    assert "9 degrees inside your line on 1 of 2" in SAY.line(told.sentence)
    assert "14 degrees inside your toes" in SAY.line(told.own_line)


def test_the_own_line_is_explained_where_knees_were_compared_with_one() -> None:
    assert "squat well" in SAY.line(summarise([rep(1), rep(2, OFF, GOOD)], None, None).own_line)
    assert summarise([rep(1, UNKNOWN, UNKNOWN)], None, None).own_line is None


def test_a_verdict_known_later_takes_the_unknown_one_s_place_in_set_and_summary() -> None:
    training = Training(CoachRules())
    training.add(rep(1, UNKNOWN, UNKNOWN))
    training.add(rep(2))
    training.judged_late([rep(1, OFF, GOOD)])
    assert [one.left.verdict for one in training.reps] == [OFF, GOOD]
    training.end_set(20.0)
    training.judged_late([rep(2, GOOD, OFF)])
    assert training.summary is not None
    assert "on 1 of 2" in SAY.line(training.summary.sentence)
    assert "your right" in SAY.line(training.summary.sentence)


def test_the_event_log_tells_what_was_judged_late(tmp_path: Path) -> None:
    log = EventLog(tmp_path / "events.jsonl", SAY)
    log.write(1.0, nothing(1.0), rep(1, UNKNOWN, UNKNOWN))
    log.write(3.0, replace(nothing(3.0), judged_late=(rep(1, OFF, GOOD),)), None)
    log.close()
    lines = [json.loads(text) for text in (tmp_path / "events.jsonl").read_text().splitlines()]
    late = [one for one in lines if one["event"] == "judged_late"]
    assert [(one["n"], one["left"]["verdict"], one["t"]) for one in late] == [(1, "off_track", 3.0)]


def test_the_board_takes_a_verdict_that_comes_late_and_keeps_one_it_knows() -> None:
    station = FloorStation("rack", "Rack")
    unknown, off, good = (LegMessage(verdict, 1.0) for verdict in ("unknown", "off_track", "good"))
    station.add(RepMessage(1, 1, unknown, good))
    assert station.add(RepMessage(1, 1, off, good))
    assert [one.worst for one in station.reps] == ["off_track"]
    assert not station.add(RepMessage(1, 1, good, good)), "what is known comes twice at times"
