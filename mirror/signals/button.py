"""A button beside the mirror, for whoever cannot raise the arms.

Once means start, twice next, thrice back, long pause. Counts presses by time; what they lead to is the
coach's. Read once a frame, so it returns at once.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any, Protocol

from mirror.coach.feedback import Gesture
from mirror.faults import PermanentFault
from mirror.signals.gpio_chip import gpio_faults, open_chip

MEANS = {1: Gesture.START, 2: Gesture.NEXT, 3: Gesture.BACK}
AGAIN_S = 0.45
"""A press that comes later than this after the last is a new one."""
LONG_S = 1.0
BOUNCE_S = 0.03


class Button(Protocol):
    """Whatever is pressed."""

    def asked(self) -> Gesture | None:
        """What has been asked for since the last call, or None."""

    def close(self) -> None:
        """No more presses."""


class NoButton:
    """No button."""

    def asked(self) -> Gesture | None:
        """Nothing."""
        return None

    def close(self) -> None:
        """Nothing."""


class Presses:
    """From presses to what they ask for. Times in seconds."""

    def __init__(self) -> None:
        self._down_t: float | None = None
        self._up_t = 0.0
        self._count = 0

    def down(self, t: float) -> None:
        """The button goes down."""
        if self._down_t is None or t - self._up_t > BOUNCE_S:
            self._down_t = t

    def up(self, t: float) -> None:
        """The button comes up again."""
        if self._down_t is not None:
            self._count, self._up_t = self._count + 1, t
        self._down_t = None

    def asked(self, t: float) -> Gesture | None:
        """What is asked for by now: pause while it is held long, else when no further press came."""
        if self._down_t is not None:
            if t - self._down_t < LONG_S:
                return None
            self._down_t, self._count = None, 0
            return Gesture.PAUSE
        if not self._count or t - self._up_t < AGAIN_S:
            return None
        count, self._count = self._count, 0
        return MEANS[min(count, max(MEANS))]


class GpioButton:
    """A button between a pin and ground. Raises PermanentFault when the pin cannot be had.

    pin_factory: a gpiozero pin factory; None opens the GPIO chip. clock: seconds.
    """

    def __init__(
        self, pin: int, pin_factory: Any = None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._own = None if pin_factory else open_chip()
        self._clock = clock
        self._presses = Presses()
        self._lock = threading.Lock()
        from gpiozero import Button as Gpio

        try:
            self._button = Gpio(pin, pull_up=True, pin_factory=pin_factory or self._own)
        except gpio_faults() as fault:
            self.close()
            raise PermanentFault(f"pin {pin} (lights.button_pin) cannot be used: {fault}") from fault
        self._button.when_pressed = self._down
        self._button.when_released = self._up

    def asked(self) -> Gesture | None:
        """As Button."""
        with self._lock:
            return self._presses.asked(self._clock())

    def close(self) -> None:
        """As Button; the pin is given back."""
        button = getattr(self, "_button", None)
        if button is not None:
            button.close()
        if self._own is not None:
            self._own.close()

    def _down(self) -> None:
        with self._lock:
            self._presses.down(self._clock())

    def _up(self) -> None:
        with self._lock:
            self._presses.up(self._clock())
