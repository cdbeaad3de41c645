"""Turns what the coach says into the store's records: visits, sets with their repetitions, and faults.

Called in the eyes thread, so it only hands over. The wall clock is a label on a set and nothing more: every
duration comes from the frames' own time.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar

from mirror.coach.feedback import Feedback, Light, SetSummary, State
from mirror.coach.words import Words
from mirror.knees.reading import Rep, RepLeg
from mirror.service.wall_clock import CLOCK_IS_SET

if TYPE_CHECKING:
    from mirror.history.database import Store


@dataclass(slots=True)
class KeptVisit:
    """Somebody stands there. began: seconds since 1970. row: its id once its first set is kept."""

    began: float
    row: int | None = None


@dataclass(frozen=True, slots=True)
class SetDone:
    """A set that is over, in the station's words. at: its end, seconds since 1970; clock_set: whether that
    clock is believed."""

    at: float
    clock_set: bool
    reps: tuple[Rep, ...]
    headline: str
    sentence: str
    visit: KeptVisit | None = None

    def write(self, rows: sqlite3.Connection) -> int:
        """The set and its repetitions, all or nothing; times count from the set's first descent."""
        row = _added(
            rows,
            "sets",
            visit=self._visit_row(rows),
            at=self.at,
            clock_set=self.clock_set,
            reps=len(self.reps),
            headline=self.headline,
            sentence=self.sentence,
        )
        zero = self.reps[0].start_s if self.reps else 0.0
        for rep in self.reps:
            _added(rows, "reps", set=row, **_rep(rep, zero))
        return row

    def _visit_row(self, rows: sqlite3.Connection) -> int | None:
        """A visit has a row from its first set on: who only walks by leaves no trace."""
        if self.visit is None:
            return None
        known = (
            self.visit.row is not None
            and rows.execute("SELECT 1 FROM visits WHERE id = ?", (self.visit.row,)).fetchone()
        )  # it is gone when its file was damaged and a new one begun
        if not known:
            self.visit.row = _added(rows, "visits", began=self.visit.began)
        return self.visit.row


@dataclass(frozen=True, slots=True)
class VisitOver:
    """Nobody stands there any more since `at`, seconds since 1970."""

    at: float
    visit: KeptVisit

    def write(self, rows: sqlite3.Connection) -> int:
        """Close the visit's row."""
        rows.execute("UPDATE visits SET ended = ? WHERE id = ?", (self.at, self.visit.row))
        return self.visit.row or 0


@dataclass(frozen=True, slots=True)
class FaultSeen:
    """Something a member of staff may want to know of: `what` failed, and one sentence."""

    at: float
    what: str
    says: str

    def write(self, rows: sqlite3.Connection) -> int:
        """One row."""
        return _added(rows, "faults", at=self.at, what=self.what, says=self.says)


@dataclass(slots=True)
class Logbook:
    """Watches the coach's Feedback and hands what is worth keeping to the store."""

    store: Store
    say: Words
    now: Callable[[], float] = time.time
    clock_is_set: Callable[[], bool] = CLOCK_IS_SET.exists
    _visit: KeptVisit | None = field(default=None, init=False)
    _summary: SetSummary | None = field(default=None, init=False)
    room: ClassVar[str] = "store"

    def write(self, t: float, feedback: Feedback, rep: Rep | None) -> None:
        """One moment; t and rep are the event log's business."""
        away = feedback.state in (State.IDLE, State.FAULT)
        if self._visit is None and not away:
            self._visit = KeptVisit(self.now())
        summary = feedback.set_over
        if summary is not None:
            self._summary = summary
            if summary.reps:
                self._keep(summary)
        if away:
            self._leave()

    def _keep(self, summary: SetSummary) -> None:
        at = self.now()
        believed = self.clock_is_set() or self.store.believes(at)
        words = self.say.line(summary.headline), self.say.line(summary.sentence)
        self.store.keep(SetDone(at, believed, summary.reps, *words, self._visit))

    def light(self, t: float, light: Light) -> None:
        """Lamps are not kept."""

    def fault(self, what: str, says: str) -> None:
        """Keep a fault; may be called from any thread."""
        self.store.keep(FaultSeen(self.now(), what, says))

    def close(self) -> None:
        """Nobody stands there any more, and what waits is written."""
        self._leave()
        self.store.close()

    def _leave(self) -> None:
        visit, self._visit = self._visit, None
        if visit is not None and self._summary is not None:
            self._summary = None
            self.store.keep(VisitOver(self.now(), visit))


def _added(rows: sqlite3.Connection, table: str, **values: object) -> int:
    """Insert a row; its id. Names are this module's own, never somebody's input."""
    names = ", ".join(f'"{name}"' for name in values)
    marks = ", ".join("?" * len(values))
    cursor = rows.execute(f'INSERT INTO "{table}" ({names}) VALUES ({marks})', tuple(values.values()))
    return cursor.lastrowid or 0


def _rep(rep: Rep, zero_s: float) -> dict[str, object]:
    return {
        "n": rep.n,
        "start_s": round(rep.start_s - zero_s, 3),
        "bottom_s": round(rep.bottom_s - zero_s, 3),
        "end_s": round(rep.end_s - zero_s, 3),
        "depth_deg": _tenths(rep.depth_deg),
        "depth_label": rep.depth_label,
        "is_reference": rep.is_reference,
        **_leg("left", rep.left),
        **_leg("right", rep.right),
    }


def _leg(side: str, leg: RepLeg) -> dict[str, object]:
    return {
        f"{side}_verdict": leg.verdict.value,
        f"{side}_deviation_deg": _tenths(leg.deviation_deg),
        f"{side}_judged_share": round(leg.judged_share, 3),
    }


def _tenths(degrees: float | None) -> float | None:
    return None if degrees is None else round(degrees, 1)
