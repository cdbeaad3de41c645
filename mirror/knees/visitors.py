"""A station's own tilt and roll, from everybody who stood before it: each of them a rough answer, together a
good one.

Pure arithmetic over what `tilt.py` found for each; where it is kept and when it is used is not known here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from mirror.knees.constants import KeypointConstants
from mirror.knees.optics import F64
from mirror.knees.tilt import (
    ASSUMED_STATURE_M,
    LEAN_DEG,
    LEVEL_ROLL_DEG,
    TAPE_M,
    About,
    Sighting,
    hanging,
    usual,
)

MEAN_STATURE_SD_M = 0.03
"""How far the mean stature of a gym's people may be from the assumed one: it does not average out."""
OUTLYING = 1.5
"""Standard deviations from which somebody counts for less: a child, somebody on a box, a wrong joint."""
LEAST_SD_DEG = 0.3
"""Nobody's own answer is taken to be better than this."""
ROUNDS = 10
MOST = 60
"""People remembered: a mount that sags slowly is followed."""
MOVED_SD = 3.5
FEWEST_AFTER, FEWEST_BEFORE = 5, 8
"""When the newest few agree on something that far from everybody before them, the camera was moved."""


@dataclass(frozen=True, slots=True)
class Visitor:
    """What one person's stand says, degrees.

    sd_deg: of the tilt, all of it. shared_deg: the part of it that all people have in common (a camera
    height wrongly measured, people taller here than elsewhere), which no number of them averages out.
    """

    tilt_deg: float
    sd_deg: float
    shared_deg: float
    roll_deg: float


@dataclass(frozen=True, slots=True)
class Learned:
    """How the camera hangs, degrees, from so many people."""

    tilt_deg: About
    roll_deg: About
    people: int


def visitor(
    stood: Sighting, height_m: float | None, stature_m: float | None, constants: KeypointConstants
) -> Visitor:
    """What somebody who stands says of a camera at this height; None where nobody measured."""
    height, tilt = usual(height_m)
    if stature_m is None:
        stature, shared = ASSUMED_STATURE_M, About(ASSUMED_STATURE_M.value, MEAN_STATURE_SD_M)
    else:
        stature = shared = About(stature_m, TAPE_M)
    found = hanging([stood], height, stature, tilt_deg=tilt, constants=constants)
    common = hanging([stood], height, shared, tilt_deg=tilt, constants=constants)
    return Visitor(found.tilt_deg.value, found.tilt_deg.sd, common.tilt_deg.sd, found.roll_deg.value)


def learned(visitors: Sequence[Visitor]) -> Learned | None:
    """All of them together, None of nobody. Outlying people count for less.

    Roll is drawn toward level, as a camera that was put up by eye is, until enough people say otherwise.
    """
    if not visitors:
        return None
    tilt, sd, shared, roll = np.array([[v.tilt_deg, v.sd_deg, v.shared_deg, v.roll_deg] for v in visitors]).T
    common = float(shared.mean())
    own = np.sqrt(np.maximum(sd**2 - shared**2, LEAST_SD_DEG**2))
    found = _together(tilt, own)
    leaning = _together(
        np.append(LEVEL_ROLL_DEG.value, roll), np.append(LEVEL_ROLL_DEG.sd, np.full(len(roll), LEAN_DEG))
    )
    return Learned(About(found.value, float(np.hypot(found.sd, common))), leaning, len(visitors))


def _together(value: F64, sd: F64) -> About:
    """A weighted mean in which outlying values count for less (Huber), and its standard deviation."""
    middle = float(np.median(value))
    weight = 1 / sd**2
    for _ in range(ROUNDS):
        apart = np.abs(value - middle) / sd
        weight = np.minimum(1.0, OUTLYING / np.maximum(apart, 1e-9)) / sd**2
        middle = float((weight * value).sum() / weight.sum())
    scatter = float((weight * (value - middle) ** 2).sum()) / max(1, len(value) - 1)
    return About(middle, float(np.sqrt(max(1.0, scatter) / weight.sum())))


def remembered(visitors: Sequence[Visitor]) -> tuple[Visitor, ...]:
    """Those still worth something: the last of them, and only those after the camera was moved."""
    kept = tuple(visitors[-MOST:])
    before, after = kept[:-FEWEST_AFTER], kept[-FEWEST_AFTER:]
    if len(before) < FEWEST_BEFORE:
        return kept
    tilt = np.array([v.tilt_deg for v in before])
    middle = float(np.median(tilt))
    own = float(np.mean([np.sqrt(max(v.sd_deg**2 - v.shared_deg**2, LEAST_SD_DEG**2)) for v in kept]))
    scatter = max(1.48 * float(np.median(np.abs(tilt - middle))), own)
    far = float(np.median([v.tilt_deg for v in after])) - middle
    doubt = 1.25 * scatter * np.sqrt(1 / len(after) + 1 / len(before))  # of two medians
    return after if abs(far) > MOVED_SD * doubt else kept
