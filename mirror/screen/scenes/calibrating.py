"""Standing still for a second: a ring that fills."""

from __future__ import annotations

from mirror.coach.feedback import Feedback
from mirror.screen.glass import Glass, Picture


class Calibrating:
    def draw(self, glass: Glass, feedback: Feedback, picture: Picture | None) -> None:
        glass.picture(picture)
        box = glass.places.whole
        glass.shade(box)
        glass.say(glass.words.line(feedback.instruction), round(1.5 * glass.sizes.body), box)
        left, top, width, height = glass.places.note
        glass.shade(glass.places.note)
        radius = round(0.42 * min(width, height))
        glass.marks.filling(glass.sheet, (left + width // 2, top + height // 2), radius, feedback.progress)
