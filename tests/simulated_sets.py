"""Sets of squats by many simulated people, as unlike each other as people are, to count mistakes over.

Everything about a set follows from its seed: body, camera, feet, tempo, depth, noise, toes that are seen
wrong, the line each knee takes when all is well, and which knees cave when. Lines, stances and toe-outs are
those of people measured with markers. Like simulate.py it must not import anything from the product.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import simulate

PATTERNS = (
    "mixed", "mixed", "clean", "both", "left", "right", "growing", "descent", "ascent", "deep",
    "always both", "always left", "knees out",
)  # fmt: skip
"""What the knees do over a set. Mixed is listed twice: any knee in any repetition, by any amount."""
PARTS = ("descent", "ascent", "deep")

TRACK_MEAN_DEG, SHARED_SD_DEG, OWN_SD_DEG = 2.5, 4.5, 1.4
"""Of a leg's own line, deviation when deep: between people, and between the legs of one."""
REP_SD_DEG = 1.3
"""Of clean repetitions around that line, at their largest; 0.9 when deep, 1.8 where joints are noisy."""
STANCE, STANCE_SD, NARROWEST, WIDEST = 0.27, 0.04, 0.18, 0.36
"""Distance of the ankles in statures."""
CAVES_MORE_DEG = 2.5
"""A cave shows less in the mean of the deep half than at its largest, and 9 degrees there are asked for."""
LEAN_SD_DEG = 1.3
"""Of a standing shank around the line from hip to ankle."""
TOE_OUT_SHARES, TOE_OUT_DEG = (0.0, 0.25, 0.5, 0.75, 1.0), (0.0, 12.0, 19.0, 35.0, 48.0)
"""Feet of people on clips, marked by hand."""


@dataclass(frozen=True)
class Stands:
    """How somebody stands and squats when all is well. Pairs are (left, right), degrees; stance_m None: 0.24
    statures. rep_sd_deg: of repetitions around the line; None draws them evenly between -2 and 2.5."""

    toe_out_deg: simulate.Pair
    stance_m: float | None = None
    track_deg: simulate.Pair = (0.0, 0.0)
    lean_deg: simulate.Pair = (0.0, 0.0)
    rep_sd_deg: float | None = None


@dataclass(frozen=True)
class SimulatedSet:
    """One set. simulated.toes carry their error."""

    seed: int
    pattern: str
    simulated: simulate.Simulated


def simulated_set(seed: int, pattern: str | None = None, *, near_zero: bool = False) -> SimulatedSet:
    """The set of that seed; patterns come in turn unless one is asked for.

    near_zero: by somebody whose knees stay over their toes, standing and squatting, as rendered people's do.
    """
    pattern = pattern or PATTERNS[seed % len(PATTERNS)]
    rng = np.random.default_rng([seed, 7])
    stands = None if near_zero else np.random.default_rng([seed, 11])
    while True:
        try:
            return SimulatedSet(seed, pattern, _set(rng, pattern, seed, stands))
        except ValueError:
            continue  # a leg that cannot reach its foot: draw again


def _set(
    rng: np.random.Generator, pattern: str, seed: int, stands: np.random.Generator | None
) -> simulate.Simulated:
    def between(low: float, high: float) -> float:
        return float(rng.uniform(low, high))

    body = simulate.Body(
        stature_m=between(1.50, 1.95), shank=between(0.235, 0.258), thigh=between(0.235, 0.258)
    )
    camera = simulate.Camera(distance_m=between(2.2, 3.2), height_m=between(0.9, 1.4))
    noise = simulate.Noise(sigma_px=between(0.6, 1.4), person_share=0.0, rep_share=0.3, toe_px=1.5)
    out = between(8.0, 30.0)
    part = pattern if pattern in PARTS else str(rng.choice(["whole", "whole", *PARTS]))
    pace = {"down_s": between(0.8, 1.5), "up_s": between(0.7, 1.3), "rest_s": between(0.5, 1.2)}
    depth, wander = between(-12.0, 30.0), float(rng.choice([0.0, 4.0]))
    near = Stands((out + between(-4.0, 4.0), out + between(-4.0, 4.0)))
    how = near if stands is None else _as_measured(stands, body)
    squats = [
        simulate.Squat(
            depth_deg=depth + wander * float(rng.standard_normal()), delta=delta, collapse=part, **pace
        )
        for delta in _deltas(rng, pattern, int(rng.integers(3, 8)), how.rep_sd_deg)
    ]
    return simulate.simulate(
        [simulate.Stand(1.5), *squats, simulate.Stand(0.6)],
        body=body,
        camera=camera,
        noise=noise,
        stance_m=how.stance_m,
        toe_out_deg=how.toe_out_deg,
        track_deg=how.track_deg,
        lean_deg=how.lean_deg,
        yaw_deg=between(-10.0, 10.0),
        seed=seed,
    )


def _as_measured(rng: np.random.Generator, body: simulate.Body) -> Stands:
    """Somebody drawn from what people measured with markers, and their feet, are like."""
    out = float(np.interp(rng.random(), TOE_OUT_SHARES, TOE_OUT_DEG)) + rng.uniform(-4.0, 4.0, 2)
    track = rng.normal(TRACK_MEAN_DEG, SHARED_SD_DEG) + rng.normal(0.0, OWN_SD_DEG, 2)
    stance_m = body.stature_m * float(np.clip(rng.normal(STANCE, STANCE_SD), NARROWEST, WIDEST))
    leg = body.metres("shank") + body.metres("thigh")
    along = np.degrees(np.arctan2(stance_m / 2 - body.metres("hip_half_width"), leg))
    lean = (along + rng.normal(0.0, LEAN_SD_DEG, 2)) * np.cos(np.radians(out))
    return Stands(_pair(out), stance_m, _pair(track), _pair(lean), REP_SD_DEG)


def _pair(values: simulate.Array) -> simulate.Pair:
    return float(values[0]), float(values[1])


def _deltas(
    rng: np.random.Generator, pattern: str, count: int, rep_sd_deg: float | None
) -> list[simulate.Pair]:
    """Peak deviations of (left, right) over each leg's own line for every repetition, + inward."""
    clean, caving = rng.uniform(-2.0, 2.5, (count, 2)), rng.uniform(9.0, 15.0, (count, 2))
    if rep_sd_deg is not None:
        clean = rng.normal(0.0, rep_sd_deg, (count, 2))
        caving += CAVES_MORE_DEG
    now_and_then = rng.random(count) < 0.5
    which = np.zeros((count, 2), np.bool_)
    if pattern in ("both", *PARTS):
        which[now_and_then] = True
    elif pattern in ("left", "right"):
        which[now_and_then, ("left", "right").index(pattern)] = True
    elif pattern == "always both":
        which[:] = True
    elif pattern == "always left":
        which[:, 0] = True
    deltas = np.where(which, caving, clean)
    if pattern == "mixed":
        any_amount = rng.uniform(5.0, 16.0, (count, 2))
        deltas = np.where(now_and_then[:, None] & (rng.random((count, 2)) < 0.65), any_amount, clean)
    elif pattern == "growing":
        deltas = clean / 2 + np.linspace(0.0, 1.0, count)[:, None] * [12.0, 11.0]
    elif pattern == "knees out":
        deltas = rng.uniform(-8.0, 2.0, (count, 2))
        if rep_sd_deg is not None:  # one and the same each time: measured people's repetitions are alike
            deltas = rng.uniform(-8.0, 0.0, (1, 2)) + clean
    return [(float(left), float(right)) for left, right in deltas]
