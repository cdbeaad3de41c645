"""A simulated set, or a recording, judged at the desk, for every test that starts from an analysis."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import numpy as np
import numpy.typing as npt

from mirror.knees.analysis import Analysis, ToesOf, analyse
from mirror.knees.azimuth import ToeTips
from mirror.knees.constants import ANATOMICAL, KeypointConstants
from mirror.knees.judge import Thresholds
from mirror.knees.optics import MEASURED_TILT_SD_DEG, Camera
from mirror.knees.track import Track
from mirror.report.provenance import NetworkFile, Provenance

MADE = Provenance(
    version="9.8.7",
    made_at=datetime(2026, 11, 28, 17, 5, tzinfo=UTC),
    input_sha256="ab" * 32,
    model=NetworkFile("lightning", "lightning.tflite", "cd" * 32),
    feet=NetworkFile(),
    strictness="standard",
    limits=Thresholds(),
    settings={"camera.hfov_deg": 66.0},
)
"""Where the results of a test are from."""


def judged(
    sim: Any,
    reference: int | None = None,
    *,
    toes: bool = True,
    toes_of: ToesOf | None = None,
    seen: npt.NDArray[np.bool_] | None = None,
    constants: KeypointConstants = ANATOMICAL,
) -> Analysis:
    """sim: a simulate.Simulated, or anything with its keypoints and camera. toes: whether its own are known;
    toes_of: where they are instead. seen: (T,), everybody unless given."""
    own = (lambda placement: ToeTips(sim.toes)) if toes else None
    return analyse(
        Track(sim.t, sim.keypoints, sim.image_size, np.ones(len(sim.t), np.bool_) if seen is None else seen),
        Camera(sim.hfov_deg, sim.tilt_deg, tilt_sd_deg=MEASURED_TILT_SD_DEG),
        constants,
        Thresholds(),
        reference,
        toes_of or own,
    )
