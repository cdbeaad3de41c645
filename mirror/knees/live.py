"""The live mirror's view of one person's knees: calibrates, follows, judges, counts, frame by frame.

Keeps the stance and the foot direction of whoever stands there, and forgets both when they leave or place
their feet anew. All numbers come from the same trackers and judge a whole recording goes through.
"""

from __future__ import annotations

import math
from collections import deque
from dataclasses import replace
from typing import Protocol

import numpy as np
import numpy.typing as npt

from mirror.knees import positions
from mirror.knees.agreement import Halves, agree
from mirror.knees.azimuth import LITTLE_TOE, PRIOR, Azimuth, RefusedReference, from_toes, fuse
from mirror.knees.constants import KNEE, LEFT, RIGHT, KeypointConstants
from mirror.knees.decoration import spared
from mirror.knees.frame_buffers import FrameBuffers
from mirror.knees.gate import framing
from mirror.knees.judge import Judge, LegJudgement, Thresholds
from mirror.knees.motion import Motion, MotionTracker
from mirror.knees.optics import F64, Camera, rectify, unrectify
from mirror.knees.reading import XY, KneeReading, LegReading, Phase, Rep, Setup, Verdict
from mirror.knees.reasons import Framing, Reason, Why
from mirror.knees.repetition import make_rep, reference_azimuth, shown_by
from mirror.knees.shank import target
from mirror.knees.squat import LONGEST_REP_S, Span
from mirror.knees.stance import FULL_S, NotStanding, Stance, StandingWatch

GONE_S = 1.0
"""Out of sight for this long, the next person is somebody else."""
REPLANT_SHANKS, REPLANT_S = 0.15, 0.3
FRAMING_S = 0.5
"""Something must be in the way for this long before the person is told."""
MOST_SHOWN = 30
"""Repetitions that are asked about the feet: the last ones."""
SHRUNK = 0.93
"""A new stance on moved feet with less hip height per shank than this share of the old is a held squat."""


class Mount(Protocol):
    """How the camera hangs as known by now. `camera` changes only in `stood`."""

    @property
    def camera(self) -> Camera: ...

    def stood(self, t: float, pose: F64, size: tuple[int, int], camera: Camera) -> bool:
        """Somebody stood quietly at time t: pose (17, 2) tangents as rectified by `camera`. Whether this was
        the first word about the tilt there ever was."""
        ...


