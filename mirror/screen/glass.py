"""The glass a scene draws on: a surface with its letters, marks, sizes and the mirrored picture.

Gives scenes a small vocabulary (say, shade, picture, knees) and the places where words go, so that each
scene reads like what it shows. Decides nothing about what is said.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from mirror.coach.feedback import Feedback
from mirror.coach.words import Words
from mirror.knees.reading import Verdict
from mirror.screen.letters import LINE_HEIGHT, Letters
from mirror.screen.marks import Marks
from mirror.screen.mirror_view import MirrorView, Rect
from mirror.screen.theme import BLACK, RGB, WHITE, Sizes

Picture = npt.NDArray[np.uint8]
RING_OF_PICTURE = 0.045
"""Radius of a knee's ring at most, as a share of the picture's height."""
SHADE = 235
"""How dark the shade behind words over the picture is, of 255: quiet letters keep 7 : 1 on a white wall."""
FADE = 0.07
"""Height over which the shade fades into the picture, as a share of the glass's height."""
PICTURE_SHARE = 0.58
"""Share of a lying glass's width that the picture may take; the words stand beside it."""
MOST_BADGES = 12
"""Repetitions shown in the row of signs: the newest of a long set."""


@dataclass(frozen=True, slots=True)
class Places:
    """Where words go, (left, top, width, height): over the picture's upper part, or beside a lying one.

    count, cue, note: of the set. whole: where one instruction stands alone.
    """

    count: Rect
    cue: Rect
    note: Rect
    whole: Rect


def places(glass: tuple[int, int], picture: Rect, sizes: Sizes) -> Places:
    """Where words go on a glass of this (width, height) with its picture there."""
    width, height = glass
    margin = sizes.margin
    if height > width:
        room = width - 2 * margin
        count = (margin, 0, room, round(0.1 * height))
        # a picture that leaves black glass above it leaves room for larger words
        deep = max(round(0.19 * height), picture[1] - count[3])
        note = round(0.125 * height)
        return Places(
            count,
            (margin, count[3], room, deep),
            (margin, height - note, room, note),
            (margin, margin // 2, room, max(round(0.17 * height), picture[1] - margin)),
        )
    left = picture[0] + picture[2] + margin
    room = width - left - margin
    return Places(
        (left, margin, room, round(0.26 * height)),
        (left, round(0.32 * height), room, round(0.38 * height)),
        (left, round(0.72 * height), room, round(0.24 * height)),
        (left, margin, room, round(0.7 * height)),
    )


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
        self.view, self.marks, self.places = self._fitted((4, 3))
        self.limits_deg = (6.0, 8.0)
        self._shades: dict[tuple[int, int], Any] = {}
        self._over_picture = False

    def _fitted(self, size: tuple[int, int]) -> tuple[MirrorView, Marks, Places]:
        """View, marks and places of words for frames of this size (height, width)."""
        natural = round(self.height * size[1] / size[0])
        room = self.width if self.portrait else min(natural, round(PICTURE_SHARE * self.width))
        view = MirrorView((0, 0, room, self.height), size)
        # in a small picture of a small person a ring as wide as on the glass would hide both knees
        marks = Marks(min(self.sizes.ring, round(RING_OF_PICTURE * view.rect[3])))
        return view, marks, places((self.width, self.height), view.rect, self.sizes)

    @property
    def portrait(self) -> bool:
        return bool(self.height > self.width)

    def clear(self) -> None:
        self.surface.fill(BLACK)
        self._over_picture = False

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
        self._over_picture = True

    def expect_picture(self, size: tuple[int, int]) -> None:
        """Marks are placed for frames of this size (height, width), also while none is drawn."""
        if self.view.picture != size:
            self.view, self.marks, self.places = self._fitted(size)

    # -- words -----------------------------------------------------------------------------------------

    def say(self, text: str, cap: int, box: Rect, colour: RGB = WHITE) -> None:
        """Text in the middle of a box, wrapped, with capitals of `cap` px or what fits."""
        left, top, width, height = box
        cap, lines = self.letters.within(text, cap, width, height)
        step = LINE_HEIGHT * cap
        first = top + (height - step * (len(lines) - 1)) / 2
        for i, line in enumerate(lines):
            self.line(line, cap, (left + width // 2, round(first + step * i)), colour)

    def line(self, text: str, cap: int, centre: tuple[int, int], colour: RGB = WHITE) -> None:
        """One line of text round a centre."""
        drawn = self.letters.line(text, cap, colour)
        self.surface.blit(drawn, drawn.get_rect(center=centre))

    def shade(self, box: Rect) -> None:
        """Darken the picture from the glass's nearer edge to the box's far one and a soft way beyond.

        Only over a picture: black glass is dark enough, and beside a lying picture there is none.
        """
        if not (self._over_picture and self.portrait):
            return
        _, top, _, height = box
        lower = top + height // 2 > self.height // 2
        deep = self.height - top if lower else top + height
        if not lower and deep <= self.view.rect[1]:
            return
        fade = round(FADE * self.height)
        sprite = self._shade(deep, -fade if lower else fade)
        self.surface.blit(sprite, (0, self.height - deep - fade if lower else 0))

    def _shade(self, deep: int, fade: int) -> Any:
        """Black, `deep` px high, fading out over |fade| px below it, or above it for a negative fade."""
        key = (deep, fade)
        if key not in self._shades:
            rows = deep + abs(fade)
            sheet = self._pygame.Surface((self.width, rows), self._pygame.SRCALPHA, 32)
            for y in range(rows):
                way = max(0.0, (y - deep) / fade if fade > 0 else 1 + y / fade)
                soft = 0.5 + 0.5 * math.cos(math.pi * way)
                sheet.fill((*BLACK, round(SHADE * soft)), (0, y, self.width, 1))
            self._shades[key] = sheet
        return self._shades[key]

    # -- marks -----------------------------------------------------------------------------------------

    def knees(self, feedback: Feedback) -> None:
        """Both knees' rings and targets. The person's left is on the left of the glass, as in a mirror."""
        for mark, outward in ((feedback.left, -1), (feedback.right, +1)):
            if mark.knee is None:
                continue
            self.marks.knee(self.surface, mark, self.view.at(*mark.knee), outward)
            if mark.target is not None:
                self.marks.target(self.surface, self.view.at(*mark.target), feedback.target_is_guess)

    def badges(self, verdicts: tuple[Verdict, ...], left: int, middle: int, width: int) -> None:
        """A row of signs from `left`, one a repetition, the newest last. Signs stay where they are."""
        step = width / MOST_BADGES
        radius = max(4, min(self.sizes.body // 2 + 2, int(0.36 * step)))
        for i, verdict in enumerate(verdicts[-MOST_BADGES:]):
            at = (round(left + step * (i + 0.5)), middle)
            self.marks.badge(self.surface, verdict, at, radius)

    def dashes(self, y: int, x0: int, x1: int, colour: RGB, thick: int = 2) -> None:
        """A broken level line."""
        for x in range(x0, x1, 6 * thick):
            self._pygame.draw.line(self.surface, colour, (x, y), (min(x + 3 * thick, x1), y), thick)

    def level(self, y: int, x0: int, x1: int, colour: RGB, thick: int = 2) -> None:
        self._pygame.draw.line(self.surface, colour, (x0, y), (x1, y), thick)

    def bar(self, rect: Rect, colour: RGB) -> None:
        self._pygame.draw.rect(self.surface, colour, rect, border_radius=max(1, rect[2] // 5))
