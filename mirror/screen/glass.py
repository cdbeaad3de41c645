"""The glass a scene draws on: a sheet with its letters, marks, sizes and one of two views of the person.

Gives scenes a small vocabulary (say, shade, picture, knees), so that each scene reads like what it
shows. Decides nothing about what is said.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from mirror.coach.feedback import Feedback, KneeMark
from mirror.coach.mark_style import RGB, RING_OF_PICTURE, SKY, WHITE
from mirror.coach.words import Words
from mirror.knees.reading import Ray, Verdict
from mirror.screen.layout import Places, below_feet, places
from mirror.screen.letters import LINE_HEIGHT, Letters
from mirror.screen.marks import Marks
from mirror.screen.mirror_view import BRIGHTNESS, MirrorView, Rect
from mirror.screen.overlay import Mounting
from mirror.screen.qr_code import TakeHome
from mirror.screen.sheet import Sheet
from mirror.screen.sprite_cache import Shelf
from mirror.screen.theme import FAINT, Sizes

Picture = npt.NDArray[np.uint8]
SHADE = 235
"""How dark the shade behind words over the picture is, of 255: quiet letters keep 7 : 1 on a white wall."""
GAINS_KEPT = 32
FADE = 0.07
"""Height over which the shade fades into the picture, as a share of the glass's height."""
PICTURE_SHARE = 0.58
"""Share of a lying glass's width that the picture may take; the words stand beside it."""
REFLECTED_SHARE = 0.62
"""Share of a lying glass's width left to the reflection; the words stand beside it."""
MOST_BADGES = 12
"""Repetitions shown in the row of signs: the newest of a long set."""


