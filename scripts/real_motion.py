"""Real squats measured with markers, read from outside the project: recordings, and what is true of them.

The files lie beside the checkout and are only measured with; `there` says whether they are. Also shows a
recording to the live chain frame by frame, and draws noise as networks make it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from mirror.camera.frame import Frame
from mirror.camera.recording import Recording, RecordingSource, load
from mirror.fitting.from_settings import constants_of
from mirror.knees.live import KneeWatch
from mirror.knees.optics import Camera, unrectify
from mirror.knees.reading import KneeReading, Rep
from mirror.knees.track import TrackedPose
from mirror.pose.pose import Presence
from mirror.settings import Settings
from mirror.station.knee_watch import toes_for, watch_for

F64 = npt.NDArray[np.float64]

SHARED = Path(__file__).resolve().parent.parent.parent / "shared"
MOTION = SHARED / "motion"
PEOPLE = ("p1", "p2", "p3", "p4", "p5")
YAWS = ("-10", "+0", "+10")
SAME_REP_S = 0.6
"""A repetition found is the true one whose bottom is this near or falls into it: some stay low for long."""
LEAST_Q = 0.15
"""Repetitions that go less deep need not be counted."""
TOE_REACH = 0.467
OUTWARD: F64 = np.array([1.0, -1.0])
CROP_MARGIN, NET_PX = 1.25, 192
JOINT_PX, TOE_PX, REP_SHARE = 1.0, 1.5, 0.3
"""Noise as the noisy recordings have it: pixels at 192, and the share of its variance that stays the same
through a repetition."""
PIECE_S = 2.0
STEP_M = 0.12
"""So far beside the set's own feet the first repetition's stood: nobody places them twice in one spot."""


@dataclass(frozen=True)
class TrueRep:
    """One repetition. peak_deg: the largest deviation of [left, right]; None where the markers were lost."""

    start_s: float
    bottom_s: float
    end_s: float
    q: float
    peak_deg: tuple[float | None, float | None]
    deep_deg: tuple[float | None, float | None]


@dataclass(frozen=True)
class Sequence:
    """One set of one person, filmed by one virtual camera."""

    person: str
    label: str  # "correct" or "incorrect", as they were asked
    variant: str  # "raw" begins with the movement, "still" with 1.3 s of standing
    yaw: str
    noise: str  # "exact" or "noisy"
    path: Path
    azimuth_deg: tuple[float, float]  # of the feet in the camera frame, + outward
    reps: tuple[TrueRep, ...]

    @property
    def name(self) -> str:
        return self.path.stem


def there(folder: Path = MOTION) -> bool:
    return (folder / "truth.json").exists()


def sequences(folder: Path = MOTION) -> Iterator[Sequence]:
    """Every recording of the folder, in order of person, label, variant, yaw and noise."""
    truth: dict[str, dict[str, Any]] = json.loads((folder / "truth.json").read_text())
    for name, known in truth.items():
        person, label, variant = name.split("_")
        for key in sorted(known["cameras"]):
            yaw, noise = key.removeprefix(f"{name}_y").split("_")
            turned = float(yaw) * OUTWARD
            azimuth = np.add(known["azimuth"], turned)
            reps = tuple(_true_rep(rep) for rep in known["reps"])
            feet = (float(azimuth[0]), float(azimuth[1]))
            yield Sequence(person, label, variant, yaw, noise, folder / f"{key}.npz", feet, reps)


def _true_rep(rep: dict[str, Any]) -> TrueRep:
    deep = rep.get("deep_mean") or [None, None]
    peaks = (rep["left"], rep["right"])
    return TrueRep(rep["start"], rep["bottom"], rep["end"], rep["q"], peaks, (deep[0], deep[1]))


def pair(found: list[Rep], true: tuple[TrueRep, ...]) -> list[tuple[Rep | None, TrueRep]]:
    """Every true repetition with the one found nearest its bottom; each found one belongs to one."""
    left = list(found)
    pairs: list[tuple[Rep | None, TrueRep]] = []
    for rep in true:
        near = min(left, key=lambda one: abs(one.bottom_s - rep.bottom_s), default=None)
        if near is not None and not _same(near, rep):
            near = None
        if near is not None:
            left.remove(near)
        pairs.append((near, rep))
    return pairs


def _same(found: Rep, true: TrueRep) -> bool:
    return abs(found.bottom_s - true.bottom_s) <= SAME_REP_S or found.start_s <= true.bottom_s <= found.end_s


# -- the live chain ----------------------------------------------------------------------------------------


def show_live(recording: Recording, *, ask_reference: bool) -> tuple[list[Rep], list[KneeReading]]:
    """What the live chain counts and says of a recording, as if it were a camera; no clock is waited for.

    Repetitions are as they were judged last: what was judged late replaces what was unknown.
    """
    asked = {"coach": {"reference": "ask" if ask_reference else "off"}}
    settings = Settings.model_validate(asked)
    source = RecordingSource(recording, pace=False)
    constants, toes = constants_of(recording.model), toes_for(settings, source)
    watch: KneeWatch | None = None
    reps: list[Rep] = []
    readings: list[KneeReading] = []
    for frame in source.frames():
        watch = watch or watch_for(settings, source, frame, constants)
        assert frame.keypoints is not None
        seen = _presence(frame) is Presence.FOUND
        reading, rep = watch.update(TrackedPose(frame.t, frame.keypoints, frame.size, seen))
        readings.append(reading)
        reps += [rep] if rep else []
        if seen and watch.wants_toes:
            tips = toes.next(frame, frame.keypoints)
            if tips is not None:
                watch.take_toes(tips, frame.size)
    if watch is not None:
        last = watch.finish(frame.t)
        reps += [last] if last else []
        if seen and watch.wants_toes and (tips := toes.next(frame, frame.keypoints)) is not None:
            watch.take_toes(tips, frame.size)
        readings.append(watch.last_reading(frame.t))
    late = {rep.n: rep for reading in readings for rep in reading.judged_late}
    return [late.get(rep.n, rep) for rep in reps], readings


def _presence(frame: Frame) -> Presence:
    from mirror.desk.study import present

    assert frame.keypoints is not None
    return Presence.FOUND if present(frame.keypoints[None])[0] else Presence.NOBODY


# -- other noise, and a good repetition in front -----------------------------------------------------------


def noisy(recording: Recording, seed: int) -> Recording:
    """The recording with another draw of the noise that the noisy ones have."""
    rng = np.random.default_rng(seed)
    k = recording.keypoints
    pixel = _net_pixel(k)
    pieces = (recording.t / PIECE_S).astype(int)
    per_piece = rng.standard_normal((pieces.max() + 1, *k.shape[1:2], 2))
    white = rng.standard_normal((*k.shape[:2], 2))
    miss = np.sqrt(REP_SHARE) * per_piece[pieces] + np.sqrt(1 - REP_SHARE) * white
    moved = k.copy()
    size = np.array(recording.image_size)
    moved[..., :2] += JOINT_PX * pixel / size * miss
    return replace(
        recording,
        keypoints=moved,
        toes=_astray(recording.toes, pixel / size, rng),
        toes_each=_astray(recording.toes_each, pixel / size, rng),
    )


def _astray(toes: Any, pixel: F64, rng: np.random.Generator) -> Any:
    if toes is None:
        return None
    return (toes + TOE_PX * pixel * rng.standard_normal(toes.shape)).astype(np.float32)


def _net_pixel(keypoints: npt.NDArray[np.float32]) -> float:
    """Pixels of the picture (640 high) in one of the network's, whose crop is a little taller than a body."""
    tall = float(np.percentile(keypoints[:, 15:17, 0].mean(1) - keypoints[:, 0, 0], 95)) * 640 / 0.88
    return CROP_MARGIN * tall / NET_PX


