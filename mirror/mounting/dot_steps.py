"""Lining up with dots on the glass, step by step: first stand, then bend until the knees lie behind the dots.

Somebody who bends and keeps still has lined up; somebody who only stands has not begun. Hands on where eyes
and knees were; where the dots are, and what follows for the glass, is not known here.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from mirror.knees.constants import ANKLE, HIP, KNEE, KeypointConstants
from mirror.knees.gate import framing
from mirror.knees.optics import F64, Camera, rectify
from mirror.knees.positions import FLATTEST, eye, knees, shank_m
from mirror.knees.reading import Ray
from mirror.knees.shank import lift
from mirror.knees.stance import NotStanding, Stance, measure, median_pose
from mirror.mounting.still import Asked, StillWatch

F32 = npt.NDArray[np.float32]
STAND_S, HOLD_S = 1.0, 2.0
BENT_FROM, BENT_TO = 0.03, 0.6
"""Share of the hips' height that somebody who has lined up has come down by: less is standing, more is a
squat on the way to somewhere else."""
ROUNDS = 2


@dataclass(frozen=True, slots=True)
class EyeAndKnees:
    """Where somebody's eyes and knees are, from the camera."""

    eye: Ray
    left: Ray
    right: Ray


class LiningSteps:
    """One calibration of the glass. `update` with every frame until `done`.

    standing: the person as they stood, once they did; dots can be placed then. lined: one for each round,
    as they were when they had lined up. waiting_s: for how long they have been asked for this round.
    """

    def __init__(self, camera: Camera, constants: KeypointConstants, stature_m: float | None) -> None:
        """camera: with its tilt and height as they are."""
        self._camera = camera
        self._constants = constants
        self._stature_m = stature_m
        self._stance: Stance | None = None
        self._still = StillWatch(STAND_S)
        self._since: float | None = None
        self.standing: EyeAndKnees | None = None
        self.lined: list[EyeAndKnees] = []
        self.waiting_s = 0.0

    @property
    def done(self) -> bool:
        return len(self.lined) == ROUNDS

    def update(self, t: float, keypoints: F32, size: tuple[int, int], seen: bool) -> Asked:
        """One frame, as in MountingSteps; what to ask of the person now."""
        n = min(len(self.lined), ROUNDS - 1) + 1
        if self.done:
            return Asked("done", 1.0, n, ROUNDS)
        ask = framing(keypoints, size, self._stance, self._stature_m) if seen else None
        p = rectify(keypoints[:, :2], size, self._camera)
        if not seen or ask is not None:
            self._still.reset()
            return Asked(ask.value if ask else "stand", 0.0, n, ROUNDS)
        if self._stance is None:
            return self._stand(t, keypoints, p, size)
        return self._line_up(t, keypoints, p, size)

    def _stand(self, t: float, keypoints: F32, p: F64, size: tuple[int, int]) -> Asked:
        self._still.add(t, keypoints, p)
        progress = self._still.progress
        if self._still.done:
            pose, score = self._frames(size)
            try:
                self._stance = measure(t, pose, score, self._constants)
            except NotStanding:
                self._stance = None
            else:
                self.standing = self._where(median_pose(pose, score), score)
                self._stance = self._stance if self.standing else None
            self._still = StillWatch(HOLD_S if self._stance else STAND_S)
            self._since = t
        return Asked("stand", progress, 1, ROUNDS)

    def _line_up(self, t: float, keypoints: F32, p: F64, size: tuple[int, int]) -> Asked:
        n = len(self.lined) + 1
        self._since = t if self._since is None else self._since
        self.waiting_s = t - self._since
        if not self._bent(p):
            self._still.reset()
            return Asked("line_up", 0.0, n, ROUNDS)
        self._still.add(t, keypoints, p)
        progress = self._still.progress
        if self._still.done:
            pose, score = self._frames(size)
            found = self._where(median_pose(pose, score), score)
            self._still.reset()
            if found is not None:
                self.lined.append(found)
                self._since, self.waiting_s = t, 0.0
        return Asked("line_up", progress, n, ROUNDS)

    def _bent(self, p: F64) -> bool:
        if self._stance is None:
            return False
        depth = self._depth(p)
        height = float((p[HIP, 1].mean() - p[ANKLE, 1].mean()) * (depth.mean() / self._stance.depth.mean()))
        return BENT_FROM < 1 - height / self._stance.hip_height < BENT_TO

    def _frames(self, size: tuple[int, int]) -> tuple[F64, F64]:
        frames = self._still.keypoints
        return rectify(frames[..., :2], size, self._camera), frames[..., 2].astype(np.float64)

    def _depth(self, p: F64) -> F64:
        """(2,) depths of the ankles now, in shank lengths: lower in the picture is nearer."""
        stance = self._stance
        if stance is None:
            return np.ones(2)
        before, now = -stance.ankle[:, 1].mean(), -p[ANKLE, 1].mean()
        return stance.depth * (before / now) if min(before, now) > FLATTEST else stance.depth

    def _where(self, pose: F64, score: F64) -> EyeAndKnees | None:
        """Eyes and knees of a pose (17, 2) tangents; None where they are not seen. score: (T, 17)."""
        stance = self._stance
        if stance is None or np.isnan(pose[ANKLE]).any():
            return None
        metre = shank_m(stance, self._camera, self._stature_m)
        now = replace(stance, depth=self._depth(pose))
        shank = lift(pose[KNEE], pose[ANKLE], now.depth)
        left, right = knees(pose, shank, now, metre)
        looks = eye(pose, np.median(score, axis=0), now, metre)
        if looks is None or left is None or right is None:
            return None
        return EyeAndKnees(looks, left, right)
