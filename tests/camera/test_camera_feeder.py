"""The camera thread: the stream's end, stalls that are survived, faults that are kept."""

import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from patience import PATIENCE_S

from mirror.camera import feeder as feeding
from mirror.camera.feeder import Feeder
from mirror.camera.frame import Frame, Layout, Source
from mirror.camera.mailbox import Mailbox
from mirror.camera.video import VideoFile
from mirror.faults import BadInput, PermanentFault, TemporaryFault

DEMO = Path(__file__).parents[2] / "mirror" / "demo" / "demo.mp4"


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feeding, "FIRST_WAIT_S", 0.001)
    monkeypatch.setattr(feeding, "LONGEST_WAIT_S", 0.002)


class Script(Source):
    """A source that gives so many frames and then does what the script says."""

    hfov_deg, hfov_how = None, ""

    def __init__(self, count: int, then: Exception | None = None, *, live: bool = False) -> None:
        self.name = "script"
        self.closed = threading.Event()
        self._count = count
        self._then = then
        self.live = live

    def frames(self) -> Iterator[Frame]:
        for index in range(self._count):
            if self.closed.is_set():
                return
            yield Frame(np.zeros((2, 2, 3), np.uint8), index / 30, index, Layout.BGR, (2, 2))
        if self._then is not None and not self.closed.is_set():
            raise self._then
        if self.live:
            self.closed.wait(PATIENCE_S)

    def close(self) -> None:
        self.closed.set()


def test_a_clip_runs_into_the_mailbox_and_its_end_wakes_whoever_waits() -> None:
    mailbox = Mailbox()
    feeder = Feeder(VideoFile(DEMO, pace=False), mailbox)
    feeder.start()
    seen = 0
    while mailbox.take(PATIENCE_S) is not None:
        seen += 1
    assert feeder.ended.wait(PATIENCE_S)
    assert feeder.fault is None
    assert seen == mailbox.delivered >= 1
    assert mailbox.delivered + mailbox.dropped == 624
    feeder.stop(PATIENCE_S)


def test_a_stall_is_survived_and_the_camera_opened_again() -> None:
    mailbox = Mailbox()
    stalled = Script(2, TemporaryFault("stalled"))
    attempts: list[Exception | Script] = [
        TemporaryFault("still away"),
        BadInput("no such device: its cable is pulled"),
        Script(1, TemporaryFault("stalled again")),
        Script(3),
    ]

    def reopen() -> Script:
        assert stalled.closed.is_set(), "the old one is let go first"
        outcome = attempts.pop(0)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    feeder = Feeder(stalled, mailbox, reopen)
    feeder.start()
    assert feeder.ended.wait(PATIENCE_S)
    assert attempts == []
    assert feeder.restarts == 2
    assert feeder.fault is None
    assert feeder.trouble is None
    assert mailbox.dropped == 5, "all six frames arrived; only the last can still be taken"


def test_while_a_camera_is_away_the_trouble_is_told() -> None:
    told: list[Exception | None] = []
    done = threading.Event()
    feeder: Feeder

    def reopen() -> Script:
        told.append(feeder.trouble)
        if len(told) < 3:
            raise TemporaryFault("away")
        done.set()
        return Script(1, live=True)

    mailbox = Mailbox()
    feeder = Feeder(Script(0, TemporaryFault("stalled")), mailbox, reopen)
    feeder.start()
    assert done.wait(PATIENCE_S)
    assert [str(trouble) for trouble in told] == ["stalled", "away", "away"]
    assert mailbox.take(PATIENCE_S) is not None
    feeder.stop(PATIENCE_S)
    assert feeder.ended.is_set()
    assert feeder.trouble is None


@pytest.mark.parametrize(
    "fault", [PermanentFault("no model"), TemporaryFault("stalled"), ValueError("a bug")]
)
def test_a_fault_that_cannot_be_retried_is_kept_and_ends_the_stream(fault: Exception) -> None:
    mailbox = Mailbox()
    source = Script(1, fault)
    feeder = Feeder(source, mailbox)
    feeder.start()
    assert mailbox.take(PATIENCE_S) is not None
    assert mailbox.take(PATIENCE_S) is None
    assert feeder.ended.wait(PATIENCE_S)
    assert feeder.fault is fault
    feeder.stop(PATIENCE_S)
    assert source.closed.is_set()


def test_a_permanent_fault_of_the_stream_is_not_retried() -> None:
    feeder = Feeder(Script(1, PermanentFault("never")), Mailbox(), lambda: pytest.fail("it was reopened"))
    feeder.start()
    assert feeder.ended.wait(PATIENCE_S)
    assert str(feeder.fault) == "never"


def test_stop_ends_a_camera_that_is_running() -> None:
    source = Script(3, live=True)
    feeder = Feeder(source, Mailbox())
    feeder.start()
    feeder.stop(PATIENCE_S)
    feeder.stop(PATIENCE_S)
    assert feeder.ended.is_set()
    assert source.closed.is_set()
    assert feeder.fault is None


def test_stop_ends_the_wait_for_a_camera_that_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feeding, "FIRST_WAIT_S", 3600.0)
    source = Script(0, TemporaryFault("stalled"))
    feeder = Feeder(source, Mailbox(), lambda: pytest.fail("it was reopened"))
    feeder.start()
    assert source.closed.wait(PATIENCE_S)
    feeder.stop(PATIENCE_S)
    assert feeder.ended.is_set()


def test_a_camera_that_comes_back_after_stop_is_closed_again() -> None:
    reopening, stopped = threading.Event(), threading.Event()
    late = Script(5, live=True)

    def reopen() -> Script:
        reopening.set()
        stopped.wait(PATIENCE_S)
        return late

    feeder = Feeder(Script(0, TemporaryFault("stalled")), Mailbox(), reopen)
    feeder.start()
    assert reopening.wait(PATIENCE_S)
    feeder.stop(timeout=0)
    stopped.set()
    assert feeder.ended.wait(PATIENCE_S)
    assert late.closed.wait(PATIENCE_S)


def test_a_feeder_that_never_started_can_be_stopped() -> None:
    Feeder(Script(0), Mailbox()).stop()
