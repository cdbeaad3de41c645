"""A camera for tests that is live, not a clip, and already knows where the joints are."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import numpy as np
import simulate

from mirror.camera.frame import Frame, Layout, Source
from mirror.camera.mailbox import Mailbox


class Live(Source):
    """Shows these people one after the other, and nobody for a moment after each.

    mailbox: the station's, to be set before it runs: each frame waits until the one before was taken, so that
    on a busy computer none is dropped and the people are not gone before anybody looked.
    """

    name = "a camera"
    hfov_deg: float | None = 55.0
    hfov_how = "camera"

    def __init__(self, sims: list[simulate.Simulated]) -> None:
        self._sims = sims
        self.mailbox: Mailbox | None = None
        self._closed = threading.Event()

    def frames(self) -> Iterator[Frame]:
        t, count = 0.0, 0
        for sim in self._sims:
            gone = np.zeros((45, 17, 3), np.float32)
            for keypoints in np.concatenate([sim.keypoints, gone]):
                while self.mailbox is None or self.mailbox.delivered < count:
                    if self._closed.wait(0.001):
                        return
                count += 1
                t += 1 / 30
                yield Frame(np.zeros((4, 3, 3), np.uint8), t, 0, Layout.BGR, sim.image_size, keypoints)

    def close(self) -> None:
        self._closed.set()
