"""From the frames of one repetition to its Rep: peaks, verdicts, depth, and the papers' measures."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from mirror.knees.agreement import Halves, halves
from mirror.knees.azimuth import Azimuth, from_reference
from mirror.knees.constants import LEFT, RIGHT, KeypointConstants
from mirror.knees.decoration import spared
from mirror.knees.judge import Judge, LegJudgement, Thresholds
from mirror.knees.measures import fppa_deg, kasr
from mirror.knees.motion import Motion
from mirror.knees.reading import Rep, RepFeatures, RepLeg, Verdict
from mirror.knees.reasons import Reason
from mirror.knees.rep_features import rep_features
from mirror.knees.shank import Shank
from mirror.knees.squat import Span, depth_label
from mirror.knees.stance import Stance
from mirror.knees.unjudged import why_of_legs

LEAST_JUDGED_SHARE = 0.3
"""A leg judged in less of the bent part of a repetition than this is unknown."""
NEAR_BOTTOM_Q = 0.03
SEVERITY = {Verdict.UNKNOWN: -1, Verdict.GOOD: 0, Verdict.CAUTION: 1, Verdict.OFF_TRACK: 2}


def reference_azimuth(motions: Sequence[Motion], toes: Azimuth | None = None) -> Azimuth:
    """Foot directions from the frames of one repetition, and from the toes where those were seen.

    Raises RefusedReference with the reason.
    """
    return from_reference(_shank(motions), toes)


def shown_by(motions: Sequence[Motion], span: Span) -> Halves:
    """What the repetition of these frames (all of span, in order) says about where the feet point."""
    motions = [m for m in motions if span.start_s <= m.t <= span.end_s]
    return halves(np.array([m.t for m in motions]), _shank(motions), span.bottom_s)


def _shank(motions: Sequence[Motion]) -> Shank:
    """(T, 2), possible only where the leg may be judged."""
    return Shank(
        np.stack([motion.shank.lateral for motion in motions]),
        np.stack([motion.shank.up for motion in motions]),
        np.stack([motion.shank.forward for motion in motions]),
        np.stack([motion.usable for motion in motions]),
    )


def make_rep(
    n: int,
    span: Span,
    motions: Sequence[Motion],
    azimuth: Azimuth | None,
    thresholds: Thresholds,
    constants: KeypointConstants,
    *,
    is_reference: bool = False,
    stance: Stance | None = None,
    why: Reason | None = None,
) -> Rep:
    """The Rep of these frames (all of span, in order), judged against `azimuth`.

    stance: what was measured before it; without one there are no features. why: why nothing is judged on
    these feet, None where it is.
    """
    motions = [m for m in motions if span.start_s <= m.t <= span.end_s]
    judge = Judge(thresholds, constants)
    judged = [judge.update(motion, azimuth) for motion in motions]
    bottom = min(range(len(motions)), key=lambda i: abs(motions[i].t - span.bottom_s))
    bent = [not math.isnan(m.q) and m.q > 0.5 * span.q for m in motions]
    whys = why_of_legs(motions, why, azimuth)
    left, right = (_leg([pair[leg] for pair in judged], bent, bottom, whys[leg]) for leg in (LEFT, RIGHT))
    depth = _depth_deg(motions, span)
    fppa = fppa_deg(motions[bottom].p)
    both = (left.deviation_deg, right.deviation_deg)

    def features() -> RepFeatures | None:
        return (
            rep_features(motions, judged, span, stance, azimuth, thresholds.smooth_tau_s) if stance else None
        )

    return Rep(
        n=n,
        start_s=span.start_s,
        bottom_s=span.bottom_s,
        end_s=span.end_s,
        depth_deg=depth,
        depth_label=depth_label(depth),
        left=left,
        right=right,
        mean_deviation_deg=None if both[0] is None or both[1] is None else (both[0] + both[1]) / 2,
        fppa_left_deg=float(fppa[0]),
        fppa_right_deg=float(fppa[1]),
        kasr=float(kasr(motions[bottom].p)),
        is_reference=is_reference,
        features=spared("signs", features, None),
    )


def _leg(frames: Sequence[LegJudgement], bent: Sequence[bool], bottom: int, why: Reason) -> RepLeg:
    share = sum(f.judged for f, b in zip(frames, bent, strict=True) if b) / max(1, sum(bent))
    peaks = [f.deviation_deg for f in frames if f.judged]
    if share < LEAST_JUDGED_SHARE or not peaks:
        return RepLeg(None, None, Verdict.UNKNOWN, share, why=why)
    verdict = max((f.verdict for f in frames), key=SEVERITY.__getitem__)
    at_bottom = frames[bottom].deviation_deg
    return RepLeg(max(peaks), None if math.isnan(at_bottom) else at_bottom, verdict, share)


def _depth_deg(motions: Sequence[Motion], span: Span) -> float | None:
    """Median thigh elevation of the usable legs over the frames near the bottom."""
    near = [m for m in motions if not math.isnan(m.q) and m.q > span.q - NEAR_BOTTOM_Q]
    thighs = [float(m.thigh[leg]) for m in near for leg in (0, 1) if m.usable[leg]]
    known = [thigh for thigh in thighs if math.isfinite(thigh)]
    return math.degrees(float(np.median(known))) if known else None
