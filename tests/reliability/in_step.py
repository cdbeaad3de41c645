"""A recording through the eyes, frame by frame, every one judged: what the event log says then."""

from __future__ import annotations

import json
import threading
import time
from pathlib import Path
from typing import Any

from reliability.whole_mirror import PATIENCE_S

from mirror.camera.mailbox import Mailbox
from mirror.camera.recording import Recording, RecordingSource
from mirror.coach.coach import Coach, CoachRules
from mirror.coach.words import words
from mirror.eyes import Eyes
from mirror.knees.constants import ANATOMICAL
from mirror.knees.judge import Thresholds
from mirror.knees.live import KneeWatch
from mirror.knees.optics import Camera
from mirror.pose.people import PersonTracker
from mirror.service.events import EventLog
from mirror.settings import LightsSettings
from mirror.signals.lights import MockLights


class NoNet:
    """Recorded keypoints need no network."""

    aspect = 0.5

    def look(self, *_: object) -> None:
        raise AssertionError("the network was asked although the keypoints were there")


def judge(recording: Recording, log: Path) -> list[dict[str, Any]]:
    """The events of this recording, in order."""
    mailbox, events = Mailbox(), EventLog(log)
    camera = Camera(recording.hfov_deg or 60.0, 0.0)
    eyes = Eyes(
        mailbox,
        PersonTracker(NoNet()),  # type: ignore[arg-type]
        lambda _: KneeWatch(camera, ANATOMICAL, Thresholds()),
        Coach(CoachRules(), words("en")),
        MockLights(LightsSettings(kind="mock")),
        events,
        lambda: 0.0,
    )
    eyes.start()
    tick, deadline = threading.Event(), time.monotonic() + PATIENCE_S
    for fed, frame in enumerate(RecordingSource(recording, pace=False).frames(), 1):
        mailbox.put(frame)
        while mailbox.delivered < fed:
            assert time.monotonic() < deadline
            assert not eyes.done.is_set(), eyes.fault
            tick.wait(0.0002)
    mailbox.close()
    assert eyes.done.wait(PATIENCE_S)
    events.close()
    return [json.loads(line) for line in log.read_text("utf-8").splitlines()]
