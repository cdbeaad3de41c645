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
"""At most this share of a picture's width is cut away to make it larger. Its height, the feet, never is."""
BRIGHTNESS = 0.8
"""Marks and words are the brightest things on the glass; the picture stands back a little."""


class MirrorView:
    """Fits un-mirrored pictures of one size into a part of the glass, mirrored.

    Owns its buffers and one surface on them: a picture costs a flip, a colour swap and a resize, and no new
    image.
    """

    def __init__(self, area: Rect, picture: tuple[int, int]) -> None:
        """area: (left, top, width, height) px of the glass; the picture stands on its lower edge.

        picture: (height, width) px of the frames.
        """
        self.area, self.picture = area, picture
        height, width = picture
        self.scale = min(area[3] / height, area[2] / (width * (1 - MOST_CUT)))
        shown_w, shown_h = min(area[2], width * self.scale), min(area[3], height * self.scale)
        # the part of the picture that is shown, in its pixels, and where on the glass it goes
        self._cut = self._centred(width, shown_w / self.scale), self._centred(height, shown_h / self.scale)
        self.rect: Rect = (
            round(area[0] + (area[2] - shown_w) / 2),
            area[1] + area[3] - round(shown_h),
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
        # the cut is in the middle, so it is the same columns before and after the flip
        shown = bgr[y0:y1, x0:x1]
        if self._smaller is not None:
            shown = cv2.resize(shown, self.rect[2:], dst=self._smaller, interpolation=cv2.INTER_LINEAR)
        cv2.flip(shown, 1, dst=self._flipped)
        cv2.convertScaleAbs(self._flipped, dst=self._flipped, alpha=BRIGHTNESS)
        cv2.cvtColor(self._flipped, cv2.COLOR_BGR2RGBA, dst=self._coloured)
        if self._coloured is not self._pixels:
            cv2.resize(self._coloured, self.rect[2:], dst=self._pixels, interpolation=cv2.INTER_LINEAR)
        return self._surface

    def _make_buffers(self) -> None:
        """Buffers for the steps at whichever size is the smaller: the picture's or the glass's."""
        import pygame

        (x0, x1), (y0, y1) = self._cut
        size = self.rect[3], self.rect[2]
        self._pixels = np.zeros((*size, 4), np.uint8)
        shrinks = (y1 - y0) * (x1 - x0) > size[0] * size[1]
        self._smaller = np.zeros((*size, 3), np.uint8) if shrinks else None
        small = size if shrinks else (y1 - y0, x1 - x0)
        self._flipped = np.zeros((*small, 3), np.uint8)
        self._coloured = self._pixels if shrinks else np.zeros((*small, 4), np.uint8)
        self._surface = pygame.image.frombuffer(self._pixels.data, self.rect[2:], "RGBX")
