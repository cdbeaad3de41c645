"""An analysis as a picture for paper: deviation, verdicts and depth over time, repetitions numbered.

Left and right differ in colour, line and label; verdicts in colour, height and sign. What is unknown is a
gap, and said. Decides nothing.
"""

from __future__ import annotations

import io
import os
import warnings
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from mirror.faults import PartMissing
from mirror.knees.analysis import Analysis
from mirror.knees.reading import Rep
from mirror.report.plot_rows import (
    BAND,
    GRID,
    INK,
    QUIET,
    ROOM_FOR_NUMBER_IN,
    ROOM_FOR_SIGN_IN,
    SIGN,
    WORD,
    draw_depth,
    draw_deviation,
    draw_verdicts,
    filled,
)
from mirror.report.traces import foot_source, traces, unknown_words

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

WIDTH_IN, MOST_WIDTH_IN, HEIGHT_IN, DPI = 11.0, 24.0, 7.6, 150
"""A4 across; longer recordings are wider."""
USUAL_S = 45.0
COACHING_ONLY = "Coaching only. If something hurts, stop and ask a professional."


def check_can_plot() -> None:
    """Before any work: raise PartMissing when matplotlib is not there."""
    os.environ["MPLBACKEND"] = "agg"  # a notebook's is none here, and matplotlib would not even begin
    try:
        import matplotlib.figure  # noqa: F401 - a second, and an optional dependency
    except ImportError as missing:
        raise PartMissing(
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
    draw_deviation(rows[0], shown, analysis.reps, limits_deg)
    _numbers(rows[0], analysis.reps, per_rep_in)
    draw_verdicts(rows[1], shown, analysis.reps, per_rep_in)
    draw_depth(rows[2], shown, analysis.reps, per_rep_in)
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


def _words(figure: Figure, axes: Axes, analysis: Analysis, name: str) -> None:
    left = axes.get_position().x0
    plain: dict[str, Any] = {"parse_math": False, "ha": "left", "va": "top"}  # a file's name is no formula
    figure.text(left, 0.975, name, fontsize=14, fontweight="bold", color=INK, **plain)
    feet = f"Direction of the feet: {foot_source(analysis)}. Left and right are the person's own."
    figure.text(left, 0.935, feet, fontsize=10, color=QUIET, **plain)
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
            **filled(verdict),
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
