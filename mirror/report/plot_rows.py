"""The rows of the plot: deviation, verdicts and depth over time, each drawn on axes of its own.

Knows matplotlib's axes and what an analysis shows; the page round them is plot.py's.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from mirror.coach.mark_style import COLOUR
from mirror.knees.reading import Rep, RepLeg, Verdict
from mirror.report import palette
from mirror.report.traces import SIDES, Traces, runs

if TYPE_CHECKING:
    from matplotlib.axes import Axes

INK, QUIET, GRID, BAND = "#111111", "#555555", "#D9D9D9", "#F0F0F0"
LINE: dict[str, dict[str, Any]] = {
    "left": {"color": palette.hexadecimal(palette.LEFT), "linestyle": "-", "linewidth": 2.2},
    "right": {"color": palette.hexadecimal(palette.RIGHT), "linestyle": (0, (3.2, 1.3)), "linewidth": 1.8},
}
SIGN = {Verdict.GOOD: "o", Verdict.CAUTION: "^", Verdict.OFF_TRACK: "s", Verdict.UNKNOWN: "$?$"}
"""The same signs as in the table."""
BAR = {Verdict.GOOD: 0.22, Verdict.CAUTION: 0.34, Verdict.OFF_TRACK: 0.46, Verdict.UNKNOWN: 0.0}
"""Height of a verdict's bar, of the leg's row: worse is taller, for print in grey."""
WORD = {
    Verdict.GOOD: "good",
    Verdict.CAUTION: "caution",
    Verdict.OFF_TRACK: "off track",
    Verdict.UNKNOWN: "unknown",
}
LEAST_SPAN_DEG = (-5.0, 12.0)
"""The deviation axis shows at least this, so that sets can be laid side by side."""
ROOM_FOR_NUMBER_IN, ROOM_FOR_SIGN_IN = 0.62, 0.22


def draw_deviation(axes: Axes, shown: Traces, reps: Sequence[Rep], limits_deg: tuple[float, float]) -> None:
    caution, off_track = limits_deg
    low, high = _span(shown, off_track)
    axes.set_ylim(low, high)
    for begin, end, verdict, strength in (
        (caution, off_track, Verdict.CAUTION, 0.28),
        (off_track, high, Verdict.OFF_TRACK, 0.13),
    ):
        colour = palette.hexadecimal(COLOUR[verdict])
        axes.axhspan(begin, end, color=colour, alpha=strength, linewidth=0, zorder=0.5)
        axes.axhline(begin, color=QUIET, linewidth=1.0, linestyle=(0, (1, 2)), zorder=1)
        if verdict is Verdict.OFF_TRACK:
            _beside(axes, f"{WORD[verdict]}\n{begin:g}°", begin, va="bottom")
        else:
            _beside(axes, f"{WORD[verdict]} {begin:g}°", begin)
    axes.axhline(0.0, color=QUIET, linewidth=0.8, zorder=1)
    _beside(axes, "own\nline 0°", 0.0, color=QUIET)
    for side in SIDES:
        axes.plot(shown.t, getattr(shown, side), label=side, zorder=3, **LINE[side])
    axes.set_ylabel("knee against its own line, degrees\n← outward     inward →", fontsize=10, color=INK)
    _name_the_legs(axes, shown, reps)


def _beside(axes: Axes, text: str, y: float, *, va: str = "center", color: str = INK) -> None:
    """Words to the right of the axes, at the height of y."""
    axes.annotate(
        text,
        (1.0, y),
        xycoords=("axes fraction", "data"),
        xytext=(5, 0),
        textcoords="offset points",
        va=va,
        fontsize=9,
        color=color,
    )


def _span(shown: Traces, off_track: float) -> tuple[float, float]:
    """Lowest and highest of the deviation axis."""
    both = np.concatenate([shown.left, shown.right])
    both = both[np.isfinite(both)]
    low, high = LEAST_SPAN_DEG[0], max(LEAST_SPAN_DEG[1], off_track + 3.0)
    if both.size:
        low, high = min(low, float(both.min()) - 1.0), max(high, float(both.max()) + 3.5)
    return low, high


def _name_the_legs(axes: Axes, shown: Traces, reps: Sequence[Rep]) -> None:
    """Each curve's name beside it, where it is furthest from the other one."""
    taken: set[int] = set()
    for side, other in (SIDES, SIDES[::-1]):
        best: tuple[float, int, int] | None = None
        for k, rep in enumerate(reps):
            inside = np.flatnonzero((shown.t >= rep.start_s) & (shown.t <= rep.end_s))
            apart = getattr(shown, side)[inside] - getattr(shown, other)[inside]
            if k in taken or not np.isfinite(apart).any():
                continue
            i = int(np.nanargmax(apart))
            if best is None or apart[i] > best[0]:
                best = float(apart[i]), int(inside[i]), k
        if best is None:
            _name_alone(axes, shown, side)
            continue
        taken.add(best[2] if len(reps) > 1 else -1)
        _name(axes, shown, side, best[1], above=best[0] > 0)


