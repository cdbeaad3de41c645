"""What nobody foresaw, in each room in turn: the mirror goes on, or ends in order when nothing goes well."""

from __future__ import annotations

import json
import logging
import os
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import simulate
from station.feeding import PATIENCE_S, NoNet, Patient, feed

from mirror.camera.feeder import Feeder
from mirror.camera.frame import Frame, Layout, Source
from mirror.camera.mailbox import Mailbox
from mirror.camera.recording import Recording, RecordingSource, load, save
from mirror.coach.coach import Coach, CoachRules
from mirror.coach.feedback import Feedback, Light, State, nothing
from mirror.coach.words import words
from mirror.faults import OwnFault
from mirror.history.database import NotKept, Store
from mirror.history.records import Logbook
from mirror.knees.constants import ANATOMICAL
from mirror.knees.judge import Thresholds
from mirror.knees.live import KneeWatch
from mirror.knees.optics import Camera
from mirror.mqtt.connection import Message
from mirror.mqtt.outbox import Outbox
from mirror.mqtt.station import TimerSubscriber, mqtt_for
from mirror.pose.people import PersonTracker
from mirror.service.containment import Bulkhead, Incidents
from mirror.service.events import EventLog, Observers
from mirror.service.metrics import Metrics, Snapshot
from mirror.service.throttling import Health, HealthWatch
from mirror.settings import LightsSettings, Settings
from mirror.signals.lights import MockLights
from mirror.station.eyes import SHOWN_AFTER_S, Eyes, Failing
from mirror.station.sight import Judging, Looking, Telling
from mirror.station.station import Station
from mirror.station.upkeep import Upkeep

GOOD, BAD = simulate.Squat(delta=(0.0, 0.0)), simulate.Squat(delta=(14.0, 13.0))


class Odd(Exception):
    pass


class Breaks:
    """A function that fails for as long as it is told to, and then does what it did before."""

    def __init__(self, does: Callable[..., Any], times: float = 1) -> None:
        self.does, self.times = does, times

    def __call__(self, *arguments: Any, **named: Any) -> Any:
        if self.times > 0:
            self.times -= 1
            raise Odd("nobody foresaw this")
        return self.does(*arguments, **named)


class Outlet:
    """An Observer that remembers what it was told."""

    room = "outlet"

    def __init__(self) -> None:
        self.told: list[Feedback] = []

    def write(self, t: float, feedback: Feedback, rep: object) -> None:
        self.told.append(feedback)

    def light(self, t: float, light: Light) -> None:
        pass


class Mirror:
    """Eyes with all their real parts on a simulated person, fed one frame at a time."""

    def __init__(self, sim: simulate.Simulated) -> None:
        self.sim, self.incidents, self.outlet = sim, Incidents(), Outlet()
        self.mailbox, self.lamp = Patient(), MockLights(LightsSettings(kind="mock"))
        self.tracker = PersonTracker(NoNet())  # type: ignore[arg-type]
        self.coaches: list[Coach] = []
        self.log = EventLog(None, words("en"))
        self.observers = Observers(self.log, self.outlet, report=self.incidents.report)
        self.eyes = Eyes(
            self.mailbox,
            Looking(self.tracker),
            Judging(
                lambda *_: KneeWatch(Camera(sim.hfov_deg, sim.tilt_deg), ANATOMICAL, Thresholds()), self.coach
            ),
            Telling(self.lamp, self.observers, second_zero=lambda: 0.0, incidents=self.incidents),
        )

    def coach(self) -> Coach:
        self.coaches.append(Coach(CoachRules()))
        return self.coaches[-1]

    def frames(self, from_s: float = 0.0, until_s: float = 1e9) -> Iterator[Frame]:
        for t, keypoints in zip(self.sim.t, self.sim.keypoints, strict=True):
            if from_s <= t < until_s:
                yield frame_of(float(t), keypoints, self.sim.image_size)

    def run(self, breaks_at_s: float, breaks: Callable[[], None]) -> None:
        self.eyes.start()
        feed(self.eyes, self.mailbox, self.frames(until_s=breaks_at_s))
        breaks()
        feed(self.eyes, self.mailbox, self.frames(breaks_at_s))
        self.mailbox.close()
        assert self.eyes.done.wait(PATIENCE_S)

    @property
    def lights(self) -> list[Light]:
        return [what for _, what in self.lamp.history if isinstance(what, Light)]


