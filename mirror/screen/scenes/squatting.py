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
            glass.say(feedback.cue, sizes.word, round(0.22 * glass.height), VERMILION, band=True)
        glass.say(feedback.note, sizes.body, round(0.93 * glass.height), SOFT, band=True)

    def _count(self, glass: Glass, feedback: Feedback) -> None:
        """The number of repetitions and a sign for each, on a band along the top."""
        sizes = glass.sizes
        height = round(2.0 * sizes.word)
        glass.band(0, height)
        number = glass.letters.line(str(feedback.reps_done), sizes.word)
        at = number.get_rect(midleft=(sizes.margin, height // 2))
        glass.surface.blit(number, at)
        left = at.right + sizes.margin
        room = glass.width - left - sizes.margin
        glass.badges(feedback.rep_verdicts, (left + room // 2, height // 2), room)
