"""Cameras that are not there yet, go away and come back: said once, shown, waited for, judged again."""

from __future__ import annotations

import logging
import signal
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from reliability.whole_mirror import PATIENCE_S, squats

from mirror.camera import feeder as feeding
from mirror.camera import missing_camera
from mirror.camera.frame import Frame, Source
from mirror.camera.recording import Recording, RecordingSource
from mirror.coach.feedback import Feedback, State
from mirror.coach.lines import fault_line
from mirror.coach.words import words
from mirror.faults import BadInput, PermanentFault, TemporaryFault
from mirror.screen.stage import Stage
from mirror.settings import CameraSettings, Settings
from mirror.signals.lights import MockLights
from mirror.station import run as wiring
from mirror.station import station

SETTINGS = Settings.model_validate({"camera": {"source": "webcam"}, "lights": {"kind": "mock"}})


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feeding, "FIRST_WAIT_S", 0.05)
    monkeypatch.setattr(feeding, "LONGEST_WAIT_S", 0.1)


class Webcam(RecordingSource):
    """A camera that sees somebody squat; it may stall after so many seconds.

    looked_at: nobody comes before that, however long it takes a computer to open a window.
    """

    def __init__(self, stalls_after_s: float = 1e9) -> None:
        sim = squats(1, then_stand_s=3600.0 if stalls_after_s > 1e8 else 60.0)
        super().__init__(Recording(sim.t, sim.keypoints, sim.image_size, hfov_deg=sim.hfov_deg), pace=True)
        self._stalls_after_s = stalls_after_s
        self.looked_at = threading.Event()
        self.closed = False

    def frames(self) -> Iterator[Frame]:
        assert self.looked_at.wait(PATIENCE_S)
        for frame in super().frames():
            if frame.t - (self.t0 or 0.0) > self._stalls_after_s:
                raise TemporaryFault("the webcam: no picture came.")
            yield frame

    def close(self) -> None:
        self.closed = True
        super().close()


