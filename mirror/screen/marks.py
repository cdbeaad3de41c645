"""Knee rings, arrows and target lines: every state has its own shape as well as its own colour.

Drawn once per state and size at four times the size, smoothed down and kept; a frame only blits.
"""

from __future__ import annotations

import math
from typing import Any

from mirror.coach.feedback import KneeMark
from mirror.knees.reading import Verdict
from mirror.screen.theme import BLACK, COLOUR, FAINT, RGB, WHITE

FINE = 4
"""Sprites are drawn this many times larger and smoothed down."""
STROKE = {Verdict.GOOD: 0.16, Verdict.CAUTION: 0.28, Verdict.OFF_TRACK: 0.34, Verdict.UNKNOWN: 0.12}
"""Thickness of a ring in radii."""


class Marks:
    """Sprites for one ring radius, made when first needed."""

    def __init__(self, radius: int) -> None:
        import pygame

        self._pygame = pygame
        self.radius = radius
        self._sprites: dict[object, Any] = {}

    def knee(self, surface: Any, mark: KneeMark, at: tuple[int, int], outward: int) -> None:
        """A ring at `at`; outward: -1 or +1, which way on the glass is away from the other knee."""
        self._blit(surface, self._kept(("ring", mark.verdict), lambda: self._ring(mark.verdict)), at)
        if mark.verdict is Verdict.OFF_TRACK:
            arrow = self._kept(("arrow", outward), lambda: self._arrow(outward))
            self._blit(surface, arrow, (at[0] + outward * round(2.3 * self.radius), at[1]))

    def target(self, surface: Any, at: tuple[int, int], guess: bool) -> None:
        """A soft upright line through where the knee would be over the toes; faint and broken for a guess."""
        self._blit(surface, self._kept(("target", guess), lambda: self._target(guess)), at)

    def badge(self, surface: Any, verdict: Verdict, at: tuple[int, int], radius: int) -> None:
        """A small sign: disc good, triangle caution, square off track, empty circle unknown."""
        badge = self._kept(("badge", verdict, radius), lambda: self._badge(verdict, radius))
        self._blit(surface, badge, at)

    # -- sprites ---------------------------------------------------------------------------------------

    def _kept(self, key: object, make: Any) -> Any:
        if key not in self._sprites:
            self._sprites[key] = make()
        return self._sprites[key]

    def _blit(self, surface: Any, sprite: Any, centre: tuple[int, int]) -> None:
        width, height = sprite.get_size()
        surface.blit(sprite, (centre[0] - width // 2, centre[1] - height // 2))

    def _blank(self, width: float, height: float) -> tuple[Any, tuple[float, float]]:
        """A clear sheet FINE times as large, and its centre."""
        size = (max(2, round(width)) * FINE, max(2, round(height)) * FINE)
        sheet = self._pygame.Surface(size, self._pygame.SRCALPHA, 32)
        return sheet, (size[0] / 2, size[1] / 2)

    def _fine(self, sheet: Any) -> Any:
        size = (sheet.get_width() // FINE, sheet.get_height() // FINE)
        return self._pygame.transform.smoothscale(sheet, size)

    def _ring(self, verdict: Verdict) -> Any:
        sheet, centre = self._blank(2.6 * self.radius, 2.6 * self.radius)
        radius, stroke = self.radius * FINE, STROKE[verdict] * self.radius * FINE
        if verdict is Verdict.UNKNOWN:
            self._dashes(sheet, centre, radius, stroke, WHITE)
        else:
            edge = round(0.05 * radius) + FINE
            self._pygame.draw.circle(sheet, (*BLACK, 150), centre, radius + edge, round(stroke) + 2 * edge)
            self._pygame.draw.circle(sheet, COLOUR[verdict], centre, radius, round(stroke))
        return self._fine(sheet)

    def _dashes(
        self, sheet: Any, centre: tuple[float, float], radius: float, stroke: float, colour: RGB
    ) -> None:
        """A ring of ten dashes."""
        dashes = 10
        for i in range(dashes):
            begin, end = (2 * math.pi * (i + part) / dashes for part in (0.0, 0.55))
            points = [begin + (end - begin) * k / 8 for k in range(9)]
            outer = [(centre[0] + radius * math.cos(a), centre[1] + radius * math.sin(a)) for a in points]
            less = radius - stroke
            inner = [(centre[0] + less * math.cos(a), centre[1] + less * math.sin(a)) for a in points]
            self._pygame.draw.polygon(sheet, colour, outer + inner[::-1])

    def _arrow(self, outward: int) -> Any:
        """An arrow pointing away from the other knee."""
        sheet, (x, y) = self._blank(2.2 * self.radius, 1.6 * self.radius)
        r = self.radius * FINE
        for grow, colour in ((0.12, (*BLACK, 150)), (0.0, COLOUR[Verdict.OFF_TRACK])):
            shaft, head = (0.2 + grow) * r, (0.62 + grow) * r
            points = [
                (-0.9 - grow, -shaft / r), (0.1, -shaft / r), (0.1, -head / r), (0.95 + 1.2 * grow, 0),
                (0.1, head / r), (0.1, shaft / r), (-0.9 - grow, shaft / r),
            ]  # fmt: skip
            self._pygame.draw.polygon(sheet, colour, [(x + outward * a * r, y + b * r) for a, b in points])
        return self._fine(sheet)

    def _target(self, guess: bool) -> Any:
        sheet, (x, y) = self._blank(1.2 * self.radius, 5.0 * self.radius)
        r = self.radius * FINE
        thick = max(FINE, round(0.09 * r))
        colour = (*FAINT, 170) if guess else (*WHITE, 235)
        step, dash = (0.5 * r, 0.25 * r) if guess else (5.0 * r, 5.0 * r)
        top = y - 2.4 * r
        while top < y + 2.4 * r:
            height = min(dash, y + 2.4 * r - top)
            if not guess:
                shade = self._pygame.Rect(x - 1.4 * thick, top, 2.8 * thick, height)
                self._pygame.draw.rect(sheet, (*BLACK, 110), shade, border_radius=thick)
            bar = self._pygame.Rect(x - thick / 2, top, thick, height)
            self._pygame.draw.rect(sheet, colour, bar, border_radius=thick)
            top += step
        if not guess:
            self._pygame.draw.circle(sheet, colour, (x, y), 0.2 * r)
        return self._fine(sheet)

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
            self._dashes(sheet, (x, y), 0.85 * r, 0.25 * r, WHITE)
        return self._fine(sheet)
