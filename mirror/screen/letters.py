"""Text as cached surfaces, sized by cap height, wrapped to a width. Knows nothing of what is said.

Letters are set through pygame.freetype: the kerning table of pygame's own font tears words apart ("K nees"),
and pygame.font has no way to leave it out.
"""

from __future__ import annotations

import unicodedata
from collections import OrderedDict
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from mirror.coach.mark_style import RGB, WHITE
from mirror.screen.fonts import OWN, Face, open_font

KEPT = 256
"""Rendered lines kept; a scene shows fewer than twenty."""
LINE_HEIGHT = 1.6
"""Distance of baselines in cap heights."""
CLOSE_HEIGHT = 1.35
"""The same in a word of few and large lines: a descender just clears what is below."""
MOST_CLOSE_LINES = 4
SMALLEST = 7
"""Cap height in pixels below which letters are no longer letters."""
NARROWER = ((1.0, 0.95, 0.9, 0.85, 0.78), (0.73, 0.68))
"""Widths of letters that are tried: before a further line is begun, and before they become less high."""


NEVER_FIRST = "，。、；：！？）》」』”’…·,.;:!?)%°"
"""What a line of Chinese never begins with."""
NEVER_LAST = "（《「『“‘("
"""What a line of Chinese never ends with."""


@dataclass(frozen=True, slots=True)
class Setting:
    """A text as it is set: cap height in px, width of its letters as a share of their own, lines."""

    cap: int
    narrow: float
    lines: tuple[str, ...]


class Letters:
    """Renders lines in one face, each once."""

    def __init__(self, face: Face = OWN) -> None:
        import pygame

        self._pygame = pygame
        self._face = face
        self._cap_share = open_font(face, 200).get_rect("H").height / 200.0
        self._lines: OrderedDict[tuple[str, int, RGB, float], Any] = OrderedDict()

    @lru_cache(maxsize=32)  # noqa: B019 - one Letters lives as long as the program
    def _font(self, cap: int, narrow: float = 1.0) -> Any:
        """The font whose capital letters are `cap` pixels high, drawn `narrow` times as wide."""
        size = max(8.0, cap / self._cap_share)
        font = open_font(self._face, size)
        if narrow != 1.0:
            font.size = (narrow * size, size)
        font.kerning = False
        font.pad = True  # every line as high as the font, so that centred lines share a baseline
        return font

    def line(self, text: str, cap: int, colour: RGB = WHITE, narrow: float = 1.0) -> Any:
        """A surface with this one line; the same one for the same line."""
        key = (text, cap, colour, narrow)
        if key in self._lines:
            self._lines.move_to_end(key)
            return self._lines[key]
        drawn, _ = self._font(cap, narrow).render(text, colour)
        # freetype's order of bytes blends ten times slower than the display's own
        surface = self._pygame.Surface(drawn.get_size(), self._pygame.SRCALPHA, 32)
        surface.blit(drawn, (0, 0), special_flags=self._pygame.BLEND_RGBA_ADD)
        self._lines[key] = surface
        if len(self._lines) > KEPT:
            self._lines.popitem(last=False)
        return surface

    def kept(self) -> list[Any]:
        """The rendered lines that are kept, the most lately used last."""
        return list(self._lines.values())

    def kept_by_key(self) -> dict[tuple[str, int, RGB, float], Any]:
        """The same by text, cap height, colour and width of letters."""
        return dict(self._lines)

    @lru_cache(maxsize=1024)  # noqa: B019
    def width(self, text: str, cap: int) -> int:
        return int(self._font(cap).get_rect(text).width)

    @lru_cache(maxsize=1024)  # noqa: B019
    def wrapped(self, text: str, cap: int, width: int) -> tuple[str, ...]:
        """The text in lines no wider than `width`; a longer word stands alone."""
        lines: list[str] = []
        for gap, word in pieces(text):
            longer = f"{lines[-1]}{gap}{word}" if lines else word
            if lines and self.width(longer, cap) <= width:
                lines[-1] = longer
            else:
                lines.append(word)
        return tuple(lines)

    @lru_cache(maxsize=256)  # noqa: B019
    def within(self, text: str, cap: int, width: int, height: int) -> tuple[int, tuple[str, ...]]:
        """The largest cap height up to `cap` at which the wrapped text fits the box, and its lines."""
        while True:
            lines = self.wrapped(text, cap, width)
            widest = max((self.width(line, cap) for line in lines), default=0)
            if (widest <= width and LINE_HEIGHT * cap * len(lines) < height + 1) or cap <= SMALLEST:
                return cap, self._balanced(text, cap, width, len(lines))
            cap = max(SMALLEST, min(cap - 1, round(0.95 * cap)))

    @lru_cache(maxsize=256)  # noqa: B019
    def close(self, text: str, cap: int, width: int, height: int) -> Setting:
        """A few words as high as they can be in the box, up to `cap`; then in few lines of wide letters.

        Capitals seen in the middle of a squat must be high first. Lines are CLOSE_HEIGHT caps apart.
        """
        while True:
            most = min(MOST_CLOSE_LINES, int(height / (CLOSE_HEIGHT * cap)))
            for widths in NARROWER:
                for count in range(1, most + 1):
                    for narrow in widths:
                        if lines := self._in_lines(text, cap, int(width / narrow), count):
                            return Setting(cap, narrow, lines)
            if cap <= SMALLEST:
                return Setting(cap, 1.0, self.wrapped(text, cap, width))
            cap = max(SMALLEST, min(cap - 1, round(0.96 * cap)))

    def _in_lines(self, text: str, cap: int, width: int, count: int) -> tuple[str, ...]:
        """The text in so many lines that are no wider; none where it needs more."""
        lines = self.wrapped(text, cap, width)
        if len(lines) > count or max((self.width(line, cap) for line in lines), default=0) > width:
            return ()
        return self._balanced(text, cap, width, len(lines))

    def _balanced(self, text: str, cap: int, width: int, count: int) -> tuple[str, ...]:
        """The same number of lines in the narrowest column, so that no word is left alone on the last."""
        best = self.wrapped(text, cap, width)
        for narrower in range(width, width // 3, -max(1, width // 60)):
            lines = self.wrapped(text, cap, narrower)
            if len(lines) != count or max((self.width(line, cap) for line in lines), default=0) > narrower:
                return best
            best = lines
        return best


def pieces(text: str) -> list[tuple[str, str]]:
    """What a line may be broken between: (gap before it, piece). Words, and single Chinese characters with
    the punctuation that must stay with them."""
    found: list[tuple[str, str]] = []
    for word in text.split():
        gap = " "
        for c in word:
            last = found[-1][1] if found and gap == "" else ""
            together = last and not _breaks(last[-1], c)
            if together:
                found[-1] = (found[-1][0], last + c)
            else:
                found.append((gap, c))
            gap = ""
    return found


def _breaks(before: str, after: str) -> bool:
    """Whether a line may end between these two characters of one word."""
    if after in NEVER_FIRST or before in NEVER_LAST:
        return False
    return _is_wide(before) or _is_wide(after)


def _is_wide(c: str) -> bool:
    return unicodedata.east_asian_width(c) in "WF"
