"""Which network suits this machine: times all of them here, picks one by its card, and remembers the pick.

Knows networks, their cards and how long they take; nothing of heat, of settings or of who is waiting.
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from mirror.faults import BadInput
from mirror.files.writing import replace_whole
from mirror.pose.catalog import DEFAULT_MODEL, ModelEntry, checked_file, entries, models_folder
from mirror.pose.interpreter import Network, threads_said
from mirror.pose.movenet import Decoder

FILE_NAME = "model-choice.json"
WANTED_PER_S = 15.0
"""Poses a second that a quick squat needs: its descent then has about ten pictures."""
ROUND_THE_NETWORK = 1.3
"""A frame's time over its network's: cutting the window, knees, coach and a share of drawing."""
EXACT = {"deviation_rms": 1.75, "depth_rms": 3.0}
"""A network is exact enough when it reads a repetition's largest deviation and its depth as closely as this,
degrees (rms over rendered sets with known truth)."""
SAME_SPEED = 1.1
"""More threads than this gains nothing: the cores are of more use to camera and screen."""
MOST_THREADS = 4
TAKES_IN_A_ROUND = 3


@dataclass(frozen=True, slots=True)
class Timing:
    """How long one network takes with so many threads: its run and the reading of its heads, milliseconds."""

    model: str
    threads: int
    median_ms: float
    p95_ms: float

    @property
    def per_s(self) -> float:
        """Poses a second to expect of it in the running mirror."""
        return 1000.0 / (self.median_ms * ROUND_THE_NETWORK)


@dataclass(frozen=True, slots=True)
class Choice:
    """The network to use here. why: a sentence. ladder: from the fastest to this one, as steps down go."""

    model: str
    threads: int
    why: str
    ladder: tuple[str, ...]


def candidates(folder: Path | None = None) -> list[ModelEntry]:
    """Every network that can judge and whose file is here and right."""
    return [entry for entry in entries(folder).values() if entry.judges and entry.here and _is_right(entry)]


def _is_right(entry: ModelEntry) -> bool:
    try:
        checked_file(entry)
    except BadInput:
        return False
    return True


def thread_counts(cores: int | None = None) -> list[int]:
    """What to try: 1 to the number of cores, four at most."""
    return list(range(1, max(1, min(MOST_THREADS, cores or os.cpu_count() or 1)) + 1))


def bench(
    models: Sequence[ModelEntry],
    threads: Sequence[int],
    *,
    rounds: int = 8,
    runtime: str = "auto",
    xnnpack: bool = True,
    progress: Callable[[float], bool] = lambda share: True,
) -> list[Timing]:
    """Time every network with every number of threads, all of them taking turns in every round.

    Turns, because a machine that grows warm or busy meanwhile then slows all of them alike. progress: given
    the share that is done, 0..1, after every turn; False ends it, and what was timed so far is returned.
    """
    runners = [
        (entry.name, count, _Runner(entry, count, runtime, xnnpack)) for count in threads for entry in models
    ]
    took: dict[tuple[str, int], list[float]] = {(name, count): [] for name, count, _ in runners}
    turns = rounds * len(runners)
    for turn in range(turns):
        name, count, runner = runners[turn % len(runners)]
        took[name, count].append(runner.fastest_ms())
        if not progress((turn + 1) / turns):
            break
    return [
        Timing(name, count, statistics.median(found), float(np.percentile(found, 95)))
        for (name, count), found in took.items()
        if found
    ]


class _Runner:
    """One network ready to be timed on a grey picture: how long it takes does not depend on what it sees."""

    def __init__(self, entry: ModelEntry, threads: int, runtime: str, xnnpack: bool) -> None:
        self._network = Network(checked_file(entry), threads=threads, runtime=runtime, xnnpack=xnnpack)
        self._decode = Decoder(entry.height // 4, entry.width // 4)
        self._picture = np.full((entry.height, entry.width, 3), 127, np.uint8)
        self._network.run(self._picture)  # the first run makes what later ones use

    def fastest_ms(self) -> float:
        best = float("inf")
        for _ in range(TAKES_IN_A_ROUND):
            began = time.perf_counter()
            self._decode(*self._network.lend(self._picture))
            best = min(best, time.perf_counter() - began)
        return 1000.0 * best


def exact(entry: ModelEntry) -> bool:
    """Whether the card says that deviation and depth are read closely enough."""
    return all(entry.card.get(what, float("inf")) <= limit for what, limit in EXACT.items())


def recommend(
    timings: Sequence[Timing], models: Sequence[ModelEntry], wanted_per_s: float = WANTED_PER_S
) -> Choice:
    """The fastest network that is exact enough and keeps the pace wanted; else what comes nearest.

    Where none that is exact enough is fast enough, the most exact of those that are; where none is fast
    enough, the fastest. Raises ValueError when nothing was timed.
    """
    best = _best_threads(timings)
    known = {entry.name: entry for entry in models if entry.name in best}
    order = sorted(known, key=lambda name: best[name].median_ms)
    if not order:
        raise ValueError("no network was timed")
    fast = [name for name in order if best[name].per_s >= wanted_per_s]
    good = [name for name in fast if exact(known[name])]
    if good:
        chosen, why = good[0], "the fastest that is exact enough"
    elif fast:
        chosen = min(fast, key=lambda name: _error(known[name]))
        why = f"the most exact of those that keep {wanted_per_s:.0f} poses a second"
    else:
        chosen, why = order[0], f"the fastest; none keeps {wanted_per_s:.0f} poses a second"
    timing = best[chosen]
    sentence = f"{why}: about {timing.per_s:.0f} poses a second with {threads_said(timing.threads)}"
    return Choice(chosen, timing.threads, sentence, tuple(order[: order.index(chosen) + 1]))


def _best_threads(timings: Sequence[Timing]) -> dict[str, Timing]:
    """Of each network, the fewest threads that are as fast as any."""
    found: dict[str, Timing] = {}
    for name in dict.fromkeys(timing.model for timing in timings):
        own = sorted((timing for timing in timings if timing.model == name), key=lambda one: one.threads)
        limit = SAME_SPEED * min(timing.median_ms for timing in own)
        found[name] = next(timing for timing in own if timing.median_ms <= limit)
    return found


def _error(entry: ModelEntry) -> float:
    return float(entry.card.get("deviation_rms", float("inf")))


# -- remembered --------------------------------------------------------------------------------------------


def machine(runtime: str, xnnpack: bool = True) -> dict[str, Any]:
    """What a choice was made for: other processors, runtimes, kernels or networks need another."""
    listing = (models_folder() / "models.toml").read_bytes()
    return {
        "processor": _processor(),
        "cores": os.cpu_count(),
        "runtime": runtime,
        "xnnpack": xnnpack,
        "models": hashlib.sha256(listing).hexdigest()[:16],
    }


def _processor() -> str:
    """The board's or the processor's own name, where the system tells."""
    for path, key in ((Path("/proc/device-tree/model"), ""), (Path("/proc/cpuinfo"), "model name")):
        try:
            text = path.read_text("utf-8", "replace")
        except OSError:
            continue
        lines = [line for line in text.splitlines() if line.startswith(key)]
        if lines:
            return lines[0].rpartition(":")[2].strip(" \0")
    return platform.machine()


def keep(folder: Path, choice: Choice, timings: Sequence[Timing], made_for: dict[str, Any]) -> None:
    """Remember the choice in the state folder, in one step. Raises OSError where it cannot be written."""
    folder.mkdir(parents=True, exist_ok=True)
    document = {
        "schema": 1,
        "machine": made_for,
        "choice": asdict(choice),
        "timings": [asdict(t) for t in timings],
    }
    replace_whole(folder / FILE_NAME, (json.dumps(document, indent=1) + "\n").encode(), alone=True)


def kept(folder: Path, made_for: dict[str, Any]) -> Choice | None:
    """The choice remembered for this very machine; None where there is none, or it no longer fits."""
    try:
        document = json.loads((folder / FILE_NAME).read_text("utf-8"))
        if document["schema"] != 1 or document["machine"] != made_for:
            return None
        choice = document["choice"]
        found = Choice(choice["model"], int(choice["threads"]), str(choice["why"]), tuple(choice["ladder"]))
        named = set(found.ladder)
    except (OSError, ValueError, KeyError, TypeError, OverflowError, RecursionError):
        return None
    usable = {entry.name for entry in candidates()}
    sound = found.model in found.ladder and found.threads in range(1, MOST_THREADS + 1)
    return found if sound and named <= usable else None


def default_choice(threads: int) -> Choice:
    """Without any timing: the built-in default."""
    return Choice(DEFAULT_MODEL, threads, "the default", (DEFAULT_MODEL,))
