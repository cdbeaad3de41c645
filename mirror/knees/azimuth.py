"""Which way each foot points: the largest error of all, so it is measured or it is unknown.

Sources so far: an explicit reference repetition ("as you want it to look"). A prior of 20 degrees exists to
draw something; nothing is ever judged against it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from mirror.knees.optics import F64
from mirror.knees.shank import Shank, deviation

PRIOR: F64 = np.radians([20.0, 20.0])
REFERENCE_SD = math.radians(5.0)
REFERENCE_F = 0.35
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


class RefusedReference(Exception):
    """This repetition cannot be the reference; the message is the reason, a clause."""


def from_reference(shank: Shank) -> Azimuth:
    """The directions that make this repetition's mean deviation zero. shank: (T, 2) over the repetition.

    Raises RefusedReference with the reason: too shallow, legs hidden, knees wander, or impossible feet.
    """
    value = np.zeros(2)
    for leg, name in enumerate(("left", "right")):
        usable = shank.possible[:, leg] & (shank.F[:, leg] > REFERENCE_F)
        if usable.sum() < REFERENCE_FRAMES:
            raise RefusedReference(f"the {name} knee hardly moved forward or was hidden")
        X, F = shank.X[usable, leg], shank.F[usable, leg]
        value[leg] = math.atan2(float((X * F).sum()), float((F * F).sum()))
        one = Shank(X[:, None], shank.Y[usable, leg, None], F[:, None], usable[usable, None])
        if float(deviation(one, value[leg : leg + 1]).std()) > MOST_WANDER:
            raise RefusedReference(f"the {name} knee did not move in one line")
        if not LEAST_AZIMUTH <= value[leg] <= MOST_AZIMUTH:
            raise RefusedReference(
                f"the {name} knee moved {'inward' if value[leg] < 0 else 'outward'} too far to follow a foot"
            )
    return Azimuth(value, np.full(2, REFERENCE_SD), "reference")
