"""The eyes get ready behind a ring that fills, and change networks between two frames with nobody there."""

from __future__ import annotations

import threading
from collections.abc import Callable

import numpy as np
import pytest
from patience import PATIENCE_S

from mirror.camera.frame import Frame, Layout
from mirror.camera.mailbox import Mailbox
from mirror.coach.coach import Coach, CoachRules
from mirror.coach.feedback import Feedback, State
from mirror.coach.words import words
from mirror.fitting.from_settings import constants_of, network_constants
from mirror.knees.judge import Thresholds
from mirror.knees.live import KneeWatch
from mirror.knees.optics import Camera
from mirror.pose.catalog import DEFAULT_MODEL, find
from mirror.pose.people import PersonTracker
from mirror.pose.pose_net import Looks, PoseNet
from mirror.service.events import EventLog
from mirror.settings import LightsSettings
from mirror.signals.lights import MockLights
from mirror.station.eyes import Eyes
from mirror.station.sight import Judging, Looking, Telling

SMALL = "movenet_lightning_192x128_mixed_u8"
GREY = np.full((240, 320, 3), 90, np.uint8)


class Planned:
    """Says how far it is when asked to begin, and hands another network over after the first frame."""

    def __init__(self) -> None:
        self.begun, self.go_on, self.ready = threading.Event(), threading.Event(), threading.Event()
        self.asked: list[tuple[float, bool]] = []
        self.told: list[bool] = []

    def begin(self, told: Callable[[float], bool]) -> PoseNet | None:
        self.told.append(told(0.4))
        self.begun.set()
        self.go_on.wait(PATIENCE_S)
        self.told.append(told(1.0))
        self.ready.set()
        return None

    def after(self, t: float, took_s: float, nobody: bool) -> PoseNet | None:
        assert took_s > 0
        self.asked.append((t, nobody))
        return PoseNet(find(SMALL), threads=1) if len(self.asked) == 1 else None


class Wired:
    def __init__(self) -> None:
        self.mailbox, self.pace = Mailbox(), Planned()
        self.watched: list[object] = []
        tracker = PersonTracker(PoseNet(find(DEFAULT_MODEL), threads=1))
        self.eyes = Eyes(
            self.mailbox,
            Looking(tracker, pace=self.pace),
            Judging(self.watch_for, lambda: Coach(CoachRules())),
            Telling(
                MockLights(LightsSettings(kind="mock")), EventLog(None, words("en")), second_zero=lambda: 0.0
            ),
        )

    def watch_for(self, frame: Frame, net: Looks) -> KneeWatch:
        constants = network_constants(net)
        self.watched.append(constants)
        return KneeWatch(Camera(60.0, 0.0), constants, Thresholds())

    def feed(self, t: float) -> None:
        assert self.pace.ready.wait(PATIENCE_S)  # what comes earlier is let go
        before = self.eyes.tally.judged
        self.mailbox.put(Frame(GREY, t, int(10 * t), Layout.RGB, (240, 320)))
        waited = threading.Event()
        for _ in range(100 * PATIENCE_S):
            if self.eyes.tally.judged > before and len(self.pace.asked) > before:
                return
            waited.wait(0.01)
        pytest.fail(f"the frame of {t} was not judged: {self.eyes.fault}")


@pytest.fixture
def wired() -> Wired:
    return Wired()


def test_getting_ready_shows_how_far_it_is_and_then_the_mirror_watches(wired: Wired) -> None:
    wired.eyes.start()
    assert wired.pace.begun.wait(PATIENCE_S)
    seen: Feedback = wired.eyes.feedback
    assert (seen.state, seen.progress) == (State.STARTING, 0.4)
    wired.pace.go_on.set()
    wired.feed(0.0)
    assert wired.eyes.feedback.state is State.IDLE
    assert wired.eyes.stop(PATIENCE_S)
    assert wired.pace.told == [True, True]


def test_a_mirror_told_to_stop_while_it_gets_ready_says_so_to_whoever_makes_it_wait(wired: Wired) -> None:
    wired.eyes.start()
    assert wired.pace.begun.wait(PATIENCE_S)
    wired.mailbox.close()
    wired.pace.go_on.set()
    assert wired.eyes.done.wait(PATIENCE_S)
    assert wired.pace.told == [True, False]


def test_a_network_handed_over_brings_its_own_constants_to_a_new_watch(wired: Wired) -> None:
    wired.pace.go_on.set()
    wired.eyes.start()
    wired.feed(0.0)
    wired.feed(1.0)
    wired.feed(2.0)
    assert wired.eyes.stop(PATIENCE_S)
    assert wired.eyes.fault is None
    assert wired.eyes.sight.net.name == SMALL
    assert wired.watched == [constants_of(DEFAULT_MODEL), constants_of(SMALL)]
    assert [nobody for _, nobody in wired.pace.asked] == [True, True, True]
