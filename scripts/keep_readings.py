#!/usr/bin/env python3
"""Keep what the live mirror reads from two committed recordings: a faster way to the same numbers then shows
that they are the same.

Only what is measured is kept, not what is decided from it: verdicts have tests of their own. Run it after a
change that is meant to move the numbers.
"""

from __future__ import annotations

import math
import sys
from pathlib import Path

import numpy as np
import numpy.typing as npt

from mirror.camera import recording
from mirror.camera.recording import Recording
from mirror.fitting.from_settings import constants_of
from mirror.knees.judge import Thresholds
from mirror.knees.live import KneeWatch
from mirror.knees.optics import Camera, assumed_hfov_deg
from mirror.knees.reading import KneeReading, LegReading, Ray
from mirror.knees.track import TrackedPose

DATA = Path(__file__).resolve().parent.parent / "tests" / "data"
KEPT = DATA / "readings.npz"
RECORDINGS = ("rendered/f_heavy-parallel-ascent", "real/r15_feet_placed_anew")
EVERY = 4
"""Frames: a reading is kept of one in so many."""
Numbers = npt.NDArray[np.float64]


def readings_of(name: str) -> Numbers:
    """(T, N) of a recording's kept frames; NaN where a reading is unknown."""
    kept = recording.load(DATA / f"{name}.npz")
    hfov_deg = assumed_hfov_deg(kept.image_size) if kept.hfov_deg is None else kept.hfov_deg
    camera = Camera(hfov_deg) if kept.tilt_deg is None else Camera(hfov_deg, kept.tilt_deg)
    watch = KneeWatch(camera, constants_of(kept.model), Thresholds())
    return np.array([_numbers(reading) for reading in _seen(watch, kept)[::EVERY]])


def _seen(watch: KneeWatch, kept: Recording) -> list[KneeReading]:
    found = []
    for t, keypoints in zip(kept.t.tolist(), kept.keypoints, strict=True):
        reading, _ = watch.update(TrackedPose(t, keypoints, kept.image_size))
        found.append(reading)
        if watch.wants_toes and kept.toes is not None:
            watch.take_toes(kept.toes, kept.image_size)
    return found


def _numbers(reading: KneeReading) -> list[float]:
    whole = [_known(reading.q), _known(reading.depth_deg), *_ray(reading.eye)]
    return [reading.t, *whole, *_leg(reading.left), *_leg(reading.right)]


def _leg(leg: LegReading) -> list[float]:
    nowhere = (math.nan, math.nan)
    places = (*(leg.knee or nowhere), *(leg.target or nowhere), *(leg.outer or nowhere))
    angles = (_known(leg.deviation_deg), _known(leg.sd_deg))
    return [*angles, *places, *_ray(leg.knee_ray), *_ray(leg.target_ray), *_ray(leg.outer_ray)]


def _ray(ray: Ray | None) -> tuple[float, float, float]:
    return (math.nan, math.nan, math.nan) if ray is None else (ray.x, ray.y, ray.depth_m)


def _known(number: float | None) -> float:
    return math.nan if number is None else number


def main() -> int:
    np.savez_compressed(KEPT, **{name.replace("/", "_"): readings_of(name) for name in RECORDINGS})
    return 0


if __name__ == "__main__":
    sys.exit(main())
