#!/usr/bin/env python3
"""Measure verdicts on many simulated recordings: what `analyze` makes of noisy joints and wrong toe tips.

No pixels and no networks, so thousands of sets can be asked for; scripts/measure_clips.py has the pictures.
"""

from __future__ import annotations

import argparse
import sys
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))

from simulate import save_recording
from simulated_sets import PATTERNS, SimulatedSet, simulated_set

from mirror.desk.study import study
from mirror.knees.reading import Verdict
from mirror.settings import Settings

COLLAPSED_DEG, CLEAN_DEG = 9.0, 3.0
SAME_REP_S = 0.6
"""A repetition found is the true one whose bottom is this near."""


@dataclass
class Tally:
    """Legs of repetitions, found against true. peak: errors in degrees of those not unknown."""

    peak: list[float] = field(default_factory=list)
    collapsed: list[Verdict] = field(default_factory=list)
    clean: list[Verdict] = field(default_factory=list)
    miscounted: int = 0

    def add(self, simulated: SimulatedSet, folder: Path) -> None:
        """Judge one set as `analyze` does, with the default settings."""
        recording = folder / "set.npz"
        save_recording(simulated.simulated, recording)
        found = study(recording, Settings(), None).analysis.reps
        true = simulated.simulated.reps
        self.miscounted += len(found) != len(true)
        for rep in found:
            same = min(true, key=lambda one: abs(one.bottom_s - rep.bottom_s))
            if abs(same.bottom_s - rep.bottom_s) > SAME_REP_S:
                continue
            for leg, peak_deg in zip((rep.left, rep.right), same.peak_delta_deg, strict=True):
                if leg.deviation_deg is not None:
                    self.peak.append(leg.deviation_deg - peak_deg)
                if peak_deg >= COLLAPSED_DEG:
                    self.collapsed.append(leg.verdict)
                elif peak_deg <= CLEAN_DEG:
                    self.clean.append(leg.verdict)

    @property
    def shares(self) -> tuple[float, float, float, float]:
        """Per cent: of the collapsed off track, and at least caution; of the clean the same."""
        return (*_shares(self.collapsed), *_shares(self.clean))

    def row(self, name: str) -> str:
        size = np.abs(self.peak)
        seen, warned, wrong, nagged = self.shares
        return (
            f"{name:12} {np.median(size):5.2f} {np.percentile(size, 95):5.2f} {np.mean(self.peak):+5.2f}"
            f"  | {seen:5.1f} {warned:5.1f} of {len(self.collapsed):5}"
            f" | {wrong:4.1f} {nagged:4.1f} of {len(self.clean):5} | {self.miscounted}"
        )


def _shares(verdicts: list[Verdict]) -> tuple[float, float]:
    if not verdicts:
        return float("nan"), float("nan")
    off = verdicts.count(Verdict.OFF_TRACK)
    warned = off + verdicts.count(Verdict.CAUTION)
    return 100 * off / len(verdicts), 100 * warned / len(verdicts)


def measure(seeds: Iterable[int]) -> dict[str, Tally]:
    """A tally of each pattern."""
    tallies: dict[str, Tally] = defaultdict(Tally)
    with TemporaryDirectory() as scratch:
        for seed in seeds:
            one = simulated_set(seed)
            tallies[one.pattern].add(one, Path(scratch))
    return tallies


def together(tallies: Iterable[Tally]) -> Tally:
    """One tally of several."""
    every = Tally()
    for one in tallies:
        every.peak += one.peak
        every.collapsed += one.collapsed
        every.clean += one.clean
        every.miscounted += one.miscounted
    return every


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sets", type=int, default=520, help="how many, in turn of every pattern")
    parser.add_argument("--first", type=int, default=0, metavar="SEED", help="other seeds, other people")
    chosen = parser.parse_args()
    tallies = measure(range(chosen.first, chosen.first + chosen.sets))
    print(f"{chosen.sets} sets. Peak error in degrees | true >= 9: % off track, at least caution")
    print(
        "             median   p95  mean  | off track, caution    | true <= 3: the same   | miscounted sets"
    )
    print(together(tallies.values()).row("all"))
    for name in dict.fromkeys(PATTERNS):
        if name in tallies:
            print(tallies[name].row(name))
    return 0


if __name__ == "__main__":
    sys.exit(main())
