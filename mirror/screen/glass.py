"""The glass a scene draws on: a surface with its letters, marks, sizes and the mirrored picture.

Gives scenes a small vocabulary (say, badge, picture, knee) so that each reads like what it shows.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from mirror.coach.feedback import Feedback
from mirror.coach.words import Words
from mirror.knees.reading import Verdict
from mirror.screen.letters import LINE_HEIGHT, Letters
from mirror.screen.marks import Marks
from mirror.screen.mirror_view import MirrorView
from mirror.screen.theme import BLACK, RGB, WHITE, Sizes

Picture = npt.NDArray[np.uint8]
RING_OF_PICTURE = 0.045
"""Radius of a knee's ring at most, as a share of the picture's height."""
BAND = 165
"""How dark a band behind text over the picture is, of 255."""


class Glass:
    """Drawing tools for one screen size. `surface` may be any pygame surface of that size."""

    def __init__(self, surface: Any, sizes: Sizes, words: Words) -> None:
        import pygame

        self._pygame = pygame
        self.surface = surface
        self.width, self.height = surface.get_size()
        self.sizes = sizes
        self.words = words
        self.letters = Letters()
        self.view, self.marks = self._fitted((4, 3))
        self.limits_deg = (6.0, 8.0)
        self._bands: dict[tuple[int, int], Any] = {}

    def _fitted(self, size: tuple[int, int]) -> tuple[MirrorView, Marks]:
        """View and marks for frames of this size (height, width)."""
        view = MirrorView((self.width, self.height), size)
        # in a small picture of a small person a ring as wide as on the glass would hide both knees
        return view, Marks(min(self.sizes.ring, round(RING_OF_PICTURE * view.rect[3])))

    @property
    def portrait(self) -> bool:
        return bool(self.height > self.width)

    def clear(self) -> None:
        self.surface.fill(BLACK)

    def picture(self, bgr: Picture | None) -> None:
        """The mirrored picture of the person, or black glass."""
        if bgr is None:
            self.clear()
            return
        self.expect_picture((bgr.shape[0], bgr.shape[1]))
        left, top, width, height = self.view.rect
        if (width, height) != (self.width, self.height):
            self.clear()
        self.surface.blit(self.view.surface(bgr), (left, top))

    def expect_picture(self, size: tuple[int, int]) -> None:
        """Marks are placed for frames of this size (height, width), also while none is drawn."""
        if self.view.picture != size:
            self.view, self.marks = self._fitted(size)

    def say(
        self,
        text: str,
        cap: int,
        centre_y: int,
        colour: RGB = WHITE,
        *,
        band: bool = False,
        column: tuple[int, int] | None = None,
    ) -> int:
        """Text centred in a column (x, width), by default the whole glass, wrapped; the y below it.

        band: darken the picture behind it, all across.
        """
        if not text:
            return centre_y
        x0, room = column or (self.sizes.margin, self.width - 2 * self.sizes.margin)
        lines = self.letters.wrapped(text, cap, room)
        step = round(LINE_HEIGHT * cap)
        top = centre_y - step * len(lines) // 2
        if band:
            self.band(top - cap // 2, step * len(lines) + cap)
        for i, line in enumerate(lines):
            fitting = self.letters.fitting(line, cap, room)
            self.line(line, fitting, (x0 + room // 2, top + step * i + step // 2), colour)
        return top + step * len(lines)

    def lines(self, text: str, cap: int, width: int) -> int:
        """Height of this text wrapped to `width`."""
        return round(LINE_HEIGHT * cap) * len(self.letters.wrapped(text, cap, width))

    def line(self, text: str, cap: int, centre: tuple[int, int], colour: RGB = WHITE) -> None:
        """One line of text round a centre."""
        drawn = self.letters.line(text, cap, colour)
        self.surface.blit(drawn, drawn.get_rect(center=centre))

    def band(self, top: int, height: int) -> None:
        """Darken a strip across the glass so that letters stand out from the picture."""
        key = (self.width, height)
        if key not in self._bands:
            strip = self._pygame.Surface(key, self._pygame.SRCALPHA, 32)
            strip.fill((*BLACK, BAND))
            self._bands[key] = strip
        self.surface.blit(self._bands[key], (0, top))

    def knees(self, feedback: Feedback) -> None:
        """Both knees' targets and rings. The person's left is on the left of the glass, as in a mirror."""
        for mark, outward in ((feedback.left, -1), (feedback.right, +1)):
            if mark.knee is None:
                continue
            if mark.target is not None:
                self.marks.target(self.surface, self.view.at(*mark.target), feedback.target_is_guess)
            self.marks.knee(self.surface, mark, self.view.at(*mark.knee), outward)

    def badges(self, verdicts: tuple[Verdict, ...], centre: tuple[int, int], width: int) -> None:
        """A row of signs, one a repetition, the newest on the right; the last dozen of a long set."""
        shown = verdicts[-12:]
        radius = max(5, min(self.sizes.body // 2 + 2, width // (3 * max(4, len(shown)))))
        step = 3 * radius
        x = centre[0] - step * (len(shown) - 1) // 2
        for i, verdict in enumerate(shown):
            self.marks.badge(self.surface, verdict, (x + step * i, centre[1]), radius)

    def ring(self, centre: tuple[int, int], radius: int, progress: float, colour: RGB) -> None:
        """A ring that fills clockwise from the top with progress 0..1."""
        pygame = self._pygame
        width = max(4, radius // 7)
        pygame.draw.circle(self.surface, (60, 60, 60), centre, radius, width)
        steps = round(72 * max(0.0, min(1.0, progress)))
        for i in range(steps):
            angle = 2 * np.pi * i / 72 - np.pi / 2
            middle = radius - width / 2
            at = (centre[0] + middle * np.cos(angle), centre[1] + middle * np.sin(angle))
            pygame.draw.circle(self.surface, colour, at, width / 2)

    def dashes(self, y: int, x0: int, x1: int, colour: RGB, thick: int = 2) -> None:
        """A broken level line."""
        for x in range(x0, x1, 6 * thick):
            self._pygame.draw.line(self.surface, colour, (x, y), (min(x + 3 * thick, x1), y), thick)

    def level(self, y: int, x0: int, x1: int, colour: RGB, thick: int = 2) -> None:
        self._pygame.draw.line(self.surface, colour, (x0, y), (x1, y), thick)

    def bar(self, rect: tuple[int, int, int, int], colour: RGB) -> None:
        self._pygame.draw.rect(self.surface, colour, rect, border_radius=max(1, rect[2] // 5))
