"""Calibrated and standing: what to do next, and quietly what gestures would do."""

from __future__ import annotations

import math

from mirror.coach.feedback import Feedback
from mirror.coach.mark_style import SOFT
from mirror.screen.clock import minutes_and_seconds
from mirror.screen.column import Text, set_column
from mirror.screen.glass import Glass, Picture


class Ready:
    def draw(self, glass: Glass, feedback: Feedback, picture: Picture | None) -> None:
        glass.picture(picture)
        places = glass.places
        glass.shade(places.whole)
        set_column(glass, places.whole, self._lines(glass, feedback))
        glass.knees(feedback)
        if feedback.gestures:
            glass.shade(places.note)
            small = glass.sizes.small
            set_column(
                glass,
                places.note,
                [Text(glass.words.line(line), small, SOFT, gap=0.2) for line in feedback.gestures],
            )

    @staticmethod
    def _lines(glass: Glass, feedback: Feedback) -> list[Text]:
        """In a comparison what to do for this set comes first; its name is a sign of its own."""
        large, body = round(1.3 * glass.sizes.body), glass.sizes.body
        step, note = feedback.experiment, glass.words.line(feedback.note)
        if step is None:
            return [*_rest(glass, feedback), Text(note, large)]
        return [Text(glass.words.line(step.instruction), large), Text(note, body, SOFT)]


def _rest(glass: Glass, feedback: Feedback) -> list[Text]:
    """How long the rest has been, to be read by who sits, and which set is next."""
    if feedback.rest is None:
        return []
    time = minutes_and_seconds(math.floor(feedback.rest.seconds))
    told = glass.words("rest.next", n=feedback.rest.next_set)
    return [Text(time, glass.sizes.word), Text(told, glass.sizes.body, SOFT, gap=0.2)]
