"""Somebody there who can't be judged where they stand: one instruction."""

from __future__ import annotations

from mirror.coach.feedback import Feedback
from mirror.screen.glass import Glass, Picture


class Framing:
    def draw(self, glass: Glass, feedback: Feedback, picture: Picture | None) -> None:
        glass.picture(picture)
        box = glass.places.whole
        glass.shade(box)
        glass.say(feedback.instruction, round(1.5 * glass.sizes.body), box)
