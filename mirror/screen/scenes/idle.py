"""Nobody there: dark glass, which is a plain mirror, with two footprints and a faint invitation."""

from __future__ import annotations

from mirror.coach.feedback import Feedback
from mirror.coach.lines import Instruction
from mirror.screen.column import Drawing, Text, set_column
from mirror.screen.figures import draw_figure
from mirror.screen.glass import Glass, Picture
from mirror.screen.theme import FAINT


class Idle:
    def draw(self, glass: Glass, feedback: Feedback, picture: Picture | None) -> None:
        glass.clear()
        text = glass.words.line(feedback.instruction or Instruction.STAND_ON_THE_MARK)
        margin, deep, body = glass.sizes.margin, round(0.26 * glass.height), glass.sizes.body
        box = (margin, glass.height - deep, glass.width - 2 * margin, deep - margin)
        mark = Drawing(3 * body, lambda place, _: draw_figure(glass, "mark", place))
        set_column(glass, box, [mark, Text(text, body, FAINT)])
