"""The eyes thread from frame to lamp: on recorded keypoints, with the real tracker, knees, coach and lamp."""

from __future__ import annotations

import itertools
import json
import logging
import math
import threading
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import simulate
from station.feeding import PATIENCE_S, NoNet, Patient, feed

from mirror.camera.frame import Frame, Layout
from mirror.camera.recording import Recording, RecordingSource
from mirror.coach.coach import FROZEN_S, Coach, CoachRules
from mirror.coach.feedback import Feedback, Light, Sound, State
from mirror.coach.words import words
from mirror.faults import PermanentFault
from mirror.knees.constants import ANATOMICAL
from mirror.knees.judge import Thresholds
from mirror.knees.live import KneeWatch
from mirror.knees.optics import Camera
from mirror.knees.reading import Rep, Verdict
from mirror.pose.people import SECOND_BODY, PersonTracker
from mirror.pose.pose import Pose
from mirror.pose.pose_net import Looks
from mirror.service.events import EventLog
from mirror.settings import LightsSettings, Settings
from mirror.signals.lights import MockLights
from mirror.station.eyes import Eyes
from mirror.station.sight import Judging, Looking, Telling
from mirror.station.station import Station

GOOD, BAD = simulate.Squat(delta=(0.0, 0.0)), simulate.Squat(delta=(14.0, 13.0))


class Tracker(PersonTracker):
    """The real one, counting what it was asked."""

    def __init__(self, net: NoNet) -> None:
        super().__init__(net)  # type: ignore[arg-type]
        self.looked: list[float] = []

    def see(self, frame: Frame) -> Pose:
        self.looked.append(frame.t)
        return super().see(frame)


class Lamp(MockLights):
    """The mock lamp, noting which thread switched it."""

    def __init__(self) -> None:
        super().__init__(LightsSettings(kind="mock"))
        self.switched_by: set[str] = set()

    def show(self, light: Light) -> None:
        self.switched_by.add(threading.current_thread().name)
        super().show(light)

    def sound(self, sound: Sound) -> None:
        self.switched_by.add(threading.current_thread().name)
        super().sound(sound)

    @property
    def shown(self) -> list[Light]:
        return [what for _, what in self.history if isinstance(what, Light)]

    @property
    def sounds(self) -> int:
        return sum(isinstance(what, Sound) for _, what in self.history)


class Bench:
    """Eyes with all their real parts, fed one frame at a time so that none is dropped."""

    def __init__(
        self,
        sim: simulate.Simulated,
        events: Path | None = None,
        zero: float | None = 0.0,
        net: NoNet | None = None,
    ) -> None:
        self.sim = sim
        self.mailbox, self.lamp, self.tracker = Patient(), Lamp(), Tracker(net or NoNet())
        self.coach = Coach(CoachRules())
        self.log = EventLog(events, words("en"))
        self.eyes = Eyes(
            self.mailbox,
            Looking(self.tracker),
            Judging(self.watch_for, lambda: self.coach),
            Telling(self.lamp, self.log, second_zero=lambda: zero),
        )

    def watch_for(self, frame: Frame, net: Looks) -> KneeWatch:
        return KneeWatch(Camera(self.sim.hfov_deg, self.sim.tilt_deg), ANATOMICAL, Thresholds())

    def frames(self, until_s: float = 1e9, *, later_s: float = 0.0) -> Iterable[Frame]:
        for t, keypoints in zip(self.sim.t, self.sim.keypoints, strict=True):
            if t < until_s:
                yield frame_of(float(t) + later_s, keypoints, self.sim.image_size)

    def feed(self, frames: Iterable[Frame]) -> None:
        feed(self.eyes, self.mailbox, frames)

    def run(self, frames: Iterable[Frame] | None = None) -> None:
        """From start to the end of the picture."""
        self.eyes.start()
        self.feed(self.frames() if frames is None else frames)
        self.mailbox.close()
        assert self.eyes.done.wait(PATIENCE_S)
        self.log.close()


def frame_of(t: float, keypoints: np.ndarray, size: tuple[int, int]) -> Frame:
    return Frame(np.zeros((4, 3, 3), np.uint8), t, 0, Layout.BGR, size, keypoints)


def nobody(start_s: float, seconds: float, size: tuple[int, int] = (640, 480)) -> Iterable[Frame]:
    empty = np.zeros((17, 3), np.float32)
    for i in range(round(seconds * 30)):
        yield frame_of(start_s + i / 30, empty, size)


@pytest.fixture(scope="module")
def session() -> simulate.Simulated:
    """A reference, two bad squats and a good one."""
    movements = [simulate.Stand(2.0), GOOD, BAD, BAD, GOOD, simulate.Stand(1.0)]
    return simulate.simulate(movements, noise=simulate.Noise(sigma_px=0.8))


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def of(log: list[dict[str, Any]], event: str) -> list[dict[str, Any]]:
    return [line for line in log if line["event"] == event]


# -- what it does


