"""The depth somebody aims for: how deep they are now, and whether this squat has been there.

Knows thighs in degrees; nothing of lines and pixels.
"""

from __future__ import annotations

import math

from mirror.coach.feedback import DepthAimed
from mirror.knees.reading import Phase

HOLD_S = 0.06
"""The thigh must be there so long: two looks, for one alone can be a joint that jumped."""
LOST_S = 0.5
"""A depth that is unknown for longer is not told, nor is a squat that was not seen said to be too high."""


class DepthAim:
    """Follows each squat from its descent to the next one's."""

    def __init__(self, aim_deg: float | None) -> None:
        """aim_deg: the thigh above parallel, + up; None where nobody aims."""
        self._aim_deg = aim_deg
        self._phase = Phase.STAND
        self._there_t, self._known_t = math.inf, -math.inf
        self._seen, self._reached = True, False

    def update(self, t: float, phase: Phase, depth_deg: float | None) -> DepthAimed | None:
        """Where this frame is against the aim; None where nobody aims, or no depth is known."""
        if self._aim_deg is None:
            return None
        if phase is Phase.DOWN and self._phase is Phase.STAND:
            self._seen = self._reached = False
        self._phase = phase
        moving = phase is not Phase.STAND
        if depth_deg is not None:
            self._known_t = t
            self._seen |= moving
        deep = moving and depth_deg is not None and depth_deg <= self._aim_deg
        self._there_t = min(self._there_t, t) if deep else math.inf
        self._reached |= t - self._there_t >= HOLD_S
        if t - self._known_t > LOST_S if moving else not self._seen:
            return None
        return DepthAimed(self._aim_deg, depth_deg, self._reached)
