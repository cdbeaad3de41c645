"""Standing still for a second: a ring that fills."""

from __future__ import annotations

from mirror.coach.feedback import Feedback
from mirror.screen.glass import Glass, Picture
from mirror.screen.theme import SKY


class Calibrating:
    def draw(self, glass: Glass, feedback: Feedback, picture: Picture | None) -> None:
        glass.picture(picture)
        y = round(0.14 * glass.height)
        glass.say(feedback.instruction, round(1.5 * glass.sizes.body), y, band=True)
        radius = glass.height // 11
        glass.ring((glass.width // 2, round(0.84 * glass.height)), radius, feedback.progress, SKY)
