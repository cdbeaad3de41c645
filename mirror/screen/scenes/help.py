"""A page of help: how it sees you, what it can't see, privacy, and comparisons to start."""

from __future__ import annotations

from mirror.coach.feedback import Feedback
from mirror.coach.mark_style import SKY, SOFT
from mirror.screen.column import Drawing, Item, Text, set_column
from mirror.screen.figures import FIGURES, draw_figure
from mirror.screen.glass import Glass, Picture

FIGURE_OF = {"sees": "sees", "compare_plates": "heel_plates", "compare_band": "band_above_knees"}


class Help:
    def draw(self, glass: Glass, feedback: Feedback, picture: Picture | None) -> None:
        glass.clear()
        page = feedback.page
        if page is None:
            return
        margin, body, small = glass.sizes.margin, glass.sizes.body, glass.sizes.small
        inner, say = glass.width - 2 * margin, glass.words.line
        foot = round(0.17 * glass.height)
        gestures: list[Item] = [Text(say(line), small, SOFT, gap=0.2) for line in feedback.gestures]
        gestures.append(Drawing(body, lambda place, _: glass.pages(page.n - 1, page.of, place), gap=small))
        set_column(glass, (margin, glass.height - foot - margin // 2, inner, foot), gestures)
        box = (margin, margin, inner, glass.height - 2 * margin - foot)
        figure = FIGURE_OF.get(page.key, page.key)
        if figure in FIGURES and not glass.portrait:
            side = round(0.33 * inner)
            draw_figure(glass, figure, (box[0] + inner - side, box[1], side, box[3]))
            box = (box[0], box[1], inner - side - margin, box[3])
        items: list[Item] = [Text(say(page.title), round(1.6 * body))]
        if figure in FIGURES and glass.portrait:
            items.append(Drawing(8 * body, lambda place, _: draw_figure(glass, figure, place), gap=body))
        items += [Text(say(line), body, gap=1.2) for line in page.lines]
        items.append(Text(say(page.action), body, SKY, gap=1.5))
        set_column(glass, box, items)
