"""Something is wrong that a member of staff can mend: what, in one sentence."""

from __future__ import annotations

from mirror.coach.feedback import Feedback
from mirror.screen.glass import Glass, Picture
from mirror.screen.theme import SOFT, YELLOW


class Fault:
    def draw(self, glass: Glass, feedback: Feedback, picture: Picture | None) -> None:
        glass.clear()
        y = glass.say(
            glass.words("screen.fault"), round(1.5 * glass.sizes.body), round(0.4 * glass.height), YELLOW
        )
        glass.say(feedback.note, glass.sizes.body, y + 2 * glass.sizes.body, SOFT)
