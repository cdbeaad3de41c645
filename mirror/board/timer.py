"""The class's timer: work and rest by turns, for a number of rounds, that can stand still in between.

Pure values: whoever holds one replaces it as a whole. Knows seconds, not who shows them.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from mirror.mqtt.topics import ClassTimer, Payload, timer_of

WORK_S, REST_S, ROUNDS = (5, 3600), (0, 3600), (1, 99)
"""What may be asked for, both ends included."""
LONGEST_S, MOST_ROUNDS = 1e9, 10**6
"""Of another program's timer: thirty years are no end."""
LATEST = 1e11
"""Unix seconds no clock shows; more is no time."""


class NotATimer(ValueError):
    """Numbers that make no timer. The message says which."""


@dataclass(frozen=True, slots=True)
class Timer:
    """work_s, rest_s: the two intervals of a round. rounds: how many there are, None for no end. A coach asks
    for whole seconds and an end; another program may have set what the contract allows.

    started: Unix seconds at which the first interval began, None while it does not run. paused_s: seconds
    into the class at which it stands still, None unless it is paused. at: Unix seconds at which somebody last
    changed it; 0 when nobody has.
    """

    work_s: float = 40
    rest_s: float = 20
    rounds: int | None = 8
    started: float | None = None
    paused_s: float | None = None
    at: float = 0.0

    def set_to(self, work_s: object, rest_s: object, rounds: object) -> Timer:
        """The same timer with other intervals. Raises NotATimer."""
        return replace(
            self,
            work_s=_whole("work", work_s, WORK_S),
            rest_s=_whole("rest", rest_s, REST_S),
            rounds=_whole("rounds", rounds, ROUNDS),
        )

    def start(self, now: float) -> Timer:
        """Begin, or go on after a pause; one that runs already runs on. now: Unix seconds."""
        if self.started is not None and not self.over(now):
            return self
        return replace(self, started=now - (self.paused_s or 0.0), paused_s=None)

    def pause(self, now: float) -> Timer:
        """Stand still; only one that runs can."""
        if self.started is None or self.over(now):
            return self
        return replace(self, started=None, paused_s=self.elapsed_s(now))

    def stop(self) -> Timer:
        """Back to the beginning."""
        return replace(self, started=None, paused_s=None)

    def changed(self, now: float) -> Timer:
        """The same, as changed now: later than before even if the clock was set back."""
        return replace(self, at=max(now, self.at + 0.001))

    @property
    def length_s(self) -> float:
        """All rounds together, without an end if there is none. After the last there is no rest."""
        if self.rounds is None:
            return math.inf
        return self.rounds * (self.work_s + self.rest_s) - self.rest_s

    def elapsed_s(self, now: float) -> float:
        """Seconds into the class."""
        if self.started is None:
            return self.paused_s or 0.0
        return min(max(0.0, now - self.started), self.length_s)

    def over(self, now: float) -> bool:
        """Whether all rounds are done."""
        return self.elapsed_s(now) >= self.length_s

    def state(self, now: float) -> str:
        """stopped, running, paused or over."""
        if self.started is None:
            return "stopped" if self.paused_s is None else "paused"
        return "over" if self.over(now) else "running"

    def snapshot(self, now: float) -> dict[str, object]:
        """For the page: durations only, so that a tablet's own clock does not matter."""
        return {
            "state": self.state(now),
            "elapsed_s": round(self.elapsed_s(now), 2),
            "work_s": self.work_s,
            "rest_s": self.rest_s,
            "rounds": self.rounds,
        }

    def payload(self) -> Payload:
        """For the stations. at and paused_s are for boards: to a station, standing still is stopped."""
        said = ClassTimer(self.started, self.work_s, self.rest_s, self.rounds).payload() | {"at": self.at}
        return said if self.paused_s is None else {**said, "paused_s": round(self.paused_s, 2)}


def heard(payload: Payload) -> Timer:
    """The timer a board published, or another program, which may leave out `at`: whatever the stations would
    run by it, so that no board stands before one it cannot stop. Raises NotATimer."""
    told = timer_of(payload)
    if told is None:
        raise NotATimer("started must be seconds, or null; work and rest seconds, rounds a number or null")
    timer = Timer()
    return replace(
        timer,
        work_s=min(told.work_s or timer.work_s, LONGEST_S),
        rest_s=min(told.rest_s, LONGEST_S),
        rounds=None if told.rounds is None else min(told.rounds, MOST_ROUNDS),
        started=told.started,
        paused_s=_seconds("paused_s", payload.get("paused_s")),
        at=_seconds("at", payload.get("at")) or 0.0,
    )


def _whole(name: str, value: object, bounds: tuple[int, int]) -> int:
    low, high = bounds
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise NotATimer(f"{name} must be a whole number from {low} to {high}")
    return value


def _seconds(name: str, value: object) -> float | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < LATEST:
        raise NotATimer(f"{name} must be seconds, or null")
    return float(value)
