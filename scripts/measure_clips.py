#!/usr/bin/env python3
"""Measure the whole chain on rendered clips with exact truth: how far off are knees, feet and depth?

Takes folders that scripts/synth wrote (each clip a folder with video.mp4 and truth.json.gz) and prints one
table for each way to know where the feet point: toes seen, a reference repetition, both.
"""

from __future__ import annotations

import argparse
import gzip
import json
import math
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from mirror.camera.recording import load, save
from mirror.coach.words import in_english
from mirror.desk.study import Study, as_recording, study
from mirror.faults import BadInput
from mirror.knees.reading import Rep, RepLeg, Verdict
from mirror.settings import Settings

SIDES = ("left", "right")
COLLAPSED_DEG, CLEAN_DEG = 9.0, 3.0
SAME_REP_S = 0.6
"""A repetition found is the true one whose bottom is this near."""
BENT_Q = 0.35
"""Of the way down: below it the knee is hardly forward, and no deviation is judged."""
DEEP = 0.5
"""The deep half of a repetition: further down than this share of its depth."""
WAYS = ("toes", "reference", "toes+reference")


@dataclass(frozen=True)
class TrueRep:
    """Pairs are [left, right], degrees. peak_deg: largest deviation. deep_deg: the larger of the deep half's
    means on the way down and up; inside_deg: that over the line the leg keeps when all is well."""

    bottom_s: float
    peak_deg: tuple[float, float]
    depth_deg: float
    deep_deg: tuple[float, float]
    inside_deg: tuple[float, float]


@dataclass(frozen=True)
class Truth:
    """What is known of one clip. azimuth_deg (2,): of the feet, + outward, in the camera frame."""

    hfov_deg: float
    tilt_deg: float
    height_m: float
    azimuth_deg: tuple[float, float]
    reps: list[TrueRep]


@dataclass
class Errors:
    """What was found against what is true, over legs and repetitions; degrees. collapsed, clean: by how far
    the deep half is truly inside the leg's own line."""

    azimuth: list[float] = field(default_factory=list)
    peak: list[float] = field(default_factory=list)
    deep: list[float] = field(default_factory=list)
    depth: list[float] = field(default_factory=list)
    unknown: int = 0
    collapsed: list[Verdict] = field(default_factory=list)
    clean: list[Verdict] = field(default_factory=list)
    counted: list[tuple[str, int, int]] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)


def read_truth(path: Path) -> Truth:
    """A truth.json.gz of scripts/synth, or of the bundled clip, which says less."""
    with gzip.open(path) as stream:
        known: dict[str, Any] = json.load(stream)
    camera = known["camera"]
    hfov = camera.get("hfov_deg") or 2 * math.degrees(math.atan(camera["W"] / 2 / camera["f_px"]))
    tilt = camera.get("tilt_deg", math.degrees(math.asin(-camera["view"][1][2])))
    frames, joints = known["frames"], known["joints"]
    standing = dict(zip(joints, frames[0]["j3"], strict=True))
    zero = known.get("spec", {}).get("zero_deg") or (0.0, 0.0)
    reps = [_true_rep(rep, number, frames, joints, zero) for number, rep in enumerate(known["reps"])]
    azimuth = tuple(_azimuth_deg(standing, side) for side in SIDES)
    return Truth(hfov, tilt, camera["eye"][1], (azimuth[0], azimuth[1]), reps)


def _azimuth_deg(joints: dict[str, list[float]], side: str) -> float:
    """Of the line from ankle to the root of the 2nd toe, which is what deviations are measured against."""
    toe = joints.get(f"{side}_toe2_mtp", joints[f"{side}_toe2_tip"])
    right, _, ahead = np.subtract(toe, joints[f"{side}_ankle"])
    return math.degrees(math.atan2(right if side == "left" else -right, ahead))


def _true_rep(
    rep: dict[str, Any], number: int, frames: list[dict[str, Any]], joints: list[str], zero: Sequence[float]
) -> TrueRep:
    mine = [frame for frame in frames if frame["rep"] == number]
    bent = [frame for frame in mine if frame["q"] > BENT_Q * max(frame["q"] for frame in mine)]
    peak = [max(frame[leg]["dev_shank_deg"] for frame in bent) for leg in "LR"]
    bottom_s = (rep["t_bottom"] + rep.get("t_up", rep["t_bottom"])) / 2
    deepest = min(mine, key=lambda frame: abs(frame["t"] - bottom_s))
    thighs = [_thigh_deg(dict(zip(joints, deepest["j3"], strict=True)), side) for side in SIDES]
    deep = [_deep_deg(mine, leg, bottom_s) for leg in "LR"]
    return TrueRep(
        bottom_s,
        (peak[0], peak[1]),
        sum(thighs) / 2,
        (deep[0], deep[1]),
        (deep[0] - zero[0], deep[1] - zero[1]),
    )


