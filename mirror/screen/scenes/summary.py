"""The set is over: how many, what was seen in a sentence and in bars, depth, pace, and at most one thing to
try.
"""

from __future__ import annotations

from mirror.coach.feedback import Drill, Feedback, SetSummary
from mirror.screen.charts import rep_bars, set_bars
from mirror.screen.column import Drawing, Item, Text, set_column
from mirror.screen.figures import FIGURES, draw_figure
from mirror.screen.glass import Glass, Picture
from mirror.screen.mirror_view import Rect
from mirror.screen.theme import SKY, SOFT

FOOT = 0.057
"""Height of the line at the foot, as a share of an upright glass's; twice that on a lying one."""
QUIET = 0.82
"""Cap height of what is less important, in body caps: everything here shrinks until it all fits."""
CHART, COMPARED_CHART = 6.5, 11
"""Height of the bars with their words in body caps, at least: they take what the words leave."""


class Summary:
    def draw(self, glass: Glass, feedback: Feedback, picture: Picture | None) -> None:
        glass.clear()
        told = feedback.summary
        if told is None:
            return
        width, height, margin = glass.width, glass.height, glass.sizes.margin
        inner = width - 2 * margin
        low = round((1 if glass.portrait else 1.6) * FOOT * height)
        foot = (margin, height - low - margin // 3, inner, low)
        room = height - low - margin
        said, seen, offered = _said(glass, told), _seen(glass, told), _offered(glass, feedback, told)
        if glass.portrait or not seen:
            set_column(glass, (margin, margin // 2, inner, room), [*said, *seen, *offered])
        else:
            half = (inner - margin) // 2
            set_column(glass, (margin, margin // 2, half, room), [*said, *offered[-1:]])
            right = (margin + half + margin, margin // 2, half, room)
            set_column(glass, right, [*seen, *offered[:-1]])
        glass.say(glass.words("summary.coaching_only"), glass.sizes.small, foot, SOFT)


def _said(glass: Glass, told: SetSummary) -> list[Item]:
    """What was seen, in words."""
    sizes = glass.sizes
    head: list[Item] = [Text(told.headline, min(sizes.word, 2 * sizes.body), gap=0.0)]
    if told.compared is not None:
        head.append(Text(told.compared.title, sizes.body, SKY, gap=0.2))
        return head + [Text(line, sizes.body, gap=0.5) for line in told.compared.sentences]
    head.append(Text(told.sentence, sizes.body, gap=0.2))
    head += [Text(line, sizes.body, gap=0.5) for line in told.patterns[:1]]
    head.append(Text(told.last_set, round(QUIET * sizes.body), SOFT, gap=0.5))
    return head


def _seen(glass: Glass, told: SetSummary) -> list[Item]:
    """The same in bars, with how deep and how fast."""
    body, compared = glass.sizes.body, told.compared
    gap = body // 2
    if compared is not None:

        def two_sets(place: Rect, scale: float) -> None:
            set_bars(glass, compared, place, round(scale * body))

        return [Drawing(COMPARED_CHART * body, two_sets, gap, grow=True)]
    if not told.reps:
        return []

    def repetitions(place: Rect, scale: float) -> None:
        rep_bars(glass, told.reps, place, round(scale * body))

    pace = ".  ".join(part for part in (told.depth, told.tempo) if part)
    bars = Drawing(round(CHART * body), repetitions, gap, grow=True)
    return [bars, Text(pace, round(QUIET * body), SOFT, gap=0.2)]


def _offered(glass: Glass, feedback: Feedback, told: SetSummary) -> list[Item]:
    """At most one thing to try, with its figure; last, what a gesture would start or what comes next."""
    body = glass.sizes.body
    items: list[Item] = []
    drill = told.drill
    # a comparison has more words, and its bars are the picture
    if told.tried and drill is not None and drill.key in FIGURES and told.compared is None:

        def exercise(place: Rect, scale: float) -> None:
            _exercise(glass, told.tried, drill, place, round(scale * body))

        items.append(Drawing(round(7.5 * body), exercise, gap=body // 3))
    else:
        items.append(Text(told.tried, body))
    step = feedback.experiment
    following = step.instruction if step is not None and step.done < step.of else ""
    items.append(Text(following or told.offer, body, SKY, gap=0.6))
    return items


def _exercise(glass: Glass, tried: str, drill: Drill, place: Rect, cap: int) -> None:
    """The figure, and beside it why and what."""
    left, top, width, height = place
    side = min(height, round(0.34 * width))
    draw_figure(glass, drill.key, (left, top, side, height))
    gap = cap // 2
    beside = (left + side + gap, top, width - side - gap, height)
    set_column(glass, beside, [Text(tried, cap, gap=0.0), Text(drill.title, cap, SKY, gap=0.4)])
