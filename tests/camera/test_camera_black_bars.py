"""Black bars round a picture: found where they are, not where a room is dark; files are read without them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from camera.odd_videos import write

from mirror.camera.black_bars import BlackBars, Part
from mirror.camera.video import VideoFile

SIZE = (180, 320)
RNG = np.random.default_rng(5)


def scene(size: tuple[int, int], brightest: int = 220) -> np.ndarray:
    """A picture with something in every corner."""
    return RNG.integers(0, brightest, (*size, 3), np.uint8)


def boxed(part: Part, picture: np.ndarray, noise: int = 20) -> np.ndarray:
    """The picture in a larger black one, which compression left traces in."""
    whole = RNG.integers(0, noise, (*SIZE, 3), np.uint8)
    whole[part.y : part.y + part.height, part.x : part.x + part.width] = picture
    return whole


def found(*pictures: np.ndarray) -> Part | None:
    bars = BlackBars()
    for picture in pictures:
        bars.look(picture)
    return bars.picture()


@pytest.mark.parametrize(
    "part",
    [
        Part(110, 0, 100, 180),  # a portrait clip in a wide screen
        Part(0, 24, 320, 132),  # a film
        Part(60, 20, 200, 140),  # both
        Part(109, 0, 101, 180),  # an odd pixel
    ],
)
def test_the_picture_between_bars_is_found_to_the_pixel(part: Part) -> None:
    assert found(boxed(part, scene((part.height, part.width)))) == part
    bars = BlackBars()
    bars.look(boxed(part, scene((part.height, part.width))))
    left, top, right, bottom = bars.pixels_wide(part)
    assert (left + part.width + right, top + part.height + bottom) == (320, 180)


def test_a_clip_that_fades_in_from_black_has_no_more_bars_than_it_has_later() -> None:
    part = Part(110, 0, 100, 180)
    black = boxed(part, np.zeros((180, 100, 3), np.uint8))
    narrow = boxed(Part(140, 0, 40, 180), scene((180, 40)))  # a fade that opens from the middle
    assert found(black, narrow, boxed(part, scene((180, 100)))) == part
    assert found(black) is None, "black altogether"


def test_what_is_shown_in_the_bars_at_some_time_is_a_picture() -> None:
    part = Part(110, 0, 100, 180)
    title = boxed(part, scene((180, 100)))
    title[80:100, 2:318] = 255
    assert found(boxed(part, scene((180, 100))), title) is None


@pytest.mark.parametrize(
    "dark",
    [
        np.clip(np.abs(np.arange(320) - 160) * -1.0 + 150, 0, 255),  # light that falls off to both sides
        np.where(np.arange(320) < 100, 10, 180),  # a dark wall on one side
        np.where((np.arange(320) < 60) | (np.arange(320) > 240), 10, 180),  # dark on both, not alike
        np.where(np.abs(np.arange(320) - 160) < 157, 180, 0),  # a codec's rim
        np.where(np.abs(np.arange(320) - 160) < 20, 180, 0),  # a door that stands open in a dark room
        np.full(320, 30),
    ],
)
def test_a_dark_room_has_no_bars(dark: np.ndarray) -> None:
    assert found(np.broadcast_to(dark.astype(np.uint8)[None, :, None], (*SIZE, 3)).copy()) is None


def test_a_file_is_read_without_its_bars(tmp_path: Path) -> None:
    part = Part(112, 0, 96, 180)
    pictures = [boxed(part, np.full((180, 96, 3), 90 + 20 * k, np.uint8), noise=2) for k in range(4)]
    path = write(tmp_path / "boxed.mp4", pictures)
    whole, inside = VideoFile(path, pace=False), VideoFile(path, pace=False, part=part)
    assert (whole.size, inside.size) == ((180, 320), (180, 96))
    for k, (one, other) in enumerate(zip(whole.frames(), inside.frames(), strict=True)):
        assert other.size == other.pixels.shape[:2] == (180, 96)
        assert np.array_equal(other.pixels, one.pixels[:, 112:208])
        assert other.pixels.mean() == pytest.approx(90 + 20 * k, abs=6)
        assert other.t == one.t
