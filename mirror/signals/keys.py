"""A keyboard does what arms do: the same four things are asked for by a key. Knows no window and no scene."""

from __future__ import annotations

import threading
from collections import deque

from mirror.coach.feedback import Gesture
from mirror.signals.button import Button


class Keys:
    """Keys pressed in one thread, asked for in another; beside them the button, if there is one."""

    def __init__(self, button: Button) -> None:
        self._button = button
        self._pressed: deque[Gesture] = deque()
        self._lock = threading.Lock()

    def press(self, asked: Gesture) -> None:
        """A key that asks for this."""
        with self._lock:
            self._pressed.append(asked)

    def asked(self) -> Gesture | None:
        """As Button."""
        with self._lock:
            if self._pressed:
                return self._pressed.popleft()
        return self._button.asked()

    def close(self) -> None:
        """As Button."""
        self._button.close()
