"""The mirror itself is not ready: camera or network still opening, and how far that is."""

from __future__ import annotations

from mirror.coach.feedback import Feedback
from mirror.coach.lines import Instruction
from mirror.coach.mark_style import SOFT
from mirror.screen.column import Drawing, Item, Text, set_column
from mirror.screen.glass import Glass, Picture
from mirror.screen.mirror_view import Rect


class Starting:
    def draw(self, glass: Glass, feedback: Feedback, picture: Picture | None) -> None:
        glass.clear()
        margin, body = glass.sizes.margin, glass.sizes.body
        text = glass.words.line(feedback.instruction or Instruction.STARTING)

        def ring(place: Rect, _: float) -> None:
            middle = (place[0] + place[2] // 2, place[1] + place[3] // 2)
            glass.marks.filling(glass.sheet, middle, place[3] // 2, feedback.progress)

        box = (margin, margin, glass.width - 2 * margin, glass.height - 2 * margin)
        items: list[Item] = [
            Drawing(4 * body, ring),
            Text(text, round(1.5 * body)),
            Text(glass.words.line(feedback.note), body, SOFT),
        ]
        set_column(glass, box, items)
