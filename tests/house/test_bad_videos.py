"""`analyze` given videos nobody can judge: one clear line and exit code 2; what can be said is said."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
import pytest
import simulate

from mirror.camera.recording import Recording, save
from mirror.cli import main

DARK = np.zeros((640, 480, 3), np.uint8)


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def film(name: str, pictures: Sequence[np.ndarray]) -> None:
    writer = cv2.VideoWriter(name, cv2.VideoWriter_fourcc(*"mp4v"), 30.0, (480, 640))
    for picture in pictures:
        writer.write(picture)
    writer.release()


def snow(count: int) -> list[np.ndarray]:
    rng = np.random.default_rng(0)
    return [rng.integers(0, 256, DARK.shape, np.uint8) for _ in range(count)]


def first_pictures(clip: Path, count: int) -> list[np.ndarray]:
    capture = cv2.VideoCapture(str(clip))
    pictures = [capture.read()[1] for _ in range(count)]
    capture.release()
    return pictures


def said_of(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """The one line on stderr of an `analyze` that ended with 2."""
    code = main(["analyze", *arguments])
    told = capsys.readouterr()
    assert (code, told.out) == (2, "")
    assert told.err.count("\n") == 1, told.err
    assert "Traceback" not in told.err
    return told.err


def test_files_that_are_no_videos(demo_clip: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("empty.mp4").touch()
    Path("text.mp4").write_text("not a video\n" * 50)
    Path("stump.mp4").write_bytes(demo_clip.read_bytes()[:200])
    film("no_pictures.mp4", [])
    assert "empty.mp4 is empty" in said_of(capsys, "empty.mp4")
    for name in ("text.mp4", "stump.mp4", "no_pictures.mp4"):
        assert f"{name} is not a video that can be read" in said_of(capsys, name)


def test_videos_in_which_nobody_is(capsys: pytest.CaptureFixture[str]) -> None:
    film("dark.mp4", [DARK] * 8)
    film("snow.mp4", snow(8))
    for name in ("dark.mp4", "snow.mp4"):
        assert f"{name}: nobody to be seen in it" in said_of(capsys, name)


@pytest.mark.parametrize("count", [1, 3])
def test_a_video_of_hardly_a_frame(demo_clip: Path, capsys: pytest.CaptureFixture[str], count: int) -> None:
    film("short.mp4", first_pictures(demo_clip, count))
    assert f"short.mp4 is too short: {count} frame" in said_of(capsys, "short.mp4")


@pytest.mark.parametrize("degrees", ["0", "200", "-60", "nan"])
def test_a_field_of_view_no_camera_has(
    demo_clip: Path, capsys: pytest.CaptureFixture[str], degrees: str
) -> None:
    assert "--hfov" in said_of(capsys, str(demo_clip), "--hfov", degrees)


def test_a_few_frames_of_somebody_who_only_stands_are_no_squats_and_need_no_other_reason(
    demo_clip: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    film("moment.mp4", first_pictures(demo_clip, 6))
    assert main(["analyze", "moment.mp4"]) == 0
    told = capsys.readouterr()
    assert "No squats this time" in told.out
    assert "nobody stood still" not in told.out


def test_squats_without_a_standing_second_are_counted_and_judged(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Three squats cut so that one goes straight into the next: nobody is ever seen standing still."""
    sim = simulate.simulate([simulate.Stand(0.5), *[simulate.Squat(delta=(13.0, 0.0), rest_s=0.0)] * 3])
    moving = sim.q > 0.01
    t = np.arange(moving.sum()) / 30.0
    save("restless.npz", Recording(t, sim.keypoints[moving], sim.image_size, toes=sim.toes))
    assert main(["analyze", "restless.npz", "--json", "restless.json"]) == 0
    found = json.loads(Path("restless.json").read_text())
    assert len(found["reps"]) == 3
    assert "unknown" not in {rep[side]["verdict"] for rep in found["reps"] for side in ("left", "right")}
    capsys.readouterr()
    main(["analyze", "restless.npz"])
    assert "stood still" not in " ".join(capsys.readouterr().out.split())
