"""What a start of the mirror knows of those before it, since the computer started: a small file in memory.

A mirror that fails again and again by a fault of its own rests between its starts, and never has the computer
started anew. A camera or a display that was there and stays away does. Knows neither screen nor camera.
"""

from __future__ import annotations

import contextlib
import json
import logging
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from mirror.faults import BadInput, PartMissing, StaysAway
from mirror.files.writing import replace_whole

log = logging.getLogger(__name__)

FILE_NAME = "starts.json"
MANY_ENDS, WITHIN_S = 3, 600.0
"""So many ends within so long that nobody asked for: two may be chance, the third will not be the last."""
ONE_START_EVERY_S = 60.0
"""How often it is started then: nobody waits long for a mirror that works again, and somebody can read the
fault scene meanwhile."""
STAYS_AWAY_S = 600.0
"""A camera or a display that is looked for in vain for so long does not come back by itself: by then it was
looked for some seventy times, and the mirror was started anew eight times."""
LEAST_UPTIME_S = 3600.0
"""A computer that started less than an hour ago is not started anew: at most once an hour, come what may."""
NOTED_EVERY_S = 10.0
HANGS_S = 60.0
"""Opening a camera takes a second or two; systemd ends a start after two minutes (`TimeoutStartSec=`)."""


@dataclass(frozen=True, slots=True)
class StartHistory:
    """What is remembered. Times in seconds on the monotonic clock, which begins with the computer's start.

    started_t: the newest start. running: nobody has said yet how that one ended. resting: it draws the fault
    scene instead. opening_t: since when it opens the camera. ends: when it ended without being asked.
    camera_missed_s, display_missed_s: for how long it was looked for in vain since it was there last; None
    where there was none since the computer started. Only looking counts: who ends before has not looked.
    """

    started_t: float | None = None
    running: bool = False
    resting: bool = False
    opening_t: float | None = None
    ends: tuple[float, ...] = ()
    camera_missed_s: float | None = None
    display_missed_s: float | None = None


@dataclass(frozen=True, slots=True)
class Rest:
    """How long to wait before a start, and whether without a picture: drawing one ended the last rest."""

    seconds: float = 0.0
    ends: int = 0
    blind: bool = False


class Starts:
    """The mirror's starts, this one and those before it.

    folder: systemd's, for what lasts as long as the computer runs; None remembers nothing, rests never and
    raises nothing, which is right wherever a person has started the mirror. clock: seconds, monotonic.
    """

    def __init__(self, folder: Path | None, clock: Callable[[], float] = time.monotonic) -> None:
        self._file = folder / FILE_NAME if folder else None
        self._clock = clock
        self._looked_t: float | None = None
        self._record = read(self._file) if self._file else StartHistory()

    def rest(self) -> Rest:
        """How long to rest before this start; until `running` an end without a word is one of the rest."""
        now, before = self._clock(), self._record
        ends = recent(before, now)
        if before.running:  # it left without a word: ended by the watchdog, for its memory, or it crashed
            ends = (*ends, now)
            before = replace(before, camera_missed_s=_missed_opening(before, now))
        blind = before.running and before.resting
        self._note(replace(before, running=True, resting=False, opening_t=None, ends=ends))
        if len(ends) < MANY_ENDS or before.started_t is None:
            return Rest(ends=len(ends))
        return Rest(max(before.started_t + ONE_START_EVERY_S - now, 0.0), len(ends), blind)

    def draws_rest(self) -> None:
        """From now on a crash is one of the fault scene's drawing: the next rest does without."""
        self._note(replace(self._record, resting=True))

    @contextlib.contextmanager
    def running(self) -> Iterator[None]:
        """A start of the mirror, and its end.

        A fault on the way out is remembered, unless only a person or a new start of the computer can mend it.
        An end that was asked for forgets the faults before it.
        """
        self._note(replace(self._record, started_t=self._clock(), running=True, resting=False))
        ends: tuple[float, ...] = ()
        try:
            yield
        except (BadInput, PartMissing, StaysAway):
            raise
        except Exception:
            ends = (*self._record.ends, self._clock())
            raise
        finally:
            self._note(replace(self._record, running=False, ends=ends))

    def sees(self, *, camera: bool, display: bool | None, busy: bool) -> None:
        """What is there now; call as often as convenient.

        display: None where none is wanted. busy: somebody trains, and a display may wait.
        Raises StaysAway when one that was there has been away for STAYS_AWAY_S.
        """
        now = self._clock()
        since_s = 0.0 if self._looked_t is None else now - self._looked_t
        if self._file is None or (self._looked_t is not None and since_s < NOTED_EVERY_S):
            return
        self._looked_t = now
        known = self._record
        camera_s = _missed(known.camera_missed_s, camera, since_s)
        display_s = _missed(known.display_missed_s, display, since_s)
        self._note(replace(known, camera_missed_s=camera_s, display_missed_s=display_s))
        if not camera:
            _stays_away("camera", now, camera_s)
        if display is False and not busy:
            _stays_away("display", now, display_s)

    @contextlib.contextmanager
    def opening(self) -> Iterator[None]:
        """While the camera is opened, which may hang in its driver for ever.

        Raises StaysAway, before anything is opened, where that is known already: closing a camera that hangs
        may have ended the mirror before this one without its exit code.
        """
        now = self._clock()
        if self._file is not None:
            _stays_away("camera", now, self._record.camera_missed_s)
        self._note(replace(self._record, opening_t=now))
        yield
        self._note(replace(self._record, opening_t=None))

    def _note(self, record: StartHistory) -> None:
        self._record = record
        if self._file is None:
            return
        try:
            replace_whole(self._file, json.dumps(asdict(record)).encode(), alone=True)
        except OSError as error:  # then the next start knows nothing of this one, and simply starts
            log.debug("%s cannot be written: %s", self._file, error.strerror)


def read(file: Path) -> StartHistory:
    """What is remembered; nothing where there is no such file or it makes no sense."""
    try:
        document = json.loads(file.read_text("utf-8"))
        names = ("started_t", "opening_t", "camera_missed_s", "display_missed_s")
        numbers = {name: _seconds(document[name]) for name in names}
        ends = tuple(float(t) for t in document["ends"])
        return StartHistory(
            running=bool(document["running"]), resting=bool(document["resting"]), ends=ends, **numbers
        )
    except (OSError, ValueError, TypeError, KeyError):
        return StartHistory()


def recent(record: StartHistory, now: float) -> tuple[float, ...]:
    """The ends nobody asked for of the last WITHIN_S."""
    return tuple(t for t in record.ends if now - WITHIN_S <= t <= now)


def _seconds(document: object) -> float | None:
    return None if document is None else float(document)  # type: ignore[arg-type]


def _missed(before_s: float | None, there: bool | None, since_s: float) -> float | None:
    """For how long it has been looked for in vain now. there: None where nobody looks."""
    if there:
        return 0.0
    return before_s if there is None or before_s is None else before_s + since_s


def _missed_opening(before: StartHistory, now: float) -> float | None:
    """The same, after a start that was ended while it hung in opening the camera."""
    took_s = 0.0 if before.opening_t is None else now - before.opening_t
    return _missed(before.camera_missed_s, False, took_s if took_s >= HANGS_S else 0.0)


def _stays_away(what: str, now: float, missed_s: float | None) -> None:
    """Raise StaysAway, but never for what was not there since the computer's start: that did not help."""
    if missed_s is None or missed_s < STAYS_AWAY_S or now < LEAST_UPTIME_S:
        return
    raise StaysAway(f"the {what} has been away for {missed_s / 60:.0f} minutes; the computer starts anew")
