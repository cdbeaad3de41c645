"""Turns the frames' clock into the clip's: what is written down counts from the clip's second zero.

Knows times only. A live camera's second zero is its first frame.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from mirror.knees.reading import Rep


class ClipClock:
    """Two states: before the first frame, when every time is 0, and from then on. It never goes back."""

    def __init__(self, second_zero: Callable[[], float | None]) -> None:
        """second_zero: time of it on the frames' clock, None where nothing says it; asked once."""
        self._second_zero = second_zero
        self._zero: float | None = None

    def begin(self, t: float) -> None:
        """A frame of time t is there; only the first one counts."""
        if self._zero is None:
            known = self._second_zero()
            self._zero = t if known is None else known

    def since_zero(self, t: float) -> float:
        """Seconds on the clip's clock of a time on the frames'."""
        return t - (t if self._zero is None else self._zero)

    def rep(self, rep: Rep) -> Rep:
        """The repetition on the clip's clock."""
        if self._zero is None:
            return rep
        zero = self._zero
        return replace(rep, start_s=rep.start_s - zero, bottom_s=rep.bottom_s - zero, end_s=rep.end_s - zero)
