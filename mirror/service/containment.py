"""Unforeseen exceptions, caught at the door of the room they happened in: told once a place and survived.

Only a room in which nothing goes well for ten seconds is given up. Knows no room and nothing of what a room
begins anew; what an incident means beyond a line in the journal is for those who listen.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from mirror.faults import OwnFault

log = logging.getLogger(__name__)

GIVE_UP_S = 10.0
"""A room that fails every time for so long will not come back by itself: the program ends in order."""
MOST_PLACES = 100
"""Places told one by one; a mirror runs for months."""
LONGEST_ERROR = 200
PACKAGE = Path(__file__).parents[1]


@dataclass(frozen=True, slots=True)
class Incident:
    """An unforeseen exception that was survived.

    room: where it was caught ("knees", "screen", "store"). place: where it came from, file and line within
    the package ("knees/rep_features.py:168"). error: the exception in a clause. at: seconds since 1970.
    """

    room: str
    place: str
    error: str
    at: float

    @property
    def sentence(self) -> str:
        """For a journal or a person."""
        return f"a fault of ours in {self.place} ({self.error})"


Report = Callable[[str, Exception], object]
"""What a room is given to say what nobody foresaw: its name, and the exception. For any thread."""


def logged(room: str, error: Exception) -> None:
    """A Report for whoever has nobody to tell."""
    log.error("%s: a fault of ours in %s (%s)", room, place_of(error), clause_of(error), exc_info=error)


def guarded(room: str, report: Report, do: Callable[..., object]) -> Callable[..., None]:
    """The same function behind a door: what nobody foresaw in it is reported, and nothing is raised."""

    def safely(*arguments: object) -> None:
        try:
            do(*arguments)
        except Exception as error:
            report(room, error)

    return safely


Listener = Callable[[Incident], None]
"""Told of the first incident at each place, in the thread where it happened; must not hold that up."""


class Incidents:
    """All rooms' incidents since the program started. For any thread."""

    def __init__(self, now: Callable[[], float] = time.time) -> None:
        self._now = now
        self._lock = threading.Lock()
        self._places: set[str] = set()
        self._by_room: Counter[str] = Counter()
        self._listeners: list[Listener] = []

    def listen(self, listener: Listener) -> None:
        """Tell this one, too."""
        self._listeners.append(listener)

    @property
    def by_room(self) -> dict[str, int]:
        """How many there were in each room."""
        with self._lock:
            return dict(self._by_room)

    def report(self, room: str, error: Exception) -> Incident:
        """Count it; the first time at its place, say it with its traceback and tell who listens."""
        found = Incident(room, place_of(error), clause_of(error), self._now())
        with self._lock:
            self._by_room[room] += 1
            first = found.place not in self._places and len(self._places) < MOST_PLACES
            if first:
                self._places.add(found.place)
        if first:
            log.error("%s: %s; it goes on", room, found.sentence, exc_info=error)
            self._tell(found)
        return found

    def _tell(self, found: Incident) -> None:
        for listener in self._listeners:
            try:
                listener(found)
            except Exception as error:
                log.warning("%s: the incident could not be kept (%s)", found.room, clause_of(error))


class Bulkhead:
    """The door of one room. Not for several threads.

    Call `held` after what went well, and `caught` with what did not.
    """

    def __init__(self, incidents: Incidents, give_up_s: float = GIVE_UP_S) -> None:
        """give_up_s: infinity for a room the mirror can do without."""
        self._incidents = incidents
        self._give_up_s = give_up_s
        self._failing_since: float | None = None

    def held(self) -> None:
        """Something went well here."""
        self._failing_since = None

    def caught(self, t: float, room: str, error: Exception) -> None:
        """Something went wrong at t, in seconds of a clock that never jumps.

        Raises OwnFault when nothing has gone well for too long.
        """
        found = self._incidents.report(room, error)
        if self._failing_since is None:
            self._failing_since = t
        elif t - self._failing_since >= self._give_up_s:
            raise own_fault(
                error, f"{found.sentence}, again and again for {self._give_up_s:.0f} s"
            ) from error


def own_fault(error: Exception, sentence: str = "") -> OwnFault:
    """The fault that ends a command because of an exception nobody foresaw."""
    said = sentence or f"a fault of ours in {place_of(error)} ({clause_of(error)})"
    return OwnFault(f"{said}; please report it.")


def place_of(error: BaseException) -> str:
    """The innermost place within the package, "knees/rep_features.py:168"; elsewhere only the file's name."""
    trace, found = error.__traceback__, "somewhere"
    while trace is not None:
        file = Path(trace.tb_frame.f_code.co_filename)
        if file.is_relative_to(PACKAGE):
            found = f"{file.relative_to(PACKAGE).as_posix()}:{trace.tb_lineno}"
        elif found == "somewhere" and trace.tb_next is None:
            found = f"{file.name}:{trace.tb_lineno}"
        trace = trace.tb_next
    return found


def clause_of(error: BaseException) -> str:
    """The exception in one line, its kind first."""
    text = " ".join(str(error).split())
    if len(text) > LONGEST_ERROR:
        text = text[: LONGEST_ERROR - 1] + "…"
    return f"{type(error).__name__}: {text}" if text else type(error).__name__
