"""How deep, which phase, and when the hips went down and came up again.

Works on the hips' own rise and fall against what was seen in the last half minute, so nobody needs to be
measured first. Small and causal: the live mirror and the analysis of a whole recording feed it the same way,
frame by frame, with times. Whether what came up again was a squat, `movement.py` says.
"""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass

import numpy as np

from mirror.knees.constants import ANKLE, HIP
from mirror.knees.optics import F64
from mirror.knees.reading import Phase
from mirror.knees.smoothing import Exponential

DESCENT_Q = 0.07
"""Shares of the leg, as all here: the hips' height over the ankles as somebody stands."""
LOCKOUT_Q = 0.05
REP_Q = 0.10
"""A movement must fall and rise at least this far. Quarter squats reach 0.11-0.14."""
TURN_Q = 0.04
"""The ascent has begun when the hips are this far above their lowest."""
NEAR_TOP_Q = 0.07
"""Up again: this near the top before, ..."""
RISING_LEGS_S = 0.6
"""...and slower than this (leg lengths a second): whoever is faster may be about to leave the floor."""
FAST_LEGS_S, LANDS_S = 1.2, 0.15
"""Whoever came up faster than this is not up before so long after it: in the air, or standing."""
AGAIN = 0.75
"""Or, after this share of the fall, where the hips turn down by SAG_Q or rest for REST_S: a soft top."""
SAG_Q, REST_S = 0.02, 0.2
RESTED_Q = 0.005
STRAIGHTER = 1.1
UPRIGHT = 0.955
"""Whoever is nearly as tall as they were seen is upright. Asked of the height, and of the height over how far
below the camera the feet are, which does not change as somebody steps back."""
STANDS_S, STANDS_Q = 0.5, 0.015
"""Whoever is upright and rests this long stands, whatever the top before was."""
FLATTEST = 0.1
"""Feet less far below the camera's level (tangent) tell no distance."""
BENT = 0.75
"""Thighs this short in the picture, in shanks, are bent: 0.8 to 1.1 standing, 0.7 at a fifth of the depth."""
CUT_RISE_Q, SEEN_FALL = 0.25, 0.4
"""Of somebody first seen low: up again, and the fall seen must be SEEN_FALL of that rise, else most of it was
missed."""
ALMOST_UP = 0.85
"""A recording that ends in an ascent holds the repetition from this share of the fall on."""
STILL_STANDING_Q = 0.02
"""Descents are dated back from here: they begin smoothly, so q grows with the square of time."""
LONGEST_EDGE_S, LONGEST_LOCKOUT_S = 0.35, 0.25
"""At most so much is added at the beginning and at the end for the part below the thresholds."""
SHORTEST_REP_S, LONGEST_REP_S = 0.6, 30.0
LOST_S = 1.0
"""Out of sight for this long, nobody knows what the hips did meanwhile."""
SMOOTH_S, LEVEL_S = 0.06, 0.25
PIECE_S = 0.5

DEPTH_LABELS = ((15.0, "high"), (5.0, "nearly parallel"), (-5.0, "parallel"), (-math.inf, "below parallel"))


def hip_height(p: F64, ankle: F64) -> F64:
    """Height of the hips over the ankles: p (..., 17, 2), ankle (..., 2, 2) tangents -> (...)."""
    return np.asarray(p[..., HIP, 1].mean(-1) - ankle[..., 1].mean(-1))


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
    """When the hips went down and came up, seconds, and how far: q, their fall as a share of the leg."""

    start_s: float
    bottom_s: float
    end_s: float
    q: float


class _Seen:
    """The most that was seen of something in the last LONGEST_REP_S seconds, in pieces of PIECE_S."""

    def __init__(self) -> None:
        self._pieces: deque[tuple[float, float]] = deque()
        self.most = -math.inf

    def see(self, t: float, value: float) -> None:
        if self._pieces and t - self._pieces[-1][0] < PIECE_S:
            began, before = self._pieces[-1]
            if value > before:
                self._pieces[-1] = (began, value)
                self.most = max(self.most, value)
            return
        self._pieces.append((t, value))
        while t - self._pieces[0][0] > LONGEST_REP_S:
            self._pieces.popleft()
        self.most = max(value for _, value in self._pieces)


