"""The Pi's camera: the numbers behind it here, the whole of it on real libcamera where its tree is built."""

import os
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mirror.camera.frame import Layout
from mirror.camera.streams import Stream, monotonic_s, pick_sensor_mode, pick_stream, unpad
from mirror.faults import PermanentFault

PROJECT = Path(__file__).parents[2]
S = 1_000_000_000  # nanoseconds


def padded(picture: np.ndarray, row_bytes: int) -> np.ndarray:
    """Rows of (rows, bytes) lengthened to row_bytes with rubbish."""
    rows = np.full((picture.shape[0], row_bytes), 0xEE, np.uint8)
    rows[:, : picture.shape[1]] = picture
    return rows.ravel()


@given(
    layout=st.sampled_from(list(Layout)),
    half_width=st.integers(1, 20),
    half_height=st.integers(1, 20),
    padding=st.integers(0, 16),
    tail=st.integers(0, 100),
)
def test_what_pads_the_cameras_memory_is_left_behind(
    layout: Layout, half_width: int, half_height: int, padding: int, tail: int
) -> None:
    width, height = 2 * half_width, 2 * half_height
    rng = np.random.default_rng(width * 1000 + height)
    colour = layout in (Layout.BGR, Layout.RGB)
    row = 3 * width if colour else width
    stride = row + 2 * padding
    stream = Stream("main", layout, width, height, stride)
    picture = rng.integers(0, 256, stream.shape, np.uint8)
    if colour:
        planes = [padded(picture.reshape(height, row), stride)]
    elif layout is Layout.NV12:
        planes = [padded(picture[:height], stride), padded(picture[height:], stride)]
    else:
        u, v = picture[height:].reshape(2, height // 2, width // 2)
        planes = [padded(picture[:height], stride), padded(u, stride // 2), padded(v, stride // 2)]
    memory = np.concatenate([*planes, np.full(tail, 0xDD, np.uint8)])
    copied = np.zeros(stream.shape, np.uint8)
    unpad(memory, stream, copied)
    np.testing.assert_array_equal(copied, picture)


def configured(**streams: tuple[str, tuple[int, int], int]) -> dict[str, Any]:
    return {"main": None, "lores": None, "raw": None} | {
        name: {"format": form, "size": size, "stride": stride}
        for name, (form, size, stride) in streams.items()
    }


def test_the_main_stream_is_handed_on_as_libcamera_set_it_up() -> None:
    got = pick_stream(configured(main=("RGB888", (640, 480), 1920), lores=("YUV420", (320, 240), 320)))
    assert got == Stream("main", Layout.BGR, 640, 480, 1920)
    assert got.shape == (480, 640, 3)
    got = pick_stream(configured(main=("NV12", (482, 640), 512)))
    assert got == Stream("main", Layout.NV12, 482, 640, 512)
    assert got.shape == (960, 482)


def test_the_small_stream_is_handed_on_only_when_it_alone_is_bgr() -> None:
    both = configured(main=("YUV420", (640, 480), 640), lores=("RGB888", (320, 240), 960))
    assert pick_stream(both).name == "lores"
    neither = configured(main=("YUV420", (640, 480), 640), lores=("YUV420", (320, 240), 320))
    assert pick_stream(neither).name == "main"


def test_a_format_nobody_can_read_is_a_permanent_fault_that_names_it() -> None:
    with pytest.raises(PermanentFault, match="MJPEG"):
        pick_stream(configured(main=("MJPEG", (640, 480), 0)))


# As Picamera2.sensor_modes lists them on the real sensors.
IMX219 = [
    {"size": (640, 480), "fps": 103.33, "bit_depth": 10, "crop_limits": (1000, 752, 1280, 960)},
    {"size": (1640, 1232), "fps": 41.85, "bit_depth": 10, "crop_limits": (0, 0, 3280, 2464)},
    {"size": (1920, 1080), "fps": 47.57, "bit_depth": 10, "crop_limits": (680, 692, 1920, 1080)},
    {"size": (3280, 2464), "fps": 21.19, "bit_depth": 10, "crop_limits": (0, 0, 3280, 2464)},
]
IMX708 = [
    {"size": (1536, 864), "fps": 120.13, "bit_depth": 10, "crop_limits": (768, 432, 3072, 1728)},
    {"size": (2304, 1296), "fps": 56.03, "bit_depth": 10, "crop_limits": (0, 0, 4608, 2592)},
    {"size": (4608, 2592), "fps": 14.35, "bit_depth": 10, "crop_limits": (0, 0, 4608, 2592)},
]
OV5647 = [
    {"size": (640, 480), "fps": 58.92, "bit_depth": 10, "crop_limits": (16, 0, 2560, 1920)},
    {"size": (1296, 972), "fps": 46.34, "bit_depth": 10, "crop_limits": (0, 0, 2592, 1944)},
    {"size": (1920, 1080), "fps": 32.81, "bit_depth": 10, "crop_limits": (348, 434, 1928, 1080)},
    {"size": (2592, 1944), "fps": 15.63, "bit_depth": 10, "crop_limits": (0, 0, 2592, 1944)},
]


@pytest.mark.parametrize(
    ("modes", "fps", "size"),
    [
        (IMX219, 30, (1640, 1232)),
        (IMX219, 15, (1640, 1232)),
        (IMX708, 30, (2304, 1296)),
        (IMX708, 100, (2304, 1296)),
        (OV5647, 30, (640, 480)),
        (OV5647, 50, (640, 480)),
    ],
    ids=["v2", "v2 slow", "v3", "v3 faster than it can", "v1", "v1 fast"],
)
def test_the_sensor_is_read_in_a_mode_that_sees_the_whole_person(
    modes: list[dict[str, Any]], fps: float, size: tuple[int, int]
) -> None:
    mode = pick_sensor_mode(modes, fps)
    assert mode is not None
    assert mode["size"] == size


def test_a_camera_without_sensor_modes_is_left_alone() -> None:
    assert pick_sensor_mode([], 30) is None
    assert pick_sensor_mode([{"format": "NV12"}], 30) is None


def test_a_sensor_stamp_on_either_clock_becomes_monotonic_time() -> None:
    asleep = 3600 * S  # the machine was suspended for an hour, so the clocks differ by that
    monotonic = 500 * S
    boottime = monotonic + asleep
    taken = 30_000_000  # ns ago
    expected = (monotonic - taken) / S
    assert monotonic_s(boottime - taken, boottime, monotonic) == pytest.approx(expected, abs=1e-9)
    assert monotonic_s(monotonic - taken, boottime, monotonic) == pytest.approx(expected, abs=1e-9)
    assert monotonic_s(monotonic - taken, monotonic, monotonic) == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize(
    "stamp", [None, 0, 17, 10_000 * S], ids=["none", "zero", "another clock", "the future"]
)
def test_a_stamp_that_cannot_be_right_is_replaced_by_the_time_of_arrival(stamp: int | None) -> None:
    assert monotonic_s(stamp, 4100 * S, 500 * S) == 500.0


@pytest.mark.slow
def test_on_real_picamera2_and_libcamera_everything_holds() -> None:
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    tree = cache / "squat-mirror" / "camera-root"
    if not (tree / "opt" / "mirror" / "built-from").exists():
        pytest.skip("libcamera's tree is not built: run scripts/virtual_pi/camera_root.sh (1 GB, 2 minutes)")
    script = PROJECT / "scripts" / "virtual_pi" / "camera_check.sh"
    ran = subprocess.run([str(script), str(tree)], capture_output=True, text=True, check=False, timeout=900)
    if ran.returncode == 3:
        pytest.skip(ran.stderr.strip().splitlines()[-1])
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "camera check: all held" in ran.stdout
