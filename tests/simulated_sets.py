"""Sets of squats by many simulated people, as unlike each other as people are, to count mistakes over.

Everything about a set follows from its seed: body, camera, feet, tempo, depth, noise, toes that are seen
wrong, and which knees cave when. Like simulate.py it must not import anything from the product.
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


@dataclass(frozen=True)
class SimulatedSet:
    """One set. simulated.toes carry their error."""

    seed: int
    pattern: str
    simulated: simulate.Simulated


def simulated_set(seed: int, pattern: str | None = None) -> SimulatedSet:
    """The set of that seed; patterns come in turn unless one is asked for."""
    pattern = pattern or PATTERNS[seed % len(PATTERNS)]
    rng = np.random.default_rng([seed, 7])
    while True:
        try:
            return SimulatedSet(seed, pattern, _set(rng, pattern, seed))
        except ValueError:
            continue  # a leg that cannot reach its foot: draw again


def _set(rng: np.random.Generator, pattern: str, seed: int) -> simulate.Simulated:
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
    squats = [
        simulate.Squat(
            depth_deg=depth + wander * float(rng.standard_normal()), delta=delta, collapse=part, **pace
        )
        for delta in _deltas(rng, pattern, int(rng.integers(3, 8)))
    ]
    return simulate.simulate(
        [simulate.Stand(1.5), *squats, simulate.Stand(0.6)],
        body=body,
        camera=camera,
        noise=noise,
        toe_out_deg=(out + between(-4.0, 4.0), out + between(-4.0, 4.0)),
        yaw_deg=between(-10.0, 10.0),
        seed=seed,
    )


def _deltas(rng: np.random.Generator, pattern: str, count: int) -> list[simulate.Pair]:
    """Peak deviations of (left, right) for every repetition, + inward."""
    clean = rng.uniform(-2.0, 2.5, (count, 2))
    caving = rng.uniform(9.0, 15.0, (count, 2))
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
    return [(float(left), float(right)) for left, right in deltas]
