"""How the camera hangs, from people who stand before it: tilt, roll, and height where that is in doubt.

A standing body is a plumb line of about known length. What is measured with a tape (heights, distances) and
what is only assumed (a stature) come in as values with their standard deviations, and so does the answer.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from mirror.knees.constants import ANATOMICAL, ANKLE, NOSE, SHOULDER, KeypointConstants
from mirror.knees.foot_placements import find_placements
from mirror.knees.optics import ASSUMED_TILT_DEG, F64, Camera, rectify
from mirror.knees.stance import ENOUGH_SCORE, FEWEST_FRAMES

F32 = npt.NDArray[np.float32]
ANKLE_OF_STATURE = ANATOMICAL.ankle_of_stature
"""Height of the ankle joint over the floor in statures."""


class About(NamedTuple):
    """A value and its standard deviation, in the same unit."""

    value: float
    sd: float


ANY_TILT_DEG = About(ASSUMED_TILT_DEG, 15.0)
"""Before anything was seen, where the height was measured: hardly a guess."""
USUAL_TILT_DEG, USUAL_HEIGHT_M = About(5.0, 6.0), About(1.1, 0.25)
"""Of cameras that somebody put up to see a whole person, where nobody measured: together with where the body
is in the picture, they say more than either."""
LEVEL_ROLL_DEG = About(0.0, 2.0)
"""Cameras are put up level by eye."""
ASSUMED_STATURE_M = About(1.70, 0.09)
"""Adults, men and women together."""
TAPE_M = 0.015
"""What a height or a distance measured with a tape is good for: floors are uneven, lenses deep."""
SEEN_DEG = 0.35
"""Of ankles and nose: keypoints and posture together, 1.5 cm at 2.5 m."""
LEAN_DEG = 1.0
"""Of a body's middle line: nobody stands quite upright."""
LEAST_BODY = 0.15
"""Nose over ankles, as a tangent: somebody 10 m away, or no body at all."""
ROUNDS, SETTLED = 12, 1e-5
NEAREST_M = 0.3


@dataclass(frozen=True, slots=True)
class Sighting:
    """Somebody standing quietly, as tangents (x right, y up) of a camera taken to be level: (2,) each.

    ankle, shoulder: the middle between both.
    """

    ankle: F64
    shoulder: F64
    nose: F64


@dataclass(frozen=True, slots=True)
class Hanging:
    """How the camera hangs, found: tilt (+ looks down) and roll (as in Camera) in degrees, height of the
    lens over the floor in metres; the stature of whoever stood there, and from where, in metres.

    misfit: by how many standard deviations the measure that fits worst disagrees with the rest.
    """

    tilt_deg: About
    roll_deg: About
    height_m: About
    stature_m: About
    distance_m: tuple[About, ...]
    misfit: float = 0.0


def sighting(keypoints: F32, size: tuple[int, int], camera: Camera) -> Sighting | None:
    """The medians of quiet frames: keypoints (T, 17, 3) (y, x, score) normalised to frames of `size`.

    The camera's roll is taken out, its tilt left in. None when ankles, shoulders or nose are hardly seen.
    """
    wanted = [NOSE, *SHOULDER, *ANKLE]
    seen = keypoints[keypoints[:, wanted, 2].min(1) >= ENOUGH_SCORE] if len(keypoints) else keypoints
    if len(seen) < min(FEWEST_FRAMES, max(1, len(keypoints))):
        return None
    return upright(rectify(np.median(seen[..., :2], axis=0), size, replace(camera, tilt_deg=0.0)))


def upright(p: F64) -> Sighting | None:
    """The sighting in a standing pose p (17, 2), tangents of a level camera; None if it is no whole body."""
    stood = Sighting(p[ANKLE].mean(0), p[SHOULDER].mean(0), p[NOSE])
    tall = float(stood.nose[1] - stood.ankle[1])
    return stood if tall > LEAST_BODY and np.isfinite(stood.shoulder).all() else None  # NaN is not tall


def hanging(
    sightings: Sequence[Sighting],
    height_m: About,
    stature_m: About = ASSUMED_STATURE_M,
    distance_m: Sequence[About | None] = (),
    tilt_deg: About = ANY_TILT_DEG,
    constants: KeypointConstants = ANATOMICAL,
) -> Hanging:
    """The camera under which these sightings are one upright person on one level floor.

    The most likely values given all that is known beforehand, and their standard deviations, by
    Gauss-Newton. distance_m: of the ankles, along the floor, of each sighting; None or left out where
    nobody measured. Roll comes out on top of the roll that was taken out of the sightings.
    """
    seen = np.array([[*s.ankle, *s.shoulder, *s.nose] for s in sightings])
    known = [*distance_m, *[None] * (len(seen) - len(distance_m))]
    start = [tilt_deg.value, 0.0, height_m.value, stature_m.value]
    length = (constants.nose_of_stature - constants.ankle_of_stature) * stature_m.value
    start += [
        d.value if d else length / float(np.ptp(row[[1, 5]])) for d, row in zip(known, seen, strict=True)
    ]
    priors = [tilt_deg, LEVEL_ROLL_DEG, height_m, stature_m, *known]
    held = [(i, prior) for i, prior in enumerate(priors) if prior is not None]
    at = np.array([i for i, _ in held])
    value, sd = np.array([prior for _, prior in held]).T

    def wrong(x: F64) -> F64:
        return np.concatenate([_unlike(x, seen, constants), (x[at] - value) / sd])

    x, spread = _most_likely(wrong, np.array(start))
    found = [About(float(v), float(s)) for v, s in zip(x, spread, strict=True)]
    misfit = float(np.abs(wrong(x)).max())
    return Hanging(found[0], found[1], found[2], found[3], tuple(found[4:]), misfit)


