"""Stations as the board hears them: what they say is made by the code that stations say it with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from coach.readings import rep

from mirror.coach.feedback import NO_MARK, Light, State, nothing
from mirror.coach.summary import summarise
from mirror.coach.words import words
from mirror.knees.reading import Rep, Verdict
from mirror.mqtt.topics import (
    OFFLINE,
    ONLINE,
    Topics,
    encoded,
    rep_of_set,
    rep_payload,
    set_payload,
    state_payload,
)

GOOD, CAUTION, OFF, UNKNOWN = Verdict.GOOD, Verdict.CAUTION, Verdict.OFF_TRACK, Verdict.UNKNOWN
WORST_FIRST = (OFF, CAUTION, UNKNOWN, GOOD)
NOW = 1_800_000_000.0

Legs = tuple[Verdict, Verdict]
Say = Callable[[str, bytes, bool], None]
"""Topic, payload, and whether the broker is to remember it."""


def worse(legs: Legs) -> Verdict:
    return next(verdict for verdict in WORST_FIRST if verdict in legs)


@dataclass
class Mirror:
    """A station that says things through `say`. t: Unix seconds by its own clock."""

    say: Say
    name: str = "Rack 1"
    prefix: str = "squat-mirror"
    t: float = NOW
    number: int = 0

    @property
    def topics(self) -> Topics:
        return Topics(self.prefix, self.name)

    def comes(self) -> None:
        self.say(self.topics.online, ONLINE, True)

    def goes(self) -> None:
        self.say(self.topics.online, OFFLINE, True)

    def shows(
        self,
        state: State = State.SQUATTING,
        done: tuple[Legs, ...] = (),
        cue: str | None = None,
        knees: Legs | None = None,
    ) -> None:
        """Its state; done: the running set's repetitions. knees: what each shows now, None from a station
        of an older release, which does not say."""
        left, right = (replace(NO_MARK, verdict=verdict) for verdict in knees or (UNKNOWN, UNKNOWN))
        feedback = replace(
            nothing(0.0, state),
            light=Light.GOOD,
            left=left,
            right=right,
            reps_done=len(done),
            rep_verdicts=tuple(worse(legs) for legs in done),
        )
        told = state_payload(self.name, self.t, feedback, self.number, "")
        told["cue"] = cue
        if knees is None:
            del told["left"], told["right"]
        self.say(self.topics.state, encoded(told), True)

    def squats(self, *each: Legs, live: bool = True) -> None:
        """A new set of these repetitions, left and right."""
        self.number += 1
        for n, (left, right) in enumerate(each, 1):
            told = rep_of_set(self.t, n, rep(n, left, right))
            self.say(self.topics.rep, encoded(rep_payload(self.name, self.number, told)), False)
        if live:
            self.shows(State.SQUATTING, each)

    def finishes(self, *each: Legs) -> None:
        """The set is over, with its summary in English."""
        reps: list[Rep] = [rep(n, *legs) for n, legs in enumerate(each, 1)]
        told = [rep_of_set(self.t, n, one) for n, one in enumerate(reps, 1)]
        summary = summarise(reps, None, None)
        payload = set_payload(self.name, self.t, self.number, told, summary, words("en"))
        self.say(self.topics.set, encoded(payload), True)
