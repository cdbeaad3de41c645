"""A whole recording judged at once, fed from arrays.

All numbers come from the same steps in the same order as live (`live.py`): rectify, stance, motion, foot
direction, judge, repetition. What differs is hindsight: each step is over for the whole recording before the
next begins. So a stance is pooled from all quiet frames on the same feet, the first one holds for the frames
before it too, and a chosen repetition, or what all of them agree on, sets the foot direction from its
placing's first frame on. One camera and one set of thresholds hold throughout, and nobody is told what to do.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from mirror.knees.azimuth import Azimuth, RefusedReference, ToeTips, from_toes
from mirror.knees.constants import KeypointConstants
from mirror.knees.deep_half import DeepHalf, deep_half
from mirror.knees.foot_direction import EARLY, own_line, tracks_of
from mirror.knees.foot_placements import FootPlacement, find_placements
from mirror.knees.gate import cut_off, not_judged
from mirror.knees.judge import USUAL_Q, Judge, LegJudgement, Thresholds
from mirror.knees.motion import Motion, MotionTracker
from mirror.knees.optics import F64, Camera, rectify, unrectify
from mirror.knees.own_track import OwnTracks
from mirror.knees.reading import OtherMovement, Rep
from mirror.knees.reasons import Reason, Why
from mirror.knees.repetition import Standard, make_rep, reference_azimuth
from mirror.knees.shank import Shank, target
from mirror.knees.squat import Span
from mirror.knees.stance import Stance
from mirror.knees.track import Track
from mirror.knees.unjudged import NO_FEET, why_of_reps, why_uncounted

ToesOf = Callable[[FootPlacement], ToeTips | None]
"""Where the toe tips are while somebody stands on these feet, or None where they can't be seen."""


class NoReference(Exception):
    """Repetition n of those found cannot be the reference. reason: why; None where there is no such one."""

    def __init__(self, n: int, found: int, reason: Reason | None) -> None:
        super().__init__(n, found, reason)
        self.n, self.found, self.reason = n, found, reason


@dataclass(frozen=True, slots=True)
class Analysis:
    """What a recording shows.

    t: (T,) seconds. motions, judgements: one per frame, legs [left, right]. reps: in order.
    placements: placings of the feet. azimuth: foot directions of the reference's placing, else of the first
    placing that has any, else None. reference: the repetition they are from. why_unknown: why legs are
    unknown where they are, or None. azimuths: foot directions of every placing, in the order of placements.
    others: movements that are no repetitions, in order. tracks: the legs' own tracks on every placing.
    """

    t: F64
    camera: Camera
    motions: list[Motion]
    judgements: list[tuple[LegJudgement, LegJudgement]]
    reps: list[Rep]
    placements: list[FootPlacement]
    azimuth: Azimuth | None
    reference: int | None
    why_unknown: Reason | None
    azimuths: list[Azimuth | None]
    others: tuple[OtherMovement, ...] = ()
    tracks: tuple[OwnTracks | None, ...] = ()


@dataclass(frozen=True, slots=True)
class _Counted:
    span: Span
    placement: int  # index of the placing of the feet it was done on
    motions: list[Motion]
    deep: DeepHalf


def analyse(
    track: Track,
    camera: Camera,
    constants: KeypointConstants,
    thresholds: Thresholds,
    reference: int | None = None,
    toes_of: ToesOf | None = None,
) -> Analysis:
    """Judge a recording.

    reference: number of the repetition done as the person wants it, from 1. Raises NoReference when that
    repetition does not exist or cannot be one. toes_of: asked once for every placing of the feet.
    """
    t, size, seen = track.t, track.size, track.seen
    p = rectify(track.keypoints[..., :2], size, camera)
    score = track.keypoints[..., 2].astype(np.float64)
    cut = [cut_off(keypoints) for keypoints in track.keypoints]
    placements = find_placements(t, p, score, seen, constants, cut)
    which = _placings(placements, t)
    stances = [placement.stance for placement in placements] or [None]
    motions, counted, others = _follow(t, p, score, seen, cut, [stances[i] for i in which], which, constants)
    toes = [_from_toes(placement, toes_of, size, camera, constants) for placement in placements] or [None]
    azimuths = list(toes)
    if reference is not None:
        azimuth, placed_on = _reference(counted, reference, placements, toes)
        azimuths[placed_on] = azimuth
    standards = _standards(counted, placements, toes, azimuths, reference, thresholds)
    lines = [standard.lines for standard in standards]
    judge = Judge(thresholds, constants)
    judgements = [
        judge.update(motion, standards[placement].azimuth, lines[placement])
        for motion, placement in zip(motions, which, strict=True)
    ]
    reps = _reps(counted, placements, standards, constants, reference)
    known = next((azimuth for azimuth in azimuths if azimuth), None)
    if reference is not None:
        known = azimuths[counted[reference - 1].placement]
    why = why_of_reps(reps) if reps else why_uncounted(motions, others)
    tracks = tuple(standard.tracks for standard in standards)
    return Analysis(
        t, camera, motions, judgements, reps, placements, known, reference, why, azimuths, others, tracks
    )


