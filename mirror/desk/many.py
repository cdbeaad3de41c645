"""Many inputs: in processes of their own, told in order, each done once.

Holds nothing of an input once it is written; knows no knees. What is done with one input is handed in.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import multiprocessing
import os
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

from mirror.faults import BadInput

VIDEOS = frozenset(
    [".mp4", ".m4v", ".mov", ".mkv", ".webm", ".avi", ".mts", ".m2ts", ".ts", ".mpg", ".mpeg"]
) | {".wmv", ".3gp", ".ogv", ".gif", ".npz"}
"""Endings of files that are taken from a folder: videos and keypoint recordings."""
HASHED_AT_A_TIME = 1 << 20

Work = TypeVar("Work")
Answer = TypeVar("Answer")


def files_in(inputs: Sequence[Path]) -> list[Path]:
    """The inputs, a folder replaced by the videos and recordings in it, by name. Raises BadInput."""
    found: list[Path] = []
    for path in inputs:
        if not _is_folder(path):
            found.append(path)
            continue
        try:
            inside = sorted(
                file for file in path.iterdir() if file.suffix.lower() in VIDEOS and file.is_file()
            )
        except OSError as error:
            raise BadInput(f"{path} cannot be read: {error.strerror}.") from None
        if not inside:
            raise BadInput(f"{path} is a folder with no videos or recordings in it.")
        found += inside
    return found


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except (OSError, ValueError):
        return False


def sha256(path: Path) -> str:
    """Of the file's bytes. Raises OSError."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(HASHED_AT_A_TIME):
            digest.update(block)
    return digest.hexdigest()


@dataclass(frozen=True, slots=True)
class Told:
    """What doing a work said while nobody looked: standard output and standard error."""

    out: str = ""
    err: str = ""


class InOrder(Generic[Work, Answer]):
    """Works done by several processes, whose words come out in the order of the works.

    do: answers for one work, and may print; a function of a module, so that a process can be told it.
    """

    def __init__(self, do: Callable[[Work], Answer], processes: int) -> None:
        self._do = do
        self._processes = processes

    def each(self, works: Sequence[Work]) -> Iterator[Answer]:
        """What `do` answered, work by work. Leaving early stops what is under way."""
        if self._processes <= 1 or len(works) <= 1:
            yield from map(self._do, works)
            return
        pool = ProcessPoolExecutor(
            min(self._processes, len(works)), multiprocessing.get_context("spawn"), _begin
        )
        try:
            for answer, told in pool.map(_quietly, [(self._do, work) for work in works]):
                sys.stderr.write(told.err)
                sys.stdout.write(told.out)
                sys.stdout.flush()
                yield answer
        except BaseException:
            for process in list((pool._processes or {}).values()):  # they hold nothing that is not whole
                process.terminate()
            raise
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


def _begin() -> None:
    """One thread each: the processes are as many as the cores already. None outlives who started it."""
    for threads in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
        os.environ[threads] = "1"
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """A process that waits for work never learns that its parent was killed."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _quietly(task: tuple[Callable[[Work], Answer], Work]) -> tuple[Answer, Told]:
    do, work = task
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        answer = do(work)
    return answer, Told(out.getvalue(), err.getvalue())


class HowFar:
    """The overall line ("12 of 50, 3 min left") on a terminal, where more than one is to be done."""

    def __init__(self, of: int, already: int = 0, *, now: Callable[[], float] = time.monotonic) -> None:
        self._of, self._already, self._done = of, already, 0
        self._now, self._began = now, now()
        self._shown = sys.stderr.isatty() and of > 1

    def one_more(self) -> None:
        self._done += 1
        if self._shown:
            sys.stderr.write(f"\r\x1b[K{self.line()}" + ("\n" if self._over else ""))
            sys.stderr.flush()

    @property
    def _over(self) -> bool:
        return self._already + self._done >= self._of

    def line(self) -> str:
        """How many of how many, and how long it will take yet."""
        done = self._already + self._done
        if self._done == 0 or self._over:
            return f"{done} of {self._of}"
        left_s = (self._now() - self._began) / self._done * (self._of - done)
        left = f"{round(left_s)} s" if left_s < 90 else f"{round(left_s / 60)} min"
        return f"{done} of {self._of}, {left} left"
