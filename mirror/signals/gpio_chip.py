"""The GPIO chip of a Raspberry Pi, through lgpio, and what goes wrong with it. Knows no pin by name."""

from __future__ import annotations

import atexit
import os
import sys
import tempfile
from typing import Any

from mirror.faults import PartMissing, PermanentFault


def open_chip() -> Any:
    """gpiozero's lgpio factory: the way to the pins on Raspberry Pi OS bookworm and trixie alike.

    Raises PartMissing without lgpio or pins, PermanentFault where they cannot be opened.
    """
    _give_lgpio_a_folder()
    try:
        from gpiozero import PinUnknownPi
        from gpiozero.pins.lgpio import LGPIOFactory
    except ImportError as fault:
        raise PartMissing(
            "the lamp needs lgpio, which is not installed: apt install python3-lgpio"
        ) from fault
    try:
        return LGPIOFactory()
    except PinUnknownPi as fault:
        raise PartMissing("this computer has no GPIO pins: it is not a Raspberry Pi") from fault
    except gpio_faults() as fault:
        raise PermanentFault(
            f"the GPIO pins cannot be opened ({fault}); the user must be in the group gpio"
        ) from fault


def _give_lgpio_a_folder() -> None:
    """lgpio leaves a pipe, .lgd-nfy0, in the working directory unless LG_WD names another folder."""
    if "LG_WD" not in os.environ:
        folder = tempfile.TemporaryDirectory(prefix="squat-mirror-lgpio-")
        atexit.register(folder.cleanup)
        os.environ["LG_WD"] = folder.name


def gpio_faults() -> tuple[type[Exception], ...]:
    """What gpiozero and the library under it raise when pins cannot be had or switched.

    lgpio's own error is known once gpiozero has loaded lgpio; without it there is nothing to raise it.
    """
    from gpiozero import GPIOZeroError

    lgpio_error = getattr(sys.modules.get("lgpio"), "error", OSError)
    return (GPIOZeroError, OSError, RuntimeError, lgpio_error)