def test_squats_become_repetitions_lights_and_sounds(session: simulate.Simulated) -> None:
    bench = Bench(session)
    bench.run()
    assert bench.eyes.fault is None
    assert [rep.left.verdict for rep in bench.eyes.reps] == [
        Verdict.GOOD,
        Verdict.OFF_TRACK,
        Verdict.OFF_TRACK,
        Verdict.GOOD,
    ]
    assert bench.eyes.tally.judged == len(session.t)
    assert bench.eyes.tally.per_second == pytest.approx(30.0, rel=0.01)
    assert Light.OFF_TRACK in bench.lamp.shown
    assert bench.lamp.sounds == 2


def test_the_lamp_is_switched_in_the_eyes_own_thread(session: simulate.Simulated) -> None:
    bench = Bench(session)
    bench.run()
    assert bench.lamp.switched_by == {"eyes"}


def test_repetitions_are_told_on_the_clip_s_clock(session: simulate.Simulated) -> None:
    bench = Bench(session, zero=5000.0)  # the monotonic clock when the clip began
    bench.run(bench.frames(later_s=5000.0))
    for rep, true in zip(bench.eyes.reps, session.reps, strict=True):
        assert rep.start_s == pytest.approx(true.start_s, abs=0.25)
        assert rep.end_s == pytest.approx(true.end_s, abs=0.25)


def test_a_camera_s_clock_starts_with_its_first_frame(session: simulate.Simulated, tmp_path: Path) -> None:
    bench = Bench(session, tmp_path / "log", zero=None)
    bench.run(bench.frames(later_s=777.0))
    assert lines(tmp_path / "log")[0]["t"] == 0.0
    assert bench.eyes.reps[0].start_s == pytest.approx(session.reps[0].start_s, abs=0.25)


# -- the end


def test_the_lamp_is_off_after_the_end_of_the_picture(session: simulate.Simulated) -> None:
    bench = Bench(session)
    bottom = session.reps[1].bottom_s + 0.2
    bench.run(bench.frames(bottom))
    assert Light.OFF_TRACK in bench.lamp.shown
    assert bench.lamp.shown[-1] is Light.OFF
    assert bench.eyes.feedback.state is State.SUMMARY


def test_stop_ends_the_thread_and_darkens_the_lamp(session: simulate.Simulated, tmp_path: Path) -> None:
    bench = Bench(session, tmp_path / "log")
    bench.eyes.start()
    bench.feed(bench.frames(session.reps[1].bottom_s + 0.2))
    assert bench.eyes.stop(PATIENCE_S)
    bench.log.close()
    assert bench.eyes.fault is None
    assert bench.lamp.shown[-1] is Light.OFF
    assert lines(tmp_path / "log")[-1] == {"t": pytest.approx(bench.eyes.tally.last_t, abs=0.01)} | {
        "event": "light",
        "light": "off",
    }


def test_stop_before_any_frame_is_no_fault() -> None:
    bench = Bench(simulate.simulate([simulate.Stand(1.0)]))
    bench.eyes.start()
    assert bench.eyes.stop(PATIENCE_S)
    assert bench.eyes.fault is None
    assert bench.eyes.feedback.summary is None


class Broken(Exception):
    pass


def breaks(*_: object, **__: object) -> Any:
    raise Broken("worn out")


