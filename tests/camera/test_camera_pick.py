"""Picking a camera: what is named, or what there is, and a sentence about it."""

import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mirror.camera import pick
from mirror.camera.frame import Source
from mirror.camera.missing_camera import AbsentCamera
from mirror.camera.pick import open_source
from mirror.camera.recording import Recording, RecordingSource, save
from mirror.camera.video import VideoFile
from mirror.faults import BadInput, PermanentFault, TemporaryFault

DEMO = Path(__file__).parents[2] / "mirror" / "demo" / "demo.mp4"
SIZE, FPS = (640, 480), 30


class Opened(Source):
    """Stands in for a camera that opens; the tests here are about which one is opened, not how."""

    hfov_deg, hfov_how = None, ""

    def __init__(self, *arguments: Any, **settings: Any) -> None:
        self.arguments = arguments
        self.settings = settings
        self.name = "Camera " + str(arguments[0])


@pytest.fixture
def around(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[Any]]:
    """What is plugged in."""
    plugged: dict[str, list[Any]] = {"ribbon": [], "usb": []}
    monkeypatch.setattr(pick, "cameras", lambda: plugged["ribbon"])
    monkeypatch.setattr(pick, "webcams", lambda: plugged["usb"])
    monkeypatch.setattr(pick, "PiCamera", Opened)
    monkeypatch.setattr(pick, "Webcam", Opened)
    return plugged


def test_auto_takes_the_camera_on_the_ribbon_first(around: dict[str, list[Any]]) -> None:
    around["ribbon"], around["usb"] = ["imx708"], [(Path("/dev/video0"), "HD Webcam")]
    source, said = open_source("auto", SIZE, FPS, exposure_ms=4.0)
    assert isinstance(source, Opened)
    assert source.arguments == (SIZE, FPS)
    assert source.settings == {"exposure_ms": 4.0, "lens_mm": None}
    assert "on the ribbon" in said


def test_auto_takes_the_first_webcam_where_there_is_no_ribbon_camera(around: dict[str, list[Any]]) -> None:
    around["usb"] = [(Path("/dev/video2"), "HD Webcam"), (Path("/dev/video4"), "Other")]
    source, said = open_source("auto", SIZE, FPS)
    assert isinstance(source, Opened)
    assert source.arguments == (Path("/dev/video2"), SIZE, FPS)
    assert "HD Webcam" in said
    assert "no Pi camera" in said


def test_with_nothing_plugged_in_it_is_said_what_was_looked_for_and_what_to_do(
    around: dict[str, list[Any]],
) -> None:
    with pytest.raises(BadInput, match=r"no Pi camera.*no webcam.*--camera FILE\.mp4"):
        open_source("auto", SIZE, FPS)
    with pytest.raises(BadInput, match=r"No webcam.*--camera FILE\.mp4"):
        open_source("webcam", SIZE, FPS)


def test_a_ribbon_camera_that_does_not_open_is_a_fault_and_no_reason_to_take_another(
    around: dict[str, list[Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(*arguments: Any, **settings: Any) -> None:
        raise TemporaryFault("busy")

    around["ribbon"], around["usb"] = ["imx708"], [(Path("/dev/video0"), "HD Webcam")]
    monkeypatch.setattr(pick, "PiCamera", busy)
    with pytest.raises(TemporaryFault, match="busy"):
        open_source("auto", SIZE, FPS)


def test_a_named_device_is_opened_without_looking_around(around: dict[str, list[Any]]) -> None:
    source, said = open_source("/dev/video7", SIZE, FPS)
    assert isinstance(source, Opened)
    assert source.arguments == ("/dev/video7", SIZE, FPS)
    assert said.endswith("as asked")


def test_files_are_played_in_real_time_unless_said_otherwise(tmp_path: Path) -> None:
    clip, said = open_source(str(DEMO), SIZE, FPS, lead_in_s=2.0, hold_s=1.0)
    assert isinstance(clip, VideoFile)
    assert clip.pace
    assert "demo.mp4" in said
    assert "real time" in said
    still, _ = open_source(str(DEMO), SIZE, FPS, pace=False)
    assert isinstance(still, VideoFile)
    assert not still.pace
    path = tmp_path / "set.npz"
    save(path, Recording(np.arange(3.0), np.full((3, 17, 3), 0.5, np.float32), (640, 480), hfov_deg=60.0))
    recording, said = open_source(str(path), SIZE, FPS)
    assert isinstance(recording, RecordingSource)
    assert recording.hfov_deg == 60.0
    assert "keypoint recording" in said


def test_every_source_says_whether_it_is_live_and_what_it_plays(
    around: dict[str, list[Any]], tmp_path: Path
) -> None:
    path = tmp_path / "set.npz"
    save(path, Recording(np.arange(3.0), np.full((3, 17, 3), 0.5, np.float32), (640, 480), hfov_deg=60.0))
    around["usb"] = [(Path("/dev/video2"), "HD Webcam")]
    told = {name: open_source(name, SIZE, FPS)[0] for name in ("auto", str(DEMO), str(path))}
    camera, clip, recording = told.values()
    assert [source.live for source in told.values()] == [True, False, False]
    assert (camera.fps, clip.fps, recording.fps) == (None, pytest.approx(30.0, abs=0.1), None)
    assert camera.recording is None
    assert clip.recording is None
    assert recording.recording is not None
    assert recording.recording.hfov_deg == 60.0
    assert [source.t0 for source in told.values()] == [None, None, None], "not before the first picture"
    assert not AbsentCamera(BadInput("none")).recording
    assert AbsentCamera(BadInput("none")).live


def test_a_clip_s_second_zero_is_known_with_its_first_picture() -> None:
    clip, _ = open_source(str(DEMO), SIZE, FPS)
    first = next(iter(clip.frames()))
    clip.close()
    assert first.t == clip.t0


def test_a_misspelt_camera_is_told_what_there_is(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="neither a file nor one of auto, picamera, webcam"):
        open_source("picamra", SIZE, FPS)
    with pytest.raises(BadInput, match="does not exist"):
        open_source(str(tmp_path / "clip.mp4"), SIZE, FPS)
    with pytest.raises(BadInput, match="is a folder"):
        open_source(str(tmp_path), SIZE, FPS)


@pytest.mark.skipif(not Path(os.devnull).exists(), reason="needs /dev/null")
def test_a_device_that_is_no_camera_is_bad_input() -> None:
    with pytest.raises(BadInput, match="not a camera"):
        open_source(os.devnull, SIZE, FPS)


def test_where_picamera2_is_missing_the_sentence_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(__import__("sys").modules, "picamera2", None)
    with pytest.raises(PermanentFault, match="apt install python3-picamera2"):
        open_source("picamera", SIZE, FPS)
    assert pick.cameras() == []
