"""Keys and the button beside the mirror ask for the same things."""

from __future__ import annotations

from mirror.coach.feedback import Gesture
from mirror.signals.button import NoButton
from mirror.signals.keys import Keys


class Pressed(NoButton):
    """A button that asks for help, once."""

    def __init__(self) -> None:
        self.left, self.closed = [Gesture.NEXT], False

    def asked(self) -> Gesture | None:
        return self.left.pop() if self.left else None

    def close(self) -> None:
        self.closed = True


def test_keys_are_heard_in_order_and_once() -> None:
    keys = Keys(NoButton())
    assert keys.asked() is None
    keys.press(Gesture.START)
    keys.press(Gesture.BACK)
    assert [keys.asked(), keys.asked(), keys.asked()] == [Gesture.START, Gesture.BACK, None]


def test_the_button_is_still_heard_and_closed_with_them() -> None:
    button = Pressed()
    keys = Keys(button)
    assert keys.asked() is Gesture.NEXT
    keys.close()
    assert button.closed
