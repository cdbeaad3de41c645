"""The display: opens a window or the whole panel, turns the picture, and lets the stage draw on it.

Knows SDL's drivers and quarter turns; nothing of scenes.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from mirror.coach.feedback import Gesture
from mirror.faults import PartMissing, PermanentFault

DESKTOP_SHARE = 0.85
"""A window on a desktop takes this share of its height, in the shape of a portrait mirror."""
PORTRAIT = 9 / 16
KEYS = {
    ("space", "return", "enter"): Gesture.START,
    ("right", "page down"): Gesture.NEXT,
    ("left", "page up"): Gesture.BACK,
    ("p",): Gesture.PAUSE,
}
"""What keys ask for, by SDL's names for them; a remote for slides has the pages."""
NO_SCREEN_DRIVERS = ("offscreen", "dummy")
ACCELERATION = {"x11": "0", "offscreen": "0", "dummy": "0", "kmsdrm": "opengles2"}
"""How each of SDL's drivers brings the canvas to the display, for SDL_FRAMEBUFFER_ACCELERATION.

"0" is plain memory: SDL would go through OpenGL, which costs 18-27 ms a picture of 1080x1920 where it is done
in software, against 0.7 ms straight to the X server. KMS can't show plain memory, and SDL's first choice,
the old OpenGL, shows nothing but black on a system without a desktop, which has OpenGL ES alone (seen on the
virtual Pi). Drivers that are not here choose for themselves.
"""
DISPLAY_CARDS = Path("/dev/dri")
NOTHING_NAMED = "there is neither a desktop (DISPLAY, WAYLAND_DISPLAY) nor a display card (/dev/dri)"


class NoScreen(PermanentFault):
    """There is no display to open a window on. The message says why and what would help."""


def can_open() -> tuple[bool, str]:
    """Whether there is a screen to draw on, and which driver or why not. Opens nothing, leaves nothing open.

    SDL_VIDEODRIVER is honoured; drivers that show nothing count as no screen.
    """
    if not _named():
        return False, NOTHING_NAMED
    pygame = _pygame()
    was_open = pygame.display.get_init()
    try:
        pygame.display.init()
        driver = str(pygame.display.get_driver()).lower()  # SDL writes KMSDRM
    except pygame.error as error:
        return False, str(error)
    if not was_open:
        pygame.display.quit()
    if driver in NO_SCREEN_DRIVERS:
        return False, f"SDL's {driver} driver shows nothing"
    return True, driver


def _named() -> bool:
    """Whether anything says that there is a screen: SDL need not be asked where nothing does."""
    named = any(os.environ.get(name) for name in ("SDL_VIDEODRIVER", "DISPLAY", "WAYLAND_DISPLAY"))
    return named or any(DISPLAY_CARDS.glob("card*"))


def _pygame() -> Any:
    """The pygame module, without its greeting. Raises PartMissing when it is not installed."""
    os.environ.setdefault("PYGAME_HIDE_SUPPORT_PROMPT", "1")
    try:
        import pygame
    except ImportError as error:
        raise PartMissing(f"the screen needs pygame ({error}): pip install pygame") from error
    return pygame


def _open_display(pygame: Any) -> str:
    """Start SDL's display; the name of its driver.

    Without a screen SDL falls back to drivers that show nothing: taken only when somebody asked for one.
    """
    if not _named():
        raise NoScreen(f"no window can be opened: {NOTHING_NAMED}; --screen none needs none")
    try:
        pygame.display.init()
    except pygame.error as error:
        raise NoScreen(f"no window can be opened: {error}") from error
    driver = str(pygame.display.get_driver()).lower()  # SDL writes KMSDRM
    if driver in NO_SCREEN_DRIVERS and os.environ.get("SDL_VIDEODRIVER") != driver:
        pygame.display.quit()
        raise NoScreen("no window can be opened: no display answers; --screen none needs none")
    if driver in ACCELERATION:
        os.environ.setdefault("SDL_FRAMEBUFFER_ACCELERATION", ACCELERATION[driver])
    return driver


