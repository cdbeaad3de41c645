"""A camera mounted on its side sees the room upright."""

from __future__ import annotations

from collections.abc import Iterator

import cv2
import numpy as np
import pytest

from mirror.camera.frame import Frame, Layout, Source
from mirror.camera.rotated import turned


class Sideways(Source):
    """A camera that yields one picture whose top left corner is white."""

    name, hfov_deg, hfov_how = "a camera", 66.0, "camera model"
    closed = False

    def __init__(self, layout: Layout) -> None:
        bgr = np.zeros((480, 640, 3), np.uint8)
        bgr[:40, :40] = 255
        self._pixels = bgr if layout is Layout.BGR else cv2.cvtColor(bgr, cv2.COLOR_BGR2YUV_I420)
        self._layout = layout

    def frames(self) -> Iterator[Frame]:
        for i in range(3):
            yield Frame(self._pixels, i / 30, i, self._layout, (480, 640))

    def close(self) -> None:
        self.closed = True


@pytest.mark.parametrize("layout", [Layout.BGR, Layout.I420])
@pytest.mark.parametrize(
    ("clockwise", "size", "corner"),
    [(90, (640, 480), (0, -1)), (180, (480, 640), (-1, -1)), (270, (640, 480), (-1, 0))],
)
def test_the_picture_is_turned_clockwise(
    layout: Layout, clockwise: int, size: tuple[int, int], corner: tuple[int, int]
) -> None:
    frame = next(iter(turned(Sideways(layout), clockwise).frames()))
    assert frame.size == size == frame.pixels.shape[:2]
    assert frame.layout is Layout.BGR
    assert frame.pixels[corner].min() > 200
    assert frame.pixels.mean() < 5


def test_the_field_of_view_is_that_across_the_turned_width() -> None:
    source = turned(Sideways(Layout.BGR), 90)
    next(iter(source.frames()))
    assert source.hfov_deg == pytest.approx(51.9, abs=0.2)  # the vertical angle of a 66 degree 4:3 camera


def test_nothing_to_turn_is_the_source_itself_and_close_reaches_the_camera() -> None:
    camera = Sideways(Layout.BGR)
    assert turned(camera, 360) is camera
    turned(camera, 90).close()
    assert camera.closed


def test_pictures_that_are_kept_stay_as_they_are() -> None:
    kept = list(turned(Sideways(Layout.BGR), 90).frames())
    assert len({frame.pixels.ctypes.data for frame in kept}) == len(kept)
