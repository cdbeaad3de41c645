"""Sets to keep, for tests of the store; also a program that keeps sets until it is killed."""

from __future__ import annotations

import os
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

from patience import PATIENCE_S

from mirror.history.database import Store
from mirror.history.records import SetDone
from mirror.knees.reading import Rep, RepLeg, Verdict

MORNING = 4_000_000_000.0  # 2096-10-02: never older than a store that asks the real clock keeps


def rep(n: int, *, caving: bool = False) -> Rep:
    inside = 11.26 if caving else 1.0
    verdict = Verdict.OFF_TRACK if caving else Verdict.GOOD
    left = RepLeg(inside, 9.0, verdict, 0.95, inside, 0.0, 2.0, inside)
    right = RepLeg(None, None, Verdict.UNKNOWN, 0.1)
    return Rep(n, 100.0 + 4 * n, 101.5 + 4 * n, 103.0 + 4 * n, -12.34, "parallel", left, right, None,
               None, None, None, n == 1)  # fmt: skip


def set_done(
    reps: int = 3, at: float = MORNING, sentence: str = "Clean.", *, clock_set: bool = True
) -> SetDone:
    done = tuple(rep(n + 1) for n in range(reps))
    return SetDone(at, clock_set, done, f"{reps} squats", sentence)


def kept(path: Path) -> list[tuple[int, int, str]]:
    """(id, repetitions, sentence) of every set, and the file must be sound."""
    with closing(sqlite3.connect(path)) as rows:
        assert rows.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        return rows.execute(
            'SELECT id, (SELECT count(*) FROM reps WHERE "set" = sets.id), sentence FROM sets ORDER BY id'
        ).fetchall()


def keep_until_killed(path: Path, tell: int) -> None:
    """Keeps set after set and writes each number to the file descriptor `tell` once it was acknowledged."""
    store = Store(path, 90)
    while True:
        row = store.keep(set_done(2, sentence=f"set of {os.getpid()}")).result()
        os.write(tell, row.to_bytes(8, "little"))


def kill_again_and_again(path: Path, times: int) -> tuple[int, int]:
    """Starts a writer and kills it (SIGKILL) in the middle, so many times.

    Returns how many sets were acknowledged and how many of those are missing or incomplete.
    """
    import random
    import select
    import signal
    import time

    chance = random.Random(1)
    acknowledged: list[int] = []
    for _ in range(times):
        hear, tell = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(hear)
            keep_until_killed(path, tell)
            os._exit(0)
        os.close(tell)
        select.select([hear], [], [], PATIENCE_S)  # the first acknowledgement: it is in the middle of writing
        time.sleep(chance.uniform(0.0, 0.006))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        with os.fdopen(hear, "rb") as told:
            heard = told.read()
        acknowledged += [int.from_bytes(heard[i : i + 8], "little") for i in range(0, len(heard) // 8 * 8, 8)]
    there = {row: reps for row, reps, _ in kept(path)}
    return len(acknowledged), sum(there.get(row) != 2 for row in acknowledged)


if __name__ == "__main__":
    print(*kill_again_and_again(Path(sys.argv[1]), int(sys.argv[2])))
