"""Black bars beside or above a picture, as players and editors add them to a portrait clip: where the true
picture is, so that a lens is not taken to have seen the bars.

Looks at pictures one by one and remembers how bright each row and column ever was. Knows no files.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from mirror.camera.frame import U8

BLACK = 36
"""No brighter is a bar's pixel in any colour: black is 0, and compression leaves traces."""
NARROWEST = 0.02
"""Of the picture's side: what is narrower is a codec's rim, and changes no number."""
ALIKE = 0.02
"""Bars come in pairs that differ by no more than this, of the side. A dark wall on one side is none."""
BRIGHT, EDGE = 72, 6
"""Within so many pixels from a bar the picture is somewhere this bright at some time: a dark room fades."""
LEAST_LEFT = 0.2
"""Of the side that is the picture at least: a portrait one in a wide screen has 0.24."""


class Part(NamedTuple):
    """A part of a picture: its top left corner, and how large it is. Pixels of the upright picture."""

    x: int
    y: int
    width: int
    height: int

    def of(self, pixels: U8) -> U8:
        """This part of a picture; shares its memory."""
        return pixels[self.y : self.y + self.height, self.x : self.x + self.width]


class BlackBars:
    """Told by all pictures together: what is black in every one of them, in pairs, up to a sharp edge."""

    def __init__(self) -> None:
        self._rows: U8 | None = None
        self._columns: U8 | None = None

    def look(self, pixels: U8) -> None:
        """At one more picture (H, W, 3), of the same size as the others."""
        brightest = pixels.max(2)
        rows, columns = brightest.max(1), brightest.max(0)
        if self._rows is None or self._columns is None:
            self._rows, self._columns = rows, columns
            return
        np.maximum(self._rows, rows, out=self._rows)
        np.maximum(self._columns, columns, out=self._columns)

    def picture(self) -> Part | None:
        """Where the picture is; None where there are no bars."""
        if self._rows is None or self._columns is None:
            return None
        top, bottom = _bars(self._rows)
        left, right = _bars(self._columns)
        if top == left == 0:
            return None
        height, width = len(self._rows), len(self._columns)
        return Part(left, top, width - left - right, height - top - bottom)

    def pixels_wide(self, part: Part) -> tuple[int, int, int, int]:
        """How wide the bars round this part are: left, top, right, bottom."""
        assert self._rows is not None
        assert self._columns is not None
        right, bottom = len(self._columns) - part.x - part.width, len(self._rows) - part.y - part.height
        return part.x, part.y, right, bottom


def _bars(brightest: npt.NDArray[np.uint8]) -> tuple[int, int]:
    """How many pixels are a bar at the beginning and at the end of this side; 0 and 0 where no pair is."""
    seen = np.flatnonzero(brightest > BLACK)
    side = len(brightest)
    if not seen.size:
        return 0, 0
    first, last = int(seen[0]), side - 1 - int(seen[-1])
    pair = min(first, last) >= NARROWEST * side and abs(first - last) <= ALIKE * side
    sharp = min(brightest[first : first + EDGE].max(), brightest[side - last - EDGE : side - last].max())
    if not pair or sharp < BRIGHT or side - first - last < LEAST_LEFT * side:
        return 0, 0
    return first, last