def after_a_good_one(one: Sequence, folder: Path = MOTION) -> tuple[Recording, float]:
    """This set with the same person's first correct repetition in front, through this set's own camera.

    Returns the recording without noise, and the seconds by which the set begins later. The feet are placed
    anew between the two.
    """
    stem = one.name.removesuffix(f"_y{one.yaw}_{one.noise}")
    good = f"{one.person}_correct_still"
    truth = json.loads((folder / "truth.json").read_text())
    joints = np.load(folder / "joints.npz")
    camera = load(one.path)
    ends = truth[good]["reps"][0]["end"] + 0.3
    first = joints[good][: int(ends * 30)] + np.array([STEP_M, 0.0, 0.0])
    own = joints[f"{one.person}_{one.label}_still"]
    shot = truth[stem]["cameras"][one.name]["d"]
    yx = [_seen(part, camera, shot, one.yaw, own) for part in (first, own)]
    feet = [_tips(first, truth[good]), _tips(own, truth[f"{one.person}_{one.label}_still"])]
    toes = [_seen(tips[None], camera, shot, one.yaw, own) for tips in feet]
    places = np.concatenate(yx)[:, :17]
    score = np.full((len(places), 17, 1), 0.7)
    later = len(first) / 30
    return replace(
        camera,
        t=np.arange(len(places)) / 30,
        keypoints=np.concatenate([places, score], -1).astype(np.float32),
        toes=None,
        toes_t=np.array([later - 0.05, later + 0.6]),
        toes_each=np.concatenate(toes).astype(np.float32),
    ), later


def _tips(joints: F64, known: dict[str, Any]) -> F64:
    """(2, 3) metres: tips of shoes that point where the feet do."""
    ankle, toe = np.median(joints[:30, 15:17], 0), np.median(joints[:30, 19:21], 0)
    azimuth = np.radians(known["azimuth"])
    reach = TOE_REACH * known["shank"]
    x = ankle[:, 0] + OUTWARD * np.sin(azimuth) * reach
    return np.stack([x, toe[:, 1], ankle[:, 2] + np.cos(azimuth) * reach], -1)


def _seen(points: F64, camera: Recording, shot: float, yaw: str, like: F64) -> F64:
    """(..., 3) metres to (..., 2) (y, x): turned by yaw round the middle of the feet of `like`."""
    feet = np.median(like[:, 15:17].mean(1), 0) * [1, 0, 1]
    x, y, z = np.moveaxis(points - feet, -1, 0)
    turn = np.radians(float(yaw))
    across, ahead = x * np.cos(turn) + z * np.sin(turn), z * np.cos(turn) - x * np.sin(turn)
    far = shot - ahead
    assert camera.hfov_deg is not None
    assert camera.tilt_deg is not None
    assert camera.camera_height_m is not None
    p = np.stack([across / far, (y - camera.camera_height_m) / far], -1)
    return unrectify(p, camera.image_size, Camera(camera.hfov_deg, camera.tilt_deg))
