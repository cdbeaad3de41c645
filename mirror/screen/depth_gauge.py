"""The depth somebody aims for, as a line beside them: broken until a squat is there, then whole, with a tick.

A pointer beside it goes down and up with the thighs. Told by shape, so that no colour is needed.
"""

from __future__ import annotations

from mirror.coach.feedback import DepthAimed
from mirror.coach.mark_style import BLACK, RGB, SOFT, WHITE
from mirror.screen.figures import draw_figure
from mirror.screen.glass import Glass
from mirror.screen.mirror_view import Rect
from mirror.screen.theme import FAINT

HIGHEST_DEG, BELOW_DEG = 60.0, 25.0
"""The gauge begins with thighs so high, and ends so far below the aim."""
UPRIGHT_SHARE = (0.475, 0.605)
"""Of an upright glass's height: between the words over somebody's upper part and those at their shins."""
LYING_SHARE = (0.35, 0.65)
LINE_SHARE = 0.9
"""Length of the line in letters of the word in a squat: seen by who does not look at it."""


def draw_depth(glass: Glass, depth: DepthAimed) -> None:
    """The gauge at the edge of the part of the glass where the person is seen; what it takes is marked, so
    that words keep clear of it."""
    box = _place(glass)
    left, top, width, height = box
    thick = max(3, width // 14)
    aim_y = _y(box, depth, depth.aim_deg)
    _filled(glass, FAINT, (left, top, max(2, thick // 3), height))
    if depth.now_deg is not None:
        y = _y(box, depth, depth.now_deg)
        _filled(glass, SOFT, (left, y - thick // 2, width // 3, thick))
    if depth.reached:
        _filled(glass, WHITE, (left, aim_y - thick, width, 2 * thick))
        tick = 2 * width // 3
        draw_figure(glass, "reached", (left + width, aim_y - tick // 2, tick, tick))
    else:
        glass.dashes(aim_y, left, left + width, WHITE, thick)
    glass.marked.append((left, top, width + 2 * width // 3, height))


def _filled(glass: Glass, colour: RGB, rect: Rect) -> None:
    """A rectangle with a dark edge, so that it stands out from any picture."""
    left, top, width, height = rect
    glass.sheet.fill(BLACK, (left - 1, top - 1, width + 2, height + 2))
    glass.sheet.fill(colour, rect)


def _place(glass: Glass) -> Rect:
    left, top, width, height = glass.places.body
    low, high = UPRIGHT_SHARE if glass.portrait else LYING_SHARE
    margin = glass.sizes.margin // 2
    edge = 0 if glass.portrait else top
    tall = glass.height if glass.portrait else height
    line = max(12, min(round(LINE_SHARE * glass.sizes.word), width // 6))
    return left + margin, round(edge + low * tall), line, round((high - low) * tall)


def _y(box: Rect, depth: DepthAimed, deg: float) -> int:
    """The y of a thigh's elevation: the aim lies at the same place whatever it is."""
    lowest = depth.aim_deg - BELOW_DEG
    share = (HIGHEST_DEG - deg) / (HIGHEST_DEG - lowest)
    return round(box[1] + min(max(share, 0.0), 1.0) * box[3])
