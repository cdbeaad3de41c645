"""The report: all on one page, in four languages, whatever a file is called; nothing is let in or out."""

from __future__ import annotations

import base64
import hashlib
import re
import tomllib
from dataclasses import replace
from html.parser import HTMLParser
from typing import Any

import cv2
import numpy as np
import pytest
import simulate
from coach.claims import FORBIDDEN
from judged import MADE, judged
from report_sets import GOOD, LEFT, simulated

from mirror.coach.mark_style import COLOUR
from mirror.coach.summary import summarise
from mirror.coach.words import languages, words
from mirror.knees.analysis import Analysis
from mirror.knees.judge import Thresholds
from mirror.knees.reading import Movement, OtherMovement, Rep, Verdict
from mirror.report.annotate import moments
from mirror.report.compare import compare, set_of_reps
from mirror.report.curves import PAPER, PHONE, depth_chart, deviation_chart, sign, span_deg
from mirror.report.html_report import ReportedSet, report_html
from mirror.report.stills import MOST, stills
from mirror.report.traces import traces
from mirror.report.words import FOLDER, report_words

LIMITS = Thresholds()
HOSTILE = '"><script>alert(1)</script><img src=x onerror=alert(2)>\u202efdp.mp4\x1b[31m\n{{ 7*7 }}'
SOURCE = {
    "file": "clip.mp4", "kind": "video", "frames": 290, "duration_s": 9.633, "image_size": [640, 480],
    "model": "lightning",
}  # fmt: skip


