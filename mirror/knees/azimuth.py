"""Which way each foot points: the largest error of all, so it is measured or it is unknown.

Two sources: toe tips seen while the person stands, and an explicit reference repetition ("as you want it to
look"), better together. A prior of 20 degrees exists to draw something; nothing is ever judged against it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from mirror.knees.optics import F64
from mirror.knees.reasons import Reason, Why, because
from mirror.knees.shank import SIDES, Shank, deviation

PRIOR: F64 = np.radians([20.0, 20.0])
LITTLE_TOE = math.radians(12.0)
"""So much further out is the line for who is told to exaggerate: nearly the little toe's tip, at 14 to 16
degrees. Whoever follows it all the way is 8 degrees outside, and not yet too far."""
ONE_SOURCE_SD = math.radians(8.0)
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
TOE_ROUNDS = 4
REFERENCE_F = 0.32
"""Only where the knee is this far forward (shank lengths) does a repetition show its foot's direction."""
REFERENCE_FRAMES = 5
LEAST_AZIMUTH, MOST_AZIMUTH = math.radians(-12.0), math.radians(50.0)
MOST_WANDER = math.radians(5.0)
"""A knee whose path wanders by more than this (sd) shows no one direction."""


@dataclass(frozen=True, slots=True)
class Azimuth:
    """Foot directions in the camera frame, radians, + outward: value (2,), sd (2,), and their source."""

    value: F64
    sd: F64
    source: str


@dataclass(frozen=True, slots=True)
class ToeTips:
    """Toe tips of somebody standing: yx (2, 2) (y, x) normalised to the frame, [left, right].

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


def from_toes(toe: F64, ankle: F64, depth: F64, toe_reach: float, sd: F64 | None = None) -> Azimuth:
    """Foot directions from the toe tips of somebody standing.

    Parameters
    ----------
    toe, ankle : (2, 2) rectified tangents (x, y), [left, right].
    depth : (2,) of the ankles from the camera, in shank lengths.
    toe_reach : ankle to tip of the 2nd toe, horizontally, in shank lengths: 0.467 of the joints
        themselves, each network's own otherwise.
    sd : (2,) radians, the spread over several looks, if known.

    Returns
    -------
    Directions of source "toes", with an sd of ONE_SOURCE_SD at least, WIDE_SD for feet turned out wide.

    Notes
    -----
    With toe p_T, ankle p_A, depth D, reach r and side s::

        a = asin(s [p_T (D - r cos a) - p_A D]_x / r)

    The toe is nearer than the ankle by r cos a, so a is on both sides; a few rounds settle it.
    """
    azimuth = np.radians([20.0, 20.0])
    for _ in range(TOE_ROUNDS):
        outward = SIDES * (toe[:, 0] * (depth - toe_reach * np.cos(azimuth)) - ankle[:, 0] * depth)
        azimuth = np.arcsin(np.clip(outward / toe_reach, -1.0, 1.0))
    least = np.where(azimuth > WIDE, WIDE_SD, ONE_SOURCE_SD)
    return Azimuth(azimuth, least if sd is None else np.maximum(least, sd), "toes")


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
    value = REFERENCE_SHARE * reference.value + (1 - REFERENCE_SHARE) * toes.value
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
        if toes is not None:
            _refuse_caving(side, deviation(one, toes.value[leg : leg + 1]))
    return fuse(toes, Azimuth(value, np.full(2, FUSED_SD), "reference"))


def _refuse_caving(side: str, delta: F64) -> None:
    """delta: (T, 1) deviations from the toes seen, radians."""
    inside = float(np.percentile(delta, INSIDE_SHARE))
    if inside > MOST_INSIDE:
        degrees = round(math.degrees(inside))
        raise RefusedReference(because(Why.KNEE_INSIDE, side=side, degrees=degrees))
