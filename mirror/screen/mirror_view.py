"""The mirrored picture of the person, and the one place where left and right are flipped.

Everything that reaches the screen's rooms is in un-mirrored frame coordinates; `MirrorView.at` turns them
into places on the glass. Text never goes through here.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

Rect = tuple[int, int, int, int]
MOST_CUT, MOST_CUT_LYING = 0.35, 0.55
"""At most this share of a picture's width is cut away to make it larger, of a lying one's on an upright glass
more: somebody who squats is far less wide than it. Its height, the feet, never is."""
BRIGHTNESS = 0.8
"""Marks and words are the brightest things on the glass; the picture stands back a little."""


BGRX = (0xFF0000, 0xFF00, 0xFF, 0)
"""Masks of red, green, blue, alpha in a pixel of 32 bits, as displays have it."""


class MirrorView:
    """Fits un-mirrored pictures of one size into a part of the glass, mirrored.

    Owns its buffers: a picture costs a flip, a colour swap and a resize onto the glass's own pixels, and no
    new image.
    """

    def __init__(self, area: Rect, picture: tuple[int, int]) -> None:
        """area: (left, top, width, height) px of the glass; the picture stands on its lower edge.

        picture: (height, width) px of the frames.
        """
        self.area, self.picture = area, picture
        height, width = picture
        most_cut = MOST_CUT_LYING if width > height and area[3] > area[2] else MOST_CUT
        self.scale = min(area[3] / height, area[2] / (width * (1 - most_cut)))
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
        self._flipped: npt.NDArray[np.uint8] | None = None
        self._gain: npt.NDArray[np.uint8] | None = None

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

    def draw(self, glass: Any, bgr: npt.NDArray[np.uint8], gain: npt.NDArray[np.uint8] | None = None) -> None:
        """Put the mirrored picture onto the glass, a pygame surface, where `rect` is.

        bgr: (height, width, 3) uint8, un-mirrored. gain: (rows,) from `rows_at`, brightness of each row, of
        255; None is BRIGHTNESS throughout.
        """
        if glass.get_bytesize() == 4 and glass.get_masks() == BGRX:  # its own memory is written
            self._into(glass.subsurface(self.rect), bgr, gain)
        else:
            glass.blit(self.surface(bgr, gain), self.rect[:2])

    def surface(self, bgr: npt.NDArray[np.uint8], gain: npt.NDArray[np.uint8] | None = None) -> Any:
        """The same as a surface of its own, of `rect`'s size; the same surface at every call."""
        if self._surface is None:
            import pygame

            self._surface = pygame.Surface(self.rect[2:], 0, 32, BGRX)
        self._into(self._surface, bgr, gain)
        return self._surface

    def _into(self, surface: Any, bgr: npt.NDArray[np.uint8], gain: npt.NDArray[np.uint8] | None) -> None:
        """surface: of `rect`'s size, its pixels as BGRX says."""
        import cv2

        if self._flipped is None:
            self._make_buffers()
        (x0, x1), (y0, y1) = self._cut
        # the cut is in the middle, so it is the same columns before and after the flip
        shown = bgr[y0:y1, x0:x1]
        if self._smaller is not None:
            shown = cv2.resize(shown, self.rect[2:], dst=self._smaller, interpolation=cv2.INTER_LINEAR)
        cv2.flip(shown, 1, dst=self._flipped)
        self._dim(gain)
        pixels = self._pixels(surface)
        if self._coloured is None:
            cv2.cvtColor(self._flipped, cv2.COLOR_BGR2BGRA, dst=pixels)
        else:
            cv2.cvtColor(self._flipped, cv2.COLOR_BGR2BGRA, dst=self._coloured)
            cv2.resize(self._coloured, self.rect[2:], dst=pixels, interpolation=cv2.INTER_LINEAR)

    def rows_at(self) -> npt.NDArray[np.float64]:
        """The y on the glass of each row that is dimmed: of the picture's, or of the glass's if fewer."""
        _, top, _, height = self.rect
        (y0, y1) = self._cut[1]
        rows = min(height, y1 - y0) if self._shrinks else y1 - y0
        return top + (np.arange(rows) + 0.5) * height / rows

    def _dim(self, gain: npt.NDArray[np.uint8] | None) -> None:
        import cv2

        if gain is None:
            cv2.convertScaleAbs(self._flipped, dst=self._flipped, alpha=BRIGHTNESS)
            return
        if gain is not self._gain:
            self._gain = gain
            self._gains[...] = gain[:, None, None]
        cv2.multiply(self._flipped, self._gains, dst=self._flipped, scale=1 / 255)

    @property
    def _shrinks(self) -> bool:
        """Whether the glass has fewer pixels than the picture."""
        (x0, x1), (y0, y1) = self._cut
        return (y1 - y0) * (x1 - x0) > self.rect[2] * self.rect[3]

    def _make_buffers(self) -> None:
        """Buffers for the steps at whichever size is the smaller: the picture's or the glass's."""
        (x0, x1), (y0, y1) = self._cut
        size = self.rect[3], self.rect[2]
        self._smaller = np.zeros((*size, 3), np.uint8) if self._shrinks else None
        small = size if self._shrinks else (y1 - y0, x1 - x0)
        self._flipped = np.zeros((*small, 3), np.uint8)
        self._gains = np.zeros((*small, 3), np.uint8)
        self._coloured = None if self._shrinks else np.zeros((*small, 4), np.uint8)

    def _pixels(self, surface: Any) -> npt.NDArray[np.uint8]:
        """(height, width, 4) view of the surface's memory, blue first; locks the surface while it lives."""
        import pygame

        columns = pygame.surfarray.pixels2d(surface)  # (width, height) uint32
        return np.asarray(columns.T.view(np.uint8).reshape(self.rect[3], self.rect[2], 4))
