"""Tells the service manager that the mirror is alive, only while camera, eyes and screen all move.

A mirror that hangs in any of the three is restarted by systemd (`WatchdogSec=`). Knows time stamps only.
"""

from __future__ import annotations

import contextlib
import logging
import os
import socket
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from systemd_watchdog import WatchDog

log = logging.getLogger(__name__)

LONGEST_S = 5.0
"""A camera that stalls is closed and opened again within this; longer without a picture is trouble."""
FIRST_S = 180.0
"""The eyes may take so long before their first picture: at the very first start they try every network."""
BEAT_EVERY_S = 1.0


@dataclass(frozen=True, slots=True)
class Signs:
    """Signs of life. Times in seconds on the monotonic clock, None before the first.

    frame_t: time stamp of the newest frame. taken: how many frames the eyes took so far. drawn_t: when the
    screen was last drawn, or the terminal where there is no screen.
    """

    frame_t: float | None
    taken: int
    drawn_t: float | None


class Freshness:
    """Says what has stopped, from signs of life. Pure: the time is given."""

    def __init__(self, longest_s: float = LONGEST_S) -> None:
        self._longest_s = longest_s
        self._taken = 0
        self._taken_t: float | None = None
        self._patience_until: float | None = None

    def stale(self, now: float, signs: Signs) -> str:
        """What has not moved for too long, as a clause; "" when camera, eyes and screen are all fresh."""
        if self._patience_until is None:
            self._patience_until = now + FIRST_S
        if signs.taken != self._taken:
            self._taken, self._taken_t = signs.taken, now
        preparing = self._taken_t is None and now < self._patience_until
        for since, clause in (
            (signs.drawn_t, "the screen was not drawn"),
            (signs.frame_t, "no picture came from the camera"),
            (now if preparing else self._taken_t, "no picture was judged"),
        ):
            if since is None:
                return f"{clause} yet"
            if now - since > self._longest_s:
                return f"{clause} for {now - since:.0f} s"
        return ""


class Heartbeat:
    """Feeds systemd's watchdog while all is fresh. Without systemd (no $NOTIFY_SOCKET) it does nothing."""

    def __init__(self, freshness: Freshness | None = None, every_s: float = BEAT_EVERY_S) -> None:
        self._freshness = freshness or Freshness()
        self._every_s = every_s
        self._dog = _dog()
        self._next_t = float("-inf")
        self._ready = False
        self._stale: str | None = None

    def beat(self, now: float, signs: Signs) -> None:
        """Call as often as convenient; looks once a second. The first call says that the mirror is up.

        The library's own pacing goes by the wall clock, which jumps when a Pi without a battery finds the
        network; ours is monotonic.
        """
        if self._dog is None or now < self._next_t:
            return
        self._next_t = now + self._every_s
        stale = self._freshness.stale(now, signs)
        try:
            self._tell(self._dog, stale)
        except OSError:  # its queue is full or it restarts: the next second will do
            log.debug("systemd could not be told")

    def at_rest(self, now: float, why: str) -> None:
        """As `beat` for a mirror that waits on purpose and has neither camera nor eyes. why: a clause."""
        if self._dog is None or now < self._next_t:
            return
        self._next_t = now + self._every_s
        with contextlib.suppress(OSError):
            if not self._ready:
                self._dog.ready()
                self._dog.status(why)
                self._ready = True
            self._dog.notify()

    def _tell(self, dog: WatchDog, stale: str) -> None:
        if not self._ready:
            dog.ready()
            self._ready = True
        if not stale:
            dog.notify()
        clause = stale.partition(" for ")[0]  # its seconds grow, and need not be told again and again
        if clause == self._stale:
            return
        if stale and self._stale is not None:
            log.warning("watchdog: %s; systemd restarts the mirror unless that changes", stale)
        self._stale = clause
        dog.status(stale or "camera, eyes and screen are fresh")


def _dog() -> WatchDog | None:
    """systemd's end of the line, which must never hold up the screen; None where there is none."""
    if not os.environ.get("NOTIFY_SOCKET"):
        return None
    from systemd_watchdog import WatchDog

    line = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC)
    line.setblocking(False)
    return WatchDog(line)
