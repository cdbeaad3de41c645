"""Tells somebody whose feet stay where they are from whoever walks through the picture before them.

Feet that stay hold hips and shoulders over them, however deep somebody squats and however seldom pictures
come; joints that dart aside may be another body's. Knows places across the picture only, and no pictures:
whether a second body is there is for others to see.
"""

from __future__ import annotations

from collections import deque

STAYED_S = 0.8
"""Feet that have stayed for this long are not those of somebody who is stepping in."""
LOOK_BACK_S = 1 / 8
"""Compared with where they were so long ago, or in the last picture where that is longer ago."""
HIPS_SHARE, SHOULDERS_SHARE = 0.03, 0.025
"""Of standing height. Clean squats, rendered and filmed, 8 to 15 pictures a second: 0.015 and 0.010."""
HIPS_ALONE_SHARE, SHOULDERS_STILL = 0.045, 0.01
"""Hips must dart further over shoulders that hardly moved: on one body a small network slides both hips up to
0.042 aside at the bottom of every squat, and the rest of the trunk stays where it is."""


class FixedFeet:
    """The last places across the picture of one person's hips and shoulders, px. Times in seconds."""

    def __init__(self) -> None:
        self._since: float | None = None
        self._last: deque[tuple[float, float, float]] = deque()

    def forget(self) -> None:
        """Somebody else, or nobody."""
        self._since = None
        self._last.clear()

    def resume(self) -> None:
        """Surely them again, after somebody was in the way: where they were before no longer counts."""
        self._last.clear()

    def stands(self, t: float, hips_x: float, shoulders_x: float, *, over_feet: bool) -> None:
        """They were surely seen. over_feet: hips are over feet that are where they were."""
        if not over_feet:
            self.forget()
            return
        if self._since is None:
            self._since = t
        self._last.append((t, hips_x, shoulders_x))
        while len(self._last) > 1 and self._last[1][0] <= t - LOOK_BACK_S:
            self._last.popleft()

    def darted(self, t: float, hips_x: float, shoulders_x: float, height_px: float) -> bool:
        """Whether these hips or shoulders are not those of the one whose feet stay. False of who steps in."""
        if self._since is None or t - self._since < STAYED_S or not self._last:
            return False
        back = [one for one in self._last if one[0] <= t - LOOK_BACK_S] or [self._last[0]]
        _, then_hips_x, then_shoulders_x = back[-1]
        hips = abs(hips_x - then_hips_x) / height_px
        shoulders = abs(shoulders_x - then_shoulders_x) / height_px
        far = HIPS_SHARE if shoulders > SHOULDERS_STILL else HIPS_ALONE_SHARE
        return shoulders > SHOULDERS_SHARE or hips > far
