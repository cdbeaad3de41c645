"""A mirror that fails again and again: it rests, the fault scene up, is heard by systemd, and can be stopped.

And what follows on its two last exit codes: the display says what to mend, or the computer starts anew.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import threading
import time
from pathlib import Path

import pytest
from camera.picamera2_of_then import of_version, that_fails_later
from patience import PATIENCE_S
from reliability.whole_mirror import ROOT, WholeMirror

from mirror.screen.window import DisplayWindow
from mirror.service.starts import FILE_NAME, MANY_ENDS, StartHistory, Starts, read
from mirror.settings import Settings
from mirror.station.resting import rest_before

ENDED = ROOT / "systemd" / "squat-mirror-ended.sh"


class Service:
    """What systemd gives the mirror: a folder in memory, and an ear."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.run = folder / "run"
        self.run.mkdir()
        self._line = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._line.bind(str(folder / "notify"))
        self._line.settimeout(PATIENCE_S)

    def start(self, camera: str = "picamera", packages: Path | None = None, **more: str) -> WholeMirror:
        """A whole mirror; packages: a folder of stand-ins that come before all others."""
        environment = {
            "RUNTIME_DIRECTORY": str(self.run),
            "NOTIFY_SOCKET": str(self.folder / "notify"),
            "PYTHONPATH": f"{packages}:{ROOT}" if packages else str(ROOT),
            **more,
        }
        return WholeMirror(self.folder, "--camera", camera, **environment)

    def hears(self, what: str) -> None:
        """Until it hears it; fails where it never comes."""
        while what not in self._line.recv(4096).decode():
            pass

    @property
    def record(self) -> StartHistory:
        return read(self.run / FILE_NAME)

    def failed_before(self, times: int, **more: object) -> None:
        """As after so many ends nobody asked for, just now."""
        now = time.monotonic()
        told = {"started_t": now, "ends": [now] * times, "running": False, "resting": False}
        unseen = {"camera_missed_s": None, "display_missed_s": None, "opening_t": None}
        (self.run / FILE_NAME).write_text(json.dumps({**told, **unseen, **more}))


@pytest.fixture
def service(tmp_path) -> Service:
    return Service(tmp_path)


@pytest.fixture
def faulty(tmp_path) -> Path:
    """A library that raises what nobody expects."""
    return that_fails_later(tmp_path / "faulty")


def test_a_fault_of_ours_is_one_line_and_exit_code_1_and_is_remembered(service, faulty):
    with service.start(packages=faulty) as mirror:
        assert mirror.process.wait(PATIENCE_S) == 1
        assert "(KeyError: 'odd')" in mirror.said
    assert len(service.record.ends) == 1
    assert not service.record.running


def test_a_lasting_mistake_is_one_line_and_exit_code_2_and_is_not_counted(service, tmp_path):
    with service.start(packages=of_version(tmp_path / "old", "0.3.13")) as mirror:
        assert mirror.process.wait(PATIENCE_S) == 2
        assert "Traceback" not in mirror.said
        (line,) = [line for line in mirror.said.splitlines() if line.startswith("squat-mirror: ")]
        assert "is too old" in line
    assert service.record.ends == ()


def test_after_the_third_it_rests_and_systemd_hears_that_it_is_meant(service, faulty):
    service.failed_before(MANY_ENDS)
    with service.start(packages=faulty) as mirror:
        service.hears("READY=1")
        service.hears("STATUS=resting: it ended 3 times in ten minutes")
        for _ in range(2):
            service.hears("WATCHDOG=1")
        assert "then it starts once more" in mirror.said
        assert "KeyError" not in mirror.said
        assert service.record.resting
        assert "cannot be shown" not in mirror.said
        code, _ = mirror.terminate()
        assert code == 0
    assert "Traceback" not in mirror.said


def test_while_it_rests_the_glass_shows_the_fault_scene(service, monkeypatch):
    shown = []

    def present(window: DisplayWindow) -> None:
        shown.append(pygame.surfarray.array3d(window.canvas))

    pygame = pytest.importorskip("pygame")
    monkeypatch.setenv("SDL_VIDEODRIVER", "offscreen")
    monkeypatch.setattr(DisplayWindow, "present", present)
    service.failed_before(MANY_ENDS, started_t=time.monotonic() - 59.5)
    settings = Settings.model_validate({"screen": {"width": 540, "height": 960}})
    rest_before(Starts(service.run), settings, "window", threading.Event())
    (picture,) = shown
    assert picture.shape[:2] == (540, 960)
    assert (picture.max(axis=2) > 128).mean() > 0.01  # letters on black glass


