"""Calibrating the mounting or the glass: one instruction, a ring that fills, and dots to line up with.

Not a scene of a visit: `squat-mirror calibrate` draws it, and says what is asked and where the dots are.
"""

from __future__ import annotations

from dataclasses import dataclass

from mirror.coach.mark_style import SOFT, WHITE
from mirror.screen.glass import Glass, Picture
from mirror.screen.mirror_view import Rect

RING_OF_DOT = 2.2
"""Radius of the ring round a dot in radii of the dot."""
WORDS_SHARE = 0.35
"""Of the glass's height, at most, for the words above or below the dots."""


@dataclass(frozen=True, slots=True)
class Lining:
    """One moment of it. instruction: what to do now. step: "1 of 2", or "". progress: 0..1 of keeping still.

    dots: px of the glass, as the person sees it.
    """

    instruction: str
    step: str
    progress: float
    dots: tuple[tuple[int, int], ...] = ()


class LiningUp:
    def draw(self, glass: Glass, moment: Lining, picture: Picture | None) -> None:
        """Draw the whole glass. picture: un-mirrored BGR frame, or None for black glass."""
        glass.picture(picture)
        if moment.dots:
            self._dots(glass, moment)
            return
        box, sign, note = glass.places.whole, glass.places.sign, glass.places.note
        glass.shade(box)
        glass.shade(sign)
        glass.say(moment.instruction, round(1.3 * glass.sizes.body), box)
        glass.line(moment.step, glass.sizes.small, _middle(sign), SOFT)
        radius = round(0.42 * min(note[2:]))
        glass.marks.filling(glass.sheet, _middle(note), radius, moment.progress)

    def _dots(self, glass: Glass, moment: Lining) -> None:
        """Dots with their rings, and words on the larger part of the glass above or below them."""
        radius = max(6, glass.sizes.ring // 2)
        ring = round(RING_OF_DOT * radius)
        for at in moment.dots:
            glass.marks.filling(glass.sheet, at, ring, moment.progress)
            glass.marks.dot(glass.sheet, at, radius, WHITE)
        margin = glass.sizes.margin
        above = min(y for _, y in moment.dots) - ring - 2 * margin
        top = max(y for _, y in moment.dots) + ring + margin
        below = glass.height - margin - top
        step = 2 * glass.sizes.body
        room = min(max(above, below), round(WORDS_SHARE * glass.height)) - step
        top = margin if above > below else top
        box = (margin, top, glass.width - 2 * margin, room)
        glass.say(moment.instruction, round(1.3 * glass.sizes.body), box)
        glass.line(moment.step, glass.sizes.small, (glass.width // 2, top + room + step // 2), SOFT)


def _middle(box: Rect) -> tuple[int, int]:
    left, top, width, height = box
    return left + width // 2, top + height // 2
