#!/usr/bin/env python3
"""Measure verdicts on real people's squats whose joints were measured with markers: desk and live chain.

    python scripts/measure_motion.py -j 2 --json motion.json

Reads ../shared/motion, which is not part of the project. "Correct" and "incorrect" are what people were asked
for; a wrong repetition need not be wrong in the knees, so nobody can find all of them.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import real_motion as truth

from mirror.camera.recording import Recording, load, save
from mirror.coach.words import in_english
from mirror.desk.study import Study, study
from mirror.faults import BadInput
from mirror.knees.analysis import Analysis
from mirror.knees.reading import KneeReading, Rep
from mirror.knees.repetition import SEVERITY
from mirror.knees.shank import deviation
from mirror.settings import Settings

WAYS = ("none", "own first", "good one before")
"""Without a reference; the recording's first repetition; the same person's first correct one in front."""
DEEP = 0.5
"""The deep half of a repetition: q over this share of its largest."""
VERDICTS = ("good", "caution", "off_track", "unknown")


@dataclass
class Found:
    """What one chain made of one recording. worse: verdict of the worse leg of each true repetition found.

    peak_deg, deep_deg: of the worse leg, None where unknown. azimuth_deg: errors of [left, right].
    """

    person: str
    label: str
    variant: str
    noise: str
    chain: str
    way: str
    true: int
    counted: int = 0
    invented: int = 0
    refused: str = ""
    worse: list[str] = field(default_factory=list)
    peak_deg: list[float | None] = field(default_factory=list)
    deep_deg: list[float | None] = field(default_factory=list)
    own_deg: list[float | None] = field(default_factory=list)
    azimuth_deg: list[float] = field(default_factory=list)


def measure(one: truth.Sequence) -> list[Found]:
    """One recording in every way, at the desk and live."""
    found = []
    with TemporaryDirectory() as scratch:
        for way in WAYS if one.variant == "still" else WAYS[:2]:
            recording, later = _recording(one, way)
            path = Path(scratch) / "set.npz"
            save(path, recording)
            found += [_at_the_desk(one, way, path, later), _live(one, way, recording, later)]
    return found


def _recording(one: truth.Sequence, way: str) -> tuple[Recording, float]:
    if way != "good one before":
        return load(one.path), 0.0
    recording, later = truth.after_a_good_one(one)
    if one.noise == "noisy":
        recording = truth.noisy(recording, seed=int.from_bytes(one.name.encode(), "big") % 2**32)
    return recording, later


def _row(one: truth.Sequence, chain: str, way: str) -> Found:
    return Found(one.person, one.label, one.variant, one.noise, chain, way, len(_true(one)))


def _true(one: truth.Sequence) -> tuple[truth.TrueRep, ...]:
    return tuple(rep for rep in one.reps if rep.q >= truth.LEAST_Q)


def _at_the_desk(one: truth.Sequence, way: str, path: Path, later: float) -> Found:
    row = _row(one, "desk", way)
    try:
        done = study(path, Settings(), None if way == "none" else 1)
    except BadInput as refusal:
        row.refused = str(refusal).partition(": ")[2]
        done = study(path, Settings(), None)
    deep = _deep(done.analysis)
    _compare(row, one, done.analysis.reps, later, deep)
    _azimuths(row, one, done)
    return row


def _azimuths(row: Found, one: truth.Sequence, done: Study) -> None:
    known = [azimuth for azimuth in done.analysis.azimuths if azimuth is not None]
    if known:
        row.azimuth_deg = [float(x) for x in np.degrees(known[-1].value) - one.azimuth_deg]


def _live(one: truth.Sequence, way: str, recording: Recording, later: float) -> Found:
    row = _row(one, "live", way)
    reps, readings = truth.show_live(recording, ask_reference=way != "none")
    if way != "none" and not any(rep.is_reference for rep in reps[:1]):
        row.refused = _first_refusal(readings)
    _compare(row, one, reps, later, {})
    return row


def _first_refusal(readings: Sequence[KneeReading]) -> str:
    refused = next((reading.setup.refused for reading in readings if reading.setup.refused), None)
    return in_english(refused) or "never calibrated in time"


def _compare(
    row: Found, one: truth.Sequence, reps: Sequence[Rep], later: float, deep: dict[int, list[float | None]]
) -> None:
    """Fill in counts and the worse leg of every true repetition; what came before `later` is another set."""
    own = [rep for rep in reps if rep.bottom_s > later]
    moved = tuple(_later(rep, later) for rep in _true(one))
    pairs = truth.pair(own, moved)
    row.counted = sum(found is not None for found, _ in pairs)
    every = truth.pair(own, tuple(_later(rep, later) for rep in one.reps))
    row.invented = len(own) - sum(found is not None for found, _ in every)
    zero = next((deep[rep.n] for rep in reps if rep.n in deep), [None, None])
    for found, _ in pairs:
        if found is None or found.is_reference:
            continue
        legs = (found.left, found.right)
        worse = max((leg.verdict for leg in legs), key=SEVERITY.__getitem__)
        row.worse.append(worse.value)
        row.peak_deg.append(_largest(leg.deviation_deg for leg in legs))
        mine = deep.get(found.n, [None, None])
        row.deep_deg.append(_largest(mine))
        row.own_deg.append(
            _largest(
                a - b if a is not None and b is not None else None for a, b in zip(mine, zero, strict=True)
            )
        )


def _later(rep: truth.TrueRep, later: float) -> truth.TrueRep:
    return truth.TrueRep(
        rep.start_s + later, rep.bottom_s + later, rep.end_s + later, rep.q, rep.peak_deg, rep.deep_deg
    )


def _largest(legs: Iterable[float | None]) -> float | None:
    return max((leg for leg in legs if leg is not None), default=None)


def _deep(analysis: Analysis) -> dict[int, list[float | None]]:
    """Mean deviation of each leg over each repetition's deep half, degrees, by its number."""
    means = {}
    for rep in analysis.reps:
        azimuth = [
            a
            for a, placement in zip(analysis.azimuths, analysis.placements, strict=False)
            if placement.from_s <= rep.start_s
        ]
        if not azimuth or azimuth[-1] is None:
            continue
        frames = [m for m in analysis.motions if rep.start_s <= m.t <= rep.end_s and np.isfinite(m.q)]
        least = DEEP * max(m.q for m in frames)
        means[rep.n] = [
            _mean(
                [
                    float(np.degrees(deviation(m.shank, azimuth[-1].value)[leg]))
                    for m in frames
                    if m.q > least and m.usable[leg]
                ]
            )
            for leg in (0, 1)
        ]
    return means