def test_a_rest_that_is_over_is_followed_by_a_start(service, faulty):
    service.failed_before(MANY_ENDS, started_t=time.monotonic() - 59.0)
    with service.start(packages=faulty) as mirror:
        assert mirror.process.wait(PATIENCE_S) == 1
        assert "(KeyError: 'odd')" in mirror.said
    assert len(service.record.ends) == MANY_ENDS + 1


def test_a_fault_scene_that_cannot_be_drawn_is_no_reason_not_to_rest(service, faulty):
    service.failed_before(MANY_ENDS)
    with service.start(packages=faulty, SDL_VIDEODRIVER="nothing-of-that-name") as mirror:
        service.hears("WATCHDOG=1")
        mirror.wait_until("it is said", lambda: "the fault scene cannot be shown" in mirror.said)
        assert mirror.terminate()[0] == 0
    assert "Traceback" not in mirror.said


def test_a_mirror_that_was_killed_again_and_again_rests_too(service, faulty):
    service.failed_before(MANY_ENDS - 1, running=True)
    with service.start(packages=faulty) as mirror:
        service.hears("STATUS=resting: it ended 3 times in ten minutes")
        assert mirror.terminate()[0] == 0


def test_a_camera_that_was_there_and_stays_away_ends_it_with_75_in_order(service, tmp_path):
    """As on a computer that has been up for hours, which this one may not have been."""
    shorter = "from mirror.service import starts\nstarts.LEAST_UPTIME_S, starts.NOTED_EVERY_S = 0.0, 0.1\n"
    (tmp_path / "shorter").mkdir()
    (tmp_path / "shorter" / "sitecustomize.py").write_text(shorter)
    service.failed_before(0, camera_missed_s=599.0)
    with service.start(camera="/dev/video97", packages=tmp_path / "shorter") as mirror:
        assert mirror.process.wait(PATIENCE_S) == 75
        (line,) = [line for line in mirror.said.splitlines() if line.startswith("squat-mirror: ")]
        assert line.startswith("squat-mirror: the camera has been away for 10 minutes; the computer starts")
        assert "Traceback" not in mirror.said
    assert service.record.ends == ()


# -- what follows


@pytest.fixture
def ended(tmp_path):
    """What is printed on the display and which commands are called after an end with this exit code."""
    folder = tmp_path / "bin"
    folder.mkdir()
    journal = "squat-mirror: mirror.toml: [camera] fsp: no such setting; did you mean fps?"
    for name, says in (("systemctl", ""), ("journalctl", f"camera: none\n{journal}\n")):
        (folder / name).write_text(f'#!/bin/sh\necho "{name} $*" >>{folder}/called\nprintf "%s" "{says}"\n')
        (folder / name).chmod(0o755)

    def after(status: str) -> tuple[str, list[str]]:
        environment = {"PATH": f"{folder}:{os.environ['PATH']}", "MONITOR_INVOCATION_ID": "abc"}
        call = ["sh", str(ENDED)]
        done = subprocess.run(
            call,
            env={**environment, "MONITOR_EXIT_STATUS": status},
            capture_output=True,
            text=True,
            check=True,
        )
        called = folder / "called"
        calls = called.read_text("utf-8").splitlines() if called.exists() else []
        return done.stdout, calls

    return after


def test_after_a_lasting_mistake_the_display_says_what_it_is_and_what_to_do(ended):
    shown, called = ended("2")
    assert "did you mean fps?" in " ".join(shown.split())
    assert "camera: none" not in shown
    assert "sudo squat-mirror doctor" in shown
    assert "sudo systemctl restart squat-mirror" in shown
    assert max(len(line) for line in shown.splitlines()) < 80
    assert any("_SYSTEMD_INVOCATION_ID=abc" in call for call in called)
    assert not any("reboot" in call for call in called)


def test_after_hardware_that_stays_away_the_computer_starts_anew(ended):
    assert ended("75") == ("", ["systemctl reboot"])


@pytest.mark.parametrize("status", ["1", "0", "", "ABRT"])
def test_after_any_other_end_nothing_is_said_or_done(ended, status):
    assert ended(status) == ("", [])


def test_the_unit_is_started_again_for_ever_and_starts_the_computer_anew_for_hardware_only():
    unit = (ROOT / "systemd/squat-mirror.service").read_text("utf-8").splitlines()
    assert "StartLimitIntervalSec=0" in unit
    assert "Restart=always" in unit
    assert "RestartPreventExitStatus=2 75" in unit
    assert "OnFailure=squat-mirror-ended.service" in unit
    assert not [line for line in unit if line.startswith(("StartLimitAction", "FailureAction"))]
