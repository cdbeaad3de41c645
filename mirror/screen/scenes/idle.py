"""Nobody there: dark glass, which is a plain mirror, and a faint invitation."""

from __future__ import annotations

from mirror.coach.feedback import Feedback
from mirror.screen.glass import Glass, Picture
from mirror.screen.theme import FAINT


class Idle:
    def draw(self, glass: Glass, feedback: Feedback, picture: Picture | None) -> None:
        glass.clear()
        text = feedback.instruction or glass.words("instruction.stand_on_the_mark")
        margin, deep = glass.sizes.margin, round(0.24 * glass.height)
        box = (margin, glass.height - deep, glass.width - 2 * margin, deep)
        glass.say(text, glass.sizes.body, box, FAINT)
