"""A display that is switched on later is found; where there can be none nobody looks."""

from __future__ import annotations

import time

import pytest

from mirror.station.late_screen import LOOK_EVERY_S, LateScreen


class Console:
    """A console whose display is switched on after so many looks."""

    def __init__(self, on_after: int) -> None:
        self.looks, self._on_after = 0, on_after

    def can_open(self) -> tuple[bool, str]:
        self.looks += 1
        return self.looks > self._on_after, "kmsdrm"


@pytest.fixture
def clock(monkeypatch) -> list[float]:
    now = [1000.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    monkeypatch.setenv("SDL_VIDEODRIVER", "kmsdrm")
    return now


def looked(clock: list[float], watch: LateScreen, seconds: float) -> float | None:
    """When the screen came, in seconds from now, asked five times a second."""
    began = clock[0]
    while clock[0] < began + seconds:
        clock[0] += 0.2
        if watch.came():
            return clock[0] - began
    return None


def test_a_display_switched_on_later_is_found_by_looking_now_and_then(clock):
    console = Console(on_after=3)
    came = looked(clock, LateScreen("auto", console.can_open), 60)
    assert came == pytest.approx(4 * LOOK_EVERY_S, abs=1.0)
    assert console.looks == 4


@pytest.mark.parametrize(("wanted", "driver"), [("none", "kmsdrm"), ("auto", "x11"), ("auto", "offscreen")])
def test_nobody_looks_where_none_is_wanted_or_a_desktop_is(clock, monkeypatch, wanted, driver):
    monkeypatch.setenv("SDL_VIDEODRIVER", driver)
    console = Console(on_after=0)
    assert looked(clock, LateScreen(wanted, console.can_open), 60) is None
    assert console.looks == 0
