"""A class, between squats: the station's name, whether to squat or rest, and the clock."""

from __future__ import annotations

from mirror.coach.feedback import ClassClock, Feedback
from mirror.coach.mark_style import SKY, SOFT, WHITE
from mirror.screen.clock import minutes_and_seconds
from mirror.screen.column import Drawing, Item, Text, set_column
from mirror.screen.glass import Glass, Picture
from mirror.screen.mirror_view import Rect


class Class:
    def draw(self, glass: Glass, feedback: Feedback, picture: Picture | None) -> None:
        glass.clear()
        clock = feedback.clock
        if clock is None:
            return
        margin, sizes = glass.sizes.margin, glass.sizes
        items: list[Item] = [Text(clock.station, round(1.5 * sizes.body), SOFT)]
        if clock.seconds_left is not None:
            state = glass.words("class.work" if clock.working else "class.rest")
            items.append(Text(state, sizes.word, SKY if clock.working else WHITE, gap=0.4))
            side = round(0.75 * min(glass.width, 0.6 * glass.height))
            items.append(Drawing(side, lambda place, _: _dial(glass, clock, place), gap=sizes.body))
        items.append(Text(glass.words.line(feedback.note or feedback.instruction), sizes.body, SOFT))
        items += [Text(glass.words.line(line), sizes.small, SOFT, gap=0.3) for line in feedback.gestures]
        box = (margin, margin, glass.width - 2 * margin, glass.height - 2 * margin)
        set_column(glass, box, items)


def _dial(glass: Glass, clock: ClassClock, place: Rect) -> None:
    """The time left in a ring of what is left of the interval."""
    left, top, width, height = place
    middle = (left + width // 2, top + height // 2)
    radius = min(width, height) // 2
    length = clock.length_s or 0.0
    seconds = clock.seconds_left or 0.0
    if length > 0:
        glass.marks.filling(glass.sheet, middle, radius, seconds / length)
    inner = round(1.3 * radius)
    box = (middle[0] - inner // 2, middle[1] - inner // 2, inner, inner)
    glass.say(minutes_and_seconds(seconds), round(0.45 * radius), box)