def _deep_deg(frames: Sequence[dict[str, Any]], leg: str, bottom_s: float) -> float:
    most = max(frame["q"] for frame in frames)
    halves: tuple[list[float], list[float]] = ([], [])
    for frame in frames:
        if frame["q"] > DEEP * most:
            halves[frame["t"] > bottom_s].append(frame[leg]["dev_shank_deg"])
    return max(float(np.mean(half)) for half in halves)


def _thigh_deg(joints: dict[str, list[float]], side: str) -> float:
    across, up, ahead = np.subtract(joints[f"{side}_hip"], joints[f"{side}_knee"])
    return math.degrees(math.atan2(up, math.hypot(across, ahead)))


def clips(folders: Sequence[Path]) -> Iterator[tuple[str, Path, Path]]:
    """(name, video, truth) of every finished clip, those of a folder in order of name."""
    for folder in folders:
        for truth in sorted(folder.rglob("truth.json.gz")):
            video = truth.with_name("video.mp4")
            if video.exists():
                yield truth.parent.name, video, truth


def settings_for(truth: Truth, *, assume_tilt: bool, model: str = "") -> Settings:
    """Settings that give the camera as it was; without its tilt and height where those are to be assumed."""
    camera: dict[str, float] = {"hfov_deg": round(truth.hfov_deg, 3)}
    if not assume_tilt:
        camera |= {"tilt_deg": round(truth.tilt_deg, 3), "height_m": round(truth.height_m, 3)}
    return Settings.model_validate({"camera": camera} | ({"model": {"name": model}} if model else {}))


def good_one(truth: Truth) -> int | None:
    """Number of the first repetition whose knees truly track, which is what people are asked for."""
    return next((n for n, rep in enumerate(truth.reps, 1) if max(rep.peak_deg) <= CLEAN_DEG), None)


def study_all(
    video: Path, keep: Path, settings: Settings, reference: int | None, *, anew: bool
) -> tuple[dict[str, Study | str], float | None]:
    """The clip judged in every way, or why it can't be; and how many times faster than real time.

    keep: where its keypoints are kept for the next time, which then takes no network.
    """
    ratio = None
    if anew or not keep.exists():
        began = time.monotonic()
        done = study(video, settings, None)
        ratio = done.source["duration_s"] / (time.monotonic() - began)
        save(keep, as_recording(done))
    bare = keep.with_name(f"{keep.stem}.bare.npz")
    recording = replace(load(keep), hfov_deg=None, tilt_deg=None, camera_height_m=None)
    save(keep, recording)
    save(bare, replace(recording, toes=None, toes_t=None, toes_each=None))
    judged: dict[str, Study | str] = {"toes": _judged(keep, settings, None)}
    for way, path in (("reference", bare), ("toes+reference", keep)):
        judged[way] = _judged(path, settings, reference) if reference else "no repetition in it is good"
    bare.unlink()
    return judged, ratio


def _judged(path: Path, settings: Settings, reference: int | None) -> Study | str:
    try:
        return study(path, settings, reference)
    except BadInput as refusal:
        return str(refusal).partition(": ")[2]


def compare(name: str, found: Study | str, truth: Truth, errors: Errors) -> None:
    """Add one clip judged in one way to its errors."""
    if isinstance(found, str):
        errors.refused.append(f"{name}: {found}")
        return
    analysis = found.analysis
    errors.counted.append((name, len(analysis.reps), len(truth.reps)))
    if analysis.azimuth is not None:
        errors.azimuth += list(np.degrees(analysis.azimuth.value) - truth.azimuth_deg)
    for rep in analysis.reps:
        true = min(truth.reps, key=lambda known: abs(known.bottom_s - rep.bottom_s), default=None)
        if true is not None and abs(true.bottom_s - rep.bottom_s) < SAME_REP_S:
            _compare_rep(rep, true, errors)


