"""Settings: what wins over what, where a value came from, and how a mistake is told."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from mirror import settings as s
from mirror.cli import main
from mirror.faults import BadInput
from mirror.settings.edit import file_to_change

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def _empty_house(tmp_path, monkeypatch):
    """Nothing from outside: an empty working directory and no variables or files of the person's own."""
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.upper().startswith(s.PREFIX)]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "home"))


def write(text: str, path: Path | str = "mirror.toml") -> Path:
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def complaint(config: str | Path | None = None, overrides: dict[str, object] | None = None) -> str:
    with pytest.raises(BadInput) as caught:
        s.load(config, overrides)
    message = str(caught.value)
    assert "\n" not in message
    assert "pydantic" not in message
    return message


# What wins --------------------------------------------------------------------------------------


def test_without_file_or_variables_everything_is_the_default():
    loaded = s.load()
    assert loaded.model_dump() == s.Settings().model_dump()
    assert set(s.where(loaded).values()) == {"default"}


def test_file_wins_over_default_environment_over_file_and_flag_over_both(monkeypatch):
    write("[camera]\nwidth = 800\nheight = 600\nfps = 25\n")
    monkeypatch.setenv("SQUAT_MIRROR_CAMERA__HEIGHT", "720")
    monkeypatch.setenv("SQUAT_MIRROR_CAMERA__FPS", "15")
    loaded = s.load(overrides={"camera.fps": 50, "camera.source": None})
    camera = loaded.camera
    assert (camera.source, camera.width, camera.height, camera.fps) == ("auto", 800, 720, 50)
    origins = s.where(loaded)
    assert origins["camera.source"] == "default"
    assert origins["camera.width"] == "file mirror.toml"
    assert origins["camera.height"] == "environment SQUAT_MIRROR_CAMERA__HEIGHT"
    assert origins["camera.fps"] == "flag"


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("CAMERA__TILT_DEG", "-3.5", -3.5),
        ("CAMERA__SOURCE", "/dev/video2", "/dev/video2"),
        ("LIGHTS__RGB_PINS", "4, 5,6", (4, 5, 6)),
        ("LIGHTS__RGB_PINS", "[4, 5, 6]", (4, 5, 6)),
        ("LIGHTS__KIND", "none", "none"),
        ("LIGHTS__BUZZER_PIN", "none", None),
        ("SCREEN__FULLSCREEN", "yes", True),
        ("SCREEN__ROTATION", "270", 270),
    ],
)
def test_a_variable_is_read_as_the_setting_is_meant(monkeypatch, name, text, value):
    monkeypatch.setenv(s.PREFIX + name, text)
    section, key = name.lower().split("__")
    assert getattr(getattr(s.load(), section), key) == value


def test_none_in_the_environment_takes_a_value_of_the_file_back(monkeypatch):
    write("[camera]\nhfov_deg = 62\n")
    assert s.load().camera.hfov_deg == 62.0
    monkeypatch.setenv("SQUAT_MIRROR_CAMERA__HFOV_DEG", "none")
    assert s.load().camera.hfov_deg is None


def test_an_empty_variable_is_as_if_it_were_not_set(monkeypatch):
    write("[camera]\nfps = 25\n")
    monkeypatch.setenv("SQUAT_MIRROR_CAMERA__FPS", "")
    assert s.load().camera.fps == 25


def test_a_path_as_a_flag_is_a_name():
    assert s.load(overrides={"camera.source": Path("clips/a.mp4")}).camera.source == "clips/a.mp4"


# Where the file is --------------------------------------------------------------------------------


def test_root_obeys_no_file_of_the_folder_it_stands_in_nor_of_a_home(tmp_path, monkeypatch, capsys):
    """It would read a secret for whoever wrote that file, and send it to their broker."""
    monkeypatch.setattr("mirror.settings.sources.is_root", lambda: True)
    monkeypatch.setattr("mirror.settings.edit.is_root", lambda: True)
    monkeypatch.setattr("mirror.settings.sources.SYSTEM_FILE", tmp_path / "etc.toml")
    monkeypatch.setattr("mirror.settings.edit.SYSTEM_FILE", tmp_path / "etc.toml")
    own = tmp_path / "home" / "squat-mirror" / "mirror.toml"
    own.parent.mkdir(parents=True)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "home"))
    for theirs in (Path("mirror.toml"), own):
        theirs.write_text('[mqtt]\nbroker = "theirs"\npassword_file = "/etc/shadow"\n')
    assert s.find() is None
    assert s.load().mqtt.broker == ""
    assert file_to_change() == tmp_path / "etc.toml"
    (tmp_path / "etc.toml").write_text('[mqtt]\nbroker = "ours"\n')
    assert s.load().mqtt.broker == "ours"
    assert s.load("mirror.toml").mqtt.broker == "theirs", "it was named"


