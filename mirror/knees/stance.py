"""Standing calibration: what a second of quiet stance says about a person's legs and where their feet are.

Everything later in the room is measured against a Stance. Knows nothing of squats.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from mirror.knees import body_proportions as body
from mirror.knees.constants import ANKLE, HIP, KNEE, NOSE, SHOULDER, KeypointConstants
from mirror.knees.optics import F64
from mirror.knees.reasons import Reason, Why

ENOUGH_SCORE = 0.4
"""Keypoints below this are left out of the standing medians."""
UNEQUAL_SHANKS = 0.12
"""Shanks that differ by more than this are a bent leg or a wrong joint: not a calibration."""
SHORTEST_SHANK = 0.01
"""Tangents: a shank or thigh this short, or hips so little above the ankles, are no standing body."""
SHORTEST_S = 0.5
"""Quiet stance from which a calibration is usable; it improves up to FULL_S."""
FULL_S = 1.0
FEWEST_FRAMES = 5
STEADY_FRAMES = 4
LONGEST_GAP_S = 0.3
STILL_HIPS = 0.025
"""Share of hip height the hips may move and still count as quiet."""
STILL_FEET = 0.08
"""Shank lengths an ankle or knee may move and still count as quiet."""


@dataclass(frozen=True, slots=True)
class Stance:
    """One person on one spot. Tangents (rectified, x right, y up); legs are [left, right].

    t: when it was measured, seconds. ankle: (2, 2) (x, y). shank: (2,) length in tangents.
    depth: (2,) of the ankles from the camera, in shank lengths. thigh: (2,) in shank lengths.
    hip_height, shoulder_height, nose_height: over the ankles, tangents.
    width, shoulder_width: between the ankles, the shoulders, tangents. frames: how many it rests on. sd: of
    the shank's length, as a share of it.
    """

    t: float
    ankle: F64
    shank: F64
    depth: F64
    thigh: F64
    hip_height: float
    shoulder_height: float
    nose_height: float
    width: float
    shoulder_width: float
    frames: int
    sd: float = 0.0


class NotStanding(Exception):
    """These frames are no calibration; `reason` says why."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason.key.value)
        self.reason = reason


def median_pose(p: F64, score: F64) -> F64:
    """Medians (17, 2) over frames (T, 17, 2) whose joint scores at least 0.4; NaN for a joint never seen."""
    seen = np.where((score >= ENOUGH_SCORE)[..., None], p, np.nan)
    out = np.full(p.shape[1:], np.nan)
    some = np.isfinite(seen[..., 0]).sum(0) >= max(1, min(FEWEST_FRAMES, len(p)))
    out[some] = np.nanmedian(seen[:, some], axis=0)
    return out


def measure(t: float, p: F64, score: F64, constants: KeypointConstants) -> Stance:
    """The Stance of quiet frames p (T, 17, 2), score (T, 17). Raises NotStanding with the reason.

    Shank length: the seen one blended with what nose-to-ankle says, since networks see standing shanks short
    by up to 12 %, differently per person. Each leg's own ankle height gives its own depth (body yaw).
    """
    pose = median_pose(p, score)
    if np.isnan(pose[ANKLE]).any():
        raise NotStanding(Reason(Why.FEET_NOT_SEEN))
    if np.isnan(pose[HIP + KNEE]).any():
        raise NotStanding(Reason(Why.LEGS_NOT_SEEN))
    seen = np.linalg.norm(pose[KNEE] - pose[ANKLE], axis=-1)
    if np.ptp(seen) > UNEQUAL_SHANKS * seen.mean():
        raise NotStanding(Reason(Why.NOT_STRAIGHT))
    middle = pose[ANKLE].mean(0)
    hip_height = float(pose[HIP, 1].mean() - middle[1])
    thigh = float(np.linalg.norm(pose[HIP] - pose[KNEE], axis=-1).mean())
    if min(float(seen.mean()), thigh, hip_height) < SHORTEST_SHANK:
        raise NotStanding(
            Reason(Why.NOT_STRAIGHT)
        )  # nobody at all: lying, upside down, or joints on one heap
    nose_height = float(pose[NOSE, 1] - middle[1])
    straight = float(seen.mean()) * _forward_knee(thigh / float(seen.mean()), constants)
    shank = _shank_length(straight, nose_height, constants) * _own_depth(pose[ANKLE])
    shoulders = pose[SHOULDER]
    return Stance(
        t=t,
        ankle=pose[ANKLE],
        shank=shank,
        depth=1.0 / shank,
        thigh=np.full(2, thigh) / shank.mean(),
        hip_height=hip_height,
        shoulder_height=float(shoulders[:, 1].mean() - middle[1]),
        nose_height=nose_height,
        width=float(np.abs(np.diff(pose[ANKLE, 0]))[0]),
        shoulder_width=float(np.abs(np.diff(shoulders[:, 0]))[0]),
        frames=len(p),
    )


