"""What a repetition shows beside its verdicts: when the knee moved in, what the ankle and the trunk did.

Pure functions over the frames of one repetition; live and at the desk alike. Says what was seen, and knows
nothing of what it may mean.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from mirror.knees.azimuth import Azimuth
from mirror.knees.constants import ANKLE, HIP, SHOULDER
from mirror.knees.gate import yaw_deg
from mirror.knees.judge import LegJudgement
from mirror.knees.motion import PROGRESS_TAU_S, Motion
from mirror.knees.optics import F64
from mirror.knees.reading import LegFeatures, RepFeatures
from mirror.knees.shank import SIDES
from mirror.knees.squat import Span
from mirror.knees.stance import Stance

Mask = npt.NDArray[np.bool_]

EARLY_Q = 0.3
EARLY_WITHIN = 0.05
"""A deviation this near EARLY_Q counts as being there."""
HIGH_DEG = 15.0
"""The thigh is deep from this many degrees above parallel on."""
STANDING_Q = 0.08
NEAR_BOTTOM_Q = 0.03
FORWARD_REACHED = 0.9
FEWEST_FRAMES = 3


@dataclass(frozen=True, slots=True)
class _Frames:
    """One repetition as arrays. q, thigh_deg: (T,). down: (T,) before the bottom. p: (T, 17, 2) tangents.

    q_then, thigh_then: what they were when the smoothed deviation of each frame was.
    """

    q: F64
    q_then: F64
    thigh_then: F64
    down: Mask
    p: F64
    deepest_q: float

    @property
    def standing(self) -> Mask:
        return self.q < STANDING_Q

    @property
    def bottom(self) -> Mask:
        return self.q > self.deepest_q - NEAR_BOTTOM_Q


def rep_features(
    motions: Sequence[Motion],
    judged: Sequence[tuple[LegJudgement, LegJudgement]],
    span: Span,
    stance: Stance,
    azimuth: Azimuth | None,
    smooth_tau_s: float,
) -> RepFeatures:
    """The features of one repetition: its motions and their judgements [left, right], in order.

    smooth_tau_s: time constant of the judged deviations, which show everything that much late, and a frame
    more for their median of three.
    """
    t = np.array([motion.t for motion in motions])
    q = np.array([motion.q for motion in motions])
    thigh = np.degrees([_mean_thigh(motion) for motion in motions])
    late = smooth_tau_s + (float(np.median(np.diff(t))) if len(t) > 1 else 0.0)
    then = t - late
    frames = _Frames(
        q=q,
        q_then=np.interp(then + PROGRESS_TAU_S, t, q),
        thigh_then=np.interp(then, t, thigh),
        down=then <= span.bottom_s,
        p=np.stack([motion.p for motion in motions]),
        deepest_q=span.q,
    )
    left, right = (_leg(frames, motions, [pair[leg] for pair in judged], stance, leg) for leg in (0, 1))
    source = azimuth.source if azimuth else "none"
    return RepFeatures(left, right, _trunk(frames, stance), yaw_deg(stance), source)


def _mean_thigh(motion: Motion) -> float:
    thighs = motion.thigh[motion.usable]
    return float(thighs.mean()) if thighs.size else math.nan


def _leg(
    frames: _Frames, motions: Sequence[Motion], judged: Sequence[LegJudgement], stance: Stance, leg: int
) -> LegFeatures:
    delta = np.array([one.deviation_deg if one.judged else math.nan for one in judged])
    forward = np.array([motion.shank.forward[leg] if motion.usable[leg] else math.nan for motion in motions])
    reached, share = _forward(frames, forward)
    rise, inward = _ankle(frames, stance, leg)
    return LegFeatures(
        early_deg=_early(frames, delta),
        down_deg=_largest(delta, frames.down),
        up_deg=_largest(delta, ~frames.down),
        high_deg=_largest(delta, frames.thigh_then > HIGH_DEG),
        deep_deg=_largest(delta, frames.thigh_then <= HIGH_DEG),
        least_deg=_known(-_largest_or_nan(-delta, np.isfinite(delta))),
        peak_up_share=_peak_up_share(frames, delta),
        forward=reached,
        forward_share=share,
        ankle_rise=rise,
        ankle_inward=inward,
    )


def _known(value: float) -> float | None:
    return None if math.isnan(value) else float(value)


def _largest_or_nan(values: F64, where: Mask) -> float:
    chosen = values[where & np.isfinite(values)]
    return float(chosen.max()) if chosen.size else math.nan


def _largest(values: F64, where: Mask) -> float | None:
    return _known(_largest_or_nan(values, where))


def _early(frames: _Frames, delta: F64) -> float | None:
    """Where the hips first pass EARLY_Q on the way down."""
    near = np.where(frames.down & np.isfinite(delta), np.abs(frames.q_then - EARLY_Q), math.inf)
    best = int(np.argmin(near))
    return float(delta[best]) if near[best] <= EARLY_WITHIN else None


def _peak_up_share(frames: _Frames, delta: F64) -> float | None:
    if not np.isfinite(delta).any():
        return None
    peak = int(np.nanargmax(delta))
    if frames.down[peak]:
        return None
    return _known(float(np.clip(1.0 - frames.q_then[peak] / frames.deepest_q, 0.0, 1.0)))


def _forward(frames: _Frames, forward: F64) -> tuple[float | None, float | None]:
    """How far the knee came forward on the way down; at which share of the depth most of it was done.

    A knee that only went backward did none of it at any depth.
    """
    way = np.where(frames.down, forward, math.nan)
    if np.isfinite(way).sum() < FEWEST_FRAMES:
        return None, None
    reached = float(np.nanpercentile(way, 95))
    there = np.flatnonzero(way >= FORWARD_REACHED * reached)
    if reached <= 0.0 or not there.size:
        return reached, None
    return reached, _known(float(np.clip(frames.q[there[0]] / frames.deepest_q, 0.0, 1.0)))


def _ankle(frames: _Frames, stance: Stance, leg: int) -> tuple[float | None, float | None]:
    """How much higher, and further inward, the ankle is at the bottom than standing, in shank lengths."""
    before, after = (_median(frames.p[where, ANKLE[leg]]) for where in (frames.standing, frames.bottom))
    if before is None or after is None:
        return None, None
    x, y = (after - before) * stance.depth[leg]
    return float(y), float(-SIDES[leg] * x)


def _median(points: F64) -> F64 | None:
    """(n, 2) -> (2,), or None where there are too few."""
    return np.asarray(np.median(points, axis=0)) if len(points) >= FEWEST_FRAMES else None


def _trunk(frames: _Frames, stance: Stance) -> float | None:
    """Shoulder drop over hip drop at the bottom."""
    if not frames.bottom.any():
        return None
    p = np.median(frames.p[frames.bottom], axis=0)
    middle = float(p[ANKLE, 1].mean())
    shoulders = stance.shoulder_height - (float(p[SHOULDER, 1].mean()) - middle)
    hips = stance.hip_height - (float(p[HIP, 1].mean()) - middle)
    return _known(shoulders / hips) if hips > 0 else None
