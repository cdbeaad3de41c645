"""The verdict: how sure it is that a knee was inside its own track, and by how much.

Of a repetition, from what its deep half showed; of a frame, from what the repetition under way has shown so
far, with hold and hysteresis, so that marks and light are calm. Unknown is a real answer: whenever the gate
is shut or the leg's own track is not known, and never anything else.
"""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass, replace

import numpy as np

from mirror.knees.azimuth import Azimuth, or_usual
from mirror.knees.constants import KeypointConstants
from mirror.knees.deep_half import DEEP_SHARE
from mirror.knees.gate import LEAST_TRAVEL, MOST_SD_DEG
from mirror.knees.motion import Motion
from mirror.knees.one_leg import deviation, deviation_sd
from mirror.knees.optics import F64
from mirror.knees.own_track import Expected, OwnTracks, limits_of_next
from mirror.knees.reading import Phase, Verdict
from mirror.knees.smoothing import Exponential, MedianOfThree

LAPSE_S = 0.25
"""A leg that cannot be judged for this long is unknown; for less, its last verdict stands."""
USUAL_Q = 0.36
"""How deep somebody goes, until they have shown it."""
LEAST_SHOWN_S = 0.15
"""What a half has shown for less time than this says nothing yet."""
MOST_CHANGES = 64
"""Changes of verdict that are remembered: more than a repetition has."""
UNSURE_DEG = 4.5
"""A leg's track known no better than this: a leg that is far inside in every repetition has two stories."""
ALWAYS_INSIDE_DEG = 12.0
"""A leg whose own track is so far inside its toes is told so: caution, whatever the repetition."""


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Degrees inside a leg's own track, how sure that must be, seconds, squat progress.

    caution_deg, caution_sure: caution where it is surer than this that the knee was further inside.
    off_track_deg, off_track_sure: the same for off track; first_sure: in the first repetitions of somebody
    unknown, and for the light in the middle of one. clear_deg: so much further out a mark is good again.
    hold_s: a mark's verdict changes after so long. docs/decisions.md has the reasons.
    """

    caution_deg: float = 3.5
    caution_sure: float = 0.65
    off_track_deg: float = 5.5
    off_track_sure: float = 0.5
    first_sure: float = 0.7
    clear_deg: float = 1.5
    hold_s: float = 0.1
    smooth_tau_s: float = 0.08
    min_q: float = 0.10


_Measured = tuple[float, float, bool]
"""A leg in one frame: deviation and its sd, degrees, and whether it may be judged by."""
_UNMEASURED: _Measured = (math.nan, math.nan, False)

_SEVERITY = {Verdict.UNKNOWN: -1, Verdict.GOOD: 0, Verdict.CAUTION: 1, Verdict.OFF_TRACK: 2}


def _severity(verdict: Verdict) -> int:
    return _SEVERITY[verdict]


def verdict_of(
    tracks: OwnTracks, leg: int, shown_deg: float, limits: Thresholds, *, early: bool, always: bool
) -> Verdict:
    """Of a leg's repetition that showed this deviation when deep.

    early: hardly anything is known of the person yet. always: a track far inside the toes is caution.
    """
    if math.isnan(shown_deg):
        return Verdict.UNKNOWN
    unsure = early or float(tracks.sd_deg[leg]) > UNSURE_DEG
    sure = max(limits.first_sure, limits.off_track_sure) if unsure else limits.off_track_sure
    if tracks.sure_of(leg, shown_deg, limits.off_track_deg) > sure:
        return Verdict.OFF_TRACK
    sure = max(limits.caution_sure, limits.first_sure) if unsure else limits.caution_sure
    inside = tracks.sure_of(leg, shown_deg, limits.caution_deg) > sure
    far = always and float(tracks.zero_deg[leg]) > ALWAYS_INSIDE_DEG
    return Verdict.CAUTION if inside or far else Verdict.GOOD


@dataclass(frozen=True, slots=True)
class Lines:
    """Deviations, degrees, at which a frame's verdict changes.

    zero_deg: (2,) the tracks themselves, [left, right]. caution_deg, off_track_deg: (2, 2), where the other
    leg is on its own track, and where it is as far inside. deep_q: from this progress on a frame counts.
    """

    zero_deg: F64
    caution_deg: F64
    off_track_deg: F64
    deep_q: float = DEEP_SHARE * USUAL_Q

    @staticmethod
    def of_next(tracks: OwnTracks, shown: F64, before: Expected, limits: Thresholds, usual_q: float) -> Lines:
        """For the repetition under way, which is not among those shown: (R, 2) degrees [left, right]. It will
        count among them, so the light asks no less of it than its verdict will."""
        sure = max(limits.off_track_sure, limits.first_sure)
        asked = ((limits.caution_deg, limits.caution_sure), (limits.off_track_deg, sure))
        caution, off = limits_of_next(shown, before, asked)
        return Lines(tracks.zero_deg, caution, off, DEEP_SHARE * usual_q)

    @staticmethod
    def of(tracks: OwnTracks, limits: Thresholds, usual_q: float = USUAL_Q) -> Lines:
        """usual_q: how deep this person goes."""
        sure = max(limits.off_track_sure, limits.first_sure)
        return Lines(
            tracks.zero_deg,
            np.array(
                [[tracks.limit_deg(leg, limits.caution_deg, limits.caution_sure) for leg in (0, 1)]] * 2
            ),
            np.array([[tracks.limit_deg(leg, limits.off_track_deg, sure) for leg in (0, 1)]] * 2),
            DEEP_SHARE * usual_q,
        )


@dataclass(frozen=True, slots=True)
class LegJudgement:
    """One leg in one frame, degrees; NaN where it cannot be told. judged: the gate was open.

    inside_deg: how far inside its own track.
    """

    deviation_deg: float
    sd_deg: float
    verdict: Verdict
    judged: bool
    inside_deg: float = math.nan


class _Half:
    """The mean of what one way of a repetition has shown, down or up."""

    __slots__ = ("_count", "_since", "_sum", "_t")

    def __init__(self) -> None:
        self._sum, self._count, self._since, self._t = 0.0, 0, math.inf, -math.inf

    def add(self, t: float, delta: float) -> None:
        self._sum += delta
        self._count += 1
        self._since, self._t = min(self._since, t), t

    @property
    def mean(self) -> float:
        """-inf while there is too little of it."""
        return self._sum / self._count if self._t - self._since >= LEAST_SHOWN_S else -math.inf


class _Leg:
    """One leg's smoothing, what this repetition has shown of it, hold and hysteresis."""

    def __init__(self, thresholds: Thresholds) -> None:
        self._limits = thresholds
        self._median = MedianOfThree()
        self._smooth = Exponential(thresholds.smooth_tau_s)
        self._judged_t = -math.inf
        self._forget()

    def _forget(self) -> None:
        self._median.reset()
        self._smooth.reset()
        self.verdict = Verdict.UNKNOWN
        self._over_caution_since = self._over_off_since = math.inf
        self._down, self._up = _Half(), _Half()

    @property
    def shown(self) -> float:
        """Degrees, of the repetition so far: the larger of its two ways; -inf while there is too little."""
        return max(self._down.mean, self._up.mean)

    def begin(self) -> None:
        """A repetition begins: what the one before showed is over."""
        self._down, self._up = _Half(), _Half()

    def update(
        self, t: float, delta_deg: float, *, deep: bool, up: bool, caution: float, off: float
    ) -> tuple[float, Verdict]:
        """Smoothed deviation and verdict; a deviation of NaN means the gate is shut."""
        if math.isnan(delta_deg):
            if t - self._judged_t > LAPSE_S:
                self._forget()
            return math.nan, self.verdict
        self._judged_t = t
        if deep:
            (self._up if up else self._down).add(t, delta_deg)
        smooth = self._smooth(t, self._median(delta_deg))
        self.verdict = self._decide(t, self.shown, caution, off)
        return smooth, self.verdict

    def _decide(self, t: float, shown: float, caution: float, off: float) -> Verdict:
        limits = self._limits
        if math.isnan(off):
            return Verdict.UNKNOWN
        self._over_caution_since = min(self._over_caution_since, t) if shown > caution else math.inf
        self._over_off_since = min(self._over_off_since, t) if shown > off else math.inf
        if t - self._over_off_since >= limits.hold_s:
            return Verdict.OFF_TRACK
        if self.verdict is Verdict.OFF_TRACK and shown > off - limits.clear_deg:
            return Verdict.OFF_TRACK
        if t - self._over_caution_since >= limits.hold_s:
            return Verdict.CAUTION
        if self.verdict in (Verdict.OFF_TRACK, Verdict.CAUTION) and shown > caution - limits.clear_deg:
            return Verdict.CAUTION
        return Verdict.GOOD


