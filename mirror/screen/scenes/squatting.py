"""The set: knees with their targets, the count, and at most one cue or one word of praise."""

from __future__ import annotations

from mirror.coach.feedback import Feedback
from mirror.screen.clock import told_s
from mirror.screen.glass import Glass, Picture
from mirror.screen.theme import SKY, SOFT


class Squatting:
    def draw(self, glass: Glass, feedback: Feedback, picture: Picture | None) -> None:
        glass.picture(picture)
        places = glass.places  # after the picture: a new shape of picture moves the words
        word = feedback.cue or feedback.praise
        glass.shade(places.cue if word else places.count)
        if feedback.note:
            glass.shade(places.note)
        glass.knees(feedback)
        self._count(glass, feedback)
        # white: the knees show the verdict's colour, and the word must be read in the middle of a squat
        if feedback.cue:
            glass.say(feedback.cue, glass.sizes.word, places.cue)
        else:
            glass.say(feedback.praise, glass.sizes.word, places.cue, SKY)
        glass.say(feedback.note, glass.sizes.body, places.note, SOFT)

    def _count(self, glass: Glass, feedback: Feedback) -> None:
        """The number of repetitions and a sign for each: beside it on an upright glass, else below it."""
        left, top, width, height = glass.places.count
        cap = min(glass.sizes.word, round(0.55 * height), width // 6)
        wide = glass.letters.width("00", cap) + glass.sizes.margin // 2
        if glass.portrait:
            middle = top + height // 2
            glass.line_from(str(feedback.reps_done), cap, left, middle)
            clock = self._clock(glass, feedback, left + width, middle)
            glass.badges(feedback.rep_verdicts, left + wide, middle, width - wide - clock)
        else:
            middle = top + height // 3
            glass.line_from(str(feedback.reps_done), cap, left, middle)
            self._clock(glass, feedback, left + width, middle)
            glass.badges(feedback.rep_verdicts, left, top + round(0.85 * height), width)

    @staticmethod
    def _clock(glass: Glass, feedback: Feedback, right: int, middle: int) -> int:
        """In a class, the time left, ending at `right`; the width it takes with the gap before it, px."""
        clock = feedback.clock
        if clock is None or clock.seconds_left is None:
            return 0
        cap = round(1.3 * glass.sizes.body)
        wide = glass.letters.width(told_s(clock.seconds_left), cap)
        glass.line_from(told_s(clock.seconds_left), cap, right - wide, middle, SOFT)
        return wide + glass.sizes.margin // 2
