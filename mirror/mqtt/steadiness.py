"""Whether a connection keeps, and how long to wait before the next one where it does not.

Two computers with one name at a broker throw each other out for ever, and a broken broker lets go of whom it
let in. Knows times only.
"""

from __future__ import annotations

import time
from collections.abc import Callable

STEADY_S = 150.0
"""A connection that lasted so long was none of those: longer than two of the longest waits."""
MANY = 5
"""Lost one after the other, each soon after it came, from which it is said: a reboot loses two or three."""


class Steadiness:
    """Of one line to a broker. Called in the client's thread."""

    def __init__(self, longest_wait_s: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._longest_wait_s, self._clock = longest_wait_s, clock
        self._came_t = clock()
        self._lost = 0

    def came(self) -> None:
        """A connection is there."""
        self._came_t = self._clock()

    def went(self) -> None:
        """It was lost."""
        brief = self._clock() - self._came_t < STEADY_S
        self._lost = self._lost + 1 if brief else 0

    @property
    def wait_s(self) -> int:
        """Whole seconds before the next attempt: doubled with every connection that was brief."""
        return int(min(2 ** max(0, min(self._lost, 20) - 1), self._longest_wait_s))

    @property
    def unsteady(self) -> bool:
        """Whether it is lost again and again."""
        return self._lost >= MANY
