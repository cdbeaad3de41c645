#!/usr/bin/env python3
"""Experiments: repetitions counted from the hips' own rise and fall, with nobody asked to stand still first.

    python scripts/research/counting.py      # ../shared/motion, and the joints kept in tests/data/real

A repetition is a dip of the hips that falls from a top and rises to a next one by a share of the leg,
whatever standing may be. docs/research/own_track.md says what came of it. No mirror runs this.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import measure_real
import real_motion as truth

from mirror.camera.recording import Recording, load
from mirror.desk.study import present
from mirror.fitting.from_settings import camera_of
from mirror.knees.optics import F64, rectify
from mirror.settings import Settings

HIP, KNEE, ANKLE, SHOULDER, WRIST = [11, 12], [13, 14], [15, 16], [5, 6], [9, 10]
SCORE = 0.3


@dataclass(frozen=True)
class Dip:
    """One fall and rise of the hips. fell, rose: shares of the body's own leg length."""

    start_s: float
    bottom_s: float
    end_s: float
    fell: float
    rose: float
    bottom: int


@dataclass(frozen=True)
class Limits:
    """Shares of the leg. least: of fall and rise. near: a rise ends this far below the top before; or where
    it turns down by `turn`, or rests for rest_s, after a share `again` of the fall. smooth_s: of the hips.
    side: feet that move further are no squat; wrists: over the knees."""

    least: float = 0.10
    again: float = 0.75
    near: float = 0.07
    turn: float = 0.02
    rest_s: float = 0.2
    smooth_s: float = 0.06
    longest_s: float = 30.0
    shortest_s: float = 0.4
    side: float = 0.35
    wrists: float = -0.02


def height(recording: Recording) -> tuple[F64, F64, F64]:
    """Hips over the ankles in leg lengths (T,), NaN unseen; p (T, 17, 2); the legs' length so far (T,).

    Leg length: the tallest the hips stood over the ankles in the last half minute.
    """
    camera = camera_of(
        Settings(),
        recording.image_size,
        ("r", recording.hfov_deg),
        ("r", recording.tilt_deg),
        ("r", recording.camera_height_m),
        ("r", recording.roll_deg),
    )
    p = rectify(recording.keypoints[..., :2], recording.image_size, camera)
    seen = present(recording.keypoints) & (recording.keypoints[:, HIP + ANKLE, 2].min(1) >= SCORE)
    hips = np.where(seen, p[:, HIP, 1].mean(1) - p[:, ANKLE, 1].mean(1), np.nan)
    return hips, p, _scale(recording.t, hips, p, seen)


def _scale(t: F64, hips: F64, p: F64, seen: npt.NDArray[np.bool_]) -> F64:
    """By what was seen until then."""
    tall = np.where(seen, hips, np.nan)
    out = np.full(len(t), np.nan)
    for i in np.flatnonzero(seen):
        out[i] = np.nanpercentile(tall[(t >= t[i] - 30) & (t <= t[i])], 95)
    return out


