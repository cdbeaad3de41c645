"""What went down and came up: a squat, or a lift, a bow, a lunge, a jump, a step, sitting down.

Told from what the body did between the top before and the top after, and from nothing that was measured
beforehand. Knows neither stance nor verdicts.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from mirror.knees.constants import ANKLE, HIP, KNEE, SHOULDER, WRIST
from mirror.knees.optics import F64
from mirror.knees.reading import Movement
from mirror.knees.squat import LONGEST_REP_S, Span

SHANK = 0.5
"""Of the leg, where a rough shank will do."""
SEEN = 0.2
"""Wrists and shoulders that score less say nothing."""
BEFORE_S = 3.0
"""Frames kept while somebody stands: slow descents are dated back this far."""
EDGE_S, BOTTOM_S = 0.17, 0.15
UNDER_KNEES = -0.08
"""Wrists over the knees at the bottom, shanks: weights from the floor -0.12 to -0.74, squats +0.5 to +1.5."""
LOW_HIPS, LOW_KNEES = 0.95, 0.25
"""Unless hips and knees came down by so many shanks: whoever lets their arms hang in a deep squat. Lifts 0.36
to 0.83 and 0.02 to 0.22, such squats 1.06 and 0.31 at parallel."""
OFF_FLOOR = 0.3
"""Both ankles this much higher at the top after, or lower at the bottom than before it, shanks: they were in
the air. Not asked of the bottom: heels that rise took ankles up by 0.29 there."""
AWAY, AWAY_UP, AWAY_SOFT, SOFT_TOP = 0.35, 0.45, 0.25, 0.07
"""A foot this far from where it stood, shanks, sideways, or up and down in the picture, did not stand; where
the hips end lower than they began by SOFT_TOP of the leg, less will do."""
SPLIT = 0.3
"""One foot lower in the picture by this much than before, shanks, is in front: a lunge."""
STOOD_S = 1.0
"""So long before the hips came down, a foot that steps forward was still beside the other."""
STAGGERED = 0.6
"""Nobody's feet are this unequally low in the picture, shanks, unless one is in front; 0.2 turned by 45."""
HINGE, HARDLY_BENT = 3.3, 0.1
"""A bow: shoulders that drop 3.3 times the hips, and knees that come down by less than a tenth of a shank.
Either alone takes leaning squats for bows."""
HELD_Q = 0.05
"""Held: the hips this near their lowest, shares of the leg."""
SEAT_S, SEAT_KNEES, SEAT_TRUNK = 6.0, 0.1, 0.8
"""Held this long over upright shanks (knees that came down by less than so many) under an upright trunk (this
share of its height before), somebody sits."""
LONGEST_HOLD_S = 20.0
"""Held this long it is sitting, however that looks."""


@dataclass(frozen=True, slots=True)
class _Moment:
    """Medians over a few frames; y up, tangents. foot: (2, 2) (x, y), [left, right]."""

    hips: float
    knees: float
    shoulders: float
    wrists: float
    foot: F64

    @property
    def trunk(self) -> float:
        return self.shoulders - self.hips


