"""The word in a squat: capitals of a degree of the eye, where neither knee's marks are.

Knows the glass and the places words may lie, not what they say.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from mirror.coach.mark_style import RGB, WHITE
from mirror.screen.glass import Glass
from mirror.screen.letters import CLOSE_HEIGHT, Setting
from mirror.screen.mirror_view import Rect

STEPS = 24
"""What marks leave of a place is counted in so many parts of the glass's height: letters that grow and
shrink with every move of a knee could not be read."""


KEPT = 0.9
"""A word stays where it is while it is clear of the marks and at least this share of what it could be."""


@dataclass(frozen=True, slots=True)
class Laid:
    """A word and where it lies. block: (left, top, width, height) of its lines. of: what it was laid for."""

    block: Rect
    setting: Setting
    of: object


def lay(glass: Glass, text: str, floor: int, before: Laid | None = None) -> Laid:
    """Where this word is highest on the glass clear of its marks and above `floor`, the y of what is below.

    before: where a word lay a moment ago. The same word moves only when a knee comes there.
    """
    of = (text, floor, glass.places)
    found = [
        _laid(glass, text, _clear(box, glass.marked, glass.height // STEPS, low=low), of)
        for box, low in _above(glass.places.words, floor)
    ]
    best = max(found, key=lambda one: one.setting.cap)
    if before is None or before.of != of or _inside(before.block, glass.marked):
        return best
    return before if before.setting.cap >= KEPT * best.setting.cap else best


def draw_word(glass: Glass, text: str, laid: Laid, colour: RGB = WHITE) -> None:
    """The word where it was laid."""
    left, top, width, _ = laid.block
    cap, narrow = laid.setting.cap, laid.setting.narrow
    step = CLOSE_HEIGHT * cap
    for i, line in enumerate(laid.setting.lines):
        glass.line(line, cap, (left + width // 2, round(top + step * (i + 0.5))), colour, narrow)


def _above(places: tuple[tuple[Rect, bool], ...], floor: int) -> list[tuple[Rect, bool]]:
    """The same places, none reaching below the floor; one that lies low moves up to it."""
    cut: list[tuple[Rect, bool]] = []
    for (left, top, width, height), low in places:
        if low:
            cut.append(((left, min(top, floor - height), width, height), low))
        else:
            cut.append(((left, top, width, max(1, min(height, floor - top))), low))
    return cut


def _laid(glass: Glass, text: str, clear: tuple[Rect, bool], of: object) -> Laid:
    """The word at the upper end of what is clear of its place, or at the lower one of a low place."""
    (left, top, width, height), low = clear
    setting = glass.letters.close(text, glass.sizes.word, width, height)
    deep = round(CLOSE_HEIGHT * setting.cap * len(setting.lines))
    return Laid((left, top + height - deep if low else top, width, deep), setting, of)


def _clear(box: Rect, marked: Iterable[Rect], step: int, *, low: bool) -> tuple[Rect, bool]:
    """The part of a place above the marks that lie in it, or below them where that is more."""
    left, top, width, height = box
    inside = _inside(box, marked)
    if not inside:
        return box, low
    above = max(0, min(m[1] for m in inside) - top) // step * step
    under = max(0, top + height - max(m[1] + m[3] for m in inside)) // step * step
    if above >= under:
        return (left, top, width, max(1, above)), False
    return (left, top + height - under, width, max(1, under)), True


def _inside(box: Rect, marked: Iterable[Rect]) -> list[Rect]:
    """Those marks that lie on some of this box."""
    left, top, width, height = box
    across = [m for m in marked if m[0] < left + width and m[0] + m[2] > left]
    return [m for m in across if m[1] < top + height and m[1] + m[3] > top]
