"""Bars of what knees did: a bar for each repetition against the limits, or for each of two sets.

The person's left knee is on the left of the glass. Knows degrees and verdicts, not what is said about them.
"""

from __future__ import annotations

from mirror.coach.feedback import SetColumn, SetsCompared
from mirror.knees.reading import Rep, RepLeg, Verdict
from mirror.screen.glass import Glass
from mirror.screen.mirror_view import Rect
from mirror.screen.theme import COLOUR, FAINT, SOFT, WHITE

MOST_DEG = 15.0
"""Deviations above this are drawn as high as this."""
MOST_REPS = 12


def rep_bars(glass: Glass, reps: tuple[Rep, ...], box: Rect) -> None:
    """A chart for each knee with a bar for each of the newest repetitions."""
    shown = reps[-MOST_REPS:]
    left, right, floor, tall, middle = _two_axes(glass, box, 4)
    _limits_between(glass, floor, tall, middle)
    for place, legs in ((left, [rep.left for rep in shown]), (right, [rep.right for rep in shown])):
        _rep_row(glass, legs, place, floor, tall)


def set_bars(glass: Glass, compared: SetsCompared, box: Rect) -> None:
    """A chart for each knee with a bar for each of two sets, named and with its degrees."""
    left, right, floor, tall, middle = _two_axes(glass, box, 3)
    _limits_between(glass, floor, tall, middle)
    sets = (compared.a, compared.b)
    for place, means in ((left, [s.left_deg for s in sets]), (right, [s.right_deg for s in sets])):
        _set_row(glass, sets, means, place, floor, tall)


def _two_axes(glass: Glass, box: Rect, below: int) -> tuple[tuple[int, int], tuple[int, int], int, int, int]:
    """Titles and limit lines of two charts: (x, width) of each, the y of 0, the height of MOST_DEG, and the x
    between them. below: room under the axis, in half body caps."""
    x, top, width, height = box
    sizes = glass.sizes
    named = round(1.8 * sizes.body)
    gap = glass.letters.width("00°", sizes.small) + sizes.margin // 2
    wide = (width - gap) // 2
    floor = top + height - below * (sizes.body // 2)
    tall = max(1, floor - top - named)
    charts = ((x, wide), (x + wide + gap, wide))
    for (left, _), name in zip(charts, ("screen.left_knee", "screen.right_knee"), strict=True):
        glass.say(glass.words(name), sizes.body, (left, top, wide, named), SOFT)
        caution, off_track = (floor - round(tall * deg / MOST_DEG) for deg in glass.limits_deg)
        glass.dashes(caution, left, left + wide, FAINT)
        glass.level(off_track, left, left + wide, FAINT)
        glass.level(floor, left, left + wide, SOFT)
    return *charts, floor, tall, x + width // 2


def _limits_between(glass: Glass, floor: int, tall: int, middle: int) -> None:
    small = glass.sizes.small
    low, high = glass.limits_deg
    names_apart = tall * (high - low) / MOST_DEG
    for deg in (low, high):
        # close to each other, the lower name moves down and the upper one up until both can be read
        shift = max(0.0, 0.75 * small - names_apart / 2) * (1 if deg == low else -1)
        y = floor - tall * deg / MOST_DEG + shift
        glass.line(f"{deg:g}°", small, (middle, round(y)), SOFT)


def _rep_row(glass: Glass, legs: list[RepLeg], place: tuple[int, int], floor: int, tall: int) -> None:
    left, width = place
    step = width / max(6, len(legs))
    badge = max(4, min(glass.sizes.body // 2, round(0.36 * step)))
    for i, leg in enumerate(legs):
        x = round(left + (width - step * len(legs)) / 2 + step * (i + 0.5))
        known = None if leg.verdict is Verdict.UNKNOWN else leg.deviation_deg
        _bar(glass, known, leg.verdict, (x, floor, tall, max(4, round(0.5 * step))))
        glass.marks.badge(glass.sheet, leg.verdict, (x, floor + 2 * badge), badge)


def _set_row(
    glass: Glass,
    sets: tuple[SetColumn, SetColumn],
    means: list[float | None],
    place: tuple[int, int],
    floor: int,
    tall: int,
) -> None:
    left, width = place
    small = glass.sizes.small
    step = width / 2
    for i, (one, mean) in enumerate(zip(sets, means, strict=True)):
        x = round(left + step * (i + 0.5))
        top = _bar(glass, mean, _verdict(glass, mean), (x, floor, tall, round(0.34 * step)))
        if mean is not None:
            glass.line(f"{mean:.0f}°", small, (x, top - small), WHITE)
        under = (round(left + step * i), floor + small // 2, round(step), round(1.8 * small))
        glass.say(one.name, small, under, SOFT)


def _verdict(glass: Glass, deg: float | None) -> Verdict:
    """What a mean deviation would be called."""
    if deg is None:
        return Verdict.UNKNOWN
    caution, off_track = glass.limits_deg
    if deg <= caution:
        return Verdict.GOOD
    return Verdict.CAUTION if deg <= off_track else Verdict.OFF_TRACK


def _bar(glass: Glass, deg: float | None, verdict: Verdict, shape: tuple[int, int, int, int]) -> int:
    """One bar, or a question mark for what is unknown; the y of its top. shape: x, floor, tall, wide."""
    x, floor, tall, wide = shape
    if deg is None:
        cap = min(glass.sizes.body, round(1.5 * wide))
        glass.line("?", cap, (x, floor - 2 * cap), WHITE)
        return floor - 3 * cap
    high = max(3, round(tall * min(max(deg, 0.0), MOST_DEG) / MOST_DEG))
    glass.bar((x - wide // 2, floor - high, wide, high), COLOUR[verdict])
    return floor - high
