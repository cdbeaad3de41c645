"""Where the feet of one placing point, the legs' own tracks over them, and what they are judged with.

Toe tips, a reference repetition and what the repetitions so far showed come together here. Somebody who
places their feet anew gets a new FootDirection; this one does not know when that is.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from mirror.knees.azimuth import Azimuth, from_toes, or_usual, with_toes
from mirror.knees.constants import KeypointConstants
from mirror.knees.deep_half import DeepHalf
from mirror.knees.judge import USUAL_Q, Judge, LegJudgement, Lines, Thresholds
from mirror.knees.motion import Motion
from mirror.knees.optics import ASSUMED_TILT_SD_DEG, F64
from mirror.knees.own_track import LEVER, PEOPLE, Expected, OwnTracks, believe, expected
from mirror.knees.reading import Verdict
from mirror.knees.reasons import Reason
from mirror.knees.repetition import Standard, reference_azimuth
from mirror.knees.squat import Span
from mirror.knees.stance import Stance

MOST_SHOWN = 30
"""Repetitions that are asked about the tracks: the last ones."""
EARLY = 2
"""So many repetitions of somebody unknown are judged by what is true of anybody."""
FEWEST_WITHOUT_FEET = 2
"""Of feet nobody has seen, so many repetitions have to be known before one is judged against the others."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What legs are judged by: without a reference repetition, and once there is one."""

    without_reference: Thresholds
    with_reference: Thresholds


def tracks_of(
    azimuth: Azimuth | None,
    shown: Sequence[DeepHalf],
    reference: DeepHalf | None = None,
    elsewhere: OwnTracks | None = None,
) -> OwnTracks | None:
    """The legs' own tracks after these repetitions on the same feet; None where nothing is known to judge by.

    azimuth: of the feet, None where nobody has seen them. reference: the one among them that was done as
    wanted. elsewhere: tracks of the same person on other feet.
    """
    if azimuth is None and len(shown) < FEWEST_WITHOUT_FEET:
        return None
    return believe(*_evidence(azimuth, shown, reference, elsewhere))


def _evidence(
    azimuth: Azimuth | None,
    shown: Sequence[DeepHalf],
    reference: DeepHalf | None,
    elsewhere: OwnTracks | None,
) -> tuple[F64, Expected]:
    """(R, 2) degrees that all repetitions but the reference showed, and what is believed before them."""
    feet = or_usual(azimuth)
    before = expected(
        np.degrees(feet.sd), None if reference is None else reference.deviation_deg(feet.value), elsewhere
    )
    deep = [one.deviation_deg(feet.value) for one in shown if one is not reference]
    return np.array(deep, np.float64).reshape(-1, 2), before


def own_line(azimuth: Azimuth | None, tracks: OwnTracks | None) -> F64:
    """(2,) radians: where a foot would point over which the knee's own track is no deviation, for drawing."""
    feet = or_usual(azimuth)
    zero_deg = np.full(2, PEOPLE.mean) if tracks is None else tracks.zero_deg
    return np.asarray(feet.value - np.radians(zero_deg) / LEVER)


