"""What the mirror remembers of sets: numbers in SQLite on this computer, never a picture, never a name.

One small writer thread; whoever hands over a record never waits. Knows records and rows only: nothing of
coaches or screens.
"""

from __future__ import annotations

import logging
import sqlite3
import threading
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import Protocol

from mirror.service.containment import Report, logged
from mirror.service.wall_clock import A_DAY_S, CLOCK_IS_SET, FIRST_DATE_S, plausible

log = logging.getLogger(__name__)

FILE_NAME = "sets.sqlite"
QUEUE = 64
"""Records that wait while the disk does: a long evening's sets. One more is dropped and counted."""
FIRST_WAIT_S, LONGEST_WAIT_S = 1.0, 60.0
"""Before the first and between later attempts to write to a disk that refuses."""
CLEAN_EVERY_S = A_DAY_S
ASK_AGAIN_S = 600.0
"""After a clock that was not believed: most are set within minutes of the start, and many mirrors are off at
night."""
MOST_ASIDE = 3
"""Damaged databases kept for somebody to look at, each with its log and index."""

MIGRATIONS = (
    """
    CREATE TABLE visits (id INTEGER PRIMARY KEY, began REAL NOT NULL, ended REAL);
    CREATE TABLE sets (
        id INTEGER PRIMARY KEY, visit INTEGER REFERENCES visits ON DELETE CASCADE, at REAL NOT NULL,
        clock_set INTEGER NOT NULL, reps INTEGER NOT NULL, headline TEXT NOT NULL, sentence TEXT NOT NULL);
    CREATE INDEX sets_at ON sets (at);
    CREATE TABLE reps (
        id INTEGER PRIMARY KEY, "set" INTEGER NOT NULL REFERENCES sets ON DELETE CASCADE, n INTEGER NOT NULL,
        start_s REAL NOT NULL, bottom_s REAL NOT NULL, end_s REAL NOT NULL,
        depth_deg REAL, depth_label TEXT NOT NULL, is_reference INTEGER NOT NULL,
        left_verdict TEXT NOT NULL, left_deviation_deg REAL, left_judged_share REAL NOT NULL,
        right_verdict TEXT NOT NULL, right_deviation_deg REAL, right_judged_share REAL NOT NULL);
    CREATE INDEX reps_set ON reps ("set");
    CREATE TABLE faults (id INTEGER PRIMARY KEY, at REAL NOT NULL, what TEXT NOT NULL, says TEXT NOT NULL);
    """,
)
"""What brings the file from each schema to the next; `PRAGMA user_version` counts those done."""


NO_RECORD = (sqlite3.ProgrammingError, sqlite3.InterfaceError, sqlite3.IntegrityError, sqlite3.DataError)
"""What SQLite says of a record that is none, and no disk and no patience would change."""


class Record(Protocol):
    """Something to keep. `write` puts it into the tables and returns its row's id; the store commits."""

    def write(self, rows: sqlite3.Connection) -> int: ...


class NotKept(Exception):
    """A record that was not written: the queue was full, or the store closed first."""


class TooNew(Exception):
    """The file was made by a newer release."""


