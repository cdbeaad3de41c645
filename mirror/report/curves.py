"""The curves of a report as SVG: each knee against its own line, and depth, over time.

In two widths, for a phone and for paper, so that letters are as large on both. Left and right differ in
colour and line, verdicts in colour and shape; what is unknown is a gap. Words are handed in.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape

import numpy as np

from mirror.coach.mark_style import COLOUR
from mirror.coach.words import Words
from mirror.knees.judge import Thresholds
from mirror.knees.optics import F64
from mirror.knees.reading import Rep, Verdict
from mirror.report.palette import hexadecimal
from mirror.report.plot_rows import BAND, GRID, INK, LEAST_SPAN_DEG, LINE, QUIET
from mirror.report.traces import SIDES, Traces

PAPER, PHONE = 700, 350
"""Widths, CSS pixels."""
LEFT_ROOM, RIGHT_ROOM, RIGHT_ROOM_OF_PHONE = 42, 104, 12
HIGH, HIGH_OF_DEPTH = 250, 170
SIGN_ROWS = {"left": 25, "right": 42}
"""Where each leg's verdicts stand, from the top."""
TOP, FOOT = 58, 36
SIGN_ROOM, NUMBER_ROOM = 13, 9
"""Pixels a repetition needs for its verdicts' signs, for its number."""
LEAST_DEPTH = (-30.0, 95.0)
SPACE_OF_TICKS = 52


@dataclass(frozen=True, slots=True)
class ChartArea:
    """Where a chart's curves are: pixels from its corner, and what they are of."""

    width: int
    height: int
    top: int
    right: int
    t: tuple[float, float]
    y: tuple[float, float]

    def x(self, t: float) -> float:
        inner = self.width - LEFT_ROOM - self.right
        return LEFT_ROOM + inner * (t - self.t[0]) / max(self.t[1] - self.t[0], 1e-6)

    def at(self, value: float) -> float:
        inner = self.height - self.top - FOOT
        return self.top + inner * (self.y[1] - value) / (self.y[1] - self.y[0])


def sign(verdict: Verdict, x: float = 7.0, y: float = 7.0, r: float = 5.0) -> str:
    """A verdict's shape round (x, y), as in the tables: circle, triangle, square, question mark."""
    if verdict is Verdict.UNKNOWN:
        return f'<text x="{x:.1f}" y="{y + 0.8 * r:.1f}" class="quiet sign" text-anchor="middle">?</text>'
    style = f'fill="{hexadecimal(COLOUR[verdict])}" stroke="{INK}" stroke-width="1"'
    if verdict is Verdict.GOOD:
        return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{r:.1f}" {style}/>'
    if verdict is Verdict.CAUTION:
        points = f"{x:.1f},{y - r:.1f} {x + r:.1f},{y + 0.8 * r:.1f} {x - r:.1f},{y + 0.8 * r:.1f}"
        return f'<polygon points="{points}" {style}/>'
    corner = f'x="{x - 0.9 * r:.1f}" y="{y - 0.9 * r:.1f}"'
    return f'<rect {corner} width="{1.8 * r:.1f}" height="{1.8 * r:.1f}" {style}/>'


def span_deg(shown: Traces, reps: Sequence[Rep], limits: Thresholds) -> tuple[float, float]:
    """Lowest and highest of the deviation axis, by what counts; sets that lie side by side share one."""
    within = np.zeros(len(shown.t), np.bool_)
    for rep in reps:
        within |= (shown.t >= rep.start_s) & (shown.t <= rep.end_s)
    both = np.concatenate([shown.left[within], shown.right[within]])
    both = both[np.isfinite(both)]
    low, high = LEAST_SPAN_DEG[0], max(LEAST_SPAN_DEG[1], limits.off_track_deg + 3.0)
    if both.size:
        low, high = min(low, float(both.min()) - 1.0), max(high, float(both.max()) + 1.0)
    return low, high


def deviation_chart(
    shown: Traces, reps: Sequence[Rep], limits: Thresholds, y: tuple[float, float], width: int, tell: Words
) -> str:
    """Both knees against their own lines. y: what the axis is from and to. width: PAPER or PHONE."""
    area = ChartArea(width, HIGH, TOP, _right_room(width), _lasts(shown.t), y)
    parts = [*_bands(area, reps), *_limits(area, limits, tell), *_verdicts(area, reps, tell)]
    parts += _y_axis(area, 5 if y[1] - y[0] < 40 else 10, tell("curve.inside_short"))
    parts += _x_axis(area, tell("curve.seconds"))
    for side in SIDES:
        dashes = ' stroke-dasharray="6 3"' if side == "right" else ""
        parts.append(
            f'<path d="{_path(area, shown.t, getattr(shown, side))}" fill="none" '
            f'stroke="{LINE[side]["color"]}" stroke-width="2" stroke-linejoin="round"{dashes}/>'
        )
    return _svg(area, tell("curve.inside"), parts)


