"""What a repetition shows of its knees: where they were while it was deep.

People stand with their feet wider than their hips, so a standing shank leans in, and the shallow part of a
squat inherits that. The deep half does not. Pure functions over the frames of one repetition.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from mirror.knees.gate import LEAST_TRAVEL
from mirror.knees.motion import Motion
from mirror.knees.optics import F64
from mirror.knees.squat import Span

DEEP_SHARE = 0.5
"""Of a repetition's largest progress: from here on it is deep."""
FEWEST_FRAMES = 3
LEAST_JUDGED_SHARE = 0.3
"""A leg seen in less of the deep half than this shows nothing."""


@dataclass(frozen=True, slots=True)
class DeepHalf:
    """Mean of both shanks while a repetition was deep: (2, 2), legs [left, right], [descent, ascent].

    lateral, forward: shank lengths, as `Shank`'s; NaN where a leg was hardly seen.
    """

    lateral: F64
    forward: F64

    @property
    def seen(self) -> F64:
        """(2,) whether a leg shows anything."""
        return np.asarray(np.isfinite(self.lateral).any(1))

    def halves_deg(self, azimuth: F64) -> F64:
        """(2, 2) deviations of descent and ascent from feet that point there: (2,) radians, + outward."""
        a = np.asarray(azimuth)[:, None]
        out = self.forward * np.sin(a) - self.lateral * np.cos(a)
        return np.asarray(np.degrees(np.arcsin(np.clip(out, -1.0, 1.0))))

    def deviation_deg(self, azimuth: F64) -> F64:
        """(2,) the larger of both, + inward: who caves on the way up only is as wrong. NaN where unknown."""
        halves = self.halves_deg(azimuth)
        return np.where(np.isfinite(halves).any(1), np.fmax(halves[:, 0], halves[:, 1]), np.nan)

    def moved_in_deg(self, azimuth: F64) -> F64:
        """(2,) how much further inside the ascent was than the descent. Hardly depends on the feet."""
        halves = self.halves_deg(azimuth)
        return np.asarray(halves[:, 1] - halves[:, 0])


def deep_half(motions: Sequence[Motion], span: Span) -> DeepHalf:
    """Of the frames of one repetition, in order; others are left out."""
    frames = [m for m in motions if span.start_s <= m.t <= span.end_s and m.q > DEEP_SHARE * span.q]
    lateral, forward = np.full((2, 2), np.nan), np.full((2, 2), np.nan)
    if not frames:
        return DeepHalf(lateral, forward)
    x = np.stack([m.shank.lateral for m in frames])
    f = np.stack([m.shank.forward for m in frames])
    usable = np.stack([m.usable for m in frames]) & (np.hypot(x, f) > LEAST_TRAVEL)
    up = np.array([m.t > span.bottom_s for m in frames])
    for leg in (0, 1):
        if usable[:, leg].mean() < LEAST_JUDGED_SHARE:
            continue
        for half, where in enumerate((~up, up)):
            chosen = where & usable[:, leg]
            if chosen.sum() >= FEWEST_FRAMES:
                lateral[leg, half], forward[leg, half] = x[chosen, leg].mean(), f[chosen, leg].mean()
    return DeepHalf(lateral, forward)
