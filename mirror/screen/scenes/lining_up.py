"""Calibrating the mounting or the glass: one instruction, a ring that fills, and dots to line up with.

Not a scene of a visit: `squat-mirror calibrate` draws it, and says what is asked and where the dots are.
"""

from __future__ import annotations

from dataclasses import dataclass

from mirror.screen.glass import Glass, Picture
from mirror.screen.theme import SOFT, WHITE

RING_OF_DOT = 2.2
"""Radius of the ring round a dot in radii of the dot."""


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
        box = glass.places.whole
        glass.shade(box)
        glass.say(moment.instruction, round(1.3 * glass.sizes.body), box)
        if moment.dots:
            radius = max(6, glass.sizes.ring // 2)
            for at in moment.dots:
                glass.marks.filling(glass.sheet, at, round(RING_OF_DOT * radius), moment.progress)
                glass.marks.dot(glass.sheet, at, radius, WHITE)
            self._step(glass, moment.step)
            return
        left, top, width, height = glass.places.note
        glass.shade(glass.places.sign)
        radius = round(0.42 * min(width, height))
        glass.marks.filling(glass.sheet, (left + width // 2, top + height // 2), radius, moment.progress)
        self._step(glass, moment.step)

    def _step(self, glass: Glass, step: str) -> None:
        if step:
            left, top, width, height = glass.places.sign
            glass.line(step, glass.sizes.small, (left + width // 2, top + height // 2), SOFT)
