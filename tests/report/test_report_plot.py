"""The plot: the curves are the analysis', left and right can't be mixed up, and what is unknown is said."""

from __future__ import annotations

import math
import struct
import sys
from dataclasses import replace

import numpy as np
import pytest
import simulate
from judged import judged
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from report_sets import GOOD, simulated

from mirror.coach.mark_style import COLOUR
from mirror.faults import PermanentFault
from mirror.knees.analysis import Analysis
from mirror.knees.reading import Verdict
from mirror.report import palette
from mirror.report.plot import check_can_plot, draw, plot_png
from mirror.report.plot_rows import BAR
from mirror.report.traces import foot_source, runs, traces, unknown_words

LIMITS = (3.5, 6.0)


@pytest.fixture(scope="module")
def with_reference(sim: simulate.Simulated) -> Analysis:
    return judged(sim, reference=1)


@pytest.fixture(scope="module")
def unjudged() -> Analysis:
    """One squat, and nobody saw the feet."""
    return judged(simulated(GOOD), toes=False)


def words(figure: Figure) -> str:
    texts = [text for axes in figure.axes for text in axes.texts] + figure.texts
    return "\n".join(text.get_text() for text in texts)


def axes_of(figure: Figure, label: str):  # type: ignore[no-untyped-def]
    return next(axes for axes in figure.axes if axes.get_label() == label)


def curve(figure: Figure, side: str):  # type: ignore[no-untyped-def]
    return next(line for line in axes_of(figure, "deviation").lines if line.get_label() == side)


# -- what the curves are made of


def test_curves_follow_the_true_deviation_and_end_where_nothing_is_judged(
    sim: simulate.Simulated, found: Analysis
) -> None:
    shown = traces(found)
    assert shown.t == pytest.approx(sim.t)
    for leg, values in enumerate((shown.left, shown.right)):
        judged_there = np.array([pair[leg].judged for pair in found.judgements])
        assert np.array_equal(np.isfinite(values), judged_there)
        assert 0.1 < judged_there.mean() < 0.9  # gaps while standing, curves while squatting
        error = values[judged_there] - sim.delta_deg[judged_there, leg]
        assert np.median(np.abs(error)) < 3.0


def test_left_is_the_person_s_left(found: Analysis) -> None:
    shown = traces(found)
    second = (shown.t > found.reps[1].start_s) & (shown.t < found.reps[1].end_s)
    assert np.nanmax(shown.left[second]) > 10
    assert np.nanmax(shown.right[second]) < 5


def test_depth_is_the_thighs_elevation(sim: simulate.Simulated, found: Analysis) -> None:
    shown = traces(found)
    bent = sim.q > 0.3
    assert np.median(np.abs(shown.elevation - sim.thigh_elevation_deg.mean(1))[bent]) < 8.0


def test_somebody_who_squats_at_once_has_depth_to_draw() -> None:
    squat = replace(simulate.Squat(), rest_s=0.0, hold_s=0.0)
    found = judged(simulate.simulate([squat], noise=simulate.NO_NOISE))
    assert len(found.reps) == 1
    assert found.reps[0].depth_deg is not None
    assert np.isfinite(traces(found).elevation).any()


def test_runs_cover_every_moment_once() -> None:
    verdicts = [Verdict.GOOD, Verdict.GOOD, Verdict.OFF_TRACK, Verdict.UNKNOWN]
    told = list(runs(np.array([0.0, 0.1, 0.2, 0.3]), verdicts))
    assert told == [
        (0.0, 0.2, Verdict.GOOD),
        (0.2, 0.3, Verdict.OFF_TRACK),
        (0.3, pytest.approx(0.4), Verdict.UNKNOWN),
    ]
    assert list(runs(np.array([]), [])) == []


# -- what a person sees


def test_the_curves_drawn_are_those_of_the_analysis(found: Analysis) -> None:
    figure, shown = draw(found, "clip.mp4", LIMITS), traces(found)
    for side in ("left", "right"):
        x, y = curve(figure, side).get_data()
        assert np.array_equal(x, shown.t)
        assert np.array_equal(y, getattr(shown, side), equal_nan=True)


def test_left_and_right_differ_in_colour_line_and_name(found: Analysis, with_reference: Analysis) -> None:
    looks = []
    for analysis in (found, with_reference):
        figure = draw(analysis, "clip.mp4", LIMITS)
        left, right = curve(figure, "left"), curve(figure, "right")
        assert to_hex(left.get_color()) != to_hex(right.get_color())
        assert left.get_linestyle() == "-"
        assert right.get_linestyle() == "--"
        names = {
            text.get_text(): to_hex(text.get_color())
            for text in axes_of(figure, "deviation").texts
            if text.get_text() in ("left", "right")
        }
        assert names == {"left": to_hex(left.get_color()), "right": to_hex(right.get_color())}
        looks.append(names)
    assert looks[0] == looks[1]  # the same in every picture


def test_each_name_stands_by_its_own_curve(found: Analysis) -> None:
    figure, shown = draw(found, "clip.mp4", LIMITS), traces(found)
    at = {text.get_text(): text.xy for text in axes_of(figure, "deviation").texts if hasattr(text, "xy")}
    for side in ("left", "right"):
        t, deviation = at[side]
        i = int(np.argmin(np.abs(shown.t - t)))
        assert deviation == pytest.approx(getattr(shown, side)[i])


