#!/usr/bin/env python3
"""Recordings nobody ever made, through the whole mirror and over the desk: does anything break?

    scripts/torture.py                      # 10,000 of them, on every processor
    scripts/torture.py --count 100000 -j 2
    scripts/torture.py --seed 4711          # one again, with its traceback

What breaks is told by its seed, once for every place. Exit 0 nothing, 1 something.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
import traceback
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]
os.environ.setdefault("SDL_VIDEODRIVER", "offscreen")
os.environ.setdefault("PYGAME_HIDE_SUPPORT_PROMPT", "1")
for threads in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ.setdefault(threads, "1")

from torture.chain import play  # noqa: E402
from torture.sources import case  # noqa: E402

SLICE = 100
"""Cases a process takes at a time."""
TOLD_EVERY_S = 20.0


@dataclass
class Outcome:
    """What came of some cases: how many, repetitions live and at the desk, and what broke: place, seed."""

    cases: int = 0
    live: int = 0
    desk: int = 0
    broken: list[tuple[str, int]] = field(default_factory=list)

    def add(self, other: Outcome) -> None:
        self.cases += other.cases
        self.live += other.live
        self.desk += other.desk
        self.broken += other.broken


def tried(seeds: range) -> Outcome:
    """All cases of these seeds."""
    found = Outcome()
    for seed in seeds:
        found.cases += 1
        try:
            live, desk = play(case(seed))
        except Exception as fault:  # whatever it is, it is what is looked for
            found.broken.append((_place(fault), seed))
            continue
        found.live += live
        found.desk += desk
    return found


def _place(fault: Exception) -> str:
    deepest = traceback.extract_tb(fault.__traceback__)[-1]
    where = f"{Path(deepest.filename).name}:{deepest.lineno} in {deepest.name}"
    return f"{type(fault).__name__} at {where}: {str(fault).split(' is ')[0][:60]}"


def outcomes(seeds: range, processes: int) -> Iterator[Outcome]:
    """Slice by slice."""
    slices = [seeds[i : i + SLICE] for i in range(0, len(seeds), SLICE)]
    if processes == 1:
        yield from map(tried, slices)
        return
    with ProcessPoolExecutor(processes) as pool:
        yield from pool.map(tried, slices)


def again(seed: int) -> int:
    """One case, its failure as it is."""
    one = case(seed)
    print(f"seed {seed}: {', '.join(one.how)}; {len(one.people.t)} frames")
    print(f"{one.mode}, {one.language}, tilt {one.tilt_deg}, hfov {one.hfov_deg:.0f}, tracked {one.tracked}")
    live, desk = play(one)
    print(f"nothing breaks; {live} repetitions live, {desk} at the desk")
    return 0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--count", type=int, default=10_000, help="how many")
    parser.add_argument("--first", type=int, default=0, help="the first seed")
    parser.add_argument("--seed", type=int, help="this one alone, with its traceback")
    parser.add_argument("-j", dest="processes", type=int, default=os.cpu_count() or 1, help="processes")
    chosen = parser.parse_args()
    if chosen.seed is not None:
        return again(chosen.seed)
    began = told = time.monotonic()
    whole = Outcome()
    for outcome in outcomes(range(chosen.first, chosen.first + chosen.count), chosen.processes):
        whole.add(outcome)
        if time.monotonic() - told > TOLD_EVERY_S:
            told = time.monotonic()
            print(f"  {whole.cases} so far, {len(whole.broken)} broken", flush=True)
    seconds = time.monotonic() - began
    print(f"{whole.cases} in {seconds:.0f} s, {whole.cases / seconds:.0f} a second")
    print(f"{whole.live} repetitions live, {whole.desk} at the desk; {len(whole.broken)} broken")
    for place, count in Counter(place for place, _ in whole.broken).most_common():
        seeds = [seed for where, seed in whole.broken if where == place][:5]
        print(f"{count:6} {place}; --seed {', '.join(map(str, seeds))}")
    return 1 if whole.broken else 0


if __name__ == "__main__":
    sys.exit(main())
