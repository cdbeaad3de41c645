"""Why a knee is not judged or a reference not taken, and what somebody should do to be seen, as values.

Keys and what goes with them, so that everybody who decides by a reason compares the same key. No language:
words for them are the coach's.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass


class Why(enum.Enum):
    """Every reason there is. The value is the name of its words."""

    LEGS_NOT_SEEN = "legs_not_seen"
    KNEES_NOT_SEEN = "knees_not_seen"
    FEET_NOT_SEEN = "feet_not_seen"
    NOT_STRAIGHT = "not_straight"
    NOT_CALIBRATED = "not_calibrated"
    FACING_AWAY = "facing_away"
    SIDE_ON = "side_on"
    TURNED = "turned"  # degrees
    FEET_BELOW_PICTURE = "feet_below_picture"
    TOO_CLOSE = "too_close"
    NOBODY = "nobody"
    SOMEBODY_PASSES = "somebody_passes"
    NO_DIRECTION = "no_direction"
    NAME_REFERENCE = "name_reference"  # the same at the desk, where a repetition can be named
    NEVER_STILL = "never_still"
    FEET_MOVED = "feet_moved"
    NOT_WHOLE = "not_whole"
    KNEE_HIDDEN = "knee_hidden"  # side
    KNEE_WANDERED = "knee_wandered"  # side
    KNEE_INWARD = "knee_inward"  # side
    KNEE_OUTWARD = "knee_outward"  # side
    KNEE_INSIDE = "knee_inside"  # side, degrees


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason. values: what goes with its key, by name: a side ("left"), whole degrees."""

    key: Why
    values: tuple[tuple[str, str | int], ...] = ()


def because(key: Why, **values: str | int) -> Reason:
    """The reason with its values."""
    return Reason(key, tuple(values.items()))


class Framing(enum.Enum):
    """What somebody should do so that they can be judged. The value is the name of its words."""

    SHOW_FEET = "show_feet"
    MIDDLE = "middle"
    FACE_MIRROR = "face_mirror"
    STEP_BACK = "step_back"
    STEP_CLOSER = "step_closer"
