"""What every repetition of the measured people shows of each leg, reduced to a few numbers, for experiments.

Feet are pointed by their toe tips as seen, without what a set's repetitions agree on. Kept as arrays, so
that a hundred ways to judge can be tried in a minute. No mirror runs this.
"""

from __future__ import annotations

import sys
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import numpy.typing as npt

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import real_motion as truth

from mirror.camera.recording import load, save
from mirror.desk.study import study
from mirror.fitting.from_settings import constants_of
from mirror.knees.analysis import Analysis
from mirror.knees.azimuth import from_toes
from mirror.knees.foot_placements import FootPlacement
from mirror.knees.optics import rectify
from mirror.knees.repetition import Rep
from mirror.settings import Settings

F64 = npt.NDArray[np.float64]
DEEP = 0.5


@dataclass(frozen=True)
class RepShown:
    """One repetition of one leg. Means over its deep half in shank lengths; degrees elsewhere.

    X, F: [descent, ascent], lateral and forward. toes_deg: the foot's direction from its toe tip as seen,
    true_foot_deg: as measured. true_deep_deg: true mean deviation of the deep half. lean_deg: of the standing
    shank, + inward. own_q: its depth.
    """

    person: str
    label: str
    variant: str
    yaw: str
    seed: int
    n: int
    leg: int
    X: tuple[float, float]
    F: tuple[float, float]
    start: tuple[float, float]
    toes_deg: float
    true_foot_deg: float
    true_deep_deg: float | None
    true_peak_deg: float | None
    peak_deg: float
    stance_width: float
    lean_deg: float
    q: float


def shown(one: truth.Sequence, seeds: tuple[int, ...]) -> list[RepShown]:
    """Every repetition and leg of an exact recording: seed -1 without noise, others with that draw of it."""
    rows = []
    with TemporaryDirectory() as scratch:
        for seed in seeds:
            recording = load(one.path)
            if seed >= 0:
                recording = truth.noisy(recording, seed * 1000 + sum(one.name.encode()))
            path = Path(scratch) / "set.npz"
            save(path, recording)
            analysis = study(path, Settings(), None).analysis
            for found, true in truth.pair(analysis.reps, one.reps):
                if found is not None and true.q >= truth.LEAST_Q:
                    rows += _legs(one, seed, found, true, analysis, recording)
    return rows


def _legs(one, seed, rep: Rep, true: truth.TrueRep, analysis: Analysis, recording) -> list[RepShown]:
    placement = [p for p in analysis.placements if p.from_s <= rep.start_s][-1:]
    if not placement or placement[0].stance is None:
        return []
    stance = placement[0].stance
    toe = rectify(recording.toes, recording.image_size, analysis.camera)
    feet = np.degrees(from_toes(toe, stance.ankle, stance.depth, constants_of(None).toe_reach).value)
    frames = [m for m in analysis.motions if rep.start_s <= m.t <= rep.end_s and np.isfinite(m.q)]
    most = max(m.q for m in frames)
    rows = []
    for leg, judged in enumerate((rep.left, rep.right)):
        halves = []
        for early in (True, False):
            deep = [
                m for m in frames if m.q > DEEP * most and (m.t <= rep.bottom_s) == early and m.usable[leg]
            ]
            halves.append(_means(deep, leg))
        begins = [m for m in frames if 0.1 < m.q < DEEP * most and m.t <= rep.bottom_s and m.usable[leg]]
        rows.append(
            RepShown(
                one.person,
                one.label,
                one.variant,
                one.yaw,
                seed,
                rep.n,
                leg,
                (halves[0][0], halves[1][0]),
                (halves[0][1], halves[1][1]),
                _means(begins, leg),
                float(feet[leg]),
                one.azimuth_deg[leg],
                true.deep_deg[leg],
                true.peak_deg[leg],
                np.nan if judged.deviation_deg is None else judged.deviation_deg,
                float(stance.width * stance.depth.mean()),
                _lean(analysis, placement[0], leg),
                most,
            )
        )
    return rows


def _means(frames, leg: int) -> tuple[float, float]:
    if not frames:
        return np.nan, np.nan
    return float(np.mean([m.shank.lateral[leg] for m in frames])), float(
        np.mean([m.shank.forward[leg] for m in frames])
    )


def _lean(analysis: Analysis, placement: FootPlacement, leg: int) -> float:
    quiet = [m for m in analysis.motions if m.t in placement.quiet_s and np.isfinite(m.q)]
    return float(-np.degrees(np.median([m.shank.lateral[leg] for m in quiet]))) if quiet else np.nan


def everything(seeds: tuple[int, ...] = (-1, 0, 1, 2, 3), processes: int = 2) -> list[RepShown]:
    every = [one for one in truth.sequences() if one.noise == "exact"]
    with ProcessPoolExecutor(processes) as pool:
        return [row for rows in pool.map(partial(shown, seeds=seeds), every) for row in rows]


def columns(rows: list[RepShown]) -> npt.NDArray[np.void]:
    """The same as one structured array."""
    names = [
        ("person", "U2"),
        ("label", "U9"),
        ("variant", "U5"),
        ("yaw", "U3"),
        ("seed", int),
        ("n", int),
        ("leg", int),
        ("X", float, 2),
        ("F", float, 2),
        ("start", float, 2),
        ("toes", float),
        ("foot", float),
        ("deep", float),
        ("peak", float),
        ("seen_peak", float),
        ("width", float),
        ("lean", float),
        ("q", float),
    ]
    out = np.empty(len(rows), names)
    for i, r in enumerate(rows):
        out[i] = (
            r.person,
            r.label,
            r.variant,
            r.yaw,
            r.seed,
            r.n,
            r.leg,
            r.X,
            r.F,
            r.start,
            r.toes_deg,
            r.true_foot_deg,
            np.nan if r.true_deep_deg is None else r.true_deep_deg,
            np.nan if r.true_peak_deg is None else r.true_peak_deg,
            r.peak_deg,
            r.stance_width,
            r.lean_deg,
            r.q,
        )
    return out


if __name__ == "__main__":
    np.save(sys.argv[1], columns(everything()))
