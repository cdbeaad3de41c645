"""Keypoint recordings: what was saved comes back, anything else is refused in one line."""

import contextlib
import io
import time
import tracemalloc
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from health import ONE_FIXTURE_FOR_ALL
from hypothesis import given, settings
from hypothesis import strategies as st

from mirror.camera import recording as recordings
from mirror.camera.frame import Layout
from mirror.camera.recording import Recording, RecordingSource, load, save
from mirror.faults import BadInput


def some_recording(count: int = 5, **changes: Any) -> Recording:
    rng = np.random.default_rng(count)
    fields: dict[str, Any] = {
        "t": np.arange(count) / 30,
        "keypoints": rng.random((count, 17, 3)).astype(np.float32),
        "image_size": (640, 480),
    }
    return Recording(**(fields | changes))


def assert_same(one: Recording, other: Recording) -> None:
    for name in Recording.__slots__:
        left, right = getattr(one, name), getattr(other, name)
        if isinstance(left, np.ndarray):
            np.testing.assert_array_equal(left, right)
            assert left.dtype == right.dtype
        else:
            assert left == right


numbers = {
    "hfov_deg": st.floats(5, 175),
    "tilt_deg": st.floats(-80, 80),
    "roll_deg": st.floats(-80, 80),
    "camera_height_m": st.floats(0, 5),
    "stature_m": st.floats(0.5, 2.6),
    "model": st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Zl", "Zp")), max_size=40),
}


@settings(max_examples=50, deadline=None, suppress_health_check=ONE_FIXTURE_FOR_ALL)
@given(
    steps=st.lists(st.floats(1e-4, 10), min_size=1, max_size=20),
    image_size=st.tuples(st.integers(1, 4000), st.integers(1, 4000)),
    seed=st.integers(0, 1000),
    with_toes=st.booleans(),
    placings=st.integers(0, 4),
    optional=st.fixed_dictionaries({}, optional=numbers),
)
def test_what_was_saved_comes_back_exactly(
    tmp_path: Path,
    steps: list[float],
    image_size: tuple[int, int],
    seed: int,
    with_toes: bool,
    placings: int,
    optional: dict[str, Any],
) -> None:
    rng = np.random.default_rng(seed)
    recording = Recording(
        t=np.cumsum(steps),
        keypoints=rng.random((len(steps), 17, 3)).astype(np.float32),
        image_size=image_size,
        toes=rng.random((2, 2)).astype(np.float32) if with_toes else None,
        toes_t=np.arange(placings) / 3 if placings else None,
        toes_each=rng.random((placings, 2, 2)).astype(np.float32) if placings else None,
        **optional,
    )
    save(tmp_path / "set.npz", recording)
    assert_same(load(tmp_path / "set.npz"), recording)
    assert [path.name for path in tmp_path.iterdir()] == ["set.npz"], "no unfinished file stays behind"


def test_one_foot_that_was_not_seen_is_kept_as_unknown(tmp_path: Path) -> None:
    toes = np.array([[[0.9, 0.6], [np.nan, np.nan]]], np.float32)
    recording = Recording(
        np.arange(3.0), np.full((3, 17, 3), 0.5, np.float32), (640, 480), toes_t=np.zeros(1), toes_each=toes
    )
    save(tmp_path / "set.npz", recording)
    assert_same(load(tmp_path / "set.npz"), recording)


def test_a_recording_written_by_plain_numpy_loads(tmp_path: Path) -> None:
    path = tmp_path / "theirs.npz"
    np.savez(
        path,
        t=np.array([0, 1, 2], np.int64),
        keypoints=np.asfortranarray(np.full((3, 17, 3), 0.5)),
        image_size=np.array([640, 480]),
        hfov_deg=66,
        stature_m=np.array([1.72]),
        model="movenet_lightning",
        notes=np.array(["not", "ours"]),
    )
    loaded = load(path)
    assert loaded.t.tolist() == [0.0, 1.0, 2.0]
    assert loaded.keypoints.dtype == np.float32
    assert (loaded.hfov_deg, loaded.stature_m, loaded.model) == (66.0, 1.72, "movenet_lightning")
    assert loaded.toes is None


WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "no times": ({"t": None}, "t is missing"),
    "no keypoints": ({"keypoints": None}, "keypoints is missing"),
    "no picture size": ({"image_size": None}, "image_size is missing"),
    "no frame": ({"t": np.zeros(0), "keypoints": np.zeros((0, 17, 3))}, "at least one frame"),
    "a time twice": ({"t": np.array([0, 1, 1, 2, 3.0])}, "does not increase"),
    "time runs back": ({"t": np.array([0, 1, 0.5, 2, 3])}, "does not increase"),
    "time in microseconds": ({"t": 1.7e15 + np.arange(5)}, "not in seconds"),
    "times without a number": ({"t": np.array([0, 1, np.nan, 2, 3])}, "not finite"),
    "times as text": ({"t": np.array(list("abcde"))}, "not made of numbers"),
    "times in a table": ({"t": np.zeros((5, 1))}, "shape"),
    "one frame too few": ({"keypoints": np.zeros((4, 17, 3))}, r"not \(5, 17, 3\)"),
    "other joints": ({"keypoints": np.zeros((5, 33, 3))}, r"not \(5, 17, 3\)"),
    "endless keypoint": ({"keypoints": np.full((5, 17, 3), np.inf)}, "not finite"),
    "keypoints in pixels": ({"keypoints": np.full((5, 17, 3), 300.0)}, "normalised"),
    "percent scores": ({"keypoints": np.full((5, 17, 3), [0.5, 0.5, 88])}, "scores"),
    "one side": ({"image_size": np.array([640])}, "shape"),
    "no size": ({"image_size": np.array([0, 480])}, "height and width"),
    "half a pixel": ({"image_size": np.array([640.5, 480])}, "height and width"),
    "three toes": ({"toes": np.zeros((3, 2))}, "toes has shape"),
    "toes in pixels": ({"toes": np.full((2, 2), 400)}, "normalised"),
    "field of view in radians": ({"hfov_deg": 1.15}, "hfov_deg is 1.15, outside 5 to 175"),
    "stature in centimetres": ({"stature_m": 172}, "stature_m is 172"),
    "tilt of two": ({"tilt_deg": np.array([8.0, 9.0])}, "single number"),
    "camera height as text": ({"camera_height_m": "high"}, "not made of numbers"),
    "model as number": ({"model": 3}, "not a text"),
    "toes of no moment": ({"toes_each": np.full((2, 2, 2), 0.5)}, "without its other half"),
    "moments of no toes": ({"toes_t": np.array([1.0])}, "without its other half"),
    "toes of other moments": (
        {"toes_t": np.array([1.0]), "toes_each": np.full((2, 2, 2), 0.5)},
        r"toes_each has shape \(2, 2, 2\), not \(1, 2, 2\)",
    ),
    "toes out of order": (
        {"toes_t": np.array([2.0, 1.0]), "toes_each": np.full((2, 2, 2), 0.5)},
        "toes_t does not increase",
    ),
    "toes not finite": (
        {"toes_t": np.array([1.0]), "toes_each": np.full((1, 2, 2), np.nan)},
        "toes_each has values that are not finite",
    ),
    "half a toe": (
        {"toes": np.array([[0.9, 0.6], [0.9, np.nan]])},
        "toes has values that are not finite",
    ),
    "roll of a camera upside down": ({"roll_deg": 180.0}, "roll_deg is 180, outside -80 to 80"),
    "objects": ({"t": np.array([{}, {}, {}, {}, {}])}, "neither numbers nor text"),
}


