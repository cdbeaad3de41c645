"""Where words go on a glass: over the person's upper part, or beside a lying picture. Draws nothing."""

from __future__ import annotations

from dataclasses import dataclass

from mirror.screen.mirror_view import Rect
from mirror.screen.theme import Sizes

WORD_SHARE = 0.36
"""Share of an upright glass's height for a cue: three lines of 60 arc minutes on a 24-inch one at 2.5 m."""

NOTE, SIGN = 0.115, 0.055
"""Heights of a note and of a sign above it, as shares of an upright glass's."""


def below_feet(height: int) -> int:
    """What a note and a sign take at the lower end of an upright glass of this height, px."""
    return round(NOTE * height) + round(SIGN * height)


@dataclass(frozen=True, slots=True)
class Places:
    """Where words go, (left, top, width, height): over the person's upper part, or beside a lying one.

    count: of the set. words: where a cue or praise may lie, the likeliest first, and whether it lies at the
    lower end there. sign: of what holds for a moment or a set. note: a quiet line. whole: where one
    instruction stands alone. body: the part of the glass where the person is seen.
    """

    count: Rect
    words: tuple[tuple[Rect, bool], ...]
    sign: Rect
    note: Rect
    whole: Rect
    body: Rect


def places(glass: tuple[int, int], body: Rect, sizes: Sizes, *, reflected: bool = False) -> Places:
    """Where words go on a glass of this (width, height) with the person, or their reflection, seen there."""
    width, height = glass
    margin = sizes.margin
    if height > width:
        return _upright_places(width, height, body, margin)
    left = body[0] + body[2] + margin
    room = width - left - margin
    count = (left, margin // 2, room, round(0.13 * height))
    words: list[tuple[Rect, bool]] = [((left, round(0.15 * height), room, round(0.84 * height)), False)]
    if reflected:
        # beside a reflection there is little room; over the person's head or shins there is more
        wide, deep = left - 2 * margin, round(0.62 * height)
        words.append(((margin, margin // 2, wide, deep), False))
        words.append(((margin, height - margin // 2 - deep, wide, deep), True))
    return Places(
        count,
        tuple(words),
        (left, round(0.74 * height), room, round(0.07 * height)),
        (left, round(0.81 * height), room, round(0.18 * height)),
        (left, margin, room, round(0.68 * height) - margin),
        body,
    )


def _upright_places(width: int, height: int, body: Rect, margin: int) -> Places:
    """On an upright glass words lie over the person's upper part, and a cue where the knees are not."""
    room = width - 2 * margin
    count = (margin, 0, room, round(0.1 * height))
    note, sign = round(NOTE * height), round(SIGN * height)
    # a picture that leaves black glass above it leaves more room
    deep = max(round(WORD_SHARE * height), body[1] - count[3])
    edge = margin // 2
    upper = (edge, count[3], width - 2 * edge, deep)
    lower = (edge, height - edge - deep, width - 2 * edge, deep)
    return Places(
        count,
        ((upper, False), (lower, True)),
        (margin, height - note - sign, room, sign),
        (margin, height - note, room, note - margin // 2),
        (margin, margin // 2, room, max(round(0.2 * height), body[1] - margin)),
        body,
    )
