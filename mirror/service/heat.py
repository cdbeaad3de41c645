"""Steps between networks as heat and pace ask: down to a faster one, up again when there is room.

A pure rule over numbers that others measure; what the firmware tells of heat is read in `throttling.py`.
"""

from __future__ import annotations

from mirror.service.throttling import (
    NOW,
    THROTTLE_BITS,
    UNDER_VOLTAGE,
    Effort,
    temperature_c,
    throttle_words,
    throttled,
)

__all__ = [
    "NOW",
    "THROTTLE_BITS",
    "UNDER_VOLTAGE",
    "ModelStep",
    "temperature_c",
    "throttle_words",
    "throttled",
]

SLOW_BELOW = 0.8
"""Of the pace wanted: below it squats are judged from too few pictures."""
ROOM_ABOVE = 1.6
"""Of the pace wanted: above it the next larger network, up to half as slow again, still keeps it."""
LONGEST_CALM_S = 3600.0


class ModelStep:
    """Which rung of a ladder of networks to be on; rung 0 is the fastest, the last the one chosen here.

    Down one rung for each step of effort the heat takes, at once, and one more whenever the pace was too slow
    for `slow_s` seconds. Up one rung after `calm_s` seconds without heat and with room to spare, or back to
    where only heat took it from, though nobody was there to measure a pace; a step up that proves too slow
    doubles the wait before the next one. Times are given, in seconds on a steady clock.
    """

    def __init__(
        self, rungs: int, wanted_per_s: float, *, slow_s: float = 20.0, calm_s: float = 300.0
    ) -> None:
        """rungs: at least 1. wanted_per_s: poses a second that are wanted."""
        self._top = rungs - 1
        self.rung = self._top
        self._wanted_per_s = wanted_per_s
        self._slow_s, self._calm_s = slow_s, calm_s
        self._slow_since: float | None = None
        self._calm_since: float | None = None
        self._went_up = False
        self._before_heat = 0

    def update(self, t: float, effort: Effort, per_s: float | None) -> int:
        """The rung from now on. per_s: poses a second this machine could do now; None where nobody knows."""
        allowed = max(0, self._top - int(effort))
        roomy = per_s is not None and per_s > ROOM_ABOVE * self._wanted_per_s
        if self.rung > allowed:
            self._before_heat = max(self._before_heat, self.rung)
            self._step(allowed)
        elif per_s is not None and per_s < SLOW_BELOW * self._wanted_per_s:
            self._slow(t)
        elif effort is Effort.FULL and (roomy or self.rung < self._before_heat):
            self._roomy(t)
        else:
            self._slow_since = self._calm_since = None
        return self.rung

    def _slow(self, t: float) -> None:
        self._calm_since = None
        if self._slow_since is None:
            self._slow_since = t
        elif t - self._slow_since >= self._slow_s and self.rung > 0:
            if self._went_up:
                self._calm_s = min(2 * self._calm_s, LONGEST_CALM_S)
            self._step(self.rung - 1)
            self._before_heat = self.rung

    def _roomy(self, t: float) -> None:
        self._slow_since = None
        if self._calm_since is None:
            self._calm_since = t
        elif t - self._calm_since >= self._calm_s and self.rung < self._top:
            self._step(self.rung + 1)
            self._went_up = True

    def _step(self, rung: int) -> None:
        self.rung = rung
        self._slow_since = self._calm_since = None
        self._went_up = False