class Rig:
    """`run` in this process, in a window nobody sees, with what the screen drew and the lamp showed."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, plugged: list[Any]) -> None:
        """plugged: what opening the camera gives, one after the other; the last one for ever.

        A camera comes back only after the screen has shown that it is missing.
        """
        self.opened = 0
        self.scenes: list[tuple[State, str]] = []
        self.plugged = plugged
        self.refused: Exception | None = None
        monkeypatch.setattr(wiring, "open_camera", self._open)
        draw = Stage.draw

        def seen(stage: Stage, feedback: Feedback, *rest: Any) -> Any:
            scene = (feedback.state, words("en").line(feedback.note) if feedback.state is State.FAULT else "")
            if not self.scenes or self.scenes[-1] != scene:
                self.scenes.append(scene)
            for camera in plugged:
                if isinstance(camera, Webcam):
                    camera.looked_at.set()
            return draw(stage, feedback, *rest)

        monkeypatch.setattr(Stage, "draw", seen)

    def _open(self, _: CameraSettings) -> tuple[Source, str]:
        given = self.plugged[min(self.opened, len(self.plugged) - 1)]
        if self.opened and not isinstance(given, Exception) and not self.missed():
            given = self.plugged[self.opened - 1]  # nobody has seen yet that it is missing
        else:
            self.opened += 1
        if isinstance(given, Exception):
            self.refused = given
            raise given
        return given, "a webcam"

    def missed(self) -> bool:
        """Whether the screen shows why there is no camera, in the words of the last attempt."""
        if self.refused is None or not self.scenes:
            return False
        return self.scenes[-1] == (State.FAULT, words("en").line(fault_line(self.refused)))

    def run_until(self, enough: Callable[[], bool]) -> int:
        """Runs the mirror until `enough()`, then sends this process SIGTERM, as systemd would."""
        over = threading.Event()

        def watch() -> None:
            deadline = time.monotonic() + PATIENCE_S
            while not enough() and time.monotonic() < deadline:
                if over.wait(0.02):
                    return  # it ended by itself
            signal.raise_signal(signal.SIGTERM)

        kept = signal.signal(signal.SIGTERM, signal.SIG_IGN)  # one that comes too late must not end the tests
        watching = threading.Thread(target=watch, daemon=True)
        watching.start()
        try:
            return wiring.run_station(SETTINGS, screen="window", events=None)
        finally:
            over.set()
            watching.join()
            signal.signal(signal.SIGTERM, kept)

    def is_back(self) -> bool:
        """Whether somebody was seen again after the camera was missed."""
        return any(
            self.reached(State.FAULT, seen) for seen in (State.CALIBRATING, State.READY, State.SQUATTING)
        )

    def reached(self, *states: State) -> bool:
        """Whether these scenes were drawn, in this order, others in between or not."""
        left = list(states)
        for state, _ in list(self.scenes):
            if left and state is left[0]:
                left.pop(0)
        return not left


def said(caplog: pytest.LogCaptureFixture, part: str) -> int:
    return sum(part in record.getMessage() for record in caplog.records)


def no_webcam() -> BadInput:
    return BadInput("No webcam found on /dev/video*; plug one in, or name a clip.", key="no_webcam")


def test_a_camera_that_is_plugged_in_later_is_shown_as_missing_and_then_used(monkeypatch, caplog):
    missing = no_webcam()
    rig = Rig(monkeypatch, [missing, missing, TemporaryFault("/dev/video0 is busy."), missing, Webcam()])
    with caplog.at_level(logging.INFO):
        assert rig.run_until(rig.is_back) == 0
    assert rig.is_back()
    assert (State.FAULT, words("en").line(fault_line(missing))) in rig.scenes
    assert rig.opened == 5
    assert said(caplog, "is there") == 1


def test_a_camera_that_stays_away_is_said_once(monkeypatch, caplog):
    missing = no_webcam()
    rig = Rig(monkeypatch, [missing])
    with caplog.at_level(logging.WARNING):
        assert rig.run_until(lambda: rig.opened > 10 and rig.missed()) == 0
    assert [scene for scene in rig.scenes if scene[0] is not State.IDLE] == [
        (State.FAULT, words("en").line(fault_line(missing)))
    ]
    assert said(caplog, "No webcam found") == 1


def test_a_camera_that_stops_in_the_middle_is_shown_and_the_lamp_goes_dark_until_it_is_back(monkeypatch):
    lamps: list[MockLights] = []

    def lamp(settings: Any) -> tuple[MockLights, str]:
        lamps.append(MockLights(settings))
        return lamps[-1], "a mock lamp"

    monkeypatch.setattr(station, "open_lights", lamp)
    first = Webcam(stalls_after_s=4.5)  # in the middle of the squat
    pulled = BadInput("/dev/video0 does not exist: no camera is plugged in there.")
    rig = Rig(monkeypatch, [first, pulled, pulled, Webcam()])
    assert rig.run_until(rig.is_back) == 0
    assert rig.reached(State.SQUATTING, State.FAULT)
    assert rig.is_back()
    assert first.closed
    shown = [what.value for _, what in lamps[0].history]
    assert shown[-1] == "off"


@pytest.mark.parametrize(
    ("source", "live"),
    [("auto", True), ("webcam", True), ("picamera", True), ("/dev/video3", True), ("clip.mp4", False)],
)
def test_only_cameras_are_waited_for_a_missing_file_is_a_mistake(source, live):
    def missing(_: CameraSettings) -> tuple[Source, str]:
        raise BadInput(f"{source} is not there")

    settings = CameraSettings(source=source)
    if not live:
        with pytest.raises(BadInput):
            missing_camera.open_or_wait(settings, missing)
        return
    stand_in, why = missing_camera.open_or_wait(settings, missing)
    assert "waiting" in why
    with pytest.raises(TemporaryFault, match="is not there"):
        next(stand_in.frames())


def test_what_waiting_cannot_mend_ends_the_mirror():
    def forbidden(_: CameraSettings) -> tuple[Source, str]:
        raise PermanentFault("/dev/video0 may not be opened by this user: add the user to the group video.")

    with pytest.raises(PermanentFault, match="group video"):
        missing_camera.open_or_wait(CameraSettings(source="webcam"), forbidden)


def test_a_fault_of_the_camera_is_kept_once_each_time(monkeypatch):
    import sqlite3
    from contextlib import closing

    from mirror.service.folders import state_folder

    file = state_folder() / "sets.sqlite"
    Path(file).unlink(missing_ok=True)
    pulled = BadInput("/dev/video0 does not exist: no camera is plugged in there.")
    rig = Rig(monkeypatch, [Webcam(stalls_after_s=1.0), pulled, pulled, Webcam()])
    rig.run_until(lambda: rig.opened >= 4 and rig.scenes[-1][0] is not State.FAULT)
    with closing(sqlite3.connect(file)) as rows:
        faults = rows.execute("SELECT what, says FROM faults").fetchall()
    assert faults == [("camera", "the webcam: no picture came.")]