def _mean(of: list[float]) -> float | None:
    return float(np.mean(of)) if of else None


# -- tables ------------------------------------------------------------------------------------------------


def auc(clean: Sequence[float | None], wrong: Sequence[float | None]) -> float:
    """How often a wrong repetition lies further inside than a correct one; 0.5 is chance."""
    a, b = (np.array([x for x in part if x is not None]) for part in (clean, wrong))
    if not len(a) or not len(b):
        return float("nan")
    return float(((b[:, None] > a).mean() + (b[:, None] >= a).mean()) / 2)


def tables(rows: list[Found]) -> str:
    parts = [_counts(rows)]
    for way in WAYS:
        parts.append(_verdicts([row for row in rows if row.way == way and row.noise == "noisy"], way))
    return "\n\n".join([*parts, _scores(rows), _references(rows), _feet(rows)])


def _counts(rows: list[Found]) -> str:
    lines = ["| counted | variant | joints | repetitions | counted | invented |", "|---|---|---|---|---|---|"]
    for chain in ("desk", "live"):
        for variant in ("raw", "still"):
            for noise in ("exact", "noisy"):
                own = [
                    r for r in rows if (r.chain, r.variant, r.noise, r.way) == (chain, variant, noise, "none")
                ]
                true, counted = sum(r.true for r in own), sum(r.counted for r in own)
                lines.append(
                    f"| {chain} | {variant} | {noise} | {true} | {counted} ({100 * counted / true:.1f} %) "
                    f"| {sum(r.invented for r in own)} |"
                )
    return "\n".join(lines)


def _verdicts(rows: list[Found], way: str) -> str:
    lines = [
        f"Worse leg of each repetition, noisy, reference: {way}; per cent",
        "",
        "| chain | asked for | people | " + " | ".join(VERDICTS) + " | of |",
        "|---|---|---|" + "---|" * (len(VERDICTS) + 1),
    ]
    for chain in ("desk", "live"):
        for label in ("correct", "incorrect"):
            for who in (truth.PEOPLE, truth.PEOPLE[1:], *((person,) for person in truth.PEOPLE)):
                own = [r for r in rows if (r.chain, r.label) == (chain, label) and r.person in who]
                if way == "own first":
                    own = [r for r in own if not r.refused]
                lines.append(f"| {chain} | {label} | {_name(who)} | {_shares(own)} |")
    return "\n".join(lines)


