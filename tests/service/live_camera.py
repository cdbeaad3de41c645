"""A camera for tests that is live, not a clip, and already knows where the joints are."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import numpy as np
import simulate

from mirror.camera.frame import Frame, Layout


class Live:
    """Shows these people one after the other, and nobody for a moment after each."""

    name = "a camera"
    hfov_deg: float | None = 55.0
    hfov_how = "camera"

    def __init__(self, sims: list[simulate.Simulated]) -> None:
        self._sims = sims
        self._closed = threading.Event()

    def frames(self) -> Iterator[Frame]:
        t = 0.0
        for sim in self._sims:
            gone = np.zeros((45, 17, 3), np.float32)
            for keypoints in np.concatenate([sim.keypoints, gone]):
                if self._closed.wait(0.004):
                    return
                t += 1 / 30
                yield Frame(np.zeros((4, 3, 3), np.uint8), t, 0, Layout.BGR, sim.image_size, keypoints)

    def close(self) -> None:
        self._closed.set()
