"""A mirror runs for months: it does not grow, and neither a jumping clock nor a missing lamp disturbs it."""

from __future__ import annotations

import ast
import json
import socket
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
import simulate
from reliability.in_step import judge
from reliability.whole_mirror import PATIENCE_S, ROOT, WholeMirror, squats

from mirror.camera.recording import Recording

MINUTES = 6
"""Of clip time in the suite; `python tests/reliability/soak.py 2` is two hours."""
MOST_GROWTH_MB = 5.0


def test_minutes_of_visits_grow_neither_memory_nor_open_files():
    """In a process of its own, where nobody else's memory is counted."""
    soak = Path(__file__).parent / "soak.py"
    done = subprocess.run(
        [sys.executable, soak, str(MINUTES / 60)],
        capture_output=True,
        text=True,
        timeout=5 * PATIENCE_S,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    frames, memory, files = done.stdout.splitlines()
    assert int(frames.split()[5]) >= MINUTES * 60 * 30 * 0.95, frames
    assert float(memory.split()[-2]) < MOST_GROWTH_MB, memory
    before, _, after = files.removeprefix("open files ").partition(",")[0].partition(" -> ")
    assert int(after) <= int(before), files


# -- clocks


def test_a_clock_that_jumps_an_hour_changes_no_repetition(tmp_path, monkeypatch):
    """The wall clock jumps forth and back all the time, as when a Pi without a battery finds the network."""
    visit = squats(3)
    recording = Recording(visit.t, visit.keypoints, visit.image_size, hfov_deg=visit.hfov_deg)
    steady, _ = judge(recording, tmp_path / "steady.jsonl")
    jumps = iter(np.tile([0.0, 3600.0, -3600.0, 86400.0 * 365], 100_000))
    wall = time.time
    monkeypatch.setattr(time, "time", lambda: wall() + float(next(jumps)))
    jumping, _ = judge(recording, tmp_path / "jumping.jsonl")
    assert jumping == steady
    assert len([event for event in steady if event["event"] == "rep"]) == 3


WAYS_TO_ASK = ("time.time", "datetime.now", "datetime.utcnow", "datetime.today", "date.today")
WALL_CLOCK = {
    "mirror/history/database.py": "when what is too old is deleted, and only by a clock that is believed",
    "mirror/history/records.py": "the label on a set",
    "mirror/service/containment.py": "the label on an incident",
    "mirror/doctor/doctor.py": "tells the clock",
    "mirror/desk/provenance.py": "the day and time on results",
    "mirror/station/station.py": "the date in the code of a set",
    "mirror/mqtt/station.py": "labels on what is told, and the timer that a class's computers share",
    "mirror/board/board.py": "that timer",
    "mirror/board/stations.py": "how old a label is",
}
"""Who may ask what time it is, and what for; everything else goes by frames or the monotonic clock."""


def test_the_wall_clock_is_asked_only_for_labels():
    asked = set()
    for path in (ROOT / "mirror").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Attribute) and ast.unparse(node) in WAYS_TO_ASK:
                asked.add(str(path.relative_to(ROOT)))
    assert asked <= set(WALL_CLOCK), f"also asked in {asked - set(WALL_CLOCK)}"


# -- less is asked, and nothing comes


@pytest.mark.parametrize("looks_per_s", [15.0, 10.0])
def test_a_hot_processor_judges_fewer_pictures_and_sees_the_same_repetitions(tmp_path, looks_per_s):
    visit = squats(4, deltas=(0.0, 18.0))
    recording = Recording(visit.t, visit.keypoints, visit.image_size, hfov_deg=visit.hfov_deg)
    every, all_frames = judge(recording, tmp_path / "cool.jsonl")
    fewer, tally = judge(recording, tmp_path / "hot.jsonl", looks_per_s)
    assert tally.judged == pytest.approx(all_frames.judged * looks_per_s / 30, rel=0.1)

    def verdicts(events):
        reps = [event for event in events if event["event"] == "rep"]
        return [(rep["n"], rep["left"]["verdict"], rep["right"]["verdict"]) for rep in reps]

    assert len(verdicts(every)) == 4
    assert verdicts(fewer) == verdicts(every)


def test_the_lamp_goes_dark_when_no_picture_comes_any_more(tmp_path):
    visit = squats(1)
    cut = np.searchsorted(visit.t, 4.5)  # in the middle of the squat
    recording = Recording(visit.t[:cut], visit.keypoints[:cut], visit.image_size, hfov_deg=visit.hfov_deg)
    events, _ = judge(recording, tmp_path / "cut.jsonl", then_wait_for="off")
    lights = [event["light"] for event in events if event["event"] == "light"]
    assert len(lights) >= 2
    assert lights[-1] == "off"


# -- what systemd hears from a whole mirror


