"""Recordings and videos as chance and malice make them: played or refused in one line.

What a careless writer makes of them is in the camera room's tests.
"""

from __future__ import annotations

import io
import itertools
import pickle
import zipfile
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from reliability.damage import in_one_folder, mutated, refusal

from mirror.camera.frame import Frame
from mirror.camera.recording import Recording, RecordingSource, load, save
from mirror.camera.video import VideoFile

# -- keypoint recordings

FRAMES = 3


def whole_recording() -> dict[str, Any]:
    return {
        "t": np.arange(float(FRAMES)), "keypoints": np.full((FRAMES, 17, 3), 0.5, np.float32),
        "image_size": np.array([64, 48]), "toes": np.full((2, 2), 0.5), "hfov_deg": np.float64(50),
        "model": np.array("m"),
    }  # fmt: skip


def stored(content: dict[str, Any]) -> bytes:
    packed = io.BytesIO()
    np.savez(packed, **content)
    return packed.getvalue()


kinds = (
    arrays.floating_dtypes() | arrays.integer_dtypes() | arrays.boolean_dtypes()
    | arrays.complex_number_dtypes() | arrays.unicode_string_dtypes(max_len=4)
    | arrays.byte_string_dtypes(max_len=4) | arrays.datetime64_dtypes() | arrays.timedelta64_dtypes()
)  # fmt: skip
likely_shapes = st.sampled_from([(FRAMES,), (FRAMES, 17, 3), (2,), (2, 2), (0,), (), (1,), (FRAMES, 2, 2)])
any_array = arrays.arrays(
    kinds, likely_shapes | arrays.array_shapes(max_dims=4, max_side=5), fill=st.nothing()
)
plausible = arrays.arrays(
    st.sampled_from(["<f8", ">f4", "f2", "<i8", "u1"]), likely_shapes,
    elements=st.sampled_from([0, 1]) | st.integers(0, 120), fill=st.sampled_from([0, 1]),
)  # fmt: skip


def plays(path: Path) -> list[Frame]:
    """What the mirror sees of it; every frame whole."""
    frames = list(RecordingSource(load(path), pace=False).frames())
    assert frames
    assert all(np.isfinite(frame.keypoints).all() for frame in frames)  # type: ignore[arg-type]
    assert all(later.t > frame.t for frame, later in itertools.pairwise(frames))
    return frames


@in_one_folder
@given(
    changed=st.dictionaries(
        st.sampled_from(Recording.__slots__), plausible | any_array, min_size=1, max_size=2
    )
)
@example(changed={"hfov_deg": np.zeros((1, 1, 0))})
@example(changed={"t": np.array([0, 1, 2], "u8")})
@example(changed={"t": np.array([2, 1, 0], "u1")})
@example(changed={"t": np.array([-(2**63), 0, 1])})
@example(changed={"keypoints": np.full((FRAMES, 17, 3), 0.5, ">f2")})
@example(changed={"image_size": np.array([64, 48], ">u2")})
def test_a_recording_of_any_arrays_plays_or_is_refused_in_one_line(
    tmp_path: Path, changed: dict[str, np.ndarray]
) -> None:
    path = tmp_path / "squats.npz"
    path.write_bytes(stored(whole_recording() | changed))
    assert "squats.npz" in (refusal(lambda: plays(path)) or "squats.npz")


@in_one_folder
@given(content=mutated(stored(whole_recording())))
def test_a_recording_with_damage_plays_or_is_refused_in_one_line(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "squats.npz"
    path.write_bytes(content)
    assert "squats.npz" in (refusal(lambda: plays(path)) or "squats.npz")


@in_one_folder
@given(
    member=st.binary(max_size=200),
    version=st.sampled_from([(1, 0), (2, 0), (3, 0)]),
    shape=st.text(max_size=12),
)
@example(member=b"", version=(1, 0), shape="(-1,)")
@example(member=b"", version=(1, 0), shape=f"({10**30},)")
@example(member=b"", version=(2, 0), shape="(0,) * 9")
@example(member=b"", version=(1, 0), shape="((((")
@example(member=bytes(24), version=(1, 0), shape="(True, 3)")
def test_an_array_that_lies_about_itself_is_refused(
    tmp_path: Path, member: bytes, version: tuple[int, int], shape: str
) -> None:
    header = f"{{'descr': '<f8', 'fortran_order': False, 'shape': {shape}, }}\n".encode("utf-8", "replace")
    size = len(header).to_bytes(2 if version == (1, 0) else 4, "little")
    path = tmp_path / "squats.npz"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("t.npy", b"\x93NUMPY" + bytes(version) + size + header + member)
    assert "squats.npz" in refusal(lambda: load(path))


@in_one_folder
@given(
    name=st.sampled_from(Recording.__slots__), how=st.sampled_from(["object array", "pickle", "structure"])
)
def test_nothing_in_a_recording_is_ever_unpickled(tmp_path: Path, name: str, how: str) -> None:
    executed = tmp_path / "executed"
    trap = Trap(executed)
    path = tmp_path / "squats.npz"
    if how == "pickle":
        path.write_bytes(stored(whole_recording()))
        with zipfile.ZipFile(path) as archive:
            members = {entry: archive.read(entry) for entry in archive.namelist()}
        with zipfile.ZipFile(path, "w") as archive:
            for entry, content in (members | {f"{name}.npy": pickle.dumps(trap)}).items():
                archive.writestr(entry, content)
    else:
        fields = object if how == "object array" else [("a", "f8"), ("b", "O")]
        caught = np.empty(1, fields)
        caught[0] = trap if how == "object array" else (1.0, trap)
        path.write_bytes(stored(whole_recording() | {name: caught}))
    assert refusal(lambda: load(path))
    assert not executed.exists()


class Trap:
    """Leaves a file behind when it is unpickled."""

    def __init__(self, mark: Path) -> None:
        self._mark = mark

    def __reduce__(self) -> tuple[Any, ...]:
        return (Path.touch, (self._mark,))


def test_what_was_refused_to_be_saved_leaves_no_file(tmp_path: Path) -> None:
    wrong = Recording(np.zeros(2), np.zeros((2, 17, 3), np.float32), (64, 48))
    assert refusal(lambda: save(tmp_path / "squats.npz", wrong))
    assert list(tmp_path.iterdir()) == []


# -- videos


@pytest.fixture(scope="module")
def tiny_clip(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """Six small pictures as OpenCV writes them, about 2 kB."""
    path = tmp_path_factory.mktemp("clip") / "tiny.mp4"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter_fourcc(*"mp4v"), 30.0, (48, 64))
    for shade in range(6):
        writer.write(np.full((64, 48, 3), 40 * shade, np.uint8))
    writer.release()
    return path.read_bytes()


@in_one_folder
@given(data=st.data())
def test_a_video_with_damage_gives_pictures_or_is_refused_in_one_line(
    tmp_path: Path, tiny_clip: bytes, data: st.DataObject, capfd: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "squats.mp4"
    path.write_bytes(data.draw(mutated(tiny_clip)))

    def look() -> None:
        times = []
        clip = VideoFile(path, pace=False)
        for frame in clip.frames():
            assert frame.pixels.shape == (*frame.size, 3)
            assert np.isfinite(frame.t)
            times.append(frame.t)
            if len(times) > 200:  # a container may announce hours of the same picture
                break
        assert times == sorted(set(times))

    assert "squats.mp4" in (refusal(look) or "squats.mp4")
    assert "Traceback" not in capfd.readouterr().err