def test_limits_in_force_are_drawn_and_named(found: Analysis) -> None:
    figure = draw(found, "clip.mp4", (4.5, 7.0))
    heights = {
        line.get_ydata()[0] for line in axes_of(figure, "deviation").lines if len(line.get_ydata()) == 2
    }
    assert {0.0, 4.5, 7.0} <= heights
    assert "caution 4.5°" in words(figure)
    assert "off track\n7°" in words(figure)


def test_repetitions_are_numbered_and_the_reference_is_named(
    found: Analysis, with_reference: Analysis
) -> None:
    assert {"1\n", "2\n", "3\n"} <= {
        text.get_text() for text in axes_of(draw(found, "", LIMITS), "deviation").texts
    }
    assert "1\nreference" in words(draw(with_reference, "clip.mp4", LIMITS))
    assert "reference" not in words(draw(found, "clip.mp4", LIMITS))


def test_every_repetition_has_its_sign_and_number_for_each_leg(found: Analysis) -> None:
    axes = axes_of(draw(found, "clip.mp4", LIMITS), "verdicts")
    signs = [
        (line.get_ydata()[0] > 0, line.get_marker()) for line in axes.lines if line.get_marker() in "o^s"
    ]
    assert [sign for upper, sign in signs if upper] == ["o", "s", "s"]
    assert [sign for upper, sign in signs if not upper] == ["o", "o", "s"]
    numbers = [text.get_text() for text in axes.texts]
    assert f"{round(found.reps[1].left.inside_own_track_deg or 0):+d}°" in numbers
    assert [label.get_text() for label in axes.get_yticklabels()] == ["left", "right"]


def test_worse_is_taller_so_that_grey_print_still_tells() -> None:
    assert BAR[Verdict.UNKNOWN] == 0 < BAR[Verdict.GOOD] < BAR[Verdict.CAUTION] < BAR[Verdict.OFF_TRACK]


def test_unknown_is_a_gap_and_the_reason_is_told(unjudged: Analysis) -> None:
    figure = draw(unjudged, "clip.mp4", LIMITS)
    assert np.isnan(curve(figure, "left").get_ydata()).all()
    assert "Knees unknown. No foot direction" in words(figure)
    assert "Direction of the feet: not known" in words(figure)
    signs = [line.get_marker() for line in axes_of(figure, "verdicts").lines]
    assert signs.count("$?$") == 2
    assert not {"o", "^", "s"} & set(signs)


def test_some_unknown_is_told_too_and_nothing_when_all_is_known(found: Analysis) -> None:
    hidden = replace(found.reps[1].left, deviation_deg=None, verdict=Verdict.UNKNOWN)
    part = replace(found, reps=[found.reps[0], replace(found.reps[1], left=hidden), found.reps[2]])
    assert unknown_words(part).startswith("Gaps are unknown.")
    assert unknown_words(found) == ""
    assert unknown_words(replace(found, reps=[])) == "No repetition seen."


def test_where_the_feet_are_known_from_is_said(found: Analysis, with_reference: Analysis) -> None:
    assert foot_source(found) == "toes seen while standing"
    assert foot_source(with_reference) == "repetition 1 as the reference, and the toes seen while standing"
    assert foot_source(with_reference) in words(draw(with_reference, "clip.mp4", LIMITS))


@pytest.mark.parametrize("name", ["$x_1$ [b].mp4", "$\\frac$.mp4", "深蹲 ☺.mp4", "a\\b{c.mov"])
def test_a_file_s_name_is_shown_as_it_is(found: Analysis, name: str) -> None:
    assert name in words(draw(found, name, LIMITS))
    assert plot_png(found, name, LIMITS)


def test_a_set_of_very_many_is_not_a_wall_of_numbers(found: Analysis) -> None:
    first = found.reps[0]
    reps = [replace(first, n=n, bottom_s=first.bottom_s + 0.05 * n) for n in range(1, 101)]
    told = words(draw(replace(found, reps=reps), "clip.mp4", LIMITS)).split("\n")
    assert "5" in told
    assert "7" not in told
    assert not [word for word in told if word.startswith("+")]


# -- the file


def test_the_file_is_a_picture_of_a_page_across(found: Analysis) -> None:
    png = plot_png(found, "clip.mp4", LIMITS)
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    width, height = struct.unpack(">II", png[16:24])
    assert width >= 1600
    assert width / height == pytest.approx(math.sqrt(2), abs=0.05)


def test_without_matplotlib_a_sentence_names_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    with pytest.raises(PermanentFault, match=r"squat-mirror\[analyze\]"):
        check_can_plot()


def test_verdicts_have_the_colours_of_the_glass(found: Analysis) -> None:
    bars = axes_of(draw(found, "clip.mp4", LIMITS), "verdicts").collections
    told = {verdict for row in traces(found).verdicts for verdict in row}
    assert {Verdict.GOOD, Verdict.OFF_TRACK} <= told
    drawn = {to_hex(colour) for bar in bars for colour in bar.get_facecolor()}
    assert {to_hex(palette.hexadecimal(COLOUR[verdict])) for verdict in told} <= drawn
    assert not {palette.LEFT, palette.RIGHT} & set(COLOUR.values())