@pytest.mark.parametrize("kind", WRONG)
def test_a_wrong_recording_is_refused_with_what_is_wrong(tmp_path: Path, kind: str) -> None:
    changes, sentence = WRONG[kind]
    arrays = {
        "t": np.arange(5) / 30,
        "keypoints": np.full((5, 17, 3), 0.5, np.float32),
        "image_size": np.array([640, 480]),
    } | changes
    path = tmp_path / "wrong.npz"
    np.savez(path, **{name: value for name, value in arrays.items() if value is not None})
    with pytest.raises(BadInput, match=sentence) as refused:
        load(path)
    assert str(path) in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_wrong_recording_is_not_saved_and_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "set.npz"
    save(path, some_recording())
    before = path.read_bytes()
    with pytest.raises(BadInput, match="does not increase"):
        save(path, some_recording(t=np.zeros(5)))
    with pytest.raises(BadInput, match="cannot be written"):
        save(tmp_path / "nowhere" / "set.npz", some_recording())
    assert path.read_bytes() == before


def test_a_cut_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "set.npz"
    save(path, some_recording(200))
    whole = path.read_bytes()
    for length in (0, 1, 50, len(whole) // 2, len(whole) - 1):
        path.write_bytes(whole[:length])
        with pytest.raises(BadInput):
            load(path)


def npz_with(path: Path, member: bytes, name: str = "t.npy") -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, member)
    return path


def refused_in_little_memory(path: Path) -> str:
    """Why it is refused, when that took less than a megabyte."""
    tracemalloc.start()
    try:
        with pytest.raises(BadInput) as refused:
            load(path)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 1e6, f"{peak / 1e6:.1f} MB"
    return str(refused.value)


