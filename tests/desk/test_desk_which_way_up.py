"""Videos that lie, hang, are mirrored or have black bars: put right where asked, or found out and said."""

from __future__ import annotations

import json
from pathlib import Path

import av
import numpy as np
import pytest

from mirror.camera.recording import load
from mirror.camera.video import VideoFile
from mirror.cli import main
from mirror.knees.optics import assumed_hfov_deg

FRAMES = 100
"""The first repetition of the bundled clip."""
DEPTH_DEG = 6.0
"""How deep it is read in the clip as it is."""


def exported(demo: Path, path: Path, quarter_turns: int = 0, mirrored: bool = False) -> Path:
    """The clip's beginning as a program wrote it that knows nothing of which way up it is."""
    with av.open(str(path), "w") as out:
        stream = None
        for frame in VideoFile(demo, pace=False).frames():
            if frame.index == FRAMES:
                break
            turned = np.rot90(frame.pixels, -quarter_turns)
            drawn = np.ascontiguousarray(turned[:, ::-1] if mirrored else turned)
            if stream is None:
                stream = out.add_stream("libx264", rate=30)
                stream.height, stream.width = drawn.shape[:2]
                stream.pix_fmt = "yuv420p"
            out.mux(stream.encode(av.VideoFrame.from_ndarray(drawn, format="bgr24")))
        assert stream is not None
        out.mux(stream.encode(None))
    return path


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))


def analyzed(*arguments: str) -> dict:
    assert main(["analyze", *arguments, "--json", "found.json", "--yes"]) == 0
    return json.loads(Path("found.json").read_text())


@pytest.mark.slow
@pytest.mark.parametrize("quarter_turns", [1, 2, 3])
def test_who_is_seen_only_in_a_turned_picture_is_judged_in_it_and_it_is_said(
    demo_clip: Path, quarter_turns: int, capsys: pytest.CaptureFixture[str]
) -> None:
    exported(demo_clip, Path("lies.mp4"), quarter_turns)
    found = analyzed("lies.mp4")
    back = (360 - 90 * quarter_turns) % 360
    assert (found["source"]["rotated_deg"], found["source"]["found_turned_deg"]) == (back, back)
    assert len(found["reps"]) == 1
    assert f"turned by {back} degrees" in capsys.readouterr().err


@pytest.mark.slow
def test_what_is_asked_for_is_said_in_the_document_and_nowhere_else(
    demo_clip: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    exported(demo_clip, Path("lies.mp4"), 1)
    found = analyzed("lies.mp4", "--rotate", "270")
    assert (found["source"]["rotated_deg"], found["source"]["mirrored"]) == (270, False)
    assert "found_turned_deg" not in found["source"]
    assert len(found["reps"]) == 1
    assert capsys.readouterr().err == ""


@pytest.mark.slow
def test_a_mirrored_selfie_has_its_sides_put_right(demo_clip: Path) -> None:
    exported(demo_clip, Path("plain.mp4"))
    exported(demo_clip, Path("selfie.mp4"), mirrored=True)
    plain = knees_of("plain.mp4")
    assert np.abs(knees_of("selfie.mp4", "--mirrored") - plain).max() < 0.03
    assert np.abs(1 - knees_of("selfie.mp4")[:, ::-1] - plain).max() < 0.03, "else the sides are swapped"
    assert analyzed("selfie.mp4", "--mirrored")["source"]["mirrored"]


def knees_of(*arguments: str) -> np.ndarray:
    """(T, 2) x of the left and the right knee, normalised."""
    assert main(["analyze", *arguments, "--keypoints", "found.npz", "--yes"]) == 0
    return load(Path("found.npz")).keypoints[10:, 13:15, 1]


def test_a_turn_that_is_no_quarter_turn_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["analyze", "clip.mp4", "--rotate", "45"]) == 2
    assert capsys.readouterr().err.startswith("squat-mirror: --rotate 45: a picture can be turned by 0, 90,")


@pytest.mark.parametrize("flags", [["--rotate", "90"], ["--mirrored"]])
def test_a_recording_has_no_pictures_to_turn(flags: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    Path("set.npz").write_bytes(b"a recording")
    assert main(["analyze", "set.npz", *flags]) == 2
    assert "set.npz has no pictures in it" in capsys.readouterr().err


@pytest.mark.slow
def test_a_portrait_clip_in_a_wide_screen_is_judged_as_if_it_had_no_bars_and_it_is_said(
    demo_clip: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    wide = 1136
    with av.open("boxed.mp4", "w") as out:
        stream = out.add_stream("libx264", rate=30)
        stream.height, stream.width, stream.pix_fmt = 640, wide, "yuv420p"
        for frame in VideoFile(demo_clip, pace=False).frames():
            if frame.index == FRAMES:
                break
            drawn = np.zeros((640, wide, 3), np.uint8)
            drawn[:, (wide - 480) // 2 : (wide + 480) // 2] = frame.pixels
            out.mux(stream.encode(av.VideoFrame.from_ndarray(drawn, format="bgr24")))
        out.mux(stream.encode(None))
    found = analyzed("boxed.mp4", "--report", "boxed.html")
    assert found["source"]["image_size"] == [640, 480]
    assert found["source"]["black_bars_px"] == [328, 0, 328, 0]
    assert found["camera"]["hfov_deg"] == pytest.approx(assumed_hfov_deg((640, 480)), abs=0.01)
    (rep,) = found["reps"]
    assert rep["depth_deg"] == pytest.approx(DEPTH_DEG, abs=2.5)  # 12 with the bars taken for the room
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert "black bars" in said
