"""The report and the annotated video in a real browser, opened from a file as whoever was sent them would."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import simulate
from judged import MADE
from patience import PATIENCE_S

from mirror.coach.summary import summarise
from mirror.coach.words import languages
from mirror.knees.analysis import Analysis
from mirror.report.annotate import annotate
from mirror.report.compare import compare, set_of_reps
from mirror.report.html_report import ReportedSet, report_html
from mirror.report.stills import stills

CHROMIUM = shutil.which("chromium")
if CHROMIUM is None:
    pytest.skip("there is no Chromium here (apt install chromium)", allow_module_level=True)
sync_api = pytest.importorskip(
    "playwright.sync_api", reason="playwright is not installed (pip install 'squat-mirror[browser]')"
)

FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--autoplay-policy=no-user-gesture-required",
]  # fmt: skip
PHONE, DESK = (390, 844), (1000, 800)
A4_INSIDE_PX = 680
"""Between the margins: 180 mm at 96 pixels an inch."""


class Reader:
    """A browser's page, what it asked for and what it complained of."""

    def __init__(self, page: Any) -> None:
        self.page = page
        self.asked: list[str] = []
        self.faults: list[str] = []
        page.on("request", lambda request: self.asked.append(request.url))
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        page.on("console", lambda message: self.faults.append(message.text))

    def opens(self, file: Path, size: tuple[int, int]) -> Reader:
        self.page.set_viewport_size({"width": size[0], "height": size[1]})
        self.page.goto(file.as_uri())
        return self

    def overflow(self) -> int:
        return int(self.page.evaluate("document.documentElement.scrollWidth - window.innerWidth"))

    def of_video(self, what: str) -> Any:
        return self.page.evaluate(f"document.querySelector('video').{what}")


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def reader(chromium: Any) -> Iterator[Reader]:
    page = chromium.new_page()
    yield Reader(page)
    page.close()


@pytest.fixture(scope="module")
def one(sim: simulate.Simulated, found: Analysis) -> ReportedSet:
    grey = np.full((*sim.image_size, 3), 90, np.uint8)
    source = {"file": "<b>clip</b>.mp4", "kind": "video", "frames": len(sim.t), "duration_s": 9.6}
    summary = summarise(found.reps, None, found.why_unknown)
    drawn = stills((grey for _ in sim.t), found, sim.keypoints)
    return ReportedSet(found, summary, source, MADE, 1.72, drawn)


@pytest.mark.parametrize("language", languages())
def test_opened_from_a_file_it_asks_for_nothing_complains_of_nothing_and_fits_a_phone(
    reader: Reader, one: ReportedSet, tmp_path: Path, language: str
) -> None:
    file = tmp_path / "report.html"
    file.write_text(report_html([one], language), "utf-8")
    for size in (PHONE, DESK):
        reader.opens(file, size)
        assert reader.overflow() <= 0, f"{language}, {size[0]} px"
    assert reader.asked
    assert {url for url in reader.asked if not url.startswith("data:")} == {file.as_uri()}
    assert reader.faults == []
    assert reader.page.locator("h2.name").inner_text() == "<b>clip</b>.mp4"
    sizes = "els => els.map((el) => el.getBBox().width > 0)"
    assert reader.page.locator(".stills image").evaluate_all(sizes) == [True] * 3
    colour = "getComputedStyle(document.querySelector('.quiet')).color"
    assert reader.page.evaluate(colour) == "rgb(85, 85, 85)", "its own style is let in"


def test_a_script_in_the_page_would_not_run(reader: Reader, one: ReportedSet, tmp_path: Path) -> None:
    file = tmp_path / "report.html"
    text = report_html([one], "en").replace("<footer>", "<script>document.title='run'</script><footer>")
    file.write_text(text, "utf-8")
    reader.opens(file, DESK)
    assert reader.page.title() == "Squat report: <b>clip</b>.mp4"
    assert any("Content Security Policy" in fault for fault in reader.faults)


def test_on_paper_nothing_is_wider_than_the_page_and_charts_are_the_wide_ones(
    reader: Reader, one: ReportedSet, tmp_path: Path
) -> None:
    other = replace(one, source=one.source | {"file": "b.mp4"})
    compared = compare(*(set_of_reps("x", None, found.analysis) for found in (one, other)))
    for name, sets, both in (("one", [one], None), ("two", [one, other], compared)):
        file = tmp_path / f"{name}.html"
        file.write_text(report_html(sets, "de", both), "utf-8")
        reader.page.emulate_media(media="print")
        reader.opens(file, (A4_INSIDE_PX, 900))
        assert reader.overflow() <= 0, name
        assert reader.page.locator(".on-phone:visible").count() == 0
    assert reader.page.pdf(prefer_css_page_size=True).startswith(b"%PDF")
    assert reader.faults == []


def test_the_annotated_video_plays(
    reader: Reader, sim: simulate.Simulated, found: Analysis, tmp_path: Path
) -> None:
    video, page = tmp_path / "seen.mp4", tmp_path / "player.html"
    small = [np.full((160, 120, 3), 60 + 2 * (i % 60), np.uint8) for i in range(len(sim.t))]
    annotate(iter(small), found, sim.keypoints, 30.0, video)
    page.write_text('<!doctype html><link rel="icon" href="data:,"><video src="seen.mp4" muted></video>')
    reader.opens(page, DESK)
    assert reader.of_video("play() && null") is None
    deadline = time.monotonic() + PATIENCE_S
    while reader.of_video("currentTime") < 0.2:
        assert time.monotonic() < deadline, reader.of_video("error")
        reader.page.wait_for_timeout(20)
    assert reader.of_video("error") is None
    assert reader.of_video("duration") == pytest.approx(found.t[-1] - found.t[0], abs=0.1)
    assert (reader.of_video("videoWidth"), reader.of_video("videoHeight")) == (120, 160)
    assert reader.faults == []
