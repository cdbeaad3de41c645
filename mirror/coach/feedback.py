"""Feedback, the one thing the coach hands on: everything lights and screen need to show one moment.

Keys and numbers, no language: whoever shows, speaks, writes or sends it puts it into words.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass

from mirror.coach.lines import Cue, Instruction, Line, Praise
from mirror.knees.reading import Ray, Rep, Verdict
from mirror.knees.reasons import Framing


class State(enum.Enum):
    """Where the person is in the visit. The mirror moves on by what the person does."""

    IDLE = "idle"  # nobody there: dark glass
    STARTING = "starting"  # the mirror itself is not ready: camera or model still opening
    FRAMING = "framing"  # somebody there, not yet usable: one instruction
    CALIBRATING = "calibrating"  # stand still for a second
    READY = "ready"  # standing, calibrated
    SQUATTING = "squatting"  # between descent and lockout, and the short rests of a set
    SUMMARY = "summary"  # the set is over
    PAUSED = "paused"  # they asked it to stop looking; the lamp is dark and nothing is judged
    CLASS = "class"  # a class: between squats the station's name and the clock
    HELP = "help"  # a page: how it sees you, privacy, a comparison to start
    FAULT = "fault"  # something a member of staff should look at


class Light(enum.Enum):
    """What the lamp shows."""

    OFF = "off"
    GOOD = "good"
    CAUTION = "caution"
    OFF_TRACK = "off_track"
    UNKNOWN = "unknown"


class Sound(enum.Enum):
    """What is heard, once, when it appears in a Feedback."""

    OFF_TRACK = "off_track"
    ACCEPTED = "accepted"  # a gesture counted; never while squatting


class Gesture(enum.Enum):
    """What arms can say. Left and right are the person's own; on a mirror the right hand is on the right."""

    START = "start"  # both wrists over the head: start, yes
    NEXT = "next"  # right wrist above its ear, left one below its elbow
    BACK = "back"  # the same with the left wrist up
    PAUSE = "pause"  # both arms straight out to the sides


@dataclass(frozen=True, slots=True)
class KneeMark:
    """What to draw at one knee. knee, target: (x, y) normalised to the un-mirrored frame, or None.

    inside_deg: how far it is inside its own line, None where unknown.

    knee_ray, target_ray: the same two places in the room, for marks that lie on the reflection. at_rest: the
    mirror is ready for this knee, and there is nothing to judge while somebody stands.
    """

    verdict: Verdict
    knee: tuple[float, float] | None
    target: tuple[float, float] | None
    inside_deg: float | None
    knee_ray: Ray | None = None
    target_ray: Ray | None = None
    at_rest: bool = False


NO_MARK = KneeMark(Verdict.UNKNOWN, None, None, None)


@dataclass(frozen=True, slots=True)
class GestureProgress:
    """A gesture being held. share: 0..1 of the time it must be held; 1 on the frame it counts."""

    gesture: Gesture
    share: float


@dataclass(frozen=True, slots=True)
class ExperimentStep:
    """Where a guided comparison of two sets is.

    kind: "plates", "load" or "band". n, of: which set of how many. title: "Set 1 of 2: flat on the floor".
    instruction: what to do now, a sentence. conditions: names of the sets, in order. done: how many sets are
    complete; when done equals of, the summary has the result.
    """

    kind: str
    n: int
    of: int
    title: Line
    instruction: Line
    conditions: tuple[Line, ...]
    done: int


@dataclass(frozen=True, slots=True)
class SetColumn:
    """One set of a comparison, for a column of figures. Mean deviations, + inward; None where unknown.

    name: "flat". left_deg, right_deg: from where the toes point; inside_deg: (left, right) from the own line,
    which colours go by. depth_deg: mean thigh elevation at the bottom, + above parallel. good, judged: of the
    repetitions in which both knees were judged, those in which both stayed good.
    """

    name: Line
    reps: int
    left_deg: float | None
    right_deg: float | None
    depth_deg: float | None
    good: int
    judged: int
    inside_deg: tuple[float | None, float | None] = (None, None)


