"""The set is over: how many, what was seen in one sentence, and a bar for each knee of each repetition."""

from __future__ import annotations

from mirror.coach.feedback import Feedback
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
        sizes, say = glass.sizes, glass.words
        y = glass.say(told.headline, sizes.word, sizes.margin + 2 * sizes.word // 2 + sizes.word // 2)
        lines = glass.letters.wrapped(told.sentence, sizes.body, glass.width - 2 * sizes.margin)
        text_height = 2 * sizes.body * len(lines)
        y = glass.say(told.sentence, sizes.body, y + sizes.body + text_height // 2)
        bottom = glass.height - sizes.margin
        glass.say(say("summary.coaching_only"), sizes.small, bottom - sizes.small, FAINT)
        self._charts(glass, told.reps[-MOST_REPS:], y + sizes.body, bottom - 3 * sizes.small)

    def _charts(self, glass: Glass, reps: tuple[Rep, ...], top: int, bottom: int) -> None:
        """The person's left knee on the left of the glass, the right one on the right."""
        half = glass.width // 2
        margin = glass.sizes.margin
        bottom = min(bottom, top + round(0.5 * glass.height))
        if bottom - top < 6 * glass.sizes.small:
            return
        for name, x0, legs in (
            ("screen.left_knee", margin, [rep.left for rep in reps]),
            ("screen.right_knee", half + margin // 2, [rep.right for rep in reps]),
        ):
            self._chart(glass, glass.words(name), legs, (x0, top, half - 3 * margin // 2, bottom - top))

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
