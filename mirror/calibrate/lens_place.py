"""Where the lens is on the glass, from somebody whose knees lay behind two dots; and where to draw the dots.

Pure geometry over `overlay.on_glass`. Millimetres on the panel: from its top-left corner as the person sees
it, x to the right, y down.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from mirror.knees.reading import Ray
from mirror.mounting.dot_steps import EyeAndKnees
from mirror.screen.overlay import on_glass

XY = tuple[float, float]
FIRST_DROP_MM, DROP_MM = 60.0, 50.0
"""How far below a standing person's knees the first dots lie, and each further step: one must bend to reach
them. Dots that nobody reaches lie too high, because the lens is not where it was thought to be: they go on
down."""
DROP_EVERY_S = 10.0
WIDER = 1.25
"""Knees go apart over turned-out toes: by 40 % on the way to a half squat, and people are asked for less."""
EDGE_MM = 30.0
MOST_APART_MM = 30.0
"""Two rounds that differ by more are no calibration."""
WRONG_SCALE = 0.2
"""Share by which the dots' distance may differ from the knees': they stood further apart, or the panel's
height is wrong."""


@dataclass(frozen=True, slots=True)
class LensPlace:
    """The lens on the glass, mm. sd_mm: of each coordinate, from how well the dots agree.

    scale: distance of the knees on the glass as measured over that of the dots.
    """

    x_mm: float
    y_mm: float
    sd_mm: float
    scale: float


class DotsDisagree(Exception):
    """The dots and the knees do not fit together; the message is the reason, a sentence without full stop."""


def dots(standing: EyeAndKnees, lens_mm: XY, panel_mm: XY, down_mm: float) -> tuple[XY, XY]:
    """The two dots to line up with, left and right of the glass, on the panel of this (width, height).

    They are a little further apart than the standing person's knees, and down_mm below them.
    lens_mm: where the lens is thought to be.
    """
    left, right = (_at(standing.eye, knee, lens_mm) for knee in (standing.left, standing.right))
    y = min(0.5 * (left[1] + right[1]) + down_mm, panel_mm[1] - EDGE_MM)
    y = max(y, EDGE_MM)
    half = 0.5 * WIDER * (right[0] - left[0])
    lowest, highest = EDGE_MM + half, panel_mm[0] - EDGE_MM - half
    middle = max(lowest, min(0.5 * (left[0] + right[0]), highest))
    return (middle - half, y), (middle + half, y)


def _at(eye: Ray, point: Ray, lens_mm: XY) -> XY:
    x, y = on_glass(eye, point)
    return lens_mm[0] - 1000 * x, lens_mm[1] - 1000 * y


def lens_place(lined: Sequence[EyeAndKnees], shown: Sequence[tuple[XY, XY]]) -> LensPlace:
    """The lens from what lay behind which dots. Raises Unlike where the rounds disagree."""
    places, scales = [], []
    for seen, pair in zip(lined, shown, strict=True):
        reflected = [on_glass(seen.eye, knee) for knee in (seen.left, seen.right)]
        places.append(
            [(dot[0] + 1000 * x, dot[1] + 1000 * y) for dot, (x, y) in zip(pair, reflected, strict=True)]
        )
        scales.append(1000 * abs(reflected[0][0] - reflected[1][0]) / math.dist(*pair))
    rounds = np.array(places).mean(1)
    apart = float(np.ptp(rounds, axis=0).max())
    scale = float(np.mean(scales))
    if apart > MOST_APART_MM:
        raise DotsDisagree(
            f"the two tries put the lens {apart:.0f} mm apart: once more, and keep quite still"
        )
    if abs(scale - 1) > WRONG_SCALE:
        raise DotsDisagree(
            f"your knees were {100 * scale:.0f} % as far apart on the glass as the dots: set your feet so "
            "that both dots cover a knee, or measure the panel's height again"
        )
    x, y = rounds.mean(0)
    return LensPlace(float(x), float(y), max(5.0, apart / 2), scale)