class Text(HTMLParser):
    """What a person reads of a page, and the elements and attributes it is made of."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self.elements: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self._open: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.elements.append(tag)
        self.attributes += [(name, value or "") for name, value in attributes]
        self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop() != tag:
            pass

    def handle_data(self, text: str) -> None:
        if self._open[-1:] != ["style"] and text.strip():
            self.words.append(text.strip())

    @property
    def told(self) -> str:
        return " ".join(" ".join(self.words).split())


def reported(found: Analysis, **source: Any) -> ReportedSet:
    summary = summarise(found.reps, None, found.why_unknown, others=found.others)
    return ReportedSet(found, summary, SOURCE | source, MADE)


def page(found: Analysis, language: str = "en", **source: Any) -> Text:
    return Text(report_html([reported(found, **source)], language))


# -- what is on it


def test_the_summary_comes_first_then_every_repetition_with_both_legs(found: Analysis) -> None:
    told = page(found).told
    assert told.index("3 squats") < told.index("Every repetition") < told.index("Over time")
    table = told[told.index("Down / up, s") : told.index("Degrees: + is inward")]
    leg = r"(good|off track) line ([+-]\d+)° toes ([+-]\d+)°"
    rows = re.findall(rf"(\d) {leg} {leg}", table)
    assert [(n, left, right) for n, left, _, _, right, _, _ in rows] == [
        ("1", "good", "good"), ("2", "off track", "good"), ("3", "off track", "off track"),
    ]  # fmt: skip
    assert [int(row[2]) for row in rows] == [round(rep.left.inside_own_track_deg or 99) for rep in found.reps]
    assert [int(row[3]) for row in rows] == [round(rep.left.deep_deviation_deg or 99) for rep in found.reps]
    assert len(re.findall(r"parallel [+-]\d+° \d\.\d / \d\.\d", table)) == 3


def test_a_verdict_is_a_shape_and_a_word_never_a_colour_alone() -> None:
    shapes = {re.match(r"<(\w+)", sign(verdict)).group(1) for verdict in Verdict}  # type: ignore[union-attr]
    assert shapes == {"circle", "polygon", "rect", "text"}
    for language in languages():
        tell = report_words(language)
        assert len({tell(f"verdict.{verdict.value}") for verdict in Verdict}) == 4


def test_limits_settings_and_bytes_are_told_and_that_it_is_no_diagnosis(found: Analysis) -> None:
    told = page(found).told
    assert told.count("This is a coaching aid, not a diagnosis. Coaching only.") == 2
    assert "more than 3.5° inside that line, and at least 65 % sure" in told
    assert f"SHA-256 {'ab' * 32}" in told
    assert f"lightning, SHA-256 {'cd' * 32}" in told
    assert "camera.hfov_deg = 66.0" in told
    assert "Squat Mirror 9.8.7" in told
    assert "Made on 2026-11-28 17:05 UTC" in told
    assert "One camera sees only the sum" in told


def test_every_unknown_is_told_with_its_reason_and_its_repetitions(sim: simulate.Simulated) -> None:
    found = judged(simulated(GOOD), toes=False)
    others = (OtherMovement(Movement.LIFT, 0.0, 1.0),)
    told = page(replace(found, others=others), truncated=True, view_changed_s=7.25).told
    unknown = told[told.index("What is not known") : told.index("How this was measured")]
    why = "no foot direction: name a good repetition with --reference N"
    assert f"Left knee, repetition 1: {why}." in unknown
    assert f"Right knee, repetition 1: {why}." in unknown
    assert "1 × lift from the floor" in unknown
    assert "cut off" in unknown
    assert "From second 7.2 on" in unknown
    assert "Where the feet point was not known" in told
    assert "line +" not in told


def test_what_is_only_assumed_of_the_camera_is_told(found: Analysis) -> None:
    camera = replace(found.camera, how_known=(("hfov", "assumed"), ("tilt", "assumed")))
    assert "was assumed" not in page(found).told
    told = page(replace(found, camera=camera)).told
    assert f"How far the camera looks down was assumed ({camera.tilt_deg:.1f}°)" in told
    assert "field of view was assumed" in told


def test_what_was_done_to_the_pictures_is_told(found: Analysis) -> None:
    done = {"black_bars_px": [328, 0, 328, 0], "rotated_deg": 90, "mirrored": True}
    assert "black bars left out, turned clockwise by 90°, flipped" in page(found, **done).told
    assert "Picture" not in page(found, black_bars_px=None, rotated_deg=0, mirrored=False).told


def test_a_set_in_which_nobody_squatted_is_a_page_too(sim: simulate.Simulated) -> None:
    still = simulate.simulate([simulate.Stand(2.0)])
    told = page(judged(still)).told
    assert "No repetition was counted." in told
    assert "Knee against its own line" not in told, "an empty chart says nothing"


def test_what_is_no_squat_is_told_once_where_nothing_else_was_seen(found: Analysis) -> None:
    others = (OtherMovement(Movement.JUMP, 0.0, 1.0),)
    told = page(replace(found, reps=[], others=others)).told
    assert told.count("1 × jump") == 1


@pytest.mark.parametrize("language", languages())
def test_it_is_in_the_language_asked_for_and_in_no_other(found: Analysis, language: str) -> None:
    text = report_html([reported(found)], language)
    assert f'<html lang="{language}">' in text
    told, say, tell = Text(text).told, words(language), report_words(language)
    assert say.line(reported(found).summary.sentence) in told
    for name in ("page.no_diagnosis", "table.left", "curve.depth", "limit.found", "method.own_line"):
        assert tell(name) in told, name
    if language != "en":
        english = report_words("en")
        assert english("limit.found") not in told
        assert english("table.left") not in told
    if language in ("de", "es"):
        assert "3,5°" in told
        assert "3.5°" not in told


def test_a_country_s_language_and_one_without_words_are_told_in_what_there_is(found: Analysis) -> None:
    assert '<html lang="de">' in report_html([reported(found)], "de_AT")
    assert '<html lang="en">' in report_html([reported(found)], "xx")


# -- two sets


def test_two_sets_are_side_by_side_on_one_scale_with_what_differs_first(found: Analysis) -> None:
    other = judged(simulated(LEFT, LEFT, LEFT))
    sets = [reported(found, file="flat.mp4"), reported(other, file="plates.mp4")]
    compared = compare(*(set_of_reps("x", "lightning", one.analysis) for one in sets))
    text = report_html(sets, "en", compared)
    told = Text(text).told
    assert told.index("What differs") < told.index("Set A: flat.mp4") < told.index("Set B: plates.mp4")
    assert re.search(r"Left knee: (\d+° further (in|out) )?", told)
    assert "Two sets show what differs, not why." in told
    assert re.search(r"Left knee, mean \+\d+° \+\d+° [+-]\d+°", told)
    axes = [re.findall(r'text-anchor="end" class="quiet">(-?\d+)<', chart) for chart in charts(text)]
    assert axes[0] == axes[2], "both deviation charts are of one scale"
    assert len(charts(text)) == 4


def charts(text: str) -> list[str]:
    return re.findall(r'<svg viewBox="0 0 \d+ \d+" role="img" aria-label="(?:Knee|Thighs).*?</svg>', text)


@pytest.mark.parametrize("language", languages())
def test_what_differs_is_told_in_every_language(found: Analysis, language: str) -> None:
    sets = [reported(found), reported(judged(simulated(LEFT, LEFT, GOOD)))]
    compared = compare(*(set_of_reps("x", "lightning", one.analysis) for one in sets))
    told = Text(report_html(sets, language, compared)).told
    assert words(language)("compare.not_why") in told
    assert report_words(language)("apart.difference") in told


# -- curves


def test_a_curve_is_broken_where_nothing_is_known(found: Analysis) -> None:
    shown, tell = traces(found), report_words("en")
    chart = deviation_chart(shown, found.reps, LIMITS, span_deg(shown, found.reps, LIMITS), PAPER, tell)
    left, right = re.findall(r'<path d="([^"]+)"', chart)
    for curve, values in ((left, shown.left), (right, shown.right)):
        known = np.isfinite(values)
        assert curve.count("M") == int((known[1:] & ~known[:-1]).sum() + known[0])
        assert "nan" not in curve


def test_the_axis_is_as_long_as_repetitions_need_and_what_leaves_it_between_them_is_not_drawn(
    found: Analysis,
) -> None:
    shown = traces(found)
    before = span_deg(shown, found.reps, LIMITS)
    left = shown.left.copy()
    left[5:8] = 80.0  # somebody walks in
    odd = replace(shown, left=left)
    assert span_deg(odd, found.reps, LIMITS) == before
    one, other = (
        deviation_chart(curves, found.reps, LIMITS, before, PAPER, report_words("en"))
        for curves in (shown, odd)
    )
    assert one == other
    deep = np.argmin(np.abs(found.t - found.reps[0].bottom_s))
    left[deep] = 30.0
    assert span_deg(odd, found.reps, LIMITS)[1] > 30.0


def test_hours_of_frames_are_a_curve_of_a_few_hundred_points_that_keeps_its_peaks(found: Analysis) -> None:
    shown = traces(found)
    many = {name: np.tile(getattr(shown, name), 40) for name in ("left", "right", "elevation")}
    many["left"][3000] = 40.0
    t = np.arange(len(many["left"])) / 30
    long = replace(shown, t=t, **many)
    chart = deviation_chart(long, found.reps, LIMITS, (-10.0, 45.0), PHONE, report_words("en"))
    left = re.findall(r'<path d="([^"]+)"', chart)[0]
    points = [tuple(map(float, point.split())) for point in re.split("[ML]", left)[1:]]
    assert len(points) < 2 * PHONE
    ticks = re.findall(r'y="([\d.]+)" text-anchor="end" class="quiet">(-?\d+)<', chart)
    slope, at = np.polyfit([float(y) - 4 for y, _ in ticks], [int(value) for _, value in ticks], 1)
    assert max(slope * y + at for _, y in points) == pytest.approx(40.0, abs=0.5)


def test_depth_is_marked_at_every_lowest_point(found: Analysis) -> None:
    chart = depth_chart(traces(found), found.reps, PAPER, report_words("en"))
    assert chart.count("<circle") == len(found.reps)
    for rep in found.reps:
        assert f">{round(rep.depth_deg or 0):+d}°<" in chart


# -- stills


@pytest.fixture(scope="module")
def drawn(sim: simulate.Simulated, found: Analysis) -> Any:
    grey = np.full((*sim.image_size, 3), 90, np.uint8)
    return stills((grey for _ in sim.t), found, sim.keypoints)


def test_there_is_a_still_of_every_lowest_moment_with_the_knees_drawn_as_they_were_judged(
    sim: simulate.Simulated, found: Analysis, drawn: Any
) -> None:
    assert [still.n for still in drawn] == [1, 2, 3]
    assert len({(still.height, still.width) for still in drawn}) == 1, "all at one scale"
    marks = moments(found, sim.keypoints, sim.image_size)
    for still, rep in zip(drawn, found.reps, strict=True):
        picture = cv2.imdecode(np.frombuffer(still.jpeg, np.uint8), cv2.IMREAD_COLOR).astype(int)
        assert picture.shape == (still.height, still.width, 3)
        moment = marks[int(np.argmin(np.abs(found.t - rep.bottom_s)))]
        for mark in moment.legs:
            half = picture[:, still.width // 2 :] if mark.outward > 0 else picture[:, : still.width // 2]
            colour = np.array(COLOUR[mark.verdict][::-1])
            assert (np.abs(half - colour).sum(-1) < 60).sum() > 60, (rep.n, mark.side)


def test_a_still_s_letters_are_beside_its_knees_the_person_s_left_on_the_right(drawn: Any) -> None:
    for still in drawn:
        left, right = still.letters
        assert right[0] < still.width / 2 < left[0]
        assert all(0 < x < still.width and 0 < y < still.height for x, y in still.letters)


def test_a_head_above_the_shoulders_is_cut_off(sim: simulate.Simulated, found: Analysis) -> None:
    white = np.full((*sim.image_size, 3), 90, np.uint8)
    top = int(sim.keypoints[:, 5:7, 0].min() * sim.image_size[0])
    white[: max(0, top - 40)] = (255, 255, 255)
    (still, *_) = stills((white for _ in sim.t), found, sim.keypoints)
    picture = cv2.imdecode(np.frombuffer(still.jpeg, np.uint8), cv2.IMREAD_COLOR)
    assert picture[2].mean() < 120


def test_stills_are_so_many_and_the_page_says_of_how_many(sim: simulate.Simulated, found: Analysis) -> None:
    many: list[Rep] = [replace(found.reps[k % 3], n=k + 1) for k in range(MOST + 6)]
    spread = [replace(rep, bottom_s=rep.bottom_s + k / 300) for k, rep in enumerate(many)]
    long = replace(found, reps=spread)
    grey = np.full((*sim.image_size, 3), 90, np.uint8)
    made = stills((grey for _ in sim.t), long, sim.keypoints)
    assert len(made) <= MOST
    told = Text(report_html([replace(reported(long), stills=made)], "en")).told
    assert f"Pictures of the first {len(made)} of {MOST + 6} repetitions." in told


def test_a_recording_has_no_pictures_and_says_so(found: Analysis) -> None:
    assert "A keypoint recording has no pictures." in page(found, kind="keypoint recording").told


# -- what nobody gets in


def test_a_hostile_name_is_text_wherever_it_stands(found: Analysis) -> None:
    hostile = replace(reported(found, file=HOSTILE), made=replace(MADE, settings={"model.name": HOSTILE}))
    sets = [hostile, replace(hostile, made=replace(MADE, model=replace(MADE.model, name=HOSTILE)))]
    compared = compare(*(set_of_reps(HOSTILE, HOSTILE, one.analysis) for one in sets))
    for text in (report_html(sets[:1], "en"), report_html(sets, "en", compared)):
        read = Text(text)
        assert "script" not in read.elements
        assert "img" not in read.elements
        assert not [name for name, _ in read.attributes if name.startswith("on")]
        assert "<script>alert(1)</script>" in read.told
        assert "{{ 7*7 }}" in read.told
        assert "\x1b" not in text
        assert "\u202e" not in text


def test_the_page_asks_nobody_for_anything(sim: simulate.Simulated, found: Analysis, drawn: Any) -> None:
    text = report_html([replace(reported(found), stills=drawn)], "en")
    read = Text(text)
    without_pictures = re.sub(r"base64,[A-Za-z0-9+/=]+", "", text)
    assert not re.search(r"https?:|//\w|@import|url\(", without_pictures)
    named = [value for name, value in read.attributes if name in ("src", "href", "srcset", "action")]
    assert named
    assert all(value.startswith("data:") for value in named)
    assert not {"script", "iframe", "form", "object", "embed"} & set(read.elements)


def test_its_own_policy_lets_in_this_style_and_pictures_it_carries_and_nothing_else(found: Analysis) -> None:
    text = report_html([reported(found)], "en")
    (policy,) = re.findall(r'<meta http-equiv="Content-Security-Policy" content="([^"]+)">', text)
    (style,) = re.findall(r"<style>(.*?)</style>", text, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert policy == (
        f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; base-uri 'none'; form-action 'none'"
    )
    assert "style" not in {name for name, _ in Text(text).attributes}, "the policy would not let it in"


# -- words

ALIKE = {
    "table.left_letter", "table.right_letter", "origin.sha256", "curve.parallel", "origin.frames",
    "origin.metres",
}  # fmt: skip


def flat(language: str) -> dict[str, str]:
    table = tomllib.loads((FOLDER / f"{language}.toml").read_text("utf-8"))
    return {f"{s}.{key}": text for s, entries in table.items() for key, text in entries.items()}


@pytest.mark.parametrize("language", languages())
def test_every_language_has_the_same_words_with_the_same_gaps_and_claims_nothing(language: str) -> None:
    english, here = flat("en"), flat(language)
    assert set(here) == set(english)
    for name, text in here.items():
        assert set(re.findall(r"{\w+}", text)) == set(re.findall(r"{\w+}", english[name])), name
        assert name == "page.no_diagnosis" or not FORBIDDEN[language].search(text), name
        assert text.strip() == text != "", name
    if language != "en":
        left = {name for name, text in here.items() if english[name] == text}
        assert left <= ALIKE
