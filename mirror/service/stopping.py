"""Being asked to stop: Ctrl-C, the service manager, and a terminal that goes away (a lost ssh).

Whoever runs hears an event and ends in order; any other command unwinds and leaves nothing half done.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


@contextmanager
def signals_heard() -> Iterator[threading.Event]:
    """An event that SIGINT, SIGTERM and SIGHUP set; the old handlers come back afterwards."""
    stop = threading.Event()

    def heard(number: int, _frame: FrameType | None) -> None:
        stop.set()

    old = {number: signal.signal(number, heard) for number in (signal.SIGINT, *_wanted())}
    try:
        yield stop
    finally:
        for number, handler in old.items():
            signal.signal(number, handler)


def unwind_when_ended() -> None:
    """From now on SIGTERM and SIGHUP raise SystemExit, so that unfinished files go; exit code 128 + N."""

    def ended(number: int, _frame: FrameType | None) -> None:
        for other in _wanted():
            signal.signal(other, signal.SIG_IGN)  # being asked twice must not cut the unwinding short
        raise SystemExit(128 + number)

    for number in _wanted():
        signal.signal(number, ended)


def _wanted() -> list[int]:
    """SIGTERM, and SIGHUP unless somebody has it ignored (nohup)."""
    hangs_up = signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN
    return [signal.SIGTERM, signal.SIGHUP] if hangs_up else [signal.SIGTERM]