def depth_chart(shown: Traces, reps: Sequence[Rep], width: int, tell: Words) -> str:
    """The thighs over time, and every repetition's lowest point."""
    known = shown.elevation[np.isfinite(shown.elevation)]
    low = min(LEAST_DEPTH[0], float(known.min()) - 22.0) if known.size else LEAST_DEPTH[0]
    area = ChartArea(width, HIGH_OF_DEPTH, 22, _right_room(width), _lasts(shown.t), (low, LEAST_DEPTH[1]))
    parts = [*_bands(area, reps), *_y_axis(area, 30, tell("curve.depth_short"))]
    parts += [*_level(area, 0.0, tell("curve.parallel")), *_x_axis(area, tell("curve.seconds"))]
    path = _path(area, shown.t, shown.elevation)
    parts.append(f'<path d="{path}" fill="none" stroke="{INK}" stroke-width="1.6" stroke-linejoin="round"/>')
    room = _room(area, reps)
    for rep in reps:
        if rep.depth_deg is None:
            continue
        x, y = area.x(rep.bottom_s), area.at(rep.depth_deg)
        parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{INK}"/>')
        if room > 2 * SIGN_ROOM:
            parts.append(_text(x, y + 15, f"{round(rep.depth_deg):+d}°", "middle", "halo"))
    return _svg(area, tell("curve.depth"), parts)


# -- what a chart is made of


def _right_room(width: int) -> int:
    return RIGHT_ROOM if width >= PAPER else RIGHT_ROOM_OF_PHONE


def _lasts(t: F64) -> tuple[float, float]:
    return float(t[0]), max(float(t[-1]), float(t[0]) + 1e-3)


def _svg(area: ChartArea, says: str, parts: Sequence[str]) -> str:
    inside = "".join(parts)
    return (
        f'<svg viewBox="0 0 {area.width} {area.height}" role="img" aria-label="{escape(says)}">{inside}</svg>'
    )


def _text(x: float, y: float, text: str, anchor: str = "start", kind: str = "") -> str:
    named = f' class="{kind}"' if kind else ""
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"{named}>{escape(text)}</text>'


def _line(x0: float, y0: float, x1: float, y1: float, colour: str, dashes: str = "") -> str:
    dashed = f' stroke-dasharray="{dashes}"' if dashes else ""
    ends = f'x1="{x0:.1f}" y1="{y0:.1f}" x2="{x1:.1f}" y2="{y1:.1f}"'
    return f'<line {ends} stroke="{colour}" stroke-width="1"{dashed}/>'


def _area(x: float, y: float, width: float, height: float, colour: str, opacity: float = 1.0) -> str:
    box = f'x="{x:.1f}" y="{y:.1f}" width="{max(0.0, width):.1f}" height="{max(0.0, height):.1f}"'
    return f'<rect {box} fill="{colour}" fill-opacity="{opacity:g}"/>'


def _bands(area: ChartArea, reps: Sequence[Rep]) -> Iterator[str]:
    """Repetitions are shaded and numbered."""
    room = _room(area, reps)
    every = max(1, math.ceil(NUMBER_ROOM * len(str(len(reps))) / max(room, 0.1)))
    for k, rep in enumerate(reps):
        left, right = area.x(rep.start_s), area.x(rep.end_s)
        yield _area(left, area.top, right - left, area.at(area.y[0]) - area.top, BAND)
        if k % every == 0:
            yield _text((left + right) / 2, 13, str(rep.n), "middle", "strong")


def _room(area: ChartArea, reps: Sequence[Rep]) -> float:
    """Pixels from one repetition to the next."""
    if len(reps) < 2:
        return float(area.width)
    return float(np.median(np.diff([area.x(rep.bottom_s) for rep in reps])))