class Store:
    """Keeps records, in order, as soon as the disk takes them.

    A full or read-only disk is said once; records wait (64 at most, more are dropped and counted) and are
    written when there is room again. A file that is no database is moved aside and a new one begun. What
    was acknowledged, by `keep()`'s Future, is on the disk: it survives a power cut.

    dropped: how many records were not kept.
    """

    def __init__(
        self,
        path: Path,
        keep_days: float,
        *,
        now: Callable[[], float] = time.time,
        clock_is_set: Callable[[], bool] = CLOCK_IS_SET.exists,
        queue: int = QUEUE,
        report: Report = logged,
    ) -> None:
        """keep_days: older records are deleted at the start and once a day, by a clock that is believed.

        clock_is_set: whether the network set the clock. One that nobody vouches for is believed, too, while
        it is `plausible`. report: told of what nobody foresaw; the writer goes on.
        """
        self._report = report
        self.path = path
        self.dropped = 0
        self._keep_s = A_DAY_S * keep_days
        self._now, self._clock_is_set = now, clock_is_set
        self._room = queue
        self._waiting: deque[tuple[Record, Future[int]]] = deque()
        self._changed = threading.Condition()
        self._closing = False
        self._rows: sqlite3.Connection | None = None
        self._trouble = ""
        self._clean_t = float("-inf")
        self._newest = float("-inf")
        self._doubted = False
        self._thread = threading.Thread(target=self._run, name="store", daemon=True)
        self._thread.start()

    def keep(self, record: Record) -> Future[int]:
        """Hand over a record; never waits. The Future has its row's id once it is safely on the disk, or
        NotKept."""
        done: Future[int] = Future()
        with self._changed:
            if self._closing or len(self._waiting) >= self._room:
                self.dropped += 1
                done.set_exception(NotKept("the store is closed" if self._closing else "the store is full"))
            else:
                self._waiting.append((record, done))
                self._changed.notify()
        return done

    def believes(self, at: float) -> bool:
        """Whether a clock that says `at` (seconds since 1970) can be right, beside the sets that are kept."""
        return plausible(at, self._newest)

    def close(self, timeout: float = 1.0) -> None:
        """Write what waits, if the disk takes it, and end; may be called twice."""
        with self._changed:
            self._closing = True
            self._changed.notify()
        self._thread.join(timeout)

    # -- the writer thread -----------------------------------------------------------------------------

    def _run(self) -> None:
        wait_s = FIRST_WAIT_S
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._waiting or self._closing, self._until_cleaning())
                closing = self._closing
            try:
                self._write_all()
                wait_s = FIRST_WAIT_S
            except (sqlite3.Error, OSError, TooNew) as error:
                self._let_go()
                self._say_trouble(error)
                if not closing:
                    self._pause(wait_s)
                    wait_s = min(2.0 * wait_s, LONGEST_WAIT_S)
                    continue
            except Exception as error:
                self._let_go()
                self._report("store", error)
                if not closing:
                    self._pause(wait_s)
                    continue
            if closing:
                return self._end()

    def _until_cleaning(self) -> float:
        return max(0.0, self._clean_t - time.monotonic())

    def _pause(self, seconds: float) -> None:
        with self._changed:
            self._changed.wait_for(lambda: self._closing, seconds)

    def _write_all(self) -> None:
        """Everything that waits, each in a transaction of its own; raises what the disk says."""
        rows = self._opened()
        begun_anew = False
        if self._until_cleaning() == 0.0:
            self._clean(rows)
        while self._waiting:
            record, done = self._waiting[0]
            try:
                with rows:
                    row = record.write(rows)
                    newest = newest_believed(rows)
            except sqlite3.DatabaseError as error:
                if isinstance(error, NO_RECORD):
                    self._drop(done, error)
                    continue
                if begun_anew or not _is_corrupt(error):
                    raise
                rows, begun_anew = self._begun_anew(error), True
                continue
            except OSError:
                raise
            except Exception as error:
                self._drop(done, error)
                continue
            with self._changed:
                self._waiting.popleft()
            self._newest = newest
            self._say_well()
            done.set_result(row)

    def _drop(self, done: Future[int], error: Exception) -> None:
        """The first record cannot be written on any disk: it must not hold up those behind it."""
        with self._changed:
            self._waiting.popleft()
            self.dropped += 1
        self._report("store", error)
        done.set_exception(NotKept("the record is of no kind that can be kept"))

    def _opened(self) -> sqlite3.Connection:
        if self._rows is not None and self.path.exists():
            return self._rows
        self._let_go()  # a file that somebody deleted takes no more records
        try:
            self._rows = open_rows(self.path)
            (verdict,) = self._rows.execute("PRAGMA quick_check(1)").fetchone()
            if verdict != "ok":
                return self._begun_anew(sqlite3.DatabaseError(verdict))
        except sqlite3.DatabaseError as error:
            if not _is_corrupt(error):
                raise
            return self._begun_anew(error)
        return self._rows

    def _begun_anew(self, error: Exception) -> sqlite3.Connection:
        """The broken file out of the way and a new one in its place."""
        self._let_go()
        aside = move_aside(self.path, self._now())
        log.warning("store: %s is damaged (%s); it is now %s, and a new one begins", self.path, error, aside)
        self._rows = open_rows(self.path)
        return self._rows

    def _clean(self, rows: sqlite3.Connection) -> None:
        """Delete what is older than it may be. A clock that may be wrong deletes nothing."""
        now = self._now()
        self._newest = newest_believed(rows)
        believed = self._clock_is_set() or self.believes(now)
        if believed:
            date_anew(rows, now)
            delete_before(rows, now - self._keep_s)
            for aside in _asides(self.path):
                if aside.stat().st_mtime < now - self._keep_s:
                    aside.unlink()
        self._say_doubt(now, believed)
        self._clean_t = time.monotonic() + (CLEAN_EVERY_S if believed else ASK_AGAIN_S)

    def _let_go(self) -> None:
        rows, self._rows = self._rows, None
        if rows is not None:
            try:
                rows.close()
            except sqlite3.Error as error:
                log.debug("store: %s", error)

    def _say_doubt(self, now: float, believed: bool) -> None:
        """Once, while it lasts."""
        if not believed and not self._doubted:
            says = time.strftime("%Y-%m-%d", time.gmtime(now))
            log.warning("store: the clock says %s, which cannot be right; no set is deleted by it", says)
        self._doubted = not believed

    def _say_trouble(self, error: Exception) -> None:
        if not self._trouble:
            log.warning("store: %s cannot be written (%s); sets wait for it", self.path, error)
        self._trouble = str(error)

    def _say_well(self) -> None:
        if self._trouble:
            log.warning("store: %s is written again; %d records were not kept", self.path, self.dropped)
        self._trouble = ""

    def _end(self) -> None:
        self._let_go()
        with self._changed:
            lost = len(self._waiting)
            self.dropped += lost
            for _, done in self._waiting:
                done.set_exception(NotKept("the store closed before it could be written"))
            self._waiting.clear()
        if lost:
            log.warning("store: closed with %d records not kept", lost)


