"""From the frames of one repetition to its Rep: deviations, verdicts, depth, and the papers' measures."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from mirror.knees.azimuth import Azimuth, RefusedReference, from_reference, or_usual, with_toes
from mirror.knees.constants import LEFT, RIGHT, KeypointConstants
from mirror.knees.decoration import spared
from mirror.knees.deep_half import DEEP_SHARE, LEAST_JUDGED_SHARE, DeepHalf
from mirror.knees.judge import USUAL_Q, Judge, LegJudgement, Lines, Thresholds, verdict_of
from mirror.knees.measures import fppa_deg, kasr
from mirror.knees.motion import Motion
from mirror.knees.own_track import OwnTracks
from mirror.knees.reading import Rep, RepFeatures, RepLeg, Verdict
from mirror.knees.reasons import Reason, Why, because
from mirror.knees.rep_features import rep_features
from mirror.knees.squat import Span, depth_label
from mirror.knees.stance import Stance
from mirror.knees.unjudged import NO_FEET, why_of_legs

NEAR_BOTTOM_Q = 0.03
MOVED_IN_DEG, MOVED_IN_FAR_DEG = 6.0, 9.0
"""A knee further inside on the way up than on the way down by so much: -0.4 in correct squats, sd 2.0."""
MOST_INSIDE_DEG = 12.0
"""Refuses 2 % of measured people's correct repetitions, and 63 % of those that truly cave by 10 and more."""
MOST_WANDER_DEG = 10.0


def reference_azimuth(deep: DeepHalf, toes: Azimuth | None = None) -> Azimuth:
    """Foot directions once this repetition is the reference: the toes' where they were seen, else its own.

    Raises RefusedReference with the reason: legs that were hidden, a knee that went another way up than down,
    or one so far inside its toes, deep down, that nobody squats like that who means to show how it should
    look.
    """
    feet = or_usual(toes)
    moved_in = deep.moved_in_deg(feet.value)
    for leg, side in enumerate(("left", "right")):
        if not deep.seen[leg]:
            raise RefusedReference(because(Why.KNEE_HIDDEN, side=side))
        if abs(moved_in[leg]) > MOST_WANDER_DEG:
            raise RefusedReference(because(Why.KNEE_WANDERED, side=side))
    shown = deep.deviation_deg(np.full(2, np.nan) if toes is None else toes.value)
    worse = int(np.argmax(np.where(np.isnan(shown), -math.inf, shown)))
    if shown[worse] > MOST_INSIDE_DEG:
        side = ("left", "right")[worse]
        raise RefusedReference(because(Why.KNEE_INSIDE, side=side, degrees=round(float(shown[worse]))))
    if toes is not None and not np.isnan(toes.value).any():
        return replace(toes, source="toes+reference")
    return with_toes(from_reference(np.nanmean(deep.lateral, 1), np.nanmean(deep.forward, 1)), toes)


@dataclass(frozen=True, slots=True)
class Standard:
    """What a repetition is judged by.

    azimuth: of the feet, None where nobody has seen them. tracks: the legs' own, None where nothing is known
    yet. limits: of the verdict. early: this is one of the first of somebody unknown. usual_q: how deep this
    person goes. why: what is in the way on these feet, be it only that nobody has seen where they point.
    """

    azimuth: Azimuth | None
    tracks: OwnTracks | None
    limits: Thresholds
    early: bool = False
    usual_q: float = USUAL_Q
    why: Reason | None = None
    shown_well: bool = False

    @property
    def lines(self) -> Lines | None:
        """For the frames."""
        return None if self.tracks is None else Lines.of(self.tracks, self.limits, self.usual_q)


def make_rep(
    n: int,
    span: Span,
    motions: Sequence[Motion],
    deep: DeepHalf,
    standard: Standard,
    constants: KeypointConstants,
    *,
    is_reference: bool = False,
    stance: Stance | None = None,
) -> Rep:
    """The Rep of these frames (all of span, in order); deep: what its deep half shows.

    stance: what was measured before it; without one there are no features.
    """
    motions = [m for m in motions if span.start_s <= m.t <= span.end_s]
    judge, lines = Judge(standard.limits, constants), standard.lines
    judged = [judge.update(motion, standard.azimuth, lines) for motion in motions]
    bottom = min(range(len(motions)), key=lambda i: abs(motions[i].t - span.bottom_s))
    bent = [not math.isnan(m.q) and m.q > DEEP_SHARE * span.q for m in motions]
    whys = why_of_legs(motions, standard.why, standard.azimuth)
    left, right = (
        judged_leg(_measured([pair[leg] for pair in judged], bent, bottom, whys[leg]), leg, deep, standard)
        for leg in (LEFT, RIGHT)
    )
    depth = _depth_deg(motions, span)
    fppa = fppa_deg(motions[bottom].p)
    both = (left.deviation_deg, right.deviation_deg)
    tau_s = standard.limits.smooth_tau_s

    def features() -> RepFeatures | None:
        return rep_features(motions, judged, span, stance, standard.azimuth, tau_s) if stance else None

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


