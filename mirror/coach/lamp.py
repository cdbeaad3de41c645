"""The light over time: worse shows at once, better only when the colour was up long enough to be seen."""

from __future__ import annotations

import math

from mirror.coach.feedback import Light
from mirror.knees.reading import Verdict

LAMP = {
    Verdict.UNKNOWN: Light.UNKNOWN,
    Verdict.GOOD: Light.GOOD,
    Verdict.CAUTION: Light.CAUTION,
    Verdict.OFF_TRACK: Light.OFF_TRACK,
}
WORST_FIRST = [Verdict.OFF_TRACK, Verdict.CAUTION, Verdict.UNKNOWN, Verdict.GOOD]
"""Which of two knees the lamp tells. Unknown comes before good: good is only ever said of both."""
RANK = [Light.OFF, Light.UNKNOWN, Light.GOOD, Light.CAUTION, Light.OFF_TRACK]


def worse_verdict(left: Verdict, right: Verdict) -> Verdict:
    """The verdict of two knees that light and counts go by: the worse."""
    return min(left, right, key=WORST_FIRST.index)


class Lamp:
    """One lamp. Times in seconds."""

    def __init__(self, hold_s: float) -> None:
        self._hold_s = hold_s
        self._shown = Light.OFF
        self._since = -math.inf

    def __call__(self, t: float, wanted: Light) -> Light:
        """What to show now, when `wanted` is what would fit."""
        if wanted is self._shown:
            return self._shown
        held = self._shown is Light.OFF or t - self._since >= self._hold_s
        if held or RANK.index(wanted) > RANK.index(self._shown):
            self._shown, self._since = wanted, t
        return self._shown