class Path:
    """The joints of the movement under way, and of a moment before it."""

    def __init__(self) -> None:
        self._frames: deque[tuple[float, ...]] = deque()

    def reset(self) -> None:
        self._frames.clear()

    def add(
        self, t: float, x: Sequence[float], y: Sequence[float], seen: Sequence[float], *, moving: bool
    ) -> None:
        """One frame: x and y, tangents, and score of 17 joints. moving: a movement is under way, and all of
        it is kept."""
        # by their sides in the picture: a network that swaps legs for a frame moves no foot
        (rx, ry), (lx, ly) = sorted((x[ankle], y[ankle]) for ankle in ANKLE)
        shoulders, wrists = (_middle(y, seen, pair) for pair in (SHOULDER, WRIST))
        self._frames.append(
            (t, _mean(y, HIP), _mean(y, KNEE), shoulders, wrists, lx, ly, rx, ry),
        )
        longest = LONGEST_REP_S + BEFORE_S if moving else BEFORE_S
        while t - self._frames[0][0] > longest:
            self._frames.popleft()

    def movement_of(self, span: Span, leg: float) -> Movement | None:
        """What the movement of this span is; None for a squat. leg: the hips' height standing, tangents."""
        rows = np.array(self._frames)
        t = rows[:, 0]
        stood = _moment(rows, np.abs(t - span.start_s + STOOD_S) < STOOD_S / 2)
        start = _moment(rows, np.abs(t - span.start_s) < EDGE_S)
        low = _moment(rows, np.abs(t - span.bottom_s) < BOTTOM_S)
        end = _moment(rows, t > t[-1] - EDGE_S)
        shank = SHANK * leg
        within = (t >= span.start_s) & (t <= span.end_s)
        if _swing(rows[within]) > AWAY * shank:
            return Movement.JUMP
        feet = _feet(start, low, end, shank)
        if feet is not None:
            return feet
        if _split(stood, low, shank):
            return Movement.LUNGE
        knees, hips = start.knees - low.knees, start.hips - low.hips
        deep = knees > LOW_KNEES * shank and hips > LOW_HIPS * shank
        if low.wrists - low.knees < UNDER_KNEES * shank and not deep:
            return Movement.LIFT
        if _bow(start, low) and knees < HARDLY_BENT * shank:
            return Movement.BOW
        seat = knees < SEAT_KNEES * shank and low.trunk > SEAT_TRUNK * start.trunk
        held_s = _held_s(t, rows[:, 1], low.hips + HELD_Q * leg)
        sits = held_s > (SEAT_S if seat else LONGEST_HOLD_S) or _too_long(span)
        return Movement.SIT if sits else None


def _mean(values: Sequence[float], pair: list[int]) -> float:
    return (values[pair[0]] + values[pair[1]]) / 2


def _middle(y: Sequence[float], seen: Sequence[float], pair: list[int]) -> float:
    """Of those joints of the pair that are seen; NaN without any."""
    there = [y[joint] for joint in pair if seen[joint] >= SEEN]
    return sum(there) / len(there) if there else float("nan")


def _moment(rows: F64, when: npt.NDArray[np.bool_]) -> _Moment:
    """Medians of these frames; of the one frame there is, where none is that near."""
    some = rows[when] if when.any() else rows[-1:]
    hips, knees, shoulders, wrists, *foot = (_median(column) for column in some[:, 1:].T)
    return _Moment(hips, knees, shoulders, wrists, np.array(foot).reshape(2, 2))


def _median(column: F64) -> float:
    known = column[np.isfinite(column)]
    return float(np.median(known)) if known.size else float("nan")


def _feet(start: _Moment, low: _Moment, end: _Moment, shank: float) -> Movement | None:
    """What feet did that did not stay where they were."""
    bent, after = (low.foot - start.foot) / shank, (end.foot - start.foot) / shank
    if after[:, 1].min() > OFF_FLOOR or bent[:, 1].max() < -OFF_FLOOR:
        return Movement.JUMP
    if abs(bent[0, 1] - bent[1, 1]) > SPLIT:
        return Movement.LUNGE
    away = np.maximum(np.abs(bent), np.abs(after)).max(0)
    soft = start.hips - end.hips > SOFT_TOP * shank / SHANK
    if (away <= (AWAY, AWAY_UP)).all() and not (soft and np.abs(after).max() > AWAY_SOFT):
        return None
    apart = bent[0, 0] - bent[1, 0]
    return Movement.JUMP if abs(apart) > AWAY and np.abs(bent[:, 0]).min() > AWAY / 2 else Movement.STEP


def _split(stood: _Moment, low: _Moment, shank: float) -> bool:
    """One foot went in front before the hips came down, or stood there already."""
    before, now = (float(moment.foot[0, 1] - moment.foot[1, 1]) for moment in (stood, low))
    stepped = min(abs(now - before), abs(now)) > SPLIT * shank
    return stepped or abs(now) > STAGGERED * shank


def _swing(rows: F64) -> float:
    """How far both feet went from side to side, tangents: jacks never stand."""
    if not len(rows):
        return 0.0
    least, most = np.percentile(rows[:, [5, 7]], (10, 90), axis=0)
    return float((most - least).min())


def _bow(start: _Moment, low: _Moment) -> bool:
    return start.shoulders - low.shoulders > HINGE * max(start.hips - low.hips, 1e-6)


def _held_s(t: F64, hips: F64, below: float) -> float:
    there = t[hips < below]
    return float(there[-1] - there[0]) if there.size else 0.0


def _too_long(span: Span) -> bool:
    return span.end_s - span.start_s > LONGEST_REP_S - 1e-6
