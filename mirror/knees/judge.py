"""The verdict: smooths each leg's deviation and says good, caution, off track or unknown.

Holds the smoothing and the hysteresis of two legs. Unknown is a real answer: whenever the gate is shut or
no foot direction is known, and never anything else.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from mirror.knees.azimuth import Azimuth
from mirror.knees.constants import KeypointConstants
from mirror.knees.gate import LEAST_TRAVEL, MOST_SD_DEG
from mirror.knees.motion import Motion
from mirror.knees.optics import F64
from mirror.knees.reading import Verdict
from mirror.knees.shank import deviation, deviation_sd
from mirror.knees.smoothing import Exponential, MedianOfThree

LAPSE_S = 0.25
"""A leg that cannot be judged for this long is unknown; for less, its last verdict stands."""


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Degrees of foot-plane deviation, seconds, and squat progress. docs/decisions.md has the reasons."""

    caution_deg: float = 6.0
    off_track_deg: float = 8.0
    clear_deg: float = 5.5
    hold_s: float = 0.1
    smooth_tau_s: float = 0.08
    min_q: float = 0.10


@dataclass(frozen=True, slots=True)
class LegJudgement:
    """One leg in one frame, degrees; NaN where it cannot be told. judged: the gate was open."""

    deviation_deg: float
    sd_deg: float
    verdict: Verdict
    judged: bool


class _Leg:
    """One leg's smoothing, hold and hysteresis."""

    def __init__(self, thresholds: Thresholds) -> None:
        self._limits = thresholds
        self._median = MedianOfThree()
        self._smooth = Exponential(thresholds.smooth_tau_s)
        self._judged_t = -math.inf
        self._forget()

    def _forget(self) -> None:
        self._median.reset()
        self._smooth.reset()
        self._verdict = Verdict.UNKNOWN
        self._over_caution_since = self._over_off_since = math.inf

    def update(self, t: float, delta_deg: float) -> tuple[float, Verdict]:
        """Smoothed deviation and verdict; NaN in means the gate is shut."""
        if math.isnan(delta_deg):
            if t - self._judged_t > LAPSE_S:
                self._forget()
            return math.nan, self._verdict
        self._judged_t = t
        smooth = self._smooth(t, self._median(delta_deg))
        self._verdict = self._decide(t, smooth)
        return smooth, self._verdict

    def _decide(self, t: float, delta: float) -> Verdict:
        limits = self._limits
        self._over_caution_since = (
            min(self._over_caution_since, t) if delta > limits.caution_deg else math.inf
        )
        self._over_off_since = min(self._over_off_since, t) if delta > limits.off_track_deg else math.inf
        if t - self._over_off_since >= limits.hold_s:
            return Verdict.OFF_TRACK
        if self._verdict is Verdict.OFF_TRACK and delta > limits.clear_deg:
            return Verdict.OFF_TRACK
        if t - self._over_caution_since >= limits.hold_s:
            return Verdict.CAUTION
        if self._verdict is Verdict.CAUTION and delta > limits.clear_deg:
            return Verdict.CAUTION
        return Verdict.GOOD


class Judge:
    """Judges both legs of one person, frame by frame."""

    def __init__(self, thresholds: Thresholds, constants: KeypointConstants) -> None:
        self._thresholds = thresholds
        self._constants = constants
        self._legs = (_Leg(thresholds), _Leg(thresholds))

    def update(self, motion: Motion, azimuth: Azimuth | None) -> tuple[LegJudgement, LegJudgement]:
        """[left, right] of this frame. Without an azimuth both are unknown."""
        delta_deg: F64 = np.full(2, np.nan)
        sd_deg: F64 = delta_deg
        usable: npt.NDArray[np.bool_] = np.zeros(2, np.bool_)
        if azimuth is not None and not math.isnan(motion.q):
            delta_deg = np.degrees(deviation(motion.shank, azimuth.value))
            sd = deviation_sd(motion.shank, azimuth.value, self._constants.keypoint_sd, azimuth.sd)
            sd_deg = np.degrees(sd)
            travel = np.hypot(motion.shank.forward, motion.shank.lateral)
            bent = (travel > LEAST_TRAVEL) & (motion.q > self._thresholds.min_q)
            usable = motion.usable & bent & (sd_deg < MOST_SD_DEG)
        left, right = (
            self._judge(leg, motion.t, float(delta_deg[side]), float(sd_deg[side]), bool(usable[side]))
            for side, leg in enumerate(self._legs)
        )
        return left, right

    @staticmethod
    def _judge(leg: _Leg, t: float, delta_deg: float, sd_deg: float, usable: bool) -> LegJudgement:
        smooth, verdict = leg.update(t, delta_deg if usable else math.nan)
        return LegJudgement(smooth, sd_deg, verdict, usable)
