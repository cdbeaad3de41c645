"""A recording through the eyes, frame by frame, every one judged: what the event log says then."""

from __future__ import annotations

import json
import math
import threading
import time
from pathlib import Path
from typing import Any

from reliability.whole_mirror import PATIENCE_S
from station.feeding import Patient

from mirror.camera.mailbox import Mailbox
from mirror.camera.recording import Recording, RecordingSource
from mirror.coach.coach import Coach, CoachRules
from mirror.coach.words import words
from mirror.knees.constants import ANATOMICAL
from mirror.knees.judge import Thresholds
from mirror.knees.live import KneeWatch
from mirror.knees.optics import Camera
from mirror.pose.people import PersonTracker
from mirror.service.events import EventLog
from mirror.settings import LightsSettings
from mirror.signals.lights import MockLights
from mirror.station.eyes import Eyes
from mirror.station.sight import Judging, Looking, Telling
from mirror.station.tally import Tally


class NoNet:
    """Recorded keypoints need no network."""

    aspect = 0.5

    def look(self, *_: object) -> None:
        raise AssertionError("the network was asked although the keypoints were there")


def judge(
    recording: Recording,
    log: Path,
    looks_per_s: float = math.inf,
    then_wait_for: str = "",
    watch: KneeWatch | None = None,
) -> tuple[list[dict[str, Any]], Tally]:
    """The events of this recording, in order, and how many frames were judged.

    looks_per_s: as many as a hot processor may judge. then_wait_for: after the last frame the picture stays
    away until the lamp shows this. watch: judges the knees; None for one with all defaults.
    """
    mailbox = Mailbox() if then_wait_for else Patient()
    events, lamp = EventLog(log, words("en")), MockLights(LightsSettings(kind="mock"))
    camera = Camera(recording.hfov_deg or 60.0, 0.0)
    eyes = Eyes(
        mailbox,
        Looking(PersonTracker(NoNet()), looks_per_s=lambda: looks_per_s),  # type: ignore[arg-type]
        Judging(lambda *_: watch or KneeWatch(camera, ANATOMICAL, Thresholds()), lambda: Coach(CoachRules())),
        Telling(lamp, events, second_zero=lambda: 0.0),
    )
    eyes.start()
    tick, deadline = threading.Event(), time.monotonic() + PATIENCE_S
    for fed, frame in enumerate(RecordingSource(recording, pace=False).frames(), 1):
        deadline = time.monotonic() + PATIENCE_S
        mailbox.put(frame)
        while mailbox.delivered < fed:
            assert time.monotonic() < deadline
            assert not eyes.done.is_set(), eyes.fault
            tick.wait(0.0002)
    while then_wait_for and lamp.history[-1][1].value != then_wait_for:
        assert time.monotonic() < deadline
        tick.wait(0.01)
    mailbox.close()
    assert eyes.done.wait(PATIENCE_S)
    events.close()
    return [json.loads(line) for line in log.read_text("utf-8").splitlines()], eyes.tally
