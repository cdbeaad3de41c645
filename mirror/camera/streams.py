"""What libcamera tells about its sensor modes, streams and times, and how its memory is read.

Pure functions: a camera is neither opened nor asked. `picamera.py` does both.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from mirror.camera.frame import U8, Layout
from mirror.faults import PermanentFault

STALL_S = 2.0
"""No picture for this long is a stall: a loose ribbon, or no contiguous memory left. libcamera says
nothing by itself. Even in the dark the fixed rate holds, so nothing else takes this long."""

LAYOUTS = {
    "RGB888": Layout.BGR,  # libcamera names formats after DRM, which counts from the lowest byte
    "BGR888": Layout.RGB,
    "YUV420": Layout.I420,
    "NV12": Layout.NV12,
}
"""What libcamera may settle on and we can hand on."""

WHOLE_VIEW = 0.95
"""A sensor mode that sees at least this share of the sensor's area counts as the whole view: ov5647's
binned 640x480 mode leaves out 1.5 %, which is nothing; imx219's leaves out 81 %, which is a telephoto."""


@dataclass(frozen=True, slots=True)
class Stream:
    """One stream as libcamera really configured it, which need not be what was asked for.

    name: Picamera2's name for it, "main" or "lores".
    width, height: of the picture, pixels.
    stride: bytes from one row to the next in the camera's memory, padding included.
    """

    name: str
    layout: Layout
    width: int
    height: int
    stride: int

    @property
    def shape(self) -> tuple[int, ...]:
        """Of the array a frame of this stream has, without padding."""
        if self.layout in (Layout.BGR, Layout.RGB):
            return (self.height, self.width, 3)
        return (self.height * 3 // 2, self.width)


def pick_sensor_mode(modes: Sequence[Mapping[str, Any]], fps: float) -> Mapping[str, Any] | None:
    """The mode with the fewest pixels that sees the whole view and is fast enough.

    Left alone, libcamera takes the mode nearest to the picture's size, and on most sensors the small ones
    read only the middle: a person at 2.5 m would lose head and feet. Fewer pixels are binned ones: more
    light and less heat. Where no whole view is fast enough, the fastest of them.

    modes: as `Picamera2.sensor_modes`: "size", "fps", "crop_limits" (x, y, width, height).
    """

    def seen(mode: Mapping[str, Any]) -> float:
        return float(mode["crop_limits"][2] * mode["crop_limits"][3])

    def pixels(mode: Mapping[str, Any]) -> int:
        return int(mode["size"][0] * mode["size"][1])

    shaped = [mode for mode in modes if "crop_limits" in mode]
    if not shaped:
        return None
    most = max(map(seen, shaped))
    whole = [mode for mode in shaped if seen(mode) >= WHOLE_VIEW * most]
    fast = [mode for mode in whole if mode["fps"] >= 0.98 * fps]
    if not fast:
        return max(whole, key=lambda mode: mode["fps"])
    return min(fast, key=pixels)


def pick_stream(configuration: Mapping[str, Any]) -> Stream:
    """The stream to hand on: the first in BGR, else main in whatever layout it got.

    configuration: Picamera2's `camera_configuration()` after `configure()`, so with the formats, sizes and
        strides that libcamera settled on.
    Raises PermanentFault for a format nobody here can read.
    """
    named = [(name, configuration[name]) for name in ("main", "lores") if configuration.get(name)]
    streams = [
        Stream(name, LAYOUTS[set_up["format"]], set_up["size"][0], set_up["size"][1], set_up["stride"])
        for name, set_up in named
        if set_up["format"] in LAYOUTS
    ]
    if not streams:
        formats = " and ".join(set_up["format"] for _, set_up in named)
        raise PermanentFault(f"The Pi's camera gives {formats}, which cannot be read here.", key="strange")
    return next((stream for stream in streams if stream.layout is Layout.BGR), streams[0])


def unpad(memory: U8, stream: Stream, pixels: U8) -> None:
    """Copy one picture out of the camera's memory, leaving out what pads its rows.

    memory: (bytes,) at least; the planes one after the other. Chroma planes of YUV420 have half the
        luma's stride each, NV12's one has the same.
    pixels: array of `stream.shape` to fill.
    """
    height, width, stride = stream.height, stream.width, stream.stride
    luma_end = height * stride
    if stream.layout in (Layout.BGR, Layout.RGB):
        np.copyto(
            pixels.reshape(height, width * 3), memory[:luma_end].reshape(height, stride)[:, : width * 3]
        )
        return
    np.copyto(pixels[:height], memory[:luma_end].reshape(height, stride)[:, :width])
    chroma = memory[luma_end : luma_end * 3 // 2]
    if stream.layout is Layout.NV12:
        np.copyto(pixels[height:], chroma.reshape(height // 2, stride)[:, :width])
    else:
        np.copyto(
            pixels[height:].reshape(height, width // 2),
            chroma.reshape(height, stride // 2)[:, : width // 2],
        )


def monotonic_s(stamp_ns: int | None, boottime_ns: int, monotonic_ns: int) -> float:
    """A SensorTimestamp as seconds on time.monotonic().

    libcamera documents SensorTimestamp as nanoseconds on CLOCK_BOOTTIME; the kernel's video drivers, the
    Pi's among them, stamp with CLOCK_MONOTONIC (libcamera bug 254). The two differ by the time the machine
    has been suspended, which a Pi never is. So: whichever reading puts the picture into the last STALL_S
    is right, the documented one first; where neither does, the picture's arrival is its time.

    boottime_ns, monotonic_ns: both clocks now.
    """
    if stamp_ns is not None:
        oldest_ns = int(STALL_S * 1e9)
        for now_ns in (boottime_ns, monotonic_ns):
            age_ns = now_ns - stamp_ns
            if 0 <= age_ns <= oldest_ns:
                return (monotonic_ns - age_ns) / 1e9
    return monotonic_ns / 1e9
