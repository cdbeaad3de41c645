"""What is known live of whoever stands there, by how long it holds: a visit, a placing of the feet, a frame.

Somebody new is a new Visit and feet placed anew are a new Feet: nothing of what was known before can be left
behind. When that is, live.py says.
"""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass, replace

from mirror.knees.azimuth import Azimuth
from mirror.knees.constants import KeypointConstants
from mirror.knees.foot_direction import FootDirection
from mirror.knees.gate import not_judged
from mirror.knees.motion import Motion, MotionTracker
from mirror.knees.open_verdicts import OpenVerdicts
from mirror.knees.optics import F64, Camera
from mirror.knees.own_track import OwnTracks
from mirror.knees.reasons import Framing, Reason, Why
from mirror.knees.repetition import Standard
from mirror.knees.squat import LONGEST_REP_S
from mirror.knees.stance import Stance
from mirror.knees.standing import GONE_S, Standing
from mirror.knees.track import TrackedPose

NOT_CALIBRATED, NO_DIRECTION = Reason(Why.NOT_CALIBRATED), Reason(Why.NO_DIRECTION)
FRAMING_S = 0.5
"""Something must be in the way for this long before the person is told."""


@dataclass(frozen=True, slots=True)
class LiveFrame:
    """One frame of somebody who is there.

    pose: as it was handed on. score: (17,) of its joints. motion: what the legs do in it, with its rectified
    joints.
    """

    pose: TrackedPose
    score: F64
    motion: Motion


class Feet:
    """One placing of somebody's feet: the stance on them, and where they point. Feet that stand elsewhere are
    new ones.

    stance: the newest there is, or None.
    """

    def __init__(self, direction: FootDirection, stance: Stance | None = None) -> None:
        self.direction = direction
        self.stance = stance
        self._gate: tuple[Stance | None, Azimuth | None, Reason | None] = (None, None, None)

    @property
    def calibrated(self) -> bool:
        """A stance is known."""
        return self.stance is not None

    @property
    def azimuth(self) -> Azimuth | None:
        """What is judged against: where the feet point; None where nobody knows, and where nobody who stands
        so is judged."""
        return None if self.gate is not None else self.direction.azimuth

    @property
    def tracks(self) -> OwnTracks | None:
        """The legs' own tracks, under the same conditions."""
        return None if self.gate is not None else self.direction.tracks

    @property
    def standard(self) -> Standard:
        """What a repetition on these feet is judged by."""
        return replace(self.direction.standard(self.why), azimuth=self.azimuth, tracks=self.tracks)

    @property
    def gate(self) -> Reason | None:
        """Why nobody is judged who stands so: turned, or too close. None where nothing is in the way."""
        stance, azimuth = self.stance, self.direction.azimuth
        if self._gate[0] is not stance or self._gate[1] is not azimuth:  # asked often, changes seldom
            self._gate = (stance, azimuth, None if stance is None else not_judged(stance, azimuth))
        return self._gate[2]

    @property
    def why(self) -> Reason | None:
        """Why nothing is judged on these feet, or None."""
        if self.stance is None:
            return NOT_CALIBRATED
        return self.gate or (None if self.direction.azimuth else NO_DIRECTION)

    def measured(self, stance: Stance) -> None:
        """A stance of these feet, the first or a finer one."""
        self.stance = stance
        self.direction.measured_anew(stance)


class Visit:
    """One person before the mirror. `camera`, `feet` and `refused` are for live.py to set.

    camera: how it is taken to hang during this visit. refused: why the last repetition could not be the
    reference, or None. recent: the last frames' motions, of the longest repetition at least. open:
    repetitions told before anything was known to judge them by.
    """

    def __init__(self, camera: Camera, constants: KeypointConstants, feet: Feet) -> None:
        self.camera = camera
        self.feet = feet
        self.motion = MotionTracker(constants)
        self.standing = Standing(constants)
        self.recent: deque[Motion] = deque()
        self.open = OpenVerdicts(constants)
        self.reps = 0
        self.refused: Reason | None = None
        self.refusals = 0
        self.mount_informed = False
        self._seen_t = -math.inf
        self._ask: Framing | None = None
        self._ask_since = 0.0

    def seen(self, t: float) -> None:
        """The person is there."""
        self._seen_t = t

    def there(self, t: float) -> bool:
        """The person was seen in the frame of time t."""
        return t <= self._seen_t

    def over(self, t: float) -> bool:
        """Nobody is there, and has not been for so long that the next one is somebody else."""
        return t - self._seen_t > GONE_S

    def remember(self, motion: Motion, most: int) -> None:
        """Keep this motion, and fewer than `most` in all: the oldest buffer is the next to be written."""
        self.recent.append(motion)
        while motion.t - self.recent[0].t > LONGEST_REP_S + 1.0 or len(self.recent) >= most:
            self.recent.popleft()

    def lasting(self, t: float, ask: Framing | None) -> Framing | None:
        """An instruction once it was needed for a while, and nothing for a passing glitch."""
        if ask != self._ask:
            self._ask, self._ask_since = ask, t
        return ask if t - self._ask_since >= FRAMING_S else None
