"""Which way each foot points: the largest error of all, so it is measured or it is unknown.

Two sources: toe tips seen while the person stands, and an explicit reference repetition ("as you want it to
look"), better together. How far people turn their feet out is a weak third, and all there is to draw a foot
by that nobody saw.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from mirror.knees.optics import ASSUMED_TILT_SD_DEG, F64
from mirror.knees.reasons import Reason, Why, because
from mirror.knees.shank import SIDES

TURNOUT_DEG, TURNOUT_SD_DEG = 19.0, 17.0
"""How far people who squat turn their feet out, by hand on pictures: median 19, quartiles 12 and 35."""
TURNED, TURNED_SD_DEG = 0.1, 45.0
"""One foot in ten belongs to a body that is turned, and points anywhere."""
PRIOR: F64 = np.radians([TURNOUT_DEG, TURNOUT_DEG])
LITTLE_TOE = math.radians(12.0)
"""So much further out is the line for who is told to exaggerate: nearly the little toe's tip, at 14 to 16
degrees. Whoever follows it all the way is 8 degrees outside, and not yet too far."""
ONE_SOURCE_SD = math.radians(5.5)
"""Of directions from toe tips, as a rule."""
REACH_SD = 0.045
"""Of a foot's reach in shank lengths, from body to body: the shank is measured with it."""
TOE_DROP, TOE_DROP_SD = 0.13, 0.05
"""The tip is so much lower than the ankle, shank lengths."""
TIP_SD = 0.035
"""Of a tip sideways, shank lengths."""
DROP_PER_TILT = 0.66
"""Radians of wrong tilt move the floor under the tip by so many shank lengths."""
DIRECTIONS: F64 = np.radians(np.arange(-80.0, 91.0))
REACHES: F64 = np.linspace(-2.5, 2.5, 11, dtype=np.float64)
"""Directions, and reaches in REACH_SD, that are weighed."""
STEEPEST = math.radians(60.0)
"""A foot that is turned out further is hardly known by how far its tip is aside."""
REFERENCE_SD = math.radians(5.0)
LEAST_FORWARD = 0.15
"""Knees that came less far forward than this (shank lengths) show no direction."""
LEAST_AZIMUTH, MOST_AZIMUTH = math.radians(-25.0), math.radians(65.0)


@dataclass(frozen=True, slots=True)
class Azimuth:
    """Foot directions in the camera frame, radians, + outward: value (2,), sd (2,), and their source.

    A foot alone that nobody saw is NaN in both.
    """

    value: F64
    sd: F64
    source: str


@dataclass(frozen=True, slots=True)
class ToeTips:
    """Toe tips of somebody standing: yx (2, 2) (y, x) normalised to the frame, [left, right]; NaN unseen.

    sd: (2,) radians of azimuth, their spread over several looks; None where there was one.
    """

    yx: npt.NDArray[np.float32] | F64
    sd: F64 | None = None


UNSEEN = Azimuth(PRIOR, np.radians([12.7, 12.7]), "none")
"""Feet nobody has seen: what knees do is measured from here, where only differences are asked for."""


