"""The mirrored picture of the person, and the one place where left and right are flipped.

Everything that reaches the screen's rooms is in un-mirrored frame coordinates; `MirrorView.at` turns them
into places on the glass. Text never goes through here.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

Rect = tuple[int, int, int, int]
MOST_CUT = 0.35
"""A picture fills the glass as long as this share of it is not cut away; otherwise bars stay black."""


class MirrorView:
    """Fits un-mirrored pictures of one size into a glass of one size, mirrored.

    Owns its buffers and one surface on them: a picture costs a flip, a colour swap and a resize, and no new
    image.
    """

    def __init__(self, glass: tuple[int, int], picture: tuple[int, int]) -> None:
        """glass: (width, height) px of the screen. picture: (height, width) px of the frames."""
        self.glass, self.picture = glass, picture
        height, width = picture
        fill = max(glass[0] / width, glass[1] / height)
        fit = min(glass[0] / width, glass[1] / height)
        self.scale = fill if 1 - fit / fill <= MOST_CUT else fit
        shown_w, shown_h = min(glass[0], width * self.scale), min(glass[1], height * self.scale)
        # the part of the picture that is shown, in its pixels, and where on the glass it goes
        self._cut = self._centred(width, shown_w / self.scale), self._centred(height, shown_h / self.scale)
        self.rect: Rect = (
            round((glass[0] - shown_w) / 2),
            round((glass[1] - shown_h) / 2),
            round(shown_w),
            round(shown_h),
        )
        self._surface: Any = None

    @staticmethod
    def _centred(whole: int, part: float) -> tuple[int, int]:
        first = round((whole - part) / 2)
        return first, whole - first

    def at(self, x: float, y: float) -> tuple[int, int]:
        """(x, y) normalised to the un-mirrored frame -> px on the glass. The flip is here and only here."""
        left, top, width, height = self.rect
        (x0, x1), (y0, y1) = self._cut
        across = ((1.0 - x) * self.picture[1] - x0) / (x1 - x0)
        down = (y * self.picture[0] - y0) / (y1 - y0)
        return round(left + across * width), round(top + down * height)

    def surface(self, bgr: npt.NDArray[np.uint8]) -> Any:
        """The mirrored picture as a surface of `rect`'s size; the same surface at every call.

        bgr: (height, width, 3) uint8, un-mirrored.
        """
        import cv2

        if self._surface is None:
            self._make_buffers()
        (x0, x1), (y0, y1) = self._cut
        cv2.flip(bgr, 1, dst=self._flipped)
        cv2.cvtColor(self._flipped, cv2.COLOR_BGR2RGB, dst=self._coloured)
        shown = self._coloured[y0:y1, x0:x1]
        cv2.resize(shown, self.rect[2:], dst=self._pixels, interpolation=cv2.INTER_LINEAR)
        return self._surface

    def _make_buffers(self) -> None:
        import pygame

        self._flipped = np.zeros((*self.picture, 3), np.uint8)
        self._coloured = np.zeros((*self.picture, 3), np.uint8)
        self._pixels = np.zeros((self.rect[3], self.rect[2], 3), np.uint8)
        self._surface = pygame.image.frombuffer(self._pixels.data, self.rect[2:], "RGB")
