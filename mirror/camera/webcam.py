"""USB webcams on V4L2, through OpenCV.

Hands on BGR frames as they come and says in a sentence when a node cannot be a camera. Knows nothing of what
is done with the frames.
"""

from __future__ import annotations

import fcntl
import os
import re
import struct
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

from mirror.camera.buffers import Buffers, seal
from mirror.camera.frame import Frame, Layout, Source
from mirror.camera.video import mode_of, sensible
from mirror.camera.view import WEBCAM_GUESS, webcam_hfov_deg
from mirror.faults import BadInput, PartMissing, PermanentFault, TemporaryFault

STALL_S = 2
"""A webcam that gives no frame for this long has stalled. At its slowest, in the dark, one gives 5/s."""


def _opencv() -> ModuleType:
    """OpenCV, quiet: whatever it cannot read, we say ourselves, once and in one line.

    The environment variable is read by OpenCV when it first opens something; somebody who has set a log
    level wants to see its log, and keeps it.
    """
    os.environ.setdefault("OPENCV_VIDEOIO_V4L_SELECT_TIMEOUT", str(STALL_S))
    try:
        import cv2  # half a second, and an optional dependency
    except ImportError as missing:
        raise PartMissing(
            "Webcams need OpenCV, which is not installed: pip install 'squat-mirror[video]'",
            key="part_missing",
        ) from missing
    if "OPENCV_LOG_LEVEL" not in os.environ:
        # OpenCV 4 has it at the top, 5 in a module of its own.
        set_level = getattr(cv2, "setLogLevel", None) or getattr(cv2.utils, "logging").setLogLevel  # noqa: B009
        set_level(0)
    module: ModuleType = cv2
    return module


class Webcam(Source):
    """A USB webcam on V4L2 as a Source: BGR frames, `t` the monotonic time at which one was grabbed.

    device: index or path of a capture node ("/dev/video0").
    size: (width, height) to ask for; what the camera gives is in `size` of its frames.
    fps: to ask for.
    exposure_ms: fixed exposure time; None leaves it to the camera.

    hfov_deg: a guess by the picture's shape, no webcam says it.

    Raises BadInput when the node does not exist or is no camera, PermanentFault when this user may not
    open it, TemporaryFault when it cannot be opened now (another program has it); `frames()` raises
    TemporaryFault when no frame comes for STALL_S seconds or the cable is pulled.
    """

    hfov_deg: float | None
    hfov_how = WEBCAM_GUESS

    def __init__(
        self,
        device: int | str | Path,
        size: tuple[int, int],
        fps: float,
        *,
        exposure_ms: float | None = None,
    ) -> None:
        self._node = Path(f"/dev/video{device}" if isinstance(device, int) else device)
        self._lock = threading.Lock()  # held while OpenCV works on the capture
        self._closing = threading.Event()
        self._index = 0
        _check_camera(self._node)
        self._capture = _open_webcam(self._node, size, fps, exposure_ms)
        width, height, rate = _negotiated(self._capture)
        self._buffers = Buffers((height, width, 3))
        self.hfov_deg = webcam_hfov_deg((width, height))
        self.name = f"Webcam {self._node}, {width}x{height}" + (f" at {rate:.3g}/s" if rate else "")

    def frames(self) -> Iterator[Frame]:
        """Frames as they come, until `close()`; raises TemporaryFault when they stop coming."""
        while (frame := self._next()) is not None:
            yield frame

    def _next(self) -> Frame | None:
        with self._lock:
            if self._closing.is_set():
                return None
            grabbed = self._capture.grab()
            t = time.monotonic()
            got, pixels = self._capture.retrieve(self._buffers.lend()) if grabbed else (False, None)
        if self._closing.is_set():
            return None
        if not got or pixels is None:
            raise TemporaryFault(f"{self.name}: no picture came.", key="silent", camera=str(self._node))
        size: tuple[int, int] = pixels.shape[:2]
        self._index += 1
        return Frame(seal(pixels), t, self._index - 1, Layout.BGR, size)

    def close(self) -> None:
        """Let the camera go; waits for a picture that is being taken, at most STALL_S."""
        self._closing.set()
        with self._lock:
            self._capture.release()