def frame_of(t: float, keypoints: np.ndarray, size: tuple[int, int]) -> Frame:
    return Frame(np.zeros((4, 3, 3), np.uint8), t, 0, Layout.BGR, size, keypoints)


@pytest.fixture(scope="module")
def visit() -> simulate.Simulated:
    """A reference and a bad squat; a pause in which one is calibrated anew; four more, two of them bad."""
    movements = [
        simulate.Stand(2.0),
        GOOD,
        BAD,
        simulate.Stand(2.0),
        GOOD,
        BAD,
        BAD,
        GOOD,
        simulate.Stand(9.0),
    ]
    return simulate.simulate(movements, noise=simulate.Noise(sigma_px=0.8))


def break_room(room: str, rig: Mirror, monkeypatch: pytest.MonkeyPatch, times: float) -> None:
    """Put the exception where the room does its work."""
    where: dict[str, tuple[object, str]] = {
        "pose": (rig.tracker, "see"),
        "knees": (rig.eyes.sight.in_front and rig.eyes.sight.in_front.knees, "update"),
        "coach": (rig.coaches[0], "update"),
        "lamp": (rig.lamp, "show"),
    }
    owner, name = where[room]
    if times == 1:
        monkeypatch.setattr(owner, name, Breaks(getattr(owner, name)))
        return
    kind = type(owner)  # for good: also what is begun anew
    monkeypatch.setattr(kind, name, Breaks(getattr(kind, name), times))


# -- eyes