def open_rows(path: Path) -> sqlite3.Connection:
    """The database at `path`, made where there is none and brought to the newest schema.

    Write-ahead log, every commit forced to the disk. Raises sqlite3.Error, OSError or TooNew.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    rows = sqlite3.connect(path, timeout=5.0, check_same_thread=False)
    try:
        rows.execute("PRAGMA journal_mode = WAL")
        rows.execute("PRAGMA synchronous = FULL")
        rows.execute("PRAGMA foreign_keys = ON")
        rows.execute("PRAGMA secure_delete = ON")  # what is deleted is overwritten
        _migrate(rows)
    except BaseException:
        rows.close()
        raise
    return rows


def _migrate(rows: sqlite3.Connection) -> None:
    (done,) = rows.execute("PRAGMA user_version").fetchone()
    if done > len(MIGRATIONS):
        raise TooNew(f"it was made by a newer release (schema {done}, this one knows {len(MIGRATIONS)})")
    for number, script in enumerate(MIGRATIONS[done:], done + 1):
        rows.executescript(f"BEGIN IMMEDIATE; {script}; PRAGMA user_version = {number}; COMMIT;")


def newest_believed(rows: sqlite3.Connection) -> float:
    """When the newest set was kept whose clock was believed, in seconds since 1970; -inf without one."""
    (at,) = rows.execute("SELECT max(at) FROM sets WHERE clock_set").fetchone()
    return float("-inf") if at is None else float(at)


def date_anew(rows: sqlite3.Connection, now: float) -> None:
    """Give sets and faults whose date cannot be right that of `now`, by a clock that is believed.

    So one from 1970 is not deleted minutes after it was kept, and one from 2099 is deleted in the end.
    """
    ahead = now + A_DAY_S
    with rows:
        rows.execute(
            "UPDATE sets SET at = ?, clock_set = 0 WHERE at > ? OR (NOT clock_set AND at < ?)",
            (now, ahead, FIRST_DATE_S),
        )
        rows.execute("UPDATE faults SET at = ? WHERE at > ?", (now, ahead))


def delete_before(rows: sqlite3.Connection, at: float) -> int:
    """Delete sets and faults before `at`, in seconds since 1970; how many sets that were."""
    with rows:
        gone = rows.execute("DELETE FROM sets WHERE at < ?", (at,)).rowcount
        rows.execute("DELETE FROM faults WHERE at < ?", (at,))
        rows.execute("DELETE FROM visits WHERE id NOT IN (SELECT visit FROM sets WHERE visit IS NOT NULL)")
    return gone


def delete_everything(rows: sqlite3.Connection) -> int:
    """Delete every set, visit and fault; how many sets that were."""
    with rows:
        gone = rows.execute("DELETE FROM sets").rowcount
        rows.execute("DELETE FROM visits")
        rows.execute("DELETE FROM faults")
    return gone


def _asides(path: Path) -> list[Path]:
    """Everything that was moved aside, oldest first."""
    return sorted(path.parent.glob(f"{path.name}.corrupt-*"))


def move_aside(path: Path, now: float) -> Path:
    """Rename a damaged database and what belongs to it; the new name of the database itself.

    A disk that damages file after file keeps the newest few only.
    """
    for old in _asides(path)[: -3 * MOST_ASIDE]:
        old.unlink()
    stamp = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(now))
    aside = path.with_name(f"{path.name}.corrupt-{stamp}")
    number = 1
    while aside.exists():
        number += 1
        aside = path.with_name(f"{path.name}.corrupt-{stamp}-{number}")
    for suffix in ("-wal", "-shm", ""):
        part = path.with_name(path.name + suffix)
        if part.exists():
            part.rename(aside.with_name(aside.name + suffix))
    return aside


def _is_corrupt(error: sqlite3.DatabaseError) -> bool:
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    return code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