class Glass:
    """Drawing tools for one screen size; what is put here is painted when the stage finishes the sheet."""

    def __init__(
        self, surface: Any, sizes: Sizes, words: Words, letters: Letters, reflection: Mounting | None = None
    ) -> None:
        """surface: any pygame surface. reflection: marks lie on the person's reflection, and no picture is
        shown; None puts them on the mirrored picture."""
        import pygame

        self._pygame = pygame
        self.sheet = Sheet(surface)
        self.width, self.height = surface.get_size()
        self._shelf = Shelf((self.width, self.height))
        self.sizes = sizes
        self.words = words
        self.letters = letters
        self.reflection = reflection
        self.limits_deg = (3.5, 6.0)
        self.take_home = TakeHome()
        self.view, self.marks, self.places = self._fitted((4, 3))
        self._bgr: Picture | None = None
        self.marked: list[Rect] = []
        self.word: Any = None  # where the last word in a squat was laid
        self._shades: list[tuple[int, int]] = []
        self._gains: dict[object, npt.NDArray[np.uint8]] = {}

    def _fitted(self, size: tuple[int, int]) -> tuple[MirrorView, Marks, Places]:
        """View, marks and places of words for frames of this size (height, width)."""
        natural = round(self.height * size[1] / size[0])
        room = self.width if self.portrait else min(natural, round(PICTURE_SHARE * self.width))
        # an upright glass has room for all of a lying picture and for words below its feet
        low = below_feet(self.height) if self.portrait and size[1] > size[0] else 0
        view = MirrorView((0, 0, room, self.height - low), size)
        glass = (self.width, self.height)
        if self.reflection is not None:
            body = self._reflected_body(self.reflection)
            marks = Marks(self.sizes.ring, self._shelf, soft=True)
            return view, marks, places(glass, body, self.sizes, reflected=True)
        # in a small picture of a small person a ring as wide as on the glass would hide both knees
        marks = Marks(min(self.sizes.ring, round(RING_OF_PICTURE * view.rect[3])), self._shelf)
        return view, marks, places(glass, view.rect, self.sizes)

    def _reflected_body(self, where: Mounting) -> Rect:
        """The part of the glass in which somebody before the lens sees themselves."""
        if self.portrait:
            return 0, 0, self.width, self.height
        right = round(REFLECTED_SHARE * self.width)
        left = round(min(max(0.0, 2 * where.camera_x - right), 0.6 * right))
        return left, 0, right - left, self.height

    @property
    def portrait(self) -> bool:
        return bool(self.height > self.width)

    def begin(self) -> None:
        """A new moment on black glass."""
        self.sheet.begin()
        self._bgr = None
        self._shades.clear()
        self.marked.clear()

    def finish(self) -> list[Any]:
        """Paint what was put here since `begin`; the rectangles that were painted."""
        if self._bgr is not None:
            # shading the small picture costs a tenth of laying a shade over the large one
            bgr, gain = self._bgr, self._gain()
            self.sheet.background(self.view.rect, lambda canvas: self.view.draw(canvas, bgr, gain))
            self._bgr = None
        return self.sheet.finish()

    def clear(self) -> None:
        """Black glass, which is mirror."""
        self._bgr = None

    def picture(self, bgr: Picture | None) -> None:
        """The mirrored picture of the person, or black glass."""
        self.clear()
        if bgr is None or self.reflection is not None:
            return
        self.expect_picture((bgr.shape[0], bgr.shape[1]))
        self._bgr = bgr

    def expect_picture(self, size: tuple[int, int]) -> None:
        """Marks are placed for frames of this size (height, width), also while none is drawn."""
        if self.view.picture != size:
            self.view, self.marks, self.places = self._fitted(size)

    # -- words -----------------------------------------------------------------------------------------

    def say(self, text: str, cap: int, box: Rect, colour: RGB = WHITE, narrow: float = 1.0) -> None:
        """Text in the middle of a box, wrapped, with capitals of `cap` px or what fits."""
        left, top, width, height = box
        cap, lines = self.letters.within(text, cap, int(width / narrow), height)
        step = LINE_HEIGHT * cap
        first = top + (height - step * (len(lines) - 1)) / 2
        for i, line in enumerate(lines):
            self.line(line, cap, (left + width // 2, round(first + step * i)), colour, narrow)

    def line(
        self, text: str, cap: int, centre: tuple[int, int], colour: RGB = WHITE, narrow: float = 1.0
    ) -> None:
        """One line of text round a centre, its letters `narrow` times as wide as their own."""
        drawn = self.letters.line(text, cap, colour, narrow)
        self.sheet.blit(drawn, drawn.get_rect(center=centre))

    def line_from(self, text: str, cap: int, left: int, middle: int, colour: RGB = WHITE) -> None:
        """One line of text that begins at `left`."""
        drawn = self.letters.line(text, cap, colour)
        self.sheet.blit(drawn, drawn.get_rect(midleft=(left, middle)))

    def shade(self, box: Rect) -> None:
        """Darken the picture from the glass's nearer edge to the box's far one and a soft way beyond.

        Only over a picture: black glass is dark enough, and beside a lying picture there is none.
        """
        if self._bgr is None or not self.portrait:
            return
        _, top, _, height = box
        lower = top + height // 2 > self.height // 2
        self._shades.append((top, -1) if lower else (top + height, +1))

    def _gain(self) -> npt.NDArray[np.uint8] | None:
        """Brightness of each row of the picture under this moment's shades; None where there are none."""
        if not self._shades:
            return None
        key = (self.view.rect, self.view.picture, *sorted(set(self._shades)))
        if key not in self._gains:
            if len(self._gains) >= GAINS_KEPT:
                self._gains.clear()
            y = self.view.rows_at()
            light = np.full(y.shape, BRIGHTNESS)
            for edge, way in set(self._shades):
                beyond = np.clip(way * (y - edge) / (FADE * self.height), 0.0, 1.0)
                light *= 1 - SHADE / 255 * (0.5 + 0.5 * np.cos(np.pi * beyond))
            self._gains[key] = np.round(255 * light).astype(np.uint8)
        return self._gains[key]

    # -- marks -----------------------------------------------------------------------------------------

    def knees(self, feedback: Feedback) -> None:
        """Both knees' rings and targets; where they lie is kept in `marked`, px.

        The person's left is on the left of the glass, as in a mirror.
        """
        for mark, outward in ((feedback.left, -1), (feedback.right, +1)):
            knee, aim = self._seen_at(mark, feedback.eye)
            if knee is None:
                continue
            first = len(self.sheet.pieces)
            edge, way = self._edge(knee)
            if way is not None:
                self.marks.beyond(self.sheet, mark, edge, way)
            else:
                self.marks.knee(self.sheet, mark, knee, outward)
                if aim is not None:
                    self.marks.target(self.sheet, aim, feedback.target_is_guess)
            self.marked += [(p.rect.x, p.rect.y, p.rect.w, p.rect.h) for p in self.sheet.pieces[first:]]

    def _edge(self, knee: tuple[int, int]) -> tuple[tuple[int, int], tuple[int, int] | None]:
        """Where a knee is marked, and which way it lies beyond the panel, None while it is on it.

        Only on a reflection, which goes on beyond the panel: in the picture a knee is where it is seen.
        """
        x, y = knee
        beyond = max(-x, x - self.width), max(-y, y - self.height)
        if self.reflection is None or max(beyond) <= 0:
            return knee, None
        inset = self.marks.beyond_px
        at = min(max(x, inset), self.width - inset), min(max(y, inset), self.height - inset)
        if beyond[0] > beyond[1]:
            return at, (-1 if x < 0 else 1, 0)
        return at, (0, -1 if y < 0 else 1)

    def _seen_at(
        self, mark: KneeMark, eye: Ray | None
    ) -> tuple[tuple[int, int] | None, tuple[int, int] | None]:
        """Where knee and target are on the glass: on the reflection the person sees, or in the picture."""
        if self.reflection is None:
            return (
                None if mark.knee is None else self.view.at(*mark.knee),
                None if mark.target is None else self.view.at(*mark.target),
            )
        if eye is None:
            return None, None
        seen = self.reflection.at
        return (
            None if mark.knee_ray is None else seen(eye, mark.knee_ray),
            None if mark.target_ray is None else seen(eye, mark.target_ray),
        )

    def badges(self, verdicts: tuple[Verdict, ...], left: int, middle: int, width: int) -> None:
        """A row of signs from `left`, one a repetition, the newest last. Signs stay where they are."""
        step = width / MOST_BADGES
        radius = max(4, min(self.sizes.body // 2 + 2, int(0.36 * step)))
        for i, verdict in enumerate(verdicts[-MOST_BADGES:]):
            at = (round(left + step * (i + 0.5)), middle)
            self.marks.badge(self.sheet, verdict, at, radius)

    def pages(self, page: int, of: int, place: Rect) -> None:
        """Which page of how many, from 0, as a row of dots: the lit one is this one."""
        left, top, width, height = place
        radius = max(3, height // 5)
        first = left + width // 2 - 2 * radius * (of - 1)
        for i in range(of):
            colour = SKY if i == page else FAINT
            self.marks.dot(self.sheet, (first + 4 * radius * i, top + height // 2), radius, colour)

    # -- lines and bars --------------------------------------------------------------------------------

    def kept(self, key: object, make: Callable[[], Any]) -> Any:
        """A sprite that is made once and used from then on."""
        return self._shelf(key, make)

    def dashes(self, y: int, x0: int, x1: int, colour: RGB, thick: int = 2) -> None:
        """A broken level line."""
        self.sheet.blit(
            self.kept(("dashes", x1 - x0, colour, thick), lambda: self._dashes(x1 - x0, colour, thick)),
            (x0, y - thick // 2),
        )

    def _dashes(self, width: int, colour: RGB, thick: int) -> Any:
        sheet = self._pygame.Surface((max(1, width), thick), self._pygame.SRCALPHA, 32)
        for x in range(0, width, 6 * thick):
            sheet.fill(colour, (x, 0, min(3 * thick, width - x), thick))
        return sheet

    def level(self, y: int, x0: int, x1: int, colour: RGB, thick: int = 2) -> None:
        self.sheet.fill(colour, (x0, y - thick // 2, x1 - x0, thick))

    def bar(self, rect: Rect, colour: RGB) -> None:
        """An upright bar with round corners."""
        size = (rect[2], rect[3])
        self.sheet.blit(self.kept(("bar", size, colour), lambda: self._bar(size, colour)), rect)

    def _bar(self, size: tuple[int, int], colour: RGB) -> Any:
        sheet = self._pygame.Surface(size, self._pygame.SRCALPHA, 32)
        self._pygame.draw.rect(sheet, colour, (0, 0, *size), border_radius=max(1, size[0] // 5))
        return sheet
