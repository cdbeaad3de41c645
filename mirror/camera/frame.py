"""Frame, the one thing the camera room hands on, and the protocol of whatever yields frames.

Frames are never mirrored: the person's left is on the right of the image. Only the display flips.
"""

from __future__ import annotations

import enum
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from mirror.camera.recording import Recording

U8 = npt.NDArray[np.uint8]
F32 = npt.NDArray[np.float32]


class Layout(enum.Enum):
    """How the bytes of `Frame.pixels` are arranged."""

    BGR = "bgr"  # (H, W, 3), OpenCV's and Picamera2's "RGB888" order in memory
    RGB = "rgb"  # (H, W, 3), Picamera2's "BGR888" order in memory
    I420 = "i420"  # (H * 3 / 2, W): luma, then quarter-size U, then V (Picamera2's "YUV420")
    NV12 = "nv12"  # (H * 3 / 2, W): luma, then interleaved half-size UV


@dataclass(frozen=True, slots=True)
class Frame:
    """One un-mirrored picture.

    pixels: uint8, arranged as `layout` says; read-only, shared and never copied on the way. Its memory
        stays as it is for as long as anybody holds the array or a view of it, and is filled again only
        afterwards (`buffers.Buffers`): hold it while looking at it, let go soon, copy only to keep.
    t: seconds on the monotonic clock for live sources (the sensor's own timestamp where there is one) and
        for files played in real time; presentation time in the file for files read as fast as possible.
        Strictly increasing.
    index: running number at the source; gaps are frames that nobody took.
    size: (height, width) of the picture in pixels, what normalised coordinates refer to. The pixels have
        the same size, except for a keypoint recording: its dark canvas may be smaller, in the same shape.
    keypoints: (17, 3) float32 (y, x, score), normalised, when the source already knows them (a keypoint
        recording played back); None for real pictures.
    """

    pixels: U8
    t: float
    index: int
    layout: Layout
    size: tuple[int, int]
    keypoints: F32 | None = None


class Source(Protocol):
    """Whatever yields frames.

    `frames()` blocks until the next frame, ends at the end of the stream, and raises TemporaryFault when
    the camera stalls and PermanentFault when it can never work. `close()` may be called from another
    thread and at any time, also twice; it makes `frames()` end soon.

    The values here are a camera's; who plays something that was stored says so (`playback.Playback`).
    """

    name: str  # what it is, in words a person understands ("Picamera2 imx708, 640x480 at 30/s")
    hfov_deg: float | None  # horizontal field of view across the image's width, where it is known
    hfov_how: str  # how it is known ("camera model, cut to 75% of its width"); "" where it is not
    live: bool = True  # a camera; False for what was stored and is played
    t0: float | None = None  # time on the frames' clock that a stored clip calls 0, once it is known
    fps: float | None = None  # pictures a second, where the stream itself says it; None: as was asked
    recording: Recording | None = None  # the keypoint recording that is played; None for pictures

    def frames(self) -> Iterator[Frame]: ...

    def close(self) -> None: ...
