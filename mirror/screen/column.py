"""A column of texts and drawings, set as large as they all fit: for scenes with much to say.

Everything shrinks together, so that what is larger stays larger. Knows sizes and order, not meanings.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from mirror.screen.glass import Glass
from mirror.screen.letters import LINE_HEIGHT, SMALLEST
from mirror.screen.mirror_view import Rect
from mirror.screen.theme import RGB, WHITE

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


def set_column(glass: Glass, box: Rect, items: Sequence[Item]) -> float:
    """Draw the items one under the other in a box (left, top, width, height); the scale they were set at.

    Texts without words are left out. What is left over goes to the drawing that grows, else above and below.
    """
    items = [item for item in items if isinstance(item, Drawing) or item.words]
    left, top, width, height = box
    scale = 1.0
    while (needed := sum(_height(glass, item, width, scale) for item in items)) > height:
        scale *= STEP
        if scale < SMALLEST_SCALE:
            break
    spare = max(0, height - needed)
    grows = any(isinstance(item, Drawing) and item.grow for item in items)
    y = top + (0 if grows else spare // 2)
    for item in items:
        deep = _height(glass, item, width, scale)
        if isinstance(item, Text):
            cap = _cap(item, scale)
            above = round(item.gap * cap)
            glass.say(item.words, cap, (left, y + above, width, deep - above), item.colour)
        else:
            deep += spare if item.grow else 0
            above = round(item.gap * scale)
            item.draw((left, y + above, width, deep - above), scale)
        y += deep
    return scale


def _cap(item: Text, scale: float) -> int:
    return max(SMALLEST, round(item.cap * scale))


def _height(glass: Glass, item: Item, width: int, scale: float) -> int:
    """Height of one item with the gap above it, px."""
    if isinstance(item, Drawing):
        return round((item.height + item.gap) * scale)
    cap = _cap(item, scale)
    lines = glass.letters.wrapped(item.words, cap, width)
    if max(glass.letters.width(line, cap) for line in lines) > width:
        # a word longer than the column will be set smaller where it stands
        cap, lines = glass.letters.within(item.words, cap, width, 100 * cap)
    return round(item.gap * cap) + -(-round(100 * LINE_HEIGHT * cap * len(lines)) // 100)
