"""Line figures, drawn by code: the exercises offered after a set, the gestures, and how the mirror sees.

A figure is a list of strokes in a square of side 1 with y down; people in it face right or the viewer. Knows
nothing of when a figure is shown.
"""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass
from typing import Any

from mirror.coach.mark_style import BLACK, RGB, SKY, SOFT, WHITE, YELLOW
from mirror.screen.glass import Glass
from mirror.screen.mirror_view import Rect
from mirror.screen.sprite_cache import fineness
from mirror.screen.theme import FAINT

XY = tuple[float, float]
LIMB, THIN, HEAD = 0.058, 0.026, 0.068
ARROW_HEAD = 0.075


@dataclass(frozen=True, slots=True)
class Stroke:
    """A line through points with round ends; a single point is a disc. arrow: the last point has a head."""

    points: tuple[XY, ...]
    width: float = LIMB
    colour: RGB = WHITE
    arrow: bool = False


def limb(*points: XY) -> Stroke:
    return Stroke(points)


def far(*points: XY) -> Stroke:
    """The limb on the other side of the body."""
    return Stroke(points, LIMB, FAINT)


def head(x: float, y: float) -> Stroke:
    return Stroke(((x, y),), 2 * HEAD)


def thing(*points: XY, width: float = THIN) -> Stroke:
    """Bench, wall, weight."""
    return Stroke(points, width, SOFT)


def worn(*points: XY, width: float = 0.045) -> Stroke:
    """What the exercise is about: the band, the plate."""
    return Stroke(points, width, SKY)


def arrow(*points: XY) -> Stroke:
    return Stroke(points, 0.034, YELLOW, arrow=True)


FLOOR = thing((0.06, 0.94), (0.94, 0.94))


def _mirrored(*strokes: Stroke) -> tuple[Stroke, ...]:
    """These and their mirror images about the middle: for figures seen from the front."""
    flipped = (Stroke(tuple((1 - x, y) for x, y in s.points), s.width, s.colour, s.arrow) for s in strokes)
    return (*strokes, *flipped)


SQUAT_FROM_SIDE = (
    limb((0.43, 0.89), (0.60, 0.89)),
    limb((0.45, 0.87), (0.66, 0.64), (0.33, 0.65), (0.52, 0.37)),
    head(0.575, 0.245),
)
SQUAT_FROM_FRONT = (
    head(0.5, 0.2),
    limb((0.5, 0.31), (0.5, 0.58)),
    limb((0.39, 0.335), (0.61, 0.335)),
    limb((0.43, 0.6), (0.57, 0.6)),
    *_mirrored(limb((0.43, 0.6), (0.29, 0.66), (0.33, 0.88), (0.27, 0.895))),
)
STANDING_FROM_FRONT = (
    head(0.5, 0.2),
    limb((0.5, 0.31), (0.5, 0.57)),
    limb((0.38, 0.33), (0.62, 0.33)),
    *_mirrored(limb((0.45, 0.58), (0.43, 0.74), (0.42, 0.9))),
)

