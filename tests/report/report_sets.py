"""Simulated sets, analysed: what the report's pictures and comparisons are tested on."""

from __future__ import annotations

import numpy as np
import simulate

from mirror.knees.analysis import Analysis, analyse
from mirror.knees.azimuth import ToeTips
from mirror.knees.constants import ANATOMICAL
from mirror.knees.judge import Thresholds
from mirror.knees.optics import Camera

Delta = tuple[float, float]
GOOD, BOTH, LEFT, RIGHT = (0.0, 0.0), (14.0, 13.0), (14.0, 0.0), (0.0, 14.0)


def simulated(*deltas: Delta, depth_deg: float = 0.0) -> simulate.Simulated:
    """The left foot turned out 25 degrees, the right one 10."""
    squats = [simulate.Squat(delta=delta, depth_deg=depth_deg) for delta in deltas]
    return simulate.simulate(
        [simulate.Stand(1.5), *squats, simulate.Stand(0.6)],
        noise=simulate.Noise(sigma_px=0.8),
        toe_out_deg=(25.0, 10.0),
    )


def judged(sim: simulate.Simulated, *, toes: bool = True, reference: int | None = None) -> Analysis:
    return analyse(
        sim.t,
        sim.keypoints,
        sim.image_size,
        np.ones(len(sim.t), np.bool_),
        Camera(sim.hfov_deg, sim.tilt_deg),
        ANATOMICAL,
        Thresholds(),
        reference,
        (lambda plant: ToeTips(sim.toes)) if toes else None,
    )
