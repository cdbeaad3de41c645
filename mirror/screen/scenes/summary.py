"""The set is over: how many, what was seen in a sentence, a bar for each knee of each rep, and the depth."""

from __future__ import annotations

import math
from collections import Counter

from mirror.coach.feedback import Feedback, SetSummary
from mirror.knees.reading import Rep, RepLeg, Verdict
from mirror.screen.glass import Glass, Picture
from mirror.screen.mirror_view import Rect
from mirror.screen.theme import COLOUR, FAINT, SOFT, WHITE

MOST_DEG = 15.0
"""Deviations above this are drawn as high as this."""
MOST_REPS = 12


class Summary:
    def draw(self, glass: Glass, feedback: Feedback, picture: Picture | None) -> None:
        glass.clear()
        told = feedback.summary
        if told is None:
            return
        text, chart, foot = _boxes(glass, bool(told.reps))
        self._text(glass, told, text)
        if told.reps:
            left, top, width, height = chart
            deep = round(2.6 * glass.sizes.body)
            self._charts(glass, told.reps[-MOST_REPS:], (left, top, width, height - deep))
            self._depth(glass, told.reps, (left, top + height - deep, width, deep))
        glass.say(glass.words("summary.coaching_only"), glass.sizes.small, foot, FAINT)

    @staticmethod
    def _text(glass: Glass, told: SetSummary, box: Rect) -> None:
        """Headline and sentence."""
        left, top, width, height = box
        sizes = glass.sizes
        head = min(round(2.2 * sizes.word), height // 3)
        glass.say(told.headline, sizes.word, (left, top, width, head))
        glass.say(told.sentence, sizes.body, (left, top + head, width, height - head))

    def _charts(self, glass: Glass, reps: tuple[Rep, ...], box: Rect) -> None:
        """The person's left knee on the left of the glass, the right one on the right; the limits between."""
        x, top, width, height = box
        small = glass.sizes.small
        names = [f"{deg:g}°" for deg in glass.limits_deg]
        gap = max(glass.letters.width(name, small) for name in names) + glass.sizes.margin // 2
        wide = (width - gap) // 2
        left, right = glass.words("screen.left_knee"), glass.words("screen.right_knee")
        self._chart(glass, left, [rep.left for rep in reps], (x, top, wide, height))
        floor, tall = self._chart(
            glass, right, [rep.right for rep in reps], (x + wide + gap, top, wide, height)
        )
        for deg, name in zip(glass.limits_deg, names, strict=True):
            glass.line(name, small, (x + width // 2, floor - round(tall * deg / MOST_DEG)), SOFT)

    def _chart(self, glass: Glass, title: str, legs: list[RepLeg], box: Rect) -> tuple[int, int]:
        """One knee's bars; the y of no deviation, and the height of MOST_DEG."""
        x0, top, width, height = box
        sizes = glass.sizes
        named = round(1.8 * sizes.body)
        glass.say(title, sizes.body, (x0, top, width, named), SOFT)
        step = width / max(6, len(legs))
        badge = max(4, min(sizes.body // 2, round(0.36 * step)))
        floor = top + height - 4 * badge
        tall = floor - top - named
        caution, off_track = (floor - round(tall * deg / MOST_DEG) for deg in glass.limits_deg)
        glass.dashes(caution, x0, x0 + width, FAINT)
        glass.level(off_track, x0, x0 + width, FAINT)
        glass.level(floor, x0, x0 + width, SOFT)
        for i, leg in enumerate(legs):
            x = round(x0 + (width - step * len(legs)) / 2 + step * (i + 0.5))
            self._bar(glass, leg, x, (floor, tall, max(4, round(0.5 * step))))
            glass.marks.badge(glass.surface, leg.verdict, (x, floor + 2 * badge), badge)
        return floor, tall

    @staticmethod
    def _bar(glass: Glass, leg: RepLeg, x: int, shape: tuple[int, int, int]) -> None:
        floor, tall, wide = shape
        if leg.deviation_deg is None or leg.verdict is Verdict.UNKNOWN:
            cap = min(glass.sizes.body, round(1.5 * wide))
            glass.line("?", cap, (x, floor - 2 * cap), WHITE)
            return
        high = max(3, round(tall * min(max(leg.deviation_deg, 0.0), MOST_DEG) / MOST_DEG))
        glass.bar((x - wide // 2, floor - high, wide, high), COLOUR[leg.verdict])

    @staticmethod
    def _depth(glass: Glass, reps: tuple[Rep, ...], box: Rect) -> None:
        """How deep, in the words of the repetitions, beside a thigh drawn at their middle elevation."""
        known = [(rep.depth_deg, rep.depth_label) for rep in reps if rep.depth_deg is not None]
        if not known:
            return
        left, top, width, height = box
        body = glass.sizes.body
        counted = Counter(label for _, label in known)
        told = ", ".join(f"{count} {label}" for label, count in counted.most_common())
        thigh = round(3 * body)
        room = width - thigh - body
        cap, lines = glass.letters.within(told, body, room, height)
        wide = max(glass.letters.width(line, cap) for line in lines)
        start = left + (width - thigh - body - wide) // 2
        elevation = sorted(deg for deg, _ in known)[len(known) // 2]
        glass.marks.thigh(glass.surface, (start + thigh // 2, top + height // 2), thigh, elevation)
        glass.say(told, body, (start + thigh + body, top, wide + 1, height), SOFT)


def _boxes(glass: Glass, charts: bool) -> tuple[Rect, Rect, Rect]:
    """Where the text, the charts and the line at the foot go."""
    width, height, margin = glass.width, glass.height, glass.sizes.margin
    inner = width - 2 * margin
    low = math.ceil(0.09 * height if glass.portrait else 0.11 * height)
    foot = (margin, height - low, inner, low - margin // 3)
    room = height - margin - low
    if not charts:
        return (margin, margin, inner, room), (0, 0, 0, 0), foot
    if glass.portrait:
        text = round(0.42 * room)
        return (margin, margin, inner, text), (margin, margin + text, inner, room - text), foot
    half = (inner - margin) // 2
    return (margin, margin, half, room), (margin + half + margin, margin, half, room), foot
