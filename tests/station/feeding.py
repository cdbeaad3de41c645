"""Eyes fed by hand: every frame is judged before the next one comes, and no network is asked."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable
from typing import ClassVar

from patience import PATIENCE_S

from mirror.camera.frame import Frame
from mirror.camera.mailbox import Mailbox
from mirror.station.eyes import Eyes


class NoNet:
    """Recorded keypoints need no network; asking this one would be a mistake."""

    name, runtime = "no network", "nothing"
    constants: ClassVar[dict[str, float]] = {}
    aspect = 0.5
    correction = None

    def look(self, *_: object) -> None:
        raise AssertionError("the network was asked although the keypoints were there")


class Patient(Mailbox):
    """Eyes that wait here for a frame never find that none comes: on a busy computer the next one is late,
    and the lamp would go dark in between.
    """

    def take(self, timeout: float | None = None) -> Frame | None:
        return super().take(None if timeout else timeout)


def feed(eyes: Eyes, mailbox: Mailbox, frames: Iterable[Frame]) -> None:
    """Each frame once the one before was taken; ends early when the eyes have ended."""
    tick = threading.Event()
    for frame in frames:
        deadline = time.monotonic() + PATIENCE_S
        taken = mailbox.delivered
        mailbox.put(frame)
        while mailbox.delivered == taken and not eyes.done.is_set():
            assert time.monotonic() < deadline, "the eyes took no frame"
            tick.wait(0.0005)
        if eyes.done.is_set():
            return