class RefusedReference(Exception):
    """This repetition cannot be the reference; `reason` says why."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason.key.value)
        self.reason = reason


def body_turn_deg(azimuth: Azimuth | None) -> float:
    """How far a body is turned from the camera, as its feet say it.

    Parameters
    ----------
    azimuth : directions of both feet in the camera frame, + outward; None where none is known.

    Returns
    -------
    Degrees, + toward the image right, 0 facing; NaN where a foot is not known.

    Notes
    -----
    Half the difference: turnout goes to either side, a turn takes both feet the same way. People who face the
    camera show 1 to 14 degrees, people who are turned 37 to 60.
    """
    if azimuth is None:
        return math.nan
    return math.degrees(float(SIDES @ azimuth.value) / 2)


def or_usual(azimuth: Azimuth | None) -> Azimuth:
    """The directions, where a foot that nobody saw points as feet mostly do: for drawing, and to measure from
    where only differences are asked for."""
    if azimuth is None:
        return UNSEEN
    unseen = np.isnan(azimuth.value)
    if not unseen.any():
        return azimuth
    value, sd = np.where(unseen, PRIOR, azimuth.value), np.where(unseen, UNSEEN.sd, azimuth.sd)
    return Azimuth(value, sd, azimuth.source)


def from_toes(
    toe: F64,
    ankle: F64,
    depth: F64,
    toe_reach: float,
    sd: F64 | None = None,
    tilt_sd_deg: float = ASSUMED_TILT_SD_DEG,
    shank_sd: float = 0.0,
) -> Azimuth:
    """Foot directions from the toe tips of somebody standing.

    Parameters
    ----------
    toe, ankle : (2, 2) rectified tangents (x, y), [left, right]; a toe tip that was not seen is NaN.
    depth : (2,) of the ankles from the camera, in shank lengths.
    toe_reach : ankle to tip of the 2nd toe, horizontally, in shank lengths: 0.467 of the joints
        themselves, each network's own otherwise.
    sd : (2,) radians, the spread over several looks, if known.
    tilt_sd_deg : of the camera's tilt.
    shank_sd : of the standing shank's length, as a share of it: what it is wrong by, the foot's reach is.

    Returns
    -------
    Directions of source "toes": the mean of what is left to believe, and its sd. A foot whose tip was not
    seen is NaN in both.

    Notes
    -----
    Two things are seen, how far the tip is aside and how far down, and three are unknown: the direction a,
    the foot's reach r and how far the tip is below the ankle, h. With ankle p_A, depth D, side s::

        Z = D - r cos a    x = (p_A D + s r sin a)_x / Z    y = (p_A D - h)_y / Z

    The first is the reach's arcsine, the second the tip's ray where it meets the floor. Every a and r is
    weighed by both, by what reaches and drops bodies have and by how people turn their feet out. Sideways
    says most of feet that point ahead; from 35 degrees on the floor says as much, where the tilt is known.
    """
    drop_sd = math.hypot(TOE_DROP_SD, DROP_PER_TILT * math.radians(tilt_sd_deg))
    a = DIRECTIONS[:, None, None]
    off = REACHES[:, None]
    reach = toe_reach + REACH_SD * off
    near = depth - reach * np.cos(a)
    aside = SIDES * (toe[:, 0] * near - ankle[:, 0] * depth) - reach * np.sin(a)
    below = toe[:, 1] * near - ankle[:, 1] * depth + TOE_DROP
    misfit = (aside / TIP_SD) ** 2 + (below / drop_sd) ** 2 + off**2
    weight = np.exp(-0.5 * (misfit - misfit.min((0, 1)))).sum(1) * _turnout()[:, None]
    weight /= weight.sum(0)
    value = (weight * DIRECTIONS[:, None]).sum(0)
    own = np.sqrt((weight * (DIRECTIONS[:, None] - value) ** 2).sum(0))
    own = np.hypot(own, shank_sd * np.tan(np.minimum(np.abs(value), STEEPEST)))
    return Azimuth(value, own if sd is None else np.maximum(own, sd), "toes")


def with_toes(reference: Azimuth, toes: Azimuth | None) -> Azimuth:
    """The toes' directions, and the reference's for a foot whose toes nobody saw."""
    if toes is None:
        return reference
    unseen = np.isnan(toes.value)
    value, sd = np.where(unseen, reference.value, toes.value), np.where(unseen, reference.sd, toes.sd)
    return Azimuth(value, sd, "toes+reference")


def _turnout() -> F64:
    """(A,) how common each direction is before anything was seen."""
    off = np.degrees(DIRECTIONS) - TURNOUT_DEG
    parts = ((1.0 - TURNED, TURNOUT_SD_DEG), (TURNED, TURNED_SD_DEG))
    return np.asarray(sum(share / sd * np.exp(-0.5 * (off / sd) ** 2) for share, sd in parts))


def from_reference(lateral: F64, forward: F64) -> Azimuth:
    """The directions in which a repetition's knees went while it was deep, for feet nobody has seen.

    Parameters
    ----------
    lateral, forward : (2,) mean of each shank's way, in shank lengths.

    Returns
    -------
    Directions of source "reference", over which these knees do not deviate.

    Raises
    ------
    RefusedReference
        With the reason: knees that hardly came forward, or went where no foot points.

    Notes
    -----
    ::

        a = atan2(X, F)
    """
    value = np.arctan2(lateral, forward)
    for leg, side in enumerate(("left", "right")):
        if not forward[leg] > LEAST_FORWARD:
            raise RefusedReference(because(Why.KNEE_HIDDEN, side=side))
        if not LEAST_AZIMUTH <= value[leg] <= MOST_AZIMUTH:
            way = Why.KNEE_INWARD if value[leg] < 0 else Why.KNEE_OUTWARD
            raise RefusedReference(because(way, side=side))
    return Azimuth(value, np.full(2, REFERENCE_SD), "reference")
