"""Simulated sets as the knees room judges them: features with known truth, for patterns and comparisons."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cache

import simulate
from judged import judged

from mirror.knees.reading import Rep

CLEAN = (simulate.Squat(),) * 3


@cache
def seen(
    *squats: simulate.Squat, fps: float = 30.0, reference: int | None = None, hands: str = "clasp"
) -> tuple[Rep, ...]:
    """The repetitions of these squats, keypoints a little noisy, toes seen; by somebody whose own line is
    known from CLEAN ones before, unless one of these is the reference."""
    before = () if reference else CLEAN
    sim = simulate.simulate(
        [simulate.Stand(2.0), *before, *squats, simulate.Stand(2.0)],
        noise=simulate.Noise(sigma_px=1.0),
        fps=fps,
        hands=hands,
    )
    found = judged(sim, reference)
    assert len(found.reps) == len(before) + len(squats)
    return tuple(replace(rep, n=n) for n, rep in enumerate(found.reps[len(before) :], 1))


def caving(*degrees: float, **how: object) -> Sequence[Rep]:
    """A squat for each number: both knees so far inside."""
    return seen(*(simulate.Squat(delta=(d, d), **how) for d in degrees))  # type: ignore[arg-type]


def tipping(n: int) -> Sequence[Rep]:
    """So many squats whose trunk tips forward, a bar on the back: without one they would be bows."""
    return seen(*[simulate.Squat(depth_deg=10, trunk_lean_deg=80)] * n, hands="bar")
