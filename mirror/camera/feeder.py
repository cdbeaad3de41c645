"""The camera thread: moves frames from a source into the mailbox, and survives a camera that stalls.

Knows when to try again and when to give up; nothing of what the frames are for.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from mirror.camera.frame import Source
from mirror.camera.mailbox import Mailbox
from mirror.faults import PermanentFault, TemporaryFault

log = logging.getLogger(__name__)

FIRST_WAIT_S, LONGEST_WAIT_S = 0.5, 8.0
"""Before the first and between later attempts to open a camera again, doubling: a hiccup is over before
anybody looks twice, and a camera that stays away is not asked for all day long."""


class Feeder:
    """Runs `source.frames()` into the mailbox until the end, a permanent fault or `stop()`.

    reopen: makes the source anew after a TemporaryFault; without it, one ends the stream like any other.
    ended: set when no more frames will come, and then the mailbox is closed.
    fault: why it ended, if it was a fault.
    trouble: what is wrong while a camera is being waited for; None as soon as frames flow again.
    restarts: how often the camera was opened again.
    """

    def __init__(
        self,
        source: Source,
        mailbox: Mailbox,
        reopen: Callable[[], Source] | None = None,
        unforeseen: Callable[[Exception], object] | None = None,
    ) -> None:
        """unforeseen: told of exceptions nobody foresaw in a live camera, which is then opened again as after
        a stall; without it, and with a file, one ends the stream.
        """
        self._unforeseen = unforeseen
        self._source = source
        self._mailbox = mailbox
        self._reopen = reopen
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="camera", daemon=True)
        self.ended = threading.Event()
        self.fault: Exception | None = None
        self.trouble: Exception | None = None
        self.restarts = 0

    def start(self) -> None:
        """Start the thread; once only."""
        self._thread.start()

    def stop(self, timeout: float = 1.0) -> None:
        """Close the source and wait for the thread; may be called twice, or before `start()`."""
        self._stop.set()
        self._source.close()
        if self._thread.ident is not None:
            self._thread.join(timeout)

    def _run(self) -> None:
        try:
            self._feed()
        except Exception as fault:  # the thread's edge: the station raises it where a person reads it
            self.fault = fault
        finally:
            self._mailbox.close()
            self.ended.set()
            self._source.close()

    def _feed(self) -> None:
        while not self._stop.is_set():
            try:
                self._hand_on()
            except TemporaryFault as fault:
                if self._reopen is None:
                    raise
                log.warning("%s", fault)
                self._begin_again(self._reopen, fault)
            except PermanentFault:
                raise
            except Exception as fault:
                if self._reopen is None or self._unforeseen is None:
                    raise
                self._unforeseen(fault)
                self._begin_again(self._reopen, fault)
            else:
                return

    def _begin_again(self, reopen: Callable[[], Source], fault: Exception) -> None:
        self.trouble = fault
        self._source.close()
        self._open_again(reopen)

    def _hand_on(self) -> None:
        """Every frame into the mailbox, until the source ends."""
        for frame in self._source.frames():
            self._mailbox.put(frame)
            self.trouble = None
            if self._stop.is_set():
                return

    def _open_again(self, reopen: Callable[[], Source]) -> None:
        """Try until the camera is back or nobody wants it any more.

        A permanent fault is waited out as well: this camera has worked, so nobody's setting is wrong, and a
        webcam whose cable is pulled simply does not exist until it is plugged in.
        """
        wait_s = FIRST_WAIT_S
        while not self._stop.wait(wait_s):
            wait_s = min(2.0 * wait_s, LONGEST_WAIT_S)
            try:
                self._source = reopen()
            except (TemporaryFault, PermanentFault) as fault:
                if str(fault) != str(self.trouble):  # said once, however long it lasts
                    log.warning("%s Trying again until it works.", fault)
                self.trouble = fault
            except Exception as fault:
                if self._unforeseen is None:
                    raise
                self._unforeseen(fault)
                self.trouble = fault
            else:
                self.restarts += 1
                return
