"""The types the knees room hands on: KneeReading for every frame, Rep when one is over."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from mirror.knees.reasons import Framing, Reason

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


class Movement(enum.Enum):
    """What took the hips down and up again and is no squat. The value is the name of its words."""

    LIFT = "lift"  # the hands under the knees: a weight from the floor
    BOW = "bow"  # the knees hardly bent
    LUNGE = "lunge"  # one foot in front of the other
    JUMP = "jump"  # feet that left the floor or jumped apart
    STEP = "step"  # feet that walked
    SIT = "sit"  # held so long that somebody sat down


@dataclass(frozen=True, slots=True)
class OtherMovement:
    """A movement that is no repetition. Times in seconds on the clock of the poses it came from."""

    kind: Movement
    start_s: float
    end_s: float


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
        on its own track; None where unknown. A target may be drawn before the foot azimuth is known
        (`target_is_guess` on the reading); nothing is judged from it.
    knee_ray, target_ray: the same two places in the room; None where unknown.
    outer, outer_ray: where the knee would be outside its own track by as much as the little toe is outside
        the second; None without a foot azimuth.
    inside_deg: smoothed deviation less the leg's own track's, + inside; None where that is not known.
    """

    deviation_deg: float | None
    sd_deg: float | None
    verdict: Verdict
    knee: XY | None
    target: XY | None
    knee_ray: Ray | None = None
    target_ray: Ray | None = None
    outer: XY | None = None
    outer_ray: Ray | None = None
    inside_deg: float | None = None


@dataclass(frozen=True, slots=True)
class Setup:
    """How far the mirror is with this person.

    present: somebody is there. framing: what they should do to be seen well, or None.
    calibrated: a standing calibration holds for where their feet are. progress: 0..1 of one under way.
    reference_awaited: the next squat sets the foot direction. refused: why the last one could not,
    or None.
    """

    present: bool
    framing: Framing | None
    calibrated: bool
    progress: float
    reference_awaited: bool
    refused: Reason | None


@dataclass(frozen=True, slots=True)
class KneeReading:
    """Both knees in one frame. `left` and `right` are the person's own.

    q: squat progress, 0 standing; about 0.5 at parallel; None where the legs are not seen.
    depth_deg: thigh elevation, + above parallel; None where unknown.
    why_unknown: why no leg is judged (Why.LEGS_NOT_SEEN, Why.NO_DIRECTION), or None.
    eye: where the person looks from; None where unknown.
    other: a movement that ended with this frame and is no repetition, or None.
    judged_late: repetitions of before whose verdict was unknown and is known with this frame, each under the
        number it already has.
    """

    t: float
    setup: Setup
    q: float | None
    phase: Phase
    depth_deg: float | None
    left: LegReading
    right: LegReading
    target_is_guess: bool
    why_unknown: Reason | None
    eye: Ray | None = None
    other: OtherMovement | None = None
    judged_late: tuple[Rep, ...] = ()


@dataclass(frozen=True, slots=True)
class RepLeg:
    """One leg over one repetition. Degrees, + inward; None where unknown.

    deviation_deg: the largest smoothed deviation from the foot's direction.
    deviation_at_bottom_deg: the deviation where the hips were lowest.
    judged_share: share of the frames with the knee clearly bent in which this leg could be judged, 0..1.
    deep_deviation_deg: the deviation while the squat is deep: the larger of the means of its deep descent and
        its deep ascent.
    baseline_deg, baseline_sd_deg: the deviation of this leg's own track, and how well it is known.
    inside_own_track_deg: how far inside its own track the leg was, which the verdict is about.
    off_track_sure: how likely it was further inside than off track asks, 0..1, which the verdict is made of.
    why: why the verdict is unknown, or None.
    """

    deviation_deg: float | None
    deviation_at_bottom_deg: float | None
    verdict: Verdict
    judged_share: float
    deep_deviation_deg: float | None = None
    baseline_deg: float | None = None
    baseline_sd_deg: float | None = None
    inside_own_track_deg: float | None = None
    off_track_sure: float | None = None
    why: Reason | None = None


@dataclass(frozen=True, slots=True)
class LegFeatures:
    """What one leg did in a repetition, beyond its largest deviation. Degrees, + inward; None where unknown.

    early_deg: deviation on the way down at q = 0.3. down_deg, up_deg: largest on the way down, on the way up.
    high_deg, deep_deg: largest with the thigh more than 15 degrees above parallel, and below that.
    least_deg: the smallest: how far it went outside the toes. peak_up_share: where on the way up the largest
    is, 0 at the bottom, 1 standing; None when it is on the way down. forward: how far the knee came forward
    of the ankle, in shank lengths. forward_share: share of the repetition's depth at which it had come nine
    tenths of that far. ankle_rise, ankle_inward: how far the ankle is higher, and nearer the other foot, at
    the bottom than standing, in shank lengths.
    """

    early_deg: float | None
    down_deg: float | None
    up_deg: float | None
    high_deg: float | None
    deep_deg: float | None
    least_deg: float | None
    peak_up_share: float | None
    forward: float | None
    forward_share: float | None
    ankle_rise: float | None
    ankle_inward: float | None


@dataclass(frozen=True, slots=True)
class RepFeatures:
    """What a repetition shows beside its verdicts; patterns over a set are made of these.

    trunk: shoulder drop over hip drop at the bottom. yaw_deg: how far the body was turned, + toward the image
    right. foot_source: what the feet were known from, "none" where the deviations are unknown.
    """

    left: LegFeatures
    right: LegFeatures
    trunk: float | None
    yaw_deg: float
    foot_source: str


@dataclass(frozen=True, slots=True)
class Rep:
    """One repetition. Times in seconds on the clock of the poses it came from.

    depth_deg: thigh elevation at the bottom, + above parallel; depth_label says it in a word.
    mean_deviation_deg: mean of the two legs' deviation_deg; None if either is unknown.
    fppa_left_deg, fppa_right_deg, kasr: the image measures papers use, at the bottom; never judged on.
    is_reference: this repetition set the foot direction the others are judged against.
    features: what patterns over a set are made of; None where nobody stood still to measure from.
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
    features: RepFeatures | None = None
