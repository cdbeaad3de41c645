"""A class's timer: work and rest for some rounds, which can stand still, and which stations understand."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mirror.board.board import Board
from mirror.board.timer import NotATimer, Timer, heard
from mirror.mqtt.topics import ClassTimer, decoded, encoded, timer_of, timer_topic

NOW = 1_800_000_000.0
TOPIC = timer_topic("squat-mirror")


def test_it_runs_for_all_rounds_without_a_rest_after_the_last():
    timer = Timer(work_s=40, rest_s=20, rounds=3).start(NOW)
    assert timer.length_s == 40 + 20 + 40 + 20 + 40
    assert timer.state(NOW + 159) == "running"
    assert timer.state(NOW + 160) == "over"
    assert timer.elapsed_s(NOW + 1000) == 160


def test_it_stands_still_and_goes_on_where_it_was():
    timer = Timer().start(NOW).pause(NOW + 25)
    assert (timer.state(NOW + 500), timer.elapsed_s(NOW + 500)) == ("paused", 25)
    on = timer.start(NOW + 500)
    assert (on.state(NOW + 501), on.elapsed_s(NOW + 501)) == ("running", 26)


def test_starting_what_runs_and_pausing_what_does_not_change_nothing():
    running = Timer().start(NOW)
    assert running.start(NOW + 10) == running
    assert Timer().pause(NOW) == Timer()
    assert running.stop().pause(NOW) == running.stop()


def test_one_that_is_over_starts_anew():
    timer = Timer(work_s=10, rest_s=0, rounds=1).start(NOW)
    assert timer.start(NOW + 60).elapsed_s(NOW + 61) == 1


@given(
    st.integers(5, 3600), st.integers(0, 3600), st.integers(1, 99), st.floats(0, 1e6), st.floats(0, 1e6)
)  # fmt: skip
def test_another_board_and_every_station_hear_the_same_timer(work_s, rest_s, rounds, began, paused):
    running = Timer().set_to(work_s, rest_s, rounds).start(NOW + began)
    assert heard(running.payload()) == running
    station = timer_of(running.payload())
    assert station is not None
    assert (station.started, station.work_s, station.rest_s, station.rounds) == (
        NOW + began, work_s, rest_s, rounds,
    )  # fmt: skip
    still = running.pause(NOW + began + paused)
    again = heard(still.payload())
    assert again.state(NOW) == still.state(NOW)
    assert again.elapsed_s(NOW) == pytest.approx(still.elapsed_s(NOW), abs=0.01)


def test_to_a_station_a_timer_that_stands_still_is_stopped():
    station = timer_of(Timer().start(NOW).pause(NOW + 5).payload())
    assert station is not None
    assert station.started is None


@pytest.mark.parametrize(
    ("work_s", "rest_s", "rounds"),
    [(4, 0, 1), (3601, 0, 1), (10, -1, 1), (10, 0, 0), (10, 0, 100), (10.5, 0, 1), ("10", 0, 1),
     (True, 0, 1), (None, 0, 1), (float("nan"), 0, 1), (10**400, 0, 1)],
)  # fmt: skip
def test_numbers_that_make_no_timer_are_refused_in_words(work_s, rest_s, rounds):
    with pytest.raises(NotATimer, match="must be a whole number from"):
        Timer().set_to(work_s, rest_s, rounds)


@pytest.mark.parametrize("started", ["now", -1, float("inf"), float("nan"), True, 10**400])
def test_a_time_that_is_none_is_refused(started):
    with pytest.raises(NotATimer, match="started must be seconds"):
        heard({"work_s": 40, "rest_s": 20, "rounds": 8, "started": started})


# -- asked for by a coach, and said to the stations


class Desk:
    """A board whose broker writes down what is said."""

    def __init__(self) -> None:
        self.now = NOW
        self.board = Board("squat-mirror", "broker:1883", wall=lambda: self.now)
        self.said: list[tuple[str, bytes]] = []
        self.board.publish = lambda topic, payload: self.said.append((topic, payload))

    @property
    def last(self) -> dict:
        topic, payload = self.said[-1]
        assert topic == TOPIC
        told = decoded(payload)
        assert told is not None
        return told


@pytest.fixture
def desk() -> Desk:
    return Desk()


def test_a_coach_starts_pauses_and_stops_it_and_the_stations_are_told(desk):
    desk.board.ask("start", 30, 15, 4)
    assert desk.last == {
        "schema": 1, "started": NOW, "work_s": 30, "rest_s": 15, "rounds": 4, "at": NOW,
    }  # fmt: skip
    desk.now += 10
    desk.board.ask("pause", None, None, None)
    assert desk.last["started"] is None
    assert desk.last["paused_s"] == 10
    desk.board.ask("start", 99, 99, 9)  # goes on: other intervals would be another class
    assert (desk.last["started"], desk.last["work_s"]) == (NOW, 30)
    desk.board.ask("stop", None, None, None)
    assert (desk.last["started"], "paused_s" in desk.last) == (None, False)
    assert desk.board.snapshot("en")["timer"]["state"] == "stopped"


def test_what_changes_nothing_is_not_said(desk):
    desk.board.ask("pause", None, None, None)
    desk.board.ask("stop", None, None, None)
    assert desk.said == []
    desk.board.ask("start", 30, 15, 4)
    desk.board.ask("start", 30, 15, 4)
    assert len(desk.said) == 1


@pytest.mark.parametrize("do", ["dance", None, 1, ["start"]])
def test_nothing_else_can_be_asked_for(desk, do):
    with pytest.raises(NotATimer, match="start, pause, stop"):
        desk.board.ask(do, 30, 15, 4)


def test_a_board_that_starts_during_a_class_goes_on_with_its_timer(desk):
    desk.board.ask("start", 30, 15, 4)
    later = Desk()
    later.now += 20
    later.board.hear(TOPIC, desk.said[-1][1], True)
    assert later.board.snapshot("en")["timer"] == {
        "state": "running", "elapsed_s": 20.0, "work_s": 30, "rest_s": 15, "rounds": 4,
    }  # fmt: skip


def test_an_old_word_that_comes_late_is_overruled_and_the_stations_are_told_anew(desk):
    desk.board.ask("start", 30, 15, 4)
    (_, old), desk.now = desk.said[-1], desk.now + 5
    desk.board.ask("stop", None, None, None)
    for remembered in (True, False):
        desk.board.hear(TOPIC, old, remembered)
        assert desk.board.timer.state(desk.now) == "stopped"
        assert desk.last["started"] is None
    assert len(desk.said) == 4


def test_what_is_asked_for_holds_although_the_clock_was_set_back(desk):
    desk.board.ask("start", 30, 15, 4)
    desk.now -= 3600
    desk.board.ask("stop", None, None, None)
    later = Desk()
    for _, payload in (desk.said[1], desk.said[0]):
        later.board.hear(TOPIC, payload, True)
    assert later.board.timer.started is None


def test_a_program_of_the_gyms_own_may_set_the_timer_without_saying_when(desk):
    desk.board.ask("start", 30, 15, 4)
    desk.now += 60
    said = b'{"started": 1800000050, "work_s": 60, "rest_s": 0, "rounds": 2}'
    desk.board.hear(TOPIC, said, True)  # remembered from before
    assert desk.board.timer.work_s == 30
    desk.board.hear(TOPIC, said, False)
    assert desk.board.snapshot("en")["timer"]["elapsed_s"] == 10
    assert desk.board.timer.work_s == 60


@pytest.mark.parametrize(
    "timer",
    [
        ClassTimer(NOW, 40.0, 20.0, None),
        ClassTimer(NOW, 0.5, 0.25, 3000),
        ClassTimer(NOW, 1e300, 0.0, None),
        ClassTimer(NOW, 86_400.0, 0.0, 10**300),
        ClassTimer(1e12, 40.0, 0.0, 8),
    ],
)
def test_the_board_shows_and_stops_every_timer_the_stations_run(desk, timer):
    payload = encoded(timer.payload())
    assert timer_of(decoded(payload)) is not None, "the stations would not run it"
    desk.board.hear(TOPIC, payload, False)
    told = desk.board.snapshot("en")["timer"]
    assert told["state"] == "running"
    assert json.loads(json.dumps(told, allow_nan=False)) == told
    desk.board.ask("stop", None, None, None)
    assert desk.last["started"] is None
    desk.board.ask("start", 30, 15, 4)
    assert desk.last["started"] == NOW


def test_nobody_has_the_last_word_for_ever(desk):
    """By a time of change that no clock shows."""
    theirs = ClassTimer(NOW, 40.0, 20.0, 8).payload() | {"at": 99_999_999_999.0}
    desk.board.hear(TOPIC, encoded(theirs), False)
    desk.now += 5
    desk.board.ask("stop", None, None, None)
    assert desk.last["at"] < desk.now + 86_400
    later = Desk()
    later.now = desk.now
    later.board.hear(TOPIC, desk.said[-1][1], True)
    assert later.board.timer.started is None


def test_a_board_whose_clock_is_set_back_does_not_argue_with_itself(desk):
    desk.board.ask("start", 30, 15, 4)
    desk.now -= 30 * 86_400
    desk.board.hear(TOPIC, desk.said[-1][1], False)
    assert len(desk.said) == 1


@pytest.mark.parametrize("payload", [b"", b"stop", b"[]", b'{"started": 1}', b"{" * 90_000])
def test_a_timer_that_is_none_stops_nothing(desk, payload):
    desk.board.ask("start", 30, 15, 4)
    desk.board.hear(TOPIC, payload, False)
    assert desk.board.timer.state(desk.now) == "running"
