"""The set: knees with their targets, the count, and at most one cue."""

from __future__ import annotations

from mirror.coach.feedback import Feedback
from mirror.screen.glass import Glass, Picture
from mirror.screen.theme import SOFT


class Squatting:
    def draw(self, glass: Glass, feedback: Feedback, picture: Picture | None) -> None:
        glass.picture(picture)
        places = glass.places  # after the picture: a new shape of picture moves the words
        glass.shade(places.cue if feedback.cue else places.count)
        if feedback.note:
            glass.shade(places.note)
        glass.knees(feedback)
        self._count(glass, feedback)
        # white: the knees show the verdict's colour, and the word must be read in the middle of a squat
        glass.say(feedback.cue, glass.sizes.word, places.cue)
        glass.say(feedback.note, glass.sizes.body, places.note, SOFT)

    def _count(self, glass: Glass, feedback: Feedback) -> None:
        """The number of repetitions and a sign for each: beside it on an upright glass, else below it."""
        left, top, width, height = glass.places.count
        cap = min(glass.sizes.word, round(0.55 * height))
        number = glass.letters.line(str(feedback.reps_done), cap)
        wide = glass.letters.width("00", cap) + glass.sizes.margin // 2
        if glass.portrait:
            middle = top + height // 2
            glass.surface.blit(number, number.get_rect(midleft=(left, middle)))
            glass.badges(feedback.rep_verdicts, left + wide, middle, width - wide)
        else:
            glass.surface.blit(number, number.get_rect(midleft=(left, top + height // 3)))
            glass.badges(feedback.rep_verdicts, left, top + round(0.85 * height), width)
