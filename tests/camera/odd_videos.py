"""Small videos of odd kinds, made by the test that asks for them."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av
import numpy as np

SIZE = (48, 64)
"""(height, width) where nothing else is said."""
CORNER = (0.25, 0.25)
"""The upper left quarter is bright and red, so that every way of turning a picture shows."""


def picture(size: tuple[int, int] = SIZE, brightness: int = 60) -> np.ndarray:
    """BGR (H, W, 3), grey with a red upper left quarter."""
    height, width = size
    drawn = np.full((height, width, 3), brightness, np.uint8)
    drawn[: round(CORNER[0] * 2 * height), : round(CORNER[1] * 2 * width)] = (20, 20, 220)
    return drawn


def write(
    path: Path,
    pictures: list[np.ndarray],
    codec: str = "mpeg4",
    *,
    times: list[int] | None = None,
    rate: int = 30,
    pixels: str = "yuv420p",
    aspect: Fraction | None = None,
    offset_s: float = 0.0,
) -> Path:
    """A video of these BGR pictures. times: in 1/rate s, else one after another."""
    with av.open(str(path), "w") as out:
        stream = out.add_stream(codec, rate=rate)
        stream.height, stream.width = pictures[0].shape[:2]
        stream.pix_fmt = pixels
        stream.codec_context.time_base = Fraction(1, rate)
        if aspect is not None:
            stream.codec_context.sample_aspect_ratio = aspect
        for i, drawn in enumerate(pictures):
            frame = av.VideoFrame.from_ndarray(drawn, format="bgr24")
            frame.pts = (times[i] if times else i) + round(offset_s * rate)
            frame.time_base = Fraction(1, rate)
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    return path


def red_corner(pixels: np.ndarray) -> tuple[str, str]:
    """Where the red quarter is: ("top" | "bottom", "left" | "right")."""
    height, width = pixels.shape[:2]
    red = pixels[..., 2].astype(int) - pixels[..., 1]
    y, x = np.argwhere(red > 80).mean(0)
    return "top" if y < height / 2 else "bottom", "left" if x < width / 2 else "right"
