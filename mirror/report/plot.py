"""An analysis as a picture for paper: deviation, verdicts and depth over time, repetitions numbered.

Left and right differ in colour, line and label; verdicts in colour, height and sign. What is unknown is a
gap, and said. Decides nothing.
"""

from __future__ import annotations

import io
import warnings
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from mirror.faults import PermanentFault
from mirror.knees.analysis import Analysis
from mirror.knees.reading import Rep, RepLeg, Verdict
from mirror.report import palette
from mirror.report.traces import SIDES, Traces, foot_source, runs, traces, unknown_words

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

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
WIDTH_IN, MOST_WIDTH_IN, HEIGHT_IN, DPI = 11.0, 24.0, 7.6, 150
"""A4 across; longer recordings are wider."""
USUAL_S = 45.0
ROOM_FOR_NUMBER_IN, ROOM_FOR_SIGN_IN = 0.62, 0.22
COACHING_ONLY = "Coaching only. If something hurts, stop and ask a professional."


def check_can_plot() -> None:
    """Before any work: raise PermanentFault when matplotlib is not there."""
    try:
        import matplotlib.figure  # noqa: F401 - a second, and an optional dependency
    except ImportError as missing:
        raise PermanentFault(
            "--plot needs matplotlib, which is not installed: pip install 'squat-mirror[analyze]'"
        ) from missing


def plot_png(analysis: Analysis, name: str, limits_deg: tuple[float, float]) -> bytes:
    """The picture as PNG. name: of what was analysed. limits_deg: caution and off-track limits in force."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    figure = draw(analysis, name, limits_deg)
    picture = io.BytesIO()
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Glyph .* missing")  # a file's name may be in any script
        FigureCanvasAgg(figure).print_figure(picture, dpi=DPI, format="png", metadata={"Software": None})
    return picture.getvalue()


def draw(analysis: Analysis, name: str, limits_deg: tuple[float, float]) -> Figure:
    """The figure: axes "deviation", "verdicts" and "depth" from top to bottom, by their labels."""
    from matplotlib.figure import Figure

    shown = traces(analysis)
    lasts = float(shown.t[-1] - shown.t[0])
    width = min(MOST_WIDTH_IN, WIDTH_IN * max(1.0, lasts / USUAL_S))
    figure = Figure(figsize=(width, HEIGHT_IN), facecolor="white")
    rows = figure.subplots(
        3,
        1,
        sharex=True,
        gridspec_kw={
            "height_ratios": (5.0, 1.7, 2.6),
            "hspace": 0.07,
            "left": 0.9 / width,
            "right": 1 - 0.85 / width,
            "top": 0.845,
            "bottom": 0.105,
        },
    )
    for axes, label in zip(rows, ("deviation", "verdicts", "depth"), strict=True):
        _plain(axes, label)
        _bands(axes, analysis.reps)
    _ticks(rows[0])
    rows[0].set_xlim(float(shown.t[0]), float(shown.t[-1]))
    per_rep_in = _room(analysis.reps, lasts, width - 1.75)
    _deviation(rows[0], shown, analysis.reps, limits_deg)
    _numbers(rows[0], analysis.reps, per_rep_in)
    _verdicts(rows[1], shown, analysis.reps, per_rep_in)
    _depth(rows[2], shown, analysis.reps, per_rep_in)
    _words(figure, rows[0], analysis, name)
    return figure


def _plain(axes: Axes, label: str) -> None:
    axes.set_label(label)
    axes.tick_params(colors=QUIET, labelsize=9, length=3)
    axes.ticklabel_format(useOffset=False)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    for side in ("left", "bottom"):
        axes.spines[side].set_color(GRID)


def _ticks(axes: Axes) -> None:
    from matplotlib.ticker import MaxNLocator, MultipleLocator

    axes.xaxis.set_major_locator(MaxNLocator(12, integer=True))
    axes.yaxis.set_major_locator(MultipleLocator(5))


def _room(reps: Sequence[Rep], lasts_s: float, width_in: float) -> float:
    """Inches that a repetition's words may take."""
    if len(reps) < 2:
        return width_in
    apart_s = float(np.median(np.diff([rep.bottom_s for rep in reps])))
    return apart_s / max(lasts_s, 1e-6) * width_in


def _bands(axes: Axes, reps: Sequence[Rep]) -> None:
    """Repetitions are shaded; the reference has an outline as well."""
    for rep in reps:
        axes.axvspan(rep.start_s, rep.end_s, color=BAND, linewidth=0, zorder=0)
        if rep.is_reference:
            for edge in (rep.start_s, rep.end_s):
                axes.axvline(edge, color=QUIET, linewidth=1.0, linestyle=":", zorder=1)


def _numbers(axes: Axes, reps: Sequence[Rep], room_in: float) -> None:
    """Above the shade; of many repetitions every fifth has its number."""
    above: dict[str, Any] = {"va": "bottom", "fontsize": 9.5, "linespacing": 1.05, "color": INK}
    axes.text(-0.008, 1.015, "repetition\n", transform=axes.transAxes, ha="right", **above)
    for rep in reps:
        if room_in < ROOM_FOR_SIGN_IN and rep.n % 5 and not rep.is_reference:
            continue
        reference = rep.is_reference and room_in >= ROOM_FOR_NUMBER_IN
        axes.text(
            (rep.start_s + rep.end_s) / 2,
            1.015,
            f"{rep.n}\nreference" if reference else f"{rep.n}*" if rep.is_reference else f"{rep.n}\n",
            transform=axes.get_xaxis_transform(),
            ha="center",
            **above,
        )


