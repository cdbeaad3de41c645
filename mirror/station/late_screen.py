"""A display that is switched on after the mirror: looked for now and then, so that nobody has to restart it.

Knows how often to look and when it makes sense; what a screen is, is the screen room's business.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable

LOOK_EVERY_S = 5.0


class LateScreen:
    """Whether a display has come. On a bare console only ($SDL_VIDEODRIVER is kmsdrm): a desktop has one
    from the start, and who asked for none wants none."""

    def __init__(self, wanted: str, can_open: Callable[[], tuple[bool, str]]) -> None:
        """wanted: the value of --screen. can_open: as in `screen.window`. looks: whether it waits for one."""
        self._can_open = can_open
        self.looks = wanted == "auto" and os.environ.get("SDL_VIDEODRIVER") == "kmsdrm"
        self._next_t = time.monotonic() + LOOK_EVERY_S

    def came(self) -> bool:
        """Call as often as convenient, from the thread that draws; looks every few seconds."""
        if not self.looks or time.monotonic() < self._next_t:
            return False
        self._next_t = time.monotonic() + LOOK_EVERY_S
        return self._can_open()[0]
