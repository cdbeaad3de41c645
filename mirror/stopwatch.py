"""How long each stage of a frame takes: a stopwatch with named laps, cheap enough to run always.

Every room may be handed a `mark` to call when a stage of its work is done; what the numbers are for, it does
not know. The newest laps are kept, so that a mirror on a wall can be asked at any time.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

KEPT = 1000
"""Laps of each stage that are remembered: half a minute of frames."""

Mark = Callable[[str], None]
"""Called with a stage's name when it is done."""


def unmarked(stage: str) -> None:
    """A mark that nobody reads."""


@dataclass(frozen=True, slots=True)
class Took:
    """How long a stage took over its newest laps, milliseconds."""

    median_ms: float
    p95_ms: float
    laps: int


class Laps:
    """One thread's stopwatch: `start()` a round, then `mark(stage)` as each stage ends.

    The thread that marks is the only one that writes; any thread may read `took()`.
    """

    def __init__(self) -> None:
        self._since = time.perf_counter()
        self._stages: dict[str, deque[float]] = {}

    def start(self) -> None:
        """Begin a round: what happened since the last mark belongs to no stage."""
        self._since = time.perf_counter()

    def mark(self, stage: str) -> None:
        """The time since the last mark, or the start of the round, was this stage's."""
        now = time.perf_counter()
        if stage not in self._stages:
            # a reader goes through the dict as it was, so a new stage makes a new one
            self._stages = {**self._stages, stage: deque(maxlen=KEPT)}
        self._stages[stage].append(now - self._since)
        self._since = now

    def took(self) -> dict[str, Took]:
        """Every stage's median and 95th percentile, in the order the stages first ended."""
        found = {}
        for stage, laps in self._stages.items():
            seconds = np.fromiter(laps.copy(), float)
            if seconds.size:
                found[stage] = Took(
                    1000 * float(np.median(seconds)), 1000 * float(np.percentile(seconds, 95)), seconds.size
                )
        return found
