"""Keypoint recordings that nobody ever made: real and simulated people cut, bent and mixed, and random walks.

Everything about one follows from its seed, so that whatever breaks can be played again.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import simulate

from mirror.camera.recording import load

DATA = Path(__file__).resolve().parents[1] / "data"
MOST_FRAMES = 90
FEWEST_FRAMES = 2
OFF_PICTURE = 1.0
"""How far outside the picture a recording's joints may lie."""
MODES = ("standard", "quiet", "learn", "class")
LANGUAGES = ("en", "es", "de", "zh")
BODY = [5, 6, 11, 12, 13, 14, 15, 16]

F64 = npt.NDArray[np.float64]
F32 = npt.NDArray[np.float32]
Rng = np.random.Generator


@dataclass(frozen=True)
class People:
    """Somebody's joints over time, from wherever: t (T,) seconds, keypoints (T, 17, 3), size (h, w)."""

    t: F64
    keypoints: F32
    size: tuple[int, int]
    toes: F32 | None = None
    model: str | None = None


@dataclass(frozen=True)
class Case:
    """One recording, and the mirror that is to watch it.

    tracked: the joints come from a network that the tracker asks, else they are in the frames already.
    how: what was done to it, for whoever looks at a failure. drawn: whether its scenes are drawn.
    """

    seed: int
    people: People
    hfov_deg: float
    tilt_deg: float | None
    roll_deg: float
    height_m: float | None
    stature_m: float | None
    reference: bool
    mode: str
    language: str
    tracked: bool
    drawn: bool
    how: tuple[str, ...]


def case(seed: int) -> Case:
    """The case of this seed."""
    rng = np.random.default_rng([seed, 11])
    kind = str(rng.choice(["walk", *["simulated"] * 4, *["real"] * 5]))
    people = SOURCES[kind](rng)
    gently = bool(rng.random() < 0.4)  # so that squats are still squats, and are judged
    ways = [str(way) for way in rng.choice(sorted(WAYS), size=rng.integers(0, 2 if gently else 5))]
    for way in ways:
        people = WAYS[way](people, rng)
    hfov, tilt = (40.0, 65.0) if gently else (30.0, 120.0), (0.0, 14.0) if gently else (-20.0, 30.0)
    return Case(
        seed,
        _as_recorded(people),
        hfov_deg=float(rng.uniform(*hfov)),
        tilt_deg=None if rng.random() < 0.25 else float(rng.uniform(*tilt)),
        roll_deg=float(rng.choice([0.0, 0.0, rng.uniform(-10.0, 10.0)])),
        height_m=float(rng.uniform(0.2, 2.5)) if rng.random() < 0.3 else None,
        stature_m=float(rng.uniform(1.2, 2.1)) if rng.random() < 0.3 else None,
        reference=bool(rng.random() < 0.6),
        mode=str(rng.choice(MODES)),
        language=LANGUAGES[seed % len(LANGUAGES)],
        tracked=bool(rng.random() < 0.3),
        drawn=bool(rng.random() < 0.04),
        how=(kind, *ways),
    )


def as_it_is(path: Path, seed: int = 0) -> Case:
    """A whole recording as it was made, before a mirror with usual settings."""
    one = load(path)
    tips = one.toes if one.toes_each is None else one.toes_each[0]
    return Case(
        seed,
        People(one.t - one.t[0], one.keypoints, one.image_size, tips, one.model),
        hfov_deg=one.hfov_deg or 60.0,
        tilt_deg=one.tilt_deg,
        roll_deg=0.0,
        height_m=None,
        stature_m=None,
        reference=True,
        mode="standard",
        language=LANGUAGES[seed % len(LANGUAGES)],
        tracked=False,
        drawn=True,
        how=(path.stem,),
    )


def _as_recorded(people: People) -> People:
    """As a recording has to be: times that grow, joints not far off the picture, scores of 0 to 1."""
    t, keypoints = people.t[:MOST_FRAMES], people.keypoints[:MOST_FRAMES].copy()
    keypoints[..., :2] = np.clip(keypoints[..., :2], -OFF_PICTURE, 1.0 + OFF_PICTURE)
    keypoints[..., 2] = np.clip(keypoints[..., 2], 0.0, 1.0)
    return replace(people, t=t - t[0], keypoints=keypoints)


# -- where people come from ------------------------------------------------------------------------------


@lru_cache(maxsize=1)
def recorded() -> tuple[People, ...]:
    """Every recording that is kept with the tests: real people and rendered ones."""
    found = []
    for path in sorted([*(DATA / "real").glob("*.npz"), *(DATA / "rendered").glob("*.npz")]):
        one = load(path)
        tips = one.toes if one.toes_each is None else one.toes_each[0]
        found.append(People(one.t, one.keypoints, one.image_size, tips, one.model))
    return tuple(found)