def test_root_is_told_that_the_file_beside_it_is_not_taken(monkeypatch, capsys):
    for place in ("mirror.settings.sources", "mirror.settings"):
        monkeypatch.setattr(f"{place}.is_root", lambda: True)
    monkeypatch.setattr("mirror.settings.sources.SYSTEM_FILE", Path("/nowhere/mirror.toml"))
    Path("mirror.toml").write_text("")
    assert main(["config", "check"]) == 0
    assert "--config mirror.toml" in capsys.readouterr().out


def test_the_named_file_wins_over_the_variable_over_here_over_home(tmp_path, monkeypatch):
    assert s.find() is None or s.find() == Path("/etc/squat-mirror/mirror.toml")
    home = write("", tmp_path / "home/squat-mirror/mirror.toml")
    assert s.find() == home
    here = write("")
    assert s.find() == here
    by_variable = write("", "by_variable.toml")
    monkeypatch.setenv("SQUAT_MIRROR_CONFIG", str(by_variable))
    assert s.find() == by_variable
    named = write("", "named.toml")
    assert s.find(named) == named
    assert s.load(named)


def test_a_named_file_that_is_not_there_is_told(monkeypatch):
    assert complaint("no.toml") == "there is no settings file no.toml"
    monkeypatch.setenv("SQUAT_MIRROR_CONFIG", "gone.toml")
    assert complaint() == "SQUAT_MIRROR_CONFIG: there is no settings file gone.toml"


def test_a_folder_is_not_a_settings_file(tmp_path):
    assert complaint(tmp_path) == f"{tmp_path} is a folder, not a settings file"


def test_the_null_device_means_no_file():
    write("[camera]\nfps = 25\n")
    assert s.load("/dev/null").camera.fps == 30


# Mistakes ------------------------------------------------------------------------------------------

MISTAKES = {
    "unknown key": (
        "[camera]\nhfov = 62",
        "mirror.toml: [camera] hfov: no such setting; did you mean hfov_deg?",
    ),
    "misspelt key": (
        "[knees]\ncuation_deg = 5",
        "mirror.toml: [knees] cuation_deg: no such setting; did you mean caution_deg?",
    ),
    "key of another section": (
        "[camera]\nstature_m = 1.7",
        "mirror.toml: [camera] stature_m: no such setting; did you mean [person] stature_m?",
    ),
    "key like nothing": ("[camera]\nzzz = 1", "mirror.toml: [camera] zzz: no such setting"),
    "unknown section": ("[camra]\nfps = 3", "mirror.toml: [camra]: no such section; did you mean [camera]?"),
    "key outside": (
        "fps = 30",
        "mirror.toml: fps stands outside any section; it belongs below [camera]",
    ),
    "section as value": (
        "camera = 3",
        "mirror.toml: camera is a section: write [camera] and its settings below",
    ),
    "too large": (
        "[camera]\nfps = 500",
        "mirror.toml: [camera] fps = 500: must be a whole number from 5 to 120 frames/s",
    ),
    "text for a number": (
        '[camera]\nfps = "30"',
        'mirror.toml: [camera] fps = "30": must be a whole number from 5 to 120 frames/s',
    ),
    "truth for a number": (
        "[camera]\nfps = true",
        "mirror.toml: [camera] fps = true: must be a whole number from 5 to 120 frames/s",
    ),
    "half a pixel": (
        "[screen]\nwidth = 640.5",
        'mirror.toml: [screen] width = 640.5: must be a whole number from 320 to 7680 px, or "none"',
    ),
    "not a number": (
        "[person]\nstature_m = nan",
        'mirror.toml: [person] stature_m = nan: must be a number from 1.2 to 2.3 m, or "none"',
    ),
    "number for a truth": (
        "[screen]\nfullscreen = 1",
        "mirror.toml: [screen] fullscreen = 1: must be true or false",
    ),
    "no such choice": (
        '[lights]\nkind = "led"',
        'mirror.toml: [lights] kind = "led": must be "auto", "gpio", "mock" or "none"',
    ),
    "odd rotation": (
        "[screen]\nrotation = 45",
        "mirror.toml: [screen] rotation = 45: must be 0, 90, 180 or 270",
    ),
    "two pins": (
        "[lights]\nrgb_pins = [1, 2]",
        "mirror.toml: [lights] rgb_pins = [1, 2]: must be three whole numbers from 0 to 27",
    ),
    "pin not on the header": (
        "[lights]\nrgb_pins = [1, 2, 28]",
        "mirror.toml: [lights] rgb_pins = [1, 2, 28]: must be three whole numbers from 0 to 27",
    ),
    "language": (
        '[coach]\nlanguage = "English"',
        'mirror.toml: [coach] language = "English": must be a language code such as "en"',
    ),
    "blank": ('[model]\nname = " "', 'mirror.toml: [model] name = " ": must be a model\'s name or "auto"'),
    "caution above off track": (
        "[knees]\ncaution_deg = 9\noff_track_deg = 8",
        "mirror.toml: [knees] caution_deg (9 deg) must be below off_track_deg (8 deg)",
    ),
    "reference limits": (
        "[knees]\nreference_caution_deg = 6\nreference_off_track_deg = 5",
        "mirror.toml: [knees] reference_caution_deg (6 deg) must be below reference_off_track_deg (5 deg)",
    ),
    "no such strictness": (
        '[knees]\nstrictness = "gentle"',
        'mirror.toml: [knees] strictness = "gentle": must be "relaxed", "standard" or "strict"',
    ),
    "one pin twice": (
        "[lights]\nbuzzer_pin = 27",
        "mirror.toml: [lights] pin 27 is used twice, by rgb_pins[1] and buzzer_pin",
    ),
    "not TOML": (
        "[camera]\nfps: 30",
        "mirror.toml, line 2: not TOML: expected '=' after a key in a key/value pair",
    ),
    "cut short": ('[camera]\nsource = "', "mirror.toml, last line: not TOML: unterminated string"),
}


