"""Settings broken in many ways: every command that reads them says in one line what is wrong and where."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from mirror.cli import main

BROKEN = {
    "no TOML": b"this is not toml",
    "an open bracket": b"[camera\nfps = 30\n",
    "an open quote": b'[camera]\nsource = "auto\n',
    "a key twice": b"[camera]\nfps = 30\nfps = 25\n",
    "a section twice": b"[camera]\nfps = 30\n[camera]\nwidth = 640\n",
    "a misspelt section": b"[camra]\nfps = 30\n",
    "a misspelt name": b"[camera]\nfsp = 30\n",
    "a name in no section": b"fps = 30\n",
    "a section that is a value": b"camera = 3\n",
    "a section that is a list": b"[[camera]]\nfps = 30\n",
    "text for a number": b'[camera]\nfps = "fast"\n',
    "a number for text": b"[coach]\nlanguage = 3\n",
    "too large": b"[camera]\nfps = 100000\n",
    "too small": b"[camera]\nwidth = -1\n",
    "not a number": b"[camera]\ntilt_deg = nan\n",
    "infinite": b"[knees]\nhold_ms = inf\n",
    "a fraction for a whole number": b"[camera]\nfps = 29.97\n",
    "a word nobody knows": b'[coach]\nmode = "shouting"\n',
    "a pin twice": b"[lights]\nrgb_pins = [17, 17, 22]\n",
    "two pins for three": b"[lights]\nrgb_pins = [17, 27]\n",
    "limits out of order": b"[knees]\ncaution_deg = 9.0\noff_track_deg = 8.0\n",
    "an angle nobody hangs a display at": b"[screen]\nrotation = 45\n",
    "a date": b"[store]\nkeep_days = 2026-01-01\n",
    "no text at all": bytes(range(256)),
    "another encoding": '[coach]\nlanguage = "ñ"\n'.encode("latin-1"),
    "half a write": b"[camera]\nfps = 30\n[screen]\nrotat",
    "a zero byte": b"[camera]\nfps = 3\x000\n",
    "nesting without end": b"[camera]\nfps = " + b"[" * 5000,
}
"""What a person, an editor or a card can make of a settings file."""


@pytest.mark.parametrize("command", [("run", "--screen", "none"), ("config", "check"), ("config", "show")])
@pytest.mark.parametrize("how", BROKEN)
def test_broken_settings_are_one_line_and_exit_code_2(how, command, tmp_path, capsys):
    config = tmp_path / "mirror.toml"
    config.write_bytes(BROKEN[how])
    assert main([*command, "--config", str(config)]) == 2
    told = capsys.readouterr()
    lines = told.err.strip().splitlines()
    assert lines, "nothing was said"
    if command[0] == "run":
        assert len(lines) == 1
        assert lines[0].startswith("squat-mirror: ")
    assert str(config) in told.err
    assert "Traceback" not in told.err


@pytest.mark.parametrize("how", BROKEN)
def test_the_doctor_says_so_and_goes_on(how, tmp_path, capsys):
    config = tmp_path / "mirror.toml"
    config.write_bytes(BROKEN[how])
    assert main(["doctor", "--only", "settings,model,disk", "--json", "--config", str(config)]) == 1
    told = capsys.readouterr().out
    assert told.count('"level": "fault"') == 1
    assert told.count('"level": "ok"') == 2


def test_a_settings_file_that_may_not_be_read_is_one_line(tmp_path, capsys):
    config = tmp_path / "mirror.toml"
    config.write_text("[camera]\nfps = 30\n")
    config.chmod(0)
    if os.access(config, os.R_OK):  # root reads everything: a folder in its place cannot be read either
        config.unlink()
        config.mkdir()
    assert main(["run", "--screen", "none", "--config", str(config)]) == 2
    assert len(capsys.readouterr().err.strip().splitlines()) == 1


@pytest.mark.parametrize("value", ["abc", "1e99", "-5", "", "30; rm -rf /", "٣٠"])
def test_a_broken_variable_is_named(value, tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SQUAT_MIRROR_CAMERA__FPS", value)
    code = main(["config", "check", "--config", os.devnull])
    told = capsys.readouterr()
    if value == "":  # an empty variable is one that is not set
        assert code == 0
        return
    if value == "٣٠":  # digits of another script are digits
        assert code in (0, 2)
        return
    assert code == 2
    assert "SQUAT_MIRROR_CAMERA__FPS" in told.err


def test_the_shipped_settings_are_not_broken(capsys):
    shipped = Path(__file__).resolve().parents[2] / "systemd" / "mirror.toml"
    assert main(["config", "check", "--config", str(shipped)]) == 0
