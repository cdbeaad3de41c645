"""Settings, what was learned and models as chance makes them: used or refused in one line, never a traceback.

What people mistype is in test_reliability_settings.py; recordings and videos are beside this file.
"""

from __future__ import annotations

import json
import logging
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from reliability.damage import in_one_folder, mutated, refusal

from mirror import settings as s
from mirror.camera.missing_camera import is_live
from mirror.camera.pick import open_camera
from mirror.doctor import doctor
from mirror.knees.constants import ANATOMICAL
from mirror.knees.optics import Camera
from mirror.mounting.memory import FILE_NAME, SCHEMA, learning_mount
from mirror.pose import choice
from mirror.pose.catalog import DEFAULT_MODEL, FOOT_MODEL, entries, find, models_folder
from mirror.pose.feet import FootNet
from mirror.pose.pose_net import PoseNet
from mirror.settings.render import toml
from mirror.settings.sources import check_file

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
    | st.sampled_from(["none", "auto", "17,27,22", "\u2028", "\x00", "a\nb", "x" * 5000, "\u3000"])
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
    assert all(problem.isprintable() for problem in problems)
    if not problems:
        check_texts(s.load(config))


def check_texts(found: s.Settings) -> None:
    """Every text in force can be told in one line and used as a name."""
    for section, name, _ in s.every():
        value = getattr(getattr(found, section), name)
        assert not isinstance(value, str) or (len(value) <= 1000 and len(value.splitlines()) <= 1)
        assert not isinstance(value, str) or "\x00" not in value


def seen_by_hand(found: s.Settings) -> None:
    """Whatever camera and model are set, opening them is a sentence, and so is what the doctor says."""
    told = refusal(lambda: find(found.model.name))
    assert told or found.model.name in (*entries(), "auto")
    assert len(doctor.camera(found.camera.source, [], None).says.splitlines()) == 1
    if not is_live(found.camera.source):
        assert refusal(lambda: open_camera(found.camera))


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


@in_one_folder
@given(source=sendable | st.text(min_size=1, max_size=900), model=sendable)
@example(source="x" * 900, model="x" * 900)
@example(source="/dev/" + "x" * 900, model="")
@example(source="/" * 900, model="auto")
@example(source="\u202e.npz", model="[bold]")
def test_any_camera_and_any_model_are_refused_in_one_line(tmp_path: Path, source: str, model: str) -> None:
    with pytest.MonkeyPatch.context() as here:
        here.chdir(tmp_path)
        lines = f"[camera]\nsource = {toml(source)}\n[model]\nname = {toml(model)}\n"
        (tmp_path / "mirror.toml").write_text(lines, "utf-8", errors="surrogatepass")
        if not refusal(lambda: s.load(tmp_path / "mirror.toml")):
            seen_by_hand(s.load(tmp_path / "mirror.toml"))


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
@example(people=[[3, 1e-300, 1, 1]], camera=OURS)
@example(people=[[3, 1e300, 1, 1e300]], camera=OURS)
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
    log = logging.getLogger("mirror.mounting.memory")
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
        watched.setattr(f"mirror.pose.{'feet' if name == FOOT_MODEL else 'pose_net'}.Network", reached)
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
