"""One frame, all the way from the picture to the lamp: finds the person, judges the knees, asks the coach.

Knows no thread and no mailbox: who hands frames over, and what becomes of an exception, is for the eyes.
"""

from __future__ import annotations

import contextlib
import logging
import math
import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from mirror.camera.frame import Frame
from mirror.coach.coach import Coach
from mirror.coach.feedback import NO_MARK, Feedback, Light, Sound, nothing
from mirror.coach.gestures import arms_of
from mirror.coach.lines import Cue
from mirror.knees.live import KneeWatch
from mirror.knees.reading import KneeReading, Rep
from mirror.knees.reasons import Reason
from mirror.knees.track import TrackedPose
from mirror.pose.feet import PERSON_CROPS
from mirror.pose.people import PersonTracker
from mirror.pose.pose import Pose, Presence
from mirror.pose.pose_net import Looks, PoseNet
from mirror.pose.toe_search import NoToes, Toes
from mirror.service.black_box import BlackBox
from mirror.service.containment import Incidents, clause_of
from mirror.service.events import Observer
from mirror.signals.button import Button, NoButton
from mirror.signals.lights import Lights
from mirror.signals.voice import Buzzing, Sounds
from mirror.station.clip_clock import ClipClock
from mirror.station.knee_watch import in_the_way
from mirror.station.model_pace import ModelPace, Steady
from mirror.station.tally import Tally
from mirror.station.toe_watch import ToeWatch
from mirror.stopwatch import Laps

log = logging.getLogger(__name__)

IDLE_LOOKS_S = 1 / 3
"""With nobody there the network is asked this seldom; somebody stepping in is still seen in half a second."""
SLACK = 0.9
"""Frames come a little early or late: every second one of 30 a second is meant by 15 a second."""
MOST_REPS = 500
"""Repetitions remembered for the terminal's table: a mirror runs for months."""


@dataclass(frozen=True, slots=True)
class Looking:
    """What looks at a frame.

    pace: which network to use; the tracker's for good where nothing else is said. looks_per_s: how many
    frames a second may be judged, at most: fewer where the processor is hot.
    """

    tracker: PersonTracker
    toes: Toes = field(default_factory=NoToes)
    pace: ModelPace = field(default_factory=Steady)
    looks_per_s: Callable[[], float] = lambda: math.inf


@dataclass(frozen=True, slots=True)
class Judging:
    """What judges what was seen.

    knees: makes a KneeWatch for pictures like this frame and joints of this network. coach: makes a coach; a
    new one where the old one failed. button: asks the coach for something.
    """

    knees: Callable[[Frame, Looks], KneeWatch]
    coach: Callable[[], Coach]
    button: Button = field(default_factory=NoButton)


@dataclass(frozen=True, slots=True)
class Telling:
    """Who is told what was judged.

    sounds: what makes sounds heard; None for the buzzer beside the lamp. second_zero: monotonic time of the
    clip's second zero, None for a live camera (then the first frame's). incidents: where exceptions nobody
    foresaw are told. black_box: keeps the last seconds' joints; None keeps none.
    """

    lights: Lights
    events: Observer
    sounds: Sounds | None = None
    second_zero: Callable[[], float | None] = lambda: None
    incidents: Incidents = field(default_factory=Incidents)
    black_box: BlackBox | None = None


@dataclass(frozen=True, slots=True)
class InFront:
    """The person in front: what watches their knees, for pictures of which size (height, width)."""

    knees: KneeWatch
    size: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Looked:
    """The frame that was looked at last: when, and whether nobody was there."""

    t: float = -math.inf
    nobody: bool = False

    def rest_s(self, looks_per_s: float) -> float:
        """How long after it no other frame need be looked at."""
        gap_s = SLACK / looks_per_s
        return max(gap_s, IDLE_LOOKS_S) if self.nobody else gap_s


