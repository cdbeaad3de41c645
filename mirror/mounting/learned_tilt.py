"""A station's own tilt and roll, from everybody who stood before it: each of them a rough answer, together a
good one.

Arithmetic over what `tilt.py` found for each; where it is kept is not known here.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import astuple, dataclass, replace

import numpy as np

from mirror.knees.constants import KeypointConstants
from mirror.knees.optics import F64, Camera, rectify, unrectify
from mirror.mounting.tilt import (
    ASSUMED_STATURE_M,
    LEAN_DEG,
    LEVEL_ROLL_DEG,
    TAPE_M,
    About,
    Sighting,
    hanging,
    upright,
    usual,
)

MEAN_STATURE_SD_M = 0.03
"""How far the mean stature of a gym's people may be from the assumed one: it does not average out."""
OUTLYING = 1.5
"""Standard deviations from which somebody counts for less: a child, somebody on a box, a wrong joint."""
LEAST_SD_DEG = 0.3
"""Nobody's own answer is taken to be better than this."""
ROUNDS = 10
MOST = 60
"""People remembered: a mount that sags slowly is followed."""
MOVED_SD = 3.5
FEWEST_AFTER, FEWEST_BEFORE = 5, 8
"""When the newest few agree on something that far from everybody before them, the camera was moved."""


@dataclass(frozen=True, slots=True)
class Visitor:
    """What one person's stand says, degrees.

    sd_deg: of the tilt, all of it. shared_deg: the part of it that all people have in common (a camera
    height wrongly measured, people taller here than elsewhere), which no number of them averages out.
    """

    tilt_deg: float
    sd_deg: float
    shared_deg: float
    roll_deg: float


@dataclass(frozen=True, slots=True)
class Learned:
    """How the camera hangs, degrees, from so many people."""

    tilt_deg: About
    roll_deg: About
    people: int


def visitor(
    stood: Sighting, height_m: float | None, stature_m: float | None, constants: KeypointConstants
) -> Visitor:
    """What somebody who stands says of a camera at this height; None where nobody measured."""
    height, tilt = usual(height_m)
    if stature_m is None:
        stature, shared = ASSUMED_STATURE_M, About(ASSUMED_STATURE_M.value, MEAN_STATURE_SD_M)
    else:
        stature = shared = About(stature_m, TAPE_M)
    found = hanging([stood], height, stature, tilt_deg=tilt, constants=constants)
    common = hanging([stood], height, shared, tilt_deg=tilt, constants=constants)
    return Visitor(found.tilt_deg.value, found.tilt_deg.sd, common.tilt_deg.sd, found.roll_deg.value)


def learned(visitors: Sequence[Visitor]) -> Learned | None:
    """All of them together, None of nobody. Outlying people count for less.

    Roll is drawn toward level, as a camera that was put up by eye is, until enough people say otherwise.
    """
    if not visitors:
        return None
    tilt, sd, shared, roll = np.array([[v.tilt_deg, v.sd_deg, v.shared_deg, v.roll_deg] for v in visitors]).T
    common = float(shared.mean())
    own = np.sqrt(np.maximum(sd**2 - shared**2, LEAST_SD_DEG**2))
    found = _together(tilt, own)
    leaning = _together(
        np.append(LEVEL_ROLL_DEG.value, roll), np.append(LEVEL_ROLL_DEG.sd, np.full(len(roll), LEAN_DEG))
    )
    return Learned(About(found.value, float(np.hypot(found.sd, common))), leaning, len(visitors))


def _together(value: F64, sd: F64) -> About:
    """A weighted mean in which outlying values count for less (Huber), and its standard deviation."""
    middle = float(np.median(value))
    weight = 1 / sd**2
    for _ in range(ROUNDS):
        apart = np.abs(value - middle) / sd
        weight = np.minimum(1.0, OUTLYING / np.maximum(apart, 1e-9)) / sd**2
        middle = float((weight * value).sum() / weight.sum())
    scatter = float((weight * (value - middle) ** 2).sum()) / max(1, len(value) - 1)
    return About(middle, float(np.sqrt(max(1.0, scatter) / weight.sum())))


