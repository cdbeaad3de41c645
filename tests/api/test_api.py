"""The door for programs: all it promises is there, light, typed, and the same as the command says."""

from __future__ import annotations

import ast
import csv
import dataclasses
import inspect
import io
import json
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas
import pytest
import simulate

import squat_mirror
from mirror.camera.video import VideoFile
from mirror.cli import main
from mirror.coach.coach import Coach
from mirror.coach.rules import CoachRules
from mirror.coach.words import words
from mirror.fitting.from_settings import network_constants
from mirror.fitting.networks import pose_net
from mirror.pose.people import PersonTracker
from mirror.report import frames_csv, reps_csv
from mirror.service.events import EventLog
from mirror.settings import Settings
from mirror.signals.lights import NoLights
from mirror.station.knee_watch import toes_for, watch_for
from mirror.station.sight import Judging, Looking, Sight, Telling
from squat_mirror import Analysis, BadInput, FrameRow, Live, LiveReading, RepRow, analyze
from squat_mirror.rows import rep_rows

ROOT = Path(__file__).resolve().parents[2]
GOOD, LEFT = (0.0, 0.0), (16.0, 0.0)


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("recorded") / "set.npz"
    moves = [simulate.Stand(1.5), *(simulate.Squat(delta=d) for d in (GOOD, GOOD, LEFT)), simulate.Stand(1.0)]
    simulate.save_recording(simulate.simulate(moves), path)
    return path


@pytest.fixture(scope="module")
def found(recorded: Path) -> Analysis:
    return analyze(recorded, reference=1)


@pytest.fixture(scope="module")
def seen(demo_clip: Path) -> list[LiveReading]:
    """Two squats of the bundled clip, 15 pictures a second, as RGB."""
    live, readings = Live(order="rgb"), []
    for frame in VideoFile(demo_clip, pace=False).frames():
        if frame.index % 2 == 0:
            readings.append(live.feed(frame.pixels[..., ::-1], frame.t))
        if frame.t > 6.2:
            break
    return readings


# -- the door


def test_importing_it_loads_neither_numpy_nor_opencv_nor_the_house() -> None:
    loaded = "import sys, squat_mirror; print(sorted(sys.modules))"
    told = subprocess.run([sys.executable, "-c", loaded], capture_output=True, text=True, check=True).stdout
    modules = ast.literal_eval(told)
    assert not {"numpy", "cv2", "pydantic", "pandas"} & set(modules)
    assert [name for name in modules if name.startswith("mirror")] == ["mirror"]


def test_every_name_that_is_promised_is_there_with_words_and_nothing_else_is() -> None:
    page = (ROOT / "docs" / "api.md").read_text("utf-8")
    for name in squat_mirror.__all__:
        assert getattr(squat_mirror, name), name
        assert name == "__version__" or inspect.getdoc(getattr(squat_mirror, name)), name
        assert f"`{name}" in page, f"{name} is not in docs/api.md"
    with pytest.raises(AttributeError):
        squat_mirror.anything_else  # noqa: B018


@pytest.mark.parametrize("promised", [analyze, Live.__init__])
def test_every_keyword_that_is_promised_is_in_the_page(promised: object) -> None:
    page = (ROOT / "docs" / "api.md").read_text("utf-8")
    for name in inspect.signature(promised).parameters:  # type: ignore[arg-type]
        assert name == "self" or f"`{name}" in page, name


def test_the_house_does_not_know_its_door() -> None:
    for path in (ROOT / "mirror").rglob("*.py"):
        assert not re.search(r"^\s*(from|import) squat_mirror", path.read_text("utf-8"), re.MULTILINE), path


def test_types_come_with_both_packages() -> None:
    assert all((ROOT / package / "py.typed").is_file() for package in ("mirror", "squat_mirror"))


# -- a recording


def test_rows_are_the_columns_of_the_command_s_files() -> None:
    assert tuple(field.name for field in dataclasses.fields(RepRow)) == reps_csv.COLUMNS
    assert tuple(field.name for field in dataclasses.fields(FrameRow)) == frames_csv.COLUMNS