def _limits(area: ChartArea, limits: Thresholds, tell: Words) -> Iterator[str]:
    left, wide = area.x(area.t[0]), area.x(area.t[1]) - area.x(area.t[0])
    for verdict, low, high, strength in (
        (Verdict.CAUTION, limits.caution_deg, limits.off_track_deg, 0.3),
        (Verdict.OFF_TRACK, limits.off_track_deg, area.y[1], 0.14),
    ):
        yield _area(
            left,
            area.at(high),
            wide,
            area.at(low) - area.at(high),
            hexadecimal(COLOUR[verdict]),
            strength,
        )
        up = 4 if verdict is Verdict.CAUTION else -3
        yield from _level(area, low, f"{tell(f'verdict.{verdict.value}')} {tell.decimal(low)}°", aside=up)
    yield from _level(area, 0.0, tell("curve.own_line"))


def _level(area: ChartArea, y: float, words: str, aside: float = 4) -> Iterator[str]:
    """A broken line across at y, and where there is room beside it what it is."""
    right = area.x(area.t[1])
    yield _line(area.x(area.t[0]), area.at(y), right, area.at(y), QUIET, "2 3")
    if area.right == RIGHT_ROOM:
        yield _text(right + 5, area.at(y) + aside, words)


def _verdicts(area: ChartArea, reps: Sequence[Rep], tell: Words) -> Iterator[str]:
    """A row a leg: the sign of every repetition."""
    if _room(area, reps) < SIGN_ROOM:
        return
    for side in SIDES:
        y = SIGN_ROWS[side]
        yield _text(LEFT_ROOM - 8, y + 4, tell(f"table.{side}_letter"), "end", side)
        for rep in reps:
            x = area.x((rep.start_s + rep.end_s) / 2)
            yield sign(getattr(rep, side).verdict, x, y)


def _y_axis(area: ChartArea, step: int, words: str) -> Iterator[str]:
    first, last = math.ceil(area.y[0] / step), math.floor(area.y[1] / step)
    for k in range(first, last + 1):
        y = area.at(k * step)
        yield _line(LEFT_ROOM - 4, y, LEFT_ROOM, y, QUIET)
        yield _text(LEFT_ROOM - 7, y + 4, f"{k * step:d}", "end", "quiet")
    yield _line(LEFT_ROOM, area.top, LEFT_ROOM, area.at(area.y[0]), GRID)
    middle = (area.top + area.at(area.y[0])) / 2
    yield (
        f'<text class="quiet" text-anchor="middle" transform="translate(11 {middle:.1f}) rotate(-90)">'
        f"{escape(words)}</text>"
    )


def _x_axis(area: ChartArea, words: str) -> Iterator[str]:
    low, high = area.t
    foot = area.at(area.y[0])
    yield _line(LEFT_ROOM, foot, area.x(high), foot, GRID)
    step = _step(high - low, (area.x(high) - area.x(low)) / SPACE_OF_TICKS)
    for k in range(math.ceil(low / step), math.floor(high / step) + 1):
        x = area.x(k * step)
        yield _line(x, foot, x, foot + 4, QUIET)
        yield _text(x, foot + 16, f"{k * step:g}", "middle", "quiet")
    yield _text((LEFT_ROOM + area.x(high)) / 2, foot + 31, words, "middle", "quiet")


def _step(lasts: float, most: float) -> float:
    """Seconds from tick to tick: 1, 2 or 5 of something."""
    rough = lasts / max(most, 1.0)
    ten = 10.0 ** math.floor(math.log10(max(rough, 1e-3)))
    return next(ten * k for k in (1, 2, 5, 10) if ten * k >= rough)


def _path(area: ChartArea, t: F64, values: F64) -> str:
    """A curve, broken where nothing is known, and where it leaves the axis, as it may between repetitions; of
    many frames on one pixel the lowest and the highest."""
    pieces, pen_up = [], True
    for i in _kept(values, 2 * area.width):
        value = float(values[i])
        if not area.y[0] <= value <= area.y[1]:
            pen_up = True
            continue
        pieces.append(f"{'M' if pen_up else 'L'}{area.x(float(t[i])):.1f} {area.at(value):.1f}")
        pen_up = False
    return "".join(pieces)


def _kept(values: F64, most: int) -> list[int]:
    """Indices that are drawn: all, or of every so many the lowest and the highest, and where a gap begins."""
    count = len(values)
    if count <= most:
        return list(range(count))
    every = math.ceil(2 * count / most)
    kept: set[int] = set()
    for begin in range(0, count, every):
        part = values[begin : begin + every]
        known = np.flatnonzero(np.isfinite(part))
        if known.size:
            kept |= {begin + int(known[np.argmin(part[known])]), begin + int(known[np.argmax(part[known])])}
        if known.size < len(part):
            kept.add(begin + int(np.flatnonzero(~np.isfinite(part))[0]))
    return sorted(kept)
