"""`squat-mirror record`: what the model sees is kept as keypoints, whole or not at all; analyze reads it."""

from __future__ import annotations

import os
import pty
import re
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import simulate
from patience import PATIENCE_S

from mirror.camera.recording import OFF_PICTURE, load, save
from mirror.camera.video import VideoFile
from mirror.cli import main
from mirror.faults import PermanentFault
from mirror.pose.catalog import find
from mirror.pose.people import PersonTracker
from mirror.pose.pose import Pose, Presence
from mirror.pose.pose_net import PoseNet
from mirror.settings import Settings
from mirror.station import record as recording_station
from mirror.station.record import RecordedJoints, StandingToes


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder to write in, and nobody's settings."""
    for name in [name for name in os.environ if name.upper().startswith("SQUAT_MIRROR_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def pose(t: float, seen: Presence = Presence.FOUND, y: float = 0.5) -> Pose:
    keypoints = np.full((17, 3), 0.5, np.float32)
    keypoints[:, 0] = y
    return Pose(t, keypoints, (640, 480), seen, None)


# -- what is kept


def test_moments_with_nobody_are_kept_with_scores_of_zero() -> None:
    kept = RecordedJoints()
    for t, seen in (
        (1.0, Presence.FOUND),
        (1.1, Presence.NOBODY),
        (1.2, Presence.UNSURE),
        (1.3, Presence.FOUND),
    ):
        kept.add(pose(t, seen))
    recording = kept.recording(Settings(), None, None, "a model")
    assert recording.t == pytest.approx([0.0, 0.1, 0.2, 0.3])
    assert recording.keypoints[:, :, 2].max(1).tolist() == [0.5, 0.0, 0.0, 0.5]
    assert (recording.image_size, recording.model, kept.seen) == ((640, 480), "a model", 2)


def test_a_wild_keypoint_does_not_cost_the_recording(here: Path) -> None:
    kept = RecordedJoints()
    kept.add(pose(0.0, y=7.0))
    kept.add(pose(0.1, y=-7.0))
    save("wild.npz", kept.recording(Settings(), None, None, "a model"))
    assert load("wild.npz").keypoints[:, 0, 0].tolist() == [1 + OFF_PICTURE, -OFF_PICTURE]


def test_times_never_run_backwards() -> None:
    kept = RecordedJoints()
    for t in (1.0, 1.1, 1.1, 0.9, 1.2):
        kept.add(pose(t))
    assert kept.t == [1.0, 1.1, 1.2]


def test_only_what_is_known_of_the_camera_is_written_down() -> None:
    kept = RecordedJoints()
    kept.add(pose(5.0))
    plain = kept.recording(Settings(), None, None, "a model")
    assert (plain.hfov_deg, plain.tilt_deg, plain.camera_height_m, plain.stature_m) == (None,) * 4
    assert kept.recording(Settings(), 4.5, 66.0, "a model").hfov_deg == 66.0
    assert kept.recording(Settings(), 4.5, 66.0, "a model").t.tolist() == [0.5]


def test_toe_tips_are_kept_with_the_moment_they_were_found_at() -> None:
    kept = RecordedJoints()
    for t in (5.0, 5.1, 5.2):
        kept.add(pose(t))
        if t > 5.0:
            kept.add_toes(np.full((2, 2), t / 10, np.float32))
    recording = kept.recording(Settings(), 4.0, None, "a model")
    assert recording.toes_t == pytest.approx([1.1, 1.2])
    assert recording.toes_each is not None
    assert recording.toes_each[:, 0, 0] == pytest.approx([0.51, 0.52])
    bare = RecordedJoints()
    bare.add(pose(5.0))
    plain = bare.recording(Settings(), None, None, "a model")
    assert (plain.toes_t, plain.toes_each) == (None, None)


def test_the_toes_of_somebody_who_stands_are_found_once_and_near_where_the_desk_finds_them(
    demo_clip: Path, demo_truth: dict[str, Any]
) -> None:
    settings, video = Settings(), VideoFile(demo_clip, pace=False)
    entry = find(settings.model.name)
    tracker, standing = PersonTracker(PoseNet(entry)), StandingToes(settings, entry, video)
    found = []
    for frame in video.frames():
        if frame.t > 1.6:  # the first squat begins
            break
        tips = standing.see(frame, tracker.see(frame))
        if tips is not None:
            found.append(tips)
    assert len(found) == 1
    joints, places = demo_truth["joints"], demo_truth["frames"][0]["j2"]
    for side, (y, x) in zip(("left", "right"), found[0].tolist(), strict=True):
        true_x, true_y = places[joints.index(f"{side}_toe2_tip")]
        assert x == pytest.approx(true_x / 480, abs=0.02)
        assert y == pytest.approx(true_y / 640, abs=0.02)


def test_nothing_is_no_recording() -> None:
    with pytest.raises(PermanentFault, match="nothing was recorded"):
        RecordedJoints().recording(Settings(), None, None, "a model")


# -- what is refused before anything is recorded


def refused(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    code = main(["record", *arguments])
    told = capsys.readouterr()
    assert (code, told.out) == (2, "")
    assert told.err.count("\n") == 1
    return told.err


def test_an_existing_file_is_not_overwritten_without_leave(
    here: Path, demo_clip: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("mine.npz").write_text("mine")
    assert "mine.npz exists" in refused(capsys, "mine.npz", "--camera", str(demo_clip))
    assert Path("mine.npz").read_text() == "mine"


def test_names_and_sources_that_make_no_sense(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    simulate.save_recording(simulate.simulate([simulate.Stand(1.0)]), here / "set.npz")
    assert ".npz" in refused(capsys, "out.mp4")
    assert "input" in refused(capsys, "set.npz", "--camera", "set.npz", "--yes")
    assert "already" in refused(capsys, "out.npz", "--camera", "set.npz")
    assert "nope.mp4" in refused(capsys, "out.npz", "--camera", "nope.mp4")
    assert "--seconds" in refused(capsys, "out.npz", "--camera", "nope.mp4", "--seconds", "0")
    assert not Path("out.npz").exists()


# -- recording


@pytest.mark.slow
def test_four_seconds_of_the_bundled_clip_are_recorded_and_analyze_reads_them(
    here: Path, demo_clip: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["record", "four.npz", "--camera", str(demo_clip), "--seconds", "4"]) == 0
    told = capsys.readouterr()
    recording = load("four.npz")
    match = re.fullmatch(r"(\d+) frames(, \d+ missed)?, [\d.]+ s -> four\.npz\n", told.out)
    assert match
    assert int(match[1]) == len(recording.t)
    assert "no picture" in told.err
    assert 0.0 <= recording.t[0] < recording.t[-1] < recording.t[0] + 4.001  # from the first that is kept
    assert recording.image_size == (640, 480)
    assert recording.model == find(Settings().model.name).name
    assert not list(here.glob(".*.part"))
    assert main(["analyze", "four.npz"]) == 0
    assert "1 squat." in capsys.readouterr().out


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_being_stopped_saves_what_there_is(here: Path, demo_clip: Path, number: signal.Signals) -> None:
    ours, theirs = pty.openpty()  # where a person looks on, frames are counted as they come
    command = [sys.executable, "-m", "mirror", "record", "some.npz", "--camera", str(demo_clip)]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=theirs, stdin=subprocess.DEVNULL
    ) as recorder:
        os.close(theirs)
        try:
            told = b""
            while b" 3 frames" not in told:
                told += os.read(ours, 1000)
            recorder.send_signal(number)
            if number == signal.SIGHUP:
                os.close(ours)  # the ssh is lost, and with it whatever is written there
                ours = os.open(os.devnull, os.O_RDONLY)
            out, _ = recorder.communicate(timeout=PATIENCE_S)
        finally:
            recorder.kill()
            os.close(ours)
    assert recorder.returncode == 0
    assert 3 <= len(load("some.npz").t) < 624
    assert f"{len(load('some.npz').t)} frames" in out.decode()
    assert "Traceback" not in told.decode()


def test_a_disk_that_filled_meanwhile_costs_no_recording(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    elsewhere = here / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.setattr(recording_station, "ELSEWHERE", (here / "full too", elsewhere))
    kept = RecordedJoints()
    kept.add(pose(0.0))
    kept.add(pose(0.1))
    one = kept.recording(Settings(), None, None, "a model")
    path, full = recording_station._saved(here / "gone" / "set.npz", one)
    assert path.parent == elsewhere
    assert len(load(path).t) == 2
    assert full is not None
    assert str(path) in str(full)
    assert "cannot be written" in str(full)
    path, full = recording_station._saved(here / "set.npz", one)
    assert (path, full) == (here / "set.npz", None)


def test_a_disk_that_is_full_is_known_before_anybody_squats(
    here: Path, demo_clip: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("mirror.files.writing.os.fsync", full)
    assert main(["record", "set.npz", "--camera", str(demo_clip)]) == 2
    assert "set.npz cannot be written: No space left on device" in capsys.readouterr().err
