"""Simulated sets: what the report's pictures and comparisons are tested on."""

from __future__ import annotations

import simulate

Delta = tuple[float, float]
GOOD, BOTH, LEFT, RIGHT = (0.0, 0.0), (14.0, 13.0), (14.0, 0.0), (0.0, 14.0)


def simulated(*deltas: Delta, depth_deg: float = 0.0) -> simulate.Simulated:
    """The left foot turned out 25 degrees, the right one 10."""
    squats = [simulate.Squat(delta=delta, depth_deg=depth_deg) for delta in deltas]
    return simulate.simulate(
        [simulate.Stand(1.5), *squats, simulate.Stand(0.6)],
        noise=simulate.Noise(sigma_px=0.8),
        toe_out_deg=(25.0, 10.0),
    )
