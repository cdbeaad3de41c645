"""What the glass says when the camera fails: in its language, with what a member of staff can do."""

from __future__ import annotations

import ast
import re
import tomllib
from pathlib import Path

import pytest

import mirror
from mirror.camera.missing_camera import AbsentCamera
from mirror.camera.webcam import Webcam
from mirror.coach.lines import fault_line
from mirror.coach.words import FOLDER, languages, words
from mirror.faults import BadInput, PermanentFault, TemporaryFault

CAMERA = Path(mirror.__file__).parent / "camera"
FAULTS = {"BadInput", "PartMissing", "PermanentFault", "TemporaryFault"}
OF_FILES = {"_file", "VideoFile", "check_readable", "turn_of"}
"""What only a clip meets: its faults are told at the keyboard, before there is glass."""


def told(language: str) -> dict[str, str]:
    table: dict[str, dict[str, str]] = tomllib.loads((FOLDER / f"{language}.toml").read_text("utf-8"))
    return table["fault"]


def raised(name: str) -> list[tuple[str, str, set[str]]]:
    """(function or class, key or "", names of the values) of every fault made in a file."""
    found = []
    for top in ast.parse((CAMERA / name).read_text("utf-8")).body:
        for node in ast.walk(top):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in FAULTS:
                given = {one.arg: one.value for one in node.keywords}
                key = given.pop("key", None)
                said = key.value if isinstance(key, ast.Constant) else ""
                found.append((getattr(top, "name", ""), str(said), {str(arg) for arg in given}))
    return found


NO_CAMERAS = ("recording.py", "missing_camera.py")
"""A file that is played, and what hands on the fault of a camera that is not there yet."""


def of_live_cameras() -> list[tuple[str, str, set[str]]]:
    files = sorted(path.name for path in CAMERA.glob("*.py"))
    every = [one for name in files if name not in NO_CAMERAS for one in raised(name)]
    return [one for one in every if one[0] not in OF_FILES]


def test_every_fault_of_a_live_camera_has_its_sentence_and_every_sentence_its_fault() -> None:
    faults = of_live_cameras()
    assert len(faults) > 10
    assert [place for place, key, _ in faults if not key] == []
    assert {key for _, key, _ in faults} | {"other"} == set(told("en"))


@pytest.mark.parametrize("language", languages())
def test_every_fault_can_be_told_with_the_values_it_carries(language: str) -> None:
    say = words(language)
    for _, key, values in of_live_cameras():
        assert set(re.findall(r"{(\w+)}", told(language)[key])) <= values, key
        sentence = say.line(
            fault_line(TemporaryFault("English", key=key, **dict.fromkeys(values, "/dev/video7")))
        )
        assert "{" not in sentence
        assert ("/dev/video7" in sentence) is ("{camera}" in told("en")[key])


@pytest.mark.parametrize("language", languages())
def test_what_is_wrong_is_followed_by_what_to_do(language: str) -> None:
    for key, text in told(language).items():
        wrong, *what_to_do = re.split(r"[.。，] ?", text.rstrip(".。"))
        assert wrong, key
        assert what_to_do, key


def test_a_webcam_that_is_not_plugged_in_is_told_in_the_language_of_the_station() -> None:
    with pytest.raises(BadInput) as unplugged:
        Webcam("/dev/video4711", (640, 480), 30.0)
    waiting = AbsentCamera(unplugged.value)
    with pytest.raises(TemporaryFault, match="does not exist") as absent:
        next(iter(waiting.frames()))
    for fault in (unplugged.value, absent.value):
        assert words("en").line(fault_line(fault)) == (
            "No camera on /dev/video4711. Plug it into the same socket as before."
        )
        assert words("de").line(fault_line(fault)).startswith("Keine Kamera an /dev/video4711.")


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("fault", [PermanentFault("no key"), TemporaryFault("none"), OSError(5, "bus")])
def test_a_fault_nobody_has_words_for_is_told_as_that(fault: Exception, language: str) -> None:
    assert words(language).line(fault_line(fault)) == told(language)["other"]
    assert "squat-mirror doctor" in told(language)["other"]


def test_the_keyboard_is_told_in_english_as_before() -> None:
    assert str(TemporaryFault("A sentence.", key="busy", camera="/dev/video0")) == "A sentence."
