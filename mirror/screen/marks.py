"""Knee rings, arrows and target lines: every state has its own shape as well as its own colour.

Drawn once per state and size, larger and smoothed down, and kept; a frame only puts them there.
"""

from __future__ import annotations

import math
from typing import Any

from mirror.coach.feedback import KneeMark
from mirror.coach.mark_style import (
    ARROW_AT,
    BLACK,
    COLOUR,
    DASH_SHARE,
    DASHES,
    EDGE,
    REST_STROKE,
    RGB,
    SOFT,
    STROKE,
    TARGET_DOT,
    TARGET_HALF,
    TARGET_STROKE,
    WHITE,
    arrow_outline,
)
from mirror.knees.reading import Verdict
from mirror.screen.sprite_cache import FINE, Shelf, fineness
from mirror.screen.theme import TRACK

ARC_STEPS = 48
"""Sprites of a ring that fills."""
BEYOND_SIGN = 0.6
"""Radius of the sign of a knee beyond the edge, in rings."""
SOFTNESS = 8
"""Marks on a reflection are drawn this many times smaller and drawn out: each eye sees them elsewhere."""


class Marks:
    """Sprites for one ring radius, made when first needed. soft: without any sharp edge."""

    def __init__(self, radius: int, shelf: Shelf, *, soft: bool = False) -> None:
        import pygame

        self._pygame = pygame
        self._shelf = shelf
        self.radius = radius
        self._softness = min(SOFTNESS, max(1, radius // 12)) if soft else 1

    def knee(self, surface: Any, mark: KneeMark, at: tuple[int, int], outward: int) -> None:
        """A ring at `at`; outward: -1 or +1, which way on the glass is away from the other knee."""
        ring = self._kept(("ring", mark.verdict, mark.at_rest), lambda: self._ring(mark))
        self._blit(surface, ring, at)
        if mark.verdict is Verdict.OFF_TRACK:
            arrow = self._kept(("arrow", outward), lambda: self._arrow(outward))
            self._blit(surface, arrow, (at[0] + outward * round(ARROW_AT * self.radius), at[1]))

    def beyond(self, surface: Any, mark: KneeMark, at: tuple[int, int], way: tuple[int, int]) -> None:
        """A knee whose reflection lies beyond the panel's edge: its sign at the edge, and a tip that points
        there. at: inside by `beyond_px`. way: one step along x (right) or y (down)."""
        radius = round(BEYOND_SIGN * self.radius)
        if not mark.at_rest:
            self.badge(surface, mark.verdict, at, radius)
        tip = self._kept(("tip", way, mark.at_rest), lambda: self._tip(way, SOFT if mark.at_rest else WHITE))
        off = self.beyond_px - radius
        self._blit(surface, tip, (at[0] + way[0] * off, at[1] + way[1] * off))

    @property
    def beyond_px(self) -> int:
        """How far from the edge the sign of a knee beyond it stands, px."""
        return round(2.6 * BEYOND_SIGN * self.radius)

    def target(self, surface: Any, at: tuple[int, int], guess: bool) -> None:
        """A soft upright line through where the knee would be over the toes; faint and broken for a guess."""
        self._blit(surface, self._kept(("target", guess), lambda: self._target(guess)), at)

    def badge(self, surface: Any, verdict: Verdict, at: tuple[int, int], radius: int) -> None:
        """A small sign: disc good, triangle caution, square off track, empty circle unknown."""
        badge = self._kept(("badge", verdict, radius), lambda: self._badge(verdict, radius))
        self._blit(surface, badge, at)

    def filling(self, surface: Any, at: tuple[int, int], radius: int, progress: float) -> None:
        """A ring that fills clockwise from the top with progress 0..1."""
        step = round(ARC_STEPS * max(0.0, min(1.0, progress)))
        self._blit(surface, self._kept(("filling", radius, step), lambda: self._filling(radius, step)), at)

    def dot(self, surface: Any, at: tuple[int, int], radius: int, colour: RGB) -> None:
        """A small disc."""
        self._blit(surface, self._kept(("dot", radius, colour), lambda: self._dot(radius, colour)), at)

    def backing(self, surface: Any, at: tuple[int, int], radius: int) -> None:
        """A dark disc that what is drawn over a picture stands out from."""
        self._blit(surface, self._kept(("backing", radius), lambda: self._backing(radius)), at)

    # -- sprites ---------------------------------------------------------------------------------------

    def _kept(self, key: tuple[object, ...], make: Any) -> Any:
        # rings of pictures of another size are kept beside these
        return self._shelf((self.radius, self._softness, *key), make)

    def _blit(self, surface: Any, sprite: Any, centre: tuple[int, int]) -> None:
        width, height = sprite.get_size()
        surface.blit(sprite, (centre[0] - width // 2, centre[1] - height // 2))

    def _blank(self, width: float, height: float, fine: int = FINE) -> tuple[Any, tuple[float, float]]:
        """A clear drawing board `fine` times as large, and its centre."""
        size = (max(2, round(width)) * fine, max(2, round(height)) * fine)
        sheet = self._pygame.Surface(size, self._pygame.SRCALPHA, 32)
        return sheet, (size[0] / 2, size[1] / 2)

    def _fine(self, sheet: Any, fine: int = FINE) -> Any:
        size = (sheet.get_width() // fine, sheet.get_height() // fine)
        return self._pygame.transform.smoothscale(sheet, size)

    def _soft(self, sheet: Any) -> Any:
        """The same as `_fine` for marks on knees, with softer edges on a reflection."""
        if self._softness == 1:
            return self._fine(sheet)
        size = (sheet.get_width() // FINE, sheet.get_height() // FINE)
        small = (max(2, size[0] // self._softness), max(2, size[1] // self._softness))
        smoothscale = self._pygame.transform.smoothscale
        return smoothscale(smoothscale(sheet, small), size)

    def _ring(self, mark: KneeMark) -> Any:
        """A ring with a dark edge on both sides, so that it stands out from any picture."""
        verdict = mark.verdict
        sheet, centre = self._blank(2.6 * self.radius, 2.6 * self.radius)
        share, colour = (REST_STROKE, SOFT) if mark.at_rest else (STROKE[verdict], COLOUR[verdict])
        radius, stroke = self.radius * FINE, share * self.radius * FINE
        edge = round(0.05 * radius) + FINE
        if verdict is Verdict.UNKNOWN and not mark.at_rest:
            self._dashes(
                sheet, centre, radius + edge, stroke + 2 * edge, (*BLACK, 150), DASH_SHARE + edge / radius
            )
            self._dashes(sheet, centre, radius, stroke, WHITE, DASH_SHARE)
        else:
            self._pygame.draw.circle(sheet, (*BLACK, 150), centre, radius + edge, round(stroke) + 2 * edge)
            self._pygame.draw.circle(sheet, colour, centre, radius, round(stroke))
        return self._soft(sheet)

    def _dashes(
        self,
        sheet: Any,
        centre: tuple[float, float],
        radius: float,
        stroke: float,
        colour: tuple[int, ...],
        full: float,
    ) -> None:
        """A broken ring, each dash of it filling its share `full` of the way round."""
        for i in range(DASHES):
            middle = 2 * math.pi * (i + 0.25) / DASHES
            half = math.pi * full / DASHES
            self._arc(sheet, centre, radius, stroke, colour, middle - half, middle + half)

    def _arc(
        self,
        sheet: Any,
        centre: tuple[float, float],
        radius: float,
        stroke: float,
        colour: tuple[int, ...],
        begin: float,
        end: float,
    ) -> None:
        """Part of a ring, from angle to angle, radians clockwise from the right."""
        count = max(2, round(24 * (end - begin)))
        angles = [begin + (end - begin) * k / count for k in range(count + 1)]
        outer, inner = (
            [(centre[0] + r * math.cos(a), centre[1] + r * math.sin(a)) for a in angles]
            for r in (radius, radius - stroke)
        )
        self._pygame.draw.polygon(sheet, colour, outer + inner[::-1])

    def _filling(self, radius: int, step: int) -> Any:
        fine = fineness(2.1 * radius)
        sheet, centre = self._blank(2.1 * radius, 2.1 * radius, fine)
        r = radius * fine
        self._arc(sheet, centre, r, 0.22 * r, TRACK, 0.0, 2 * math.pi)
        if step:
            top = -math.pi / 2
            end = top + 2 * math.pi * step / ARC_STEPS
            self._arc(sheet, centre, r, 0.22 * r, COLOUR[Verdict.GOOD], top, end)
        return self._fine(sheet, fine)

    def _dot(self, radius: int, colour: RGB) -> Any:
        sheet, centre = self._blank(2.2 * radius, 2.2 * radius)
        self._pygame.draw.circle(sheet, colour, centre, radius * FINE)
        return self._fine(sheet)

    def _backing(self, radius: int) -> Any:
        fine = fineness(2.1 * radius)
        sheet, centre = self._blank(2.1 * radius, 2.1 * radius, fine)
        self._pygame.draw.circle(sheet, (*BLACK, 200), centre, radius * fine)
        return self._fine(sheet, fine)

    def _arrow(self, outward: int) -> Any:
        """An arrow pointing away from the other knee."""
        sheet, (x, y) = self._blank(2.2 * self.radius, 1.6 * self.radius)
        r = self.radius * FINE
        for grow, colour in ((EDGE, (*BLACK, 150)), (0.0, COLOUR[Verdict.OFF_TRACK])):
            points = [(x + outward * a * r, y + b * r) for a, b in arrow_outline(grow)]
            self._pygame.draw.polygon(sheet, colour, points)
        return self._soft(sheet)

    def _tip(self, way: tuple[int, int], colour: RGB) -> Any:
        """A small triangle that points that way."""
        side = 2.2 * BEYOND_SIGN * self.radius
        sheet, (x, y) = self._blank(side, side)
        r = BEYOND_SIGN * self.radius * FINE
        for grow, paint in ((0.12, (*BLACK, 150)), (0.0, colour)):
            half, deep = (0.8 + grow) * r, (0.45 + grow) * r
            corners = [(-deep, -half), (deep, 0.0), (-deep, half)]
            turned = [(a * way[0] - b * way[1], a * way[1] + b * way[0]) for a, b in corners]
            self._pygame.draw.polygon(sheet, paint, [(x + a, y + b) for a, b in turned])
        return self._fine(sheet)

    def _target(self, guess: bool) -> Any:
        sheet, (x, y) = self._blank(1.2 * self.radius, 5.0 * self.radius)
        r = self.radius * FINE
        thick = max(FINE, round(TARGET_STROKE * r))
        colour = (*SOFT, 200) if guess else (*WHITE, 235)
        step, dash = (0.5 * r, 0.25 * r) if guess else (5.0 * r, 5.0 * r)
        top, foot = y - TARGET_HALF * r, y + TARGET_HALF * r
        while top < foot:
            height = min(dash, foot - top)
            if not guess:
                shade = self._pygame.Rect(x - 1.4 * thick, top, 2.8 * thick, height)
                self._pygame.draw.rect(sheet, (*BLACK, 110), shade, border_radius=thick)
            bar = self._pygame.Rect(x - thick / 2, top, thick, height)
            self._pygame.draw.rect(sheet, colour, bar, border_radius=thick)
            top += step
        if not guess:
            self._pygame.draw.circle(sheet, colour, (x, y), TARGET_DOT * r)
        return self._soft(sheet)

    def _badge(self, verdict: Verdict, radius: int) -> Any:
        sheet, (x, y) = self._blank(2.2 * radius, 2.2 * radius)
        r = radius * FINE
        colour = COLOUR[verdict]
        if verdict is Verdict.GOOD:
            self._pygame.draw.circle(sheet, colour, (x, y), 0.85 * r)
        elif verdict is Verdict.CAUTION:
            self._pygame.draw.polygon(sheet, colour, [(x, y - r), (x + r, y + 0.8 * r), (x - r, y + 0.8 * r)])
        elif verdict is Verdict.OFF_TRACK:
            self._pygame.draw.rect(sheet, colour, (x - 0.85 * r, y - 0.85 * r, 1.7 * r, 1.7 * r))
        else:
            self._dashes(sheet, (x, y), 0.85 * r, 0.25 * r, WHITE, DASH_SHARE)
        return self._fine(sheet)
