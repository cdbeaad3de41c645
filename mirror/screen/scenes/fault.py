"""Something is wrong that a member of staff can mend: what, and what to do, in one sentence."""

from __future__ import annotations

from mirror.coach.feedback import Feedback
from mirror.coach.mark_style import SOFT, YELLOW
from mirror.screen.column import Drawing, Item, Text, set_column
from mirror.screen.figures import draw_figure
from mirror.screen.glass import Glass, Picture


class Fault:
    def draw(self, glass: Glass, feedback: Feedback, picture: Picture | None) -> None:
        glass.clear()
        margin, body = glass.sizes.margin, glass.sizes.body
        box = (margin, margin, glass.width - 2 * margin, glass.height - 2 * margin)
        items: list[Item] = [
            Drawing(5 * body, lambda place, _: draw_figure(glass, "attention", place)),
            Text(glass.words("screen.fault"), round(1.5 * body), YELLOW, gap=1.0),
            Text(glass.words.line(feedback.note), body, SOFT, gap=1.5),
        ]
        set_column(glass, box, items)
