"""Where somebody stood in a whole recording: one Stance for every placing of the feet.

The live mirror asks for a quiet second; a recording may hold only short stands between repetitions, so all
quiet frames over the same feet are pooled. Non-causal; arrays in, stances out.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from mirror.knees.constants import ANKLE, HIP, KNEE, KeypointConstants
from mirror.knees.gate import LEG_SCORE
from mirror.knees.optics import F64
from mirror.knees.reasons import Reason
from mirror.knees.squat import ankles, hip_height
from mirror.knees.stance import FEWEST_FRAMES, NotStanding, Stance, measure

B1 = npt.NDArray[np.bool_]

STANDING_SHARE = 0.965
"""Hips this high, as a share of the highest they come nearby, belong to somebody standing."""
NEARBY_S = 8.0
SMOOTH_S = 0.2
"""Keypoint noise is averaged over this long before asking whether anything moved."""
QUIET_S = 0.12
QUIET_HIPS = 0.012
"""Share of hip height the hips may move within QUIET_S before and after a quiet frame."""
QUIET_FEET = 0.05
REPLANT_SHANKS = 0.15
LEAST_QUIET_S = 0.25
"""At least once, and in one go: moments of calm before and after a squat are no stand together."""


@dataclass(frozen=True, slots=True)
class FootPlacement:
    """A placing of the feet. from_s: when it begins (-inf for the first). No stance: `why` says why not.

    quiet_s: times of the frames the stance rests on.
    """

    from_s: float
    stance: Stance | None
    why: Reason | None
    quiet_s: tuple[float, ...] = ()


def find_placements(
    t: F64, p: F64, score: F64, seen: B1, constants: KeypointConstants
) -> list[FootPlacement]:
    """Every placing of the feet in a recording: t (T,), p (T, 17, 2), score (T, 17), seen (T,)."""
    quiet = np.flatnonzero(_quiet(t, p, score, seen))
    if quiet.size == 0:
        return []
    shank = float(np.median(np.linalg.norm(p[quiet][:, KNEE] - p[quiet][:, ANKLE], axis=-1)))
    placements = []
    for group in _by_place(quiet, ankles(p), REPLANT_SHANKS * shank):
        placement = _placement(t, p, score, group, constants)
        if placement:
            placements.append(placement)
    if placements:
        placements[0] = replace(placements[0], from_s=-np.inf)
    return placements


def _quiet(t: F64, p: F64, score: F64, seen: B1) -> B1:
    """(T,) frames of somebody standing still at full height."""
    feet_seen = score[:, HIP + ANKLE].min(1) >= LEG_SCORE
    visible: B1 = seen & feet_seen & (ankles(p)[:, 0, 0] > ankles(p)[:, 1, 0])
    height = np.where(visible, hip_height(p, ankles(p)), np.nan)
    if not visible.any():
        return visible
    shank = float(np.median(np.linalg.norm(p[visible][:, KNEE] - p[visible][:, ANKLE], axis=-1)))
    feet = np.where(visible[:, None], ankles(p).reshape(len(t), 4), np.nan)
    frames = _odd_frames(t, SMOOTH_S)
    height, feet = _moving_mean(height[:, None], frames)[:, 0], _moving_mean(feet, frames)
    calm = np.zeros(len(t), np.bool_)
    for i in np.flatnonzero(visible):
        near = slice(*np.searchsorted(t, (t[i] - NEARBY_S, t[i] + NEARBY_S)))
        top = np.nanpercentile(height[near], 95)
        around = slice(*np.searchsorted(t, (t[i] - QUIET_S, t[i] + QUIET_S + 1e-6)))
        calm[i] = (
            height[i] > STANDING_SHARE * top
            and np.ptp(height[around]) < QUIET_HIPS * top
            and np.ptp(feet[around], axis=0).max() < QUIET_FEET * shank
        )
    return calm


def _odd_frames(t: F64, seconds: float) -> int:
    """An odd number of frames that lasts about this long."""
    frame_s = float(np.median(np.diff(t))) if len(t) > 1 else seconds
    return 2 * int(seconds / max(frame_s, 1e-3) / 2) + 1


def _moving_mean(x: F64, frames: int) -> F64:
    """Centred mean over `frames` rows of x (T, K), over fewer at the ends; NaN where nothing is known."""
    known = np.isfinite(x)
    total = np.cumsum(np.vstack([np.zeros((1, x.shape[1])), np.where(known, x, 0.0)]), axis=0)
    count = np.cumsum(np.vstack([np.zeros((1, x.shape[1])), known]), axis=0)
    low = np.maximum(np.arange(len(x)) - frames // 2, 0)
    high = np.minimum(np.arange(len(x)) + frames // 2 + 1, len(x))
    with np.errstate(invalid="ignore"):
        return np.asarray((total[high] - total[low]) / (count[high] - count[low]))


def _by_place(quiet: npt.NDArray[np.intp], ankle: F64, apart: float) -> list[npt.NDArray[np.intp]]:
    """Runs of quiet frames over the same feet, in order of time; a foot moved by `apart` begins a new one."""
    groups: list[list[int]] = [[int(quiet[0])]]
    for i in quiet[1:]:
        here = np.median(ankle[groups[-1][-15:]], axis=0)
        if np.linalg.norm(np.median(ankle[max(0, i - 2) : i + 3], axis=0) - here, axis=-1).max() > apart:
            groups.append([])
        groups[-1].append(int(i))
    return [np.array(group) for group in groups]


def _placement(
    t: F64, p: F64, score: F64, group: npt.NDArray[np.intp], constants: KeypointConstants
) -> FootPlacement | None:
    """None for a pause too short to be a stand."""
    frame_s = float(np.median(np.diff(t))) if len(t) > 1 else 0.0
    longest = max(len(run) for run in np.split(group, np.flatnonzero(np.diff(group) > 1) + 1))
    if len(group) < FEWEST_FRAMES or longest * frame_s < LEAST_QUIET_S:
        return None
    begin = float(t[group[0]])
    try:
        stance = measure(begin, p[group], score[group], constants)
        return FootPlacement(begin, stance, None, tuple(float(x) for x in t[group]))
    except NotStanding as error:
        return FootPlacement(begin, None, error.reason)
