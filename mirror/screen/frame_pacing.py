"""When to draw: live scenes at the display's pace, quiet ones seldom, and at once when somebody steps in.

Knows states and seconds, not pictures.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from mirror.coach.feedback import Feedback, State

QUIET_S = 1 / 5
"""A scene in which nothing moves is drawn no more often than this."""
LIVE = (State.FRAMING, State.CALIBRATING, State.READY, State.SQUATTING)
"""Scenes that follow the person."""

Wait = Callable[[threading.Event, float], bool]
"""Waits for an event, at most so many seconds; whether it came."""


def is_live(feedback: Feedback) -> bool:
    """Whether something on the glass moves: the person's marks, or the ring of a gesture."""
    return feedback.state in LIVE or feedback.gesture is not None


class FramePacer:
    """Waits between drawings, on the main thread."""

    def __init__(self, now: Callable[[], float] = time.monotonic, wait: Wait = threading.Event.wait) -> None:
        """now: seconds on a clock that only goes forward."""
        self._now = now
        self._wait = wait
        self._drawn = 0.0

    def drawn(self) -> None:
        """The glass was drawn just now."""
        self._drawn = self._now()

    def rest(
        self,
        newest: Callable[[], Feedback],
        changed: threading.Event,
        stop: threading.Event,
        most_fps: float,
    ) -> None:
        """Wait until the glass may be drawn again.

        newest: the Feedback of this moment. changed: set with every new one. stop: somebody wants the end.
        """
        while not stop.is_set():
            live = is_live(newest())
            due = self._drawn + (1 / most_fps if live else QUIET_S)
            left = due - self._now()
            if left <= 0:
                return
            if live:
                self._wait(stop, left)
            else:
                changed.clear()
                self._wait(changed, left)
