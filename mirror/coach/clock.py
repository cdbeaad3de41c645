"""The clock of a class: work and rest by turns, a station's own or one that all stations share.

Knows neither where a shared one comes from nor the time of day.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from mirror.coach.feedback import ClassClock
from mirror.coach.rules import CoachRules


@dataclass(frozen=True, slots=True)
class SharedTimer:
    """The intervals of a whole class. zero_t: their start, on the frames' clock. rounds: None for no end."""

    zero_t: float
    work_s: float
    rest_s: float
    rounds: int | None = None


def nobodys() -> SharedTimer | None:
    """No timer is shared here."""
    return None


class Intervals:
    """Counts from the first moment it is asked, or from the last restart; a shared timer goes before."""

    def __init__(self, rules: CoachRules, shared: Callable[[], SharedTimer | None] = nobodys) -> None:
        self._rules = rules
        self._shared = shared
        self._zero: float | None = None

    def restart(self, t: float) -> None:
        """A new round of work begins now, on this station's own clock."""
        self._zero = t

    def at(self, t: float) -> ClassClock:
        """The interval at t."""
        shared = self._shared()
        if shared is not None:
            return self._clock_after(t - shared.zero_t, shared.work_s, shared.rest_s, shared.rounds)
        work_s, rest_s = self._rules.work_s, self._rules.rest_s or 0.0
        if not work_s:
            return ClassClock(self._rules.station, True, None, None)
        if self._zero is None:
            self._zero = t
        return self._clock_after(t - self._zero, work_s, rest_s, None)

    def _clock_after(self, since_s: float, work_s: float, rest_s: float, rounds: int | None) -> ClassClock:
        """The interval so long after the start: before it the first one, after the last round none."""
        station, since_s = self._rules.station, max(0.0, since_s)
        if rounds is not None and since_s >= rounds * (work_s + rest_s):
            return ClassClock(station, False, None, None)
        into = since_s % (work_s + rest_s)
        if into < work_s:
            return ClassClock(station, True, work_s - into, work_s)
        return ClassClock(station, False, work_s + rest_s - into, rest_s)
