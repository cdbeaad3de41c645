"""The board and a real broker: stations are heard, the timer is told, a broker that goes is waited for."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator

import pytest
from board.mirrors import GOOD, OFF, Mirror
from broker import PATIENCE_S, Broker, Listener
from coach.readings import Visit

from mirror.board.board import Board
from mirror.board.mqtt_feed import Feed
from mirror.coach.feedback import Feedback, State
from mirror.coach.rules import CoachRules
from mirror.knees.reading import Rep, Verdict
from mirror.mqtt.setup import setup_for
from mirror.mqtt.station import mqtt_for
from mirror.settings import Settings


def settings(broker: Broker, **coach: object) -> Settings:
    return Settings.model_validate({"mqtt": {"broker": broker.address}, "coach": coach})


class Class:
    """A board at a broker."""

    def __init__(self, broker: Broker) -> None:
        setup = setup_for(settings(broker))
        assert setup is not None
        self.board = Board(setup.topics.prefix, setup.address)
        self.feed = Feed(self.board, setup, longest_wait_s=1)
        self.feed.start()

    def until(self, what: str, holds: Callable[[], object]) -> None:
        deadline, tick = time.monotonic() + PATIENCE_S, threading.Event()
        while not holds():
            assert time.monotonic() < deadline, f"never {what}: {self.board.snapshot('en')}"
            tick.wait(0.02)

    @property
    def cards(self) -> dict[str, dict]:
        return {card["name"]: card for card in self.board.snapshot("en")["stations"]}

    @property
    def connected(self) -> bool:
        return self.board.snapshot("en")["broker"]["connected"]


@pytest.fixture
def open_boards() -> Iterator[list[Class]]:
    boards: list[Class] = []
    yield boards
    for one in boards:
        one.feed.close()


@pytest.fixture
def klass(broker, open_boards) -> Class:
    one = Class(broker)
    open_boards.append(one)
    one.until("connected", lambda: one.connected)
    return one


class Visitor(Visit):
    """Somebody squats in front of a station that tells its broker."""

    told: object

    def _step(self, rep_now: Rep | None = None, **how: object) -> Feedback:
        read = super()._step(rep_now, **how)
        self.told.write(self.t, self.feedback, rep_now)  # type: ignore[attr-defined]
        return read


def test_what_a_station_tells_comes_up_on_the_board_and_stays_in_the_table(broker, klass):
    station = mqtt_for(settings(broker, station="Rack 3"))
    assert station is not None
    station.start()
    seen = Visitor(CoachRules())
    seen.told = station
    try:
        klass.until("there", lambda: klass.cards.get("Rack 3", {}).get("online"))
        klass.until("ready to tell", lambda: station.connected)
        seen.stays(3)
        for _ in range(2):
            seen.squats(Verdict.OFF_TRACK, Verdict.GOOD)
        klass.until("two repetitions", lambda: klass.cards["Rack 3"]["signs"] == ["off_track"] * 2)
        klass.until("worth a look", lambda: klass.cards["Rack 3"]["look"])
        seen.stays(8)
        klass.until("a finished set", klass.board.floor.sets)
    finally:
        station.close()
    (done,) = klass.board.floor.sets()
    assert (done.station, len(done.reps), done.worst) == ("Rack 3", 2, "off_track")
    klass.until("offline", lambda: not klass.cards["Rack 3"]["online"])


def test_a_board_that_comes_late_hears_what_the_broker_remembers(broker, open_boards):
    with Listener(broker.port) as listener:
        mirror = Mirror(lambda *said: publish(listener, *said), t=time.time())
        mirror.comes()
        mirror.squats((GOOD, GOOD), (GOOD, OFF))
        mirror.finishes((GOOD, GOOD), (GOOD, OFF))
        mirror.shows(State.IDLE)
        listener.until("all is said", lambda: listener.of("set") and len(listener.of("state")) == 2)
    late = Class(broker)
    open_boards.append(late)
    late.until("there", lambda: late.board.floor.sets() and "Rack 1" in late.cards)
    late.until("online", lambda: late.cards["Rack 1"]["online"])
    late.until("with its repetitions", lambda: len(late.cards["Rack 1"]["signs"]) == 2)
    assert late.cards["Rack 1"]["signs"] == ["good", "off_track"]


def publish(listener: Listener, topic: str, payload: bytes, retain: bool) -> None:
    listener.client.publish(topic, payload, qos=1, retain=retain)


def test_a_station_in_a_class_follows_the_boards_timer(broker, klass):
    station = mqtt_for(settings(broker, station="Rack 3", mode="class"))
    assert station is not None
    station.start()
    try:
        klass.until("there", lambda: klass.cards.get("Rack 3", {}).get("online"))
        assert station.shared() is None
        klass.board.ask("start", 30, 15, 4)
        klass.until("heard", lambda: station.shared() is not None)
        shared = station.shared()
        assert (shared.work_s, shared.rest_s, shared.rounds) == (30, 15, 4)
        klass.board.ask("stop", None, None, None)
        klass.until("its own again", lambda: station.shared() is None)
    finally:
        station.close()


def test_a_timer_set_while_the_broker_is_away_is_told_when_it_is_back(tmp_path, open_boards, caplog):
    caplog.set_level(logging.INFO)
    broker = Broker(tmp_path)
    with broker:
        one = Class(broker)
        open_boards.append(one)
        one.until("connected", lambda: one.connected)
        one.board.ask("start", 30, 15, 4)
        broker.kill()
        one.until("lost", lambda: not one.connected)
        one.board.ask("pause", None, None, None)
        one.board.ask("stop", None, None, None)
        broker.start()
        one.until("back", lambda: one.connected)
        with Listener(broker.port) as listener:
            at = one.board.timer.at  # an earlier change may come before it, and is told anew
            listener.until("all is said", lambda: listener.newest("timer").get("at") == at)
            stopped = [timer for timer in listener.of("timer") if timer["at"] == at][-1]
            assert stopped["started"] is None
            assert "paused_s" not in stopped
        assert one.board.timer.started is None
        (lost,) = [r.getMessage() for r in caplog.records if "goes on trying" in r.getMessage()]
        assert broker.address in lost


def test_two_boards_of_one_class_show_one_timer(broker, klass, open_boards):
    other = Class(broker)
    open_boards.append(other)
    other.until("connected", lambda: other.connected)
    klass.board.ask("start", 30, 15, 4)
    other.until("heard", lambda: other.board.timer.started is not None)
    other.board.ask("pause", None, None, None)
    klass.until("heard", lambda: klass.board.timer.paused_s is not None)
    assert klass.board.timer.started is None


def test_a_broker_that_lets_nobody_in_is_said_once(tmp_path, open_boards, caplog):
    with Broker(tmp_path, password=("gym", "secret")) as broker:
        one = Class(broker)
        open_boards.append(one)
        one.until("refused", lambda: "refuses the board" in caplog.text)
        assert not one.connected
        assert "see [mqtt] username and password_file" in caplog.text
