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
from mirror.knees.shank import SIDES, Shank, deviation

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
FUSED_SD = math.radians(5.0)
WIDE = math.radians(35.0)
"""Feet turned out more than this in the camera frame read 8-11 degrees low from their toe tips."""
WIDE_SD = math.radians(10.0)
REFERENCE_SHARE = 0.8
"""Weight of the reference against the toes (docs/decisions.md)."""
MOST_INSIDE = math.radians(8.0)
"""A knee that goes this far inside the toes caves: no reference. Asked of the knee's deviation, not of the
direction found: on rendered sets that refuses 41 of 44 caving repetitions and no good first one, while the
two directions differ by up to 14 degrees in good repetitions and by as little as 5 in caving ones."""
INSIDE_SHARE = 90
"""...in the worst tenth of the frames that show a direction."""
REFERENCE_F = 0.32
"""Only where the knee is this far forward (shank lengths) does a repetition show its foot's direction."""
REFERENCE_FRAMES = 5
LEAST_AZIMUTH, MOST_AZIMUTH = math.radians(-12.0), math.radians(50.0)
MOST_WANDER = math.radians(5.0)
"""A knee whose path wanders by more than this (sd) shows no one direction."""


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


def to_draw(azimuth: Azimuth | None) -> F64:
    """(2,) radians for drawing: a foot that nobody saw points as feet mostly do. Never to judge by."""
    if azimuth is None:
        return PRIOR
    return np.where(np.isnan(azimuth.value), PRIOR, azimuth.value)


def from_toes(
    toe: F64,
    ankle: F64,
    depth: F64,
    toe_reach: float,
    sd: F64 | None = None,
    tilt_sd_deg: float = ASSUMED_TILT_SD_DEG,
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
    return Azimuth(value, own if sd is None else np.maximum(own, sd), "toes")


def _turnout() -> F64:
    """(A,) how common each direction is before anything was seen."""
    off = np.degrees(DIRECTIONS) - TURNOUT_DEG
    parts = ((1.0 - TURNED, TURNOUT_SD_DEG), (TURNED, TURNED_SD_DEG))
    return np.asarray(sum(share / sd * np.exp(-0.5 * (off / sd) ** 2) for share, sd in parts))


def fuse(toes: Azimuth | None, reference: Azimuth) -> Azimuth:
    """The reference, steadied by the toes where they were seen.

    Parameters
    ----------
    toes : directions from toe tips, or None.
    reference : directions from a reference repetition.

    Returns
    -------
    Directions of source "toes+reference", or the reference as it is.

    Notes
    -----
    ::

        a = REFERENCE_SHARE reference + (1 - REFERENCE_SHARE) toes

    The share was measured (docs/decisions.md). What is wrong with a person's keypoints is in their reference,
    too, and goes out again; the toes cannot do that.
    """
    if toes is None:
        return reference
    seen = np.where(np.isnan(toes.value), reference.value, toes.value)
    value = REFERENCE_SHARE * reference.value + (1 - REFERENCE_SHARE) * seen
    return Azimuth(value, np.full(2, FUSED_SD), "toes+reference")


def from_reference(shank: Shank, toes: Azimuth | None = None) -> Azimuth:
    """The directions in which this repetition's knees went, fused with the toes where known.

    Parameters
    ----------
    shank : (T, 2) over the repetition; `possible` says where each leg may be judged.
    toes : directions from toe tips, or None.

    Returns
    -------
    Directions of source "reference" or "toes+reference".

    Raises
    ------
    RefusedReference
        With the reason: too shallow or legs hidden, knees wander, impossible feet, or knees that caved.

    Notes
    -----
    Least squares of X = F tan a over the frames with F > REFERENCE_F; the mean deviation is then about zero::

        a = atan2(sum X F, sum F^2)
    """
    value = np.zeros(2)
    for leg, side in enumerate(("left", "right")):
        usable = shank.possible[:, leg] & (shank.forward[:, leg] > REFERENCE_F)
        if usable.sum() < REFERENCE_FRAMES:
            raise RefusedReference(because(Why.KNEE_HIDDEN, side=side))
        X, F = shank.lateral[usable, leg], shank.forward[usable, leg]
        value[leg] = math.atan2(float((X * F).sum()), float((F * F).sum()))
        one = Shank(X[:, None], shank.up[usable, leg, None], F[:, None], usable[usable, None])
        if float(deviation(one, value[leg : leg + 1]).std()) > MOST_WANDER:
            raise RefusedReference(because(Why.KNEE_WANDERED, side=side))
        if not LEAST_AZIMUTH <= value[leg] <= MOST_AZIMUTH:
            way = Why.KNEE_INWARD if value[leg] < 0 else Why.KNEE_OUTWARD
            raise RefusedReference(because(way, side=side))
        if toes is not None and math.isfinite(toes.value[leg]):
            _refuse_caving(side, deviation(one, toes.value[leg : leg + 1]))
    return fuse(toes, Azimuth(value, np.full(2, FUSED_SD), "reference"))


def _refuse_caving(side: str, delta: F64) -> None:
    """delta: (T, 1) deviations from the toes seen, radians."""
    inside = float(np.percentile(delta, INSIDE_SHARE))
    if inside > MOST_INSIDE:
        degrees = round(math.degrees(inside))
        raise RefusedReference(because(Why.KNEE_INSIDE, side=side, degrees=degrees))