@lru_cache(maxsize=1)
def simulated() -> tuple[People, ...]:
    """People without pixels, doing all that simulate.py knows, from different places."""
    S = simulate
    squat, deep = S.Squat(), S.Squat(depth_deg=-12.0, delta=(14.0, 13.0))
    sets: list[list[Any]] = [
        [S.Stand(1.2), squat, squat, deep, S.Stand(1.0)],
        [S.Stand(1.2), deep, S.Squat(delta=(14.0, 0.0), collapse="ascent"), S.Stand(1.0)],
        [S.Stand(1.2), S.Squat(delta=(-14.0, -14.0)), S.Squat(heel_rise_m=0.04), S.Stand(1.0)],
        [S.Stand(1.2), S.Squat(down_s=0.4, hold_s=0.0, up_s=0.4), S.Stand(0.3), squat, S.Stand(0.5)],
        [S.Stand(1.2), squat, S.Replant(forward_m=0.3), S.Stand(1.0), squat, S.Stand(0.5)],
        [S.Stand(1.2), S.RaiseArms(), squat, S.RaiseArms(to="tee"), S.RaiseArms(which="right")],
        [S.Stand(1.2), squat, S.RaiseArms(), S.Stand(0.5), squat, S.RaiseArms(), S.Stand(0.5)],
        [S.Stand(1.0), S.Lunge(), S.Hinge(), S.JumpingJacks(), S.Stand(1.0)],
        [S.WalkAcross(), S.Stand(1.2), squat, S.WalkAcross(1.4, -1.4)],
    ]
    found = []
    for n, movements in enumerate(sets):
        for fps, camera in (
            (10.0, S.Camera()),
            (15.0, S.Camera(distance_m=1.7, height_m=0.5, hfov_deg=70.0)),
        ):
            sim = S.simulate(movements, camera=camera, noise=S.Noise(sigma_px=1.0), seed=n, fps=fps)
            found.append(People(sim.t, sim.keypoints, sim.image_size, sim.toes))
    return tuple(found)