class Counter:
    """Hips that fall and rise, frame by frame."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.last_t = -np.inf

    def _begin(self, t: float, h: float, i: int) -> None:
        self.smooth = self.top = self.low = self.high = h
        self.top_t = self.low_t = self.high_t = t
        self.low_i, self.down, self.fresh = i, False, True

    def update(self, t: float, h: float, scale: float, i: int) -> Dip | None:
        if t - self.last_t > 1.0:
            self._begin(t, h, i)
        else:
            self.smooth += (1 - np.exp(-(t - self.last_t) / self.limits.smooth_s)) * (h - self.smooth)
        self.last_t = t
        return self._down(t, scale, i) if self.down else self._up(t, scale, i)

    def _up(self, t: float, scale: float, i: int) -> Dip | None:
        if self.smooth >= self.top - 0.01 * scale:
            self.top, self.top_t = max(self.top, self.smooth), t
        if self.fresh and self.smooth < self.low:
            self.low, self.low_t, self.low_i = self.smooth, t, i
        if self.smooth < self.top - self.limits.least * scale:
            self.down = True
            self.low = self.high = self.smooth
            self.low_t = self.high_t = t
            self.low_i = i
        return None

    def _down(self, t: float, scale: float, i: int) -> Dip | None:
        h, limits = self.smooth, self.limits
        if h < self.low:
            self.low, self.low_t, self.low_i, self.high, self.high_t = h, t, i, h, t
        if h > self.high + 0.005 * scale:
            self.high, self.high_t = h, t
        fell, rose = self.top - self.low, h - self.low
        enough = rose > max(limits.least * scale, limits.again * fell)
        over = self.high - h > limits.turn * scale or t - self.high_t > limits.rest_s
        if not (rose > limits.least * scale and h > self.top - limits.near * scale) and not (enough and over):
            return None
        dip = Dip(self.top_t, self.low_t, t, fell / scale, rose / scale, self.low_i)
        self.top, self.top_t, self.down, self.fresh = h, t, False, False
        return dip if limits.shortest_s <= t - dip.start_s <= limits.longest_s else None


def dips(t: F64, hips: F64, scale: F64, limits: Limits) -> list[Dip]:
    """Every fall and rise of the hips (T,), by what was seen until then."""
    counter = Counter(limits)
    seen = [i for i in range(len(t)) if np.isfinite(hips[i])]
    found = [counter.update(float(t[i]), float(hips[i]), float(scale[i]), i) for i in seen]
    return [dip for dip in found if dip is not None]


def squats(t: F64, p: F64, scale: F64, found: list[Dip], limits: Limits) -> list[tuple[Dip, str]]:
    """Every dip with why it is no squat, or ""."""
    return [(dip, _no_squat(t, p, scale, dip, limits)) for dip in found]


def _no_squat(t: F64, p: F64, scale: F64, dip: Dip, limits: Limits) -> str:
    near = np.abs(t - dip.bottom_s) < 0.15
    leg = scale[dip.bottom]
    shank = 0.5 * leg
    wrists = np.median(p[near][:, WRIST, 1].mean(1) - p[near][:, KNEE, 1].mean(1)) / shank
    if wrists < limits.wrists:
        return f"wrists below the knees ({wrists:.2f})"
    feet = p[(t >= dip.start_s) & (t <= dip.end_s)][:, ANKLE]
    first, last = np.median(feet[:5], 0), np.median(feet[-5:], 0)
    middle = np.median(p[near][:, ANKLE], 0)
    moved = max(np.abs(last - first).max(), np.abs(middle - first).max()) / shank
    if moved > limits.side:
        return f"feet moved ({moved:.2f})"
    shoulders = _drop(p, t, dip, SHOULDER)
    hips = _drop(p, t, dip, HIP)
    knee = _knee_drop(p, t, dip) / shank
    if shoulders > 3.3 * max(hips, 1e-6) and knee < 0.1:
        return f"a bow ({shoulders / max(hips, 1e-6):.1f})"
    return ""


def _drop(p: F64, t: F64, dip: Dip, joints: list[int]) -> float:
    start, low = np.abs(t - dip.start_s) < 0.1, np.abs(t - dip.bottom_s) < 0.1
    return float(np.median(p[start][:, joints, 1]) - np.median(p[low][:, joints, 1]))


def _knee_drop(p: F64, t: F64, dip: Dip) -> float:
    return _drop(p, t, dip, KNEE)


def on_motion(limits: Limits) -> None:
    print("\n| joints | variant | of q >= 0.15 | counted | invented | called no squat |")
    print("|---|---|---|---|---|---|")
    for variant in ("raw", "still"):
        for noise in ("exact", "noisy"):
            true = counted = invented = refused = 0
            for one in truth.sequences():
                if (one.variant, one.noise) != (variant, noise):
                    continue
                recording = load(one.path)
                hips, p, scale = height(recording)
                told = squats(recording.t, p, scale, dips(recording.t, hips, scale, limits), limits)
                own = [dip.bottom_s for dip, why in told if not why]
                refused += sum(bool(why) for _, why in told)
                wanted = [rep for rep in one.reps if rep.q >= truth.LEAST_Q]
                hit = [any(abs(b - rep.bottom_s) < 0.8 for b in own) for rep in wanted]
                true, counted = true + len(wanted), counted + sum(hit)
                invented += max(0, len(own) - len(one.reps))
            share = f"{counted} ({100 * counted / true:.1f} %)"
            print(f"| {noise} | {variant} | {true} | {share} | {invented} | {refused} |")


def on_real(limits: Limits) -> None:
    print("\n| clip | by eye | counted | called no squat |\n|---|---|---|---|")
    for clip in measure_real.clips(measure_real.FOLDERS):
        if clip.kept is None:
            continue
        recording = load(clip.kept)
        hips, p, scale = height(recording)
        told = squats(recording.t, p, scale, dips(recording.t, hips, scale, limits), limits)
        counted = [dip for dip, why in told if not why]
        whys = ", ".join(f"{dip.bottom_s:.1f} s {why}" for dip, why in told if why) or "-"
        print(f"| {clip.name} | {len(clip.reps)} | {len(counted)} | {whys} |")


def main() -> int:
    if not truth.there():
        print(f"counting: {truth.MOTION} is not there, so nothing is measured.")
        return 0
    on_motion(Limits())
    on_real(Limits())
    return 0


if __name__ == "__main__":
    sys.exit(main())
