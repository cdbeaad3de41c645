"""The set: knees with their targets, the count, and at most one cue or one word of praise."""

from __future__ import annotations

from mirror.coach.feedback import Feedback
from mirror.coach.mark_style import SKY, SOFT, WHITE
from mirror.screen.clock import minutes_and_seconds
from mirror.screen.depth_gauge import draw_depth
from mirror.screen.glass import Glass, Picture
from mirror.screen.word import draw_word, lay


class Squatting:
    def draw(self, glass: Glass, feedback: Feedback, picture: Picture | None) -> None:
        glass.picture(picture)
        places = glass.places  # after the picture: a new shape of picture moves the words
        if feedback.note:
            glass.shade(places.note)
        glass.knees(feedback)
        if feedback.depth_aimed is not None:
            draw_depth(glass, feedback.depth_aimed)
        self._count(glass, feedback)
        self._word(glass, feedback)
        glass.say(glass.words.line(feedback.note), glass.sizes.body, places.note, SOFT)

    @staticmethod
    def _word(glass: Glass, feedback: Feedback) -> None:
        """White for a cue: the knees show the verdict's colour, and it must be read in mid-squat."""
        word = glass.words.line(feedback.cue or feedback.praise)
        glass.shade(glass.places.count)
        if not word:
            return
        laid = glass.word = lay(glass, word, _floor(glass, feedback), glass.word)
        glass.shade(laid.block)
        draw_word(glass, word, laid, WHITE if feedback.cue else SKY)

    def _count(self, glass: Glass, feedback: Feedback) -> None:
        """The number of repetitions and beside it a sign for each."""
        left, top, width, height = glass.places.count
        cap = min(glass.sizes.word, round(0.55 * height), width // 6)
        wide = glass.letters.width("00", cap) + glass.sizes.margin // 2
        middle = top + height // 2
        glass.line_from(str(feedback.reps_done), cap, left, middle)
        clock = self._clock(glass, feedback, left + width, middle)
        glass.badges(feedback.rep_verdicts, left + wide, middle, width - wide - clock)

    @staticmethod
    def _clock(glass: Glass, feedback: Feedback, right: int, middle: int) -> int:
        """In a class, the time left, ending at `right`; the width it takes with the gap before it, px."""
        clock = feedback.clock
        if clock is None or clock.seconds_left is None:
            return 0
        cap = round(1.3 * glass.sizes.body)
        wide = glass.letters.width(minutes_and_seconds(clock.seconds_left), cap)
        glass.line_from(minutes_and_seconds(clock.seconds_left), cap, right - wide, middle, SOFT)
        return wide + glass.sizes.margin // 2


def _floor(glass: Glass, feedback: Feedback) -> int:
    """The y that a word must stay above: of a sign, of a note, or of the glass's lower edge."""
    if feedback.frozen or feedback.experiment is not None:
        return glass.places.sign[1]
    return glass.places.note[1] if feedback.note else glass.height