@pytest.mark.parametrize(("text", "expected"), MISTAKES.values(), ids=MISTAKES.keys())
def test_a_mistake_in_the_file_is_told_in_one_line(text, expected):
    write(text)
    assert complaint() == expected
    assert s.check() == [expected]


def test_bytes_that_are_no_text_are_told():
    Path("mirror.toml").write_bytes(b'[camera]\nsource = "\xff\xfe"')
    assert complaint() == "mirror.toml is not a text file in UTF-8"


def test_several_mistakes_are_counted_and_check_lists_them_all(monkeypatch):
    write("[camera]\nfps = 500\nhfov = 3\n\n[knees]\ncaution_deg = 9\noff_track_deg = 8\n")
    monkeypatch.setenv("SQUAT_MIRROR_LIGHTS__KIND", "led")
    assert complaint() == "mirror.toml: [camera] hfov: no such setting; did you mean hfov_deg? (and 3 more)"
    assert s.check() == [
        "mirror.toml: [camera] hfov: no such setting; did you mean hfov_deg?",
        "mirror.toml: [camera] fps = 500: must be a whole number from 5 to 120 frames/s",
        'SQUAT_MIRROR_LIGHTS__KIND=led: must be "auto", "gpio", "mock" or "none"',
        "mirror.toml: [knees] caution_deg (9 deg) must be below off_track_deg (8 deg)",
    ]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("a." * 16_000 + "a = 1", "more than 30 dots"),
        ("[" + "a." * 16_000 + "a]", "more than 30 dots"),
        ('x = {"' + '"."'.join("a" * 16_000) + '" = 1}', "more than 30 dots"),
        ("x = 1\n" * 100_000, "600 kB"),
    ],
)
def test_a_file_that_would_fill_the_memory_is_refused_unread(tmp_path, text, why):
    file = tmp_path / "bomb.toml"
    file.write_text(text)
    s.check(os.devnull)  # what reading takes by itself, once
    tracemalloc.start()
    try:
        (told,) = s.check(file)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert why in told
    assert peak < 2e6, f"{peak / 1e6:.1f} MB"


def test_dots_in_a_remark_are_no_names(tmp_path):
    file = tmp_path / "mirror.toml"
    file.write_text(f"# {'.' * 80}\n[camera]\nfps = 25\n")
    assert s.check(file) == []


def test_check_is_silent_when_all_is_well():
    assert s.check() == []
    write("[knees]\nreference_caution_deg = 4.5\nreference_off_track_deg = 7\n")
    assert s.check() == []


