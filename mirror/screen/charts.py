"""Bars of what knees did: a bar for each repetition against the limits, or for each of two sets.

The person's left knee is on the left of the glass. Knows degrees and verdicts, not what is said about them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from mirror.coach.feedback import SetColumn, SetsCompared
from mirror.coach.mark_style import COLOUR, SOFT, WHITE
from mirror.knees.reading import Rep, RepLeg, Verdict
from mirror.screen.glass import Glass
from mirror.screen.mirror_view import Rect
from mirror.screen.theme import FAINT

MOST_DEG = 15.0
"""Deviations above this are drawn as high as this."""
MOST_REPS = 12


@dataclass(frozen=True, slots=True)
class Axes:
    """Two charts side by side. left, right: (x, width). floor: the y of 0; tall: px of MOST_DEG; middle: the
    x between them; cap: of their words."""

    left: tuple[int, int]
    right: tuple[int, int]
    floor: int
    tall: int
    middle: int
    cap: int


def rep_bars(glass: Glass, reps: tuple[Rep, ...], box: Rect, cap: int) -> None:
    """A chart for each knee with a bar for each of the newest repetitions. cap: of the words, px."""
    axes = _axes(glass, box, cap, (0, 2 * cap))
    shown = reps[-MOST_REPS:]
    _rep_row(glass, [rep.left for rep in shown], axes.left, axes)
    _rep_row(glass, [rep.right for rep in shown], axes.right, axes)


def set_bars(glass: Glass, compared: SetsCompared, box: Rect, cap: int) -> None:
    """A chart for each knee with a bar for each of two sets, named and with its degrees."""
    axes = _axes(glass, box, cap, (2 * cap, 3 * cap))
    sets = (compared.a, compared.b)
    for leg, place in enumerate((axes.left, axes.right)):
        _set_row(glass, sets, leg, place, axes)


def _axes(glass: Glass, box: Rect, cap: int, room: tuple[int, int]) -> Axes:
    """Titles, limit lines and limits of two charts, with room (over the bars, under their floors) in px."""
    x, top, width, height = box
    named = round(1.8 * cap)
    gap = glass.letters.width("00.0°", round(0.9 * cap))
    wide = (width - gap) // 2
    floor = top + height - room[1]
    tall = max(1, floor - top - named - room[0])
    charts = ((x, wide), (x + width - wide, wide))
    names = glass.words("screen.left_knee"), glass.words("screen.right_knee")
    alike = _alike(glass, names, cap, wide, named)
    for (left, _), name in zip(charts, names, strict=True):
        glass.say(name, alike, (left, top, wide, named), SOFT)
        caution, off_track = (floor - round(tall * deg / MOST_DEG) for deg in glass.limits_deg)
        glass.dashes(caution, left, left + wide, FAINT)
        glass.level(off_track, left, left + wide, FAINT)
        glass.level(floor, left, left + wide, SOFT)
    axes = Axes(*charts, floor, tall, x + width // 2, cap)
    _name_limits(glass, axes)
    return axes


def _alike(glass: Glass, names: Sequence[str], cap: int, width: int, height: int) -> int:
    """The cap height at which each of these names fits such a box."""
    return min(glass.letters.within(name, cap, width, height)[0] for name in names)


def _name_limits(glass: Glass, axes: Axes) -> None:
    small = round(0.9 * axes.cap)
    low, high = glass.limits_deg
    apart = axes.tall * (high - low) / MOST_DEG
    for deg in (low, high):
        # close to each other, the lower name moves down and the upper one up until both can be read
        shift = max(0.0, 0.75 * small - apart / 2) * (1 if deg == low else -1)
        y = axes.floor - axes.tall * deg / MOST_DEG + shift
        glass.line(f"{deg:g}°", small, (axes.middle, round(y)), SOFT)


def _rep_row(glass: Glass, legs: list[RepLeg], place: tuple[int, int], axes: Axes) -> None:
    left, width = place
    step = width / max(6, len(legs))
    badge = max(4, min(axes.cap // 2, round(0.36 * step)))
    for i, leg in enumerate(legs):
        x = round(left + (width - step * len(legs)) / 2 + step * (i + 0.5))
        known = None if leg.verdict is Verdict.UNKNOWN else leg.inside_own_track_deg
        _bar(glass, known, leg.verdict, x, max(4, round(0.5 * step)), axes)
        glass.marks.badge(glass.sheet, leg.verdict, (x, axes.floor + 2 * badge), badge)


def _set_row(
    glass: Glass,
    sets: tuple[SetColumn, SetColumn],
    leg: int,
    place: tuple[int, int],
    axes: Axes,
) -> None:
    left, width = place
    step = width / 2
    box = round(0.96 * step), round(2.9 * axes.cap)
    names = [glass.words.line(one.name) for one in sets]
    cap = _alike(glass, names, round(0.8 * axes.cap), *box)
    for i, (name, one) in enumerate(zip(names, sets, strict=True)):
        mean = (one.left_deg, one.right_deg)[leg]
        x = round(left + step * (i + 0.5))
        top = _bar(glass, mean, _verdict(glass, one.inside_deg[leg]), x, round(0.34 * step), axes)
        if mean is not None:
            glass.line(f"{mean:.0f}°", axes.cap, (x, top - axes.cap), WHITE)
        glass.say(name, cap, (round(left + step * i), axes.floor + axes.cap // 4, *box), SOFT)


def _verdict(glass: Glass, deg: float | None) -> Verdict:
    """What so far inside the own line would be called."""
    if deg is None:
        return Verdict.UNKNOWN
    caution, off_track = glass.limits_deg
    if deg <= caution:
        return Verdict.GOOD
    return Verdict.CAUTION if deg <= off_track else Verdict.OFF_TRACK


def _bar(glass: Glass, deg: float | None, verdict: Verdict, x: int, wide: int, axes: Axes) -> int:
    """One bar round x, or a question mark for what is unknown; the y of its top."""
    if deg is None:
        cap = min(axes.cap, 2 * wide)
        glass.line("?", cap, (x, axes.floor - 2 * cap), WHITE)
        return axes.floor - 3 * cap
    high = max(3, round(axes.tall * min(max(deg, 0.0), MOST_DEG) / MOST_DEG))
    glass.bar((x - wide // 2, axes.floor - high, wide, high), COLOUR[verdict])
    return axes.floor - high