def targets(analysis: Analysis, size: tuple[int, int]) -> tuple[F64, npt.NDArray[np.bool_]]:
    """Where each knee would be on its own track in every frame, for drawing.

    size: (height, width) of the picture. Returns (T, 2, 2) (y, x) normalised to the un-mirrored picture, NaN
    where nothing can be said, legs [left, right]; and (T,) whether the foot direction is only a guess.
    """
    which = _placings(analysis.placements, analysis.t)
    guess = np.array([analysis.azimuths[i] is None for i in which], np.bool_)
    value = np.array(
        [
            own_line(azimuth, tracks)
            for azimuth, tracks in zip(analysis.azimuths, analysis.tracks, strict=True)
        ]
    )
    nowhere = np.full(2, np.nan)
    stances = [placement.stance for placement in analysis.placements] or [None]
    depth = np.array([nowhere if stance is None else stance.depth for stance in stances])
    shank = Shank(
        np.array([motion.shank.lateral for motion in analysis.motions]),
        np.array([motion.shank.up for motion in analysis.motions]),
        np.array([motion.shank.forward for motion in analysis.motions]),
        np.array([motion.shank.possible for motion in analysis.motions]),
    )
    ankle = np.array([motion.ankle for motion in analysis.motions])
    found = unrectify(target(shank, ankle, depth[which], value[which]), size, analysis.camera)
    found[np.isnan([motion.q for motion in analysis.motions])] = np.nan
    return found, guess


def placing_of(analysis: Analysis) -> list[int]:
    """For every frame, the index of the placing of the feet it belongs to; 0 where there is none."""
    return _placings(analysis.placements, analysis.t)


def _placings(placements: list[FootPlacement], t: F64) -> list[int]:
    """For every frame, the index of the placing of the feet it belongs to."""
    return [max(0, sum(placement.from_s <= now for placement in placements) - 1) for now in t]


def _follow(
    t: F64,
    p: F64,
    score: F64,
    seen: npt.NDArray[np.bool_],
    cut: list[Reason | None],
    stances: list[Stance | None],
    which: list[int],
    constants: KeypointConstants,
) -> tuple[list[Motion], list[_Counted], tuple[OtherMovement, ...]]:
    """Every frame's Motion, the repetitions with the frames they are made of, and what was none."""
    tracker = MotionTracker(constants)
    motions: list[Motion] = []
    found: list[tuple[int, Span | OtherMovement]] = []
    for i, now in enumerate(t):
        why = None if seen[i] else Reason(Why.NOBODY)
        motion, movement = tracker.update(float(now), p[i], score[i], stances[i], why, cut=cut[i])
        motions.append(motion)
        found += [(i, movement)] if movement is not None else []
    if motions and not math.isnan(motions[-1].height):
        movement = tracker.finish()
        found += [(len(t) - 1, movement)] if movement is not None else []
    counted = [_counted(i, one, t, motions, which) for i, one in found if isinstance(one, Span)]
    return motions, counted, tuple(one for _, one in found if isinstance(one, OtherMovement))


def _counted(i: int, span: Span, t: F64, motions: list[Motion], which: list[int]) -> _Counted:
    """The repetition that frame i ended. What comes after the last frame nobody recorded."""
    span = replace(span, end_s=min(span.end_s, float(t[-1])))
    first = int(np.searchsorted(t, span.start_s))
    low = min(int(np.searchsorted(t, span.bottom_s)), i)  # feet placed just before a squat are told in it
    frames = motions[first : i + 1]
    return _Counted(span, which[low], frames, deep_half(frames, span))