def _name(who: Sequence[str]) -> str:
    return who[0] if len(who) == 1 else f"{who[0]} to {who[-1]}"


def _shares(rows: list[Found]) -> str:
    seen = Counter(verdict for row in rows for verdict in row.worse)
    n = sum(seen.values())
    if not n:
        return " | ".join(["-"] * len(VERDICTS) + ["0"])
    return " | ".join([*(f"{100 * seen[verdict] / n:.0f}" for verdict in VERDICTS), str(n)])


def _scores(rows: list[Found]) -> str:
    lines = [
        "AUC of correct against incorrect, worse leg, desk",
        "",
        "| joints | people | peak | mean of the deep half | the same over a good repetition's |",
        "|---|---|---|---|---|",
    ]
    for noise in ("exact", "noisy"):
        for who in (truth.PEOPLE, truth.PEOPLE[1:]):
            cells = [
                _auc_of(rows, noise, who, "none", "peak_deg"),
                _auc_of(rows, noise, who, "none", "deep_deg"),
                _auc_of(rows, noise, who, "good one before", "own_deg"),
            ]
            lines.append(f"| {noise} | {_name(who)} | " + " | ".join(f"{x:.2f}" for x in cells) + " |")
    return "\n".join(lines)


def _auc_of(rows: list[Found], noise: str, who: Sequence[str], way: str, what: str) -> float:
    values: dict[str, list[float | None]] = defaultdict(list)
    for row in rows:
        if (row.chain, row.noise, row.way) == ("desk", noise, way) and row.person in who:
            values[row.label] += getattr(row, what)
    return auc(values["correct"], values["incorrect"])


def _references(rows: list[Found]) -> str:
    lines = [
        "The first correct repetition as the reference",
        "",
        "| chain | joints | people | accepted | why not |",
        "|---|---|---|---|---|",
    ]
    for chain in ("desk", "live"):
        for noise in ("exact", "noisy"):
            for who in (truth.PEOPLE, truth.PEOPLE[1:]):
                own = [
                    r
                    for r in rows
                    if (r.chain, r.noise, r.label, r.way) == (chain, noise, "correct", "own first")
                    and r.person in who
                ]
                why = Counter(_kind(r.refused) for r in own if r.refused)
                said = "; ".join(f"{n} {reason}" for reason, n in why.most_common()) or "-"
                accepted = sum(not r.refused for r in own)
                lines.append(f"| {chain} | {noise} | {_name(who)} | {accepted} of {len(own)} | {said} |")
    return "\n".join(lines)


def _kind(refused: str) -> str:
    """The reason without knee and degrees."""
    for kind in ("inside the toes", "hardly moved forward", "one line", "to follow a foot"):
        if kind in refused:
            return kind
    return refused


def _feet(rows: list[Found]) -> str:
    lines = [
        "Error of the feet's directions at the desk, degrees",
        "",
        "| joints | asked for | mean | sd | p95 of the size |",
        "|---|---|---|---|---|",
    ]
    for noise in ("exact", "noisy"):
        for label in ("correct", "incorrect"):
            wrong = np.array(
                [
                    x
                    for r in rows
                    if (r.chain, r.noise, r.label, r.way) == ("desk", noise, label, "none")
                    for x in r.azimuth_deg
                ]
            )
            if len(wrong):
                lines.append(
                    f"| {noise} | {label} | {wrong.mean():+.1f} | {wrong.std():.1f} "
                    f"| {np.percentile(np.abs(wrong), 95):.1f} |"
                )
    return "\n".join(lines)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("folder", type=Path, nargs="?", default=truth.MOTION, help="of the recordings")
    parser.add_argument("--json", type=Path, metavar="F.json", help="everything found, a row a recording")
    parser.add_argument("-j", type=int, default=1, metavar="N", help="processes")
    chosen = parser.parse_args()
    if not truth.there(chosen.folder):
        print(f"measure_motion: {chosen.folder} is not there, so nothing is measured.")
        return 0
    every = list(truth.sequences(chosen.folder))
    with ProcessPoolExecutor(max(1, chosen.j)) as pool:
        rows = [row for rows in pool.map(measure, every) for row in rows]
    print(tables(rows))
    if chosen.json:
        whole: list[dict[str, Any]] = [asdict(row) for row in rows]
        chosen.json.write_text(json.dumps(whole, indent=1) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