class DisplayWindow:
    """A display with a canvas that is never turned: `present()` turns it when the panel hangs askew.

    canvas: the surface to draw on. size: (width, height) of it. said: what was opened, in words. seen: it is
    on a display, before which somebody may have keys.
    """

    def __init__(
        self,
        size: tuple[int, int] | None = None,
        *,
        fullscreen: bool = False,
        rotation: int = 0,
        title: str = "Squat Mirror",
    ) -> None:
        """size: of the canvas; None takes the display's. rotation: clockwise, a quarter turn's multiple.

        Raises NoScreen, a PermanentFault, with the reason when no display can be opened.
        """
        pygame = self._pygame = _pygame()
        self.rotation = rotation % 360
        driver = _open_display(pygame)
        self.seen = driver not in NO_SCREEN_DRIVERS
        whole = fullscreen or driver == "kmsdrm"
        refused = self._open(size, whole)
        pygame.display.set_caption(title)
        pygame.mouse.set_visible(not whole)
        shown = self._display.get_size()
        self.size = _turned(shown, self.rotation)
        self.canvas = self._display if self.rotation == 0 else pygame.Surface(self.size, 0, self._display)
        turned = f", turned {self.rotation} degrees" if self.rotation else ""
        how = "the whole display" if whole else "a window"
        self.said = f"{how}, {shown[0]}x{shown[1]}{turned}, on SDL's {driver}{refused}"

    def _open(self, size: tuple[int, int] | None, whole: bool) -> str:
        """Set the display's mode; when the size asked for is refused, the display's own. What was refused."""
        pygame = self._pygame
        flags = pygame.FULLSCREEN if whole else 0
        refused = ""
        if size is not None:
            try:
                self._display = pygame.display.set_mode(_turned(size, self.rotation), flags)
                return ""
            except pygame.error as error:
                refused = f"; {size[0]}x{size[1]} ([screen] width, height) was refused: {error}"
        try:
            self._display = pygame.display.set_mode(_usual_size(pygame, whole), flags)
        except pygame.error as error:
            pygame.display.quit()
            raise NoScreen(f"no window can be opened: {error}") from error
        return refused

    def poll(self, pressed: Callable[[Gesture], None] = lambda _: None) -> bool:
        """Whether to go on: False once the window was closed, or Esc or q pressed.

        pressed: told what other keys ask for, as arms would.
        """
        pygame = self._pygame
        for event in pygame.event.get():
            if event.type == pygame.QUIT:
                return False
            if event.type != pygame.KEYDOWN:
                continue
            if event.key in (pygame.K_ESCAPE, pygame.K_q):
                return False
            for names, asked in KEYS.items():
                if pygame.key.name(event.key) in names:
                    pressed(asked)
        return True

    def present(self, parts: list[Any] | None = None) -> None:
        """Show the canvas, or only these rectangles of it; an empty list shows nothing new."""
        if parts is None:
            parts = [self.canvas.get_rect()]
        if not parts:
            return
        if self.canvas is not self._display:
            parts = [self._turn(part) for part in parts]
        self._pygame.display.update(parts)

    def darken(self) -> None:
        """Nothing but black glass."""
        self.canvas.fill((0, 0, 0))
        self.present()

    def _turn(self, part: Any) -> Any:
        """Copy a rectangle of the canvas to the display, turned, memory to memory; where it went."""
        surfarray, steps = self._pygame.surfarray, self.rotation // 90
        width, height = self.size
        x, y, wide, high = part
        there = [
            (x, y, wide, high),
            (height - y - high, x, high, wide),
            (width - x - wide, height - y - high, wide, high),
            (y, width - x - wide, high, wide),
        ][steps]
        # pixels2d is indexed (x, y): turning it anticlockwise turns the picture clockwise
        turned = np.rot90(surfarray.pixels2d(self.canvas)[x : x + wide, y : y + high], -steps, axes=(1, 0))
        left, top, across, down = there
        surfarray.pixels2d(self._display)[left : left + across, top : top + down] = turned
        return self._pygame.Rect(there)

    def close(self) -> None:
        """Give the display back; may be called twice."""
        self._pygame.display.quit()


def _turned(size: tuple[int, int], rotation: int) -> tuple[int, int]:
    return (size[1], size[0]) if rotation % 180 else size


def _usual_size(pygame: Any, whole: bool) -> tuple[int, int]:
    """The display's own size, or a portrait window that fits it."""
    if whole:
        return 0, 0
    desktop = pygame.display.get_desktop_sizes()[0] if hasattr(pygame.display, "get_desktop_sizes") else None
    height = round(DESKTOP_SHARE * desktop[1]) if desktop else 800
    return round(height * PORTRAIT), height