class Sight:
    """From a frame to the lamp, one frame after another. Not for several threads.

    `feedback` is the newest Feedback, `reps` the repetitions so far, `tally` the count of frames; all three
    are replaced as a whole and may be read from any thread. `changed` is set with every new Feedback.
    `laps` say how long each stage takes; `room` is the one that works on the frame now.

    What it remembers, by how long it is so:

        the clip     its second zero (`ClipClock`)        from the first frame on
        the visit    the coach                            until that one fails
        the person   `in_front`                           until the picture's size or the network changes,
                                                          or a room fails that knew them
        the feet     the looks at them (`ToeWatch`)       until they are found or move
        the frame    `looked`                             until the next one is looked at
    """

    def __init__(self, looking: Looking, judging: Judging, telling: Telling) -> None:
        self._looking, self._judging, self._telling = looking, judging, telling
        self._sounds = telling.sounds or Buzzing(telling.lights)
        self._clock = ClipClock(telling.second_zero)
        self._coach = judging.coach()
        self.laps = Laps()
        self.toes = ToeWatch(looking.toes, self.laps.mark)
        looking.tracker.mark_with(self.laps.mark)
        self.in_front: InFront | None = None
        self.looked = Looked()
        self._newest: tuple[Frame, Pose] | None = None
        self.room = "pose"
        self.feedback: Feedback = nothing(0.0)
        self.reps: tuple[Rep, ...] = ()
        self.tally = Tally()
        self.changed = threading.Event()

    @property
    def net(self) -> Looks:
        """The network that looks now."""
        return self._looking.tracker.net

    def begin(self, progress: Callable[[float], bool]) -> None:
        """Get ready. progress: given the share that is done; answers whether to go on."""
        self._use(self._looking.pace.begin(progress))

    def keep_pace(self, t: float, took_s: float) -> None:
        """After the frame of time t, which took so long: another network, where one goes better."""
        self.room = "model"
        self._use(self._looking.pace.after(t, took_s, self.looked.nobody))

    def _use(self, net: PoseNet | None) -> None:
        """Another network between two frames, where there is one; the knees' constants are its own."""
        if net is not None:
            self._looking.tracker.use(net)
            self.in_front = None

    def rests(self, t: float) -> bool:
        """Whether the frame of time t need not be judged, and so is only counted: nobody is there, or the
        processor is hot."""
        if t - self.looked.t >= self.looked.rest_s(self._looking.looks_per_s()):
            return False
        self.tally = self.tally.with_rested()
        return True

    def see(self, frame: Frame) -> None:
        """One frame, all the way to the lamp."""
        self.looked = replace(self.looked, t=frame.t)
        self._clock.begin(frame.t)
        self.room = "pose"
        pose = self._looking.tracker.see(frame)
        self.laps.mark("person")
        self.looked = Looked(frame.t, pose.seen is Presence.NOBODY)
        if self._telling.black_box is not None:
            self._telling.black_box.saw(pose)
        self._newest = frame, pose
        why = in_the_way(pose)
        reading, rep = self._judge(frame, pose, why)
        self.room = "coach"
        arms = None if why or self.looked.nobody else arms_of(pose.keypoints, pose.size)
        feedback = self._coach.update(reading, rep, arms, self._judging.button.asked())
        self.laps.mark("coach")
        self._tell(frame, feedback, rep)

    def _judge(self, frame: Frame, pose: Pose, why: Reason | None) -> tuple[KneeReading, Rep | None]:
        """What the knees room says of this pose; looks for the toes meanwhile."""
        self.room = "knees"
        person, box = self.in_front, self._telling.black_box
        if person is None or person.size != frame.size:
            self.in_front = person = InFront(self._judging.knees(frame, self.net), frame.size)
        seen = TrackedPose(frame.t, pose.keypoints, pose.size, not self.looked.nobody, why)
        found = person.knees.update(seen)
        if box is not None:
            box.stands(found[0].setup.calibrated)
        self.laps.mark("knees")
        self.room = "toes"
        tips = self.toes.see(frame, pose, person.knees)
        if box is not None and tips is not None:
            box.found_toes(frame.t, tips)
        return found

    def _tell(self, frame: Frame, feedback: Feedback, rep: Rep | None) -> None:
        """Lamp and sound first, then the screen, then whoever writes it down."""
        self.room = "lamp"
        self._telling.lights.show(feedback.light)
        if feedback.sound is not None:
            self._play(feedback.sound, feedback.cue)
        self.laps.mark("lights")
        self._show(feedback)
        rep_on_clock = None if rep is None else self._clock.rep(rep)
        if rep_on_clock is not None:
            self.reps = (*self.reps, rep_on_clock)[-MOST_REPS:]
        feedback = self._judged_late(feedback)
        self.tally = self.tally.with_judged(frame.t)
        self._telling.events.write(self._clock.since_zero(frame.t), feedback, rep_on_clock)

    def _judged_late(self, feedback: Feedback) -> Feedback:
        """The same on the clip's clock; what is known of them now is known of the newest repetitions, too."""
        if not feedback.judged_late:
            return feedback
        late = {rep.bottom_s: rep for rep in map(self._clock.rep, feedback.judged_late)}
        self.reps = tuple(late.get(rep.bottom_s, rep) for rep in self.reps)
        return replace(feedback, judged_late=tuple(late.values()))

    def _play(self, sound: Sound, cue: Cue | None) -> None:
        """Behind a door of its own: no light goes out for a sound."""
        try:
            self._sounds.play(sound, cue)
        except Exception as error:
            self._telling.incidents.report("sound", error)

    def _show(self, feedback: Feedback) -> None:
        self.feedback = feedback
        self.changed.set()

    # -- frames that fail, or do not come --------------------------------------------------------------

    def unlit(self) -> None:
        """No frame comes: a colour that nobody's knees stand for any more goes out."""
        self._telling.lights.show(Light.OFF)
        self._logged_off()

    def go_dark(self, t: float) -> None:
        """Nothing is known of the frame of time t, so nothing is shown of it."""
        moment = replace(self.feedback, t=t, light=Light.OFF, sound=None, left=NO_MARK, right=NO_MARK)
        self._show(replace(moment, cue=None, praise=None, set_over=None))
        with contextlib.suppress(Exception):  # a lamp that fails is the reason we are here, perhaps
            self._telling.lights.show(Light.OFF)
        self._telling.events.light(self._clock.since_zero(t), Light.OFF)

    def begin_anew(self, t: float) -> None:
        """What the failing room knew of the person is doubtful now."""
        if self.room == "pose":
            self._looking.tracker.forget()
        if self.room in ("pose", "knees", "toes"):
            self.in_front = None
            self.toes.reset()
        if self.room == "coach":
            self.sum_up(t)
            self._coach = self._judging.coach()

    def sum_up(self, t: float) -> None:
        """The set under way is not lost with its coach, if that one can still tell it."""
        try:
            last = self._coach.finish(t)
        except Exception as error:
            log.warning("coach: the set under way could not be summed up (%s)", clause_of(error))
            return
        self._telling.events.write(self._clock.since_zero(t), replace(last, light=Light.OFF), None)

    # -- the end ---------------------------------------------------------------------------------------

    def last_word(self, *, ended: bool = True) -> Feedback:
        """What the coach says at the end. Raises what the coach and the knees raise.

        ended: the picture has ended by itself, so that its last frame is still there to be looked at.
        """
        if self.in_front is not None:
            self._last_repetition(self.in_front.knees, ended)
        return self._coach.finish(self.tally.last_t)

    def _last_repetition(self, knees: KneeWatch, ended: bool) -> None:
        """A squat that was nearly over counts, and whose feet nobody had time to look at, they are looked at
        now: a clip of two seconds has its verdict, too."""
        t = self.tally.last_t
        rep = knees.finish(t)
        if ended and self._newest is not None:
            self._last_looks(*self._newest, knees)
        reading = knees.last_reading(t)
        if rep is None and not reading.judged_late:
            return
        feedback = replace(self._coach.update(reading, rep), light=Light.OFF)
        rep_on_clock = None if rep is None else self._clock.rep(rep)
        if rep_on_clock is not None:
            self.reps = (*self.reps, rep_on_clock)[-MOST_REPS:]
        self._telling.events.write(self._clock.since_zero(t), self._judged_late(feedback), rep_on_clock)

    def _last_looks(self, frame: Frame, pose: Pose, knees: KneeWatch) -> None:
        for _ in range(len(PERSON_CROPS)):
            if not knees.wants_toes or self.toes.see(frame, pose, knees) is not None:
                return

    def tell_last(self, feedback: Feedback) -> None:
        """Show and write down what was said at the end."""
        self._show(feedback)
        self._telling.events.write(self._clock.since_zero(self.tally.last_t), feedback, None)

    def close(self) -> None:
        """The lamp is let go, dark. Raises what the lamp raises."""
        self._telling.lights.close()
        self._logged_off()

    def _logged_off(self) -> None:
        if self.tally.begun:
            self._telling.events.light(self._clock.since_zero(self.tally.last_t), Light.OFF)
