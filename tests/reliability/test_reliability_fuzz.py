"""Files as chance and malice make them: each is used or refused in one line, and none ends in a traceback.

What people mistype is in test_reliability_settings.py; what a careless writer makes of a recording or a video
in the camera room's tests. Here the bytes and the values are hypothesis's.
"""

from __future__ import annotations

import io
import itertools
import json
import logging
import pickle
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from mirror import settings as s
from mirror.camera.frame import Frame
from mirror.camera.recording import Recording, RecordingSource, load, save
from mirror.camera.video import VideoFile
from mirror.faults import BadInput
from mirror.knees.constants import ANATOMICAL
from mirror.knees.optics import Camera
from mirror.pose import choice
from mirror.pose.catalog import DEFAULT_MODEL, FOOT_MODEL, entries, find, models_folder
from mirror.pose.feet import FootNet
from mirror.pose.people import PoseNet
from mirror.service.mounting import FILE_NAME, SCHEMA, learning_mount
from mirror.settings.sources import check_file
from mirror.settings.written import toml

in_one_folder = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=100)
"""Every example overwrites the one before in the same temporary folder."""


def refusal(attempt: Callable[[], object]) -> str:
    """The sentence in which this was refused, or "" when it went well. Anything else goes through."""
    try:
        attempt()
    except BadInput as refused:
        told = str(refused)
        assert told.strip()
        assert len(told.splitlines()) == 1, told
        assert len(told) < 1000
        return told
    return ""


@st.composite
def mutated(draw: st.DrawFn, whole: bytes, most: int = 4) -> bytes:
    """These bytes with a few pieces overwritten, cut out, put in, or the end gone."""
    content = bytearray(whole)
    for _ in range(draw(st.integers(1, most))):
        at = draw(st.integers(0, len(content)))
        length = draw(st.integers(1, 64))
        how = draw(st.sampled_from(["over", "out", "in", "end", "bit"]))
        if how == "over":
            content[at : at + length] = draw(st.binary(min_size=length, max_size=length))
        elif how == "out":
            del content[at : at + length]
        elif how == "in":
            content[at:at] = draw(st.binary(min_size=1, max_size=length))
        elif how == "end":
            del content[at:]
        elif at < len(content):
            content[at] ^= 1 << draw(st.integers(0, 7))
    return bytes(content)


# -- settings

SECTIONS = sorted({section for section, _, _ in s.every()})
NAMES = sorted({name for _, name, _ in s.every()})
text = st.text(max_size=20)
scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.sampled_from([10**400, -(2**63), 17, 0])
    | st.floats()
    | text
    | st.sampled_from(["none", "auto", "17,27,22", "\u2028", "\x00", "a\nb"])
    | st.dates()
    | st.datetimes()
    | st.times()
)
values = st.recursive(
    scalars, lambda v: st.lists(v, max_size=4) | st.dictionaries(text, v, max_size=3), max_leaves=8
)
tables = st.dictionaries(
    st.sampled_from(SECTIONS) | text,
    values | st.dictionaries(st.sampled_from(NAMES) | text, values, max_size=4),
    max_size=4,
)


sendable = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
"""What the environment can hold, but for zero bytes."""


