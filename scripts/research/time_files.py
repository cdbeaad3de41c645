#!/usr/bin/env python3
"""Times network files against each other in turns, for several numbers of threads, with and without XNNPACK.

The first file on one thread with XNNPACK is what the ratios are to. Says the machine's load, which matters.
"""

from __future__ import annotations

import argparse
import os
import statistics
import time
from pathlib import Path

import numpy as np
from ai_edge_litert.interpreter import Interpreter, OpResolverType
from rich.progress import track

INVOKES = 5


class Runner:
    """One file, one way to run it."""

    def __init__(self, path: Path, threads: int, *, xnnpack: bool) -> None:
        resolver = OpResolverType.AUTO if xnnpack else OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES
        self._net = Interpreter(str(path), num_threads=threads, experimental_op_resolver_type=resolver)
        self._net.allocate_tensors()
        self._input = self._net.get_input_details()[0]
        rng = np.random.default_rng(0)
        self._picture = rng.integers(0, 255, self._input["shape"]).astype(self._input["dtype"])

    def fastest(self) -> float:
        """Seconds of the fastest of a few runs."""
        took = []
        for _ in range(INVOKES):
            self._net.set_tensor(self._input["index"], self._picture)
            begin = time.perf_counter()
            self._net.invoke()
            took.append(time.perf_counter() - begin)
        return min(took)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", type=Path, nargs="+")
    parser.add_argument("--threads", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--rounds", type=int, default=30)
    chosen = parser.parse_args()
    ways = {
        (path.stem, threads, xnnpack): Runner(path, threads, xnnpack=xnnpack)
        for path in chosen.files
        for xnnpack in (True, False)
        for threads in (chosen.threads if xnnpack else chosen.threads[:1])
    }
    took: dict[tuple[str, int, bool], list[float]] = {way: [] for way in ways}
    for _ in track(range(chosen.rounds), "rounds"):
        for way, runner in ways.items():
            took[way].append(runner.fastest())
    first = took[next(iter(ways))]
    print(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores\n")
    print("| file | threads | XNNPACK | time |\n|---|---|---|---|")
    for (name, threads, xnnpack), seconds in took.items():
        ratio = statistics.median(a / b for a, b in zip(seconds, first, strict=True))
        print(f"| {name} | {threads} | {'yes' if xnnpack else 'no'} | {ratio:.2f} |")


if __name__ == "__main__":
    main()
