"""`squat-mirror run` and `demo`: opens what the station needs and shows it until stopped or the clip ends.

Knows settings, sources and whether there is a screen; what the station is made of is station.py's.
"""

from __future__ import annotations

import functools
import logging
import sys
import threading
from pathlib import Path

from mirror.camera.frame import Source
from mirror.camera.missing_camera import open_or_wait
from mirror.camera.pick import open_camera
from mirror.coach.words import words
from mirror.faults import BadInput
from mirror.files.writing import check_writable
from mirror.service.folders import runtime_folder
from mirror.service.starts import Starts
from mirror.service.stopping import signals_heard
from mirror.settings import Settings, files_named
from mirror.station.late_screen import LateScreen
from mirror.station.resting import rest_before
from mirror.station.station import Station
from mirror.station.upkeep import upkeep_for

log = logging.getLogger(__name__)

DEMO_CLIP = Path(__file__).parents[1] / "demo" / "demo.mp4"
DEMO_PICTURE = Path("squat-mirror-summary.png")
PNG = b"\x89PNG\r\n\x1a\n"
DEMO_LEAD_IN_S = 2.0
"""The demo clip's first picture stands so long: time to read that the first squat is the reference."""
DEMO_HOLD_S = 7.0
"""The demo clip's last picture stands so long in a window: the person stands still and the summary comes."""


def run_station(settings: Settings, *, screen: str, events: Path | None, overwrite: bool = False) -> int:
    """`squat-mirror run`: until somebody stops it or the clip ends. Exit code.

    overwrite: whether a file that is there may become the event log; a clip that is played never may.
    """
    if events is not None:
        check_writable([events], [Path(settings.camera.source), *files_named(settings)], overwrite)
    _log_to_stderr(settings)
    starts = Starts(runtime_folder())
    with signals_heard() as stop:
        rest_before(starts, settings, screen, stop)
        if not stop.is_set():
            with starts.running():
                _run(_legible(settings, screen), screen, events, stop, starts)
    return 0


def _run(settings: Settings, screen: str, events: Path | None, stop: threading.Event, starts: Starts) -> None:
    """One whole life of the station. Raises what ended it, if it was a fault."""
    with starts.opening():
        source, said = open_or_wait(settings.camera, open_camera)
    reopen = functools.partial(_reopened, settings)
    station = Station(settings, source, said, events, stop, reopen, upkeep_for(settings, starts))
    windowed = _wants_window(screen)
    with station.running():
        if not windowed:
            station.show_terminal(source.name, LateScreen(screen, _can_open))
        if not station.over:
            station.show_window()
    station.check()
    log.info("%s", station.status())


def _can_open() -> tuple[bool, str]:
    from mirror.screen.window import can_open

    return can_open()


def _reopened(settings: Settings) -> Source:
    return open_camera(settings.camera)[0]


def run_demo(
    settings: Settings, *, screen: str, picture: Path | None, events: Path | None, overwrite: bool = False
) -> int:
    """`squat-mirror demo`: the bundled clip through the real model, in a window or in the terminal.

    picture: where the summary goes without a window; None is our own name for it, whose last one is
    replaced. overwrite: as for `run_station`.
    """
    from mirror.camera.video import VideoFile

    named = [path for path in (events, picture) if path is not None]
    picture = picture or DEMO_PICTURE
    named += [] if picture in named or is_picture(picture) else [picture]
    check_writable(named, [DEMO_CLIP, *files_named(settings)], overwrite)
    _log_to_stderr(settings)
    settings = _legible(settings, screen)
    windowed = _wants_window(screen)
    hold_s = DEMO_HOLD_S if windowed else 0.0
    with signals_heard() as stop:
        source = VideoFile(DEMO_CLIP, pace=True, lead_in_s=DEMO_LEAD_IN_S, hold_s=hold_s)
        station = Station(settings, source, f"the bundled clip, {source.name}", events, stop)
        with station.running():
            if windowed:
                station.show_window()
            else:
                station.show_terminal("Rendered demo: the first squat is the reference")
    station.check()
    print(station.status())
    if not windowed and not station.stop.is_set() and station.eyes.feedback.summary is not None:
        from mirror.screen.picture import save_summary

        say = words(settings.coach.language)
        save_summary(picture, station.eyes.feedback, say, station.limits_deg, share=station.share)
        print(f"Summary picture: {picture}")
    return 0


def is_picture(path: Path) -> bool:
    """Whether a PNG stands there by itself, as the last demo left it: no link somebody laid elsewhere."""
    try:
        return not path.is_symlink() and path.read_bytes()[: len(PNG)] == PNG
    except OSError:
        return False


def _legible(settings: Settings, screen: str) -> Settings:
    """The settings with a language whose letters a screen here can show."""
    if screen == "none":
        return settings
    from mirror.screen.fonts import spoken

    language, why = spoken(settings.coach.language)
    if why:
        log.warning("%s", why)
    coach = settings.coach.model_copy(update={"language": language})
    return settings.model_copy(update={"coach": coach})


def _wants_window(screen: str) -> bool:
    """Whether to open a window. Raises PermanentFault when one is asked for and there is no screen."""
    from mirror.screen.window import can_open

    if screen == "none":
        return False
    if screen not in ("auto", "window"):
        raise BadInput(f"--screen {screen}: must be auto, window or none")
    if screen == "window":
        return True  # asked for: what stands in the way is said when it opens
    possible, reason = can_open()
    if not possible:
        log.info("screen: none (%s); the terminal shows what the mirror sees", reason)
    return possible


def _log_to_stderr(settings: Settings) -> None:
    level = getattr(settings.service, "log_level", "info").upper()
    logging.basicConfig(level=level, stream=sys.stderr, format="%(message)s")
