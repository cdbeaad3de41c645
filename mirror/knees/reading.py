"""The types the knees room hands on: KneeReading for every frame, Rep when one is over."""

from __future__ import annotations

import enum
from dataclasses import dataclass

XY = tuple[float, float]


class Verdict(enum.Enum):
    """Where one knee is against its foot. UNKNOWN is a real state: it never shows as good."""

    GOOD = "good"
    CAUTION = "caution"
    OFF_TRACK = "off_track"
    UNKNOWN = "unknown"


class Phase(enum.Enum):
    """Where in the squat the person is."""

    STAND = "stand"
    DOWN = "down"
    UP = "up"


@dataclass(frozen=True, slots=True)
class Ray:
    """A point of the room from the camera: rectified tangents (x right, y up) and its depth in metres."""

    x: float
    y: float
    depth_m: float


@dataclass(frozen=True, slots=True)
class LegReading:
    """One leg in one frame.

    deviation_deg: smoothed foot-plane deviation, + inward (valgus); None where it cannot be told.
    sd_deg: its standard deviation from keypoint and foot-azimuth noise; None likewise.
    verdict: good, caution, off_track (hysteresis and hold already applied) or unknown.
    knee, target: (x, y) normalised to the un-mirrored frame: where the knee is and where it would be
        over the toes; None where unknown. A target may be drawn before the foot azimuth is known
        (`target_is_guess` on the reading); nothing is judged from it.
    knee_ray, target_ray: the same two places in the room; None where unknown.
    """

    deviation_deg: float | None
    sd_deg: float | None
    verdict: Verdict
    knee: XY | None
    target: XY | None
    knee_ray: Ray | None = None
    target_ray: Ray | None = None


@dataclass(frozen=True, slots=True)
class Setup:
    """How far the mirror is with this person.

    present: somebody is there. framing: name of what they should do to be seen well, or "".
    calibrated: a standing calibration holds for where their feet are. progress: 0..1 of one under way.
    reference_awaited: the next squat sets the foot direction. refused: why the last one could not.
    """

    present: bool
    framing: str
    calibrated: bool
    progress: float
    reference_awaited: bool
    refused: str


@dataclass(frozen=True, slots=True)
class KneeReading:
    """Both knees in one frame. `left` and `right` are the person's own.

    q: squat progress, 0 standing; about 0.5 at parallel; None before standing calibration.
    depth_deg: thigh elevation, + above parallel; None where unknown.
    why_unknown: one short clause when no leg is judged ("legs not seen", "no foot direction yet").
    eye: where the person looks from; None where unknown.
    """

    t: float
    setup: Setup
    q: float | None
    phase: Phase
    depth_deg: float | None
    left: LegReading
    right: LegReading
    target_is_guess: bool
    why_unknown: str
    eye: Ray | None = None


@dataclass(frozen=True, slots=True)
class RepLeg:
    """One leg over one repetition.

    deviation_deg: the largest smoothed deviation, + inward: the value alerts are decided on.
    deviation_at_bottom_deg: the deviation where the hips were lowest.
    judged_share: share of the frames with the knee clearly bent in which this leg could be judged, 0..1.
    """

    deviation_deg: float | None
    deviation_at_bottom_deg: float | None
    verdict: Verdict
    judged_share: float


@dataclass(frozen=True, slots=True)
class Rep:
    """One repetition. Times in seconds on the clock of the poses it came from.

    depth_deg: thigh elevation at the bottom, + above parallel; depth_label says it in a word.
    mean_deviation_deg: mean of the two legs' deviation_deg; None if either is unknown.
    fppa_left_deg, fppa_right_deg, kasr: the image measures papers use, at the bottom; never judged on.
    is_reference: this repetition set the foot direction the others are judged against.
    signs: what patterns over a set are made of; None where nobody stood still to measure from.
    """

    n: int
    start_s: float
    bottom_s: float
    end_s: float
    depth_deg: float | None
    depth_label: str
    left: RepLeg
    right: RepLeg
    mean_deviation_deg: float | None
    fppa_left_deg: float | None
    fppa_right_deg: float | None
    kasr: float | None
    is_reference: bool = False
