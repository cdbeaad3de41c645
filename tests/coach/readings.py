"""Readings as the knees room would hand them on, said in a line: what the coach's tests feed it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import cast

from coach.in_words import InWords

from mirror.coach.coach import Coach, CoachRules
from mirror.coach.feedback import Feedback
from mirror.knees.reading import (
    KneeReading,
    LegReading,
    Movement,
    OtherMovement,
    Phase,
    Rep,
    RepLeg,
    Setup,
    Verdict,
)
from mirror.knees.reasons import Framing, Reason

GOOD, CAUTION, OFF, UNKNOWN = Verdict.GOOD, Verdict.CAUTION, Verdict.OFF_TRACK, Verdict.UNKNOWN
STEP_S = 1 / 30
DEGREES = {GOOD: 2.0, CAUTION: 7.0, OFF: 12.0, UNKNOWN: None}


def reading(
    t: float,
    phase: Phase = Phase.STAND,
    left: Verdict = UNKNOWN,
    right: Verdict = UNKNOWN,
    *,
    present: bool = True,
    framing: Framing | None = None,
    calibrated: bool = True,
    progress: float = 0.0,
    awaited: bool = False,
    refused: Reason | None = None,
    why: Reason | None = None,
    other: Movement | None = None,
) -> KneeReading:
    """One frame of somebody who stands there calibrated, unless said otherwise."""
    legs = [
        LegReading(deg, sd, v, (0.6, 0.7), (0.62, 0.7), inside_deg=deg)
        for v, deg, sd in ((v, DEGREES[v], None if v is UNKNOWN else 2.0) for v in (left, right))
    ]
    setup = Setup(present, framing, calibrated, progress, awaited, refused)
    ended = None if other is None else OtherMovement(other, t - 2.0, t)
    q = None if not calibrated else 0.0 if phase is Phase.STAND else 0.4
    return KneeReading(t, setup, q, phase, 10.0, legs[0], legs[1], awaited, why, other=ended)


def as_read(feedback: Feedback) -> Feedback:
    """As a person reads it, in English."""
    return cast("Feedback", InWords(feedback))


def rep(n: int, left: Verdict = GOOD, right: Verdict = GOOD, *, degrees: float | None = None) -> Rep:
    """A repetition with these verdicts, `degrees` inside where a knee was not good."""
    told = []
    for verdict in (left, right):
        inside = DEGREES[verdict] if degrees is None or verdict in (GOOD, UNKNOWN) else degrees
        share = 0.0 if verdict is UNKNOWN else 1.0
        line_deg = None if verdict is UNKNOWN else 0.0
        told.append(RepLeg(inside, inside, verdict, share, inside, line_deg, 2.0, inside))
    return Rep(
        n, n * 3.0, n * 3.0 + 1, n * 3.0 + 2, 5.0, "parallel", told[0], told[1], None, None, None, None
    )


@dataclass
class Visit:
    """A coach and everything it said, as a person reads it, fed at 30 frames a second. `feedback`: the newest
    as it is handed on."""

    rules: CoachRules = field(default_factory=CoachRules)
    t: float = 0.0
    reps: int = 0
    said: list[Feedback] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.coach = Coach(self.rules)

    @property
    def last(self) -> Feedback:
        return self.said[-1]

    def _step(self, rep_now: Rep | None = None, **how: object) -> Feedback:
        self.feedback = self.coach.update(reading(self.t, **how), rep_now)  # type: ignore[arg-type]
        self.said.append(as_read(self.feedback))
        self.t += STEP_S
        return self.last

    def stays(self, seconds: float, **how: object) -> list[Feedback]:
        """So long in one posture; what was said meanwhile."""
        return [self._step(**how) for _ in range(round(seconds / STEP_S))]

    def squats(
        self,
        left: Verdict = GOOD,
        right: Verdict = GOOD,
        *,
        off_for_s: float = 0.8,
        counted: bool = True,
        rest_s: float = 0.5,
    ) -> list[Feedback]:
        """One repetition: a bad knee shows for off_for_s around the bottom; what was said meanwhile."""
        first = len(self.said)
        start = {"left": left if left is UNKNOWN else GOOD, "right": right if right is UNKNOWN else GOOD}
        self.stays(0.8, phase=Phase.DOWN, **start)
        self.stays(off_for_s, phase=Phase.UP, left=left, right=right)
        self.stays(0.4, phase=Phase.UP, **start)
        self.reps += counted
        self._step(rep(self.reps, left, right) if counted else None, phase=Phase.STAND)
        self.stays(rest_s, phase=Phase.STAND)
        return self.said[first:]


def sounds(said: list[Feedback]) -> int:
    return sum(feedback.sound is not None for feedback in said)


def runs(said: list[Feedback]) -> Iterator[tuple[object, float]]:
    """(light, seconds it was shown without a break), in order."""
    since = said[0]
    for feedback in said[1:]:
        if feedback.light is not since.light:
            yield since.light, feedback.t - since.t
            since = feedback
    yield since.light, said[-1].t - since.t
