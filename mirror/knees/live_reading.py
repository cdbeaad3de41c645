"""From one live frame and what is known of the person to the KneeReading that is handed on.

Only puts together what others found: what the legs do, how they were judged, where the knees would be over
their toes, and where all that is in the room. Changes nothing it is given.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from mirror.knees import positions
from mirror.knees.azimuth import LITTLE_TOE
from mirror.knees.constants import KNEE, LEFT, RIGHT, SIDE
from mirror.knees.judge import LegJudgement
from mirror.knees.motion import Motion
from mirror.knees.one_leg import Aim, target
from mirror.knees.optics import Lens
from mirror.knees.reading import XY, KneeReading, LegReading, Phase, Setup, Verdict
from mirror.knees.reasons import Reason, Why
from mirror.knees.visit import LiveFrame, Visit


def nobody(t: float, calibrated: bool) -> KneeReading:
    """The reading of a frame without a person. calibrated: there is a stance for when they come back."""
    leg = LegReading(None, None, Verdict.UNKNOWN, None, None)
    setup = Setup(False, None, calibrated, 0.0, False, None)
    return KneeReading(t, setup, None, Phase.STAND, None, leg, leg, True, Reason(Why.NOBODY))


@dataclass(frozen=True, slots=True)
class Aims:
    """Where both knees would be over their own tracks, and outside them by as much as the little toe is
    outside the second: [left, right]."""

    own: tuple[Aim, Aim]
    outer: tuple[Aim, Aim]


def aims_of(frame: LiveFrame, visit: Visit) -> Aims | None:
    """None as long as nobody was measured, or is not seen."""
    stance, motion = visit.feet.stance, frame.motion
    if stance is None or math.isnan(motion.q):
        return None
    up, feet, depth = motion.shank.up.tolist(), motion.ankle.tolist(), stance.depth.tolist()
    line = visit.feet.direction.line.tolist()

    def over(outward: float) -> tuple[Aim, Aim]:
        left, right = (
            target(up[leg], feet[leg], depth[leg], line[leg] + outward, SIDE[leg]) for leg in (LEFT, RIGHT)
        )
        return left, right

    return Aims(over(0.0), over(LITTLE_TOE))


def reading_of(
    frame: LiveFrame, visit: Visit, setup: Setup, judged: tuple[LegJudgement, LegJudgement], aims: Aims | None
) -> KneeReading:
    """The reading of this frame, judged [left, right], in the picture alone."""
    motion, azimuth = frame.motion, visit.feet.azimuth
    lens = Lens.of(frame.pose.size, visit.camera)
    usable = motion.usable.tolist()

    def leg_reading(leg: int) -> LegReading:
        if not usable[leg]:
            return _leg_reading(judged[leg], None, None, None)
        y, x, _ = frame.pose.keypoints[KNEE[leg]].tolist()
        own = None if aims is None else _seen_at(lens, aims.own[leg])
        outer = None if aims is None or azimuth is None else _seen_at(lens, aims.outer[leg])
        return _leg_reading(judged[leg], (x, y), own, outer)

    return KneeReading(
        t=motion.t,
        setup=setup,
        q=None if math.isnan(motion.q) else motion.q,
        phase=motion.phase,
        depth_deg=_depth_deg(motion),
        left=leg_reading(LEFT),
        right=leg_reading(RIGHT),
        target_is_guess=visit.feet.tracks is None,
        why_unknown=motion.why or visit.feet.why,
    )


def in_the_room(
    reading: KneeReading, frame: LiveFrame, visit: Visit, stature_m: float | None, aims: Aims | None
) -> KneeReading:
    """The reading with where its eyes and knees are in the room, as far as a stance tells."""
    stance = visit.feet.stance
    if stance is None:
        return reading
    motion = frame.motion
    metre = positions.shank_m(stance, visit.camera, stature_m)
    eye = positions.eye(motion.p, frame.score, stance, metre, motion.shank, motion.thigh)
    if aims is None:
        return replace(reading, eye=eye)
    depth, forward = stance.depth.tolist(), motion.shank.forward.tolist()

    def in_room(leg: int, reading: LegReading) -> LegReading:
        if reading.knee is None:
            return reading
        x, y = motion.p[KNEE[leg]].tolist()
        own, outer = aims.own[leg], aims.outer[leg]
        outer_ray = positions.ray(outer.x, outer.y, metre * (depth[leg] - outer.forward))
        return replace(
            reading,
            knee_ray=positions.ray(x, y, metre * (depth[leg] - forward[leg])),
            target_ray=positions.ray(own.x, own.y, metre * (depth[leg] - own.forward)),
            outer_ray=None if reading.outer is None else outer_ray,
        )

    return replace(reading, left=in_room(LEFT, reading.left), right=in_room(RIGHT, reading.right), eye=eye)


def _seen_at(lens: Lens, aim: Aim) -> XY:
    return lens.seen_at(aim.x, aim.y)


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
    legs = zip(motion.thigh.tolist(), motion.usable.tolist(), strict=True)
    thighs = [thigh for thigh, usable in legs if usable]
    if not thighs or any(map(math.isnan, thighs)):
        return None
    return math.degrees(sum(thighs) / len(thighs))
