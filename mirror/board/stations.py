"""Who is on the floor: the newest of every station, and the sets that were finished.

Told messages by station, kind and bytes; tells what a page shows. Knows no network and no HTML. Only the
newest is kept, of at most 32 stations; one the broker merely remembers from another day does not come up.
"""

from __future__ import annotations

import logging
import re
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from mirror.board.messages import (
    MOST_REPS,
    NAME,
    OFF_TRACK,
    UNKNOWN,
    FinishedSet,
    NotUnderstood,
    RepMessage,
    StateMessage,
    finished_set,
    moment,
    printable,
    rep,
)
from mirror.mqtt.topics import is_level, name_at

log = logging.getLogger(__name__)

MOST_STATIONS = 32
MOST_SETS = 1000
"""Finished sets kept: thirty sets of thirty-two stations."""
SHOWN_REPS = 12
"""Signs of a set's newest repetitions on a station's card."""
REMEMBERED_S = 12 * 3600.0
"""What a broker remembers from longer ago belongs to another class."""
A_CLOCK_IS_OFF_S = 60.0
"""What comes from the future by no more than this comes from a clock that is a little off."""
WORTH_A_LOOK = 2
"""Repetitions off track in one set from which it needs the coach's eye. One can be a stumble."""
SHOWN_FOR_S = 180.0
"""How long a card shows a set after its last repetition, while nobody squats there."""
SQUATTING = "squatting"
STANDING = ("ready", "class")
"""States in which a knee's sign means something, if there is one: as the event log writes them."""


def _is_news(rep: RepMessage, known: RepMessage | None) -> bool:
    """Whether a repetition is new, or a leg of it was unknown and is judged now."""
    if known is None:
        return True
    legs = ((known.left, rep.left), (known.right, rep.right))
    return any(before.verdict == UNKNOWN != now.verdict for before, now in legs)


@dataclass
class FloorStation:
    """One station. name: as it writes itself. heard_t, rep_t, gone_t: monotonic, gone_t None where unknown.

    reps: of its running set or the last one.
    """

    id: str
    name: str
    online: bool = False
    heard_t: float = 0.0
    gone_t: float | None = None
    rep_t: float = float("-inf")
    now: StateMessage | None = None
    reps: list[RepMessage] = field(default_factory=list)

    def snapshot(self, t: float) -> dict[str, Any]:
        """For the page, which puts keys into words. t: monotonic."""
        now = self.now
        begins = now is not None and now.state == SQUATTING and now.reps == 0
        reps = [] if begins else self._shown(t)
        left, right = self._knees(reps)
        off_track = sum(one.worst == OFF_TRACK for one in reps)
        if now and now.reps:
            off_track = max(off_track, now.counts[OFF_TRACK])
        return {
            "id": self.id,
            "name": self.name,
            "online": self.online,
            "silent_s": None if self.online or self.gone_t is None else round(max(0.0, t - self.gone_t)),
            "state": now.state if now else "",
            "live": self._live(left, right),
            "left": left,
            "right": right,
            "set": (now.number if now else 0) + begins,
            "reps": (now.reps if now else 0) or len(reps),
            "off_track": off_track,
            "signs": [one.worst for one in reps[-SHOWN_REPS:]],
            "cue": now.cue if now else "",
            "note": now.note if now else "",
            "look": self.online and off_track >= WORTH_A_LOOK,
        }

    def add(self, *reps: RepMessage) -> bool:
        """Those not known yet, and those judged since; of a later set, they take the earlier one's place."""
        newest = max((one.number for one in (*self.reps, *reps)), default=0)
        known = {(one.number, one.n): one for one in self.reps}
        new = [one for one in reps if one.number == newest and _is_news(one, known.get((one.number, one.n)))]
        if new:
            anew = {one.n for one in new}
            kept = [one for one in self.reps if one.number == newest and one.n not in anew]
            self.reps = sorted([*kept, *new], key=lambda one: one.n)[-MOST_REPS:]
        return bool(new)

    def _shown(self, t: float) -> list[RepMessage]:
        """The running set's repetitions; the last one's for a while."""
        now = self.now
        if now is not None and now.reps == 0 and t - self.rep_t > SHOWN_FOR_S:
            return []
        return [one for one in self.reps if now is None or one.number == now.number]

    def _knees(self, reps: list[RepMessage]) -> tuple[str, str]:
        """What each knee shows now; of a station that does not say, what its last repetition was."""
        now = self.now
        if now and now.left and now.right:
            return now.left, now.right
        running = reps if now and now.state == SQUATTING else []
        return (running[-1].left.verdict, running[-1].right.verdict) if running else (UNKNOWN, UNKNOWN)

    def _live(self, left: str, right: str) -> bool:
        """Whether the knees' signs are shown: unknown is a sign while somebody squats, else there is none."""
        if self.now is None or not self.online:
            return False
        standing = self.now.state in STANDING and (left, right) != (UNKNOWN, UNKNOWN)
        return self.now.state == SQUATTING or standing


