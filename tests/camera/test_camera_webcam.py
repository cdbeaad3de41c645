"""USB webcams: which nodes are cameras, frames on the monotonic clock, and what is said when they stop."""

import itertools
import os
import struct
import threading
import time
from pathlib import Path

import cv2
import pytest
from patience import PATIENCE_S
from test_camera_video import write_clip

from mirror.camera import webcam
from mirror.camera.frame import Layout
from mirror.faults import BadInput, TemporaryFault

# No test machine has one, so a real OpenCV capture on the bundled clip stands in for the device,
# and the kernel's answers are spelled out.

QUERYCAP = struct.Struct("=16s32s32sIII3I")
CAPTURE, META_CAPTURE, M2M, STREAMING, DEVICE_CAPS = 0x1, 0x800000, 0x8000, 0x4000000, 0x80000000


def answer(driver: str, card: str, whole: int, node: int) -> bytes:
    return QUERYCAP.pack(driver.encode(), card.encode(), b"usb-1.2", 0x60C00, whole, node, 0, 0, 0)


@pytest.mark.parametrize(
    ("reply", "card"),
    [
        (
            answer("uvcvideo", "HD Webcam", CAPTURE | META_CAPTURE | DEVICE_CAPS, CAPTURE | STREAMING),
            "HD Webcam",
        ),
        (answer("uvcvideo", "HD Webcam", CAPTURE | DEVICE_CAPS, META_CAPTURE | STREAMING), None),
        (answer("old", "Old Cam", CAPTURE | STREAMING, 0), "Old Cam"),
        (answer("bcm2835-codec", "decode", M2M | STREAMING | DEVICE_CAPS, M2M | STREAMING), None),
        (answer("unicam", "unicam", CAPTURE | DEVICE_CAPS, CAPTURE | STREAMING), None),
        (answer("rp1-cfe", "rp1-cfe", CAPTURE | DEVICE_CAPS, CAPTURE | STREAMING), None),
        (answer("uvcvideo", "", CAPTURE | DEVICE_CAPS, CAPTURE | STREAMING), "unnamed camera"),
    ],
    ids=["webcam", "its metadata node", "old driver", "codec", "Pi 4 receiver", "Pi 5 receiver", "nameless"],
)
def test_capture_nodes_are_told_from_the_others(reply: bytes, card: str | None) -> None:
    assert webcam._card_in(reply) == card


def test_a_node_that_is_no_camera_is_not_listed(tmp_path: Path) -> None:
    (tmp_path / "video0").symlink_to(os.devnull)
    (tmp_path / "video1").write_text("a plain file")
    (tmp_path / "video-notes").touch()
    assert webcam.webcams(tmp_path) == []
    assert webcam.card_of(tmp_path / "video7") is None


def test_cameras_are_listed_in_the_order_of_their_numbers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("video10", "video2", "video0"):
        (tmp_path / name).touch()
    monkeypatch.setattr(
        webcam, "card_of", lambda node: None if node.name == "video0" else f"card {node.name}"
    )
    assert [(node.name, card) for node, card in webcam.webcams(tmp_path)] == [
        ("video2", "card video2"),
        ("video10", "card video10"),
    ]


@pytest.fixture
def plugged_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A node whose pictures come from a short clip; when that ends, the camera gives no more."""
    node = tmp_path / "video0"
    node.touch()
    clip = write_clip(tmp_path / "device.mp4", 8)
    monkeypatch.setattr(webcam, "card_of", lambda node: "Clip Cam")
    monkeypatch.setattr(
        webcam,
        "_open_webcam",
        lambda node, size, fps, exposure_ms: cv2.VideoCapture(str(clip), cv2.CAP_FFMPEG),
    )
    return node


def test_a_webcam_gives_frames_on_the_monotonic_clock_and_says_when_they_stop(plugged_in: Path) -> None:
    camera = webcam.Webcam(plugged_in, size=(64, 48), fps=30)
    assert "64x48" in camera.name
    before = time.monotonic()
    frames = camera.frames()
    times = []
    for frame in itertools.islice(frames, 8):
        times.append(frame.t)
        assert frame.size == (48, 64)
        assert frame.layout is Layout.BGR
        assert not frame.pixels.flags.writeable
    with pytest.raises(TemporaryFault, match="no picture came"):
        next(frames)
    assert before <= times[0] <= times[-1] <= time.monotonic()
    camera.close()


def test_a_closed_webcam_ends_quietly(plugged_in: Path) -> None:
    camera = webcam.Webcam(plugged_in, size=(64, 48), fps=30)
    frames = camera.frames()
    next(frames)
    closer = threading.Thread(target=camera.close)
    closer.start()
    closer.join(PATIENCE_S)
    camera.close()
    assert list(frames) == []


def test_a_webcam_that_is_not_there_or_is_none_is_bad_input(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="does not exist"):
        webcam.Webcam(tmp_path / "video9", size=(640, 480), fps=30)
    with pytest.raises(BadInput, match="not a camera"):
        webcam.Webcam(os.devnull, size=(640, 480), fps=30)


def test_a_camera_somebody_else_has_may_come_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    node = tmp_path / "video0"
    node.touch()
    monkeypatch.setattr(webcam, "card_of", lambda node: "Busy Cam")
    with pytest.raises(TemporaryFault, match="another program"):
        webcam.Webcam(node, size=(640, 480), fps=30)
