"""The set is over, on two pages that turn by themselves: what was seen, in a sentence and in bars with depth
and pace; then what may help, with its figure. Each is read from three metres.
"""

from __future__ import annotations

from mirror.coach.feedback import Feedback, SetSummary
from mirror.coach.mark_style import SKY, SOFT
from mirror.knees.decoration import spared
from mirror.screen.charts import rep_bars, set_bars
from mirror.screen.column import Drawing, Item, Text, set_column
from mirror.screen.figures import FIGURES, draw_figure
from mirror.screen.glass import Glass, Picture
from mirror.screen.mirror_view import Rect
from mirror.screen.qr_code import draw_code, side_px

FOOT = 0.066
"""Height of the line at the foot with the dots of the pages, as a share of an upright glass's."""
LYING_FOOT = 0.1
CHART, COMPARED_CHART = 6.5, 8.5
"""Height of the bars with their words in body caps, at least: they take what the words leave."""
FIGURE, FIGURE_WITH_CODE = 4.5, 3.0
"""The same of the figure of an exercise, and of one above a code."""
OF_KNEES = 2
"""The first sentences of a comparison are about the knees, the others about what it is worth."""


class Summary:
    def draw(self, glass: Glass, feedback: Feedback, picture: Picture | None) -> None:
        glass.clear()
        summary = feedback.summary
        if summary is None:
            return
        page = min(feedback.summary_page, summary.pages - 1)
        room = _foot(glass, summary, page)
        words, drawn = _first(glass, summary) if page == 0 else _second(glass, feedback, summary)
        left, top, width, height = room
        if glass.portrait or not (words and drawn):
            set_column(glass, room, [*words, *drawn], close=True)
            return
        half = (width - glass.sizes.margin) // 2
        set_column(glass, (left, top, half, height), words, close=True)
        set_column(glass, (left + width - half, top, half, height), drawn, close=True)


def _foot(glass: Glass, summary: SetSummary, page: int) -> Rect:
    """What always holds, and which page this is; the room above it."""
    width, height, margin = glass.width, glass.height, glass.sizes.margin
    low = round((FOOT if glass.portrait else LYING_FOOT) * height)
    dots = glass.sizes.body if summary.pages > 1 else 0
    top = height - low - dots - margin // 3
    inner = width - 2 * margin
    glass.say(glass.words("summary.coaching_only"), glass.sizes.small, (margin, top, inner, low), SOFT)
    if dots:
        glass.pages(page, summary.pages, (margin, top + low, inner, dots))
    return margin, margin // 2, inner, top - margin // 2


def _first(glass: Glass, summary: SetSummary) -> tuple[list[Item], list[Item]]:
    """What was seen, in words, and the same in bars."""
    return _seen(glass, summary), _drawn(glass, summary)


def _seen(glass: Glass, summary: SetSummary) -> list[Item]:
    """What was seen, in words."""
    body, say = glass.sizes.body, glass.words.line
    head: list[Item] = [Text(say(summary.headline), round((1.7 if glass.portrait else 1.4) * body), gap=0.0)]
    if summary.compared is not None:
        head.append(Text(say(summary.compared.title), body, SKY, gap=0.2))
        return head + [Text(say(line), body, gap=0.5) for line in summary.compared.sentences[:OF_KNEES]]
    head.append(Text(say(summary.sentence), body, gap=0.2))
    head.append(Text(say(summary.own_line), glass.sizes.small, SOFT, gap=0.2))
    return head + ([] if _later(glass, summary) else [_last_set(glass, summary)])


def _later(glass: Glass, summary: SetSummary) -> bool:
    """Whether the set before is told on the second page: an upright glass has its room there, if no code."""
    return glass.portrait and summary.pages > 1 and not summary.take_home


def _last_set(glass: Glass, summary: SetSummary) -> Text:
    return Text(glass.words.line(summary.last_set), glass.sizes.body, SOFT, gap=0.6)


def _drawn(glass: Glass, summary: SetSummary) -> list[Item]:
    """The same in bars, with how deep and how fast."""
    body, compared, say = glass.sizes.body, summary.compared, glass.words.line

    def bars(place: Rect, scale: float) -> None:
        cap = round(scale * body)
        if compared is not None:
            set_bars(glass, compared, place, cap)
        else:
            rep_bars(glass, summary.reps, place, cap)

    if compared is not None:
        return [Drawing(round(COMPARED_CHART * body), bars, body // 2, grow=True)]
    if not summary.reps:
        return []
    chart = Drawing(round(CHART * body), bars, body // 2, grow=True)
    in_words: list[Item] = [Text(say(summary.depth), body, gap=0.3), Text(say(summary.tempo), body, gap=0.1)]
    return [chart, *in_words]


def _second(glass: Glass, feedback: Feedback, summary: SetSummary) -> tuple[list[Item], list[Item]]:
    """What may help; and under it, on a lying glass beside it, the code to take home."""
    words, drawn = _offered(glass, feedback)
    code = spared("codes", lambda: _taken_home(glass, summary), [])
    if not code:
        return words, drawn
    return [*words, *drawn], code


def _taken_home(glass: Glass, summary: SetSummary) -> list[Item]:
    """The code of this set, with what to do about it."""
    if not summary.take_home:
        return []
    found = glass.take_home.code(summary, glass.words)
    side = side_px(glass.sizes, found)
    scan = Text(glass.words("take_home.scan"), glass.sizes.small, SOFT, gap=0.8)
    return [scan, Drawing(side, lambda place, _: draw_code(glass, found, place), glass.sizes.small // 2)]


def _offered(glass: Glass, feedback: Feedback) -> tuple[list[Item], list[Item]]:
    """What squats have in common and at most one thing to try; its figure, and what hands could start."""
    body, summary, say = glass.sizes.body, feedback.summary, glass.words.line
    if summary is None:
        return [], []
    common = summary.patterns[:1] if summary.compared is None else summary.compared.sentences[OF_KNEES:]
    words: list[Item] = [Text(say(line), body) for line in common]
    words.append(Text(say(summary.tried), body, gap=0.6))
    if summary.compared is None and _later(glass, summary):
        words.append(_last_set(glass, summary))
    step = feedback.experiment
    following = step.instruction if step is not None and step.done < step.of else None
    offer = Text(say(following or summary.offer), body, SKY, gap=0.8)
    if summary.drill not in FIGURES:
        return [*words, offer], []
    drill = glass.words.drill(summary.drill)

    def figure(place: Rect, _: float) -> None:
        draw_figure(glass, drill.key, place)

    high = FIGURE_WITH_CODE if summary.take_home else FIGURE
    exercise = Drawing(round(high * body), figure, body // 2, grow=True)
    return words, [exercise, Text(drill.title, body, gap=0.3), offer]