FIGURES: dict[str, tuple[Stroke, ...]] = {
    "banded_hip_thrust": (
        FLOOR,
        thing((0.08, 0.6), (0.3, 0.6), width=0.05),
        thing((0.12, 0.62), (0.12, 0.92)),
        thing((0.27, 0.62), (0.27, 0.92)),
        head(0.15, 0.46),
        limb((0.27, 0.53), (0.54, 0.53), (0.8, 0.53), (0.78, 0.89), (0.9, 0.89)),
        worn((0.71, 0.47), (0.71, 0.59)),
        arrow((0.52, 0.86), (0.52, 0.63)),
    ),
    "clamshell": (
        FLOOR,
        head(0.12, 0.68),
        limb((0.22, 0.75), (0.5, 0.81)),
        limb((0.24, 0.77), (0.2, 0.88), (0.1, 0.86)),
        far((0.5, 0.83), (0.74, 0.88), (0.92, 0.88)),
        limb((0.5, 0.8), (0.71, 0.55), (0.9, 0.83)),
        arrow((0.9, 0.6), (0.8, 0.42)),
    ),
    "lateral_band_walk": (
        FLOOR,
        head(0.44, 0.17),
        limb((0.44, 0.28), (0.44, 0.54)),
        limb((0.33, 0.31), (0.3, 0.45), (0.42, 0.42)),
        limb((0.55, 0.31), (0.58, 0.45), (0.46, 0.42)),
        limb((0.33, 0.3), (0.55, 0.3)),
        limb((0.4, 0.56), (0.28, 0.7), (0.25, 0.9)),
        limb((0.48, 0.56), (0.6, 0.7), (0.63, 0.9)),
        worn((0.29, 0.67), (0.59, 0.67)),
        arrow((0.72, 0.67), (0.94, 0.67)),
    ),
    "inner_thigh_rock": (
        FLOOR,
        head(0.36, 0.2),
        limb((0.37, 0.31), (0.33, 0.6)),
        limb((0.27, 0.335), (0.48, 0.335)),
        limb((0.27, 0.335), (0.26, 0.48), (0.38, 0.45)),
        limb((0.48, 0.335), (0.49, 0.48), (0.39, 0.45)),
        limb((0.28, 0.61), (0.4, 0.61)),
        limb((0.28, 0.61), (0.14, 0.69), (0.19, 0.89), (0.13, 0.9)),
        limb((0.4, 0.61), (0.64, 0.745), (0.87, 0.89), (0.92, 0.895)),
        worn((0.42, 0.69), (0.6, 0.79)),
        arrow((0.9, 0.46), (0.68, 0.46)),
    ),
    "lunge_stretch": (
        FLOOR,
        thing((0.93, 0.12), (0.93, 0.94)),
        head(0.5, 0.2),
        far((0.46, 0.6), (0.4, 0.88), (0.18, 0.9)),
        limb((0.48, 0.31), (0.46, 0.6), (0.8, 0.64), (0.66, 0.88)),
        limb((0.63, 0.9), (0.83, 0.9)),
        limb((0.48, 0.34), (0.68, 0.44), (0.89, 0.38)),
        arrow((0.62, 0.535), (0.83, 0.535)),
    ),
    "heel_plates": (
        FLOOR,
        worn((0.37, 0.905), (0.48, 0.905), width=0.06),
        limb((0.42, 0.85), (0.6, 0.895)),
        limb((0.45, 0.83), (0.67, 0.62), (0.35, 0.63), (0.52, 0.35)),
        head(0.575, 0.225),
        limb((0.53, 0.38), (0.82, 0.39)),
    ),
    "short_foot": (
        FLOOR,
        limb((0.2, 0.36), (0.18, 0.68), (0.14, 0.84)),
        limb((0.42, 0.36), (0.46, 0.56), (0.74, 0.74), (0.9, 0.8)),
        limb((0.14, 0.86), (0.3, 0.84), (0.46, 0.74), (0.62, 0.83), (0.9, 0.86)),
        worn((0.17, 0.91), width=0.075),
        worn((0.66, 0.91), width=0.075),
        worn((0.86, 0.91), width=0.075),
        arrow((0.46, 0.92), (0.46, 0.81)),
    ),
    "paused_squat": (
        FLOOR,
        *SQUAT_FROM_SIDE,
        limb((0.52, 0.4), (0.6, 0.52), (0.5, 0.4)),
        thing((0.46, 0.34), width=0.15),
        Stroke(((0.8, 0.16), (0.8, 0.36)), 0.055, YELLOW),
        Stroke(((0.91, 0.16), (0.91, 0.36)), 0.055, YELLOW),
    ),
    "slow_squat": (
        FLOOR,
        *SQUAT_FROM_SIDE,
        limb((0.53, 0.41), (0.78, 0.44)),
        arrow((0.1, 0.3), (0.1, 0.62)),
        arrow((0.24, 0.56), (0.24, 0.24)),
    ),
    "goblet_squat": (
        FLOOR,
        *SQUAT_FROM_FRONT,
        *_mirrored(limb((0.39, 0.335), (0.36, 0.5), (0.46, 0.44))),
        worn((0.44, 0.4), (0.56, 0.4), width=0.05),
        worn((0.5, 0.44), width=0.12),
    ),
    "band_above_knees": (
        FLOOR,
        *SQUAT_FROM_FRONT,
        *_mirrored(limb((0.39, 0.335), (0.38, 0.47), (0.47, 0.44))),
        worn((0.3, 0.68), (0.7, 0.68)),
        *_mirrored(arrow((0.2, 0.68), (0.06, 0.68))),
    ),
    "sees": (
        FLOOR,
        *_mirrored(
            Stroke(((0.3, 0.36), (0.3, 0.86)), THIN, SOFT),
            limb((0.36, 0.1), (0.3, 0.48), (0.3, 0.88), (0.2, 0.9)),
            worn((0.3, 0.48), width=0.2),
            Stroke(((0.3, 0.48),), 0.13, BLACK),
        ),
    ),
    "gesture_start": (
        *STANDING_FROM_FRONT,
        *_mirrored(limb((0.38, 0.33), (0.3, 0.2), (0.36, 0.04))),
    ),
    "gesture_next": (
        *STANDING_FROM_FRONT,
        limb((0.62, 0.33), (0.74, 0.24), (0.68, 0.06)),
        limb((0.38, 0.33), (0.33, 0.46), (0.33, 0.6)),
    ),
    "gesture_back": (
        *STANDING_FROM_FRONT,
        limb((0.38, 0.33), (0.26, 0.24), (0.32, 0.06)),
        limb((0.62, 0.33), (0.67, 0.46), (0.67, 0.6)),
    ),
    "gesture_pause": (
        *STANDING_FROM_FRONT,
        limb((0.06, 0.33), (0.94, 0.33)),
    ),
    "reached": (Stroke(((0.14, 0.54), (0.4, 0.8), (0.86, 0.22)), 0.17, WHITE),),
    "stop": (
        Stroke(((0.34, 0.22), (0.34, 0.78)), 0.16, SOFT),
        Stroke(((0.66, 0.22), (0.66, 0.78)), 0.16, SOFT),
    ),
    "attention": (
        Stroke(((0.5, 0.12), (0.92, 0.86), (0.08, 0.86), (0.5, 0.12)), 0.075, YELLOW),
        Stroke(((0.5, 0.38), (0.5, 0.6)), 0.085, YELLOW),
        Stroke(((0.5, 0.74),), 0.1, YELLOW),
    ),
    "mark": (
        *_mirrored(
            Stroke(((0.3, 0.3), (0.315, 0.38)), 0.2, FAINT),
            Stroke(((0.31, 0.36), (0.37, 0.68)), 0.13, FAINT),
            Stroke(((0.37, 0.7),), 0.15, FAINT),
        ),
    ),
}
"""Every figure by its key. Exercises have the keys they have among the coach's drills."""

