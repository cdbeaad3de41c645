"""What only decorates may fail: it is left out, told, and takes no verdict, light or count with it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import simulate
from judged import judged
from readings import OFF, Visit

from mirror.camera.recording import RecordingSource, load
from mirror.coach import training
from mirror.coach.feedback import Light, State
from mirror.coach.lines import Cue, line
from mirror.coach.words import Words, words
from mirror.knees import repetition
from mirror.knees.decoration import reported_to, spared
from mirror.knees.reasons import Framing
from mirror.settings import Settings
from mirror.station.station import Station


def broken(*_: Any, **__: Any) -> Any:
    raise IndexError("nothing there")


@pytest.fixture
def left_out() -> Iterator[list[str]]:
    """What is left out, as on a mirror."""
    said: list[str] = []
    with reported_to(lambda what, fault: said.append(f"{what}: {fault}")):
        yield said


def sets() -> simulate.Simulated:
    return simulate.simulate([simulate.Stand(2.0), simulate.Squat(), simulate.Squat(), simulate.Stand(1.0)])


@pytest.mark.usefixtures("left_out")
def test_signs_that_fail_leave_verdicts_depth_and_count_as_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = judged(sets()).reps
    monkeypatch.setattr(repetition, "rep_features", broken)
    bare = judged(sets()).reps
    assert [rep.features for rep in bare] == [None, None]
    told = [(rep.n, rep.left, rep.right, rep.depth_deg) for rep in bare]
    assert told == [(rep.n, rep.left, rep.right, rep.depth_deg) for rep in whole]


@pytest.mark.usefixtures("left_out")
@pytest.mark.parametrize("part", ["find", "summarise"])
def test_patterns_and_summaries_that_fail_leave_light_and_count_as_they_are(
    part: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(training, part, broken)
    visit = Visit()
    visit.stays(1.0)
    said = visit.squats(OFF) + visit.squats(OFF)
    assert Light.OFF_TRACK in {feedback.light for feedback in said}
    assert visit.last.reps_done == 2
    visit.stays(7.0)
    assert visit.last.state is State.SUMMARY
    assert len(visit.last.summary.reps) == 2


@pytest.mark.usefixtures("left_out")
def test_words_that_fail_leave_light_and_count_as_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Words, "__call__", broken)
    visit = Visit()
    visit.stays(1.0, framing=Framing.STEP_BACK)
    assert visit.last.state is State.FRAMING
    visit.stays(1.0)
    said = visit.squats(OFF)
    assert Light.OFF_TRACK in {feedback.light for feedback in said}
    assert visit.last.reps_done == 1
    assert visit.stays(2.0, present=False)[-1].light is Light.OFF


def test_words_that_fail_are_left_out_of_what_is_shown_and_told(
    monkeypatch: pytest.MonkeyPatch, left_out: list[str]
) -> None:
    monkeypatch.setattr(Words, "__call__", broken)
    assert [words("en").line(shown) for shown in (Cue.CHEST_PROUD, line("note.ready"))] == ["", ""]
    assert left_out == ["words: nothing there"] * 2


def test_what_fails_is_told_each_time_to_whoever_keeps_count(left_out: list[str]) -> None:
    assert [spared("signs", broken, ()) for _ in range(2)] == [(), ()]
    assert left_out == ["signs: nothing there"] * 2


def test_a_station_keeps_count_of_what_is_left_out() -> None:
    recording = load(Path(__file__).parents[1] / "data" / "rendered" / "m_heavy-parallel-good.npz")
    source = RecordingSource(recording, pace=True)
    station = Station(Settings(), source, "", None, threading.Event())
    with station.running():
        assert spared("signs", broken, ()) == ()
    assert station._incidents.by_room["signs"] == 1
    with pytest.raises(IndexError):
        spared("signs", broken, ())


def test_tests_do_not_let_a_failure_pass() -> None:
    with pytest.raises(IndexError):
        spared("signs", broken, ())
