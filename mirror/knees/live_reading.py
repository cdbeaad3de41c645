"""From one live frame and what is known of the person to the KneeReading that is handed on.

Only puts together what others found: what the legs do, how they were judged, where the knees would be over
their toes, and where all that is in the room. Changes nothing it is given.
"""

from __future__ import annotations

import math
from dataclasses import replace

from mirror.knees import positions
from mirror.knees.azimuth import LITTLE_TOE
from mirror.knees.constants import KNEE, LEFT, RIGHT
from mirror.knees.judge import LegJudgement
from mirror.knees.motion import Motion
from mirror.knees.optics import F64, unrectify
from mirror.knees.reading import XY, KneeReading, LegReading, Phase, Setup, Verdict
from mirror.knees.reasons import Reason, Why
from mirror.knees.shank import target
from mirror.knees.visit import LiveFrame, Visit


def nobody(t: float, calibrated: bool) -> KneeReading:
    """The reading of a frame without a person. calibrated: there is a stance for when they come back."""
    leg = LegReading(None, None, Verdict.UNKNOWN, None, None)
    setup = Setup(False, None, calibrated, 0.0, False, None)
    return KneeReading(t, setup, None, Phase.STAND, None, leg, leg, True, Reason(Why.NOBODY))


def reading_of(
    frame: LiveFrame, visit: Visit, setup: Setup, judged: tuple[LegJudgement, LegJudgement]
) -> KneeReading:
    """The reading of this frame, judged [left, right], in the picture alone."""
    motion, azimuth = frame.motion, visit.feet.azimuth
    foot = visit.feet.direction.line
    targets = _over(frame, visit, foot)
    outer = (None, None) if azimuth is None else _over(frame, visit, foot + LITTLE_TOE)
    knees = [(float(frame.pose.keypoints[joint, 1]), float(frame.pose.keypoints[joint, 0])) for joint in KNEE]
    left, right = (
        _leg_reading(judged[leg], knees[leg], targets[leg], outer[leg])
        if motion.usable[leg]
        else _leg_reading(judged[leg], None, None, None)
        for leg in (LEFT, RIGHT)
    )
    return KneeReading(
        t=motion.t,
        setup=setup,
        q=None if math.isnan(motion.q) else motion.q,
        phase=motion.phase,
        depth_deg=_depth_deg(motion),
        left=left,
        right=right,
        target_is_guess=visit.feet.tracks is None,
        why_unknown=motion.why or visit.feet.why,
    )


def in_the_room(reading: KneeReading, frame: LiveFrame, visit: Visit, stature_m: float | None) -> KneeReading:
    """The reading with where its eyes and knees are in the room, as far as a stance tells."""
    stance = visit.feet.stance
    if stance is None:
        return reading
    motion = frame.motion
    metre = positions.shank_m(stance, visit.camera, stature_m)
    foot = visit.feet.direction.line
    at, aims = positions.knees(motion.p, motion.shank, motion.ankle, stance, foot, metre)
    _, outer = positions.knees(motion.p, motion.shank, motion.ankle, stance, foot + LITTLE_TOE, metre)
    left, right = (
        replace(
            leg, knee_ray=at[i], target_ray=aims[i], outer_ray=outer[i] if leg.outer is not None else None
        )
        if leg.knee is not None
        else leg
        for i, leg in enumerate((reading.left, reading.right))
    )
    eye = positions.eye(motion.p, frame.score, stance, metre, motion.shank, motion.thigh)
    return replace(reading, left=left, right=right, eye=eye)


def _over(frame: LiveFrame, visit: Visit, azimuth: F64) -> tuple[XY | None, XY | None]:
    """Where each knee would be in line with this azimuth, (x, y) normalised to the un-mirrored frame."""
    stance = visit.feet.stance
    if stance is None or math.isnan(frame.motion.q):
        return None, None
    aim = target(frame.motion.shank, frame.motion.ankle, stance.depth, azimuth)
    yx = unrectify(aim, frame.pose.size, visit.camera)
    return (float(yx[LEFT, 1]), float(yx[LEFT, 0])), (float(yx[RIGHT, 1]), float(yx[RIGHT, 0]))


def _leg_reading(judged: LegJudgement, knee: XY | None, aim: XY | None, outer: XY | None) -> LegReading:
    known = not math.isnan(judged.deviation_deg)
    return LegReading(
        judged.deviation_deg if known else None,
        judged.sd_deg if known else None,
        judged.verdict,
        knee,
        aim,
        outer=outer,
        inside_deg=None if math.isnan(judged.inside_deg) else judged.inside_deg,
    )


def _depth_deg(motion: Motion) -> float | None:
    thighs = motion.thigh[motion.usable]
    if not thighs.size or math.isnan(float(thighs.mean())):
        return None
    return math.degrees(float(thighs.mean()))