SILHOUETTE = (
    (((0.5, 0.06), (0.5, 0.075)), 0.085),
    (((0.5, 0.1), (0.5, 0.2)), 0.05),
    (((0.5, 0.2), (0.5, 0.5)), 0.15),
    (((0.4, 0.205), (0.6, 0.205)), 0.075),
    (((0.41, 0.21), (0.45, 0.36), (0.435, 0.5)), 0.085),
    (((0.59, 0.21), (0.55, 0.36), (0.565, 0.5)), 0.085),
    (((0.395, 0.21), (0.36, 0.36), (0.345, 0.52)), 0.055),
    (((0.605, 0.21), (0.64, 0.36), (0.655, 0.52)), 0.055),
    (((0.44, 0.5), (0.43, 0.72), (0.425, 0.95)), 0.075),
    (((0.56, 0.5), (0.57, 0.72), (0.575, 0.95)), 0.075),
    (((0.425, 0.95), (0.4, 0.96)), 0.05),
    (((0.575, 0.95), (0.6, 0.96)), 0.05),
)
"""Somebody who stands, from the front, as thick lines: points and width."""
OUTLINE = 0.007


def draw_figure(glass: Glass, key: str, box: Rect) -> None:
    """The figure as large as fits in the middle of a box; nothing for a key without a figure."""
    if key not in FIGURES:
        return
    side = max(8, min(box[2], box[3]))
    sprite = glass.kept(("figure", key, side), lambda: _drawn(FIGURES[key], side))
    glass.sheet.blit(sprite, (box[0] + (box[2] - side) // 2, box[1] + (box[3] - side) // 2))


def draw_silhouette(glass: Glass, box: Rect) -> None:
    """The outline of somebody who stands, as high as the box and in its middle."""
    side = max(16, box[3])
    sprite = glass.kept(("silhouette", side), lambda: _outlined(side))
    glass.sheet.blit(sprite, (box[0] + (box[2] - sprite.get_width()) // 2, box[1]))


class FigureCanvas:
    """A clear square to draw on, larger than it will be."""

    def __init__(self, side: int) -> None:
        import pygame

        self._pygame = pygame
        self._side = side
        self._unit = side * fineness(side)
        self._sheet = pygame.Surface((self._unit, self._unit), pygame.SRCALPHA, 32)

    def fine(self) -> Any:
        return self._pygame.transform.smoothscale(self._sheet, (self._side, self._side))

    def line(self, points: tuple[XY, ...], width: float, colour: tuple[int, ...]) -> None:
        """A line with round corners and ends; one point is a disc."""
        half = width / 2 * self._unit
        at = [(x * self._unit, y * self._unit) for x, y in points]
        for x, y in at:
            self._pygame.draw.circle(self._sheet, colour, (x, y), half)
        for (x0, y0), (x1, y1) in itertools.pairwise(at):
            long = math.hypot(x1 - x0, y1 - y0) or 1.0
            ox, oy = half * (y1 - y0) / long, half * (x0 - x1) / long
            corners = [(x0 + ox, y0 + oy), (x1 + ox, y1 + oy), (x1 - ox, y1 - oy), (x0 - ox, y0 - oy)]
            self._pygame.draw.polygon(self._sheet, colour, corners)

    def arrow_head(self, start: XY, tip: XY, colour: RGB) -> None:
        """A triangle whose point lies a little beyond `tip`."""
        along = math.atan2(tip[1] - start[1], tip[0] - start[0])
        corners = [
            (
                (tip[0] + ARROW_HEAD * math.cos(along + turn)) * self._unit,
                (tip[1] + ARROW_HEAD * math.sin(along + turn)) * self._unit,
            )
            for turn in (0.0, 2.2, -2.2)
        ]
        self._pygame.draw.polygon(self._sheet, colour, corners)


def _drawn(strokes: tuple[Stroke, ...], side: int) -> Any:
    board = FigureCanvas(side)
    for stroke in strokes:
        board.line(stroke.points, stroke.width, stroke.colour)
        if stroke.arrow:
            board.arrow_head(stroke.points[-2], stroke.points[-1], stroke.colour)
    return board.fine()


def _outlined(side: int) -> Any:
    """The silhouette's edge: the shape, and a slightly smaller one taken out of it."""
    board = FigureCanvas(side)
    for grow, colour in ((OUTLINE, (*SOFT, 220)), (0.0, (0, 0, 0, 0))):
        for points, width in SILHOUETTE:
            board.line(points, width + 2 * grow, colour)
    whole = board.fine()
    narrow = whole.get_bounding_rect()
    return whole.subsurface((narrow.left, 0, narrow.width, side)).copy()
