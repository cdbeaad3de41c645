"""The camera thread: moves frames from a source into the mailbox, and survives a camera that stalls.

Knows when to try again and when to give up; nothing of what the frames are for.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from mirror.camera.frame import Source
from mirror.camera.mailbox import Mailbox
from mirror.faults import TemporaryFault

log = logging.getLogger(__name__)

FIRST_WAIT_S, LONGEST_WAIT_S = 0.5, 8.0


class Feeder:
    """Runs `source.frames()` into the mailbox until the end, a permanent fault or `stop()`.

    reopen: makes the source anew after a TemporaryFault; without it, one ends the stream like any other.
    ended: set when no more frames will come; fault: why, if it was a fault; restarts: how often reopened.
    """

    def __init__(self, source: Source, mailbox: Mailbox, reopen: Callable[[], Source] | None = None) -> None:
        self._source = source
        self._mailbox = mailbox
        self._reopen = reopen
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="camera", daemon=True)
        self.ended = threading.Event()
        self.fault: Exception | None = None
        self.restarts = 0

    def start(self) -> None:
        self._thread.start()

    def stop(self, timeout: float = 1.0) -> None:
        """Close the source and wait for the thread; may be called twice."""
        self._stop.set()
        self._source.close()
        self._thread.join(timeout)

    def _run(self) -> None:
        try:
            self._feed()
        except Exception as fault:  # the thread's edge: the station raises it where a person reads it
            self.fault = fault
        finally:
            self._source.close()
            self._mailbox.close()
            self.ended.set()

    def _feed(self) -> None:
        wait_s = FIRST_WAIT_S
        while not self._stop.is_set():
            try:
                for frame in self._source.frames():
                    self._mailbox.put(frame)
                    wait_s = FIRST_WAIT_S
                    if self._stop.is_set():
                        return
                return
            except TemporaryFault as fault:
                if self._reopen is None:
                    raise
                log.warning("%s; trying again in %.1f s", fault, wait_s)
            wait_s = self._try_again(self._reopen, wait_s)

    def _try_again(self, reopen: Callable[[], Source], wait_s: float) -> float:
        """Wait, then open the source anew; the next wait."""
        self._source.close()
        if self._stop.wait(wait_s):
            return wait_s
        try:
            self._source = reopen()
            self.restarts += 1
        except TemporaryFault as fault:
            log.warning("%s", fault)
        return min(2 * wait_s, LONGEST_WAIT_S)
