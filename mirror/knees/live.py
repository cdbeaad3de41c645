"""The live mirror's view of one person's knees: calibrates, follows, judges, counts, frame by frame.

All numbers come from the same steps in the same order as over a whole recording (`analysis.py`): rectify,
motion, stance, foot direction, judge, repetition. What differs is that nothing is known beforehand: a stance
holds from the frame on after which it is known, repetitions and toe tips say something about the feet from
then on, and the reference is the next repetition that will do. Frames that came too early for that stay
unknown.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Protocol

import numpy as np
import numpy.typing as npt

from mirror.knees.azimuth import RefusedReference
from mirror.knees.constants import KeypointConstants
from mirror.knees.decoration import spared
from mirror.knees.deep_half import DeepHalf, deep_half
from mirror.knees.foot_direction import FootDirection, Limits
from mirror.knees.frame_buffers import FrameBuffers
from mirror.knees.gate import cut_off, framing, narrow
from mirror.knees.judge import Thresholds
from mirror.knees.live_reading import aims_of, in_the_room, nobody, reading_of
from mirror.knees.motion import measured_since
from mirror.knees.optics import F64, Camera, rectify, unrectify
from mirror.knees.own_track import OwnTracks
from mirror.knees.reading import KneeReading, OtherMovement, Phase, Rep, Setup
from mirror.knees.reasons import Framing, Why
from mirror.knees.repetition import make_rep, no_better_than_shown
from mirror.knees.squat import Span
from mirror.knees.stance import Stance
from mirror.knees.standing import Change
from mirror.knees.track import TrackedPose
from mirror.knees.visit import Feet, LiveFrame, Visit

UNMEASURABLE = (Framing.SHOW_FEET, Framing.MIDDLE)
"""Who is asked this cannot be measured; who stands elsewhere or turned is, to know when that has changed."""
MOST_ASKED = 2
"""Repetitions refused as the reference before it is let go: who squats well and is asked again and again only
learns that the mirror is not content."""


class Mount(Protocol):
    """How the camera hangs as known by now. `camera` changes only in `stood`."""

    @property
    def camera(self) -> Camera: ...

    def stood(self, t: float, pose: F64, size: tuple[int, int], camera: Camera) -> bool:
        """Somebody stood quietly at time t: pose (17, 2) tangents as rectified by `camera`. Whether this was
        the first word about the tilt there ever was."""
        ...


class KneeWatch:
    """One mirror's knees room. Not for several threads.

        ┌──────────── out of sight for longer than GONE_S: a new Visit, from both states ────────────┐
        ▼                                                                                            │
     nobody measured ──upright for a tenth of a second──► measured, finer with every upright moment ─┤
                                                             ▲          │                            │
                                                             └──────────┘ an ankle elsewhere for REPLANT_S:
                                                               new Feet, where they point unknown

    Repetitions are counted in both. Out of sight for less, everything holds. Standing that cannot be measured
    (NotStanding) changes nothing. Where the feet point has states of its own (FootDirection).
    """

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
        self._given_camera = camera
        self._mount = mount
        self._constants = constants
        self._limits = Limits(thresholds, with_reference or thresholds)
        self._ask_reference = ask_reference
        self._stature_m = stature_m
        self._buffers = buffers or FrameBuffers()
        self._visit = self._somebody_new()

    def _somebody_new(self) -> Visit:
        """Whoever comes next, seen by a camera that is known better by now."""
        camera = self._given_camera if self._mount is None else self._mount.camera
        return Visit(camera, self._constants, Feet(self._unknown_direction()))

    def _unknown_direction(self, elsewhere: OwnTracks | None = None) -> FootDirection:
        """elsewhere: this person's tracks on other feet, or None."""
        return FootDirection(self._limits, self._constants, elsewhere)

    @property
    def camera(self) -> Camera:
        """How the camera is taken to hang during this visit."""
        return self._visit.camera

    @property
    def stature_m(self) -> float | None:
        """The person's height, or None where nobody said."""
        return self._stature_m

    @property
    def stance(self) -> Stance | None:
        """The last stance of whoever is there, or None before there is one."""
        return self._visit.feet.stance

    @property
    def wants_toes(self) -> bool:
        """Somebody stands calibrated whose toe tips nobody has found yet."""
        visit = self._visit
        standing = visit.motion.counter.phase is Phase.STAND
        return standing and visit.feet.calibrated and not visit.feet.direction.toes_known

    def take_toes(self, yx: npt.NDArray[np.float32], size: tuple[int, int]) -> None:
        """Toe tips of the person standing now: (2, 2) (y, x) [left, right], normalised to the frame."""
        feet = self._visit.feet  # where these have moved, the tips are forgotten with them
        if feet.stance is not None:
            toes = rectify(yx, size, self.camera)
            feet.direction.take_toes(toes, feet.stance, self.camera.tilt_sd_deg)

    def update(self, pose: TrackedPose) -> tuple[KneeReading, Rep | None]:
        """One frame. A Rep comes with the frame that ended it."""
        if not pose.seen:
            return self._absent(pose.t), None
        visit = self._visit
        visit.seen(pose.t)
        frame, movement = self._follow(pose)
        visit.remember(frame.motion, len(self._buffers))
        ask = visit.lasting(pose.t, self._framing(frame))
        if pose.why is None and ask not in UNMEASURABLE:
            self._stand(frame, up_again=isinstance(movement, Span))
        judged = visit.feet.direction.judge(frame.motion, judged=visit.feet.tracks is not None)
        rep = self._rep(movement) if isinstance(movement, Span) else None
        aims = aims_of(frame, visit)
        reading = reading_of(frame, visit, self._setup(ask), judged, aims)
        reading = replace(reading, judged_late=self._judged_late()) if visit.open else reading
        if isinstance(movement, OtherMovement):
            reading = replace(reading, other=movement)
        placed = spared("places", lambda: in_the_room(reading, frame, visit, self._stature_m, aims), reading)
        return placed, rep

    def finish(self, t: float) -> Rep | None:
        """The picture ends with the frame of time t: a squat that was nearly over counts, if there is one."""
        visit = self._visit
        movement = visit.motion.finish() if visit.there(t) else None
        if not isinstance(movement, Span):
            return None
        if visit.standing.measure_in_passing() and visit.standing.stance is not None:
            visit.feet.measured(visit.standing.stance)
        return self._rep(movement)

    def last_reading(self, t: float) -> KneeReading:
        """After the last frame: nobody is seen any more, and what is judged late is judged now."""
        return replace(nobody(t, self._visit.feet.calibrated), judged_late=self._judged_late())

    def _absent(self, t: float) -> KneeReading:
        if self._visit.over(t):
            self._visit = self._somebody_new()
        return nobody(t, self._visit.feet.stance is not None)

    def _follow(self, pose: TrackedPose) -> tuple[LiveFrame, Span | OtherMovement | None]:
        visit, buffer = self._visit, self._buffers.take()
        p = rectify(pose.keypoints[:, :2], pose.size, visit.camera, buffer.p)
        score = pose.keypoints[:, 2].astype(np.float64)
        cut = cut_off(pose.keypoints)
        motion, movement = visit.motion.update(pose.t, p, score, visit.feet.stance, pose.why, buffer, cut)
        return LiveFrame(pose, score, motion), movement

    def _framing(self, frame: LiveFrame) -> Framing | None:
        """Asked of those who stand: nobody is told to step back in the middle of a squat."""
        if frame.motion.phase is not Phase.STAND:
            return None
        feet = self._visit.feet
        ask = framing(frame.pose.keypoints, frame.pose.size, feet.stance, self._stature_m)
        return Framing.FACE_MIRROR if ask is None and self._turned(frame) else ask

    def _turned(self, frame: LiveFrame) -> bool:
        """By the feet, or by shoulders and hips of somebody who could not be measured yet."""
        feet = self._visit.feet
        if feet.stance is None:
            return narrow(frame.motion.p[None]) is not None
        return feet.gate is not None and feet.gate.key is Why.TURNED

    def _setup(self, ask: Framing | None) -> Setup:
        visit = self._visit
        progress = visit.standing.progress
        return Setup(True, ask, visit.feet.calibrated, progress, self._reference_awaited, visit.refused)

    # -- stance ----------------------------------------------------------------------------------------

    def _stand(self, frame: LiveFrame, *, up_again: bool) -> None:
        """Learn where somebody stands, and notice feet placed anew."""
        visit = self._visit
        change = visit.standing.see(frame.motion, frame.score, up_again=up_again)
        stance = visit.standing.stance
        if change is Change.MOVED:
            visit.feet = Feet(self._unknown_direction(visit.feet.direction.known), stance)
        elif change is Change.MEASURED and stance is not None:
            visit.feet.measured(stance)
            self._tell_mount(frame.motion.t, frame.pose.size)

    def _tell_mount(self, t: float, size: tuple[int, int]) -> None:
        """Once a visit. The first word there ever was about the camera's tilt is used at once: before it
        nothing was known, and nobody has squatted yet."""
        visit = self._visit
        if self._mount is None or visit.mount_informed or not visit.standing.full:
            return
        visit.mount_informed = True
        first = self._mount.stood(t, visit.standing.pose(), size, visit.camera)
        if first and visit.reps == 0:
            self._look_again(self._mount.camera, size)

    def _look_again(self, camera: Camera, size: tuple[int, int]) -> None:
        """The stance and the toes, as if this camera had seen them."""
        visit, before = self._visit, self._visit.camera

        def anew(p: F64) -> F64:
            return rectify(unrectify(p, size, before), size, camera)

        visit.camera = camera
        visit.feet.direction.turn(anew)
        visit.feet = Feet(visit.feet.direction)  # the same feet, which this camera has not measured yet
        visit.motion.reset()
        visit.recent.clear()
        if visit.standing.turn(anew) is not None and visit.standing.stance is not None:
            visit.feet.measured(visit.standing.stance)

    # -- repetitions -----------------------------------------------------------------------------------

    def _rep(self, span: Span) -> Rep:
        visit, feet = self._visit, self._visit.feet
        motions = [motion for motion in visit.recent if motion.t >= span.start_s]
        if feet.stance is not None:
            motions, span = measured_since(motions, span, feet.stance, self._constants)
        visit.reps += 1
        deep = deep_half(motions, span)
        asked = self._reference_awaited and feet.calibrated
        is_reference = asked and self._take_reference(deep)
        if feet.calibrated:
            feet.direction.learn(deep, span, feet.stance)
        rep = make_rep(
            visit.reps,
            span,
            motions,
            deep,
            feet.standard,
            self._constants,
            is_reference=is_reference,
            stance=feet.stance,
        )
        if not is_reference:  # judged by what it has just set
            rep = no_better_than_shown(rep, feet.direction.worst_since(span.start_s))
        visit.open.keep(rep, span, motions, learned=feet.calibrated)
        return rep

    def _judged_late(self) -> tuple[Rep, ...]:
        """Repetitions of before that were unknown and are judged now."""
        visit, feet = self._visit, self._visit.feet
        if feet.stance is None or not feet.calibrated:
            return ()
        visit.open.learn(feet.stance, feet.direction)
        return () if feet.tracks is None else visit.open.judge(feet.stance, feet.standard)

    @property
    def _reference_awaited(self) -> bool:
        feet = self._visit.feet
        wanted = self._ask_reference and not feet.direction.has_reference
        return wanted and self._visit.refusals < MOST_ASKED and feet.gate is None

    def _take_reference(self, deep: DeepHalf) -> bool:
        """Whether this repetition became the reference; the visit's `refused` says why not."""
        visit = self._visit
        try:
            visit.feet.direction.take_reference(deep, visit.feet.stance)
        except RefusedReference as error:
            visit.refused = error.reason
            visit.refusals += 1
            return False
        visit.refused = None
        return True
