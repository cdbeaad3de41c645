"""The clock of a class: work and rest by turns, from when somebody started it."""

from __future__ import annotations

from mirror.coach.feedback import ClassClock
from mirror.coach.rules import CoachRules


class Intervals:
    """Counts from the first moment it is asked, or from the last restart."""

    def __init__(self, rules: CoachRules) -> None:
        self._rules = rules
        self._zero: float | None = None

    def restart(self, t: float) -> None:
        """A new round of work begins now."""
        self._zero = t

    def at(self, t: float) -> ClassClock:
        """The interval at t."""
        work_s, rest_s = self._rules.work_s, self._rules.rest_s or 0.0
        if not work_s:
            return ClassClock(self._rules.station, True, None, None)
        if self._zero is None:
            self._zero = t
        into = (t - self._zero) % (work_s + rest_s)
        if into < work_s:
            return ClassClock(self._rules.station, True, work_s - into, work_s)
        return ClassClock(self._rules.station, False, work_s + rest_s - into, rest_s)
