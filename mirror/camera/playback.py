"""Plays something that was stored, in real time or as fast as it can be read.

What is stored (a video, a keypoint recording) is the subclass's business; this knows only when each
picture is due.
"""

from __future__ import annotations

import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import replace

from mirror.camera.frame import Frame, Source


class Playback(Source, ABC):
    """A Source over pictures with presentation times.

    pace: in real time, every frame handed on when it is due and its `t` on the monotonic clock; otherwise
        as fast as possible, `t` being the presentation time. A frame that is late is still handed on: the
        mailbox drops what nobody takes.
    lead_in_s, hold_s: how long the first picture stands before the clip begins and the last one after it
        has ended, repeated at the clip's rate, `t` running on. Only with `pace`.
    t0: monotonic time of presentation time zero, known once a paced `frames()` has begun; so the
        presentation time of a paced frame is `frame.t - source.t0`, below the first frame's in the lead-in.

    `frames()` may be called again and starts from the beginning, until `close()`.
    """

    name: str
    hfov_deg: float | None = None
    hfov_how = ""
    live = False

    def __init__(self, *, pace: bool, lead_in_s: float = 0.0, hold_s: float = 0.0) -> None:
        self.pace = pace
        self._lead_in_s = lead_in_s
        self._hold_s = hold_s
        self._closing = threading.Event()

    def frames(self) -> Iterator[Frame]:
        """Every picture in order; ends with the last one or soon after `close()`."""
        if self.pace:
            yield from self._in_real_time()
            return
        for picture in self._pictures():
            if self._closing.is_set():
                return
            yield picture

    def close(self) -> None:
        """End `frames()` soon, from any thread; may be called twice."""
        self._closing.set()

    @abstractmethod
    def _pictures(self) -> Iterator[Frame]:
        """Every picture once, `t` being its presentation time in seconds, strictly increasing."""

    @abstractmethod
    def _period_s(self) -> float:
        """The usual time between two pictures, for repeating one."""

    def _in_real_time(self) -> Iterator[Frame]:
        """The next picture is decoded first and waited for afterwards, so that it leaves on time."""
        pictures = self._pictures()
        first = next(pictures, None)
        if first is None:
            return
        self.t0 = time.monotonic() + self._lead_in_s - first.t
        for index, (presentation, picture) in enumerate(self._schedule(first, pictures)):
            due = self.t0 + presentation
            if self._closing.wait(max(0.0, due - time.monotonic())):
                return
            yield replace(picture, t=due, index=index)

    def _schedule(self, first: Frame, rest: Iterator[Frame]) -> Iterator[tuple[float, Frame]]:
        """(presentation time, picture) of everything shown, lead-in and hold included."""
        period = self._period_s()
        for step in range(round(self._lead_in_s / period), 0, -1):
            yield first.t - step * period, first
        last = first
        yield first.t, first
        for picture in rest:
            last = picture
            yield picture.t, picture
        for step in range(1, round(self._hold_s / period) + 1):
            yield last.t + step * period, last