def _of(pool: tuple[People, ...], rng: Rng) -> People:
    """A piece of one of them, at 5 to 15 frames a second."""
    one = pool[int(rng.integers(len(pool)))]
    rate = (len(one.t) - 1) / float(one.t[-1] - one.t[0])
    step = max(1, round(rate / rng.uniform(6.0, 15.0)))
    length = int(rng.integers(20, MOST_FRAMES))
    first = int(rng.integers(max(1, len(one.t) - step * length // 2)))
    chosen = slice(first, first + step * length, step)
    if len(one.t[chosen]) < FEWEST_FRAMES:
        chosen = slice(0, step * length, step)
    return replace(one, t=one.t[chosen], keypoints=one.keypoints[chosen])


def _walk(rng: Rng) -> People:
    """Joints that wander as they like, from a person or from anywhere."""
    n = int(rng.integers(5, MOST_FRAMES))
    begin = _of(simulated(), rng).keypoints[0] if rng.random() < 0.5 else rng.random((17, 3))
    steps = rng.normal(0.0, float(10.0 ** rng.uniform(-4, -1)), (n, 17, 3))
    size = (int(rng.integers(64, 1400)), int(rng.integers(64, 1400)))
    keypoints = (begin + np.cumsum(steps, axis=0)).astype(np.float32)
    return People(np.arange(n) / float(rng.uniform(5.0, 60.0)), keypoints, size)


SOURCES: dict[str, Callable[[Rng], People]] = {
    "walk": _walk,
    "simulated": lambda rng: _of(simulated(), rng),
    "real": lambda rng: _of(recorded(), rng),
}

# -- what is done to them --------------------------------------------------------------------------------


def _stretch(n: int, rng: Rng) -> slice:
    """Some of n frames in one go."""
    first, last = sorted(int(i) for i in rng.integers(0, n + 1, 2))
    return slice(first, last)


def _changed(people: People, rng: Rng, change: Callable[[F32], Any]) -> People:
    """The same people, with `change` done in place to a stretch of their joints, or to all."""
    keypoints = people.keypoints.copy()
    where = slice(None) if rng.random() < 0.4 else _stretch(len(keypoints), rng)
    change(keypoints[where])
    return replace(people, keypoints=keypoints)


def _spliced(people: People, rng: Rng) -> People:
    """Somebody else from some frame on; now and then the first one comes back."""
    other = SOURCES[str(rng.choice(["simulated", "real"]))](rng)
    frame_s = float(np.median(np.diff(people.t))) if len(people.t) > 1 else 0.1
    cut = int(rng.integers(1, len(people.t) + 1))
    parts = [people.keypoints[:cut], other.keypoints[: MOST_FRAMES // 2]]
    if rng.random() < 0.5:
        parts.append(people.keypoints[cut:])
    keypoints = np.concatenate(parts)
    return replace(people, t=np.arange(len(keypoints)) * frame_s, keypoints=keypoints)


def _speed(people: People, rng: Rng) -> People:
    return replace(people, t=people.t * float(5.0 ** rng.uniform(-1.0, 1.0)))


def _dropped(people: People, rng: Rng) -> People:
    keep = rng.random(len(people.t)) > rng.uniform(0.0, 0.7)
    keep[:FEWEST_FRAMES] = True
    return replace(people, t=people.t[keep], keypoints=people.keypoints[keep])


def _uneven(people: People, rng: Rng) -> People:
    """Frames that come when they like: close together, and after long gaps."""
    steps = np.diff(people.t, prepend=people.t[0]) * np.exp(rng.normal(0.0, 1.0, len(people.t)))
    if rng.random() < 0.3:
        steps[int(rng.integers(len(steps)))] += float(rng.uniform(0.5, 20.0))
    return replace(people, t=np.cumsum(np.maximum(steps, 1e-4)))


def _swapped(keypoints: F32, rng: Rng) -> None:
    a, b = rng.integers(17, size=2) if rng.random() < 0.5 else rng.choice([[11, 12], [13, 14], [15, 16]])
    keypoints[:, [a, b]] = keypoints[:, [b, a]]


def _scaled(keypoints: F32, rng: Rng) -> None:
    keypoints[..., :2] = 0.5 + (keypoints[..., :2] - 0.5) * np.exp(rng.uniform(-1.5, 1.5, 2))


def _shifted(keypoints: F32, rng: Rng) -> None:
    keypoints[..., :2] += rng.uniform(-0.5, 0.5, 2)


def _mirrored(keypoints: F32, rng: Rng) -> None:
    keypoints[..., 1] = 1.0 - keypoints[..., 1]
    if rng.random() < 0.5:
        keypoints[:] = keypoints[:, simulate.SWAP]


def _absent(keypoints: F32, rng: Rng) -> None:
    keypoints[..., 2] = 0.0


def _wild_scores(keypoints: F32, rng: Rng) -> None:
    keypoints[..., 2] = rng.random(keypoints.shape[:2]) ** float(rng.uniform(0.2, 3.0))


def _hidden(keypoints: F32, rng: Rng) -> None:
    keypoints[:, rng.integers(17, size=rng.integers(1, 6)), 2] = rng.uniform(0.0, 0.5)


def _noise(keypoints: F32, rng: Rng) -> None:
    keypoints[..., :2] += rng.normal(0.0, 10.0 ** rng.uniform(-3.5, -0.5), keypoints[..., :2].shape)


def _outliers(keypoints: F32, rng: Rng) -> None:
    wrong = rng.random(keypoints.shape[:2]) < 0.05
    keypoints[wrong, :2] = rng.uniform(-1.0, 2.0, (int(wrong.sum()), 2))


def _frozen(keypoints: F32, rng: Rng) -> None:
    if len(keypoints):
        keypoints[:] = keypoints[0]


def _upside_down(keypoints: F32, rng: Rng) -> None:
    keypoints[..., 0] = 1.0 - keypoints[..., 0]


def _flat(keypoints: F32, rng: Rng) -> None:
    """Everybody on one line, or in one point."""
    axis = [[0], [1], [0, 1]][int(rng.integers(3))]
    keypoints[..., axis] = keypoints[:, :1, axis]


def _coarse(keypoints: F32, rng: Rng) -> None:
    """Joints on a coarse grid: many at exactly the same height."""
    steps = int(rng.integers(4, 64))
    keypoints[..., :2] = np.round(keypoints[..., :2] * steps) / steps


def _onto_another(keypoints: F32, rng: Rng) -> None:
    """A joint exactly where another is."""
    a, b = rng.choice(BODY, 2)
    keypoints[:, a, :2] = keypoints[:, b, :2]


def _stretched_legs(keypoints: F32, rng: Rng) -> None:
    keypoints[:, 13:15, :2] += rng.uniform(-0.2, 0.2, 2)
    keypoints[:, 15:17, 0] += float(rng.uniform(-0.2, 0.4))


def _reversed(people: People, rng: Rng) -> People:
    return replace(people, keypoints=people.keypoints[::-1])


def _no_toes(people: People, rng: Rng) -> People:
    return replace(people, toes=None)


def _wild_toes(people: People, rng: Rng) -> People:
    return replace(people, toes=rng.uniform(-0.2, 1.2, (2, 2)).astype(np.float32))


def _other_size(people: People, rng: Rng) -> People:
    return replace(people, size=(int(rng.integers(48, 2000)), int(rng.integers(48, 2000))))


def _to_joints(change: Callable[[F32, Rng], None]) -> Callable[[People, Rng], People]:
    return lambda people, rng: _changed(people, rng, lambda joints: change(joints, rng))


WAYS: dict[str, Callable[[People, Rng], People]] = {
    "spliced": _spliced,
    "reversed": _reversed,
    "speed": _speed,
    "dropped": _dropped,
    "uneven": _uneven,
    "no toes": _no_toes,
    "wild toes": _wild_toes,
    "other size": _other_size,
    **{
        change.__name__.strip("_").replace("_", " "): _to_joints(change)
        for change in (
            _swapped, _scaled, _shifted, _mirrored, _absent, _wild_scores, _hidden, _noise, _outliers,
            _frozen, _upside_down, _flat, _coarse, _onto_another, _stretched_legs,
        )
    },
}  # fmt: skip