@pytest.mark.parametrize(
    ("variable", "value", "expected"),
    [
        ("SQUAT_MIRROR_CAMERA__FPS", "abc", "=abc: must be a whole number from 5 to 120 frames/s"),
        ("SQUAT_MIRROR_CAMERA__FPS", "0", "=0: must be a whole number from 5 to 120 frames/s"),
        ("SQUAT_MIRROR_LIGHTS__RGB_PINS", "1,2,x", "=1,2,x: must be three whole numbers from 0 to 27"),
        ("SQUAT_MIRROR_SCREEN__ROTATION", "45", "=45: must be 0, 90, 180 or 270"),
        ("SQUAT_MIRROR_CAMERA__FSP", "30", ": no such setting; did you mean SQUAT_MIRROR_CAMERA__FPS?"),
        ("SQUAT_MIRROR_CAMERA_FPS", "30", ": no such setting; did you mean SQUAT_MIRROR_CAMERA__FPS?"),
        ("SQUAT_MIRROR_CAMERA__FPS__X", "3", ": no such setting; did you mean SQUAT_MIRROR_CAMERA__FPS?"),
        (
            "SQUAT_MIRROR_CAMERA",
            '{"fps": 3}',
            ": names a section only; write SQUAT_MIRROR_CAMERA__<NAME>",
        ),
    ],
)
def test_a_mistake_in_a_variable_names_the_variable(monkeypatch, variable, value, expected):
    monkeypatch.setenv(variable, value)
    assert complaint() == variable + expected


def test_a_name_too_long_beside_a_right_one_is_told(monkeypatch):
    monkeypatch.setenv("SQUAT_MIRROR_CAMERA__FPS", "30")
    monkeypatch.setenv("SQUAT_MIRROR_CAMERA__FPS__X", "30")
    assert complaint().startswith("SQUAT_MIRROR_CAMERA__FPS__X: no such setting")


def test_a_mistake_in_a_flag_names_the_flag():
    assert complaint(overrides={"camera.fps": 0}) == (
        "flag camera.fps = 0: must be a whole number from 5 to 120 frames/s"
    )
    assert (
        complaint(overrides={"camera.fsp": 3}) == "flag camera.fsp: no such setting; did you mean camera.fps?"
    )


def test_halves_of_an_order_may_come_from_two_places(monkeypatch):
    write("[knees]\ncaution_deg = 9\n")
    monkeypatch.setenv("SQUAT_MIRROR_KNEES__OFF_TRACK_DEG", "12")
    limits = s.load().knees.limits(with_reference=False)
    assert (limits.caution_deg, limits.off_track_deg) == (9.0, 12.0)
    monkeypatch.setenv("SQUAT_MIRROR_KNEES__OFF_TRACK_DEG", "8.5")
    assert complaint() == (
        "mirror.toml, environment SQUAT_MIRROR_KNEES__OFF_TRACK_DEG: "
        "[knees] caution_deg (9 deg) must be below off_track_deg (8.5 deg)"
    )


# Knees and lamps -----------------------------------------------------------------------------------


def test_a_strictness_sets_degrees_and_how_sure_they_must_be_and_stricter_is_sooner():
    relaxed, standard, strict = (
        s.KneesSettings(strictness=name).limits(with_reference=False)
        for name in ("relaxed", "standard", "strict")
    )
    assert strict.caution_deg < standard.caution_deg < relaxed.caution_deg
    assert strict.off_track_deg < standard.off_track_deg < relaxed.off_track_deg
    assert strict.off_track_sure <= standard.off_track_sure <= relaxed.off_track_sure


@pytest.mark.parametrize("with_reference", [False, True])
@pytest.mark.parametrize("name", ["relaxed", "standard", "strict"])
def test_every_strictness_calls_caution_before_off_track(name, with_reference):
    limits = s.KneesSettings(strictness=name).limits(with_reference)
    assert limits.caution_deg < limits.off_track_deg
    assert 0.5 <= limits.caution_sure < 1
    assert 0.5 <= limits.off_track_sure < 1


def test_degrees_that_are_set_go_before_the_strictness_and_take_the_others_along():
    knees = s.KneesSettings(caution_deg=9, reference_off_track_deg=3)
    alone, after = knees.limits(with_reference=False), knees.limits(with_reference=True)
    assert (alone.caution_deg, alone.off_track_deg) == (9.0, 9.5)
    assert (after.caution_deg, after.off_track_deg) == (2.5, 3.0)
    assert alone.off_track_sure == s.KneesSettings().limits(with_reference=False).off_track_sure