def test_a_lamp_that_fails_even_to_go_off_does_not_leave_the_mirror_waiting(
    session: simulate.Simulated, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench = Bench(session)
    monkeypatch.setattr(bench.lamp, "close", breaks)
    bench.run(bench.frames(1.0))
    assert isinstance(bench.eyes.fault, Broken)


# -- nobody there


def test_with_nobody_there_the_network_rests(session: simulate.Simulated) -> None:
    bench = Bench(session)
    bench.run(nobody(0.0, 10.0))
    assert len(bench.tracker.looked) <= 3 * 10 + 1
    assert bench.eyes.tally.rested == 300 - len(bench.tracker.looked)
    assert bench.eyes.feedback.state is State.IDLE


def test_somebody_stepping_in_is_seen_within_half_a_second_and_then_in_every_frame(
    session: simulate.Simulated,
) -> None:
    bench = Bench(session)
    came = 4.11
    bench.eyes.start()
    bench.feed([*nobody(0.0, came), *bench.frames(1.5, later_s=came)])
    assert bench.eyes.stop(PATIENCE_S)
    seen = [t for t in bench.tracker.looked if t >= came]
    assert seen[0] - came <= 0.5
    assert np.diff(seen).max() < 0.04
    assert len(bench.tracker.looked) - len(seen) <= 3 * came + 1


# -- somebody passes


PASSES_S = (0.3, 0.3)
"""So long before and after the deepest moment of a squat the network sees somebody else."""


class Pictured(NoNet):
    """A network that sees the simulated person, and for a moment somebody who stands beside them."""

    def __init__(self, sim: simulate.Simulated, bottom_s: float = math.inf) -> None:
        self._sim = sim
        self._passes = (bottom_s - PASSES_S[0], bottom_s + PASSES_S[1])
        self.others = 0

    def look(self, *looked: object) -> np.ndarray:
        frame = looked[0]
        assert isinstance(frame, Frame)
        keypoints = self._sim.keypoints[np.searchsorted(self._sim.t, frame.t)]
        passes = self._passes[0] < frame.t < self._passes[1]
        self.others = SECOND_BODY if passes else 0
        return keypoints - np.float32([0.0, 0.3, 0.0]) if passes else keypoints


def said_of(sim: simulate.Simulated, net: Pictured) -> list[Feedback]:
    """Every Feedback of frames in which this network looks for the person."""
    bench, said = Bench(sim, net=net), list[Feedback]()
    write = bench.log.write

    def noted(t: float, feedback: Feedback, rep: Rep | None) -> None:
        said.append(feedback)
        write(t, feedback, rep)

    bench.log.write = noted  # type: ignore[method-assign]
    bench.run(replace(frame, keypoints=None) for frame in bench.frames())
    return said


def test_a_passer_by_silences_the_coach_and_freezes_the_glass() -> None:
    sim = simulate.simulate([simulate.Stand(2.5), GOOD, BAD, simulate.Stand(1.5)])
    alone = said_of(sim, Pictured(sim))
    assert [feedback.sound for feedback in alone if feedback.sound] == [Sound.OFF_TRACK]
    assert not any(feedback.frozen for feedback in alone)
    passed = said_of(sim, Pictured(sim, sim.reps[1].bottom_s))
    frozen = [feedback for feedback in passed if feedback.frozen]
    assert {words("en").line(feedback.frozen) for feedback in frozen} == {"Somebody is passing. One moment"}
    assert frozen[-1].t - frozen[0].t > FROZEN_S
    assert not any(feedback.sound or feedback.cue for feedback in passed if feedback.t <= frozen[-1].t)


# -- the event log


def test_the_log_tells_the_visit_in_order(session: simulate.Simulated, tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    bench = Bench(session, path)
    bench.run()
    log = lines(path)
    times = [line["t"] for line in log]
    assert times == sorted(times)
    assert [line["state"] for line in of(log, "state")] == ["calibrating", "ready", "squatting", "summary"]
    reps = of(log, "rep")
    assert [(rep["n"], rep["left"]["verdict"], rep["right"]["verdict"]) for rep in reps] == [
        (1, "good", "good"),
        (2, "off_track", "off_track"),
        (3, "off_track", "off_track"),
        (4, "good", "good"),
    ]
    assert [rep["is_reference"] for rep in reps] == [True, False, False, False]
    for line, rep in zip(reps, bench.eyes.reps, strict=True):
        assert line["start_s"] == pytest.approx(rep.start_s, abs=1e-3)
        assert line["end_s"] == pytest.approx(rep.end_s, abs=1e-3)
    assert len(of(log, "sound")) == len(of(log, "cue")) == 2
    lights = [line["light"] for line in of(log, "light")]
    assert all(one != other for one, other in itertools.pairwise(lights))
    assert "off_track" in lights
    (summary,) = of(log, "summary")
    assert summary["headline"] == "4 squats"
    assert "on 2 of 4 squats" in summary["sentence"]


def test_the_light_in_the_log_is_the_light_of_the_lamp(session: simulate.Simulated, tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    bench = Bench(session, path)
    bench.run()
    assert [line["light"] for line in of(lines(path), "light")] == [light.value for light in bench.lamp.shown]


def test_sound_and_cue_come_in_the_repetition_they_are_about(
    session: simulate.Simulated, tmp_path: Path
) -> None:
    path = tmp_path / "events.jsonl"
    Bench(session, path).run()
    for sound, true in zip(of(lines(path), "sound"), session.reps[1:3], strict=True):
        assert true.start_s < sound["t"] < true.end_s


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full on this system")
def test_a_full_disk_ends_the_log_and_not_the_mirror(
    session: simulate.Simulated, caplog: pytest.LogCaptureFixture
) -> None:
    bench = Bench(session, Path("/dev/full"))
    with caplog.at_level(logging.WARNING):
        bench.run()
    assert bench.eyes.fault is None
    assert len(bench.eyes.reps) == 4
    assert Light.OFF_TRACK in bench.lamp.shown
    said = [record.getMessage() for record in caplog.records if "event log ends here" in record.getMessage()]
    assert said == ["the event log ends here: No space left on device"]


# -- the main thread


@pytest.fixture
def station(session: simulate.Simulated) -> Station:
    recording = Recording(session.t, session.keypoints, session.image_size, hfov_deg=session.hfov_deg)
    settings = Settings.model_validate({"lights": {"kind": "mock"}})
    source = RecordingSource(recording, pace=True)
    return Station(settings, source, "a recording", None, threading.Event())


def test_a_permanent_fault_in_the_eyes_reaches_the_main_thread(
    station: Station, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> Feedback:
        raise PermanentFault("the model is gone")

    monkeypatch.setattr(Coach, "update", fails)
    with station.running():
        assert station.eyes.done.wait(PATIENCE_S)
        assert station.over
    with pytest.raises(PermanentFault, match="the model is gone"):
        station.check()


def test_a_station_that_is_stopped_has_no_fault(station: Station, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mirror.station.station.QUIT_S", PATIENCE_S)  # however busy this computer is
    with station.running():
        station.stop.set()
        assert station.over
    assert station.eyes.done.is_set()
    station.check()