def _shank_length(seen: float, nose_height: float, constants: KeypointConstants) -> float:
    blend = constants.shank_blend if np.isfinite(nose_height) and nose_height > 0 else 0.0
    from_height = constants.shank_of_nose_to_ankle * nose_height if blend else seen
    return float(seen ** (1 - blend) * from_height**blend * constants.shank_scale)


def _forward_knee(thigh: float, constants: KeypointConstants) -> float:
    """How much longer the shank is than it looks, by how long the thigh looks, in shanks as seen: a knee that
    is forward is nearer and lower."""
    return float(np.exp(np.clip(constants.soft_knees * np.log(thigh / body.THIGH), 0.0, body.MOST_SOFT)))


def _own_depth(ankle: F64) -> F64:
    """(2,) factors on the shank's length in tangents: the nearer foot is lower in the picture, and larger."""
    low = -ankle[:, 1]
    if low.min() < 0.1:  # camera near the floor: the ankles' heights say nothing about depth
        return np.ones(2)
    return np.asarray(np.clip(low / low.mean(), 0.87, 1.15))


def _apart(now: F64, earlier: F64) -> bool:
    """Whether two poses (17, 2) differ by more than quiet stance allows."""
    hip_height = float(earlier[HIP, 1].mean() - earlier[ANKLE, 1].mean())
    shank = float(np.linalg.norm(earlier[KNEE] - earlier[ANKLE], axis=-1).mean())
    if abs(float((now[HIP, 1] - earlier[HIP, 1]).mean())) > STILL_HIPS * hip_height:
        return True
    legs = now[KNEE + ANKLE] - earlier[KNEE + ANKLE]
    return float(np.abs(legs).max()) > STILL_FEET * shank


class StandingWatch:
    """Collects quiet frames as they come; a frame that moved starts it anew."""

    def __init__(self) -> None:
        self._quiet: deque[tuple[float, F64, F64]] = deque()

    def reset(self) -> None:
        self._quiet.clear()

    @property
    def quiet_s(self) -> float:
        return self._quiet[-1][0] - self._quiet[0][0] if self._quiet else 0.0

    @property
    def progress(self) -> float:
        """0..1 of the shortest usable quiet stance."""
        return min(1.0, self.quiet_s / SHORTEST_S)

    @property
    def ready(self) -> bool:
        return self.quiet_s >= SHORTEST_S and len(self._quiet) >= FEWEST_FRAMES

    def add(self, t: float, p: F64, score: F64) -> None:
        """One frame: p (17, 2), score (17,)."""
        if self._quiet and t - self._quiet[-1][0] > LONGEST_GAP_S:
            self._quiet.clear()
        self._quiet.append((t, p, score))
        if self._moved():
            self._quiet = deque(list(self._quiet)[-STEADY_FRAMES:])
        while t - self._quiet[0][0] > FULL_S:
            self._quiet.popleft()

    def _moved(self) -> bool:
        """Hips, knees or ankles now away from where they were when the quiet began, or a moment ago.

        Medians of a few frames, so that keypoint noise is no movement.
        """
        poses = [pose for _, pose, _ in self._quiet]
        if len(poses) < 2 * STEADY_FRAMES:
            return False
        now = np.median(np.stack(poses[-STEADY_FRAMES:]), axis=0)
        middle = max(STEADY_FRAMES, len(poses) // 2)
        return any(
            _apart(now, np.median(np.stack(earlier), axis=0))
            for earlier in (poses[:STEADY_FRAMES], poses[middle - STEADY_FRAMES : middle])
        )

    def turn(self, anew: Callable[[F64], F64]) -> None:
        """The quiet frames so far as another camera sees them: anew maps tangents (17, 2) to tangents."""
        self._quiet = deque((t, anew(p), score) for t, p, score in self._quiet)

    def pose(self) -> F64:
        """(17, 2) medians of the quiet frames so far; NaN for a joint never seen."""
        _, poses, scores = zip(*self._quiet, strict=True)
        return median_pose(np.stack(poses), np.stack(scores))

    def measure(self, constants: KeypointConstants) -> Stance:
        """The Stance of the quiet frames so far. Raises NotStanding."""
        times, poses, scores = zip(*self._quiet, strict=True)
        return measure(times[-1], np.stack(poses), np.stack(scores), constants)