def test_only_pins_in_use_must_differ():
    assert s.LightsSettings(good_pin=17).lamp_pins() == {
        "rgb_pins[0]": 17,
        "rgb_pins[1]": 27,
        "rgb_pins[2]": 22,
    }
    with pytest.raises(ValidationError, match="pin 13 is used twice, by good_pin and off_track_pin"):
        s.LightsSettings(wiring="three", good_pin=13)


def test_settings_cannot_be_changed():
    with pytest.raises(ValidationError):
        s.Settings().camera.fps = 3  # type: ignore[misc]


# Telling ----------------------------------------------------------------------------------------------


def test_the_default_file_in_the_repository_is_what_would_be_written():
    assert (ROOT / "systemd" / "mirror.toml").read_text(encoding="utf-8") == s.render_toml(s.Settings())


def test_every_line_of_the_default_file_can_be_uncommented():
    text = (ROOT / "systemd" / "mirror.toml").read_text(encoding="utf-8")
    names = "|".join({name for _, name, _ in s.every()})
    uncommented = re.sub(rf"(?m)^#({names}) = ", r"\1 = ", text)
    assert sum(len(table) for table in tomllib.loads(uncommented).values()) == len(list(s.every()))
    write(uncommented)
    assert s.load().model_dump() == s.Settings().model_dump()


def test_every_setting_says_what_it_is_and_numbers_have_bounds():
    for section, name, field in s.every():
        assert field.description, (section, name)
        assert field.description.endswith("."), (section, name)
        must = s.describe(field)
        if field.annotation in (int, float):
            assert " from " in must, (section, name)
        if name.endswith(("_deg", "_m", "_mm", "_ms", "_s")):
            assert s.unit(field) == name.rsplit("_", 1)[1], (section, name)


def test_rows_tell_value_unit_and_origin():
    write('[camera]\ntilt_deg = 8\nsource = "clip.mp4"\n')
    told = {f"{row.section}.{row.name}": row for row in s.rows(s.load())}
    assert len(told) == len(list(s.every()))
    tilt = told["camera.tilt_deg"]
    assert (tilt.value, tilt.unit, tilt.came_from) == ("8.0", "deg", "file mirror.toml")
    assert told["camera.source"].value == '"clip.mp4"'
    assert told["person.stature_m"].value == "-"


sources = st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]), min_size=1).filter(
    lambda text: text.strip() != ""
)


@given(
    values=st.fixed_dictionaries(
        {
            "camera": st.fixed_dictionaries({"source": sources, "tilt_deg": st.none() | st.floats(-45, 45)}),
            "knees": st.fixed_dictionaries({"caution_deg": st.floats(5.6, 7.9)}),
            "screen": st.fixed_dictionaries({"fullscreen": st.booleans()}),
            "lights": st.fixed_dictionaries({"buzzer_pin": st.none() | st.sampled_from([4, 23])}),
        }
    ),
    commented=st.booleans(),
)
def test_what_is_written_is_read_back(values, commented):
    chosen = s.Settings.model_validate(values)
    again = s.load(write(s.render_toml(chosen, commented), "again.toml"))
    assert again.model_dump() == chosen.model_dump()


@given(st.data())
def test_any_value_within_bounds_is_taken_and_any_outside_refused(draw):
    section, name, field = draw.draw(
        st.sampled_from([item for item in s.every() if item[2].annotation is float and item[0] != "knees"])
    )
    extra = field.json_schema_extra
    assert isinstance(extra, dict)
    low, high = float(extra["ge"]), float(extra["le"])  # type: ignore[arg-type]
    inside = draw.draw(st.floats(low, high))
    loaded = s.load("/dev/null", {f"{section}.{name}": inside})
    assert getattr(getattr(loaded, section), name) == inside
    outside = draw.draw(st.floats(allow_nan=False).filter(lambda x: not low <= x <= high))
    message = complaint("/dev/null", {f"{section}.{name}": outside})
    assert f"must be a number from {low:g} to {high:g}" in message


def test_importing_settings_brings_no_hardware_and_no_second_library():
    seen = subprocess.run(
        [sys.executable, "-c", "import mirror.settings, sys; print(*sys.modules)"],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
    ).stdout.split()
    heavy = {"numpy", "cv2", "pygame", "gpiozero", "pydantic_settings", "picamera2", "ai_edge_litert"}
    assert not heavy & set(seen)
