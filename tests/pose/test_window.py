"""Where the network looks, and what pixels reach it."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mirror.camera.frame import Frame, Layout
from mirror.pose.window import Cropper, Window, search_windows, standing_height, window_at

SIZE = (640, 480)


def scene() -> np.ndarray:
    """A smooth RGB picture in which every place looks different."""
    y, x = np.mgrid[0:640, 0:480].astype(np.float32)
    return np.stack([x / 480 * 255, y / 640 * 255, 128 + 100 * np.sin(x / 40) * np.cos(y / 60)], -1).astype(
        np.uint8
    )


def frame(rgb: np.ndarray, layout: Layout) -> Frame:
    if layout is Layout.RGB:
        pixels = rgb
    elif layout is Layout.BGR:
        pixels = np.ascontiguousarray(rgb[..., ::-1])
    else:
        i420 = cv2.cvtColor(rgb, cv2.COLOR_RGB2YUV_I420)
        pixels = i420 if layout is Layout.I420 else nv12(i420)
    return Frame(pixels, 0.0, 0, layout, (rgb.shape[0], rgb.shape[1]))


def nv12(i420: np.ndarray) -> np.ndarray:
    h = i420.shape[0] * 2 // 3
    u, v = i420[h:].reshape(2, -1)
    return np.concatenate([i420[:h], np.stack([u, v], -1).reshape(-1, i420.shape[1])])


@pytest.mark.parametrize("layout", list(Layout))
@pytest.mark.parametrize(
    "window",
    [
        Window(100, 120, 400, 200),
        Window(-60, 120, 400, 200),
        Window(400, 380, 400, 200),
        Window(10, 10, 100, 50),
    ],
    ids=["inside", "over the top", "over a corner", "smaller than the tensor"],
)
def test_every_layout_gives_the_same_upright_rgb_window(layout: Layout, window: Window) -> None:
    rgb = scene()
    tensor = Cropper(256, 128)(frame(rgb, layout), window)
    canvas = np.zeros((640 + 800, 480 + 800, 3), np.uint8)
    canvas[400:1040, 400:880] = rgb
    cut = canvas[400 + window.top :, 400 + window.left :][: window.height, : window.width]
    how = cv2.INTER_AREA if window.height > 256 else cv2.INTER_LINEAR
    expected = cv2.resize(cut, (128, 256), interpolation=how)
    apart = np.abs(tensor.astype(int) - expected.astype(int))
    assert apart.mean() < (0.5 if layout in (Layout.RGB, Layout.BGR) else 4.0)


def test_the_tensor_is_one_array_all_along() -> None:
    crop = Cropper(256, 128)
    first = crop(frame(scene(), Layout.BGR), Window(0, 0, 400, 200))
    second = crop(frame(scene(), Layout.BGR), Window(40, 40, 500, 250))
    assert first is second


@given(x=st.floats(-100, 600), y=st.floats(-100, 800), height=st.floats(10, 2000))
def test_windows_are_even_in_every_number(x: float, y: float, height: float) -> None:
    window = window_at(x, y, height, 0.5)
    assert not any(n % 2 for n in (window.top, window.left, window.height, window.width))


@pytest.mark.parametrize("size", [(640, 480), (480, 640), (720, 1280), (1920, 1080), (300, 3000)])
def test_searching_covers_the_whole_picture(size: tuple[int, int]) -> None:
    seen = np.zeros(size, np.bool_)
    for window in search_windows(size, 0.5):
        seen[
            max(0, window.top) : window.top + window.height, max(0, window.left) : window.left + window.width
        ] = True
    assert seen.mean() > 0.99


def test_keypoints_come_back_in_frame_coordinates() -> None:
    keypoints = np.tile(np.array([0.5, 0.25, 0.9], np.float32), (17, 1))
    found = Window(100, 40, 400, 200).to_frame(keypoints, SIZE)
    assert found[0] == pytest.approx([(100 + 200) / 640, (40 + 50) / 480, 0.9])


def test_nobody_is_less_than_a_pixel_tall_on_their_head_or_on_one_heap() -> None:
    """Other lengths are measured in standing heights: none may be divided by nothing."""
    rng = np.random.default_rng(0)
    for score in (0.1, 0.9):
        heap = np.full((17, 3), 0.5, np.float32)
        headstand = rng.random((17, 3)).astype(np.float32)
        headstand[0, 0], headstand[[15, 16], 0] = 0.9, 0.1
        for joints in (heap, headstand):
            joints[:, 2] = score
            assert standing_height(joints, SIZE) >= 1.0