def _unlike(x: F64, seen: F64, constants: KeypointConstants) -> F64:
    """How far the sightings (N, 6) are from what the camera x would show, in standard deviations.

    x: tilt and roll in degrees, height, stature, and N distances, metres.
    """
    tilt, roll = np.radians(x[:2])
    height, stature = x[2:4]
    far = np.maximum(x[4:], NEAREST_M)
    points = seen.reshape(-1, 3, 2)
    u = points[..., 0] * np.cos(roll) + points[..., 1] * np.sin(roll)
    v = points[..., 1] * np.cos(roll) - points[..., 0] * np.sin(roll)
    ahead = np.cos(tilt) + v * np.sin(tilt)
    across = u / ahead
    elevation = np.arctan(v) - tilt
    ankle = np.arctan2(constants.ankle_of_stature * stature - height, far)
    nose = np.arctan2(constants.nose_of_stature * stature - height, far - constants.nose_forward * stature)
    trunk = np.tan(elevation[:, 2]) - np.tan(elevation[:, 0])
    return np.concatenate(
        [
            np.degrees(elevation[:, 0] - ankle) / SEEN_DEG,
            np.degrees(elevation[:, 2] - nose) / SEEN_DEG,
            np.degrees(np.arctan2(across[:, 1] - across[:, 0], trunk)) / LEAN_DEG,
        ]
    )


def _most_likely(wrong: Callable[[F64], F64], x: F64) -> tuple[F64, F64]:
    """x that makes the squares of `wrong` least, and the standard deviation of each of its values."""
    step = 1e-4
    slope = np.zeros((len(wrong(x)), len(x)))
    for _ in range(ROUNDS):
        for i in range(len(x)):
            aside = np.zeros(len(x))
            aside[i] = step
            slope[:, i] = (wrong(x + aside) - wrong(x - aside)) / (2 * step)
        better = np.linalg.lstsq(slope, wrong(x), rcond=None)[0]
        x = x - better
        if np.abs(better).max() < SETTLED:
            break
    return x, np.sqrt(np.diag(np.linalg.pinv(slope.T @ slope)))


def with_tilt(
    camera: Camera,
    t: F64,
    keypoints: F32,
    size: tuple[int, int],
    seen: npt.NDArray[np.bool_],
    constants: KeypointConstants,
    stature_m: float | None,
) -> Camera:
    """The camera with its tilt estimated from the stands of a recording, where nobody said.

    t (T,), keypoints (T, 17, 3) normalised (y, x, score), seen (T,). `how_known` then says from what. Roll is
    left alone: one person's lean says too little about it.
    """
    how = dict(camera.how_known)
    if how.get("tilt") != "assumed":
        return camera
    p = rectify(keypoints[..., :2], size, camera)
    placements = find_placements(t, p, keypoints[..., 2].astype(np.float64), seen, constants)
    quiet = np.isin(t, [s for placement in placements for s in placement.quiet_s])
    stood = sighting(keypoints[quiet], size, camera)
    if stood is None:
        return camera
    found = hung([stood], camera.height_m, stature_m, constants).tilt_deg
    how["tilt"] = f"{_from_what(camera.height_m, stature_m)}, +-{found.sd:.1f} deg"
    return replace(camera, tilt_deg=found.value, tilt_sd_deg=found.sd, how_known=tuple(how.items()))


def hung(
    sightings: Sequence[Sighting],
    height_m: float | None,
    stature_m: float | None,
    constants: KeypointConstants,
) -> Hanging:
    """How the camera hangs, from what a tape said; None where nobody measured and the usual is assumed."""
    height, tilt = usual(height_m)
    stature = ASSUMED_STATURE_M if stature_m is None else About(stature_m, TAPE_M)
    return hanging(sightings, height, stature, tilt_deg=tilt, constants=constants)


def usual(height_m: float | None) -> tuple[About, About]:
    """Camera height in metres and tilt in degrees before anybody was seen; None where nobody measured."""
    if height_m is None:
        return USUAL_HEIGHT_M, USUAL_TILT_DEG
    return About(height_m, TAPE_M), ANY_TILT_DEG


def _from_what(height_m: float | None, stature_m: float | None) -> str:
    """What a tilt was found from, for `how_known`."""
    height = "an assumed camera height" if height_m is None else "camera height"
    return f"{height} and {'an assumed stature' if stature_m is None else 'stature'}"