@dataclass(frozen=True, slots=True)
class SetsCompared:
    """Two sets side by side, a before b. sentences: what differs and the honest limits of it, told."""

    title: Line
    a: SetColumn
    b: SetColumn
    sentences: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class SetSummary:
    """A set: what was seen in sentences a person can check, and the repetitions it rests on.

    reps: per-repetition numbers for the bars (left and right inside_own_track_deg, depth_deg, times).
    sentence: what the knees did, with numbers; None without repetitions. own_line: what they are compared
    with, or that this line is far inside the toes; None where it is unknown. depth, tempo: a short line each.
    patterns: sentences on what several repetitions have in common, most telling first; often none.
    pattern_keys: their names ("deep_only"), in the same order. tried: what people who see this often try,
    or None. drill: the key of at most one exercise to draw beside it, or "". offer: what hands over the head
    would start now ("Hands over your head: compare a set on plates"), or None; offer_kind: which comparison
    that is ("plates"). last_set: how it compares with the set before, or None. compared: the result of a
    guided comparison that ended with this set. take_home: page two has its numbers as a code.
    """

    reps: tuple[Rep, ...]
    headline: Line | None
    sentence: Line | None
    own_line: Line | None = None
    depth: Line | None = None
    tempo: Line | None = None
    patterns: tuple[Line, ...] = ()
    pattern_keys: tuple[str, ...] = ()
    tried: Line | None = None
    drill: str = ""
    offer: Line | None = None
    offer_kind: str = ""
    last_set: Line | None = None
    compared: SetsCompared | None = None
    take_home: bool = False

    @property
    def pages(self) -> int:
        """1, or 2 where there is something to try, or to take home, beside what was seen."""
        more = self.patterns or self.tried or self.offer or self.compared is not None or self.take_home
        return 2 if more else 1


@dataclass(frozen=True, slots=True)
class ClassClock:
    """A class: the station's name, and the interval under way. working: squat now, else rest.

    seconds_left: of this interval, None where no intervals are set. length_s: how long it is altogether.
    """

    station: str
    working: bool
    seconds_left: float | None
    length_s: float | None


@dataclass(frozen=True, slots=True)
class BetweenSets:
    """A rest. next_set: which one follows, from 2. seconds: since the last squat ended."""

    next_set: int
    seconds: float


@dataclass(frozen=True, slots=True)
class DepthAimed:
    """A depth that is aimed for. aim_deg, now_deg: the thigh above parallel, + up; now None where unknown.
    reached: whether this squat, or the last one while standing, has been there."""

    aim_deg: float
    now_deg: float | None
    reached: bool


@dataclass(frozen=True, slots=True)
class Page:
    """A page of help. key: "sees", "coaching", "privacy", "compare_plates", ... n, of: which of how many.

    action: what hands over the head would do here, or None.
    """

    key: str
    title: Line
    lines: tuple[Line, ...]
    n: int
    of: int
    action: Line | None = None


@dataclass(frozen=True, slots=True)
class Feedback:
    """One moment.

    t: time of the frame it was decided on (same clock as the frame).
    cue: what to think of while squatting, or None.
    instruction: one instruction while framing or calibrating, or what to do while paused, or None.
    note: a quiet line ("The first squat is the reference"; what is wrong, in state FAULT), or None.
    progress: 0..1 of whatever is being waited for (calibration), else 0.
    left, right: the person's own knees.
    reps_done: repetitions of this set so far.
    rep_verdicts: the worse verdict of the two legs for each of them, for the row of dots.
    sound: set on the one Feedback that should make it, None otherwise.
    praise: what is shown after a repetition that got better right after a cue, where the cue is, until the
        next descent. Never together with a cue.
    frozen: why nothing is judged for a moment ("Somebody is passing"), a sign to show over any scene; None
        otherwise.
    gesture: a gesture being held now, for the ring; None otherwise.
    gestures: what gestures do now ("Hands over your head: go on"), a line each, at most three.
    bar_held: hands are at the shoulders as on a bar: gestures are off.
    mode: learn, standard, quiet or class.
    experiment: the guided comparison under way, None otherwise. Shown in every scene of its sets.
    clock: in a class (state CLASS, and squatting in one), None otherwise.
    set_over: the set that ended with this frame, in a class too, where no summary is shown; None otherwise.
    page: in state HELP, None otherwise.
    eye: where the person looks from; None where unknown.
    summary_page: which page of the summary shows: 0 what was seen, 1 what to try.
    judged_late: repetitions of before whose verdict is known with this frame, each under its number.
    rest: while standing between two sets, None otherwise. depth_aimed: while squatting, where one aims.
    """

    t: float
    state: State
    cue: Cue | None
    instruction: Instruction | Framing | None
    note: Line | None
    progress: float
    light: Light
    sound: Sound | None
    left: KneeMark
    right: KneeMark
    target_is_guess: bool
    depth_deg: float | None
    reps_done: int
    rep_verdicts: tuple[Verdict, ...]
    summary: SetSummary | None
    praise: Praise | None = None
    frozen: Line | None = None
    gesture: GestureProgress | None = None
    gestures: tuple[Line, ...] = ()
    bar_held: bool = False
    mode: str = "standard"
    experiment: ExperimentStep | None = None
    clock: ClassClock | None = None
    page: Page | None = None
    eye: Ray | None = None
    summary_page: int = 0
    set_over: SetSummary | None = None
    judged_late: tuple[Rep, ...] = ()
    rest: BetweenSets | None = None
    depth_aimed: DepthAimed | None = None


def nothing(t: float, state: State = State.IDLE) -> Feedback:
    """A Feedback that says nothing: dark lamp, no marks."""
    return Feedback(
        t, state, None, None, None, 0.0, Light.OFF, None, NO_MARK, NO_MARK, True, None, 0, (), None
    )
