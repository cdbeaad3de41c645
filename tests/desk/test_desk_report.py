"""`analyze --report`: a page of one input, of two side by side, or a folder; written as every file is."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import simulate

from mirror.camera.black_bars import Part
from mirror.camera.decoded import CLOCKWISE
from mirror.cli import main
from mirror.desk.reporting import reported
from mirror.desk.study import Study, study
from mirror.settings import Settings

GOOD, LEFT = (0.0, 0.0), (14.0, 0.0)


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("recorded")
    for name, deltas in (("a", (GOOD, LEFT)), ("b", (LEFT, LEFT)), ("c", (GOOD,))):
        moves = [simulate.Stand(1.5), *(simulate.Squat(delta=d) for d in deltas), simulate.Stand(1.0)]
        simulate.save_recording(simulate.simulate(moves), folder / f"{name}.npz")
    return folder


@pytest.fixture(autouse=True)
def here(recorded: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for file in recorded.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    monkeypatch.chdir(tmp_path)
    return tmp_path


def said(capsys: pytest.CaptureFixture[str]) -> str:
    err = capsys.readouterr().err
    assert err.count("\n") == 1
    return err


def test_one_input_is_a_page_and_its_name_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["analyze", "a.npz", "--report", "a.html"]) == 0
    text = Path("a.html").read_text("utf-8")
    assert "<title>Squat report: a.npz</title>" in text
    assert "a.npz -> a.html" in capsys.readouterr().out


def test_two_inputs_are_one_page_where_a_page_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["analyze", "a.npz", "b.npz", "--report", "two.html", "--reps", "all.csv"]) == 0
    text = Path("two.html").read_text("utf-8")
    assert text.index("What differs") < text.index("Set A") < text.index("Set B")
    told = capsys.readouterr().out
    assert "a.npz, b.npz -> two.html" in told
    assert "B less A" not in told, "the terminal compares where --compare says so"
    assert len(Path("all.csv").read_text().splitlines()) == 1 + 8, "the table of all is written, too"


def test_compared_in_the_terminal_and_on_the_page_together(capsys: pytest.CaptureFixture[str]) -> None:
    command = ["analyze", "a.npz", "b.npz", "--compare", "--report", "two.html", "--reps", "all.csv"]
    assert main(command) == 0
    assert "B less A" in capsys.readouterr().out
    assert "What differs" in Path("two.html").read_text("utf-8")
    assert len(Path("all.csv").read_text().splitlines()) == 1 + 8


def test_several_inputs_and_a_folder_are_a_page_each() -> None:
    assert main(["analyze", "a.npz", "b.npz", "--report", "pages", "-j", "1"]) == 0
    assert main(["analyze", "a.npz", "b.npz", "c.npz", "--report", "more", "-j", "1"]) == 0
    assert sorted(file.name for file in Path("pages").iterdir()) == ["a.html", "b.html"]
    assert sorted(file.name for file in Path("more").iterdir()) == ["a.html", "b.html", "c.html"]


@pytest.mark.parametrize(
    ("command", "named"),
    [
        (["a.npz", "b.npz", "c.npz", "--report", "all.html"], "for 3 inputs name a folder"),
        (["a.npz", "--report", "a.pdf"], "--report writes .html files"),
        (["a.npz", "--report", "a.npz"], "--report writes .html files"),
    ],
)
def test_what_can_be_no_report_is_one_line_before_any_work(
    command: list[str], named: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["analyze", *command]) == 2
    assert named in said(capsys)
    assert sorted(path.name for path in Path.cwd().iterdir()) == ["a.npz", "b.npz", "c.npz"]


@pytest.mark.parametrize("inputs", [["a.npz"], ["a.npz", "b.npz"]])
def test_a_page_that_is_there_needs_leave(inputs: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    Path("mine.html").write_text("mine")
    assert main(["analyze", *inputs, "--report", "mine.html"]) == 2
    assert "exists; say --yes" in said(capsys)
    assert Path("mine.html").read_text() == "mine"
    assert main(["analyze", *inputs, "--report", "mine.html", "--yes"]) == 0
    assert "Squat report" in Path("mine.html").read_text("utf-8")


def test_what_ends_in_the_middle_leaves_the_old_page(monkeypatch: pytest.MonkeyPatch) -> None:
    Path("a.html").write_text("old")

    def breaks(*_: object, **__: object) -> str:
        raise KeyboardInterrupt

    monkeypatch.setattr("mirror.desk.one.report_html", breaks)
    main(["analyze", "a.npz", "--report", "a.html", "--yes"])
    assert Path("a.html").read_text() == "old"
    assert sorted(path.name for path in Path.cwd().iterdir()) == ["a.html", "a.npz", "b.npz", "c.npz"]


def test_standard_output_is_nothing_but_the_page(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    assert main(["analyze", "a.npz", "b.npz", "--report", "-"]) == 0
    page = capfdbinary.readouterr().out.decode()
    assert page.startswith("<!doctype html>")
    assert page.rstrip().endswith("</html>")


def test_the_language_is_the_settings_or_the_flag_s(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SQUAT_MIRROR_COACH__LANGUAGE", "es")
    assert main(["analyze", "a.npz", "--report", "a.html"]) == 0
    assert '<html lang="es">' in Path("a.html").read_text("utf-8")
    assert main(["analyze", "a.npz", "--report", "a.html", "--yes", "--language", "zh"]) == 0
    assert '<html lang="zh">' in Path("a.html").read_text("utf-8")


def test_a_language_that_is_none_is_told_by_its_flag(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["analyze", "a.npz", "--report", "a.html", "--language", "Klingon"]) == 2
    assert "--language" in said(capsys)


def test_a_name_may_hold_what_a_browser_would_obey() -> None:
    name = "<script>alert(1)<／script>&{{1}}.npz"
    Path("a.npz").rename(name)
    assert main(["analyze", name, "--report", "out.html"]) == 0
    text = Path("out.html").read_text("utf-8")
    assert "<script" not in text
    assert "&lt;script&gt;alert(1)" in text


# -- a video's stills


class Grey:
    """A video of grey pictures, as many as there are poses."""

    asked: tuple[Any, ...] = ()

    def __init__(self, path: Path, **how: Any) -> None:
        type(self).asked = (path, how["turn"], how["part"])

    def frames(self) -> Any:
        for _ in range(10_000):
            yield type("Frame", (), {"pixels": np.full((640, 480, 3), 90, np.uint8)})


@pytest.fixture
def done() -> Study:
    return study(Path("a.npz"), Settings(), None)


def test_a_video_is_read_once_more_turned_as_it_was_judged(
    done: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mirror.camera.video.VideoFile", Grey)
    done = replace(done, turn=CLOCKWISE[180], part=Part(3, 0, 474, 640))
    done.source["kind"], done.source["model"] = "video", "movenet_lightning_256x128_mixed_u8"
    seen: list[tuple[int, int | None]] = []
    one = reported(Path("a.npz"), Settings(), done, lambda *step: seen.append(step))
    assert [still.n for still in one.stills] == [1, 2]
    assert Grey.asked == (Path("a.npz"), done.turn, done.part)
    last = int(np.argmin(np.abs(done.analysis.t - done.analysis.reps[-1].bottom_s)))
    assert seen[-1] == (last + 1, len(done.analysis.t)), "no further than the last still"


def test_a_recording_has_no_stills_and_is_never_read_as_a_video(done: Study) -> None:
    assert reported(Path("a.npz"), Settings(), done).stills == ()
