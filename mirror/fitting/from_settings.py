"""Fits the knees room to a camera, a model and the settings: for the station and the desk alike.

The knees room imports numpy only, so what it needs from settings and model list is turned into its own
types here.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, TypedDict

from mirror.faults import BadInput
from mirror.knees.constants import ANATOMICAL, KeypointConstants, constants_from
from mirror.knees.judge import Thresholds
from mirror.knees.optics import (
    ASSUMED_TILT_DEG,
    ASSUMED_TILT_SD_DEG,
    MEASURED_TILT_SD_DEG,
    Camera,
    assumed_hfov_deg,
)
from mirror.pose.catalog import find
from mirror.settings import Settings

if TYPE_CHECKING:
    from mirror.pose.pose_net import Looks

Known = tuple[str, float | None]
"""A value and where it is known from, or None for not known from there."""
UNKNOWN: Known = ("", None)


def thresholds(settings: Settings, *, with_reference: bool) -> Thresholds:
    """The knees' thresholds from the settings' strictness, degrees and milliseconds."""
    knees = settings.knees
    limits = knees.limits(with_reference)
    return Thresholds(
        caution_deg=limits.caution_deg,
        caution_sure=limits.caution_sure,
        off_track_deg=limits.off_track_deg,
        off_track_sure=limits.off_track_sure,
        clear_deg=knees.clear_deg,
        hold_s=knees.hold_ms / 1000,
        smooth_tau_s=knees.smooth_tau_ms / 1000,
        min_q=knees.min_q,
    )


def constants_of(model: str | None) -> KeypointConstants:
    """What belongs to a model's keypoints; anatomical joints for none.

    Raises BadInput for a model that is not listed or whose constants were never measured.
    """
    return ANATOMICAL if model is None else _measured(model, find(model).constants)


def network_constants(net: Looks) -> KeypointConstants:
    """What belongs to an open network's keypoints. Raises BadInput where that was never measured."""
    return _measured(net.name, net.constants)


def _measured(model: str, table: Mapping[str, float]) -> KeypointConstants:
    if not table:
        raise BadInput(f"model {model} has no measured constants, so its knees cannot be judged")
    return constants_from(table)


def camera_of(
    settings: Settings,
    size: tuple[int, int],
    hfov: Known = UNKNOWN,
    tilt: Known = UNKNOWN,
    height: Known = UNKNOWN,
    roll: Known = UNKNOWN,
) -> Camera:
    """How the camera looks: what the settings give, else what is known otherwise, else assumed."""
    given = settings.camera
    hfov_deg, hfov_how = _first((given.hfov_deg, "given"), hfov[::-1], (assumed_hfov_deg(size), "assumed"))
    tilt_deg, tilt_how = _first((given.tilt_deg, "given"), tilt[::-1], (ASSUMED_TILT_DEG, "assumed"))
    roll_deg, roll_how = _first((given.roll_deg, "given"), roll[::-1], (0.0, "assumed"))
    height_m = given.height_m or height[1]
    how = {
        "hfov": hfov_how,
        "tilt": tilt_how,
        "roll": roll_how,
        "height": "given" if given.height_m else height[0] if height_m else "unknown",
    }
    tilt_sd_deg = ASSUMED_TILT_SD_DEG if tilt_how == "assumed" else MEASURED_TILT_SD_DEG
    return Camera(hfov_deg, tilt_deg, roll_deg, height_m, tuple(how.items()), tilt_sd_deg)


def _first(*choices: tuple[float | None, str]) -> tuple[float, str]:
    return next((value, how) for value, how in choices if value is not None)


class Engine(TypedDict):
    """How a network is to be run; goes as keywords into whatever opens one."""

    threads: int
    runtime: str
    xnnpack: bool


def engine(settings: Settings) -> Engine:
    """How the settings want networks run."""
    wanted = settings.model
    return {"threads": model_threads(settings), "runtime": wanted.runtime, "xnnpack": wanted.xnnpack}


def model_threads(settings: Settings) -> int:
    """Threads for the network: as set, else one core is left for camera and screen."""
    return settings.model.threads or max(1, min(4, (os.cpu_count() or 2) - 1))
