"""What a calibration shows while it runs: on the glass where there is one, else as lines in the terminal.

Knows the screen and the words; nothing of cameras, poses or what is measured.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from mirror.calibrate.lens_place import XY
from mirror.camera.colour import InColour
from mirror.camera.frame import Frame
from mirror.coach.words import Words, words
from mirror.faults import BadInput
from mirror.mounting.still import Asked
from mirror.screen.overlay import Mounting, mounting, panel_px_per_mm
from mirror.settings import Settings

if TYPE_CHECKING:
    from mirror.screen.window import DisplayWindow

USUAL_SIZE = (1080, 1920)
ITS_OWN = {"stand", "stand_on", "line_up", "done"}
"""Instructions of a calibration; all others are those of a visit ("show_feet")."""


class View:
    """Says in the terminal what is asked. Also the measures of the panel, real or as set.

    panel_mm: (width, height). lens_mm: where the lens is thought to be. dots_mm: to be shown, on the panel.
    live: whether somebody follows it, so that clips play in real time. said: what it is, in words.
    """

    live = False
    said = "what to do is said here"

    def __init__(self, settings: Settings, size: tuple[int, int]) -> None:
        screen = settings.screen
        self._say = words(settings.coach.language)
        self._px_per_mm = panel_px_per_mm(size, screen.panel_height_mm)
        place = mounting(size, screen.panel_height_mm, screen.camera_x_mm, screen.camera_y_mm)
        self.panel_mm = (size[0] / self._px_per_mm, size[1] / self._px_per_mm)
        self.lens_mm = (place.camera_x / self._px_per_mm, place.camera_y / self._px_per_mm)
        self.dots_mm: Sequence[XY] = ()
        self._printed = ""

    def show(self, asked: Asked, frame: Frame) -> bool:
        """This moment; whether to go on."""
        instructed = f"{step_words(asked, self._say)} {instruction(asked, self._say)}".strip()
        if sys.stderr.isatty():
            sys.stderr.write(f"\r\x1b[K{instructed}  {round(100 * asked.progress):3d} %")
        elif instructed != self._printed:
            sys.stderr.write(f"{instructed}\n")
        self._printed = instructed
        sys.stderr.flush()
        return True

    def close(self) -> None:
        if sys.stderr.isatty() and self._printed:
            sys.stderr.write("\n")


class GlassView(View):
    """Shows it on the glass: hands-free, for somebody who stands before it."""

    live = True

    def __init__(self, settings: Settings, window: DisplayWindow, dots_needed: bool) -> None:
        from mirror.screen.fonts import OWN, face_for, spoken
        from mirror.screen.glass import Glass
        from mirror.screen.letters import Letters
        from mirror.screen.scenes.lining_up import LiningUp
        from mirror.screen.theme import sizes

        super().__init__(settings, window.size)
        screen = settings.screen
        self.said = window.said
        self._window = window
        self._scene = LiningUp()
        self._in_colour = InColour()
        self._wants_picture = screen.view != "reflection" and not dots_needed
        language, _ = spoken(settings.coach.language)
        self._say = words(language)
        self._glass = Glass(
            window.canvas,
            sizes(window.size, screen.viewing_distance_m, screen.panel_height_mm),
            self._say,
            Letters(face_for(language) or OWN),
            None if self._wants_picture else Mounting(0.0, 0.0, 1000 * self._px_per_mm),
        )

    def show(self, asked: Asked, frame: Frame) -> bool:
        from mirror.screen.scenes.lining_up import Lining

        places = tuple((round(x * self._px_per_mm), round(y * self._px_per_mm)) for x, y in self.dots_mm)
        moment = Lining(instruction(asked, self._say), step_words(asked, self._say), asked.progress, places)
        picture: Any = self._in_colour(frame) if self._wants_picture else None
        self._glass.begin()
        self._scene.draw(self._glass, moment, picture)
        self._glass.finish()
        self._window.present()
        return self._window.poll()

    def close(self) -> None:
        self._window.close()


def instruction(asked: Asked, say: Words) -> str:
    """What to do now, a sentence."""
    if asked.name not in ITS_OWN:
        return say(f"instruction.{asked.name}")
    metres = "" if asked.mark_m is None else f"{asked.mark_m:.3g}"
    return say(f"calibrate.{asked.name}", metres=metres)


def step_words(asked: Asked, say: Words) -> str:
    return say("calibrate.step", n=asked.n, of=asked.of) if asked.of > 1 else ""


@contextmanager
def view_for(settings: Settings, screen: str, *, dots_needed: bool) -> Iterator[View]:
    """A view on what `--screen` asks for. Raises BadInput where dots are needed and there is no screen."""
    from mirror.screen.window import DisplayWindow, can_open

    if screen not in ("auto", "window", "none"):
        raise BadInput(f"--screen {screen}: must be auto, window or none")
    width, height = settings.screen.width, settings.screen.height
    wanted = (width, height) if width and height else None
    possible, reason = (False, "as asked") if screen == "none" else can_open()
    view: View
    if possible or screen == "window":
        window = DisplayWindow(
            wanted, fullscreen=settings.screen.fullscreen, rotation=settings.screen.rotation
        )
        view = GlassView(settings, window, dots_needed)
    elif dots_needed:
        raise BadInput(f"dots to line up with need a screen, and there is none ({reason}).")
    else:
        view = View(settings, wanted or USUAL_SIZE)
    try:
        yield view
    finally:
        view.close()