def _from_toes(
    placement: FootPlacement,
    toes_of: ToesOf | None,
    size: tuple[int, int],
    camera: Camera,
    constants: KeypointConstants,
) -> Azimuth | None:
    tips = toes_of(placement) if toes_of and placement.stance else None
    if tips is None or placement.stance is None:
        return None
    toe = rectify(tips.yx, size, camera)
    stance = placement.stance
    reach, tilt_sd_deg = constants.toe_reach, camera.tilt_sd_deg
    return from_toes(toe, stance.ankle, stance.depth, reach, tips.sd, tilt_sd_deg, stance.sd)


def _standards(
    counted: list[_Counted],
    placements: list[FootPlacement],
    toes: list[Azimuth | None],
    azimuths: list[Azimuth | None],
    reference: int | None,
    limits: Thresholds,
) -> list[Standard]:
    """What is judged by on every placing of the feet, from all repetitions done on it; in their order.

    toes, azimuths: directions of the feet from their tips alone, and with the reference's.
    """
    whys = _whys(placements, azimuths)
    groups = [[one for one in counted if one.placement == i] for i in range(len(azimuths))]
    chosen = None if reference is None else counted[reference - 1]
    open_to = [why is None or why.key in NO_FEET for why in whys]

    def tracks(i: int, elsewhere: OwnTracks | None = None) -> OwnTracks | None:
        own = chosen.deep if chosen is not None and chosen.placement == i else None
        return tracks_of(azimuths[i], [one.deep for one in groups[i]], own, elsewhere) if open_to[i] else None

    best = _most_repeated(groups, open_to, chosen)
    fullest = None if best is None else tracks(best)
    found = []
    for i, group in enumerate(groups):
        own_tracks = fullest if i == best else tracks(i, fullest)
        depths = [one.span.q for one in group]
        found.append(
            Standard(
                azimuths[i] if open_to[i] else None,
                own_tracks if placements else None,
                limits,
                early=chosen is None and len(counted) <= EARLY,
                usual_q=float(np.median(depths)) if depths else USUAL_Q,
                why=whys[i],
                shown_well=chosen is not None and chosen.placement == i,
            )
        )
    return found


def _most_repeated(groups: list[list[_Counted]], open_to: list[bool], chosen: _Counted | None) -> int | None:
    """The placing that says most of the person: the reference's, else that of most repetitions."""
    if chosen is not None:
        return chosen.placement
    candidates = [i for i, group in enumerate(groups) if group and open_to[i]]
    return max(candidates, key=lambda i: len(groups[i]), default=None)


def _reference(
    counted: list[_Counted], n: int, placements: list[FootPlacement], toes: list[Azimuth | None]
) -> tuple[Azimuth, int]:
    """Foot directions from repetition n, and the placing of the feet they hold for. Raises NoReference."""
    if not 1 <= n <= len(counted):
        raise NoReference(n, len(counted), None)
    one = counted[n - 1]
    try:
        if not placements or placements[one.placement].stance is None:
            why = placements[one.placement].why if placements else None
            raise RefusedReference(why or Reason(Why.NEVER_STILL))
        return reference_azimuth(one.deep, toes[one.placement]), one.placement
    except RefusedReference as error:
        raise NoReference(n, len(counted), error.reason) from error


def _reps(
    counted: list[_Counted],
    placements: list[FootPlacement],
    standards: list[Standard],
    constants: KeypointConstants,
    reference: int | None,
) -> list[Rep]:
    """Every repetition judged on the feet it was done on."""
    reps = []
    for n, one in enumerate(counted, 1):
        stance = placements[one.placement].stance if placements else None
        standard = standards[one.placement]
        rep = make_rep(
            n,
            one.span,
            one.motions,
            one.deep,
            standard,
            constants,
            is_reference=n == reference,
            stance=stance,
        )
        reps.append(rep)
    return reps


def _whys(placements: list[FootPlacement], azimuths: list[Azimuth | None]) -> list[Reason | None]:
    """Why nothing is judged on each placing of the feet, None where it is; in the order of azimuths."""
    if not placements:
        return [Reason(Why.NEVER_STILL)]
    elsewhere = any(azimuths)
    return [
        _why(placement, azimuth, elsewhere=elsewhere)
        for placement, azimuth in zip(placements, azimuths, strict=True)
    ]


def _why(placement: FootPlacement, azimuth: Azimuth | None, *, elsewhere: bool) -> Reason | None:
    """elsewhere: another placing's feet are known."""
    if placement.stance is None:
        return placement.why or Reason(Why.NEVER_STILL)
    no_feet = Reason(Why.FEET_MOVED if elsewhere else Why.NAME_REFERENCE)
    return not_judged(placement.stance, azimuth) or (None if azimuth else no_feet)
