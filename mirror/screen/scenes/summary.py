"""The set is over: how many, what was seen in a sentence and in bars, depth, pace, and at most one thing to
try.
"""

from __future__ import annotations

from mirror.coach.feedback import Feedback, SetSummary
from mirror.screen.charts import rep_bars, set_bars
from mirror.screen.column import Drawing, Item, Text, set_column
from mirror.screen.figures import FIGURES, draw_figure
from mirror.screen.glass import Glass, Picture
from mirror.screen.mirror_view import Rect
from mirror.screen.theme import FAINT, SKY, SOFT

FOOT = 0.055
"""Height of the line at the foot, as a share of an upright glass's; twice that on a lying one."""
DRILL_LINES = 2
"""Lines of an exercise that can be read in the time a summary stays."""


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
        room = height - low - round(1.3 * margin)
        said, seen, offered = _said(glass, told), _seen(glass, told), _offered(glass, feedback, told)
        if glass.portrait or not seen:
            set_column(glass, (margin, margin // 2, inner, room), [*said, *seen, *offered])
        else:
            half = (inner - margin) // 2
            set_column(glass, (margin, margin // 2, half, room), [*said, *offered[-1:]])
            right = (margin + half + margin, margin // 2, half, room)
            set_column(glass, right, [*seen, *offered[:-1]])
        glass.say(glass.words("summary.coaching_only"), glass.sizes.small, foot, FAINT)


def _said(glass: Glass, told: SetSummary) -> list[Item]:
    """What was seen, in words."""
    sizes = glass.sizes
    head: list[Item] = [Text(told.headline, min(sizes.word, 2 * sizes.body), gap=0.1)]
    if told.compared is not None:
        head.append(Text(told.compared.title, round(1.2 * sizes.body), SKY))
        return head + [Text(line, sizes.body) for line in told.compared.sentences]
    head.append(Text(told.sentence, sizes.body))
    head += [Text(line, sizes.body) for line in told.patterns[:1]]
    head.append(Text(told.last_set, sizes.small, SOFT))
    return head


def _seen(glass: Glass, told: SetSummary) -> list[Item]:
    """The same in bars, with how deep and how fast."""
    body, compared = glass.sizes.body, told.compared
    if compared is not None:
        return [Drawing(9 * body, lambda place: set_bars(glass, compared, place), gap=body, grow=True)]
    if not told.reps:
        return []
    items: list[Item] = [
        Drawing(9 * body, lambda place: rep_bars(glass, told.reps, place), gap=body, grow=True)
    ]
    line = ".  ".join(part for part in (told.depth, told.tempo) if part)
    if line:
        items.append(Drawing(round(2.4 * body), lambda place: _depth(glass, told, line, place)))
    return items


def _offered(glass: Glass, feedback: Feedback, told: SetSummary) -> list[Item]:
    """At most one thing to try, with its figure; last, what a gesture would start or what comes next."""
    body = glass.sizes.body
    items: list[Item] = []
    if told.tried and told.drill is not None and told.drill.key in FIGURES:
        items.append(Drawing(round(6.5 * body), lambda place: _drill(glass, told, place), gap=body // 2))
    else:
        items.append(Text(told.tried, body))
    step = feedback.experiment
    following = step.instruction if step is not None and step.done < step.of else ""
    items.append(Text(following or told.offer, body, SKY))
    return items


def _drill(glass: Glass, told: SetSummary, place: Rect) -> None:
    """The figure, and beside it why and what."""
    left, top, width, height = place
    drill = told.drill
    if drill is None:
        return
    side = min(height, round(0.36 * width))
    draw_figure(glass, drill.key, (left, top, side, height))
    gap = glass.sizes.margin // 2
    beside = (left + side + gap, top, width - side - gap, height)
    small = glass.sizes.small
    lines = [Text(line, small, SOFT, gap=0.5) for line in drill.lines[:DRILL_LINES]]
    set_column(glass, beside, [Text(told.tried, small), Text(drill.title, glass.sizes.body, SKY), *lines])


def _depth(glass: Glass, told: SetSummary, line: str, place: Rect) -> None:
    """How deep, beside a thigh drawn at the middle of the repetitions' elevations, and how fast."""
    left, top, width, height = place
    small = glass.sizes.small
    known = sorted(rep.depth_deg for rep in told.reps if rep.depth_deg is not None)
    if not known:
        glass.say(line, small, place, SOFT)
        return
    thigh = height
    room = width - thigh - small
    cap, lines = glass.letters.within(line, small, room, height)
    wide = max(glass.letters.width(part, cap) for part in lines)
    start = left + (width - thigh - small - wide) // 2
    middle = (start + thigh // 2, top + height // 2)
    glass.marks.thigh(glass.sheet, middle, thigh, known[len(known) // 2])
    glass.say(line, small, (start + thigh + small, top, wide + 1, height), SOFT)
