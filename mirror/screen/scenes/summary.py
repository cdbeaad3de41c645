"""The set is over: how many, what was seen in one sentence, and a bar for each knee of each repetition."""

from __future__ import annotations

from mirror.coach.feedback import Feedback, SetSummary
from mirror.knees.reading import Rep, RepLeg, Verdict
from mirror.screen.glass import Glass, Picture
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
        margin = glass.sizes.margin
        bottom = glass.height - margin - 3 * glass.sizes.small
        if glass.portrait:
            below = self._text(glass, told, (margin, glass.width - 2 * margin), margin)
            top = below + glass.sizes.body
            tall = min(bottom - top, round(0.5 * glass.height))
            chart = (margin, top, glass.width - 2 * margin, tall)
        else:
            half = glass.width // 2
            room = half - 3 * margin // 2
            high = 2 * glass.sizes.word + glass.lines(told.sentence, glass.sizes.body, room)
            self._text(glass, told, (margin, room), max(margin, (bottom - high) // 2))
            chart = (half + margin // 2, margin, room, bottom - margin)
        self._charts(glass, told.reps[-MOST_REPS:], chart)
        foot = glass.words("summary.coaching_only")
        small = glass.sizes.small
        glass.say(
            foot,
            small,
            glass.height - margin // 2 - glass.lines(foot, small, glass.width) // 2 - small,
            FAINT,
        )

    def _text(self, glass: Glass, told: SetSummary, column: tuple[int, int], top: int) -> int:
        """Headline and sentence from `top` down; the y below them."""
        sizes = glass.sizes
        y = glass.say(told.headline, sizes.word, top + sizes.word, column=column)
        height = glass.lines(told.sentence, sizes.body, column[1])
        return glass.say(told.sentence, sizes.body, y + sizes.body + height // 2, column=column)

    def _charts(self, glass: Glass, reps: tuple[Rep, ...], box: tuple[int, int, int, int]) -> None:
        """The person's left knee on the left of the glass, the right one on the right."""
        x, top, width, height = box
        gap = glass.sizes.margin
        wide = (width - gap) // 2
        if not reps or height < 6 * glass.sizes.body:
            return
        left, right = glass.words("screen.left_knee"), glass.words("screen.right_knee")
        self._chart(glass, left, [rep.left for rep in reps], (x, top, wide, height))
        self._chart(glass, right, [rep.right for rep in reps], (x + wide + gap, top, wide, height))

    def _chart(self, glass: Glass, title: str, legs: list[RepLeg], box: tuple[int, int, int, int]) -> None:
        x0, top, width, height = box
        sizes = glass.sizes
        glass.line(title, sizes.body, (x0 + width // 2, top + sizes.body), SOFT)
        badge = max(5, min(sizes.body // 2, width // (3 * max(4, len(legs)))))
        floor = top + height - 4 * badge
        tall = floor - (top + 3 * sizes.body)
        caution, off_track = (floor - round(tall * deg / MOST_DEG) for deg in glass.limits_deg)
        glass.dashes(caution, x0, x0 + width, FAINT)
        glass.level(off_track, x0, x0 + width, FAINT)
        glass.level(floor, x0, x0 + width, SOFT)
        step = width / max(4, len(legs))
        for i, leg in enumerate(legs):
            x = round(x0 + step * (i + 0.5) + (width - step * max(4, len(legs))) / 2)
            self._bar(glass, leg, x, (floor, tall, max(3, round(0.5 * step))))
            glass.marks.badge(glass.surface, leg.verdict, (x, floor + 2 * badge), badge)

    @staticmethod
    def _bar(glass: Glass, leg: RepLeg, x: int, shape: tuple[int, int, int]) -> None:
        floor, tall, wide = shape
        if leg.deviation_deg is None or leg.verdict is Verdict.UNKNOWN:
            glass.line("?", glass.sizes.body, (x, floor - 2 * glass.sizes.body), WHITE)
            return
        high = max(3, round(tall * min(max(leg.deviation_deg, 0.0), MOST_DEG) / MOST_DEG))
        glass.bar((x - wide // 2, floor - high, wide, high), COLOUR[leg.verdict])
