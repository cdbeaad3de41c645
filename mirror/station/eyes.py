"""The eyes thread: takes the newest frame out of the mailbox and has it seen, all the way to the lamp.

Nothing it does waits for the screen, and the screen never waits for it. It does not know how one sees.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, replace

from mirror.camera.frame import Frame
from mirror.camera.mailbox import Mailbox
from mirror.coach.feedback import Feedback, State, nothing
from mirror.faults import PermanentFault
from mirror.knees.reading import Rep
from mirror.service.containment import Bulkhead, guarded
from mirror.station.sight import Judging, Looking, Sight, Telling
from mirror.station.tally import Tally

SHOWN_AFTER_S = 1.0
"""A room that fails at every frame for so long is told on the glass."""


@dataclass(frozen=True, slots=True)
class Failing:
    """Every frame fails: since when, how far it has come, and with what now."""

    since_t: float
    t: float
    error: Exception

    @property
    def lasting(self) -> Exception | None:
        """What is said about it; None as long as it may pass by itself."""
        return self.error if self.t - self.since_t >= SHOWN_AFTER_S else None


class Eyes:
    """The thread between the mailbox and the lamp.

    `feedback`, `reps`, `tally`, `laps` and `changed` are the sight's, and may be read from any thread. `done`
    is set when the thread has ended, `fault` says why if it was not the end of the picture. `trouble` is what
    goes wrong with every frame for a while, else None.

    An exception nobody foresaw costs its frame: the lamp goes dark, what the room knew of the person is begun
    anew, and the next frame is judged. When every frame fails for ten seconds it is the thread's fault.

    Its states, and all ways from one to another:

        STARTING            the network is chosen                             WATCHING
        WATCHING            a frame fails                                     FAILING
        FAILING             a frame goes well                                 WATCHING
        FAILING             none went well for 10 s, or a permanent fault     ENDED, with a fault
        STARTING, WATCHING  a permanent fault                                 ENDED, with a fault
        all but ENDED       the mailbox is closed, or somebody wants to stop  ENDED

    The lamp is dark on every way to ENDED; `done` is ENDED, `_failing` is FAILING.
    """

    def __init__(self, mailbox: Mailbox, looking: Looking, judging: Judging, telling: Telling) -> None:
        self._mailbox = mailbox
        self.sight = Sight(looking, judging, telling)
        self.laps, self.changed = self.sight.laps, self.sight.changed
        self._bulkhead = Bulkhead(telling.incidents)
        self._unlit = guarded("lamp", telling.incidents.report, self.sight.unlit)
        self._failing: Failing | None = None
        self.fault: Exception | None = None
        self.done = threading.Event()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="eyes", daemon=True)

    @property
    def feedback(self) -> Feedback:
        """The newest one."""
        return self.sight.feedback

    @property
    def reps(self) -> tuple[Rep, ...]:
        """The repetitions so far, on the clip's clock."""
        return self.sight.reps

    @property
    def tally(self) -> Tally:
        """What came of the frames so far."""
        return self.sight.tally

    @property
    def trouble(self) -> Exception | None:
        """What goes wrong with every frame for a while."""
        failing = self._failing
        return None if failing is None else failing.lasting

    def start(self) -> None:
        self._thread.start()

    def stop(self, timeout: float) -> bool:
        """Ask the thread to end and wait for it; whether it did."""
        self._stop.set()
        self._mailbox.close()
        self._thread.join(timeout)
        return not self._thread.is_alive()

    def _run(self) -> None:
        try:
            self.sight.begin(self._starting)
            self._watch_frames()
            self._finish()
        except Exception as fault:  # the thread's edge: handed to the main thread, which says it
            self.fault = fault
            if self.tally.begun:
                self.sight.sum_up(self.tally.last_t)
        finally:
            self._dark()
            self.done.set()

    def _starting(self, share: float) -> bool:
        """The share of getting ready that is done, for the screen; whether to go on.

        A frame is taken and let go, as a sign of life for whoever watches over this thread.
        """
        self._mailbox.take(timeout=0)
        self.sight.feedback = replace(nothing(0.0, State.STARTING), progress=share)
        return not self._stop.is_set() and not self._mailbox.closed

    def _watch_frames(self) -> None:
        while not self._stop.is_set():
            self.laps.start()
            frame = self._mailbox.take(timeout=0.5)
            if frame is None:
                if self._mailbox.closed:
                    return
                self._unlit()
            elif not self.sight.rests(frame.t):
                self.laps.mark("wait")
                self._survive(frame)

    def _survive(self, frame: Frame) -> None:
        """One frame, behind the door. Raises OwnFault when nothing goes well any more."""
        began = time.perf_counter()
        try:
            self.sight.see(frame)
            self.sight.keep_pace(frame.t, time.perf_counter() - began)
        except PermanentFault:
            raise
        except Exception as error:
            self._failed(frame.t, error)
        else:
            self._bulkhead.held()
            self._failing = None

    def _failed(self, t: float, error: Exception) -> None:
        """The frame of time t is lost: dark, told, and the room that failed begun anew."""
        self._failing = Failing(t if self._failing is None else self._failing.since_t, t, error)
        self.sight.go_dark(t)
        self._bulkhead.caught(t, self.sight.room, error)
        self.sight.begin_anew(t)

    def _finish(self) -> None:
        """The picture has ended: what was done is summed up."""
        if not self.tally.begun:
            return
        try:
            last = self.sight.last_word(ended=not self._stop.is_set())
        except Exception as error:
            self._bulkhead.caught(self.tally.last_t, "coach", error)
            return
        self.sight.tell_last(last)

    def _dark(self) -> None:
        """Lamp off, whatever happened before; a lamp that fails even at that is a fault like any other."""
        try:
            self.sight.close()
        except Exception as fault:
            self.fault = self.fault or fault