class RepCounter:
    """STAND -> DOWN -> UP -> a Span, by the hips' rise and fall alone. Times may be uneven.

    One and a half squats, pulses and bounces at the bottom are one: the hips must rise by three quarters of
    their fall before they can fall anew. Whoever is first seen low was seen to squat only where enough of
    the fall was seen.
    """

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Forget everything (the person is gone)."""
        self._tallest, self._tallest_anywhere = _Seen(), _Seen()
        self._seen_t: float = -math.inf
        self._h: float = 0.0
        self._straight, self._tall = 1.0, 1.0
        self._calm_h: float = 0.0
        self._begin(-math.inf, 0.0, 1.0)

    @property
    def leg(self) -> float:
        """The hips' height over the ankles as this person stands, as far as it was seen; tangents."""
        return self._tallest.most

    @property
    def height(self) -> float:
        """The hips' height over the ankles in the last frame, smoothed; tangents."""
        return self._h

    def update(self, t: float, height: float, straight: float, below: float) -> Span | None:
        """One frame; a Span when the hips are up again with it.

        height: of the hips over the ankles, tangents. straight: the thighs' height in the picture over the
        shanks'. below: how far the ankles are below the camera's level, tangents.
        """
        before = None
        if t - self._seen_t > LOST_S:
            before = self.finish()
            self._begin(t, height, straight)
        h = self._smooth(t, height)
        self._straight, self._tall = straight, h / max(below, FLATTEST)
        self._speed = (h - self._h) / (t - self._seen_t) if t > self._seen_t else 0.0
        self._seen_t, self._h = t, h
        if self._speed > FAST_LEGS_S * self.leg:
            self._fast_t = t
        self._tallest.see(t, h)
        self._tallest_anywhere.see(t, self._tall)
        if abs(h - self._calm_h) > STANDS_Q * self.leg:
            self._calm_h, self._calm_t = h, t
        if self.phase is not Phase.STAND:
            return self._move(t, h)
        self._stand(t, h)
        return before

    def finish(self) -> Span | None:
        """Nothing is seen after the last frame: an ascent that was nearly over counts."""
        if self.phase is Phase.STAND:
            return None
        now = self._h + self._speed * SMOOTH_S  # what is smoothed is late
        fell, rose = self._top - self._low, now - self._low
        if self._cut:
            enough = rose >= CUT_RISE_Q * self.leg and self._straight > BENT
        else:
            enough = rose >= ALMOST_UP * fell
        return self._over(self._seen_t, self._seen_t) if enough else None

    def _begin(self, t: float, h: float, straight: float) -> None:
        """Somebody is first seen, or again after a while."""
        self._smooth = Exponential(SMOOTH_S)
        self._seen_t = self._first_t = self._standing_t = self._calm_t = t
        self._h = self._calm_h = h
        self._ended_t = self._fast_t = -math.inf
        self._cut = straight < BENT  # first seen low
        self._stands_at(h)
        if self._cut:
            self._descends(t, h, t)

    def _stands_at(self, h: float) -> None:
        self.phase, self._top = Phase.STAND, h
        self._level = Exponential(LEVEL_S)  # noise is no top

    def _descends(self, t: float, h: float, start_t: float) -> None:
        self.phase = Phase.DOWN
        self._start_t, self._near_t = start_t, math.inf
        self._low, self._low_t = h, t
        self._is_high(t, h)

    def _is_high(self, t: float, h: float) -> None:
        """The highest since the lowest."""
        self._high, self._high_t, self._high_straight = h, t, self._straight

    @property
    def upright(self) -> bool:
        """Whether the legs are as straight as they were seen; somebody first seen low is not."""
        tall = max(self._h / self._tallest.most, self._tall / self._tallest_anywhere.most)
        return self._straight > BENT and tall > UPRIGHT

    @property
    def _stands(self) -> bool:
        return self._seen_t - self._calm_t > STANDS_S and self.upright

    def _stand(self, t: float, h: float) -> None:
        level = self._level(t, h)
        if level > self._top or self._stands:
            self._top = level
        q = (self._top - h) / self.leg
        if q < STILL_STANDING_Q:
            self._standing_t = t
        if q > DESCENT_Q:
            start = max(self._begun(t, q), self._ended_t, self._first_t)
            self._descends(t, h, start)

    def _move(self, t: float, h: float) -> Span | None:
        if h < self._low:
            self._low, self._low_t = h, t
            self._is_high(t, h)
            self.phase = Phase.DOWN
        elif h > self._low + TURN_Q * self.leg:
            self.phase = Phase.UP
        if h > self._high + RESTED_Q * self.leg:
            self._is_high(t, h)
        if t - self._start_t > LONGEST_REP_S:
            self._seen_t = -math.inf  # the next frame begins anew
            return self._over(t, t)
        if self._cut or self._top - self._low >= REP_Q * self.leg:
            return self._up_again(t, h)
        self._hardly_moved(t, h)
        return None

    def _hardly_moved(self, t: float, h: float) -> None:
        if h > self._top - LOCKOUT_Q * self.leg or self._stands:
            self._stands_at(h if self._stands else max(self._top, h))
            self._standing_t = t

    def _up_again(self, t: float, h: float) -> Span | None:
        leg = self.leg
        fell, rose = self._top - self._low, h - self._low
        if rose > REP_Q * leg:
            near = not self._cut and h > self._top - NEAR_TOP_Q * leg
            self._near_t = min(self._near_t, t) if near else math.inf
            if near and self._speed < RISING_LEGS_S * leg and t - self._fast_t > LANDS_S:
                lockout_s = min(t + self._rest_of_the_way(t, h), self._near_t + LONGEST_LOCKOUT_S)
                return self._over(t, lockout_s)
            enough = CUT_RISE_Q * leg if self._cut else AGAIN * fell
            if self._high - self._low > enough and self._turned(t, h):
                return self._over(t, self._high_t)
        return self._over(t, t) if self._stands else None

    def _turned(self, t: float, h: float) -> bool:
        """Whether the hips rest, or come down again: with straighter legs it is the picture that changed."""
        if self._high - h > SAG_Q * self.leg:
            return self._straight < STRAIGHTER * self._high_straight
        return t - self._high_t > REST_S

    def _over(self, t: float, end_s: float) -> Span | None:
        """The movement ends here: the next one falls from this height."""
        fell, rose = self._top - self._low, self._h - self._low
        missed = self._cut and fell < SEEN_FALL * rose
        way = rose if self._cut else fell
        span = Span(self._start_t, self._low_t, max(end_s, self._low_t), way / self.leg)
        self._cut = False
        self._stands_at(self._h)
        self._standing_t = self._ended_t = t
        whole = not missed and min(fell, rose) >= REP_Q * self.leg
        return span if whole and span.end_s - span.start_s >= SHORTEST_REP_S else None

    def _begun(self, t: float, q: float) -> float:
        """When a descent that passes q now, and STILL_STANDING_Q a moment ago, left q = 0."""
        root = math.sqrt(STILL_STANDING_Q / q)
        before = (t - self._standing_t) * root / (1.0 - root)
        return self._standing_t - min(LONGEST_EDGE_S, before)

    def _rest_of_the_way(self, t: float, h: float) -> float:
        """Seconds from here to the top for an ascent that slows down smoothly at the present pace."""
        if self._speed <= 0.0:
            return 0.0
        return min(LONGEST_LOCKOUT_S, 2.0 * max(0.0, self._top - h) / self._speed)
