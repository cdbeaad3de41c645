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
    "a zero byte in a camera's name": b'[camera]\nsource = "a\\u0000b.mp4"\n',
    "a zero byte in a model's name": b'[model]\nname = "\\u0000"\n',
    "a line break in a name": b'[model]\nname = "movenet\\nlightning"\n',
    "a terminal's command in a name": b'[camera]\nsource = "\\u001b[31mred"\n',
    "a separator of lines in a name": b'[coach]\nstation = "Rack\\u2028 3"\n',
    "half a character": b'[camera]\nsource = "\\ud800"\n',
    "a name without end": b'[camera]\nsource = "' + b"x" * 100_000 + b'"\n',
    "a path without end": b'[camera]\nsource = "' + b"/a" * 3000 + b'.mp4"\n',
    "a model's name without end": b'[model]\nname = "' + b"x" * 100_000 + b'"\n',
    "an empty name": b'[camera]\nsource = ""\n',
    "a list of names": b'[model]\nname = ["one", "other"]\n',
    "a table for a name": b'[model]\nname = {a = "b"}\n',
    "minus infinity": b"[camera]\nheight_m = -inf\n",
    "a number of five thousand digits": b"[camera]\nfps = " + b"9" * 5000 + b"\n",
    "not a number for a pin": b"[lights]\nrgb_pins = [nan, 27, 22]\n",
    "a byte order mark": b"\xef\xbb\xbf[camera]\nfps = 30\n",
    "two bytes a letter": "[camera]\nfps = 30\n".encode("utf-16"),
    "a disk's picture": b"#" * 2_000_000,
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


def unreadable(folder, what):
    config = folder / "mirror.toml"
    if what == "a folder":
        config.mkdir()
    elif what == "a pipe":
        os.mkfifo(config)
    elif what == "a link to itself":
        config.symlink_to(config)
    elif what == "too long a name":
        config = folder / ("x" * 5000)
    elif what == "somebody else's":
        config.write_text("[camera]\nfps = 30\n")
        config.chmod(0)
        if os.access(config, os.R_OK):  # root reads everything, but not this
            config = Path("/proc/self/mem")
    return config  # "missing" otherwise


@pytest.mark.parametrize("command", [("run", "--screen", "none"), ("config", "check"), ("config", "show")])
@pytest.mark.parametrize("by_variable", [False, True])
@pytest.mark.parametrize(
    "what", ["missing", "a folder", "a pipe", "a link to itself", "too long a name", "somebody else's"]
)
def test_a_settings_file_that_cannot_be_read_is_one_line(
    what, by_variable, command, tmp_path, capsys, monkeypatch
):
    config = unreadable(tmp_path, what)
    if by_variable:
        monkeypatch.setenv("SQUAT_MIRROR_CONFIG", str(config))
    assert main([*command, *([] if by_variable else ["--config", str(config)])]) == 2
    said = capsys.readouterr().err.strip().splitlines()
    assert len(said) == 1
    assert str(config)[:60] in said[0]
    assert (
        main(
            [
                "doctor",
                "--only",
                "settings,disk",
                "--json",
                *([] if by_variable else ["--config", str(config)]),
            ]
        )
        == 1
    )
    assert capsys.readouterr().out.count('"level": "fault"') == 1


SOURCES = {
    "a pipe": ("", "a device or a pipe, not a file"),
    "/dev/zero": ("/dev/zero", "is not a camera that gives pictures"),
    "a folder": ("/", "a folder, not a file"),
    "too long a name": ("x" * 900, "neither a file nor"),
    "too long a name of a recording": ("x" * 900 + ".npz", "cannot be read"),
}


@pytest.mark.parametrize("what", SOURCES)
def test_what_can_never_be_a_camera_ends_it_and_is_not_waited_for(what, tmp_path, capsys):
    source, says = SOURCES[what]
    if not source:
        source = str(tmp_path / "pipe")
        os.mkfifo(source)
    config = tmp_path / "mirror.toml"
    config.write_text(
        f'[camera]\nsource = "{source}"\n[model]\nname = "movenet_lightning_256x128_mixed_u8"\n'
    )
    assert main(["run", "--screen", "none", "--config", str(config)]) == 2
    told = capsys.readouterr().err.strip().splitlines()
    assert len(told) == 1
    assert says in told[0]
    main(["doctor", "--only", "camera", "--json", "--config", str(config)])
    assert "could not be looked at" not in capsys.readouterr().out


def test_an_unknown_model_is_one_line_everywhere(tmp_path, capsys):
    config = tmp_path / "mirror.toml"
    config.write_text('[model]\nname = "movenet_lightening"\n[camera]\nsource = "nobody.npz"\n')
    assert main(["run", "--screen", "none", "--config", str(config)]) == 2
    assert len(capsys.readouterr().err.strip().splitlines()) == 1
    assert main(["doctor", "--only", "model,runtime", "--json", "--config", str(config)]) == 1
    assert "no model is called 'movenet_lightening'" in capsys.readouterr().out


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
