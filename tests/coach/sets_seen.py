"""Simulated sets as the knees room judges them: real signs with known truth, for patterns and comparisons."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np
import simulate

from mirror.knees.analysis import analyse
from mirror.knees.azimuth import ToeTips
from mirror.knees.constants import ANATOMICAL
from mirror.knees.judge import Thresholds
from mirror.knees.optics import Camera
from mirror.knees.reading import Rep


@cache
def seen(*squats: simulate.Squat, fps: float = 30.0, reference: int | None = None) -> tuple[Rep, ...]:
    """The repetitions of these squats, keypoints a little noisy, toes seen."""
    sim = simulate.simulate(
        [simulate.Stand(2.0), *squats, simulate.Stand(2.0)], noise=simulate.Noise(sigma_px=1.0), fps=fps
    )
    found = analyse(
        sim.t,
        sim.keypoints,
        sim.image_size,
        np.ones(len(sim.t), np.bool_),
        Camera(sim.hfov_deg, sim.tilt_deg),
        ANATOMICAL,
        Thresholds(),
        reference,
        lambda plant: ToeTips(sim.toes),
    )
    assert len(found.reps) == len(squats)
    return tuple(found.reps)


def caving(*degrees: float, **how: object) -> Sequence[Rep]:
    """A squat for each number: both knees so far inside."""
    return seen(*(simulate.Squat(delta=(d, d), **how) for d in degrees))  # type: ignore[arg-type]
