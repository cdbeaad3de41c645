"""How many degrees inside its own line, and how surely, a knee is caution or off track, by strictness.

Measured, not felt: docs/decisions.md says on whom. Knows no knees; mirror/knees/judge.py uses these.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class VerdictLimits:
    """How far inside its own line, degrees, and how surely (probability) a knee is there to be called so."""

    caution_deg: float
    caution_sure: float
    off_track_deg: float
    off_track_sure: float


STRICTNESS = {
    "relaxed": (VerdictLimits(4.5, 0.7, 7.0, 0.6), VerdictLimits(5.0, 0.75, 7.0, 0.85)),
    "standard": (VerdictLimits(3.5, 0.65, 5.5, 0.5), VerdictLimits(4.0, 0.7, 6.0, 0.8)),
    "strict": (VerdictLimits(3.0, 0.5, 5.0, 0.5), VerdictLimits(3.5, 0.6, 5.0, 0.7)),
}
"""Without a reference, and with one. docs/decisions.md has what they were measured on."""
BETWEEN_DEG = 0.5
"""Caution and off track lie so far apart at least where only one of them is set."""