class KneeWatch:
    """One mirror's knees room. Not for several threads."""

    def __init__(
        self,
        camera: Camera,
        constants: KeypointConstants,
        thresholds: Thresholds,
        *,
        with_reference: Thresholds | None = None,
        ask_reference: bool = True,
        stature_m: float | None = None,
        mount: Mount | None = None,
        buffers: FrameBuffers | None = None,
    ) -> None:
        """with_reference: thresholds once a reference repetition is accepted; None keeps the others.

        mount: learns how the camera hangs from everybody who stands; None leaves `camera` as it is.
        buffers: where the frames' numbers go; None makes enough for the longest repetition.
        """
        self._camera = camera
        self._mount = mount
        self._constants = constants
        self._thresholds = thresholds
        self._with_reference = with_reference or thresholds
        self._ask_reference = ask_reference
        self._stature_m = stature_m
        self._motion = MotionTracker(constants)
        self._buffers = buffers or FrameBuffers()
        self._standing = StandingWatch()
        self._forget()

    def _forget(self) -> None:
        """Whoever comes next is somebody new, seen by a camera that is known better by now."""
        if self._mount is not None:
            self._camera = self._mount.camera
        self._asked_of_mount = False
        self._stance: Stance | None = None
        self._refined = False
        self._forget_feet()
        self._refused: Reason | None = None
        self._reps = 0
        self._recent: deque[Motion] = deque()
        self._motion.reset()
        self._standing.reset()
        self._seen_t = -math.inf
        self._moved_since: float | None = None
        self._replanted = False
        self._framing_since: tuple[Framing | None, float] = (None, 0.0)

    def _forget_feet(self) -> None:
        """Nothing is known of where the feet point."""
        self._toes_p: F64 | None = None  # (2, 2) rectified tangents of the toe tips
        self._reference: Azimuth | None = None
        self._azimuth: Azimuth | None = None
        self._shown: deque[Halves] = deque(maxlen=MOST_SHOWN)  # what each repetition says about the feet
        self._judge = Judge(self._thresholds, self._constants)

    @property
    def camera(self) -> Camera:
        """How the camera is taken to hang during this visit."""
        return self._camera

    @property
    def wants_toes(self) -> bool:
        """Somebody stands calibrated whose toe tips nobody has found yet."""
        standing = self._motion.counter.phase is Phase.STAND
        return standing and self._stance is not None and not self._replanted and self._toes_p is None

    def take_toes(self, yx: npt.NDArray[np.float32], size: tuple[int, int]) -> None:
        """Toe tips of the person standing now: (2, 2) (y, x) [left, right], normalised to the frame."""
        if self._stance is not None and not self._replanted:
            self._toes_p = rectify(yx, size, self._camera)
            self._point_feet()

    @property
    def _toes(self) -> Azimuth | None:
        """Foot directions from the toe tips and what the repetitions so far say about them."""
        stance = self._stance
        if self._toes_p is None or stance is None:
            return None
        seen = from_toes(self._toes_p, stance.ankle, stance.depth, self._constants.toe_reach)
        return agree(seen, self._shown)

    def _point_feet(self) -> None:
        """The foot direction from what is known now: toes and the repetitions so far, or a reference."""
        toes = self._toes
        had_reference = self._azimuth is not None and "reference" in self._azimuth.source
        self._azimuth = fuse(toes, self._reference) if self._reference else toes
        if self._reference is not None and not had_reference:
            self._judge = Judge(self._with_reference, self._constants)

    def update(
        self,
        t: float,
        keypoints: npt.NDArray[np.float32],
        size: tuple[int, int],
        seen: bool,
        why: Reason | None = None,
    ) -> tuple[KneeReading, Rep | None]:
        """One frame: keypoints (17, 3) (y, x, score) normalised to the un-mirrored frame of `size`.

        seen: somebody is there. why: a reason not to judge this frame (Why.SOMEBODY_PASSES), or None.
        A Rep comes with the frame that ended it.
        """
        if not seen:
            return self._absent(t), None
        self._seen_t = t
        buffer = self._buffers.take()
        p = rectify(keypoints[:, :2], size, self._camera, buffer.p)
        score = keypoints[:, 2].astype(np.float64)
        motion, span = self._motion.update(t, p, score, self._stance, why, buffer)
        self._remember(motion)
        standing = motion.phase is Phase.STAND
        ask = framing(keypoints, size, self._stance, self._stature_m) if standing else None
        ask = self._lasting(t, ask)
        if standing:
            self._stand(motion, p, score, size, in_the_way=why is not None or ask is not None)
        left, right = self._judge.update(motion, None if self._replanted else self._azimuth)
        rep = self._rep(span) if span else None
        reading = self._reading(motion, keypoints, size, (left, right), ask)
        return spared("places", lambda: self._placed(reading, motion, score), reading), rep

    # -- presence --------------------------------------------------------------------------------------

    def _absent(self, t: float) -> KneeReading:
        if t - self._seen_t > GONE_S:
            self._forget()
        leg = LegReading(None, None, Verdict.UNKNOWN, None, None)
        setup = Setup(False, None, self._stance is not None, 0.0, False, None)
        return KneeReading(t, setup, None, Phase.STAND, None, leg, leg, True, Reason(Why.NOBODY))

    def _remember(self, motion: Motion) -> None:
        self._recent.append(motion)
        while (
            motion.t - self._recent[0].t > LONGEST_REP_S + 1.0
            or len(self._recent) >= len(self._buffers)  # whose buffer is the next to be written over
        ):
            self._recent.popleft()

    def _lasting(self, t: float, ask: Framing | None) -> Framing | None:
        """An instruction once it was needed for a while, and nothing for a passing glitch."""
        if ask != self._framing_since[0]:
            self._framing_since = (ask, t)
        return ask if t - self._framing_since[1] >= FRAMING_S else None

    # -- stance ----------------------------------------------------------------------------------------

    def _stand(self, motion: Motion, p: F64, score: F64, size: tuple[int, int], *, in_the_way: bool) -> None:
        """Standing between squats: calibrate, refine once, notice feet placed anew."""
        if in_the_way or motion.why not in (None, Reason(Why.NOT_CALIBRATED)):
            self._standing.reset()
            return
        self._standing.add(motion.t, p, score)
        if self._stance is not None:
            self._replanted = self._replanted or self._feet_moved(motion)
        wanted = self._stance is None or self._replanted
        improvable = not self._refined and self._reps == 0 and self._standing.quiet_s >= 0.95 * FULL_S
        if self._standing.ready and (wanted or improvable):
            self._calibrate(refined=self._standing.quiet_s >= 0.95 * FULL_S)
            self._tell_mount(motion.t, size)

    def _feet_moved(self, motion: Motion) -> bool:
        """Whether an ankle has been elsewhere than at calibration for a while."""
        stance = self._stance
        if stance is None:
            return False
        apart = np.linalg.norm(motion.ankle - stance.ankle, axis=-1)
        if not (apart > REPLANT_SHANKS * stance.shank).any():
            self._moved_since = None
            return False
        if self._moved_since is None:
            self._moved_since = motion.t
        if motion.t - self._moved_since < REPLANT_S:
            return False
        self._standing.reset()  # what was collected belongs to the old feet
        return True

    def _calibrate(self, refined: bool) -> None:
        try:
            stance = self._standing.measure(self._constants)
        except NotStanding:
            self._standing.reset()
            return
        old = self._stance
        if old is not None and _hips_per_shank(stance) < SHRUNK * _hips_per_shank(old):
            self._standing.reset()
            return
        self._stance, self._refined = stance, refined
        if self._replanted:  # the feet point elsewhere now
            self._replanted, self._moved_since = False, None
            self._forget_feet()
        elif self._toes_p is not None:
            self._point_feet()

    def _tell_mount(self, t: float, size: tuple[int, int]) -> None:
        """Once a visit. The first word there ever was about the camera's tilt is used at once: before it
        nothing was known, and nobody has squatted yet."""
        if self._mount is None or self._asked_of_mount or not (self._refined and self._standing.ready):
            return
        self._asked_of_mount = True
        first = self._mount.stood(t, self._standing.pose(), size, self._camera)
        if first and self._reps == 0:
            self._look_again(self._mount.camera, size)

    def _look_again(self, camera: Camera, size: tuple[int, int]) -> None:
        """The stance and the toes, as if this camera had seen them."""

        def anew(p: F64) -> F64:
            return rectify(unrectify(p, size, self._camera), size, camera)

        self._standing.turn(anew)
        self._toes_p = None if self._toes_p is None else anew(self._toes_p)
        self._camera = camera
        self._stance = None
        self._motion.reset()
        self._recent.clear()
        self._calibrate(refined=True)

    # -- repetitions -----------------------------------------------------------------------------------

    def _rep(self, span: Span) -> Rep:
        motions = list(self._recent)
        self._reps += 1
        is_reference = self._reference_awaited and self._take_reference(span, motions)
        azimuth = None if self._replanted else self._azimuth
        limits = self._thresholds if self._reference is None else self._with_reference
        rep = make_rep(
            self._reps,
            span,
            motions,
            azimuth,
            limits,
            self._constants,
            is_reference=is_reference,
            stance=self._stance,
        )
        self._learn(span, motions)
        return rep

    def _learn(self, span: Span, motions: list[Motion]) -> None:
        """What a repetition says about the feet counts from the next one on: what was shown is not unsaid."""
        if self._replanted or self._stance is None:
            return
        self._shown.append(shown_by(motions, span))
        self._point_feet()

    @property
    def _reference_awaited(self) -> bool:
        return self._ask_reference and self._reference is None and not self._replanted

    def _take_reference(self, span: Span, motions: list[Motion]) -> bool:
        """Whether this repetition became the reference; `_refused` says why not."""
        done = [m for m in motions if span.start_s <= m.t <= span.end_s and not math.isnan(m.q)]
        try:
            self._reference = reference_azimuth(done, self._toes)
            self._point_feet()
        except RefusedReference as error:
            self._reference, self._refused = None, error.reason
            self._point_feet()
            return False
        self._refused = None
        return True

    # -- what to hand on -------------------------------------------------------------------------------

    def _reading(
        self,
        motion: Motion,
        keypoints: npt.NDArray[np.float32],
        size: tuple[int, int],
        judged: tuple[LegJudgement, LegJudgement],
        ask: Framing | None,
    ) -> KneeReading:
        azimuth = None if self._replanted else self._azimuth
        calibrated = self._stance is not None and not self._replanted
        awaited = self._reference_awaited
        setup = Setup(True, ask, calibrated, self._standing.progress, awaited, self._refused)
        foot = PRIOR if azimuth is None else azimuth.value
        targets = self._over(motion, foot, size)
        outer = (None, None) if azimuth is None else self._over(motion, foot + LITTLE_TOE, size)
        knees = [(float(keypoints[joint, 1]), float(keypoints[joint, 0])) for joint in KNEE]
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
            target_is_guess=azimuth is None,
            why_unknown=motion.why or (None if azimuth else Reason(Why.NO_DIRECTION)),
        )

    def _placed(self, reading: KneeReading, motion: Motion, score: F64) -> KneeReading:
        """The reading with where its eyes and knees are in the room, as far as a stance tells."""
        stance = self._stance
        if stance is None or self._replanted:
            return reading
        metre = positions.shank_m(stance, self._camera, self._stature_m)
        azimuth = PRIOR if self._azimuth is None else self._azimuth.value
        at, aims = positions.knees(motion.p, motion.shank, motion.ankle, stance, azimuth, metre)
        _, outer = positions.knees(motion.p, motion.shank, motion.ankle, stance, azimuth + LITTLE_TOE, metre)
        left, right = (
            replace(
                leg,
                knee_ray=at[i],
                target_ray=aims[i],
                outer_ray=outer[i] if leg.outer is not None else None,
            )
            if leg.knee is not None
            else leg
            for i, leg in enumerate((reading.left, reading.right))
        )
        eye = positions.eye(motion.p, score, stance, metre, motion.shank, motion.thigh)
        return replace(reading, left=left, right=right, eye=eye)

    def _over(self, motion: Motion, azimuth: F64, size: tuple[int, int]) -> tuple[XY | None, XY | None]:
        """Where each knee would be in line with this azimuth, (x, y) normalised to the un-mirrored frame."""
        if self._stance is None or math.isnan(motion.q):
            return None, None
        yx = unrectify(target(motion.shank, motion.ankle, self._stance.depth, azimuth), size, self._camera)
        return (float(yx[LEFT, 1]), float(yx[LEFT, 0])), (float(yx[RIGHT, 1]), float(yx[RIGHT, 0]))


def _hips_per_shank(stance: Stance) -> float:
    return stance.hip_height / float(stance.shank.mean())


def _leg_reading(judged: LegJudgement, knee: XY | None, aim: XY | None, outer: XY | None) -> LegReading:
    known = not math.isnan(judged.deviation_deg)
    return LegReading(
        judged.deviation_deg if known else None,
        judged.sd_deg if known else None,
        judged.verdict,
        knee,
        aim,
        outer=outer,
    )


def _depth_deg(motion: Motion) -> float | None:
    thighs = motion.thigh[motion.usable]
    if not thighs.size or math.isnan(float(thighs.mean())):
        return None
    return math.degrees(float(thighs.mean()))
