"""A setting that a command changes lands in the person's own file, and nothing else in it moves."""

from __future__ import annotations

import stat
import tomllib
from pathlib import Path

import pytest

from mirror.faults import BadInput
from mirror.settings import Settings, load, render_toml
from mirror.settings.edit import change_settings, file_to_change

WRITTEN = """\
# my mirror, by the window

[camera]
fps = 15  # the lamp flickers at 30

[model]   # a weak board
name = "movenet_lightning_192x128_mixed_u8"  # tried in May
# threads = 3 was worse

[screen]
rotation = 90
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "mirror.toml"
    path.write_text(WRITTEN)
    return path


def test_a_value_changes_in_its_line_and_every_comment_stays(file: Path) -> None:
    change_settings(file, {"model.name": "auto", "camera.fps": 30})
    expected = WRITTEN.replace("fps = 15 ", "fps = 30 ").replace(
        '"movenet_lightning_192x128_mixed_u8"', '"auto"'
    )
    assert file.read_text() == expected


def test_a_setting_that_was_not_there_joins_its_section(file: Path) -> None:
    change_settings(file, {"camera.hfov_deg": 60.5, "lights.rgb_pins": (5, 6, 13), "lights.buzzer_pin": None})
    settings = load(file)
    assert settings.camera.hfov_deg == 60.5
    assert settings.camera.fps == 15
    assert settings.lights.rgb_pins == (5, 6, 13)
    assert settings.lights.buzzer_pin is None
    assert [line for line in WRITTEN.splitlines() if line not in file.read_text().splitlines()] == []


def test_a_default_behind_its_number_sign_takes_the_value(file: Path) -> None:
    file.write_text(render_toml(Settings()))
    before = file.read_text().splitlines()
    change_settings(file, {"model.threads": 2, "screen.width": 800})
    changed = [
        (old, new) for old, new in zip(before, file.read_text().splitlines(), strict=True) if old != new
    ]
    assert changed == [("#threads = 0", "threads = 2"), ('#width = "none"', "width = 800")]
    assert load(file).camera.width == Settings().camera.width


def test_a_missing_file_is_made_with_its_folder(tmp_path: Path) -> None:
    path = tmp_path / "new" / "mirror.toml"
    change_settings(path, {"model.name": "auto"})
    assert tomllib.loads(path.read_text()) == {"model": {"name": "auto"}}


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"model.nam": "x"}, r"model\.nam: no such setting; did you mean model\.name\?"),
        ({"camera.fps": 1000}, r"mirror\.toml: \[camera\] fps = 1000: must be a whole number from 5 to 120"),
        (
            {"knees.caution_deg": 9.0, "knees.off_track_deg": 8.0},
            r"caution_deg \(9 deg\) must be below off_track_deg",
        ),
    ],
)
def test_a_wrong_change_is_told_in_one_line_and_changes_nothing(
    file: Path, changes: dict[str, object], says: str
) -> None:
    with pytest.raises(BadInput, match=says) as told:
        change_settings(file, changes)
    assert "\n" not in str(told.value)
    assert file.read_text() == WRITTEN
    assert list(file.parent.iterdir()) == [file]


@pytest.mark.parametrize("broken", ["[camera\n", "camera = 3\n", "[camera]\nfpz = 3\n"])
def test_a_file_with_a_mistake_in_it_is_left_alone(file: Path, broken: str) -> None:
    file.write_text(broken)
    with pytest.raises(BadInput, match=r"mirror\.toml"):
        change_settings(file, {"camera.fps": 30})
    assert file.read_text() == broken


def test_the_mode_stays_and_a_link_is_followed(file: Path, tmp_path: Path) -> None:
    file.chmod(0o640)
    link = tmp_path / "link.toml"
    link.symlink_to(file)
    change_settings(link, {"camera.fps": 25})
    assert link.is_symlink()
    assert stat.S_IMODE(file.stat().st_mode) == 0o640
    assert load(file).camera.fps == 25


def test_a_place_that_cannot_be_written_is_told_in_one_line(file: Path) -> None:
    with pytest.raises(BadInput, match=r"mirror\.toml/x\.toml cannot be written: "):
        change_settings(file / "x.toml", {"camera.fps": 25})


def test_changes_belong_into_the_file_in_force_else_into_the_home_folder(
    file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path / "..")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.delenv("SQUAT_MIRROR_CONFIG", raising=False)
    assert file_to_change(file) == file
    if not Path("/etc/squat-mirror/mirror.toml").exists():
        assert file_to_change() == tmp_path / "config" / "squat-mirror" / "mirror.toml"
