"""Text as cached surfaces, sized by cap height, wrapped to a width. Knows nothing of what is said.

Letters are pygame's own bold sans-serif (FreeSans Bold, which comes with pygame wherever it is installed),
set through pygame.freetype: the font's kerning table tears words apart ("K nees"), and pygame.font has no way
to leave it out.
"""

from __future__ import annotations

from collections import OrderedDict
from functools import lru_cache
from typing import Any

from mirror.screen.theme import RGB, WHITE

KEPT = 256
"""Rendered lines kept; a scene shows fewer than twenty."""
LINE_HEIGHT = 2.0
"""Distance of baselines in cap heights."""


class Letters:
    """Renders lines of pygame's own bold sans-serif, each once."""

    def __init__(self) -> None:
        import pygame.freetype

        pygame.freetype.init()
        self._freetype = pygame.freetype
        self._lines: OrderedDict[tuple[str, int, RGB], Any] = OrderedDict()

    @lru_cache(maxsize=32)  # noqa: B019 - one Letters lives as long as the program
    def _font(self, cap: int) -> Any:
        """The font whose capital letters are `cap` pixels high."""
        drawn = self._freetype.Font(None, 200).get_rect("H").height
        font = self._freetype.Font(None, max(8.0, 200.0 * cap / drawn))
        font.kerning = False
        font.pad = True  # every line as high as the font, so that centred lines share a baseline
        return font

    def line(self, text: str, cap: int, colour: RGB = WHITE) -> Any:
        """A surface with this one line; the same one for the same line."""
        key = (text, cap, colour)
        if key in self._lines:
            self._lines.move_to_end(key)
            return self._lines[key]
        surface, _ = self._font(cap).render(text, colour)
        self._lines[key] = surface
        if len(self._lines) > KEPT:
            self._lines.popitem(last=False)
        return surface

    def width(self, text: str, cap: int) -> int:
        return int(self._font(cap).get_rect(text).width)

    @lru_cache(maxsize=128)  # noqa: B019
    def wrapped(self, text: str, cap: int, width: int) -> tuple[str, ...]:
        """The text in lines no wider than `width`; a longer word stands alone."""
        lines: list[str] = []
        for word in text.split():
            longer = f"{lines[-1]} {word}" if lines else word
            if lines and self.width(longer, cap) <= width:
                lines[-1] = longer
            else:
                lines.append(word)
        return tuple(lines)

    def fitting(self, text: str, cap: int, width: int) -> int:
        """The largest cap height up to `cap` at which the line fits the width."""
        wide = self.width(text, cap)
        return cap if wide <= width else max(7, int(cap * width / wide))