class FootDirection:
    """What is known of where one placing's feet point, and of the tracks the knees take over them.

        unknown ────toe tips────► toes ◄─┐ tracks weighed anew with every repetition and finer stance
           │                       │  └──┘
           └─reference accepted────┴────► reference: tracks from it, other limits, a fresh judge

    A refused reference leaves everything as it was. Nothing leads back: feet placed anew are another object.
    """

    def __init__(
        self, limits: Limits, constants: KeypointConstants, elsewhere: OwnTracks | None = None
    ) -> None:
        """elsewhere: tracks of the same person on other feet, or None."""
        self._limits = limits
        self._constants = constants
        self._elsewhere = elsewhere
        self._toes: F64 | None = None  # (2, 2) rectified tangents of the toe tips
        self._tilt_sd_deg = ASSUMED_TILT_SD_DEG
        self._toes_azimuth: Azimuth | None = None
        self._reference: Azimuth | None = None
        self._reference_shown: DeepHalf | None = None
        self._shown: list[DeepHalf] = []
        self._depths: list[float] = []
        self._azimuth: Azimuth | None = None
        self._tracks: OwnTracks | None = None
        self._lines: Lines | None = None
        self._line = own_line(None, None)
        self._judge = Judge(limits.without_reference, constants)

    @property
    def azimuth(self) -> Azimuth | None:
        """Both feet's directions, or None where nothing is known."""
        return self._azimuth

    @property
    def line(self) -> F64:
        """(2,) radians: where the knees' own tracks are, as a direction, for drawing."""
        return self._line

    @property
    def tracks(self) -> OwnTracks | None:
        """The legs' own tracks, as known now; None where nothing is known to judge by."""
        return self._tracks

    @property
    def toes_known(self) -> bool:
        """Somebody has found the toe tips."""
        return self._toes is not None

    @property
    def has_reference(self) -> bool:
        """A reference repetition was accepted, on these feet."""
        return self._reference is not None

    @property
    def known(self) -> OwnTracks | None:
        """What to begin with when this person places their feet anew; None where nothing was shown."""
        return self._tracks if self._shown else self._elsewhere

    @property
    def thresholds(self) -> Thresholds:
        """The limits that hold now."""
        return self._limits.with_reference if self.has_reference else self._limits.without_reference

    def standard(self, why: Reason | None = None) -> Standard:
        """What a repetition on these feet is judged by now. why: why it is not."""
        known = self.has_reference or self._elsewhere is not None
        return Standard(
            self._azimuth,
            self._tracks,
            self.thresholds,
            early=not known and len(self._shown) <= EARLY,
            usual_q=self._usual_q,
            why=why,
            shown_well=self.has_reference,
        )

    def judge(self, motion: Motion, *, judged: bool = True) -> tuple[LegJudgement, LegJudgement]:
        """[left, right] of this frame; judged: False where nothing is."""
        return self._judge.update(motion, self._azimuth if judged else None, self._lines if judged else None)

    def worst_since(self, t: float) -> tuple[Verdict, Verdict]:
        """[left, right]: the worst that was shown of frames after t."""
        return self._judge.worst_since(t)

    def take_toes(self, toes: F64, stance: Stance, tilt_sd_deg: float = ASSUMED_TILT_SD_DEG) -> None:
        """Toe tips of the person standing: (2, 2) rectified tangents (x, y), [left, right]; NaN for a foot
        that was not seen. tilt_sd_deg: of the camera."""
        self._toes, self._tilt_sd_deg = toes, tilt_sd_deg
        self._weigh(stance)

    def take_reference(self, deep: DeepHalf, stance: Stance | None) -> None:
        """This repetition is the reference. Raises RefusedReference, and leaves all as it was."""
        self._reference = reference_azimuth(deep, self._from_toes(stance))
        self._reference_shown = deep
        self._judge = Judge(self._limits.with_reference, self._constants)
        self._weigh(stance)

    def learn(self, deep: DeepHalf, span: Span, stance: Stance | None) -> None:
        """What a repetition showed."""
        self._shown = [*self._shown, deep][-MOST_SHOWN:]
        self._depths = [*self._depths, span.q][-MOST_SHOWN:]
        self._weigh(stance)

    def measured_anew(self, stance: Stance) -> None:
        """The same feet, from a finer stance."""
        self._weigh(stance)

    def turn(self, anew: Callable[[F64], F64]) -> None:
        """The toe tips as another camera sees them: anew maps tangents to tangents. A stance of that camera
        has to follow (`measured_anew`)."""
        self._toes = None if self._toes is None else anew(self._toes)

    @property
    def _usual_q(self) -> float:
        return float(np.median(self._depths)) if self._depths else USUAL_Q

    def _weigh(self, stance: Stance | None) -> None:
        """Directions and tracks from all that is known now."""
        self._toes_azimuth = toes = self._from_toes(stance)
        self._azimuth = toes if self._reference is None else with_toes(self._reference, toes)
        self._tracks = tracks_of(self._azimuth, self._shown, self._reference_shown, self._elsewhere)
        self._line = own_line(self._azimuth, self._tracks)
        self._lines = None
        if self._tracks is not None:
            self._lines = self._lines_over(self._tracks)

    def _lines_over(self, tracks: OwnTracks) -> Lines:
        """For the light. One of the first repetitions says itself what the tracks are; later ones hardly
        change them."""
        if len(self._shown) >= EARLY:
            return Lines.of(tracks, self.thresholds, self._usual_q)
        evidence = _evidence(self._azimuth, self._shown, self._reference_shown, self._elsewhere)
        return Lines.of_next(tracks, *evidence, self.thresholds, self._usual_q)

    def _from_toes(self, stance: Stance | None) -> Azimuth | None:
        if self._toes is None or stance is None:
            return None
        reach, tilt_sd_deg = self._constants.toe_reach, self._tilt_sd_deg
        return from_toes(
            self._toes, stance.ankle, stance.depth, reach, tilt_sd_deg=tilt_sd_deg, shank_sd=stance.sd
        )