@pytest.mark.parametrize("room", ["pose", "knees", "coach", "lamp"])
def test_one_bad_frame_costs_that_frame_and_the_mirror_goes_on(
    room: str, visit: simulate.Simulated, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    rig = Mirror(visit)
    in_a_bad_squat = visit.reps[1].bottom_s + 0.1
    rig.run(in_a_bad_squat, lambda: break_room(room, rig, monkeypatch, 1))
    assert rig.eyes.fault is None
    assert rig.incidents.by_room == {room: 1}
    later = [rep for rep in rig.eyes.reps if rep.start_s > in_a_bad_squat]
    assert len(later) >= 4, "squats after it count again"
    (line,) = [record for record in caplog.records if record.levelno == logging.ERROR]
    assert "Odd: nobody foresaw this" in line.message
    assert line.exc_info is not None, "the journal has the way there"


@pytest.mark.parametrize("room", ["pose", "knees", "coach"])
def test_the_lamp_is_dark_for_the_frame_that_failed(
    room: str, visit: simulate.Simulated, monkeypatch: pytest.MonkeyPatch
) -> None:
    rig = Mirror(visit)
    once = visit.reps[1].bottom_s + 0.1
    shown: list[Light] = []

    def breaks() -> None:
        shown.append(rig.eyes.feedback.light)
        rig.lamp.history.clear()
        break_room(room, rig, monkeypatch, 1)

    rig.run(once, breaks)
    assert shown == [Light.OFF_TRACK], "it was lit before"
    assert rig.lights[0] is Light.OFF


@pytest.mark.parametrize("room", ["pose", "knees", "coach", "lamp"])
def test_a_room_that_fails_every_frame_for_ten_seconds_ends_the_thread_in_order(
    room: str, visit: simulate.Simulated, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    rig = Mirror(visit)
    once = visit.reps[1].bottom_s + 0.1
    with monkeypatch.context() as broken:
        broken.setattr(rig.lamp, "close", rig.lamp.close)
        rig.run(once, lambda: break_room(room, rig, broken, float("inf")))
    assert isinstance(rig.eyes.fault, OwnFault)
    assert "please report it" in str(rig.eyes.fault)
    assert "again and again for 10 s" in str(rig.eyes.fault)
    assert rig.incidents.by_room[room] > 250, "each of its frames counts"
    assert len([r for r in caplog.records if r.levelno == logging.ERROR]) == 1, "told once, not at each frame"
    if room != "lamp":
        assert rig.lights[-1] is Light.OFF
    if room in ("pose", "knees"):
        kept = [told.set_over for told in rig.outlet.told if told.set_over is not None]
        assert [len(one.reps) for one in kept] == [1], "the set under way is kept"


def test_what_lasts_a_second_is_told_on_the_glass_and_forgotten_when_it_is_over(
    visit: simulate.Simulated, monkeypatch: pytest.MonkeyPatch
) -> None:
    rig = Mirror(visit)
    rig.eyes.start()
    feed(rig.eyes, rig.mailbox, rig.frames(until_s=4.0))
    with monkeypatch.context() as broken:
        broken.setattr(KneeWatch, "update", Breaks(KneeWatch.update, float("inf")))
        feed(rig.eyes, rig.mailbox, rig.frames(4.0, 4.9))
        assert rig.eyes.trouble is None
        feed(rig.eyes, rig.mailbox, rig.frames(4.9, 5.3))
        feed(rig.eyes, rig.mailbox, [])
        settled(lambda: isinstance(rig.eyes.trouble, Odd))
    feed(rig.eyes, rig.mailbox, rig.frames(5.3))
    rig.mailbox.close()
    assert rig.eyes.done.wait(PATIENCE_S)
    assert rig.eyes.trouble is None


def settled(true: Callable[[], bool]) -> None:
    """Wait until it is so; the eyes are a thread."""
    tick = threading.Event()
    for _ in range(round(PATIENCE_S / 0.002)):
        if true():
            return
        tick.wait(0.002)
    raise AssertionError("it never came to that")


def test_the_set_so_far_survives_its_coach(
    visit: simulate.Simulated, monkeypatch: pytest.MonkeyPatch
) -> None:
    rig = Mirror(visit)
    after_two = visit.reps[1].end_s + 1.0
    rig.run(after_two, lambda: break_room("coach", rig, monkeypatch, 1))
    assert len(rig.coaches) == 2, "a new coach goes on"
    kept = [told.set_over for told in rig.outlet.told if told.set_over is not None]
    assert [len(one.reps) for one in kept] == [2, 4], "the set under way, and the one after it"


def test_a_lamp_that_fails_while_no_frame_comes_ends_nothing(
    visit: simulate.Simulated, monkeypatch: pytest.MonkeyPatch
) -> None:
    rig = Mirror(visit)
    monkeypatch.setattr(rig.lamp, "show", Breaks(rig.lamp.show))
    rig.eyes._unlit()
    rig.run(0.5, lambda: None)
    assert rig.eyes.fault is None
    assert rig.incidents.by_room == {"lamp": 1}
    assert len(rig.eyes.reps) == 6


def test_a_sound_that_fails_takes_no_light_with_it(
    visit: simulate.Simulated, monkeypatch: pytest.MonkeyPatch
) -> None:
    rig = Mirror(visit)
    monkeypatch.setattr(rig.lamp, "sound", Breaks(rig.lamp.sound, float("inf")))
    rig.run(0.5, lambda: None)
    assert rig.eyes.fault is None
    assert set(rig.incidents.by_room) == {"sound"}
    assert Light.OFF_TRACK in rig.lights


def test_an_outlet_that_always_fails_is_no_matter_of_light_or_of_the_others(
    visit: simulate.Simulated, monkeypatch: pytest.MonkeyPatch
) -> None:
    rig = Mirror(visit)
    monkeypatch.setattr(rig.log, "write", Breaks(rig.log.write, float("inf")))
    rig.run(0.5, lambda: None)
    assert rig.eyes.fault is None
    assert rig.incidents.by_room["events"] == rig.eyes.tally.judged + 1, "each frame, and the end"
    assert len(rig.outlet.told) == rig.eyes.tally.judged + 1
    assert Light.OFF_TRACK in rig.lights


def test_a_coach_that_cannot_sum_up_ends_no_mirror_with_a_traceback(
    visit: simulate.Simulated, monkeypatch: pytest.MonkeyPatch
) -> None:
    rig = Mirror(visit)
    monkeypatch.setattr(rig.coaches[0], "finish", Breaks(nothing, float("inf")))
    rig.run(0.5, lambda: None)
    assert rig.eyes.fault is None
    assert rig.incidents.by_room == {"coach": 1}
    assert rig.lights[-1] is Light.OFF


# -- screen and camera


@pytest.fixture
def station(visit: simulate.Simulated, monkeypatch: pytest.MonkeyPatch) -> Station:
    monkeypatch.setenv("SDL_VIDEODRIVER", "dummy")
    recording = Recording(visit.t, visit.keypoints, visit.image_size, hfov_deg=visit.hfov_deg)
    wanted = {"lights": {"kind": "mock"}, "screen": {"width": 320, "height": 480, "fullscreen": False}}
    settings = Settings.model_validate(wanted)
    return Station(settings, RecordingSource(recording, pace=True), "a recording", None, threading.Event())


def test_a_moment_that_cannot_be_drawn_is_black_and_the_next_one_is_whole(
    station: Station, monkeypatch: pytest.MonkeyPatch
) -> None:
    from mirror.screen.stage import Stage
    from mirror.screen.window import DisplayWindow

    draw, drawn = Stage.draw, []
    monkeypatch.setattr(station, "_moment", lambda: nothing(0.0))  # the same again and again
    dark: list[bool] = []
    monkeypatch.setattr(DisplayWindow, "darken", lambda self: dark.append(True))

    def sometimes(self: Stage, *arguments: Any) -> list[Any]:
        parts = draw(self, *arguments)
        drawn.append(parts)
        if len(drawn) == 3:
            raise Odd("a scene nobody tried")
        if len(drawn) == 8:
            station.stop.set()
        return parts

    monkeypatch.setattr(Stage, "draw", sometimes)
    with station.running():
        station.show_window()
    station.check()
    assert station._incidents.by_room == {"screen": 1}
    assert dark == [True]
    assert drawn[1] == [], "nothing changes on this glass"
    (whole,) = drawn[3]
    assert whole.size == (320, 480), "after it all of the glass is painted"


@pytest.mark.parametrize("key", ["space", "p", "escape"])
def test_after_a_clip_both_pages_of_its_summary_stay_until_a_key(
    station: Station, monkeypatch: pytest.MonkeyPatch, key: str
) -> None:
    import pygame

    from mirror.screen import samples
    from mirror.screen.stage import Stage
    from mirror.screen.window import DisplayWindow

    told = samples.variants()["advice"]
    assert told.summary is not None
    assert told.summary.pages == 2
    monkeypatch.setattr(type(station.eyes), "feedback", property(lambda self: told))
    monkeypatch.setattr(type(station), "over", property(lambda self: True))
    station.eyes.done.set()
    opened = DisplayWindow.__init__

    def before_somebody(self: DisplayWindow, *arguments: Any, **how: Any) -> None:
        opened(self, *arguments, **how)
        self.seen = True

    monkeypatch.setattr(DisplayWindow, "__init__", before_somebody)
    draw, pages = Stage.draw, []

    def drawn(self: Stage, feedback: Feedback, *arguments: Any) -> list[Any]:
        pages.append(feedback.summary_page)
        code = {3: pygame.K_RIGHT, 6: pygame.K_LEFT, 9: pygame.key.key_code(key)}.get(len(pages))
        if code is not None:
            pygame.event.post(pygame.event.Event(pygame.KEYDOWN, key=code))
        return draw(self, feedback, *arguments)

    monkeypatch.setattr(Stage, "draw", drawn)
    station.show_window()
    assert pages == [0] * 3 + [1] * 3 + [0] * 3


def test_a_screen_that_never_draws_again_ends_the_mirror_in_order(
    station: Station, monkeypatch: pytest.MonkeyPatch
) -> None:
    from mirror.screen.stage import Stage

    monkeypatch.setattr(Stage, "draw", Breaks(Stage.draw, float("inf")))
    station._screen = Bulkhead(station._incidents, give_up_s=0.3)
    with pytest.raises(OwnFault, match="again and again"), station.running():
        station.show_window()
    assert station._lights._closed  # type: ignore[attr-defined]
    assert station.eyes.done.is_set()


def test_eyes_that_fail_for_long_put_the_fault_scene_on_the_glass(station: Station) -> None:
    station.eyes._failing = Failing(0.0, SHOWN_AFTER_S, Odd("nobody foresaw this"))
    moment = station._moment()
    assert (moment.state, moment.light) == (State.FAULT, Light.OFF)
    assert "squat-mirror doctor" in words("en").line(moment.note)


class OddCamera(Source):
    """Gives a frame, then fails like no camera should."""

    name, hfov_deg, hfov_how, fps = "an odd camera", None, "", 30.0

    def __init__(self, number: int) -> None:
        self.number = number

    def frames(self) -> Iterator[Frame]:
        yield frame_of(float(self.number), np.zeros((17, 3), np.float32), (64, 48))
        if self.number < 3:
            raise Odd("a driver's own idea")

    def close(self) -> None:
        pass


def test_a_live_camera_that_fails_oddly_is_opened_again() -> None:
    incidents, mailbox = Incidents(), Mailbox()
    cameras = iter([OddCamera(2), OddCamera(3)])
    told: list[Exception] = []

    def unforeseen(error: Exception) -> None:
        told.append(error)
        incidents.report("camera", error)

    feeder = Feeder(OddCamera(1), mailbox, lambda: next(cameras), unforeseen)
    feeder.start()
    assert feeder.ended.wait(PATIENCE_S)
    assert feeder.fault is None
    assert feeder.restarts == 2
    assert incidents.by_room == {"camera": 2}


def test_a_camera_that_cannot_even_be_opened_for_an_odd_reason_is_waited_for() -> None:
    told: list[Exception] = []
    openings = iter([Breaks(OddCamera), OddCamera])
    feeder = Feeder(OddCamera(1), Mailbox(), lambda: next(openings)(3), told.append)
    feeder.start()
    assert feeder.ended.wait(PATIENCE_S)
    assert feeder.fault is None
    assert feeder.restarts == 1
    assert [type(one) for one in told] == [Odd, Odd], "the camera, and opening it again"


def test_a_clip_that_fails_oddly_is_not_played_again_and_again() -> None:
    feeder = Feeder(OddCamera(1), Mailbox(), lambda: OddCamera(2))
    feeder.start()
    assert feeder.ended.wait(PATIENCE_S)
    assert isinstance(feeder.fault, Odd)
    assert feeder.restarts == 0


# -- store, metrics, threads


class Poison:
    """A record that cannot be written on any disk."""

    def __init__(self, error: Exception) -> None:
        self.error = error

    def write(self, rows: object) -> int:
        raise self.error


@pytest.mark.parametrize("error", [Odd("a bug"), TypeError("a list is no number")])
def test_a_record_that_is_none_holds_up_no_other(error: Exception, tmp_path: Path) -> None:
    incidents = Incidents()
    store = Store(tmp_path / "sets.sqlite", 90, report=incidents.report)
    refused = store.keep(Poison(error))
    book = Logbook(store, words("en"))
    with pytest.raises(NotKept):
        refused.result(PATIENCE_S)
    book.fault("test", "kept all the same")
    store.close(PATIENCE_S)
    assert incidents.by_room == {"store": 1}
    assert store.dropped == 1


def test_metrics_tell_the_incidents_and_their_thread_outlives_one(tmp_path: Path) -> None:
    pytest.importorskip("prometheus_client")
    incidents, asked, again = Incidents(), threading.Event(), threading.Event()

    def look() -> Snapshot:
        if asked.is_set() and not again.is_set():
            again.set()
            raise Odd("a look")
        asked.set()
        return Snapshot(incidents=incidents.by_room)

    metrics = Metrics(tmp_path / "mirror.prom", look, every_s=0.01, report=incidents.report)
    metrics.start()
    assert again.wait(PATIENCE_S)
    settled(lambda: metrics.path.exists() and "squat_mirror_incidents_total" in metrics.path.read_text())
    metrics.close()
    assert 'squat_mirror_incidents_total{room="metrics"} 1.0' in metrics.path.read_text()


def test_the_watch_over_heat_outlives_a_reading_nobody_foresaw() -> None:
    incidents = Incidents()
    watch = HealthWatch(Breaks(lambda: Health(50.0, 0)), every_s=0.01, report=incidents.report)
    watch.start()
    settled(lambda: watch.latest is not None)
    watch.close(PATIENCE_S)
    assert incidents.by_room == {"heat": 1}


def test_a_message_that_cannot_be_said_holds_up_no_other() -> None:
    class Post:
        def __init__(self) -> None:
            self.connected, self.said = threading.Event(), []
            self.connected.set()
            self.say = Breaks(self.said.append)

    incidents, post = Incidents(), Post()
    outbox = Outbox(every_s=0.0, report=incidents.report)
    outbox.start(post)
    outbox.put(Message("squat/rep", b"1"))
    settled(lambda: outbox.dropped == 1)
    outbox.put(Message("squat/rep", b"2"))
    settled(lambda: [one.payload for one in post.said] == [b"2"])
    outbox.close(PATIENCE_S)
    assert incidents.by_room == {"mqtt": 1}


def test_what_a_broker_sends_ends_no_thread_of_its_library(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("paho.mqtt")
    incidents = Incidents()
    monkeypatch.setattr(TimerSubscriber, "heard", Breaks(lambda self, payload: None))
    settings = Settings.model_validate({"mqtt": {"broker": "127.0.0.1:9"}, "coach": {"mode": "class"}})
    mqtt = mqtt_for(settings, incidents.report)
    assert mqtt is not None
    topic = mqtt._broker._listens_to
    mqtt._broker._on_message(None, None, SimpleNamespace(topic=topic, payload=b"{}"))
    assert incidents.by_room == {"mqtt": 1}


def test_a_thread_that_dies_is_told_and_counted(station: Station) -> None:
    with station.running():
        thread = threading.Thread(target=Breaks(int), name="model")
        thread.start()
        thread.join()
    assert station._incidents.by_room == {"model": 1}
    assert threading.excepthook != station._thread_ended, "only while it runs"


@pytest.mark.parametrize("part", ["_sounds", "_button", "_events", "_upkeep", "_source", "_feeder"])
def test_whatever_fails_while_it_ends_the_rest_is_closed(part: str, station: Station) -> None:
    closed: list[str] = []
    for name in ("_sounds", "_button", "_events", "_upkeep", "_source"):
        owner = getattr(station, name)
        does = owner.close
        owner.close = lambda name=name, does=does: (closed.append(name), does())[1]
    owner = getattr(station, part)
    name = "stop" if part == "_feeder" else "close"
    setattr(owner, name, Breaks(getattr(owner, name)))
    with station.running():
        pass
    assert {"_sounds", "_button", "_events", "_upkeep", "_source"} - {part} <= set(closed)
    assert sum(station._incidents.by_room.values()) == 1


# -- the black box


SQUATS = 9


class Fragile(KneeWatch):
    """Fails at the last squat of a long visit: a fault that needs what came before."""

    def _rep(self, span: Any) -> Any:
        found = super()._rep(span)
        if self.stance is not None and found.left.deviation_deg is not None and found.n >= SQUATS:
            raise Odd("a number nobody foresaw")
        return found


@pytest.fixture
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("STATE_DIRECTORY", str(tmp_path / "state"))
    monkeypatch.setattr("mirror.station.knee_watch.KneeWatch", Fragile)
    return tmp_path / "state"


def watched(recording: Recording, path: Path, **service: bool) -> Upkeep:
    """The whole station on a recording, to its end; what kept watch over it."""
    from mirror.station.upkeep import upkeep_for

    save(path, recording)
    wanted = {"lights": {"kind": "none"}, "camera": {"source": str(path)}, "coach": {"reference": "off"}}
    settings = Settings.model_validate({**wanted, "service": service, "store": {"keep_days": 0}})
    upkeep = upkeep_for(settings)
    source = RecordingSource(recording, pace=False)
    station = Station(settings, source, "a recording", None, threading.Event(), upkeep=upkeep)
    station.mailbox = station.eyes._mailbox = Patient()
    station.eyes.start()
    feed(station.eyes, station.eyes._mailbox, source.frames())
    station.eyes._mailbox.close()
    assert station.eyes.done.wait(PATIENCE_S)
    upkeep.close()
    assert station.eyes.fault is None
    return upkeep


def a_long_visit() -> Recording:
    """Calibrated in the first seconds, and without a quiet one since.

    The last squat, the one that fails, ends half a minute later.
    """
    squat = simulate.Squat(down_s=1.5, up_s=1.5, rest_s=0.0)
    movements = [simulate.Stand(2.0), *[squat] * SQUATS, simulate.Stand(2.0)]
    sim = simulate.simulate(movements, noise=simulate.Noise(sigma_px=0.5))
    toes = None if sim.toes is None else sim.toes.astype(np.float32)
    return Recording(
        sim.t, sim.keypoints, sim.image_size, toes=toes, hfov_deg=sim.hfov_deg, tilt_deg=sim.tilt_deg
    )


def test_a_fault_leaves_the_joints_before_it_and_playing_them_shows_it_again(
    state: Path, tmp_path: Path
) -> None:
    upkeep = watched(a_long_visit(), tmp_path / "visit.npz")
    assert upkeep.incidents.by_room == {"knees": 1}
    (box,) = (state / "incidents").glob("*.npz")
    kept = load(box)
    lasted = kept.t[-1] - kept.t[0]
    assert 20.0 <= lasted <= 22.0, "the last twenty seconds, and the stand that calibrated"
    assert kept.hfov_deg is not None
    assert kept.toes_each is not None

    # fewer squats are in the box than were done: a watch that fails at the first shows the same place again
    fails_at_first = type("Fragile", (Fragile,), {"_rep": _fails_at_first})
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("mirror.station.knee_watch.KneeWatch", fails_at_first)
        patch.setenv("STATE_DIRECTORY", str(tmp_path / "elsewhere"))
        again = watched(kept, tmp_path / "again.npz")
    assert again.incidents.by_room.keys() == {"knees"}


def _fails_at_first(self: Any, span: Any) -> Any:
    found = KneeWatch._rep(self, span)
    if self.stance is not None and found.left.deviation_deg is not None:
        raise Odd("a number nobody foresaw")
    return found


def test_the_black_box_knows_whose_joints_they_are(state: Path, tmp_path: Path) -> None:
    watched(replace(a_long_visit(), stature_m=1.83), tmp_path / "visit.npz")
    (box,) = (state / "incidents").glob("*.npz")
    assert load(box).stature_m == pytest.approx(1.83)


def test_the_doctor_names_the_fault_and_the_black_box(state: Path, tmp_path: Path) -> None:
    from mirror.doctor.computer import faults

    assert faults(state, 0.0).level == "ok"
    watched(a_long_visit(), tmp_path / "visit.npz")
    told = json.loads((state / "incidents" / "incidents.json").read_text())
    (one,) = told["incidents"]
    finding = faults(state, one["last"] + 60.0)
    assert finding.level == "warning"
    assert one["place"] in finding.says
    assert one["black_box"] in finding.do
    assert faults(state, one["last"] + 31 * 86400.0).level == "ok"


def test_a_black_box_that_is_switched_off_keeps_no_joints(state: Path, tmp_path: Path) -> None:
    watched(a_long_visit(), tmp_path / "visit.npz", black_box=False)
    assert [file.name for file in (state / "incidents").iterdir()] == ["incidents.json"]


def test_playing_a_black_box_writes_over_none(state: Path, tmp_path: Path) -> None:
    from mirror.station.upkeep import upkeep_for

    watched(a_long_visit(), tmp_path / "visit.npz")
    (box,) = (state / "incidents").glob("*.npz")
    before = box.read_bytes()
    played = Settings.model_validate({"camera": {"source": str(box)}, "store": {"keep_days": 0}})
    upkeep = upkeep_for(played)
    upkeep.incidents.report("knees", Odd("again"))
    upkeep.close()
    assert box.read_bytes() == before
    assert len(list((state / "incidents").iterdir())) == 2


def test_five_black_boxes_are_kept_the_newest(tmp_path: Path) -> None:
    from mirror.service.black_box import keep

    recording = Recording(np.arange(3.0), np.zeros((3, 17, 3), np.float32), (64, 48))
    for n in range(8):
        path = keep(tmp_path, f"knees/rep_features.py:{n}", recording)
        os.utime(path, (n, n))
    left = sorted(file.name for file in tmp_path.iterdir())
    assert left == [f"knees-rep_features.py-{n}.npz" for n in range(3, 8)]


def test_a_full_disk_takes_no_mirror_with_it(
    state: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    state.mkdir()
    (state / "incidents").write_text("a file where the folder should be")
    upkeep = watched(a_long_visit(), tmp_path / "visit.npz")
    assert upkeep.incidents.by_room == {"knees": 1}
    assert "they cannot be kept" in caplog.text


# -- the command line


def test_a_fault_of_ours_in_one_input_is_a_line_and_the_others_are_judged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from mirror.cli import main
    from mirror.desk import one as desk_one

    for name in ("one", "two", "three"):
        save(tmp_path / f"{name}.npz", a_long_visit())
    does = desk_one.study

    def study(path: Path, *more: Any) -> Any:
        if path.stem == "two":
            raise Odd("nobody foresaw this")
        return does(path, *more)

    monkeypatch.setattr(desk_one, "study", study)
    inputs = [str(tmp_path / f"{name}.npz") for name in ("one", "two", "three")]
    assert main(["analyze", *inputs]) == 1
    told = capsys.readouterr()
    (line,) = told.err.strip().splitlines()
    assert "two.npz: a fault of ours (Odd: nobody foresaw this), please report it" in line
    assert "--debug shows where" in line
    assert "one.npz" in told.out
    assert "three.npz" in told.out

    assert main(["analyze", "--debug", inputs[1]]) == 1
    told = capsys.readouterr()
    assert "Traceback" in told.err
    assert "in study" in told.err


def test_a_fault_of_ours_in_any_command_is_a_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from mirror.cli import main

    monkeypatch.setattr("mirror.doctor.doctor.examine", Breaks(list, float("inf")))
    assert main(["doctor"]) == 1
    told = capsys.readouterr()
    (line,) = told.err.strip().splitlines()
    assert "a fault of ours" in line
    assert "please report it" in line
    assert main(["--debug", "doctor"]) == 1
    assert "Traceback" in capsys.readouterr().err