def _name_alone(axes: Axes, shown: Traces, side: str) -> None:
    """Where no repetition shows both legs: at the curve's own highest point, if it has any."""
    curve = getattr(shown, side)
    if np.isfinite(curve).any():
        _name(axes, shown, side, int(np.nanargmax(curve)), above=True)


def _name(axes: Axes, shown: Traces, side: str, i: int, *, above: bool) -> None:
    axes.annotate(
        side,
        (float(shown.t[i]), float(getattr(shown, side)[i])),
        xytext=(0, 16 if above else -16),
        textcoords="offset points",
        ha="center",
        va="bottom" if above else "top",
        fontsize=11,
        fontweight="bold",
        color=LINE[side]["color"],
        arrowprops={"arrowstyle": "-", "color": LINE[side]["color"], "linewidth": 0.9, "shrinkB": 2},
        bbox={"boxstyle": "round,pad=0.12", "facecolor": "white", "edgecolor": "none", "alpha": 0.8},
        zorder=5,
    )


def draw_verdicts(axes: Axes, shown: Traces, reps: Sequence[Rep], room_in: float) -> None:
    """A row a leg: a sign and degrees inside its line for every repetition, a bar for every moment judged."""
    axes.set_ylim(-1.0, 1.0)
    axes.set_yticks([0.5, -0.5], ["left", "right"], fontsize=10.5, fontweight="bold")
    axes.tick_params(axis="y", length=0)
    axes.axhline(0.0, color=GRID, linewidth=0.8)
    for row, side in enumerate(SIDES):
        axes.get_yticklabels()[row].set_color(LINE[side]["color"])
        foot = -float(row) + 0.05
        for begin, end, verdict in runs(shown.t, shown.verdicts[row]):
            axes.broken_barh(
                [(begin, end - begin)],
                (foot, BAR[verdict]),
                facecolor=palette.hexadecimal(COLOUR[verdict]),
                edgecolor=INK if BAR[verdict] else "none",
                linewidth=0.5,
                zorder=2,
            )
        for rep in reps:
            _sign(axes, rep, getattr(rep, side), foot + 0.7, room_in)


def _sign(axes: Axes, rep: Rep, leg: RepLeg, y: float, room_in: float) -> None:
    if room_in < ROOM_FOR_SIGN_IN:
        return
    middle = (rep.start_s + rep.end_s) / 2
    number = "" if leg.inside_own_track_deg is None else f"{round(leg.inside_own_track_deg):+d}°"
    number = number if room_in >= ROOM_FOR_NUMBER_IN else ""
    axes.annotate(
        number,
        (middle, y),
        xytext=(1, 0),
        textcoords="offset points",
        ha="left",
        va="center",
        fontsize=9.5,
        color=INK,
    )
    shift = axes.transData + _points(axes, -7 if number else 0)
    axes.plot(
        [middle],
        [y],
        marker=SIGN[leg.verdict],
        markersize=7.5,
        linestyle="none",
        transform=shift,
        zorder=4,
        **filled(leg.verdict),
    )


def filled(verdict: Verdict) -> dict[str, Any]:
    """Colours of a sign: the verdict's with a dark edge; a question mark is all grey."""
    if verdict is Verdict.UNKNOWN:
        return {"markerfacecolor": QUIET, "markeredgecolor": QUIET, "markeredgewidth": 0.4}
    colour = palette.hexadecimal(COLOUR[verdict])
    return {"markerfacecolor": colour, "markeredgecolor": INK, "markeredgewidth": 0.8}


def _points(axes: Axes, dx: float) -> Any:
    from matplotlib.transforms import ScaledTranslation

    return ScaledTranslation(dx / 72, 0, axes.figure.dpi_scale_trans)


def draw_depth(axes: Axes, shown: Traces, reps: Sequence[Rep], room_in: float) -> None:
    known = shown.elevation[np.isfinite(shown.elevation)]
    low = min(-25.0, float(known.min()) - 32.0) if known.size else -25.0
    axes.set_ylim(low, 95.0)
    axes.set_yticks([y for y in (-60, -30, 0, 30, 60, 90) if y >= low])
    axes.axhline(0.0, color=QUIET, linewidth=1.0, linestyle=(0, (1, 2)), zorder=1)
    _beside(axes, "parallel 0°", 0.0)
    axes.plot(shown.t, shown.elevation, color=INK, linewidth=1.6, zorder=3)
    for rep in reps:
        if rep.depth_deg is None:
            continue
        axes.plot([rep.bottom_s], [rep.depth_deg], marker="v", markersize=5, color=INK, zorder=4)
        if room_in >= ROOM_FOR_NUMBER_IN:
            axes.annotate(
                f"{round(rep.depth_deg):+d}°",
                (rep.bottom_s, rep.depth_deg),
                xytext=(0, -7),
                textcoords="offset points",
                ha="center",
                va="top",
                fontsize=9,
                color=INK,
                bbox={"boxstyle": "round,pad=0.1", "facecolor": BAND, "edgecolor": "none"},
            )
    axes.set_ylabel("thighs above\nparallel, degrees", fontsize=10, color=INK)
    axes.set_xlabel("seconds", fontsize=10, color=INK)