@pytest.fixture
def systemd(tmp_path) -> socket.socket:
    line = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    line.bind(str(tmp_path / "notify"))
    line.settimeout(PATIENCE_S)
    return line


def heard_until(line: socket.socket, message: str) -> list[str]:
    heard: list[str] = []
    while message not in heard:
        heard += line.recv(4096).decode().split("\n")
    return [one for one in heard if one]


def heard_to_the_end(line: socket.socket) -> None:
    """Until nothing more comes; a mirror that goes on talking fails here."""
    for _ in range(20):
        try:
            line.recv(4096)
        except TimeoutError:
            return
    raise AssertionError("it went on talking")


@pytest.mark.parametrize("screen", ["window", "none"])
def test_a_whole_mirror_says_it_is_ready_and_feeds_the_watchdog(systemd, tmp_path, screen):
    visit = tmp_path / "visit.npz"
    simulate.save_recording(simulate.simulate([simulate.Stand(60.0)]), visit)
    notify = {"NOTIFY_SOCKET": str(tmp_path / "notify"), "WATCHDOG_USEC": "60000000"}
    with WholeMirror(tmp_path, "--camera", str(visit), screen=screen, **notify) as mirror:
        heard = [one for _ in range(3) for one in heard_until(systemd, "WATCHDOG=1")]
        assert "READY=1" in heard
        assert "STATUS=camera, eyes and screen are fresh" in heard
        assert mirror.terminate()[0] == 0


def test_a_whole_mirror_without_a_camera_is_ready_but_does_not_feed_the_watchdog(systemd, tmp_path):
    notify = {"NOTIFY_SOCKET": str(tmp_path / "notify"), "WATCHDOG_USEC": "60000000"}
    with WholeMirror(tmp_path, "--camera", "/dev/video97", **notify) as mirror:
        heard = heard_until(systemd, "STATUS=no picture came from the camera yet")
        systemd.settimeout(4)
        with pytest.raises(TimeoutError):
            heard_until(systemd, "WATCHDOG=1")
        assert "READY=1" in heard
        assert mirror.terminate()[0] == 0


def test_a_mirror_that_hangs_is_no_longer_heard(systemd, tmp_path):
    """Stopped as a whole (SIGSTOP), which is what a screen or a driver that hangs looks like."""
    import signal

    visit = tmp_path / "visit.npz"
    simulate.save_recording(simulate.simulate([simulate.Stand(60.0)]), visit)
    notify = {"NOTIFY_SOCKET": str(tmp_path / "notify"), "WATCHDOG_USEC": "60000000"}
    with WholeMirror(tmp_path, "--camera", str(visit), **notify) as mirror:
        heard_until(systemd, "WATCHDOG=1")
        mirror.process.send_signal(signal.SIGSTOP)
        systemd.settimeout(3)
        heard_to_the_end(systemd)
        mirror.process.send_signal(signal.SIGCONT)
        systemd.settimeout(PATIENCE_S)
        heard_until(systemd, "WATCHDOG=1")
        assert mirror.terminate()[0] == 0


# -- the lamp


@pytest.mark.skipif(Path("/dev/gpiochip0").exists(), reason="this computer has GPIO pins")
def test_a_lamp_that_was_asked_for_and_is_not_there_is_one_line(tmp_path):
    visit = tmp_path / "visit.npz"
    simulate.save_recording(simulate.simulate([simulate.Stand(5.0)]), visit)
    with WholeMirror(tmp_path, "--camera", str(visit), "--lights", "gpio", screen="none") as mirror:
        assert mirror.process.wait(PATIENCE_S) == 2
        faults = [line for line in mirror.said.splitlines() if line.startswith("squat-mirror: ")]
        assert len(faults) == 1
        assert "Traceback" not in mirror.said


def test_a_lamp_that_is_not_there_and_not_insisted_on_is_said_and_done_without(tmp_path):
    visit = tmp_path / "visit.npz"
    simulate.save_recording(simulate.simulate([simulate.Stand(60.0)]), visit)
    with WholeMirror(tmp_path, "--camera", str(visit), "--lights", "auto", screen="none") as mirror:
        mirror.wait_until("it judges", lambda: mirror.events("state"))
        assert "lamp: no lamp:" in mirror.said
        assert mirror.terminate()[0] == 0


def test_the_event_log_is_json_to_the_last_line(tmp_path):
    visit = tmp_path / "visit.npz"
    simulate.save_recording(squats(1), visit)
    with WholeMirror(tmp_path, "--camera", str(visit)) as mirror:
        mirror.wait_until(
            "it squats", lambda: [e for e in mirror.events("state") if e["state"] == "squatting"]
        )
        mirror.process.kill()
        mirror.process.wait()
        lines = mirror.log.read_text("utf-8").splitlines()
        assert [json.loads(line)["event"] for line in lines[:-1]]
