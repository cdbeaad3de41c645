"""The set: knees with their targets, the count, and at most one cue."""

from __future__ import annotations

from mirror.coach.feedback import Feedback
from mirror.screen.glass import Glass, Picture
from mirror.screen.theme import SOFT, VERMILION


class Squatting:
    def draw(self, glass: Glass, feedback: Feedback, picture: Picture | None) -> None:
        sizes = glass.sizes
        glass.picture(picture)
        glass.knees(feedback)
        self._count(glass, feedback)
        if feedback.cue:
            place = 0.22 if glass.portrait else 0.28
            glass.say(feedback.cue, sizes.word, round(place * glass.height), VERMILION, band=True)
        high = glass.lines(feedback.note, sizes.body, glass.width - 2 * sizes.margin)
        glass.say(feedback.note, sizes.body, glass.height - sizes.body - high // 2, SOFT, band=True)

    def _count(self, glass: Glass, feedback: Feedback) -> None:
        """The number of repetitions and a sign for each, on a band along the top."""
        sizes = glass.sizes
        cap = min(sizes.word, glass.height // 18)
        height = 2 * cap
        glass.band(0, height)
        number = glass.letters.line(str(feedback.reps_done), cap)
        at = number.get_rect(midleft=(sizes.margin, height // 2))
        glass.surface.blit(number, at)
        left = at.right + sizes.margin
        room = glass.width - left - sizes.margin
        glass.badges(feedback.rep_verdicts, (left + room // 2, height // 2), room)