def remembered(visitors: Sequence[Visitor]) -> tuple[Visitor, ...]:
    """Those still worth something: the last of them, and only those after the camera was moved."""
    kept = tuple(visitors[-MOST:])
    before, after = kept[:-FEWEST_AFTER], kept[-FEWEST_AFTER:]
    if len(before) < FEWEST_BEFORE:
        return kept
    tilt = np.array([v.tilt_deg for v in before])
    middle = float(np.median(tilt))
    own = float(np.mean([np.sqrt(max(v.sd_deg**2 - v.shared_deg**2, LEAST_SD_DEG**2)) for v in kept]))
    scatter = max(1.48 * float(np.median(np.abs(tilt - middle))), own)
    far = float(np.median([v.tilt_deg for v in after])) - middle
    doubt = 1.25 * scatter * np.sqrt(1 / len(after) + 1 / len(before))  # of two medians
    return after if abs(far) > MOVED_SD * doubt else kept


SAME_PERSON_S, SAME_PERSON_DEG = 300.0, 0.5
"""Somebody who comes back this soon and says the same is the same person between two sets, counted once."""
SURE_OF_ROLL_DEG = 0.5
"""Roll is believed from here on: a degree of it moves a knee's deviation by one."""
Keep = Callable[[tuple[Visitor, ...]], None]


class LearnedMount:
    """How the camera hangs as known by now: better with everybody who stands there.

    `camera` changes only in `stood`, and whoever judges with it takes it between visits. A tilt or roll that
    was given, or comes with a recording, is never touched. Not for several threads.
    """

    def __init__(
        self,
        camera: Camera,
        constants: KeypointConstants,
        stature_m: float | None,
        visitors: Sequence[Visitor] = (),
        keep: Keep | None = None,
    ) -> None:
        """camera: before anything was learned. keep: called with everybody remembered when that changes."""
        self._before = camera
        self._constants = constants
        self._stature_m = stature_m
        self._visitors = remembered(visitors)
        self._keep = keep
        self._last_t = -math.inf
        self.camera = self._known()

    @property
    def learns(self) -> bool:
        """Whether the tilt is nobody else's word."""
        return dict(self._before.how_known).get("tilt") == "assumed"

    def stood(self, t: float, pose: F64, size: tuple[int, int], camera: Camera) -> bool:
        """Somebody stood quietly at time t. Whether this was the first word about the tilt there ever was.

        pose: (17, 2) tangents as rectified by `camera`, for pictures of `size` (height, width).
        """
        level = replace(self._before, tilt_deg=0.0)
        p = rectify(unrectify(pose, size, camera), size, level)
        seen = upright(p)
        if not self.learns or seen is None:
            return False
        first = not self._visitors
        said = visitor(seen, self._before.height_m, self._stature_m, self._constants)
        if self._visitors and self._again(t, said):
            said = _between(self._visitors[-1], said)
            self._visitors = self._visitors[:-1]
        self._visitors = remembered((*self._visitors, said))
        self._last_t = t
        self.camera = self._known()
        if self._keep:
            self._keep(self._visitors)
        return first

    def _again(self, t: float, said: Visitor) -> bool:
        alike = abs(self._visitors[-1].tilt_deg - said.tilt_deg) < SAME_PERSON_DEG
        return alike and t - self._last_t < SAME_PERSON_S

    def _known(self) -> Camera:
        found = learned(self._visitors) if self.learns else None
        if found is None:
            return self._before
        people = "1 person" if found.people == 1 else f"{found.people} people"
        how = dict(self._before.how_known)
        how["tilt"] = f"learned from {people}, +-{found.tilt_deg.sd:.1f} deg"
        roll = self._before.roll_deg
        if how.get("roll") == "assumed" and found.roll_deg.sd < SURE_OF_ROLL_DEG:
            roll += found.roll_deg.value
            how["roll"] = f"learned from {people}, +-{found.roll_deg.sd:.1f} deg"
        return replace(
            self._before,
            tilt_deg=found.tilt_deg.value,
            tilt_sd_deg=found.tilt_deg.sd,
            roll_deg=roll,
            how_known=tuple(how.items()),
        )


def _between(a: Visitor, b: Visitor) -> Visitor:
    """One person's two answers as one."""
    return Visitor(*(0.5 * (x + y) for x, y in zip(astuple(a), astuple(b), strict=True)))
