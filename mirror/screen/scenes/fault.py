"""Something is wrong that a member of staff can mend: what, in one sentence."""

from __future__ import annotations

from mirror.coach.feedback import Feedback
from mirror.screen.glass import Glass, Picture
from mirror.screen.theme import SOFT, YELLOW


class Fault:
    def draw(self, glass: Glass, feedback: Feedback, picture: Picture | None) -> None:
        glass.clear()
        margin, body = glass.sizes.margin, glass.sizes.body
        room, half = glass.width - 2 * margin, round(0.45 * glass.height)
        deep = round(0.22 * glass.height)
        glass.say(glass.words("screen.fault"), round(1.5 * body), (margin, half - deep, room, deep), YELLOW)
        glass.say(feedback.note, body, (margin, half, room, 2 * deep), SOFT)