class Floor:
    """All stations. May be told and asked from several threads."""

    def __init__(
        self, *, clock: Callable[[], float] = time.monotonic, wall: Callable[[], float] = time.time
    ) -> None:
        self._clock, self._wall = clock, wall
        self._lock = threading.Lock()
        self._stations: dict[str, FloorStation] = {}
        self._sets: deque[FinishedSet] = deque(maxlen=MOST_SETS)
        self._cleared_t = 0.0
        self._sets_version = 0

    def hear(self, station: str, kind: str, payload: bytes, remembered: bool) -> bool:
        """One message. station: its level of the topic. kind: online, state, rep or set. remembered: retained
        by the broker, not said just now. Whether it changed anything; what cannot be understood does not.
        """
        if not is_level(station):
            return False  # no station writes its name like that
        with self._lock:
            try:
                return self._hear(station, kind, payload, remembered)
            except NotUnderstood as why:
                log.debug("%s/%s is not understood: %s", station, kind, why)
                return False

    def snapshot(self) -> dict[str, Any]:
        """Every station for the page, by name, and a number that changes with the finished sets."""
        with self._lock:
            t = self._clock()
            seen = sorted(self._stations.values(), key=lambda one: natural(one.name))
            return {"stations": [one.snapshot(t) for one in seen], "sets": self._sets_version}

    def sets(self) -> list[FinishedSet]:
        """The finished sets, oldest first."""
        with self._lock:
            return list(self._sets)

    @property
    def sets_version(self) -> int:
        """Another number whenever the finished sets are others."""
        with self._lock:
            return self._sets_version

    def begin_anew(self) -> None:
        """Forget the finished sets, and stations that are gone: another class comes."""
        with self._lock:
            self._sets.clear()
            self._stations = {key: one for key, one in self._stations.items() if one.online}
            self._cleared_t = self._wall()
            self._sets_version += 1

    # -- messages, under the lock --------------------------------------------------------------------

    def _hear(self, station: str, kind: str, payload: bytes, remembered: bool) -> bool:
        if not payload:  # how a retained message is taken back
            return kind == "online" and self._stations.pop(station, None) is not None
        if kind == "online":
            return self._online(station, payload.strip() == b"1", remembered)
        if kind == "state":
            return self._state(station, moment(payload), remembered)
        if kind == "rep":
            return self._rep(station, rep(payload))
        return kind == "set" and self._set(station, finished_set(payload), remembered)

    def _online(self, station: str, online: bool, remembered: bool) -> bool:
        seen = self._stations.get(station)
        if seen is None and not online and remembered:
            return False  # it comes up with its state, if that is of today
        if seen is not None and seen.online and not online:
            seen.gone_t = seen.heard_t if remembered else self._clock()
        seen = self._called(station)
        changed, seen.online = seen.online != online, online
        return changed

    def _state(self, station: str, now: StateMessage, remembered: bool) -> bool:
        seen = self._stations.get(station)
        age_s = self._wall() - now.t
        if remembered and (seen is None or not seen.online):
            if not -A_CLOCK_IS_OFF_S <= age_s < REMEMBERED_S:
                return False
            seen = self._called(station)
            seen.gone_t = self._clock() - max(0.0, age_s)
        seen = self._called(station)
        if not remembered:
            seen.online = True  # who speaks is there, whatever an old last will says
        seen.name = now.station or seen.name
        if seen.now is not None and now.number < seen.now.number:
            seen.reps = []  # it counts from 1 again: it was switched off and on
        seen.now = now
        return True

    def _rep(self, station: str, one: RepMessage) -> bool:
        seen = self._called(station)
        seen.rep_t = self._clock()
        return seen.add(one)

    def _set(self, station: str, done: FinishedSet, remembered: bool) -> bool:
        age_s = self._wall() - done.t
        if remembered and not (self._cleared_t <= done.t and -A_CLOCK_IS_OFF_S <= age_s < REMEMBERED_S):
            return False
        if any((old.station, old.t, old.number) == (done.station, done.t, done.number) for old in self._sets):
            return False
        seen = self._stations.get(station)
        if seen is not None and seen.add(*done.reps):
            seen.rep_t = self._clock() - max(0.0, age_s if remembered else 0.0)
        self._sets.append(done if remembered else replace(done, when=self._wall()))
        self._sets_version += 1
        return True

    def _called(self, station: str) -> FloorStation:
        """The station of this name, new if need be. Of too many, the one gone and silent longest leaves."""
        seen = self._stations.get(station)
        if seen is None:
            if len(self._stations) >= MOST_STATIONS:
                silent = min(self._stations.values(), key=lambda one: (one.online, one.heard_t))
                del self._stations[silent.id]
            seen = self._stations[station] = FloorStation(station, printable(name_at(station), NAME))
        seen.heard_t = self._clock()
        return seen


def natural(name: str) -> list[tuple[int, int, str]]:
    """A key that sorts Rack 2 before Rack 10."""
    parts = re.split(r"([0-9]+)", name.casefold())
    return [(0, int(part), "") if part.isdecimal() else (1, 0, part) for part in parts if part]
