"""How deep, which phase, and which movements are repetitions.

Works on squat progress q: 0 standing, about half at parallel. Small and causal: the live mirror and the
analysis of a whole recording feed it the same way, frame by frame, with times.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from mirror.knees.constants import ANKLE, HIP
from mirror.knees.optics import F64
from mirror.knees.reading import Phase

DESCENT_Q = 0.07
LOCKOUT_Q = 0.05
REP_Q = 0.10
"""A repetition must go at least this deep. Quarter squats reach 0.11-0.14, a bow to the floor 0.09."""
TURN_Q = 0.04
"""The ascent has begun when q fell this far below its largest value."""
STILL_STANDING_Q = 0.02
"""Descents are dated back from here: they begin smoothly, so q grows with the square of time."""
LONGEST_EDGE_S = 0.35
"""At most so much is added at either end of a repetition for the part below the thresholds."""
SHORTEST_REP_S, LONGEST_REP_S = 0.5, 8.0
REFRACTORY_S = 0.25
LONGEST_HOLD_S = 6.0
"""Held this long it is sitting down, not squatting."""

DEPTH_LABELS = ((15.0, "high"), (5.0, "nearly parallel"), (-5.0, "parallel"), (-math.inf, "below parallel"))


def hip_height(p: F64, ankle: F64) -> F64:
    """Height of the hips over the ankles: p (..., 17, 2), ankle (..., 2, 2) tangents -> (...)."""
    return np.asarray(p[..., HIP, 1].mean(-1) - ankle[..., 1].mean(-1))


def progress(p: F64, ankle: F64, standing_hip_height: float) -> F64:
    """How far somebody is down.

    Parameters
    ----------
    p : (..., 17, 2) rectified tangents.
    ankle : (..., 2, 2) of the ankles.
    standing_hip_height : over the ankles, tangents, from the stance.

    Returns
    -------
    q : (...), 0 standing, about 0.5 at parallel.

    Notes
    -----
    ::

        q = 1 - hip height / standing hip height
    """
    return np.asarray(1.0 - hip_height(p, ankle) / standing_hip_height)


def ankles(p: F64) -> F64:
    """(..., 17, 2) -> (..., 2, 2), [left, right]."""
    return np.asarray(p[..., ANKLE, :])


def depth_label(depth_deg: float | None) -> str:
    """A word for the thigh's elevation at the bottom (always "about": the error is 2-6 degrees)."""
    if depth_deg is None or math.isnan(depth_deg):
        return "unknown"
    return next(label for above, label in DEPTH_LABELS if depth_deg > above)


@dataclass(frozen=True, slots=True)
class Span:
    """When a repetition happened, seconds, and its largest q."""

    start_s: float
    bottom_s: float
    end_s: float
    q: float


class RepCounter:
    """STAND -> DOWN -> UP -> a repetition, by thresholds on q. Times may be uneven."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Forget a movement under way (the person is gone, or walks)."""
        self.phase = Phase.STAND
        self._first_t = math.inf  # nothing is known from before
        self._standing_t = -math.inf  # last moment surely standing
        self._ended_t = -math.inf
        self._start_t = self._bottom_t = 0.0
        self._deepest = 0.0
        self._near_deepest_t = 0.0  # since when q stays near its largest value
        self._void = False
        self._previous = (0.0, 0.0)

    def cancel(self) -> None:
        """The movement under way is no repetition after all; wait for the next stance."""
        if self.phase is not Phase.STAND:
            self._void = True

    @property
    def start_s(self) -> float:
        """When the movement under way began."""
        return self._start_t

    def update(self, t: float, q: float) -> Span | None:
        """One frame; a Span when a repetition ended with it."""
        span = None
        if self.phase is Phase.STAND:
            self._stand(t, q)
        else:
            span = self._move(t, q)
        self._previous = (t, q)
        return span

    def _stand(self, t: float, q: float) -> None:
        self._first_t = min(self._first_t, t)
        if q < STILL_STANDING_Q or self._standing_t == -math.inf:
            self._standing_t = t
        if q > DESCENT_Q and t - self._ended_t >= REFRACTORY_S:
            self.phase = Phase.DOWN
            self._start_t = max(self._begun(t, q), self._ended_t, self._first_t)
            self._deepest, self._bottom_t, self._near_deepest_t = q, t, t
            self._void = False

    def _move(self, t: float, q: float) -> Span | None:
        if q > self._deepest:
            if q > self._deepest + TURN_Q or self.phase is Phase.UP:
                self._near_deepest_t = t
            self._deepest, self._bottom_t = q, t
            self.phase = Phase.DOWN
        elif q < self._deepest - TURN_Q:
            self.phase = Phase.UP
        elif t - self._near_deepest_t > LONGEST_HOLD_S:
            self._void = True
        return self._lock_out(t, q) if q < LOCKOUT_Q else None

    def _lock_out(self, t: float, q: float) -> Span | None:
        self.phase = Phase.STAND
        self._standing_t = t
        end = t + self._rest_of_the_way(t, q)
        lasted = end - self._start_t
        if self._void or self._deepest < REP_Q or not SHORTEST_REP_S <= lasted <= LONGEST_REP_S:
            return None
        self._ended_t = t
        return Span(self._start_t, self._bottom_t, end, self._deepest)

    def _begun(self, t: float, q: float) -> float:
        """When a descent that passes q now, and STILL_STANDING_Q a moment ago, left q = 0."""
        root = math.sqrt(STILL_STANDING_Q / q)
        before = (t - self._standing_t) * root / (1.0 - root)
        return self._standing_t - min(LONGEST_EDGE_S, before)

    def _rest_of_the_way(self, t: float, q: float) -> float:
        """Seconds from here to q = 0 for an ascent that slows down smoothly at the present pace."""
        before_t, before_q = self._previous
        if t <= before_t or before_q <= q:
            return 0.0
        return min(LONGEST_EDGE_S, 2.0 * max(0.0, q) * (t - before_t) / (before_q - q))
