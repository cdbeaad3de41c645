"""A station whose camera fails says so on the glass, in its language, and in English in the log."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator

import pytest
from patience import PATIENCE_S

from mirror.camera.frame import Frame, Source
from mirror.camera.webcam import Webcam
from mirror.coach.feedback import Feedback, State
from mirror.coach.words import words
from mirror.faults import TemporaryFault
from mirror.settings import Settings
from mirror.station.station import Station


class Unplugged(Source):
    """A webcam whose cable is pulled before its first picture."""

    name, hfov_deg, hfov_how = "Webcam /dev/video4711, 640x480", None, ""

    def frames(self) -> Iterator[Frame]:
        raise TemporaryFault(f"{self.name}: no picture came.", key="silent", camera="/dev/video4711")

    def close(self) -> None:
        """Nothing is held."""


class Watched:
    """A stage that only notes what it is asked to draw."""

    def __init__(self) -> None:
        self.drawn: list[Feedback] = []

    def shows_picture(self, feedback: Feedback) -> bool:
        return False

    def draw(self, feedback: Feedback, *_: object) -> list[object]:
        self.drawn.append(feedback)
        return []


@pytest.mark.parametrize("language", ["de", "zh"])
def test_the_glass_tells_staff_in_their_language_and_the_log_in_english(
    language: str, caplog: pytest.LogCaptureFixture
) -> None:
    asked, hold = threading.Event(), threading.Event()

    def reopen() -> Source:
        asked.set()
        hold.wait(PATIENCE_S)
        return Webcam("/dev/video4711", (640, 480), 30.0)

    settings = Settings.model_validate({"lights": {"kind": "mock"}, "coach": {"language": language}})
    station = Station(settings, Unplugged(), "a webcam", None, threading.Event(), reopen)
    stage, say = Watched(), words(language)
    with caplog.at_level(logging.INFO), station.running():
        assert asked.wait(PATIENCE_S)
        station.draw(stage)  # type: ignore[arg-type]
        hold.set()
    (shown,) = stage.drawn
    assert shown.state is State.FAULT
    assert say.line(shown.note) == say("fault.silent", camera="/dev/video4711")
    assert "Webcam /dev/video4711, 640x480: no picture came." in caplog.text
    assert say.line(shown.note) not in caplog.text
