"""What came of the frames so far, counted. Knows times and numbers only."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Tally:
    """What came of the frames so far: judged by the network, and rested: nobody there, or too hot.

    first_t, last_t: of the frames that were judged, seconds on their clock; nan before the first.
    """

    judged: int = 0
    rested: int = 0
    first_t: float = math.nan
    last_t: float = math.nan

    @property
    def begun(self) -> bool:
        """Whether any frame was judged."""
        return not math.isnan(self.last_t)

    @property
    def per_second(self) -> float:
        """Frames judged a second while the picture ran."""
        lasted = self.last_t - self.first_t
        return (self.judged - 1) / lasted if self.judged > 1 and lasted > 0 else 0.0

    def with_judged(self, t: float) -> Tally:
        """One more was judged, the frame of time t."""
        first = self.first_t if self.begun else t
        return replace(self, judged=self.judged + 1, first_t=first, last_t=t)

    def with_rested(self) -> Tally:
        """One more was let go."""
        return replace(self, rested=self.rested + 1)