@pytest.mark.parametrize("name", recordings.MOST)
def test_a_file_that_would_fill_the_memory_is_refused_before_it_does(tmp_path: Path, name: str) -> None:
    """Of zeros, so that a megabyte unpacks into a thousand; cut short here, as its claim is what counts."""
    room = max(8 * recordings.MOST[name], 10_000_000)
    stored = io.BytesIO()
    numbers = {"descr": "<f8", "fortran_order": False, "shape": (room // 8 + 1,)}
    np.lib.format.write_array_header_1_0(stored, numbers)
    member = stored.getvalue() + bytes(10_000_000)
    told = refused_in_little_memory(npz_with(tmp_path / "bomb.npz", member, f"{name}.npy"))
    assert f"{name} is far too large" in told


def test_an_array_longer_than_it_says_is_refused_as_well(tmp_path: Path) -> None:
    stored = io.BytesIO()
    np.save(stored, np.zeros(3))
    member = stored.getvalue() + bytes(10_000_000)
    assert "far too large" in refused_in_little_memory(npz_with(tmp_path / "bomb.npz", member))


def test_all_arrays_of_a_recording_together_are_bounded() -> None:
    assert sum(recordings.MOST.values()) * 8 < 100e6


def test_an_archive_of_many_thousand_files_is_refused_before_they_are_listed(tmp_path: Path) -> None:
    path = tmp_path / "many.npz"
    with zipfile.ZipFile(path, "w") as archive:
        for number in range(5000):
            archive.writestr(f"{number}.npy", b"")
    assert "cannot be read" in refused_in_little_memory(path)


@pytest.mark.parametrize("packed", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_what_numpy_does_not_pack_is_not_unpacked(tmp_path: Path, packed: int) -> None:
    """The dictionary of an LZMA member may claim four gigabytes."""
    path = tmp_path / "packed.npz"
    with zipfile.ZipFile(path, "w", packed) as archive:
        archive.writestr("t.npy", b"anything")
    assert "numpy does not pack" in refused_in_little_memory(path)


def test_an_array_that_claims_to_be_huge_is_refused(tmp_path: Path) -> None:
    stored = io.BytesIO()
    np.lib.format.write_array_header_1_0(stored, {"descr": "<f8", "fortran_order": False, "shape": (10**15,)})
    with pytest.raises(BadInput, match="far too large"):
        load(npz_with(tmp_path / "claim.npz", stored.getvalue() + bytes(80)))


def test_nothing_in_a_file_is_executed(tmp_path: Path) -> None:
    class Trap:
        def __reduce__(self) -> tuple[Any, ...]:
            return (Path.touch, (tmp_path / "executed",))

    stored = io.BytesIO()
    np.save(stored, np.array([Trap()], dtype=object), allow_pickle=True)
    with pytest.raises(BadInput, match="neither numbers nor text"):
        load(npz_with(tmp_path / "trap.npz", stored.getvalue()))
    assert not (tmp_path / "executed").exists()


@settings(max_examples=300, deadline=None, suppress_health_check=ONE_FIXTURE_FOR_ALL)
@given(
    garbage=st.binary(min_size=1, max_size=60),
    where=st.floats(0, 1),
    keep=st.sampled_from(["nothing", "before", "around"]),
    compressed=st.booleans(),
)
def test_garbage_never_raises_anything_but_bad_input(
    tmp_path: Path, garbage: bytes, where: float, keep: str, compressed: bool
) -> None:
    stored = io.BytesIO()
    (np.savez_compressed if compressed else np.savez)(
        stored, t=np.arange(3.0), keypoints=np.full((3, 17, 3), 0.5), image_size=np.array([64, 48]), model="m"
    )
    whole = stored.getvalue()
    place = int(where * len(whole))
    before, after = whole[:place], whole[place + len(garbage) :]
    content = {"nothing": garbage, "before": before + garbage, "around": before + garbage + after}[keep]
    path = tmp_path / "garbage.npz"
    path.write_bytes(content)
    with contextlib.suppress(BadInput):
        load(path)


@settings(max_examples=100, deadline=None, suppress_health_check=ONE_FIXTURE_FOR_ALL)
@given(header=st.text(max_size=80), version=st.tuples(st.integers(0, 4), st.integers(0, 1)))
def test_a_garbled_array_header_is_bad_input(tmp_path: Path, header: str, version: tuple[int, int]) -> None:
    text = header.encode()
    member = b"\x93NUMPY" + bytes(version) + len(text).to_bytes(2, "little") + text + bytes(24)
    with pytest.raises(BadInput):
        load(npz_with(tmp_path / "header.npz", member))


def test_missing_files_and_folders_are_said_so(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="does not exist"):
        load(tmp_path / "nowhere.npz")
    with pytest.raises(BadInput, match="is a folder"):
        load(tmp_path)


def test_a_recording_plays_as_dark_frames_with_keypoints() -> None:
    recording = some_recording(hfov_deg=66.0)
    source = RecordingSource(recording, pace=False)
    frames = list(source.frames())
    assert source.hfov_deg == 66.0
    assert [frame.t for frame in frames] == recording.t.tolist()
    for frame, keypoints in zip(frames, recording.keypoints, strict=True):
        assert frame.keypoints is not None
        np.testing.assert_array_equal(frame.keypoints, keypoints)
        assert not frame.keypoints.flags.writeable
        assert frame.size == (640, 480)
        assert frame.pixels.shape == (640, 480, 3)
        assert frame.layout is Layout.BGR
        assert frame.pixels.max() < 40
    recording.keypoints[:] = 0  # its owner's array stays writable
    assert frames[0].pixels is frames[-1].pixels, "one canvas for all"


def test_the_canvas_of_a_large_picture_is_small_and_of_the_same_shape() -> None:
    frame = next(RecordingSource(some_recording(image_size=(1920, 1080)), pace=False).frames())
    assert frame.pixels.shape == (640, 360, 3)
    assert frame.size == (1920, 1080)


def test_a_paced_recording_starts_at_once_whatever_its_first_time_is() -> None:
    source = RecordingSource(
        some_recording(4, t=1000.0 + np.array([0, 0.02, 0.04, 0.06])), pace=True, lead_in_s=0.04, hold_s=0.02
    )
    before = time.monotonic()
    times = np.array([frame.t for frame in source.frames()])
    assert source.t0 is not None
    np.testing.assert_allclose(times - source.t0 - 1000.0, np.arange(-2, 5) * 0.02, atol=1e-6)
    assert times[0] >= before
    assert times[-1] < before + 60
