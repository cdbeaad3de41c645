"""The display: opens a window or the whole panel, turns the picture, and lets the stage draw on it.

Knows SDL's drivers and quarter turns; nothing of scenes.
"""

from __future__ import annotations

import os
from typing import Any

import numpy as np

from mirror.faults import PermanentFault

DESKTOP_SHARE = 0.85
"""A window on a desktop takes this share of its height, in the shape of a portrait mirror."""
PORTRAIT = 9 / 16
NO_SCREEN_DRIVERS = ("offscreen", "dummy")


def can_open() -> tuple[bool, str]:
    """Whether there is a screen to draw on, and which driver or why not. Opens nothing that is seen."""
    _quiet()
    import pygame

    try:
        pygame.display.init()
    except pygame.error as error:
        return False, str(error)
    driver = pygame.display.get_driver()
    if driver in NO_SCREEN_DRIVERS:
        return False, f"SDL's {driver} driver shows nothing"
    return True, driver


def _quiet() -> None:
    os.environ.setdefault("PYGAME_HIDE_SUPPORT_PROMPT", "1")


class Window:
    """A display with a canvas that is never turned: `present()` turns it when the panel hangs askew.

    canvas: the surface to draw on. size: (width, height) of it. said: what was opened, in words.
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

        Raises PermanentFault with SDL's reason when no display can be opened.
        """
        _quiet()
        import pygame

        self._pygame = pygame
        self.rotation = rotation % 360
        try:
            pygame.display.init()
            driver = pygame.display.get_driver()
            whole = fullscreen or driver == "kmsdrm"
            shown = _turned(size, self.rotation) if size else _usual_size(pygame, whole)
            flags = pygame.FULLSCREEN if whole else 0
            self._display = pygame.display.set_mode(shown, flags)
        except pygame.error as error:
            raise PermanentFault(f"no window can be opened: {error}") from error
        pygame.display.set_caption(title)
        pygame.mouse.set_visible(not whole)
        shown = self._display.get_size()
        self.size = _turned(shown, self.rotation)
        self.canvas = self._display if self.rotation == 0 else pygame.Surface(self.size, 0, self._display)
        turned = f", turned {self.rotation} degrees" if self.rotation else ""
        how = "the whole display" if whole else "a window"
        self.said = f"{how}, {shown[0]}x{shown[1]}{turned}, on SDL's {driver}"

    def poll(self) -> bool:
        """Whether to go on: False once the window was closed, or Esc or q pressed."""
        pygame = self._pygame
        for event in pygame.event.get():
            if event.type == pygame.QUIT:
                return False
            if event.type == pygame.KEYDOWN and event.key in (pygame.K_ESCAPE, pygame.K_q):
                return False
        return True

    def present(self) -> None:
        """Show the canvas."""
        if self.canvas is not self._display:
            self._turn()
        self._pygame.display.flip()

    def _turn(self) -> None:
        """Copy the canvas to the display, turned; straight from memory to memory."""
        surfarray = self._pygame.surfarray
        # pixels2d is indexed (x, y): turning it anticlockwise turns the picture clockwise
        turned = np.rot90(surfarray.pixels2d(self.canvas), -self.rotation // 90, axes=(1, 0))
        surfarray.pixels2d(self._display)[...] = turned

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
