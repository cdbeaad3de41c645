#!/usr/bin/env python3
"""Measure verdicts on rendered people from their joints, by how far a knee is inside its own track.

    python scripts/measure_rendered.py                  # the joints in tests/data: half a minute
    python scripts/measure_rendered.py FOLDER...        # what scripts/keep_recordings.py kept

Desk and live, with the standing second in front and without, and every variation of tests/varied.py counted.
What is true of a leg is what the deep half shows over the line that leg keeps when all is well.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))

from promises import Promise, share, table
from real_motion import show_live
from varied import VARIATIONS, varied, without_standing_first

from mirror.camera.recording import Recording, load, save
from mirror.desk.study import study
from mirror.knees.reading import Rep, Verdict
from mirror.settings import Settings

DATA = Path(__file__).resolve().parent.parent / "tests" / "data"
FOLDERS = (DATA / "rendered", DATA / "rendered_real")
CAVES_DEG, CLEAN_DEG = 9.0, 3.0
OFF, WARNED = (Verdict.OFF_TRACK,), (Verdict.CAUTION, Verdict.OFF_TRACK)
SAME_REP_S = 0.6
"""A repetition found is the true one whose bottom is this near."""
TrueRep = dict[str, Any]


@dataclass(frozen=True)
class Leg:
    """One leg in one repetition: what was found, and how far it truly was inside its own track, degrees.

    shown_clean: its set shows what it looks like when all is well, before or after.
    """

    clip: str
    n: int
    verdict: Verdict
    inside_deg: float
    shown_clean: bool = True

    @property
    def caves(self) -> bool:
        return self.inside_deg >= CAVES_DEG

    @property
    def clean(self) -> bool:
        return self.inside_deg <= CLEAN_DEG

    @property
    def right(self) -> bool:
        """Warned of where it caves, left alone where it is clean; in between anything goes."""
        return self.verdict in WARNED if self.caves else self.verdict is Verdict.GOOD or not self.clean


@dataclass
class Seen:
    """What one chain made of all clips. true: legs to be seen; miscounted: clips with a wrong count."""

    legs: list[Leg] = field(default_factory=list)
    true: int = 0
    miscounted: list[str] = field(default_factory=list)

    def add(self, clip: str, found: Sequence[Rep], true: Sequence[TrueRep], earlier_s: float = 0.0) -> None:
        """earlier_s: by which the clip was cut at its beginning."""
        self.true += 2 * len(true)
        if len(found) != len(true):
            self.miscounted.append(f"{clip} {len(found)} of {len(true)}")
        for rep in found:
            same = min(true, key=lambda one: abs(one["bottom_s"] - earlier_s - rep.bottom_s))
            if abs(same["bottom_s"] - earlier_s - rep.bottom_s) < SAME_REP_S:
                clean = [min(one["inside_deg"][side] for one in true) <= CLEAN_DEG for side in (0, 1)]
                both = zip((rep.left, rep.right), same["inside_deg"], clean, strict=True)
                self.legs += [Leg(clip, rep.n, leg.verdict, inside, shown) for leg, inside, shown in both]

    @property
    def right(self) -> float:
        """Per cent of all legs that were to be seen."""
        return 100 * sum(leg.right for leg in self.legs) / self.true

    @property
    def wrong(self) -> list[str]:
        """Every leg judged wrong, in words."""
        return [
            f"{leg.clip} {leg.n}: {leg.inside_deg:+.1f} {leg.verdict.value}"
            for leg in self.legs
            if not leg.right
        ]


Chain = Callable[[Recording], list[Rep]]


def desk(recording: Recording) -> list[Rep]:
    with TemporaryDirectory() as scratch:
        path = Path(scratch) / "set.npz"
        save(path, recording)
        return study(path, Settings(), None).analysis.reps


def live(recording: Recording) -> list[Rep]:
    return show_live(recording, ask_reference=False)[0]


CHAINS: dict[str, Chain] = {"desk": desk, "live": live}


def clips(folders: Sequence[Path] = FOLDERS) -> Iterator[tuple[str, Recording, list[TrueRep]]]:
    """Name, joints and true repetitions of every clip in which somebody squats."""
    for folder in folders:
        truth: dict[str, Any] = json.loads((folder / "truth.json").read_text())
        for name, known in truth.items():
            if known["reps"]:
                yield name, load(folder / f"{name}.npz"), known["reps"]


def seen_whole(chain: Chain, folders: Sequence[Path] = FOLDERS) -> Seen:
    seen = Seen()
    for name, recording, true in clips(folders):
        seen.add(name, chain(recording), true)
    return seen


def seen_without_standing(chain: Chain, folders: Sequence[Path] = FOLDERS) -> Seen:
    """The same clips from the moment on in which the first repetition begins."""
    seen = Seen()
    for name, recording, true in clips(folders):
        cut = without_standing_first(recording, [rep["bottom_s"] for rep in true])
        seen.add(name, chain(cut), true, earlier_s=float(recording.t[-1] - cut.t[-1]))
    return seen


def variations_miscounted(chain: Chain) -> list[str]:
    wrong = []
    truth: dict[str, Any] = json.loads((DATA / "rendered" / "truth.json").read_text())
    for name, (base, _) in VARIATIONS.items():
        bottoms = [rep["bottom_s"] for rep in truth[base]["reps"]]
        one = varied(name, load(DATA / "rendered" / f"{base}.npz"), bottoms)
        counted = len(chain(one.recording))
        if not one.right(counted):
            wrong.append(f"{name} {counted} of {one.reps}")
    return wrong


def promises(whole: dict[str, Seen], cut: dict[str, Seen], wrong: dict[str, list[str]]) -> list[Promise]:
    """What is asked on rendered people."""
    clean = {chain: [leg.verdict for leg in seen.legs if leg.clean] for chain, seen in whole.items()}
    every = {chain: [leg for leg in seen.legs if leg.caves] for chain, seen in whole.items()}
    caving = {chain: [leg.verdict for leg in legs if leg.shown_clean] for chain, legs in every.items()}
    never_clean = {
        chain: [leg.verdict for leg in legs if not leg.shown_clean] for chain, legs in every.items()
    }

    def of(what: str, among: dict[str, list[Verdict]], over: Sequence[Verdict], **asked: float) -> Promise:
        shares = {chain: share(over, legs) for chain, legs in among.items()}
        return Promise(what, shares, of={chain: len(legs) for chain, legs in among.items()}, **asked)

    right = {chain: seen.right for chain, seen in cut.items()}
    return [
        of(
            "9 degrees or more inside the own track, in sets with clean ones: off track",
            caving,
            OFF,
            least=95,
        ),
        of("...at least caution", caving, WARNED, least=99),
        of("...in sets that are wrong from the first to the last: off track", never_clean, OFF),
        of("......at least caution", never_clean, WARNED),
        of("3 or less: off track", clean, OFF, most=1),
        of("...at least caution", clean, WARNED),
        _number("clips miscounted", {c: len(seen.miscounted) for c, seen in whole.items()}),
        Promise("legs judged right", {chain: seen.right for chain, seen in whole.items()}),
        Promise(
            "...with the standing second cut off",
            right,
            least=round(0.9 * min(seen.right for seen in whole.values()), 1),
        ),
        _number("clips miscounted with it cut off", {c: len(seen.miscounted) for c, seen in cut.items()}),
        _number(f"of {len(VARIATIONS)} variations miscounted", {c: len(names) for c, names in wrong.items()}),
    ]


def _number(what: str, measured: dict[str, int]) -> Promise:
    return Promise(what, {chain: float(n) for chain, n in measured.items()}, most=0, unit="", digits=0)


def _listed(names: Sequence[str]) -> str:
    return "; ".join(names) or "-"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("folders", type=Path, nargs="*", default=FOLDERS, help="recordings with a truth.json")
    chosen = parser.parse_args()
    whole = {name: seen_whole(chain, chosen.folders) for name, chain in CHAINS.items()}
    cut = {name: seen_without_standing(chain, chosen.folders) for name, chain in CHAINS.items()}
    wrong = {name: variations_miscounted(chain) for name, chain in CHAINS.items()}
    print(table(promises(whole, cut, wrong)))
    for name in CHAINS:
        print(f"\n{name}, judged wrong: {_listed(whole[name].wrong)}")
        print(f"...with the standing second cut off: {_listed(cut[name].wrong)}")
        print(f"miscounted: {_listed(whole[name].miscounted)}")
        print(f"...with the standing second cut off: {_listed(cut[name].miscounted)}")
        print(f"variations miscounted: {_listed(wrong[name])}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
