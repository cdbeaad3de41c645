"""The eyes thread: takes the newest frame, finds the person, judges the knees, asks the coach, switches the
lamp. Nothing it does waits for the screen, and the screen never waits for it.
"""

from __future__ import annotations

import contextlib
import logging
import math
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace

from mirror.camera.frame import Frame
from mirror.camera.mailbox import Mailbox
from mirror.coach.coach import Coach
from mirror.coach.feedback import NO_MARK, Feedback, Light, Sound, State, nothing
from mirror.coach.gestures import arms_of
from mirror.coach.lines import Cue
from mirror.faults import PermanentFault
from mirror.knees.live import KneeWatch
from mirror.knees.reading import KneeReading, Rep
from mirror.knees.reasons import Reason, Why
from mirror.pose.people import PersonTracker, somebody_else
from mirror.pose.pose import Pose, Presence
from mirror.pose.pose_net import PoseNet
from mirror.pose.toe_search import Toes
from mirror.service.black_box import BlackBox
from mirror.service.containment import Bulkhead, Incidents, clause_of
from mirror.service.events import Witness
from mirror.signals.button import Button, NoButton
from mirror.signals.lights import Lights
from mirror.signals.voice import Buzzing, Sounds
from mirror.station.model_pace import Pace, Steady
from mirror.stopwatch import Laps

log = logging.getLogger(__name__)

IDLE_LOOKS_S = 1 / 3
"""With nobody there the network is asked this seldom; somebody stepping in is still seen in half a second."""

MOST_REPS = 500
"""Repetitions remembered for the terminal's table: a mirror runs for months."""
TOLD_AFTER_S = 1.0
"""A room that fails at every frame for so long is told on the glass."""
SLACK = 0.9
"""Frames come a little early or late: every second one of 30 a second is meant by 15 a second."""


@dataclass(frozen=True, slots=True)
class Tally:
    """What came of the frames so far: judged by the network, and rested: nobody there, or too hot."""

    judged: int = 0
    rested: int = 0
    first_t: float = math.nan
    last_t: float = math.nan

    @property
    def per_second(self) -> float:
        """Frames judged a second while the picture ran."""
        lasted = self.last_t - self.first_t
        return (self.judged - 1) / lasted if self.judged > 1 and lasted > 0 else 0.0


