"""How long drawing takes here, on SDL's offscreen driver: live frames against a plain copy of a whole screen.

For whoever measures; a running mirror never needs this.
"""

from __future__ import annotations

import math
import os
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import numpy as np

from mirror.coach.feedback import Feedback, KneeMark
from mirror.coach.words import words
from mirror.knees.reading import Ray
from mirror.screen import samples
from mirror.screen.overlay import mounting
from mirror.screen.stage import Stage
from mirror.screen.window import DisplayWindow, NoScreen

DRIVERS = ("offscreen", "dummy")
"""The one that is meant for this, and the one that every build of SDL has."""
CAMERA_SIZE = (640, 480)
"""Height and width of the frames of a camera mounted upright."""
WARM = 5
"""Frames before the measured ones: sprites and letters are made once."""


def time_drawing(
    size: tuple[int, int] = (1080, 1920), picture: bool = False, frames: int = 120
) -> dict[str, float]:
    """Medians in milliseconds of live frames with moving knees and a cue. size: (width, height) px.

    picture: over the mirrored camera picture; else on black glass. "frame": all of it; "draw": putting
    together and painting; "present": handing it to the display; "blit": one plain copy of a whole screen on
    the same display; "ratio": frame over blit; "cpu": the processor's time for a frame, which a busy machine
    stretches less; "painted": share of the canvas that was painted.
    """
    with _offscreen():
        window = DisplayWindow(size)
        where = None if picture else mounting(size, None, None, None)
        stage = Stage(window.canvas, words("en"), reflection=where)
        bgr = np.random.default_rng(0).integers(0, 255, (*CAMERA_SIZE, 3), np.uint8) if picture else None
        drawn, presented, worked, painted = [], [], [], []
        for i in range(frames + WARM):
            moment = _moved(samples.squatting(), i)
            began, began_work = time.perf_counter(), time.process_time()
            parts = stage.draw(moment, bgr, CAMERA_SIZE, moment.t + 0.05)
            done = time.perf_counter()
            window.present(parts)
            if i >= WARM:
                drawn.append(done - began)
                presented.append(time.perf_counter() - done)
                worked.append(time.process_time() - began_work)
                painted.append(sum(part.width * part.height for part in parts) / (size[0] * size[1]))
        blit = _blit_s(window, frames)
        window.close()
    frame = statistics.median(a + b for a, b in zip(drawn, presented, strict=True))
    return {
        "frame": 1000 * frame,
        "draw": 1000 * statistics.median(drawn),
        "present": 1000 * statistics.median(presented),
        "blit": 1000 * blit,
        "ratio": frame / blit,
        "cpu": 1000 * statistics.median(worked),
        "painted": statistics.median(painted),
    }


def _blit_s(window: DisplayWindow, times: int) -> float:
    """Seconds for a plain copy of a whole canvas onto the display's, the median."""
    import pygame

    other = pygame.Surface(window.size, 0, window.canvas)

    def copy() -> None:
        window.canvas.blit(other, (0, 0))

    return statistics.median(_took(copy) for _ in range(times))


def _took(work: Callable[[], None]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def _moved(feedback: Feedback, i: int) -> Feedback:
    """The same moment with the knees where they are in the i-th frame of a squat, 30 frames a second."""
    down = 0.03 * math.sin(i / 10)

    def moved(mark: KneeMark) -> KneeMark:
        knee, ray = mark.knee, mark.knee_ray
        if knee is None or ray is None:
            return mark
        return replace(mark, knee=(knee[0], knee[1] + down), knee_ray=Ray(ray.x, ray.y - down, ray.depth_m))

    return replace(feedback, t=i / 30, left=moved(feedback.left), right=moved(feedback.right))


def _driver(pygame: Any) -> str:
    """The first driver without a display that this SDL was built with; leaves none open."""
    for name in DRIVERS:
        os.environ["SDL_VIDEODRIVER"] = name
        try:
            pygame.display.init()
        except pygame.error:
            continue
        pygame.display.quit()
        return name
    raise NoScreen(f"SDL has none of its drivers without a display: {', '.join(DRIVERS)}")


@contextmanager
def _offscreen() -> Iterator[None]:
    """A driver of SDL that shows nothing; afterwards whatever it was."""
    import pygame

    before = os.environ.get("SDL_VIDEODRIVER")
    pygame.display.quit()
    try:
        os.environ["SDL_VIDEODRIVER"] = _driver(pygame)
        yield
    finally:
        pygame.display.quit()
        if before is None:
            del os.environ["SDL_VIDEODRIVER"]
        else:
            os.environ["SDL_VIDEODRIVER"] = before
