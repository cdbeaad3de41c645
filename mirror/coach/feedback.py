"""Feedback, the one thing the coach hands on: everything lights and screen need to show one moment."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from mirror.knees.reading import Rep, Verdict


class State(enum.Enum):
    """Where the person is in the visit. The mirror moves on by what the person does."""

    IDLE = "idle"  # nobody there: dark glass
    FRAMING = "framing"  # somebody there, not yet usable: one instruction
    CALIBRATING = "calibrating"  # stand still for a second
    READY = "ready"  # standing, calibrated
    SQUATTING = "squatting"  # between descent and lockout, and the short rests of a set
    SUMMARY = "summary"  # the set is over
    FAULT = "fault"  # something a member of staff should look at


class Light(enum.Enum):
    """What the lamp shows."""

    OFF = "off"
    GOOD = "good"
    CAUTION = "caution"
    OFF_TRACK = "off_track"
    UNKNOWN = "unknown"


class Sound(enum.Enum):
    """What the buzzer plays, once, when it appears in a Feedback."""

    OFF_TRACK = "off_track"


@dataclass(frozen=True, slots=True)
class KneeMark:
    """What to draw at one knee. knee, target: (x, y) normalised to the un-mirrored frame, or None."""

    verdict: Verdict
    knee: tuple[float, float] | None
    target: tuple[float, float] | None
    deviation_deg: float | None


NO_MARK = KneeMark(Verdict.UNKNOWN, None, None, None)


@dataclass(frozen=True, slots=True)
class SetSummary:
    """A set, told: one sentence with numbers a person can check, and the repetitions it rests on."""

    reps: tuple[Rep, ...]
    headline: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Feedback:
    """One moment, told.

    t: time of the frame it was decided on (same clock as the frame).
    cue: at most four words while squatting, or "".
    instruction: one instruction while framing or calibrating, or "".
    note: a quiet line ("The first squat is the reference"), or "".
    progress: 0..1 of whatever is being waited for (calibration), else 0.
    left, right: the person's own knees.
    reps_done: repetitions of this set so far.
    rep_verdicts: the worse verdict of the two legs for each of them, for the row of dots.
    sound: set on the one Feedback that should make it, None otherwise.
    """

    t: float
    state: State
    cue: str
    instruction: str
    note: str
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


def nothing(t: float, state: State = State.IDLE) -> Feedback:
    """A Feedback that says nothing: dark lamp, no marks."""
    return Feedback(t, state, "", "", "", 0.0, Light.OFF, None, NO_MARK, NO_MARK, True, None, 0, (), None)
