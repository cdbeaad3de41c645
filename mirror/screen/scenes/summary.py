"""The set is over, on two pages that turn by themselves: what was seen, in a sentence and in bars with depth
and pace; then what may help, with its figure. Each is read from three metres.
"""

from __future__ import annotations

from mirror.coach.feedback import Feedback, SetSummary
from mirror.coach.mark_style import SKY, SOFT
from mirror.screen.charts import rep_bars, set_bars
from mirror.screen.column import Drawing, Item, Text, set_column
from mirror.screen.figures import FIGURES, draw_figure
from mirror.screen.glass import Glass, Picture
from mirror.screen.mirror_view import Rect

FOOT = 0.066
"""Height of the line at the foot with the dots of the pages, as a share of an upright glass's."""
LYING_FOOT = 0.1
CHART, COMPARED_CHART = 6.5, 8.5
"""Height of the bars with their words in body caps, at least: they take what the words leave."""
FIGURE = 4.5
"""The same of the figure of an exercise."""
OF_KNEES = 2
"""The first sentences of a comparison are about the knees, the others about what it is worth."""


class Summary:
    def draw(self, glass: Glass, feedback: Feedback, picture: Picture | None) -> None:
        glass.clear()
        told = feedback.summary
        if told is None:
            return
        page = min(feedback.summary_page, told.pages - 1)
        room = _foot(glass, told, page)
        words, drawn = (_seen(glass, told), _drawn(glass, told)) if page == 0 else _offered(glass, feedback)
        left, top, width, height = room
        if glass.portrait or not drawn:
            set_column(glass, room, [*words, *drawn], close=True)
            return
        half = (width - glass.sizes.margin) // 2
        set_column(glass, (left, top, half, height), words, close=True)
        set_column(glass, (left + width - half, top, half, height), drawn, close=True)


def _foot(glass: Glass, told: SetSummary, page: int) -> Rect:
    """What always holds, and which page this is; the room above it."""
    width, height, margin = glass.width, glass.height, glass.sizes.margin
    low = round((FOOT if glass.portrait else LYING_FOOT) * height)
    dots = glass.sizes.body if told.pages > 1 else 0
    top = height - low - dots - margin // 3
    inner = width - 2 * margin
    glass.say(glass.words("summary.coaching_only"), glass.sizes.small, (margin, top, inner, low), SOFT)
    if dots:
        glass.pages(page, told.pages, (margin, top + low, inner, dots))
    return margin, margin // 2, inner, top - margin // 2


def _seen(glass: Glass, told: SetSummary) -> list[Item]:
    """What was seen, in words."""
    body, say = glass.sizes.body, glass.words.line
    head: list[Item] = [Text(say(told.headline), round((1.7 if glass.portrait else 1.4) * body), gap=0.0)]
    if told.compared is not None:
        head.append(Text(say(told.compared.title), body, SKY, gap=0.2))
        return head + [Text(say(line), body, gap=0.5) for line in told.compared.sentences[:OF_KNEES]]
    head.append(Text(say(told.sentence), body, gap=0.2))
    head.append(Text(say(told.own_line), glass.sizes.small, SOFT, gap=0.2))
    return head + ([] if _later(glass, told) else [_last_set(glass, told)])


def _later(glass: Glass, told: SetSummary) -> bool:
    """Whether the set before is told on the second page: an upright glass has its room there."""
    return glass.portrait and told.pages > 1


def _last_set(glass: Glass, told: SetSummary) -> Text:
    return Text(glass.words.line(told.last_set), glass.sizes.body, SOFT, gap=0.6)


def _drawn(glass: Glass, told: SetSummary) -> list[Item]:
    """The same in bars, with how deep and how fast."""
    body, compared, say = glass.sizes.body, told.compared, glass.words.line

    def bars(place: Rect, scale: float) -> None:
        cap = round(scale * body)
        if compared is not None:
            set_bars(glass, compared, place, cap)
        else:
            rep_bars(glass, told.reps, place, cap)

    if compared is not None:
        return [Drawing(round(COMPARED_CHART * body), bars, body // 2, grow=True)]
    if not told.reps:
        return []
    chart = Drawing(round(CHART * body), bars, body // 2, grow=True)
    told_in_words: list[Item] = [Text(say(told.depth), body, gap=0.3), Text(say(told.tempo), body, gap=0.1)]
    return [chart, *told_in_words]


def _offered(glass: Glass, feedback: Feedback) -> tuple[list[Item], list[Item]]:
    """What squats have in common and at most one thing to try; its figure, and what hands could start."""
    body, told, say = glass.sizes.body, feedback.summary, glass.words.line
    if told is None:
        return [], []
    common = told.patterns[:1] if told.compared is None else told.compared.sentences[OF_KNEES:]
    words: list[Item] = [Text(say(line), body) for line in common]
    words.append(Text(say(told.tried), body, gap=0.6))
    if told.compared is None and _later(glass, told):
        words.append(_last_set(glass, told))
    step = feedback.experiment
    following = step.instruction if step is not None and step.done < step.of else None
    offer = Text(say(following or told.offer), body, SKY, gap=0.8)
    if told.drill not in FIGURES:
        return [*words, offer], []
    drill = glass.words.drill(told.drill)

    def figure(place: Rect, _: float) -> None:
        draw_figure(glass, drill.key, place)

    exercise = Drawing(round(FIGURE * body), figure, body // 2, grow=True)
    return words, [exercise, Text(drill.title, body, gap=0.3), offer]
