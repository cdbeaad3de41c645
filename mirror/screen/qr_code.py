"""The QR code with which a set goes home: black on white with its quiet zone, as large as a phone needs it.

Knows how large and how dense a code may be; what it says is the coach's. Opens no connection.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mirror.coach.feedback import SetSummary
from mirror.coach.mark_style import BLACK, WHITE
from mirror.coach.take_home import code
from mirror.coach.words import Words
from mirror.screen.mirror_view import Rect
from mirror.screen.set_as_text import plain_text
from mirror.screen.theme import Sizes

if TYPE_CHECKING:
    from mirror.screen.glass import Glass

READ_FROM_M = 1.0
"""How far a phone is from the glass: an arm's length in front of somebody who steps up to it."""
MODULE_ARCMIN = 6.0
"""One module as a phone sees it from there: three pixels of a finder of 1920, which sees 65 degrees."""
QUIET = 4
"""White modules round the code, as its standard asks for; without them black glass would touch it."""
LARGEST_VERSION = 15
"""77 modules a side: 149 mm with the quiet zone at the size above, half an upright 24-inch glass's width."""
MOST_BYTES = 412
"""What fits such a code with its errors mended to level M: a smear or a reflection over 15 % of it."""
LEAST_MODULE_PX = 2
"""A code that would have to be smaller than this is left out."""


@dataclass(frozen=True, slots=True)
class Share:
    """How sets go home. page: the address of a page that reads them, "" for plain text. now: when a set is
    over, seconds since 1970; None where no clock is believed."""

    page: str = ""
    now: Callable[[], float | None] = lambda: None


@dataclass(frozen=True, slots=True)
class Code:
    """A QR code. says: what a phone reads. dark: a row of ones and noughts for each row of modules."""

    says: str
    dark: tuple[bytes, ...]

    @property
    def modules(self) -> int:
        """Modules a side, with the quiet zone."""
        return len(self.dark) + 2 * QUIET


class TakeHome:
    """The code of a summary: made once, so that it stays still while it is read."""

    def __init__(self, share: Share | None = None) -> None:
        self._share = share or Share()
        self._of: tuple[SetSummary, Code] | None = None

    def code(self, summary: SetSummary, say: Words) -> Code:
        """The code of this set. Raises ValueError for one that no code can hold."""
        if self._of is None or self._of[0] is not summary:
            self._of = summary, made(self._text(summary, say), self._share.page)
        return self._of[1]

    def _text(self, summary: SetSummary, say: Words) -> str:
        """A set in sentences, or in numbers for the page."""
        at = self._share.now()
        if self._share.page:
            return code(summary, say.language, at)
        return plain_text(summary, say, at, MOST_BYTES)


def made(text: str, page: str = "") -> Code:
    """The code of a text, or of a page's address with the text as its fragment."""
    import segno
    from segno.consts import MODE_ALPHANUMERIC, MODE_BYTE

    parts: Any = [(f"{page}#", MODE_BYTE), (text, MODE_ALPHANUMERIC)] if page else text
    matrix = segno.make_qr(parts, error="m", encoding=None if page else "utf-8").matrix
    return Code(f"{page}#{text}" if page else text, tuple(map(bytes, matrix)))


def side_px(sizes: Sizes, found: Code) -> int:
    """Side of the code with its quiet zone at the size a phone reads from READ_FROM_M, px."""
    module_mm = 1000 * READ_FROM_M * math.tan(math.radians(MODULE_ARCMIN / 60))
    return found.modules * max(LEAST_MODULE_PX, math.ceil(module_mm * sizes.px_per_mm))


def draw_code(glass: Glass, found: Code, box: Rect) -> None:
    """The code in the middle of a box, each module in whole pixels; nothing where it is too small."""
    module = min(box[2], box[3]) // found.modules
    if module < LEAST_MODULE_PX:
        return
    side = module * found.modules
    drawn = glass.kept(("code", found.says, side), lambda: _drawn(found, side))
    glass.sheet.blit(drawn, (box[0] + (box[2] - side) // 2, box[1] + (box[3] - side) // 2))


def _drawn(found: Code, side: int) -> Any:
    import pygame

    small = pygame.Surface((found.modules, found.modules), 0, 24)
    small.fill(WHITE)
    for y, row in enumerate(found.dark):
        for x, dark in enumerate(row):
            if dark:
                small.set_at((x + QUIET, y + QUIET), BLACK)
    return pygame.transform.scale(small, (side, side))