def _deviation(axes: Axes, shown: Traces, reps: Sequence[Rep], limits_deg: tuple[float, float]) -> None:
    caution, off_track = limits_deg
    low, high = _span(shown, off_track)
    axes.set_ylim(low, high)
    for begin, end, verdict, strength in (
        (caution, off_track, Verdict.CAUTION, 0.28),
        (off_track, high, Verdict.OFF_TRACK, 0.13),
    ):
        colour = palette.hexadecimal(palette.COLOUR[verdict])
        axes.axhspan(begin, end, color=colour, alpha=strength, linewidth=0, zorder=0.5)
        axes.axhline(begin, color=QUIET, linewidth=1.0, linestyle=(0, (1, 2)), zorder=1)
        axes.annotate(
            f"{WORD[verdict]}\n{begin:g}°" if verdict is Verdict.OFF_TRACK else f"{WORD[verdict]} {begin:g}°",
            (1.0, begin),
            xycoords=("axes fraction", "data"),
            xytext=(5, 0),
            textcoords="offset points",
            va="bottom" if verdict is Verdict.OFF_TRACK else "center",
            fontsize=9,
            color=INK,
        )
    axes.axhline(0.0, color=QUIET, linewidth=0.8, zorder=1)
    axes.annotate(
        "over the\ntoes 0°",
        (1.0, 0.0),
        xycoords=("axes fraction", "data"),
        xytext=(5, 0),
        textcoords="offset points",
        va="center",
        fontsize=9,
        color=QUIET,
    )
    for side in SIDES:
        axes.plot(shown.t, getattr(shown, side), label=side, zorder=3, **LINE[side])
    axes.set_ylabel("knee against its toes, degrees\n← outward     inward →", fontsize=10, color=INK)
    _name_the_legs(axes, shown, reps)


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


def _verdicts(axes: Axes, shown: Traces, reps: Sequence[Rep], room_in: float) -> None:
    """A row a leg: a sign and the largest deviation for every repetition, a bar for every moment judged."""
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
                facecolor=palette.hexadecimal(palette.COLOUR[verdict]),
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
    told = f"{round(leg.deviation_deg):+d}°" if leg.deviation_deg is not None else ""
    told = told if room_in >= ROOM_FOR_NUMBER_IN else ""
    axes.annotate(
        told,
        (middle, y),
        xytext=(1, 0),
        textcoords="offset points",
        ha="left",
        va="center",
        fontsize=9.5,
        color=INK,
    )
    shift = axes.transData + _points(axes, -7 if told else 0)
    axes.plot(
        [middle],
        [y],
        marker=SIGN[leg.verdict],
        markersize=7.5,
        linestyle="none",
        transform=shift,
        zorder=4,
        **_filled(leg.verdict),
    )


def _filled(verdict: Verdict) -> dict[str, Any]:
    """Colours of a sign: the verdict's with a dark edge; a question mark is all grey."""
    if verdict is Verdict.UNKNOWN:
        return {"markerfacecolor": QUIET, "markeredgecolor": QUIET, "markeredgewidth": 0.4}
    colour = palette.hexadecimal(palette.COLOUR[verdict])
    return {"markerfacecolor": colour, "markeredgecolor": INK, "markeredgewidth": 0.8}


def _points(axes: Axes, dx: float) -> Any:
    from matplotlib.transforms import ScaledTranslation

    return ScaledTranslation(dx / 72, 0, axes.figure.dpi_scale_trans)


def _depth(axes: Axes, shown: Traces, reps: Sequence[Rep], room_in: float) -> None:
    known = shown.elevation[np.isfinite(shown.elevation)]
    low = min(-25.0, float(known.min()) - 32.0) if known.size else -25.0
    axes.set_ylim(low, 95.0)
    axes.set_yticks([y for y in (-60, -30, 0, 30, 60, 90) if y >= low])
    axes.axhline(0.0, color=QUIET, linewidth=1.0, linestyle=(0, (1, 2)), zorder=1)
    axes.annotate(
        "parallel 0°",
        (1.0, 0.0),
        xycoords=("axes fraction", "data"),
        xytext=(5, 0),
        textcoords="offset points",
        va="center",
        fontsize=9,
        color=INK,
    )
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


def _words(figure: Figure, axes: Axes, analysis: Analysis, name: str) -> None:
    left = axes.get_position().x0
    plain: dict[str, Any] = {"parse_math": False, "ha": "left", "va": "top"}  # a file's name is no formula
    figure.text(left, 0.975, name, fontsize=14, fontweight="bold", color=INK, **plain)
    told = f"Direction of the feet: {foot_source(analysis)}. Left and right are the person's own."
    figure.text(left, 0.935, told, fontsize=10, color=QUIET, **plain)
    figure.text(left, 0.028, COACHING_ONLY, fontsize=8.5, color=QUIET, **(plain | {"va": "center"}))
    _signs(figure, axes.get_position().x1)
    why = unknown_words(analysis)
    if why:
        axes.text(
            0.5,
            0.93,
            why,
            transform=axes.transAxes,
            ha="center",
            va="top",
            fontsize=11,
            fontweight="bold",
            color=INK,
            parse_math=False,
            bbox={"boxstyle": "round,pad=0.5", "facecolor": "white", "edgecolor": QUIET},
            zorder=6,
        )


def _signs(figure: Figure, right: float) -> None:
    """What the signs mean, in a line at the foot."""
    from matplotlib.lines import Line2D

    handles = [
        Line2D(
            [],
            [],
            linestyle="none",
            marker=SIGN[verdict],
            markersize=7.5,
            label=word,
            **_filled(verdict),
        )
        for verdict, word in WORD.items()
    ]
    figure.legend(
        handles=handles,
        loc="center right",
        bbox_to_anchor=(right, 0.028),
        ncols=len(handles),
        frameon=False,
        fontsize=9,
        handletextpad=0.1,
        columnspacing=1.2,
        borderaxespad=0.0,
    )