class Eyes:
    """The thread between the mailbox and the lamp.

    `feedback` is the newest Feedback, `reps` the repetitions so far, `tally` the count of frames; all three
    are replaced as a whole and may be read from any thread; `laps` say how long each stage takes. `changed`
    is set with every new Feedback. `done` is set when the thread has ended, `fault` says why if it was not
    the end of the picture. `trouble` is what goes wrong with every frame for a while, else None.

    An exception nobody foresaw costs its frame: the lamp goes dark, what the room knew of the person is begun
    anew, and the next frame is judged. When every frame fails for ten seconds it is the thread's fault.
    """

    def __init__(
        self,
        mailbox: Mailbox,
        tracker: PersonTracker,
        watch_for: Callable[[Frame], KneeWatch],
        coach: Callable[[], Coach],
        lights: Lights,
        events: Witness,
        started: Callable[[], float | None],
        toes: Toes | None = None,
        looks_per_s: Callable[[], float] = lambda: math.inf,
        sounds: Sounds | None = None,
        button: Button | None = None,
        pace: Pace | None = None,
        use: Callable[[PoseNet], None] = lambda net: None,
        incidents: Incidents | None = None,
        black_box: BlackBox | None = None,
    ) -> None:
        """watch_for: makes the KneeWatch once the first frame shows the picture's size.

        started: monotonic time of the clip's second zero, None for a live camera (then the first frame's).
        looks_per_s: how many frames a second may be judged, at most: fewer where the processor is hot.
        sounds: what makes sounds heard, None for the buzzer beside the lamp. button: None for no button.
        pace: which network to use, None for the tracker's for good. use: told when it changes, before the
        next KneeWatch is made. coach: makes one; a new one where the old one failed. incidents: where
        exceptions nobody foresaw are told. black_box: keeps the last seconds' joints; None keeps none.
        """
        self._mailbox = mailbox
        self._tracker = tracker
        self._toes = toes
        self._watch_for = watch_for
        self._watch: KneeWatch | None = None
        self._size: tuple[int, int] | None = None
        self._coach_for = coach
        self._coach = coach()
        self._lights = lights
        self._sounds = sounds or Buzzing(lights)
        self._button = button or NoButton()
        self._events = events
        self._started = started
        self._looks_per_s = looks_per_s
        self._pace = pace or Steady()
        self._told_use = use
        self._zero: float | None = None
        self._last_look_t = -math.inf
        self._nobody = False
        self._stop = threading.Event()
        self._incidents = incidents or Incidents()
        self._bulkhead = Bulkhead(self._incidents)
        self._black_box = black_box
        self._room = "pose"  # the room that works on the frame now
        self._failing_t: float | None = None
        self.trouble: Exception | None = None
        self.feedback: Feedback = nothing(0.0)
        self.reps: tuple[Rep, ...] = ()
        self.tally = Tally()
        self.laps = Laps()
        tracker.mark_with(self.laps.mark)
        self.fault: Exception | None = None
        self.changed = threading.Event()
        self.done = threading.Event()
        self._thread = threading.Thread(target=self._run, name="eyes", daemon=True)

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
            self._change_to(self._pace.begin(self._starting))
            self._watch_frames()
            self._finish()
        except Exception as fault:  # the thread's edge: handed to the main thread, which says it
            self.fault = fault
            if not math.isnan(self.tally.last_t):
                self._sum_up(self.tally.last_t)
        finally:
            self._dark()
            self.done.set()

    def _watch_frames(self) -> None:
        while not self._stop.is_set():
            self.laps.start()
            frame = self._mailbox.take(timeout=0.5)
            if frame is None:
                if self._mailbox.closed:
                    return
                self._unlit()
                continue
            if self._may_rest(frame.t):
                self.tally = replace(self.tally, rested=self.tally.rested + 1)
                continue
            self.laps.mark("wait")
            self._survive(frame)

    def _survive(self, frame: Frame) -> None:
        """One frame, behind the door. Raises OwnFault when nothing goes well any more."""
        began = time.perf_counter()
        try:
            self._see(frame)
            self._room = "model"
            self._change_to(self._pace.after(frame.t, time.perf_counter() - began, self._nobody))
        except PermanentFault:
            raise
        except Exception as error:
            self._go_dark(frame, error)
            self._bulkhead.caught(frame.t, self._room, error)
            self._begin_anew(frame)
        else:
            self._bulkhead.held()
            self._failing_t = self.trouble = None

    def _go_dark(self, frame: Frame, error: Exception) -> None:
        """Nothing is known of this frame, so nothing is shown of it."""
        self._failing_t = frame.t if self._failing_t is None else self._failing_t
        if frame.t - self._failing_t >= TOLD_AFTER_S:
            self.trouble = error
        moment = replace(self.feedback, t=frame.t, light=Light.OFF, sound=None, left=NO_MARK, right=NO_MARK)
        self.feedback = replace(moment, cue=None, praise=None, set_over=None)
        self.changed.set()
        with contextlib.suppress(Exception):  # a lamp that fails is the reason we are here, perhaps
            self._lights.show(Light.OFF)
        self._events.light(self._since_zero(frame.t), Light.OFF)

    def _begin_anew(self, frame: Frame) -> None:
        """What the failing room knew of the person is doubtful now."""
        if self._room == "pose":
            self._tracker.forget()
        if self._room in ("pose", "knees", "toes"):
            self._watch = None
            if self._toes is not None:
                self._toes.reset()
        if self._room == "coach":
            self._sum_up(frame.t)
            self._coach = self._coach_for()

    def _sum_up(self, t: float) -> None:
        """The set under way is not lost with its coach, if that one can still tell it."""
        try:
            last = self._coach.finish(t)
        except Exception as error:
            log.warning("coach: the set under way could not be summed up (%s)", clause_of(error))
            return
        self._events.write(self._since_zero(t), replace(last, light=Light.OFF), None)

    def _starting(self, share: float) -> bool:
        """The share of getting ready that is done, for the screen; whether to go on.

        A frame is taken and let go, as a sign of life for whoever watches over this thread.
        """
        self._mailbox.take(timeout=0)
        self.feedback = replace(nothing(0.0, State.STARTING), progress=share)
        return not self._stop.is_set() and not self._mailbox.closed

    def _change_to(self, net: PoseNet | None) -> None:
        """Another network between two frames, where there is one; the knees' constants change with it."""
        if net is None:
            return
        self._tracker.use(net)
        self._told_use(net)
        self._watch = None

    def _unlit(self) -> None:
        """No frame comes: a colour that nobody's knees stand for any more goes out."""
        self._lights.show(Light.OFF)
        if not math.isnan(self.tally.last_t):
            self._events.light(self._since_zero(self.tally.last_t), Light.OFF)

    def _may_rest(self, t: float) -> bool:
        """Whether the frame of time t need not be judged: nobody is there, or the processor is hot."""
        gap_s = SLACK / self._looks_per_s()
        return t - self._last_look_t < (max(gap_s, IDLE_LOOKS_S) if self._nobody else gap_s)

    def _see(self, frame: Frame) -> None:
        """One frame, all the way to the lamp."""
        self._last_look_t = frame.t
        since_zero = frame.t - self._second_zero(frame)
        self._room = "pose"
        pose = self._tracker.see(frame)
        self.laps.mark("person")
        self._nobody = pose.seen is Presence.NOBODY
        if self._black_box is not None:
            self._black_box.saw(pose)
        why = _in_the_way(pose)
        reading, rep = self._judge(frame, pose, why)
        self._room = "coach"
        arms = None if why or self._nobody else arms_of(pose.keypoints, pose.size)
        feedback = self._coach.update(reading, rep, arms, self._button.asked())
        self.laps.mark("coach")
        self._room = "lamp"
        self._lights.show(feedback.light)
        if feedback.sound is not None:
            self._play(feedback.sound, feedback.cue)
        self.laps.mark("lights")
        self.feedback = feedback
        self.changed.set()
        self._count(frame, rep)
        self._events.write(since_zero, feedback, self._on_clip_time(rep))

    def _play(self, sound: Sound, cue: Cue | None) -> None:
        """Behind a door of its own: no light goes out for a sound."""
        try:
            self._sounds.play(sound, cue)
        except Exception as error:
            self._incidents.report("sound", error)

    def _judge(self, frame: Frame, pose: Pose, why: Reason | None) -> tuple[KneeReading, Rep | None]:
        """What the knees room says of this pose; looks for the toes meanwhile."""
        self._room = "knees"
        if self._watch is None or self._size != frame.size:
            self._watch, self._size = self._watch_for(frame), frame.size
        found = self._watch.update(frame.t, pose.keypoints, pose.size, not self._nobody, why)
        if self._black_box is not None:
            self._black_box.stands(found[0].setup.calibrated)
        self.laps.mark("knees")
        self._room = "toes"
        if self._toes is not None and self._look_for_toes(frame, pose):
            self.laps.mark("feet")
        return found

    def _look_for_toes(self, frame: Frame, pose: Pose) -> bool:
        """While somebody stands calibrated, until the toes are found. Whether they were looked for."""
        watch, toes = self._watch, self._toes
        if watch is None or toes is None:
            return False
        if pose.seen is not Presence.FOUND or not watch.wants_toes:
            toes.reset()
            return False
        tips = toes.next(frame, pose.keypoints)
        if tips is not None:
            watch.take_toes(tips, frame.size)
            if self._black_box is not None:
                self._black_box.found_toes(frame.t, tips)
        return True

    def _count(self, frame: Frame, rep: Rep | None) -> None:
        if rep is not None:
            self.reps = (*self.reps, self._on_clip_time(rep) or rep)[-MOST_REPS:]
        first = self.tally.first_t
        first = frame.t if math.isnan(first) else first
        self.tally = replace(self.tally, judged=self.tally.judged + 1, first_t=first, last_t=frame.t)

    def _second_zero(self, frame: Frame) -> float:
        if self._zero is None:
            known = self._started()
            self._zero = frame.t if known is None else known
        return self._zero

    def _since_zero(self, t: float) -> float:
        return t - (t if self._zero is None else self._zero)

    def _on_clip_time(self, rep: Rep | None) -> Rep | None:
        if rep is None or self._zero is None:
            return rep
        zero = self._zero
        return replace(rep, start_s=rep.start_s - zero, bottom_s=rep.bottom_s - zero, end_s=rep.end_s - zero)

    def _finish(self) -> None:
        """The picture has ended: what was done is summed up."""
        t = self.tally.last_t
        if math.isnan(t):
            return
        try:
            self.feedback = self._coach.finish(t)
        except Exception as error:
            self._bulkhead.caught(t, "coach", error)
            return
        self.changed.set()
        self._events.write(self._since_zero(t), self.feedback, None)

    def _dark(self) -> None:
        """Lamp off, whatever happened before; a lamp that fails even at that is a fault like any other."""
        try:
            self._lights.close()
            if not math.isnan(self.tally.last_t):
                self._events.light(self._since_zero(self.tally.last_t), Light.OFF)
        except Exception as fault:
            self.fault = self.fault or fault


def _in_the_way(pose: Pose) -> Reason | None:
    """Why this pose is not judged, or None."""
    if pose.seen is not Presence.UNSURE:
        return None
    return Reason(Why.SOMEBODY_PASSES if somebody_else(pose) else Why.LEGS_NOT_SEEN)