def as_toml(value: object) -> str:
    """Any value as TOML; inline tables for dictionaries, "none" for None."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{toml(key)} = {as_toml(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(as_toml, value)) + "]"
    return value.isoformat() if hasattr(value, "isoformat") else toml(value)


def check_settings(config: Path) -> None:
    """All three ways to read them agree on whether there is something to say, and say it line by line."""
    told = refusal(lambda: s.load(config))
    problems = s.check(config)
    assert bool(told) == bool(problems)
    assert all(len(problem.splitlines()) == 1 for problem in problems)
    assert all(len(problem.splitlines()) == 1 for problem in check_file(config))


@in_one_folder
@given(
    content=st.text(alphabet=st.sampled_from("[]{}\"'=.,#\n\\ae1_-+:T\u2028"), max_size=60)
    | st.text(max_size=80)
)
@example(content="[camera]\nfps = " + "9" * 5000)
@example(content="[camera]\nfps = 0x" + "f" * 5000)
@example(content="[camera.fps" + ".a" * 3000 + "]\n")
@example(content='[camera]\n"a\\nb" = 3\n')
@example(content='"a\\nb" = 3\n')
@example(content='["a\\u2028b"]\n')
def test_any_text_as_settings_is_taken_or_refused_in_one_line(tmp_path: Path, content: str) -> None:
    (tmp_path / "mirror.toml").write_text(content, "utf-8", errors="surrogatepass")
    check_settings(tmp_path / "mirror.toml")


@in_one_folder
@given(told=tables)
@example(told={"camera": {"tilt_deg": 10**400}})
@example(told={"lights": {"rgb_pins": [1, [2], {"": 3}]}})
def test_any_values_as_settings_are_taken_or_refused_in_one_line(
    tmp_path: Path, told: dict[str, Any]
) -> None:
    lines = [f"{toml(name)} = {as_toml(value)}\n" for name, value in told.items()]
    (tmp_path / "mirror.toml").write_text("".join(lines), "utf-8", errors="surrogatepass")
    check_settings(tmp_path / "mirror.toml")


@in_one_folder
@given(content=mutated(s.render_toml(s.Settings(), commented=False).encode()))
def test_the_shipped_settings_with_damage_are_taken_or_refused_in_one_line(
    tmp_path: Path, content: bytes
) -> None:
    (tmp_path / "mirror.toml").write_bytes(content)
    check_settings(tmp_path / "mirror.toml")


@in_one_folder
@given(which=st.sampled_from([(section, name) for section, name, _ in s.every()]), value=sendable)
@example(which=("camera", "fps"), value="1\n2")
@example(which=("lights", "rgb_pins"), value="1,,\u2028")
@example(which=("camera", "tilt_deg"), value="1" * 5000)
def test_any_variable_is_taken_or_refused_in_one_line(which: tuple[str, str], value: str) -> None:
    assume("\x00" not in value)
    with pytest.MonkeyPatch.context() as outside:
        outside.setenv(f"{s.PREFIX}{which[0]}__{which[1]}".upper(), value)
        told = refusal(lambda: s.load("/dev/null"))
        assert not told or told.startswith((s.PREFIX, "environment"))


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


# -- what the mirror has learned

CAMERA = Camera(55.0, 8.0, 0.0, 1.08, (("tilt", "assumed"), ("roll", "assumed")))
SIZE = (640, 480)
OURS = {"hfov_deg": 55.0, "size": list(SIZE), "height_m": 1.08, "roll_deg": None}
numbers = st.integers() | st.floats() | st.sampled_from([10**400, 1e308, -0.0])
json_values = st.recursive(
    st.none() | st.booleans() | numbers | text,
    lambda v: st.lists(v, max_size=5) | st.dictionaries(text, v, max_size=3),
    max_leaves=8,
)
"""JSON as Python reads it, NaN and Infinity too."""


@in_one_folder
@given(
    people=st.lists(st.lists(numbers, min_size=4, max_size=4) | json_values, max_size=4),
    camera=st.just(OURS) | json_values,
)
@example(people=[[10**400, 1, 1, 1]], camera=OURS)
@example(people=[[3, 10**400, 1, 1]], camera=OURS)
@example(people=[{"a": 1, "b": 1, "c": 1, "d": 1}], camera=OURS)
def test_any_learned_mounting_gives_a_camera_that_can_hang(
    tmp_path: Path, people: list[Any], camera: Any
) -> None:
    told = {"schema": SCHEMA, "camera": camera, "people": people}
    (tmp_path / FILE_NAME).write_text(json.dumps(told))
    look_from_the_mounting(tmp_path)


@in_one_folder
@given(
    content=mutated(
        json.dumps({"schema": SCHEMA, "camera": OURS, "people": [[3.0, 1.3, 0.6, 0.4]] * 4}).encode()
    )
)
def test_a_learned_mounting_with_damage_gives_a_camera_that_can_hang(tmp_path: Path, content: bytes) -> None:
    (tmp_path / FILE_NAME).write_bytes(content)
    look_from_the_mounting(tmp_path)


def look_from_the_mounting(folder: Path) -> None:
    """The camera has sane angles, and what is said is said in lines."""
    said = Said()
    log = logging.getLogger("mirror.service.mounting")
    log.addHandler(said)
    try:
        mount = learning_mount(folder, CAMERA, SIZE, ANATOMICAL, None)
    finally:
        log.removeHandler(said)
    assert mount is not None
    assert abs(mount.camera.tilt_deg) < 80
    assert abs(mount.camera.roll_deg) < 80
    assert all(len(line.splitlines()) == 1 for line in said.lines)


class Said(logging.Handler):
    """What was logged, line by line."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(record.getMessage())


MADE_FOR = {"processor": "one"}


@in_one_folder
@given(
    change=st.dictionaries(st.sampled_from(["model", "threads", "why", "ladder"]), json_values, max_size=3),
    whole=st.booleans(),
    instead=json_values,
)
@example(change={"threads": 10**400}, whole=True, instead=None)
@example(change={"threads": float("inf")}, whole=True, instead=None)
@example(change={"ladder": [[]]}, whole=True, instead=None)
@example(change={"ladder": []}, whole=True, instead=None)
@example(change={"model": {}}, whole=True, instead=None)
def test_any_remembered_choice_of_a_model_can_be_used_or_is_forgotten(
    tmp_path: Path, change: dict[str, Any], whole: bool, instead: Any
) -> None:
    sound = {"model": DEFAULT_MODEL, "threads": 2, "why": "measured", "ladder": [DEFAULT_MODEL]}
    told = {"schema": 1, "machine": MADE_FOR, "choice": sound | change} if whole else instead
    (tmp_path / choice.FILE_NAME).write_text(json.dumps(told))
    found = choice.kept(tmp_path, MADE_FOR)
    assert found is None or (found.model in found.ladder and 1 <= found.threads <= choice.MOST_THREADS)
    assert change or not whole or found == choice.Choice(DEFAULT_MODEL, 2, "measured", (DEFAULT_MODEL,))


# -- models


@settings(in_one_folder, max_examples=20)
@given(data=st.data(), name=st.sampled_from([DEFAULT_MODEL, FOOT_MODEL]))
def test_a_damaged_model_never_reaches_the_interpreter(
    tmp_path: Path, data: st.DataObject, name: str
) -> None:
    entry = replace(find(name), path=tmp_path / "model.tflite")
    whole = find(name).path.read_bytes()
    content = data.draw(mutated(whole))
    assume(content != whole)
    entry.path.write_bytes(content)
    with pytest.MonkeyPatch.context() as watched:
        watched.setattr(f"mirror.pose.{'feet' if name == FOOT_MODEL else 'people'}.Network", reached)
        assert name in refusal(lambda: (FootNet if name == FOOT_MODEL else PoseNet)(entry))


def reached(*_: object, **__: object) -> None:
    raise AssertionError("the interpreter was given a damaged file")


@in_one_folder
@given(content=mutated((models_folder() / "models.toml").read_bytes(), most=2))
def test_a_damaged_list_of_models_is_read_or_refused_in_one_line(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "models.toml").write_bytes(content)
    entries.cache_clear()
    try:
        refusal(lambda: entries(tmp_path))
    finally:
        entries.cache_clear()
