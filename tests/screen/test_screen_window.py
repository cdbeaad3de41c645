"""The window: it says when there is no screen, and turns the picture for panels that hang askew."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from patience import PATIENCE_S

from mirror.coach.feedback import Gesture
from mirror.faults import PermanentFault
from mirror.screen import window as window_room
from mirror.screen.window import DisplayWindow, NoScreen, can_open

pygame = pytest.importorskip("pygame")

RED, GREEN, BLUE, WHITE = (255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255)
CORNERS = ("top left", "top right", "bottom right", "bottom left")
SCREENLESS = {
    name: value
    for name, value in os.environ.items()
    if name not in ("DISPLAY", "WAYLAND_DISPLAY", "SDL_VIDEODRIVER")
}


@pytest.fixture
def unseen(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    pygame.display.quit()
    monkeypatch.setenv("SDL_VIDEODRIVER", "dummy")  # every build of SDL has it
    yield
    pygame.display.quit()


def corners(surface: pygame.Surface) -> dict[str, tuple[int, ...]]:
    width, height = surface.get_size()
    places = ((3, 3), (width - 4, 3), (width - 4, height - 4), (3, height - 4))
    return {name: tuple(surface.get_at(at)[:3]) for name, at in zip(CORNERS, places, strict=True)}


@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
def test_each_corner_of_the_canvas_lands_where_a_clockwise_turn_takes_it(unseen: None, rotation: int) -> None:
    window = DisplayWindow((60, 100), rotation=rotation)
    assert window.canvas.get_size() == window.size == (60, 100)
    for colour, (x, y) in zip((RED, GREEN, BLUE, WHITE), ((0, 0), (30, 0), (30, 50), (0, 50)), strict=True):
        window.canvas.fill(colour, (x, y, 30, 50))
    window.present()
    shown = pygame.display.get_surface()
    assert shown.get_size() == ((60, 100) if rotation in (0, 180) else (100, 60))
    clockwise = [RED, GREEN, BLUE, WHITE]
    steps = rotation // 90
    expected = {CORNERS[(i + steps) % 4]: colour for i, colour in enumerate(clockwise)}
    assert corners(shown) == expected


def test_an_unturned_canvas_is_the_display_itself(unseen: None) -> None:
    window = DisplayWindow((60, 100))
    assert window.canvas is pygame.display.get_surface()


def test_the_window_says_what_it_opened_and_on_which_driver(unseen: None) -> None:
    assert (
        DisplayWindow((320, 240), rotation=90).said == "a window, 240x320, turned 90 degrees, on SDL's dummy"
    )


@pytest.mark.parametrize("key", ["K_ESCAPE", "K_q"])
def test_escape_and_q_end_it(unseen: None, key: str) -> None:
    window = DisplayWindow((60, 100))
    assert window.poll()
    pygame.event.post(pygame.event.Event(pygame.KEYDOWN, key=getattr(pygame, key)))
    assert not window.poll()


def test_any_other_key_does_not_end_it(unseen: None) -> None:
    window = DisplayWindow((60, 100))
    pygame.event.post(pygame.event.Event(pygame.KEYDOWN, key=pygame.K_SPACE))
    assert window.poll()


@pytest.mark.parametrize(
    ("key", "asked"),
    [
        ("K_SPACE", Gesture.START),
        ("K_RETURN", Gesture.START),
        ("K_RIGHT", Gesture.NEXT),
        ("K_PAGEUP", Gesture.BACK),
        ("K_p", Gesture.PAUSE),
    ],
)
def test_keys_ask_for_what_arms_ask_for(unseen: None, key: str, asked: Gesture) -> None:
    window = DisplayWindow((60, 100))
    pygame.event.post(pygame.event.Event(pygame.KEYDOWN, key=getattr(pygame, key)))
    pressed: list[Gesture] = []
    assert window.poll(pressed.append)
    assert pressed == [asked]


def test_closing_the_window_ends_it(unseen: None) -> None:
    window = DisplayWindow((60, 100))
    pygame.event.post(pygame.event.Event(pygame.QUIT))
    assert not window.poll()


def test_the_cursor_is_hidden_on_a_whole_glass_and_there_in_a_window(unseen: None) -> None:
    DisplayWindow((60, 100), fullscreen=True)
    assert not pygame.mouse.get_visible()
    DisplayWindow((60, 100))
    assert pygame.mouse.get_visible()


def test_on_kms_it_has_the_whole_display_without_a_cursor_through_opengl_es(
    unseen: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """KMS itself is tried on the virtual Pi; here another driver goes by its name, as SDL writes it."""
    monkeypatch.setenv("SDL_FRAMEBUFFER_ACCELERATION", "")
    monkeypatch.delenv("SDL_FRAMEBUFFER_ACCELERATION")
    monkeypatch.setattr(pygame.display, "get_driver", lambda: "KMSDRM")
    window = DisplayWindow((60, 100))
    assert os.environ["SDL_FRAMEBUFFER_ACCELERATION"] == "opengles2"
    assert "the whole display" in window.said
    assert not pygame.mouse.get_visible()


def test_how_the_canvas_reaches_the_display_may_be_chosen_from_outside(
    unseen: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SDL_FRAMEBUFFER_ACCELERATION", "opengl")
    DisplayWindow((60, 100))
    assert os.environ["SDL_FRAMEBUFFER_ACCELERATION"] == "opengl"


def test_it_can_be_closed_twice(unseen: None) -> None:
    window = DisplayWindow((60, 100))
    window.close()
    window.close()


@pytest.mark.parametrize("driver", ["offscreen", "dummy"])
def test_a_driver_that_shows_nothing_is_no_screen(monkeypatch: pytest.MonkeyPatch, driver: str) -> None:
    pygame.display.quit()
    monkeypatch.setenv("SDL_VIDEODRIVER", driver)
    possible, reason = can_open()
    assert not possible
    assert driver in reason


def test_asking_whether_there_is_a_screen_leaves_none_open(monkeypatch: pytest.MonkeyPatch) -> None:
    pygame.display.quit()
    monkeypatch.setenv("SDL_VIDEODRIVER", "dummy")
    can_open()
    assert not pygame.display.get_init()


def test_a_driver_that_does_not_exist_is_told_and_not_crashed_on(monkeypatch: pytest.MonkeyPatch) -> None:
    pygame.display.quit()
    monkeypatch.setenv("SDL_VIDEODRIVER", "nonsense")
    possible, reason = can_open()
    assert not possible
    assert reason
    with pytest.raises(PermanentFault, match="no window can be opened"):
        DisplayWindow((60, 100))


def test_without_desktop_or_card_there_is_no_screen(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("SDL_VIDEODRIVER", "DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(window_room, "DISPLAY_CARDS", tmp_path)
    possible, reason = can_open()
    assert not possible
    assert "DISPLAY" in reason
    with pytest.raises(NoScreen, match="--screen none"):
        DisplayWindow((60, 100))


OPENS_A_WINDOW = """
from mirror.screen.window import NoScreen, DisplayWindow
try:
    DisplayWindow((60, 100))
except NoScreen as fault:
    print(fault)
else:
    print("opened")
"""


def test_no_invisible_window_is_opened_behind_a_display_that_is_gone() -> None:
    # a process of its own: SDL remembers which drivers it has tried
    environment = {**SCREENLESS, "DISPLAY": ":7391"}
    told = subprocess.run(
        [sys.executable, "-c", OPENS_A_WINDOW],
        env=environment,
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=True,
    )
    assert "no window can be opened" in told.stdout


def test_no_screen_is_a_fault_for_the_person_at_the_keyboard() -> None:
    assert issubclass(NoScreen, PermanentFault)
