#!/usr/bin/env python3
"""Measure verdicts on many simulated recordings: what `analyze` makes of noisy joints and wrong toe tips.

No pixels and no networks, so thousands of sets can be asked for; scripts/measure_clips.py has the pictures.
What is true of a leg is how far the deep half of a repetition is inside the line it keeps when all is well.
"""

from __future__ import annotations

import argparse
import sys
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))

from promises import Promise
from promises import table as promised
from real_motion import show_live
from simulate import save_recording
from simulated_sets import PATTERNS, SimulatedSet, simulated_set

from mirror.camera.recording import load
from mirror.desk.study import study
from mirror.knees.reading import Rep, Verdict
from mirror.settings import Settings

COLLAPSED_DEG, CLEAN_DEG = 9.0, 3.0
SAME_REP_S = 0.6
"""A repetition found is the true one whose bottom is this near."""


@dataclass
class Tally:
    """Legs of repetitions, found against true. deep: errors in degrees of those not unknown."""

    deep: list[float] = field(default_factory=list)
    collapsed: list[Verdict] = field(default_factory=list)
    clean: list[Verdict] = field(default_factory=list)
    miscounted: int = 0

    def add(self, found: Sequence[Rep], simulated: SimulatedSet) -> None:
        """What was found of one set."""
        true = simulated.simulated.reps
        self.miscounted += len(found) != len(true)
        for rep in found:
            same = min(true, key=lambda one: abs(one.bottom_s - rep.bottom_s))
            if abs(same.bottom_s - rep.bottom_s) > SAME_REP_S:
                continue
            for leg, deep_deg, inside_deg in zip(
                (rep.left, rep.right), same.deep_delta_deg, same.inside_deg, strict=True
            ):
                if leg.deep_deviation_deg is not None:
                    self.deep.append(leg.deep_deviation_deg - deep_deg)
                if inside_deg >= COLLAPSED_DEG:
                    self.collapsed.append(leg.verdict)
                elif inside_deg <= CLEAN_DEG:
                    self.clean.append(leg.verdict)

    @property
    def shares(self) -> tuple[float, float, float, float]:
        """Per cent: of the collapsed off track, and at least caution; of the clean the same."""
        return (*_shares(self.collapsed), *_shares(self.clean))

    def row(self, name: str) -> str:
        size = np.abs(self.deep) if self.deep else np.full(1, np.nan)
        seen, warned, wrong, nagged = self.shares
        mean = np.mean(self.deep or [np.nan])
        return (
            f"{name:12} {np.median(size):5.2f} {np.percentile(size, 95):5.2f} {mean:+5.2f}"
            f"  | {seen:5.1f} {warned:5.1f} of {len(self.collapsed):5}"
            f" | {wrong:4.1f} {nagged:4.1f} of {len(self.clean):5} | {self.miscounted}"
        )


def _shares(verdicts: list[Verdict]) -> tuple[float, float]:
    if not verdicts:
        return float("nan"), float("nan")
    off = verdicts.count(Verdict.OFF_TRACK)
    warned = off + verdicts.count(Verdict.CAUTION)
    return 100 * off / len(verdicts), 100 * warned / len(verdicts)


def measure(seeds: Iterable[int], *, near_zero: bool = False) -> dict[str, dict[str, Tally]]:
    """A tally of each pattern by chain, each judged with the default settings."""
    tallies: dict[str, dict[str, Tally]] = {chain: defaultdict(Tally) for chain in ("desk", "live")}
    with TemporaryDirectory() as scratch:
        recording = Path(scratch) / "set.npz"
        for seed in seeds:
            one = simulated_set(seed, near_zero=near_zero)
            save_recording(one.simulated, recording)
            tallies["desk"][one.pattern].add(study(recording, Settings(), None).analysis.reps, one)
            tallies["live"][one.pattern].add(show_live(load(recording), ask_reference=False)[0], one)
    return tallies


def together(tallies: Iterable[Tally]) -> Tally:
    """One tally of several."""
    every = Tally()
    for one in tallies:
        every.deep += one.deep
        every.collapsed += one.collapsed
        every.clean += one.clean
        every.miscounted += one.miscounted
    return every


def promises(every: dict[str, Tally]) -> list[Promise]:
    """What is asked on simulated people."""
    shares = {chain: tally.shares for chain, tally in every.items()}
    clean = {chain: len(tally.clean) for chain, tally in every.items()}
    caving = {chain: len(tally.collapsed) for chain, tally in every.items()}
    return [
        Promise("clean legs off track", {c: each[2] for c, each in shares.items()}, most=2, of=clean),
        Promise("...at least caution", {c: each[3] for c, each in shares.items()}, of=clean),
        Promise("caving legs off track", {c: each[0] for c, each in shares.items()}, of=caving),
        Promise("...at least caution", {c: each[1] for c, each in shares.items()}, of=caving),
        Promise(
            "sets miscounted", {c: tally.miscounted for c, tally in every.items()}, most=0, unit="", digits=0
        ),
    ]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sets", type=int, default=520, help="how many, in turn of every pattern")
    parser.add_argument("--first", type=int, default=0, metavar="SEED", help="other seeds, other people")
    parser.add_argument("--near-zero", action="store_true", help="people whose knees stay over their toes")
    chosen = parser.parse_args()
    tallies = measure(range(chosen.first, chosen.first + chosen.sets), near_zero=chosen.near_zero)
    every = {chain: together(mine.values()) for chain, mine in tallies.items()}
    print(promised(promises(every)))
    for chain, mine in tallies.items():
        print(
            f"\n{chain}: error of the deep half in degrees | over the own line by >= 9: % off track, caution"
        )
        print("             median   p95  mean  | off track, caution    | by <= 3: the same     | miscounted")
        print(every[chain].row("all"))
        for name in dict.fromkeys(PATTERNS):
            if name in mine:
                print(mine[name].row(name))
    return 0


if __name__ == "__main__":
    sys.exit(main())