def test_an_analysis_is_what_the_command_writes(
    recorded: Path, found: Analysis, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    asked = ["analyze", str(recorded), "--reference", "1", "--reps", "r.csv", "--csv", "f.csv"]
    assert main([*asked, "--json", "r.json"]) == 0
    written = reps_csv.read(Path("r.csv").read_text())
    assert len(written) == len(found.rep_rows) == 6
    for row, cells in zip(found.rep_rows, written, strict=True):
        values = dataclasses.asdict(row) | {"reference": "yes" if row.reference else "no"}
        assert {name: reps_csv._cell(value) for name, value in values.items()} == cells
    lines = list(csv.DictReader(io.StringIO(Path("f.csv").read_text())))
    assert len(lines) == len(found.frame_rows)
    for frame, line in zip(found.frame_rows[::20], lines[::20], strict=True):
        assert line["t_s"] == str(round(frame.t_s, 4))
        assert (line["left_inside_deg"] == "") is (frame.left_inside_deg is None)
    assert json.loads(Path("r.json").read_text())["reps"] == found.document["reps"]


def test_tables_are_dataframes_with_numbers_in_them(found: Analysis) -> None:
    reps, frames = found.reps, found.frames
    assert isinstance(reps, pandas.DataFrame)
    assert tuple(reps.columns) == reps_csv.COLUMNS
    assert tuple(frames.columns) == frames_csv.COLUMNS
    worst = reps.loc[reps["inside_own_track_deg"].idxmax()]
    assert (worst["rep"], worst["leg"], worst["verdict"]) == (3, "left", "off_track")
    assert reps["reference"].tolist() == [True, True, False, False, False, False]
    assert str(reps["rep"].dtype) == "int64"
    assert (str(frames["q"].dtype), frames["t_s"].is_monotonic_increasing) == ("float64", True)


def test_without_pandas_tables_are_the_rows(found: Analysis, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pandas", None)
    assert found.reps == found.rep_rows
    assert found.frames == found.frame_rows
    assert found.reps[4].verdict == "off_track"


def test_what_is_unknown_is_none_and_nan(found: Analysis) -> None:
    standing = next(i for i, row in enumerate(found.frame_rows) if row.left_verdict == "unknown")
    assert found.frame_rows[standing].left_inside_deg is None
    assert np.isnan(found.frames["left_inside_deg"][standing])


def test_settings_go_in_by_their_names_and_no_file_is_read_by_its_place(
    recorded: Path, found: Analysis, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("mirror.toml").write_text("[person]\nstature_m = 1.4\n")
    assert analyze(recorded, reference=1).rep_rows == found.rep_rows
    Path("mine.toml").write_text("[camera]\nhfov_deg = 40\n")
    named = analyze(recorded, reference=1, config="mine.toml")
    given = analyze(recorded, reference=1, config="mine.toml", camera__hfov_deg=50.0)
    assert named.document["camera"]["hfov_deg"] == 40
    assert given.document["camera"]["hfov_deg"] == 50


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        (
            {"knees__strictnes": "strict"},
            "knees__strictnes: no such setting; did you mean knees__strictness?",
        ),
        ({"person__stature_m": 9}, "person__stature_m = 9"),
        ({"reference": 9}, "repetition 9 cannot be the reference"),
        ({"rotate_deg": 90}, "has no pictures in it"),
        ({"rotate_deg": 45}, "rotate_deg 45"),
    ],
)
def test_what_is_wrong_is_one_line_in_the_caller_s_words(
    recorded: Path, settings: dict[str, object], said: str
) -> None:
    with pytest.raises(BadInput, match=re.escape(said)) as wrong:
        analyze(recorded, **settings)  # type: ignore[arg-type]
    assert "\n" not in str(wrong.value)


def test_nothing_is_printed_and_nothing_written(
    recorded: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    analyze(recorded)
    Live().feed(np.zeros((64, 64, 3), np.uint8), 0.0)
    assert capfd.readouterr() == ("", "")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("name", ["gone.mp4", "two\nlines.mp4", "."])
def test_a_file_that_is_not_there_is_one_line(tmp_path: Path, name: str) -> None:
    with pytest.raises(BadInput) as wrong:
        analyze(tmp_path / name)
    assert len(str(wrong.value).splitlines()) == 1


def test_where_nobody_squats_the_tables_are_there_and_say_why(tmp_path: Path) -> None:
    path = tmp_path / "standing.npz"
    simulate.save_recording(simulate.simulate([simulate.Stand(1.0)]), path)
    found = analyze(path)
    assert found.rep_rows == ()
    assert tuple(found.reps.columns) == reps_csv.COLUMNS
    assert str(found.reps["depth_deg"].dtype) == "float64"
    assert len(found.frames) == len(found.frame_rows) > 20


# -- live


def test_pictures_that_are_fed_are_counted_and_judged(seen: list[LiveReading]) -> None:
    rows = [row for reading in seen for row in reading.reps]
    assert [(row.rep, row.leg, row.verdict) for row in rows] == [
        (rep, leg, "good") for rep in (1, 2) for leg in ("left", "right")
    ]
    assert [row.reference for row in rows] == [True, True, False, False]
    assert all(0 < row.start_s < row.bottom_s < row.end_s < 6.2 for row in rows)


def test_live_is_the_mirror_without_glass(demo_clip: Path, seen: list[LiveReading]) -> None:
    """The same pictures, shown to what a station runs, bring the same repetitions to the last digit."""
    settings, video = Settings(), VideoFile(demo_clip, pace=False)
    net = pose_net(settings)
    sight = Sight(
        Looking(PersonTracker(net), toes_for(settings, video)),
        Judging(
            lambda frame, net: watch_for(settings, video, frame, network_constants(net)),
            lambda: Coach(CoachRules()),
        ),
        Telling(NoLights(), EventLog(None, words("en")), second_zero=lambda: 0.0),
    )
    for frame in video.frames():
        if frame.index % 2 == 0:
            sight.see(frame)
        if frame.t > 6.2:
            break
    rows = [row for reading in seen for row in reading.reps]
    origin = {name: getattr(rows[0], name) for name in reps_csv.SAME}
    assert [row for rep in sight.reps for row in rep_rows(rep, origin)] == rows


def test_a_reading_says_where_the_knees_are(seen: list[LiveReading]) -> None:
    assert not seen[0].calibrated
    deep = [reading for reading in seen if reading.calibrated and (reading.q or 0) > 0.4]
    assert deep
    for reading in deep:
        assert reading.left.knee is not None
        assert reading.right.knee is not None
        assert reading.left.knee[0] > reading.right.knee[0], "the person's left is on the image right"
    assert any(reading.left.verdict == "good" and reading.left.inside_deg is not None for reading in deep)


def test_nobody_is_a_reading_too() -> None:
    reading = Live().feed(np.zeros((240, 180, 3), np.uint8), 0.0)
    assert (reading.present, reading.left.verdict, reading.why_unknown) == (False, "unknown", "nobody")


@pytest.mark.parametrize(
    "picture",
    [
        np.zeros((240, 180), np.uint8),
        np.zeros((240, 180, 4), np.uint8),
        np.zeros((240, 180, 3), np.float32),
        np.zeros((0, 180, 3), np.uint8),
    ],
)
def test_what_is_no_picture_is_refused_in_words(picture: np.ndarray) -> None:
    with pytest.raises(BadInput, match="picture"):
        Live().feed(picture, 0.0)


@pytest.mark.parametrize("t_s", [0.5, 0.4, float("nan"), float("inf")])
def test_time_goes_forward(t_s: float) -> None:
    live, picture = Live(), np.zeros((64, 64, 3), np.uint8)
    live.feed(picture, 0.5)
    with pytest.raises(BadInput, match="order of time"):
        live.feed(picture, t_s)


def test_colours_come_in_one_of_two_orders() -> None:
    with pytest.raises(BadInput, match="bgr"):
        Live(order="yuv")
