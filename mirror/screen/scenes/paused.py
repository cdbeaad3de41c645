"""They asked it to stop looking: black glass, two bars, and how to go on."""

from __future__ import annotations

from mirror.coach.feedback import Feedback
from mirror.coach.lines import Instruction
from mirror.coach.mark_style import SOFT
from mirror.screen.column import Drawing, Item, Text, set_column
from mirror.screen.figures import draw_figure
from mirror.screen.glass import Glass, Picture


class Paused:
    def draw(self, glass: Glass, feedback: Feedback, picture: Picture | None) -> None:
        glass.clear()
        margin, body = glass.sizes.margin, glass.sizes.body
        box = (margin, margin, glass.width - 2 * margin, round(0.6 * glass.height))
        items: list[Item] = [
            Drawing(5 * body, lambda place, _: draw_figure(glass, "stop", place)),
            Text(glass.words.line(feedback.instruction or Instruction.PAUSED), round(1.3 * body), gap=1.2),
            *(Text(glass.words.line(line), body, SOFT) for line in feedback.gestures),
        ]
        set_column(glass, box, items)
