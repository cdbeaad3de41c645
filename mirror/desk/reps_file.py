"""The table of all repetitions of many inputs, kept while work goes on and taken up again by `--resume`."""

from __future__ import annotations

import contextlib
import hashlib
import json
import time
from collections.abc import Sequence
from pathlib import Path

from mirror import __version__
from mirror.desk.many import sha256
from mirror.desk.one import Wanted, Work
from mirror.faults import BadInput
from mirror.files.writing import is_stream, write_whole
from mirror.report.reps_csv import SAME, Row, by_input, read, written
from mirror.service.containment import clause_of

TABLE_EVERY_S = 5.0
"""What was done longer ago than this is not lost by a power cut."""


def origin(work: Work) -> dict[str, str]:
    """What every row of this input repeats: which bytes were read by which program with which settings."""
    settings = work.settings.model_dump(mode="json")
    del settings["model"]["threads"]  # how fast, not what comes out
    named = {
        "settings": settings,
        "reference": work.wanted.reference,
        "turn": [work.wanted.clockwise_deg, work.wanted.mirrored],
    }
    return {
        "file": str(work.path),
        "sha256": sha256(work.path),
        "version": __version__,
        "model": work.settings.model.name,
        "settings": hashlib.sha256(json.dumps(named, sort_keys=True).encode()).hexdigest()[:12],
    }


class RepsFile:
    """The table of all repetitions, written anew every little while, so that work that ends early is kept."""

    def __init__(self, path: Path | None, wanted: Wanted) -> None:
        self._path = path
        self._written_t = time.monotonic()
        self._rows: list[Row] = []
        self._before: dict[tuple[str, ...], list[Row]] = {}
        if path is not None and wanted.resume and not is_stream(path) and path.exists():
            try:
                self._before = by_input(read(path.read_text(encoding="utf-8")))
            except (BadInput, OSError, ValueError) as error:
                raise BadInput(f"{path} cannot be resumed: {clause_of(error)}.") from None

    def has(self, work: Work) -> bool:
        """Whether this input's results are there; its rows, read from before, are then kept."""
        if not all(_whole(path) for path in work.files.values()) or (self._path is None and not work.files):
            return False
        if self._path is None:
            return True
        with contextlib.suppress(OSError):
            rows = self._before.get(tuple(origin(work)[column] for column in SAME))
            if rows is not None:
                self._rows += rows
                return True
        return False

    def add(self, rows: Sequence[Row]) -> None:
        self._rows += rows
        if rows and time.monotonic() - self._written_t > TABLE_EVERY_S:
            self._write()

    def finish(self) -> None:
        self._write()

    def _write(self) -> None:
        if self._path is not None:
            order = sorted(self._rows, key=lambda row: row["file"])
            write_whole(self._path, written(order))
            self._written_t = time.monotonic()


def _whole(path: Path) -> bool:
    """Whether this result is there; results are written whole or not at all."""
    return path.is_file()