def no_better_than_shown(rep: Rep, shown_verdicts: tuple[Verdict, Verdict]) -> Rep:
    """The repetition, whose [left, right] were shown like this while it was done: off track, which is heard,
    is not unsaid. Legs that are unknown stay that."""
    left, right = (
        replace(leg, verdict=Verdict.OFF_TRACK)
        if shown is Verdict.OFF_TRACK and leg.verdict is not Verdict.UNKNOWN
        else leg
        for leg, shown in zip((rep.left, rep.right), shown_verdicts, strict=True)
    )
    return replace(rep, left=left, right=right)


def _measured(frames: Sequence[LegJudgement], bent: Sequence[bool], bottom: int, why: Reason) -> RepLeg:
    """What the frames of one leg say, without a verdict. why: why there is none, where there will be none."""
    share = sum(f.judged for f, b in zip(frames, bent, strict=True) if b) / max(1, sum(bent))
    peaks = [f.deviation_deg for f in frames if f.judged and not math.isnan(f.deviation_deg)]
    if share < LEAST_JUDGED_SHARE or not peaks:
        return RepLeg(None, None, Verdict.UNKNOWN, share, why=why)
    at_bottom = frames[bottom].deviation_deg
    return RepLeg(max(peaks), None if math.isnan(at_bottom) else at_bottom, Verdict.UNKNOWN, share, why=why)


def judged_leg(leg: RepLeg, side: int, deep: DeepHalf, standard: Standard) -> RepLeg:
    """The leg with its verdict, its own track and how far inside it was; unknown where its reason says more
    than that nobody has seen the feet."""
    feet = or_usual(standard.azimuth)
    shown = float(deep.deviation_deg(feet.value)[side])
    in_the_way = standard.why is not None and leg.why is not None and leg.why.key not in NO_FEET
    if math.isnan(shown) or in_the_way:
        return leg
    foot_seen = standard.azimuth is not None and bool(np.isfinite(standard.azimuth.value[side]))
    leg = replace(leg, deep_deviation_deg=shown if foot_seen else None)
    if standard.tracks is None:
        return _by_itself(leg, float(deep.moved_in_deg(feet.value)[side]))
    tracks = standard.tracks
    zero = float(tracks.zero_deg[side])
    return replace(
        leg,
        baseline_deg=zero if foot_seen else None,
        baseline_sd_deg=float(tracks.sd_deg[side]),
        inside_own_track_deg=shown - zero,
        off_track_sure=tracks.sure_of(side, shown, standard.limits.off_track_deg),
        verdict=verdict_of(
            tracks,
            side,
            shown,
            standard.limits,
            early=standard.early,
            always=foot_seen and not standard.shown_well,
        ),
        why=None,
    )


def _by_itself(leg: RepLeg, moved_in_deg: float) -> RepLeg:
    """A leg of which nothing is known: only a knee that moved in on the way up, by much more than it had on
    the way down, is told."""
    if moved_in_deg > MOVED_IN_FAR_DEG:
        return replace(leg, verdict=Verdict.OFF_TRACK, inside_own_track_deg=moved_in_deg, why=None)
    if moved_in_deg > MOVED_IN_DEG:
        return replace(leg, verdict=Verdict.CAUTION, inside_own_track_deg=moved_in_deg, why=None)
    return leg


def _depth_deg(motions: Sequence[Motion], span: Span) -> float | None:
    """Median thigh elevation of the usable legs over the frames near the bottom."""
    near = [m for m in motions if not math.isnan(m.q) and m.q > span.q - NEAR_BOTTOM_Q]
    thighs = [float(m.thigh[leg]) for m in near for leg in (0, 1) if m.usable[leg]]
    known = [thigh for thigh in thighs if math.isfinite(thigh)]
    return math.degrees(float(np.median(known))) if known else None