class Judge:
    """Judges both legs of one person, frame by frame."""

    def __init__(self, thresholds: Thresholds, constants: KeypointConstants) -> None:
        self._thresholds = thresholds
        self._constants = constants
        self._legs = (_Leg(thresholds), _Leg(thresholds))
        self._phase = Phase.STAND
        self._changes: deque[tuple[float, int, Verdict]] = deque(maxlen=MOST_CHANGES)

    def worst_since(self, t: float) -> tuple[Verdict, Verdict]:
        """[left, right]: the worst that frames after t were told to be."""
        left, right = (
            max(
                (verdict for then, side, verdict in self._changes if side == leg and then > t),
                key=_severity,
                default=Verdict.UNKNOWN,
            )
            for leg in (0, 1)
        )
        return left, right

    def update(
        self, motion: Motion, azimuth: Azimuth | None, lines: Lines | None = None
    ) -> tuple[LegJudgement, LegJudgement]:
        """[left, right] of this frame. lines: None where nothing is known to judge by: both are unknown.
        azimuth: None where nobody has seen the feet: how far inside the toes is unknown then."""
        if motion.phase is Phase.DOWN and self._phase is Phase.STAND:
            for leg in self._legs:
                leg.begin()
        self._phase = motion.phase
        if (azimuth or lines) and not math.isnan(motion.q):
            measured = self._measure(motion, or_usual(azimuth))
        else:
            measured = (_UNMEASURED, _UNMEASURED)
        left, right = (self._judge(side, motion, *measured[side], lines) for side in (0, 1))
        seen = (False, False) if azimuth is None else map(math.isfinite, azimuth.value.tolist())
        return _of_feet((left, right), tuple(seen))

    def _measure(self, motion: Motion, feet: Azimuth) -> tuple[_Measured, _Measured]:
        """[left, right] of this frame."""
        shank, deep = motion.shank, motion.q > self._thresholds.min_q
        both = (shank.lateral, shank.up, shank.forward, motion.usable, feet.value, feet.sd)
        legs = zip(*(one.tolist() for one in both), strict=True)
        left, right = (self._measure_leg(*leg, deep=deep) for leg in legs)
        return left, right

    def _measure_leg(
        self, x: float, y: float, f: float, usable: bool, azimuth: float, azimuth_sd: float, *, deep: bool
    ) -> _Measured:
        """x, y, f: of the lifted shank, outward, up and forward."""
        seen_sd = deviation_sd(x, y, f, azimuth, self._constants.keypoint_sd)
        lever = f * math.cos(azimuth) + x * math.sin(azimuth)
        sd_deg = math.degrees(math.hypot(seen_sd, azimuth_sd * lever))
        usable = usable and deep and math.hypot(f, x) > LEAST_TRAVEL and math.degrees(seen_sd) < MOST_SD_DEG
        return math.degrees(deviation(x, f, azimuth)), sd_deg, usable

    def _alike(self, side: int, lines: Lines) -> float:
        """0..1: how far inside the other leg was so far, as a share of this one."""
        own, other = (self._legs[leg].shown - float(lines.zero_deg[leg]) for leg in (side, 1 - side))
        if not (own > 0.0 and math.isfinite(own)):
            return 1.0
        return min(1.0, max(0.0, other / own))

    def _judge(
        self, side: int, motion: Motion, delta_deg: float, sd_deg: float, usable: bool, lines: Lines | None
    ) -> LegJudgement:
        alike = 1.0 if lines is None else self._alike(side, lines)
        zero, caution, off, deep = _at(lines, side, motion.q, alike)
        leg = self._legs[side]
        before = leg.verdict
        smooth, verdict = leg.update(
            motion.t,
            delta_deg if usable else math.nan,
            deep=deep,
            up=motion.phase is Phase.UP,
            caution=caution,
            off=off,
        )
        if verdict is not before:
            self._changes.append((motion.t, side, verdict))
        return LegJudgement(smooth, sd_deg, verdict, usable, smooth - zero)


def _at(lines: Lines | None, side: int, q: float, alike: float) -> tuple[float, float, float, bool]:
    """A leg's zero, caution and off track, and whether it is deep; NaN where no lines are known."""
    if lines is None:
        return math.nan, math.nan, math.nan, False
    caution, off = (
        (1.0 - alike) * float(one[0, side]) + alike * float(one[1, side])
        for one in (lines.caution_deg, lines.off_track_deg)
    )
    return float(lines.zero_deg[side]), caution, off, q > lines.deep_q


def _of_feet(
    legs: tuple[LegJudgement, LegJudgement], seen: tuple[bool, ...]
) -> tuple[LegJudgement, LegJudgement]:
    """seen: [left, right] whether somebody knows where the foot points."""
    left, right = (leg if foot else _of_unseen_foot(leg) for leg, foot in zip(legs, seen, strict=True))
    return left, right


def _of_unseen_foot(leg: LegJudgement) -> LegJudgement:
    """Only what does not depend on where the foot points."""
    return replace(leg, deviation_deg=math.nan, sd_deg=math.nan)