def _compare_rep(rep: Rep, true: TrueRep, errors: Errors) -> None:
    if rep.depth_deg is not None:
        errors.depth.append(rep.depth_deg - true.depth_deg)
    if rep.is_reference:
        return
    legs: tuple[RepLeg, RepLeg] = (rep.left, rep.right)
    for leg, peak_deg, deep_deg, inside_deg in zip(
        legs, true.peak_deg, true.deep_deg, true.inside_deg, strict=True
    ):
        if leg.deviation_deg is None:
            errors.unknown += 1
        else:
            errors.peak.append(leg.deviation_deg - peak_deg)
        if leg.deep_deviation_deg is not None:
            errors.deep.append(leg.deep_deviation_deg - deep_deg)
        if inside_deg >= COLLAPSED_DEG:
            errors.collapsed.append(leg.verdict)
        elif inside_deg <= CLEAN_DEG:
            errors.clean.append(leg.verdict)


def spread(errors: list[float]) -> str:
    """Median and 95th percentile of the size, and the mean with its sign."""
    if not errors:
        return "-"
    size = np.abs(errors)
    return (
        f"median {np.median(size):.2f}, p95 {np.percentile(size, 95):.2f}, "
        f"rms {np.sqrt(np.mean(np.square(errors))):.2f}, mean {np.mean(errors):+.2f} (n {len(errors)})"
    )


def share(verdicts: list[Verdict]) -> str:
    """How many were off track, and how many at least caution."""
    if not verdicts:
        return "-"
    off = verdicts.count(Verdict.OFF_TRACK)
    warned = off + verdicts.count(Verdict.CAUTION)
    unknown = verdicts.count(Verdict.UNKNOWN)
    n = len(verdicts)
    return (
        f"off track {off} ({100 * off / n:.0f} %), at least caution {warned} ({100 * warned / n:.0f} %), "
        f"unknown {unknown}, of {n}"
    )


def table(way: str, errors: Errors) -> str:
    wrong = [f"{name} {found} of {true}" for name, found, true in errors.counted if found != true]
    lines = [
        f"\n{way}",
        f"  foot azimuth      {spread(errors.azimuth)}",
        f"  peak deviation    {spread(errors.peak)}; unknown {errors.unknown}",
        f"  deep half         {spread(errors.deep)}",
        f"  inside >= {COLLAPSED_DEG:.0f}       {share(errors.collapsed)}",
        f"  inside <= {CLEAN_DEG:.0f}       {share(errors.clean)}",
        f"  depth             {spread(errors.depth)}",
        f"  counts            {'; '.join(wrong) or f'exact on {len(errors.counted)} clips'}",
    ]
    lines += [f"  refused           {reason}" for reason in errors.refused]
    return "\n".join(lines)


def _of_clip(name: str, judged: dict[str, Study | str], truth: Truth, ratio: float | None) -> str:
    """One clip in a few lines: azimuth errors, and every repetition's legs as found/true."""
    speed = "" if ratio is None else f", {ratio:.1f} x real time"
    lines = [f"{name}{speed}"]
    for way, found in judged.items():
        own = Errors()
        compare(name, found, truth, own)
        if isinstance(found, str):
            continue
        azimuth = " ".join(f"{error:+.1f}" for error in own.azimuth) or in_english(found.analysis.why_unknown)
        peaks = " ".join(f"{error:+.1f}" for error in own.peak)
        lines.append(f"  {way:15} azimuth {azimuth} | peaks {peaks}")
    return "\n".join(lines)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", nargs="+", type=Path, metavar="FOLDER", help="of rendered clips")
    parser.add_argument("--assume-tilt", action="store_true", help="give the field of view, but no tilt")
    parser.add_argument(
        "--model", default="", metavar="NAME", help="of models.toml; the default's if left out"
    )
    parser.add_argument("--keep", type=Path, help="folder for keypoint recordings, used again when there")
    parser.add_argument("--clips", action="store_true", help="say something about every clip, too")
    chosen = parser.parse_args()
    found = list(clips(chosen.folders))
    if not found:
        print(f"measure_clips: no video.mp4 with truth.json.gz in {chosen.folders[0]}", file=sys.stderr)
        return 2
    errors = {way: Errors() for way in WAYS}
    with TemporaryDirectory() as scratch:
        keep = chosen.keep or Path(scratch)
        keep.mkdir(parents=True, exist_ok=True)
        for name, video, truth_file in found:
            truth = read_truth(truth_file)
            settings = settings_for(truth, assume_tilt=chosen.assume_tilt, model=chosen.model)
            judged, ratio = study_all(
                video, keep / f"{name}.npz", settings, good_one(truth), anew=chosen.keep is None
            )
            for way, one in judged.items():
                compare(name, one, truth, errors[way])
            if chosen.clips:
                print(_of_clip(name, judged, truth, ratio))
    for way in WAYS:
        print(table(way, errors[way]))
    return 0


if __name__ == "__main__":
    sys.exit(main())
