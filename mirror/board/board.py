"""The board itself: what is heard goes to the floor, what the coach asks for goes to the timer.

Stands between the broker and the pages, and knows neither: messages come in as topic and bytes, and go out
through whatever function it was given.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Protocol

from mirror.board.messages import LARGEST
from mirror.board.page_events import Hub
from mirror.board.stations import Floor
from mirror.board.timer import NotATimer, Timer, heard
from mirror.board.words import cue
from mirror.mqtt.topics import came_from, decoded, encoded, timer_topic

DOES = ("start", "pause", "stop")
A_DAY_S = 86_400.0


class Publish(Protocol):
    """Says something to every station, and has the broker remember it. Never waits."""

    def __call__(self, topic: str, payload: bytes) -> None: ...


@dataclass(frozen=True, slots=True)
class BrokerState:
    """Where the broker is, and whether it is there. name: for people, "host:port"."""

    name: str
    connected: bool = False


class Board:
    """One class. publish: set by whoever connects it to a broker; until then nothing leaves."""

    def __init__(
        self, prefix: str, broker: str, *, floor: Floor | None = None, wall: Callable[[], float] = time.time
    ) -> None:
        self.floor = floor or Floor(wall=wall)
        self.hub = Hub()
        self.publish: Publish = lambda topic, payload: None
        self._prefix = prefix
        self._wall = wall
        self._broker = BrokerState(broker)
        self._timer = Timer()

    @property
    def timer(self) -> Timer:
        """The class's timer as it is."""
        return self._timer

    def hear(self, topic: str, payload: bytes, remembered: bool) -> None:
        """A message of the broker's, from any thread. remembered: it was retained."""
        station_and_kind = came_from(self._prefix, topic)
        if topic == timer_topic(self._prefix):
            self._hear_timer(payload, remembered)
        elif station_and_kind and self.floor.hear(*station_and_kind, payload, remembered):
            self.hub.ring()

    def is_connected(self, connected: bool) -> None:
        """Whether the broker is there, from any thread."""
        self._broker = BrokerState(self._broker.name, connected)
        self.hub.ring()

    def ask(self, do: object, work_s: object, rest_s: object, rounds: object) -> None:
        """What a coach asks the timer for: start (also go on), pause or stop. Intervals are taken when it
        begins anew, and keep while it runs or stands still. Raises NotATimer.
        """
        if do not in DOES:
            raise NotATimer(f"do must be one of {', '.join(DOES)}")
        now, timer = self._wall(), self._timer
        if do == "start":
            if timer.state(now) in ("stopped", "over"):
                timer = timer.stop().set_to(work_s, rest_s, rounds)
            timer = timer.start(now)
        else:
            timer = timer.pause(now) if do == "pause" else timer.stop()
        if timer != self._timer:
            self._timer = timer.changed(now)
            self._say_timer()
        self.hub.ring()

    def begin_anew(self) -> None:
        """Another class: the finished sets go."""
        self.floor.begin_anew()
        self.hub.ring()

    def snapshot(self, language: str) -> dict[str, Any]:
        """Everything a page shows, in its language."""
        floor = self.floor.snapshot()
        for one in floor["stations"]:
            one["cue"] = cue(one["cue"], language) if one["cue"] else ""
        return {
            "broker": {"name": self._broker.name, "connected": self._broker.connected},
            "timer": self._timer.snapshot(self._wall()),
            **floor,
        }

    def _say_timer(self) -> None:
        self.publish(timer_topic(self._prefix), encoded(self._timer.payload()))

    def _hear_timer(self, payload: bytes, remembered: bool) -> None:
        """What another board or program set, or this board before it was restarted; our own comes back, too.

        The latest change holds. An earlier one can come after it: a message the broker had not acknowledged
        when it was lost is sent again once it is back. Then the stations are told anew.
        """
        said = decoded(payload) if len(payload) <= LARGEST else None
        try:
            timer = heard(said) if said else None
        except NotATimer:
            return
        if timer is None or timer == self._timer:
            return
        if timer.at > max(self._wall() + A_DAY_S, self._timer.at):
            timer = replace(timer, at=0.0)  # no clock says so: nobody shall have the last word for ever
        if not timer.at and not remembered:
            timer = timer.changed(self._wall())  # of a program that does not say when
        if timer.at < self._timer.at:
            self._say_timer()
            return
        self._timer = timer
        self.hub.ring()