def _open_webcam(node: Path, size: tuple[int, int], fps: float, exposure_ms: float | None) -> Any:
    cv2 = _opencv()
    capture = cv2.VideoCapture(str(node), cv2.CAP_V4L2)
    if not capture.isOpened():
        raise TemporaryFault(
            f"{node} could not be opened: another program may be using it.", key="busy", camera=str(node)
        )
    # Motion JPEG first: uncompressed, USB 2 carries only a few large pictures a second.
    capture.set(cv2.CAP_PROP_FOURCC, cv2.VideoWriter_fourcc(*"MJPG"))
    capture.set(cv2.CAP_PROP_FRAME_WIDTH, size[0])
    capture.set(cv2.CAP_PROP_FRAME_HEIGHT, size[1])
    capture.set(cv2.CAP_PROP_FPS, fps)
    capture.set(cv2.CAP_PROP_BUFFERSIZE, 1)  # no queue: the newest picture, not the one from before
    if exposure_ms is not None:
        capture.set(cv2.CAP_PROP_AUTO_EXPOSURE, _V4L2_EXPOSURE_MANUAL)
        capture.set(cv2.CAP_PROP_EXPOSURE, 10.0 * exposure_ms)  # V4L2 counts 0.1 ms
    return capture


def _negotiated(capture: Any) -> tuple[int, int, float | None]:
    """(width, height, rate) the camera settled on."""
    cv2 = _opencv()
    width = int(capture.get(cv2.CAP_PROP_FRAME_WIDTH))
    height = int(capture.get(cv2.CAP_PROP_FRAME_HEIGHT))
    return width, height, sensible(capture.get(cv2.CAP_PROP_FPS), at_most=1000.0)


def _check_camera(node: Path) -> None:
    if mode_of(node) is None:
        raise BadInput(
            f"{node} does not exist: no camera is plugged in there.", key="unplugged", camera=str(node)
        )
    if not os.access(node, os.R_OK | os.W_OK):
        raise PermanentFault(
            f"{node} may not be opened by this user: add the user to the group video.",
            key="not_allowed",
            camera=str(node),
        )
    if card_of(node) is None:
        raise BadInput(f"{node} is not a camera that gives pictures.", key="no_pictures", camera=str(node))


# From linux/videodev2.h and v4l2-controls.h: struct v4l2_capability and its flags, a menu entry.
_V4L2_CAPABILITY = struct.Struct("=16s32s32sIII3I")  # driver, card, bus, version, capabilities, of this node
_VIDIOC_QUERYCAP = 2 << 30 | _V4L2_CAPABILITY.size << 16 | ord("V") << 8
_V4L2_EXPOSURE_MANUAL = 1
_CAP_VIDEO_CAPTURE = 0x00000001
_CAP_STREAMING = 0x04000000
_CAP_DEVICE_CAPS = 0x80000000

_PI_INNARDS = ("unicam", "rp1-cfe", "bcm2835-isp", "bcm2835-codec", "pispbe", "rpi-hevc-dec", "rpivid")
"""Drivers of the Pi's own camera pipeline: nodes that say they capture, but only for libcamera."""


def card_of(node: Path) -> str | None:
    """The camera's own name when the node gives pictures; None for metadata nodes, codecs and the rest."""
    answer = bytearray(_V4L2_CAPABILITY.size)
    try:
        descriptor = os.open(node, os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        fcntl.ioctl(descriptor, _VIDIOC_QUERYCAP, answer)
    except OSError:
        return None
    finally:
        os.close(descriptor)
    return _card_in(bytes(answer))


def _card_in(answer: bytes) -> str | None:
    """Read the kernel's answer to VIDIOC_QUERYCAP."""
    driver, card, _, _, whole_device, this_node, *_ = _V4L2_CAPABILITY.unpack(answer)
    can = this_node if whole_device & _CAP_DEVICE_CAPS else whole_device
    if not (can & _CAP_VIDEO_CAPTURE and can & _CAP_STREAMING):
        return None
    if _text(driver) in _PI_INNARDS:
        return None
    return _text(card) or "unnamed camera"


def _text(field: bytes) -> str:
    return field.split(b"\0", 1)[0].decode("ascii", "replace")


def webcams(devices: Path = Path("/dev")) -> list[tuple[Path, str]]:
    """Every node that gives pictures and its camera's name, lowest number first."""
    nodes = [node for node in devices.glob("video*") if re.fullmatch(r"video\d+", node.name)]
    nodes.sort(key=lambda node: int(node.name.removeprefix("video")))
    return [(node, card) for node in nodes if (card := card_of(node)) is not None]
