"""Where the feet of one placing point, as far as that is known by now, and what they are judged with.

Toe tips, a reference repetition and what the repetitions so far showed come together here. Somebody who
places their feet anew gets a new FootDirection; this one does not know when that is.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from mirror.knees.agreement import Halves, agree
from mirror.knees.azimuth import Azimuth, from_toes, fuse
from mirror.knees.constants import KeypointConstants
from mirror.knees.judge import Judge, LegJudgement, Thresholds
from mirror.knees.motion import Motion
from mirror.knees.optics import ASSUMED_TILT_SD_DEG, F64
from mirror.knees.repetition import reference_azimuth, shown_by
from mirror.knees.squat import Span
from mirror.knees.stance import Stance

MOST_SHOWN = 30
"""Repetitions that are asked about the feet: the last ones."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What legs are judged by: without a reference repetition, and once there is one."""

    without_reference: Thresholds
    with_reference: Thresholds


class FootDirection:
    """What is known of where one placing's feet point.

        unknown ────toe tips────► toes ◄─┐ weighed anew with every repetition and every finer stance
           │                       │  └──┘
           └─reference accepted────┴────► reference, steadied by the toes: other limits, a fresh judge

    A refused reference leaves everything as it was. Nothing leads back: feet placed anew are another object.
    """

    def __init__(self, limits: Limits, constants: KeypointConstants) -> None:
        self._limits = limits
        self._constants = constants
        self._toes: F64 | None = None  # (2, 2) rectified tangents of the toe tips
        self._tilt_sd_deg = ASSUMED_TILT_SD_DEG
        self._reference: Azimuth | None = None
        self._shown: deque[Halves] = deque(maxlen=MOST_SHOWN)  # what each repetition says about the feet
        self._azimuth: Azimuth | None = None
        self._judge = Judge(limits.without_reference, constants)

    @property
    def azimuth(self) -> Azimuth | None:
        """Both feet's directions, or None where nothing is known."""
        return self._azimuth

    @property
    def toes_known(self) -> bool:
        """Somebody has found the toe tips."""
        return self._toes is not None

    @property
    def has_reference(self) -> bool:
        """A reference repetition was accepted."""
        return self._reference is not None

    @property
    def thresholds(self) -> Thresholds:
        """The limits that hold now."""
        return self._limits.with_reference if self.has_reference else self._limits.without_reference

    def judge(self, motion: Motion, azimuth: Azimuth | None) -> tuple[LegJudgement, LegJudgement]:
        """[left, right] of this frame against `azimuth`; without one both are unknown."""
        return self._judge.update(motion, azimuth)

    def take_toes(self, toes: F64, stance: Stance, tilt_sd_deg: float = ASSUMED_TILT_SD_DEG) -> None:
        """Toe tips of the person standing: (2, 2) rectified tangents (x, y), [left, right]; NaN for a foot
        that was not seen. tilt_sd_deg: of the camera."""
        self._toes, self._tilt_sd_deg = toes, tilt_sd_deg
        self._weigh(stance)

    def take_reference(self, motions: Sequence[Motion], stance: Stance | None) -> None:
        """These frames are the reference repetition. Raises RefusedReference, and leaves all as it was."""
        self._reference = reference_azimuth(motions, self._from_toes(stance))
        self._judge = Judge(self._limits.with_reference, self._constants)
        self._weigh(stance)

    def learn(self, motions: Sequence[Motion], span: Span, stance: Stance | None) -> None:
        """What a repetition says about the feet counts from the next one on: what was shown is not unsaid."""
        self._shown.append(shown_by(motions, span))
        self._weigh(stance)

    def measured_anew(self, stance: Stance) -> None:
        """The same feet, from a finer stance."""
        self._weigh(stance)

    def turn(self, anew: Callable[[F64], F64]) -> None:
        """The toe tips as another camera sees them: anew maps tangents to tangents. A stance of that camera
        has to follow (`measured_anew`)."""
        self._toes = None if self._toes is None else anew(self._toes)

    def _weigh(self, stance: Stance | None) -> None:
        """The direction from all that is known now."""
        toes = self._from_toes(stance)
        self._azimuth = toes if self._reference is None else fuse(toes, self._reference)

    def _from_toes(self, stance: Stance | None) -> Azimuth | None:
        """Directions from the toe tips and what the repetitions so far say about them."""
        if self._toes is None or stance is None:
            return None
        reach, tilt_sd_deg = self._constants.toe_reach, self._tilt_sd_deg
        seen = from_toes(self._toes, stance.ankle, stance.depth, reach, tilt_sd_deg=tilt_sd_deg)
        return agree(seen, self._shown)
