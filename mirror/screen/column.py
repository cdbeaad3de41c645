"""A column of texts and drawings, set as large as they all fit: for scenes with much to say.

Everything shrinks together, so that what is larger stays larger. Knows sizes and order, not meanings.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from mirror.coach.mark_style import RGB, WHITE
from mirror.screen.glass import Glass
from mirror.screen.letters import LINE_HEIGHT, SMALLEST
from mirror.screen.mirror_view import Rect

NARROWER = (1.0, 0.93, 0.86, 0.8)
"""Widths of letters that are tried before they become less high."""
STEP = 0.96
"""Each try is this much smaller than the last."""
SMALLEST_SCALE = 0.2


@dataclass(frozen=True, slots=True)
class Text:
    """Words in the middle of the column. cap: px. gap: above, in caps."""

    words: str
    cap: int
    colour: RGB = WHITE
    gap: float = 0.8


@dataclass(frozen=True, slots=True)
class Drawing:
    """Something drawn in a box as wide as the column, given that box and the scale of the column.

    height, gap above: px. grow: it takes what is left over.
    """

    height: int
    draw: Callable[[Rect, float], None]
    gap: int = 0
    grow: bool = False


Item = Text | Drawing


def set_column(glass: Glass, box: Rect, items: Sequence[Item], *, close: bool = False) -> float:
    """Draw the items one under the other in a box (left, top, width, height); the scale they were set at.

    close: letters become narrower before they become less high. Texts without words are left out. What is
    left over goes to the drawing that grows, else above and below.
    """
    items = [item for item in items if isinstance(item, Drawing) or item.words]
    left, top, width, height = box
    scale, narrow, needed = _fitted(glass, box, items, NARROWER if close else (1.0,))
    spare = max(0, height - needed)
    grows = any(isinstance(item, Drawing) and item.grow for item in items)
    y = top + (0 if grows else spare // 2)
    for item in items:
        deep = _height(glass, item, width, scale, narrow)
        if isinstance(item, Text):
            cap = _cap(item, scale)
            above = round(item.gap * cap)
            glass.say(item.words, cap, (left, y + above, width, deep - above), item.colour, narrow)
        else:
            deep += spare if item.grow else 0
            above = round(item.gap * scale)
            item.draw((left, y + above, width, deep - above), scale)
        y += deep
    return scale


def _fitted(
    glass: Glass, box: Rect, items: Sequence[Item], widths: Sequence[float]
) -> tuple[float, float, int]:
    """Scale and width of letters at which all of it fits the box, and the height it takes, px."""
    scale, narrow, needed = 1.0, 1.0, 0
    for narrow in widths:
        needed = sum(_height(glass, item, box[2], scale, narrow) for item in items)
        if needed <= box[3]:
            return scale, narrow, needed
    while needed > box[3] and scale >= SMALLEST_SCALE:
        scale *= STEP
        needed = sum(_height(glass, item, box[2], scale, narrow) for item in items)
    return scale, narrow, needed


def _cap(item: Text, scale: float) -> int:
    return max(SMALLEST, round(item.cap * scale))


def _height(glass: Glass, item: Item, width: int, scale: float, narrow: float) -> int:
    """Height of one item with the gap above it, px."""
    if isinstance(item, Drawing):
        return round((item.height + item.gap) * scale)
    cap = _cap(item, scale)
    width = int(width / narrow)
    lines = glass.letters.wrapped(item.words, cap, width)
    if max(glass.letters.width(line, cap) for line in lines) > width:
        # a word longer than the column will be set smaller where it stands
        cap, lines = glass.letters.within(item.words, cap, width, 100 * cap)
    return round(item.gap * cap) + -(-round(100 * LINE_HEIGHT * cap * len(lines)) // 100)
