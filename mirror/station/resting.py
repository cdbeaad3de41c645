"""A mirror that has ended by itself again and again rests before its next start, with the fault scene up.

So somebody can read it, the processor stays cool, and systemd hears that this is meant. The lamp is dark:
nothing of the station is open yet, and nothing here knows it.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from mirror.coach.feedback import State, nothing
from mirror.coach.lines import fault_line
from mirror.faults import PermanentFault
from mirror.service.starts import Rest, Starts
from mirror.service.watchdog import Heartbeat
from mirror.settings import Settings

if TYPE_CHECKING:
    from mirror.screen.window import DisplayWindow

log = logging.getLogger(__name__)

LOOK_EVERY_S = 0.2


def rest_before(starts: Starts, settings: Settings, screen: str, stop: threading.Event) -> None:
    """Wait as long as the starts before this one ask for, or until somebody wants the end: `stop` is set.

    screen: the value of --screen. The scene's window is closed again.
    """
    rest = starts.rest()
    if not rest.seconds:
        return
    why = f"it ended {rest.ends} times in ten minutes without being asked"
    log.warning("%s; it rests for %.0f s, then it starts once more", why, rest.seconds)
    until = time.monotonic() + rest.seconds
    heartbeat = Heartbeat()
    with _scene(settings, starts, rest, screen) as looked_after:
        while time.monotonic() < until and not stop.wait(LOOK_EVERY_S):
            heartbeat.at_rest(time.monotonic(), f"resting: {why}")
            if not looked_after():
                stop.set()


@contextmanager
def _scene(settings: Settings, starts: Starts, rest: Rest, screen: str) -> Iterator[Callable[[], bool]]:
    """The fault scene, and what to call again and again: False once somebody closed it.

    What fails again and again may be the screen itself: then there is none, and the rest is all the same.
    """
    window = None
    try:
        if screen != "none" and not rest.blind:
            starts.draws_rest()
            window = _drawn(settings, screen)
    except Exception as fault:
        log.warning("the fault scene cannot be shown: %s", fault)
    try:
        yield window.poll if window else lambda: True
    finally:
        if window:
            window.close()


def _drawn(settings: Settings, screen: str) -> DisplayWindow | None:
    """A window with the fault scene in it; None where there is no display."""
    from mirror.screen.fonts import spoken
    from mirror.screen.pick import open_stage
    from mirror.screen.window import DisplayWindow, can_open

    if screen != "window" and not can_open()[0]:
        return None
    language, _ = spoken(settings.coach.language)
    chosen = settings.screen
    size = (chosen.width, chosen.height) if chosen.width and chosen.height else None
    window = DisplayWindow(size, fullscreen=chosen.fullscreen, rotation=chosen.rotation)
    limits = settings.knees.limits(settings.coach.reference != "off")
    stage, _ = open_stage(window.canvas, chosen, language, (limits.caution_deg, limits.off_track_deg))
    fault = replace(nothing(0.0, State.FAULT), note=fault_line(PermanentFault()))
    stage.draw(fault, None)
    window.present()
    return window
