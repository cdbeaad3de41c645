"""The button: presses counted by time, on a pin that exists only in memory."""

from __future__ import annotations

import pytest
from gpiozero.pins.mock import MockFactory

from mirror.coach.feedback import Gesture
from mirror.faults import PermanentFault
from mirror.settings import LightsSettings
from mirror.signals.button import GpioButton, NoButton, Presses
from mirror.signals.pick import open_button


def asked(*presses: tuple[float, float], until: float = 5.0) -> list[tuple[float, Gesture]]:
    """(when, what) is asked for by presses (down, up), looked at 50 times a second."""
    button = Presses()
    moments = sorted([(down, button.down) for down, _ in presses] + [(up, button.up) for _, up in presses])
    found = []
    for i in range(round(until * 50)):
        t = i / 50
        while moments and moments[0][0] <= t:
            at, act = moments.pop(0)
            act(at)
        what = button.asked(t)
        if what is not None:
            found.append((t, what))
    return found


@pytest.mark.parametrize(
    ("times", "gesture"), [(1, Gesture.START), (2, Gesture.NEXT), (3, Gesture.BACK), (5, Gesture.BACK)]
)
def test_short_presses_are_counted(times: int, gesture: Gesture) -> None:
    presses = [(1.0 + 0.3 * i, 1.1 + 0.3 * i) for i in range(times)]
    ((t, what),) = asked(*presses)
    assert what is gesture
    assert 0.4 < t - presses[-1][1] < 0.6


def test_a_long_press_pauses_once_and_letting_go_means_nothing() -> None:
    ((t, what),) = asked((1.0, 3.5))
    assert what is Gesture.PAUSE
    assert t == pytest.approx(2.0, abs=0.05)


def test_presses_far_apart_are_two_starts() -> None:
    assert [what for _, what in asked((1.0, 1.1), (2.0, 2.1))] == [Gesture.START, Gesture.START]


def test_a_real_pin_hears_presses() -> None:
    now, pins = [0.0], MockFactory()
    button = GpioButton(24, pins, clock=lambda: now[0])
    pin = pins.pin(24)
    pin.drive_low()
    now[0] = 0.1
    pin.drive_high()
    assert button.asked() is None
    now[0] = 1.0
    assert button.asked() is Gesture.START
    assert button.asked() is None
    button.close()
    button.close()


def test_which_button_it_is_is_said() -> None:
    pressed = LightsSettings(button_pin=24)
    assert isinstance(open_button(LightsSettings())[0], NoButton)
    assert "no pins" in open_button(pressed, board=lambda: None)[1]
    button, said = open_button(pressed, lambda: "a Pi", lambda pin: GpioButton(pin, MockFactory()))
    assert isinstance(button, GpioButton)
    assert said == "a button on pin 24"

    def busy(_pin: int) -> GpioButton:
        raise PermanentFault("pin 24 is busy")

    button, said = open_button(pressed, lambda: "a Pi", busy)
    assert isinstance(button, NoButton)
    assert "busy" in said


def test_one_pin_is_not_used_twice() -> None:
    with pytest.raises(ValueError, match="used twice"):
        LightsSettings(button_pin=17)
