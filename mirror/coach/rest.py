"""Between two sets: which one is next, and how long the rest has been. Knows no scenes and no time of day."""

from __future__ import annotations

from mirror.coach.feedback import BetweenSets

LONGEST_S = 1200.0
"""A rest that is longer is none: whoever comes now begins."""
AWAY_S = 180.0
"""Whoever rests may be out of sight so long, as whoever fetches a bar for a comparison."""


class RestClock:
    """Counts a visit's sets, and the seconds since the last one."""

    def __init__(self, wanted: bool) -> None:
        """wanted: whether it is told at all."""
        self._wanted = wanted
        self._sets = 0
        self._since = 0.0

    def set_over(self, t: float) -> None:
        """A set is over, whose last squat ended at t."""
        self._sets, self._since = self._sets + 1, t

    def away(self, away_s: float) -> None:
        """Nobody has been there for so long."""
        if away_s > AWAY_S:
            self._sets = 0

    def at(self, t: float) -> BetweenSets | None:
        """What to tell at t; None before the first set, and after a rest that was none."""
        seconds = t - self._since
        if not self._wanted or not self._sets:
            return None
        if seconds > LONGEST_S:
            self._sets = 0
            return None
        return BetweenSets(self._sets + 1, seconds)
