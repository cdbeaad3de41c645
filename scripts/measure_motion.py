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
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import real_motion as truth
from promises import Promise, share, table

from mirror.camera.recording import Recording, load, save
from mirror.coach.words import in_english
from mirror.desk.study import Study, study
from mirror.faults import BadInput
from mirror.knees.reading import KneeReading, Rep, Verdict
from mirror.settings import Settings

WAYS = ("none", "own first", "good one before")
"""Without a reference; the recording's first repetition; the same person's first correct one in front."""
VERDICTS = ("good", "caution", "off_track", "unknown")
GRAVEST_LAST = (Verdict.UNKNOWN, Verdict.GOOD, Verdict.CAUTION, Verdict.OFF_TRACK)
WARNED = ("caution", "off_track")
CHAINS = ("desk", "live")
SEVERITY = {Verdict.UNKNOWN: -1, Verdict.GOOD: 0, Verdict.CAUTION: 1, Verdict.OFF_TRACK: 2}
CAVES_DEG = 10.0
"""A first repetition whose deep half is truly further inside is no reference."""


@dataclass
class Found:
    """What one chain made of one recording. worse: verdict of the worse leg of each true repetition found.

    peak_deg, deep_deg, inside_deg: of the worse leg, from the feet, its deep half's, and that one inside the
    leg's own track; None where unknown. azimuth_deg: the feet's directions [left, right], true_azimuth_deg
    the true ones. first_deep_deg: what the first repetition truly shows, of its worse leg.
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
    first_deep_deg: float | None = None
    worse: list[str] = field(default_factory=list)
    peak_deg: list[float | None] = field(default_factory=list)
    deep_deg: list[float | None] = field(default_factory=list)
    inside_deg: list[float | None] = field(default_factory=list)
    sure: list[float | None] = field(default_factory=list)
    azimuth_deg: list[float] = field(default_factory=list)
    true_azimuth_deg: list[float] = field(default_factory=list)


def measure(one: truth.Sequence, ways: Sequence[str] = WAYS) -> list[Found]:
    """One recording in those ways, at the desk and live."""
    found = []
    with TemporaryDirectory() as scratch:
        for way in ways:
            if way == WAYS[2] and one.variant != "still":
                continue
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
    first = _largest(one.reps[0].deep_deg)
    return Found(
        one.person, one.label, one.variant, one.noise, chain, way, len(_true(one)), first_deep_deg=first
    )


def _true(one: truth.Sequence) -> tuple[truth.TrueRep, ...]:
    return tuple(rep for rep in one.reps if rep.q >= truth.LEAST_Q)


def _at_the_desk(one: truth.Sequence, way: str, path: Path, later: float) -> Found:
    row = _row(one, "desk", way)
    try:
        done = study(path, Settings(), None if way == "none" else 1)
    except BadInput as refusal:
        row.refused = str(refusal).partition(": ")[2]
        done = study(path, Settings(), None)
    _compare(row, one, done.analysis.reps, later)
    _azimuths(row, one, done)
    return row


def _azimuths(row: Found, one: truth.Sequence, done: Study) -> None:
    known = [azimuth for azimuth in done.analysis.azimuths if azimuth is not None]
    if known:
        row.azimuth_deg = [float(x) for x in np.degrees(known[-1].value)]
        row.true_azimuth_deg = list(one.azimuth_deg)


def _live(one: truth.Sequence, way: str, recording: Recording, later: float) -> Found:
    row = _row(one, "live", way)
    reps, readings = truth.show_live(recording, ask_reference=way != "none")
    if way != "none" and not any(rep.is_reference for rep in reps[:1]):
        row.refused = _first_refusal(readings)
    _compare(row, one, reps, later)
    return row


def _first_refusal(readings: Sequence[KneeReading]) -> str:
    refused = next((reading.setup.refused for reading in readings if reading.setup.refused), None)
    return in_english(refused) or "never calibrated in time"


def _compare(row: Found, one: truth.Sequence, reps: Sequence[Rep], later: float) -> None:
    """Fill in counts and the worse leg of every true repetition; what came before `later` is another set."""
    own = [rep for rep in reps if rep.bottom_s > later]
    moved = tuple(_later(rep, later) for rep in _true(one))
    pairs = truth.pair(own, moved)
    row.counted = sum(found is not None for found, _ in pairs)
    every = truth.pair(own, tuple(_later(rep, later) for rep in one.reps))
    row.invented = len(own) - sum(found is not None for found, _ in every)
    for found, _ in pairs:
        if found is None or found.is_reference:
            continue
        legs = (found.left, found.right)
        row.worse.append(max((leg.verdict for leg in legs), key=GRAVEST_LAST.index).value)
        row.peak_deg.append(_largest(leg.deviation_deg for leg in legs))
        row.deep_deg.append(_largest(leg.deep_deviation_deg for leg in legs))
        row.inside_deg.append(_largest(leg.inside_own_track_deg for leg in legs))
        row.sure.append(_largest(leg.off_track_sure for leg in legs))


def _later(rep: truth.TrueRep, later: float) -> truth.TrueRep:
    return truth.TrueRep(
        rep.start_s + later, rep.bottom_s + later, rep.end_s + later, rep.q, rep.peak_deg, rep.deep_deg
    )


def _largest(legs: Iterable[float | None]) -> float | None:
    return max((leg for leg in legs if leg is not None), default=None)


# -- tables ------------------------------------------------------------------------------------------------


def auc(clean: Sequence[float | None], wrong: Sequence[float | None]) -> float:
    """How often a wrong repetition lies further inside than a correct one; 0.5 is chance."""
    a, b = (np.array([x for x in part if x is not None]) for part in (clean, wrong))
    if not len(a) or not len(b):
        return float("nan")
    return float(((b[:, None] > a).mean() + (b[:, None] >= a).mean()) / 2)


def tables(rows: list[Found]) -> str:
    parts = [table(promises(rows))]
    for way in WAYS:
        parts.append(_verdicts([row for row in rows if row.way == way and row.noise == "noisy"], way))
    return "\n\n".join([*parts, _scores(rows), _references(rows), _feet(rows)])


def promises(rows: list[Found]) -> list[Promise]:
    """What is asked of verdicts on these people, per cent of noisy repetitions by their worse leg."""
    none, first, before = WAYS
    others, p1 = truth.PEOPLE[1:], truth.PEOPLE[:1]
    right = "correct, p2 to p5"
    correct = partial(_asked, rows, label="correct")
    wrong = partial(_asked, rows, label="incorrect", who=truth.PEOPLE, over="off")
    return [
        correct(f"{right}: off track", none, who=others, over="off", most=5),
        correct(f"{right}: at least caution", none, who=others, over="warned", most=12),
        correct("correct, p1: off track", none, who=p1, over="off"),
        correct("correct, p1: at least caution", none, who=p1, over="warned"),
        correct(f"{right}, its first as the reference: off track", first, who=others, over="off", most=1),
        correct("...at least caution", first, who=others, over="warned", most=4),
        _accepted(rows, f"{right}: the first accepted as the reference"),
        wrong("wrong: off track", none, least=50),
        wrong("wrong, a correct one before: off track", before, least=55),
        correct(f"{right}, a correct one before: off track", before, who=others, over="off"),
        _caving_refused(rows),
        _told_apart(rows, "AUC of degrees inside the own track", (none,), 0.80),
        _told_apart(rows, "...with a reference", (first, before), 0.85),
        _told_apart(rows, "AUC of how sure off track is", (none,), 0.80, "sure"),
        _told_apart(rows, "...with a reference", (first, before), 0.85, "sure"),
        _told_apart(rows, "AUC of the verdict itself", (none,), None, "worse"),
        *(_counted(rows, *kind) for kind in sorted({(r.variant, r.noise) for r in rows})),
        Promise(
            "invented", {c: float(sum(r.invented for r in rows if r.chain == c)) for c in CHAINS}, most=0,
            unit="", digits=0,
        ),
        *_directions(rows),
    ]  # fmt: skip


def _asked(
    rows: list[Found],
    what: str,
    way: str,
    *,
    label: str,
    who: Sequence[str],
    over: str,
    least: float | None = None,
    most: float | None = None,
) -> Promise:
    """Per cent of noisy repetitions; where a reference is asked for, of recordings that accepted it."""
    wanted = WARNED if over == "warned" else WARNED[1:]
    measured, of = {}, {}
    for chain in CHAINS:
        own = [r for r in _noisy(rows, chain, way, label) if r.person in who]
        seen = [verdict for r in own if way != WAYS[1] or not r.refused for verdict in r.worse]
        measured[chain], of[chain] = share(wanted, seen), len(seen)
    return Promise(what, measured, least, most, of=of)


def _noisy(rows: list[Found], chain: str, way: str, label: str) -> list[Found]:
    return [r for r in rows if (r.chain, r.way, r.label, r.noise) == (chain, way, label, "noisy")]


def _accepted(rows: list[Found], what: str) -> Promise:
    own = {c: [r for r in _noisy(rows, c, WAYS[1], "correct") if r.person != "p1"] for c in CHAINS}
    accepted = {chain: float(sum(not r.refused for r in mine)) for chain, mine in own.items()}
    return Promise(
        what, accepted, least=22, unit="of 24", digits=0, of={c: len(mine) for c, mine in own.items()}
    )


def _caving_refused(rows: list[Found]) -> Promise:
    measured, of = {}, {}
    for chain in CHAINS:
        caving = [
            r for r in _noisy(rows, chain, WAYS[1], "incorrect") if (r.first_deep_deg or 0.0) > CAVES_DEG
        ]
        measured[chain], of[chain] = share([True], [bool(r.refused) for r in caving]), len(caving)
    return Promise(
        "wrong first repetitions over 10 in the deep half, refused as the reference", measured, of=of
    )


def _told_apart(
    rows: list[Found], what: str, ways: Sequence[str], least: float | None, by: str = "inside_deg"
) -> Promise:
    measured = {}
    for chain in CHAINS:
        values: dict[str, list[float | None]] = {}
        for label in ("correct", "incorrect"):
            # a wrong set may begin with a wrong reference: it is judged after a correct one
            after = ways[1:] if label == "incorrect" and len(ways) > 1 else ways
            own = [
                r for way in after for r in _noisy(rows, chain, way, label) if not r.refused or way == WAYS[2]
            ]
            values[label] = [_as_number(x) for r in own for x in getattr(r, by)]
        measured[chain] = auc(values["correct"], values["incorrect"])
    return Promise(what, measured, least, unit="", digits=2)


def _as_number(of: float | str | None) -> float | None:
    """A verdict by how grave it is; degrees as they are."""
    ranks: dict[str, float] = {"good": 0.0, "caution": 1.0, "off_track": 2.0}
    return ranks.get(of) if isinstance(of, str) else of


def _counted(rows: list[Found], variant: str, noise: str) -> Promise:
    measured, of = {}, {}
    for chain in CHAINS:
        own = [r for r in rows if (r.chain, r.variant, r.noise, r.way) == (chain, variant, noise, "none")]
        of[chain] = sum(r.true for r in own)
        measured[chain] = 100 * sum(r.counted for r in own) / max(1, of[chain])
    return Promise(f"counted, {variant}, {noise}", measured, least=99, of=of)


def _directions(rows: list[Found]) -> Iterator[Promise]:
    """Of feet: found against true, at the desk, which hardly moves them live."""
    for noise in ("exact", "noisy"):
        own = [r for r in rows if (r.chain, r.noise, r.way) == ("desk", noise, "none")]
        found = np.array([x for r in own for x in r.azimuth_deg])
        true = np.array([x for r in own for x in r.true_azimuth_deg])
        if len(found) > 2:
            slope, bias = float(np.polyfit(true, found, 1)[0]), float(np.mean(found - true))
            yield Promise(
                f"feet's directions, {noise}: slope", {"desk": slope}, least=0.85, unit="", digits=2
            )
            yield Promise(
                f"feet's directions, {noise}: bias, degrees", {"desk": abs(bias)}, most=3, unit="", digits=1
            )


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
        "| joints | people | peak | deep half | inside the own track | after a correct one |",
        "|---|---|---|---|---|---|",
    ]
    for noise in ("exact", "noisy"):
        for who in (truth.PEOPLE, truth.PEOPLE[1:]):
            cells = [
                _auc_of(rows, noise, who, "none", "peak_deg"),
                _auc_of(rows, noise, who, "none", "deep_deg"),
                _auc_of(rows, noise, who, "none", "inside_deg"),
                _auc_of(rows, noise, who, "good one before", "inside_deg"),
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
                    x - true
                    for r in rows
                    if (r.chain, r.noise, r.label, r.way) == ("desk", noise, label, "none")
                    for x, true in zip(r.azimuth_deg, r.true_azimuth_deg, strict=True)
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
    parser.add_argument("--some", type=int, default=1, metavar="N", help="only every Nth recording")
    parser.add_argument("--json", type=Path, metavar="F.json", help="everything found, a row a recording")
    parser.add_argument("-j", type=int, default=1, metavar="N", help="processes")
    chosen = parser.parse_args()
    if not truth.there(chosen.folder):
        print(f"measure_motion: {chosen.folder} is not there, so nothing is measured.")
        return 0
    every = list(truth.sequences(chosen.folder))[:: max(1, chosen.some)]
    with ProcessPoolExecutor(max(1, chosen.j)) as pool:
        rows = [row for rows in pool.map(measure, every) for row in rows]
    print(tables(rows))
    if chosen.json:
        whole: list[dict[str, Any]] = [asdict(row) for row in rows]
        chosen.json.write_text(json.dumps(whole, indent=1) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
