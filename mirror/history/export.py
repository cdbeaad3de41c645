"""Reads, exports and deletes what the store has kept, for a person at a keyboard, while the mirror runs.

Knows the store's tables; the mirror itself never reads them.
"""

from __future__ import annotations

import contextlib
import csv
import io
import sqlite3
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from mirror.faults import BadInput, PermanentFault
from mirror.files.plain import cell
from mirror.history.database import FILE_NAME, MIGRATIONS, TooNew, delete_before, delete_everything, open_rows
from mirror.service.folders import state_folder

COLUMNS = (
    "set_id",
    "when",
    "clock_set",
    "n",
    "start_s",
    "bottom_s",
    "end_s",
    "depth_deg",
    "depth_label",
    "left_verdict",
    "left_deviation_deg",
    "left_judged_share",
    "right_verdict",
    "right_deviation_deg",
    "right_judged_share",
    "is_reference",
)


@dataclass(frozen=True, slots=True)
class KeptSet:
    """One set. when: local time, with a ? where the computer's clock was not set by then."""

    id: int
    when: str
    reps: int
    sentence: str


def newest(path: Path | None, count: int) -> list[KeptSet]:
    """The newest sets, newest first. path: the database, or None for this mirror's own.

    Raises BadInput when it cannot be read.
    """
    with _reading(path) as rows:
        found = rows.execute(
            "SELECT id, at, clock_set, reps, sentence FROM sets ORDER BY id DESC LIMIT ?", (count,)
        ).fetchall()
    return [KeptSet(row, _when(at, sure), reps, says) for row, at, sure, reps, says in found]


def database_files(path: Path | None) -> list[Path]:
    """The database itself and what SQLite keeps beside it: nothing is ever written over one."""
    path = path or state_folder() / FILE_NAME
    return [path, *(path.with_name(path.name + beside) for beside in ("-wal", "-shm", "-journal"))]


def every_repetition(path: Path | None) -> tuple[str, int]:
    """Every repetition as CSV with a heading, oldest first, and how many there are. Raises BadInput."""
    text = io.StringIO()
    lines = csv.writer(text, lineterminator="\n")
    lines.writerow(COLUMNS)
    columns = ", ".join(f'reps."{name}"' for name in COLUMNS[3:])
    count = 0
    with _reading(path) as rows:
        for row, at, sure, *rest in rows.execute(
            f'SELECT sets.id, sets.at, sets.clock_set, {columns} FROM reps JOIN sets ON sets.id = reps."set" '
            "ORDER BY sets.id, reps.n"
        ):
            count += 1
            when = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(at))
            lines.writerow([row, when, sure, *(_cell(value) for value in rest)])
    return text.getvalue(), count


def _cell(value: object) -> object:
    """As it stands in a CSV: another mirror's database may hold anything."""
    return "" if value is None else cell(value) if isinstance(value, str) else value


def delete(path: Path | None, before: float | None) -> int:
    """Delete the sets from before `before` (seconds since 1970), or everything with None; how many.

    What is deleted is gone from the file, too. Raises BadInput, for somebody else's database too, or
    PermanentFault.
    """
    path = _there(path)
    with _reading(path) as rows:
        _check_ours(path, rows)
    try:
        with contextlib.closing(open_rows(path)) as rows:
            gone = delete_everything(rows) if before is None else delete_before(rows, before)
            rows.execute("VACUUM")
            rows.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    except (sqlite3.Error, OSError, TooNew) as error:
        raise PermanentFault(f"{path} cannot be changed: {error}") from None
    return gone


def _check_ours(path: Path, rows: sqlite3.Connection) -> None:
    """A database of another program is not brought to our schema, and nothing in it is deleted."""
    names = {name for (name,) in rows.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    if not {"sets", "reps", "visits", "faults"} <= names:
        raise BadInput(f"{path} is no database of sets")


def midnight(day: str) -> float:
    """When this day (YYYY-MM-DD) began here, in seconds since 1970. Raises BadInput."""
    try:
        return time.mktime(time.strptime(day, "%Y-%m-%d"))
    except (ValueError, OverflowError):
        raise BadInput(f"--before {day}: must be a day such as 2026-01-31") from None


def _there(path: Path | None) -> Path:
    path = path or state_folder() / FILE_NAME
    try:
        found = path.is_file()
    except PermissionError:
        raise BadInput(f"{path} may not be read by this user; sudo squat-mirror sets can") from None
    if not found:
        raise BadInput(f"there is no {path}: no set was kept yet, or another user's mirror keeps them")
    return path


@contextlib.contextmanager
def _reading(path: Path | None) -> Iterator[sqlite3.Connection]:
    """The database, for reading only: a running mirror goes on writing."""
    path = _there(path)
    try:
        with contextlib.closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as rows:
            (schema,) = rows.execute("PRAGMA user_version").fetchone()
            if not 1 <= schema <= len(MIGRATIONS):
                raise BadInput(f"{path} was made by another release (schema {schema})")
            yield rows
    except sqlite3.Error as error:
        hint = "; sudo squat-mirror sets can" if "open" in str(error) or "readonly" in str(error) else ""
        raise BadInput(f"{path} cannot be read: {error}{hint}") from None


def _when(at: float, clock_set: int) -> str:
    written = time.strftime("%Y-%m-%d %H:%M", time.localtime(at))
    return written if clock_set else f"{written}?"
