"""The command line as a person meets it: what it answers, in how many lines, and with which exit code."""

from __future__ import annotations

import csv
import gc
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import simulate
import typer
from patience import PATIENCE_S

from mirror import __version__
from mirror.camera.recording import load
from mirror.cli import config, flags, main
from mirror.cli.app import app
from mirror.desk import one as desk
from mirror.desk.study import Study, study
from mirror.faults import TemporaryFault
from mirror.settings import every

GOOD, BAD, LEFT = (0.0, 0.0), (14.0, 13.0), (14.0, 0.0)
COMMANDS = [
    "",
    "run",
    "demo",
    "analyze",
    "record",
    "doctor",
    "config",
    "config init",
    "config show",
    "config check",
]


@dataclass
class Answer:
    code: int
    out: str
    err: str


Ask = Callable[..., Answer]


@pytest.fixture(autouse=True)
def nothing_of_this_machine_s(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No settings file or variable of whoever runs the tests, and a folder to write in."""
    for name in [name for name in os.environ if name.upper().startswith("SQUAT_MIRROR_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def ask(capsys: pytest.CaptureFixture[str]) -> Ask:
    def asked(*arguments: object) -> Answer:
        code = main([str(argument) for argument in arguments])
        told = capsys.readouterr()
        return Answer(code, told.out, told.err)

    return asked


@pytest.fixture(scope="module")
def session() -> simulate.Simulated:
    movements = [
        simulate.Stand(1.5),
        *(simulate.Squat(delta=d) for d in (GOOD, BAD, LEFT)),
        simulate.Stand(0.6),
    ]
    return simulate.simulate(movements, noise=simulate.Noise(sigma_px=0.8))


@pytest.fixture
def recording(session: simulate.Simulated, tmp_path: Path) -> Path:
    path = tmp_path / "session.npz"
    simulate.save_recording(session, path)
    return path


@pytest.fixture
def without_toes(session: simulate.Simulated, tmp_path: Path) -> Path:
    path = tmp_path / "plain.npz"
    simulate.save_recording(session, path, toes=False)
    return path


def refused(answer: Answer, *words: str, code: int = 2) -> None:
    """Exit code, one line on stderr that says these words, nothing on stdout."""
    assert answer.code == code, answer
    assert answer.out == ""
    assert answer.err.count("\n") == 1, answer.err
    assert answer.err.endswith("\n")
    assert "Traceback" not in answer.err
    for word in words:
        assert word in answer.err


def strict(text: str) -> Any:
    """JSON as the standard has it: no NaN, no Infinity."""

    def no_number(name: str) -> None:
        raise AssertionError(f"{name} is not JSON")

    return json.loads(text, parse_constant=no_number)


# -- help and usage


def test_version(ask: Ask) -> None:
    assert ask("--version") == Answer(0, f"squat-mirror {__version__}\n", "")


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help(ask: Ask, command: str) -> None:
    answer = ask(*command.split(), "--help")
    assert (answer.code, answer.err) == (0, "")
    assert "Usage" in answer.out
    assert ask(*command.split(), "-h").out == answer.out


def every_command(command: Any, *path: str) -> Iterator[tuple[tuple[str, ...], Any]]:
    """All there are, with the words that ask for each."""
    yield path, command
    for name, below in getattr(command, "commands", {}).items():
        yield from every_command(below, *path, name)


def flat(text: str) -> str:
    """On one line, without the boxes around it."""
    return " ".join(re.sub("[│╭╮╰╯─]", " ", text).split())


THERE_ARE = list(every_command(typer.main.get_command(app)))


@pytest.mark.parametrize(("path", "command"), THERE_ARE, ids=[" ".join(path) for path, _ in THERE_ARE])
def test_help_says_all_that_was_written(
    ask: Ask, path: tuple[str, ...], command: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "400")  # nothing is broken into two lines
    told = flat(ask(*path, "--help").out)
    below = [one.help.split("\n\n")[0] for one in getattr(command, "commands", {}).values()]
    said = [command.help, command.epilog, *below]
    for option in command.params:
        said += [option.help, option.metavar]
    for sentence in filter(None, said):
        assert flat(sentence) in told
    assert "\\" not in told


def test_help_names_every_command_and_stays_with_coaching(ask: Ask) -> None:
    told = ask("--help").out
    for command in ("run", "demo", "analyze", "record", "doctor", "config"):
        assert command in told
    assert "Coaching only" in told


def test_help_of_analyze_names_the_flags_of_the_contract(ask: Ask) -> None:
    told = ask("analyze", "--help").out
    for flag in [
        "json",
        "csv",
        "keypoints",
        "plot",
        "video",
        "trc",
        "trc-3d",
        "report",
        "language",
        "compare",
        "reference",
        "hfov",
        "tilt",
        "camera-height",
        "stature",
        "model",
        "yes",
    ]:
        assert f"--{flag}" in told


@pytest.mark.parametrize("command", [[], ["config"]], ids=["squat-mirror", "config"])
def test_no_command_shows_the_help_and_no_empty_complaint(ask: Ask, command: list[str]) -> None:
    answer = ask(*command)
    assert answer.code == 2
    assert "Usage" in answer.out + answer.err
    assert "squat-mirror: " not in answer.err


@pytest.mark.parametrize(
    ("arguments", "word", "asked"),
    [
        (["frobnicate"], "frobnicate", "squat-mirror"),
        (["--bogus", "run"], "--bogus", "squat-mirror"),
        (["analyze"], "INPUT", "squat-mirror analyze"),
        (["analyze", "x.npz", "--bogus"], "--bogus", "squat-mirror analyze"),
        (["analyze", "x.npz", "--reference", "first"], "--reference", "squat-mirror analyze"),
        (["analyze", "x.npz", "--hfov", "wide"], "--hfov", "squat-mirror analyze"),
        (["analyze", "x.npz", "--json"], "--json", "squat-mirror analyze"),
        (["config", "frobnicate"], "frobnicate", "squat-mirror config"),
        (["sets", "export"], "F.csv", "squat-mirror sets export"),
        (["sets", "list", "--last", "0"], "--last", "squat-mirror sets list"),
        (["models", "use"], "NAME", "squat-mirror models use"),
        (["record"], "F.npz", "squat-mirror record"),
        (["run", "extra"], "extra", "squat-mirror run"),
    ],
)
def test_usage_errors_are_one_line_that_names_the_help_of_what_was_asked(
    ask: Ask, arguments: list[str], word: str, asked: str
) -> None:
    answer = ask(*arguments)
    refused(answer, word)
    assert answer.err.endswith(f"(see {asked} --help)\n")


HEAVY = {"cv2", "numpy", "pygame", "ai_edge_litert", "gpiozero", "matplotlib", "rich", "pydantic"}


def test_help_needs_none_of_the_heavy_libraries() -> None:
    program = (
        "import sys; from mirror.cli import main; main(['--help']); "
        f"heavy = {HEAVY} & set(sys.modules); "
        "sys.exit(f'imports {heavy}' if heavy else 0)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=PATIENCE_S, check=False
    )
    assert done.returncode == 0, done.stderr


# -- bad input


def test_a_missing_file(ask: Ask) -> None:
    refused(ask("analyze", "nope.mp4"), "nope.mp4", "does not exist")


def test_a_folder(ask: Ask, tmp_path: Path) -> None:
    refused(ask("analyze", tmp_path), str(tmp_path), "folder")


def test_a_text_file_that_is_named_like_a_video(ask: Ask, tmp_path: Path) -> None:
    (tmp_path / "text.mp4").write_text("squats, squats, squats\n" * 50)
    refused(ask("analyze", "text.mp4"), "text.mp4", "not a video")


@pytest.mark.parametrize("name", ["empty.mp4", "empty.npz"])
def test_an_empty_file(ask: Ask, tmp_path: Path, name: str) -> None:
    (tmp_path / name).touch()
    refused(ask("analyze", name), name, "empty")


def test_a_video_cut_off_before_any_picture(ask: Ask, tmp_path: Path, demo_clip: Path) -> None:
    (tmp_path / "stub.mp4").write_bytes(demo_clip.read_bytes()[:3000])
    refused(ask("analyze", "stub.mp4"), "stub.mp4")


@pytest.mark.parametrize(
    ("name", "break_it", "words"),
    [
        ("nan", lambda r: r["keypoints"].__setitem__((3, 13, 0), np.nan), ["not finite"]),
        ("infinite time", lambda r: r["t"].__setitem__(-1, np.inf), ["not finite"]),
        ("time backwards", lambda r: r["t"].__setitem__(5, 0.0), ["increase"]),
        ("wrong shape", lambda r: r.update(keypoints=r["keypoints"][:, :16]), ["shape"]),
        ("too few times", lambda r: r.update(t=r["t"][:-1]), ["shape"]),
        ("no keypoints", lambda r: r.pop("keypoints"), ["keypoints is missing"]),
        ("pixels", lambda r: r.update(keypoints=r["keypoints"] * 640), ["picture"]),
        ("no size", lambda r: r.update(image_size=np.array([0, 0])), ["image_size"]),
        ("unknown model", lambda r: r.update(model=np.array("zzz")), ["zzz"]),
        ("empty", lambda r: r.update(t=r["t"][:0], keypoints=r["keypoints"][:0]), ["at least one frame"]),
        (
            "one frame",
            lambda r: r.update(t=r["t"][:1], keypoints=r["keypoints"][:1]),
            ["too short", "1 frame"],
        ),
        ("nobody", lambda r: r["keypoints"].__setitem__((..., 2), 0.0), ["nobody"]),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_recording_with_something_wrong_in_it(
    ask: Ask, recording: Path, tmp_path: Path, name: str, break_it: Callable[[Any], None], words: list[str]
) -> None:
    with np.load(recording) as stored:
        arrays = {key: stored[key].copy() for key in stored}
    break_it(arrays)
    np.savez(tmp_path / "wrong.npz", **arrays)
    refused(ask("analyze", "wrong.npz"), "wrong.npz", *words)


def test_a_text_file_that_is_named_like_a_recording(ask: Ask, tmp_path: Path) -> None:
    (tmp_path / "text.npz").write_text("not numbers")
    refused(ask("analyze", "text.npz"), "text.npz", "not a keypoint recording")


@pytest.mark.parametrize("n", ["9", "0", "-1"])
def test_a_reference_that_does_not_exist(ask: Ask, without_toes: Path, n: str) -> None:
    refused(ask("analyze", without_toes, "--reference", n), f"repetition {n}", "3 repetitions found")


def test_a_reference_that_caves_is_refused_with_the_reason(ask: Ask, recording: Path) -> None:
    refused(ask("analyze", recording, "--reference", "2"), "repetition 2", "inside the toes")


@pytest.mark.parametrize(
    ("flag", "value"),
    [
        ("--hfov", "0"),
        ("--hfov", "200"),
        ("--hfov", "nan"),
        ("--tilt", "80"),
        ("--stature", "17"),
        ("--camera-height", "-1"),
    ],
)
def test_flags_out_of_bounds_say_the_bounds(ask: Ask, recording: Path, flag: str, value: str) -> None:
    answer = ask("analyze", recording, flag, value)
    refused(answer, f"{flag} = ")
    assert re.search(r"from -?[\d.]+ to [\d.]+", answer.err)


@pytest.mark.parametrize("setting", flags.FLAGS)
def test_every_flag_that_is_a_setting_names_one_there_is(setting: str) -> None:
    assert setting in {f"{section}.{name}" for section, name, _ in every()}


def test_an_unknown_kind_of_lamp_names_those_there_are(ask: Ask) -> None:
    refused(ask("run", "--screen", "none", "--lights", "disco"), "--lights", "disco", "mock")


def test_an_unknown_model_names_those_there_are(ask: Ask, demo_clip: Path) -> None:
    refused(ask("analyze", demo_clip, "--model", "zzz"), "zzz", "movenet_lightning_256x128_mixed_u8")


# -- settings


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[camera]\nfsp = 30\n", ["fsp", "did you mean fps?"]),
        ("[camra]\nfps = 30\n", ["camra", "did you mean [camera]?"]),
        ("[camera]\nfps = 1000\n", ["fps", "5 to 120"]),
        ('[camera]\nfps = "fast"\n', ["fps", "whole number"]),
        ("[camera\n", ["line 1"]),
        ("[knees]\ncaution_deg = 9.0\noff_track_deg = 8.0\n", ["caution_deg", "below"]),
        ("[lights]\nbuzzer_pin = 17\n", ["17", "twice"]),
        ('[lights]\nkind = "disco"\n', ["kind", "mock"]),
    ],
)
def test_wrong_settings_are_one_line_that_says_what_would_be_right(
    ask: Ask, tmp_path: Path, recording: Path, text: str, words: list[str]
) -> None:
    (tmp_path / "wrong.toml").write_text(text)
    refused(ask("analyze", recording, "--config", "wrong.toml"), *words)


def test_a_language_there_are_no_words_for_is_said_and_the_work_is_done_in_english(
    tmp_path: Path, recording: Path
) -> None:
    (tmp_path / "wrong.toml").write_text('[coach]\nlanguage = "xx"\n')
    done = subprocess.run(
        [sys.executable, "-m", "mirror", "analyze", str(recording), "--config", str(tmp_path / "wrong.toml")],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
    )
    assert done.returncode == 0, done.stderr
    (line,) = [line for line in done.stderr.splitlines() if "language" in line]
    assert line == "[coach] language: no words for 'xx', there are de, en, es, zh; speaking English"


def test_a_settings_file_that_is_not_there(ask: Ask, recording: Path) -> None:
    refused(ask("analyze", recording, "--config", "nope.toml"), "nope.toml")


def test_config_check_says_every_mistake(ask: Ask, tmp_path: Path) -> None:
    (tmp_path / "wrong.toml").write_text("[camera]\nfsp = 30\nwidth = 1\n")
    answer = ask("config", "check", "--config", "wrong.toml")
    assert (answer.code, answer.out) == (2, "")
    assert len(answer.err.splitlines()) == 2
    (tmp_path / "right.toml").write_text("[camera]\nfps = 25\n")
    assert ask("config", "check", "--config", "right.toml").code == 0


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("Rack-3", "mqtt: gym.local is told of Rack-3 at squat-mirror/Rack-3/...\n"),
        ("架子一", "mqtt: gym.local is told of 架子一 at squat-mirror/%E6%9E%B6%E5%AD%90%E4%B8%80/...\n"),
        ("Rack #1", "mqtt: gym.local is told of Rack #1 at squat-mirror/Rack%20%231/...\n"),
    ],
)
def test_config_check_says_where_a_station_is_told_of(ask: Ask, tmp_path: Path, name: str, line: str) -> None:
    coach, mqtt = f'[coach]\nstation = "{name}"\n', '[mqtt]\nbroker = "gym.local"\n'
    (tmp_path / "mirror.toml").write_text(coach + mqtt, "utf-8")
    assert ask("config", "check").out.endswith(f"no mistakes\n{line}")
    (tmp_path / "mirror.toml").write_text(coach, "utf-8")
    nobody = line.replace("gym.local is", "[mqtt] broker is empty; one would be")
    assert ask("config", "check").out.endswith(nobody)
    (tmp_path / "mirror.toml").write_text("")
    assert "mqtt" not in ask("config", "check").out


def test_config_init_writes_every_setting_with_its_default_to_be_changed(ask: Ask, tmp_path: Path) -> None:
    answer = ask("config", "init")
    assert (answer.code, answer.err) == (0, "")
    written = (tmp_path / "mirror.toml").read_text()
    for section, name, _ in every():
        assert f"[{section}]" in written
        assert re.search(rf"^#?{name} = ", written, re.MULTILINE), f"{section}.{name}"
    assert ask("config", "check").out == "mirror.toml: no mistakes\n"
    assert ask("config", "init", "-").out == written


def test_config_init_keeps_a_file_that_is_there(ask: Ask, tmp_path: Path) -> None:
    (tmp_path / "mirror.toml").write_text("[camera]\nfps = 15\n")
    refused(ask("config", "init"), "mirror.toml exists", "--yes")
    assert (tmp_path / "mirror.toml").read_text() == "[camera]\nfps = 15\n"
    assert ask("config", "init", "--yes").code == 0
    assert "#fps = " in (tmp_path / "mirror.toml").read_text()
    assert ask("config", "init", "sub/other.toml").code == 0
    assert (tmp_path / "sub" / "other.toml").is_file()


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("squat-mirror conf", "config"),
        ("squat-mirror analyze --tr", "--trc"),
        ("squat-mirror config i", "init"),
    ],
)
def test_a_shell_completes_commands_and_flags(typed: str, offered: str) -> None:
    """As bash asks for it, by the variable typer's script sets."""
    asked = {"_SQUAT_MIRROR_COMPLETE": "complete_bash", "COMP_WORDS": typed}
    asked |= {"COMP_CWORD": str(len(typed.split()) - 1)}
    command = [sys.executable, "-c", "from mirror.cli import script; script()"]
    done = subprocess.run(command, env=os.environ | asked, capture_output=True, text=True, check=False)
    assert offered in done.stdout.split(), done.stderr


def test_config_show_says_the_value_and_where_it_is_from(
    ask: Ask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    (tmp_path / "mirror.toml").write_text("[camera]\nfps = 25\n")
    line = next(line for line in ask("config", "show").out.splitlines() if " fps" in line)
    assert "25" in line
    assert "mirror.toml" in line


def test_doctor_shows_a_settings_mistake_with_its_section(ask: Ask, tmp_path: Path) -> None:
    (tmp_path / "mirror.toml").write_text("[camera]\nfsp = 25\n")
    answer = ask("doctor")
    assert answer.code == 1
    assert "[camera] fsp" in answer.out


# -- run and demo


@pytest.mark.parametrize("command", ["run", "demo"])
def test_a_screen_nobody_knows(ask: Ask, command: str, recording: Path) -> None:
    where = ["--camera", recording] if command == "run" else []
    refused(ask(command, "--screen", "bogus", *where), "bogus", "window", "none")


def test_run_on_something_that_is_no_picture(ask: Ask, tmp_path: Path) -> None:
    (tmp_path / "text.mp4").write_text("no video")
    refused(ask("run", "--screen", "none", "--camera", "text.mp4"), "text.mp4")
    refused(ask("run", "--screen", "none", "--camera", "nope.mp4"), "nope.mp4")


@pytest.mark.parametrize("command", ["run", "demo"])
def test_an_event_log_takes_no_file_s_place_without_yes(ask: Ask, recording: Path, command: str) -> None:
    Path("log.jsonl").write_text("precious")
    camera = ("--camera", recording) if command == "run" else ()
    refused(ask(command, "--screen", "none", *camera, "--events", "log.jsonl"), "log.jsonl", "--yes")
    assert Path("log.jsonl").read_text() == "precious"


def test_with_yes_the_event_log_is_begun_anew(ask: Ask, tmp_path: Path) -> None:
    Path("log.jsonl").write_text("precious")
    brief = simulate.simulate([simulate.Stand(0.5)])
    simulate.save_recording(brief, tmp_path / "brief.npz")
    how = ("--screen", "none", "--lights", "mock", "--camera", "brief.npz", "--events", "log.jsonl")
    answer = ask("run", *how, "--yes")
    assert answer.code == 0, answer.err
    assert {"t", "event"} <= strict(Path("log.jsonl").read_text().splitlines()[0]).keys()


@pytest.mark.parametrize("name", ["clip.mp4", "./clip.mp4", "link.mp4"])
def test_the_clip_that_is_played_is_never_the_event_log(
    ask: Ask, demo_clip: Path, tmp_path: Path, name: str
) -> None:
    (tmp_path / "clip.mp4").write_bytes(demo_clip.read_bytes())
    (tmp_path / "link.mp4").symlink_to("clip.mp4")
    refused(ask("run", "--screen", "none", "--camera", "clip.mp4", "--events", name, "--yes"), "is an input")
    assert (tmp_path / "clip.mp4").read_bytes() == demo_clip.read_bytes()
    (tmp_path / "mirror.toml").write_text('[camera]\nsource = "clip.mp4"\n')
    refused(ask("run", "--screen", "none", "--events", name, "--yes"), "is an input")
    assert (tmp_path / "clip.mp4").read_bytes() == demo_clip.read_bytes()


def test_the_settings_and_the_secrets_they_name_are_inputs_too(
    ask: Ask, recording: Path, tmp_path: Path
) -> None:
    (tmp_path / "password").write_text("secret\n")
    (tmp_path / "mirror.toml").write_text('[mqtt]\npassword_file = "password"\n')
    before = (tmp_path / "mirror.toml").read_bytes()
    for name in ("mirror.toml", "password"):
        for what in (("--json", name), ("--csv", name)):
            refused(ask("analyze", recording, *what, "--yes"), "is an input")
        refused(
            ask("run", "--screen", "none", "--camera", recording, "--events", name, "--yes"), "is an input"
        )
    assert (tmp_path / "mirror.toml").read_bytes() == before
    assert (tmp_path / "password").read_text() == "secret\n"


def test_the_demo_s_picture_takes_no_file_s_place_without_yes(ask: Ask) -> None:
    Path("holiday.png").write_text("precious")
    refused(ask("demo", "--screen", "none", "--picture", "holiday.png"), "holiday.png", "--yes")
    assert Path("holiday.png").read_text() == "precious"


def test_a_link_laid_at_the_demo_s_own_name_leads_nowhere(ask: Ask, tmp_path: Path) -> None:
    """Where root tries the demo in somebody's folder."""
    (tmp_path / "shadow").write_text("secret")
    Path("squat-mirror-summary.png").symlink_to(tmp_path / "shadow")
    refused(ask("demo", "--screen", "none"), "squat-mirror-summary.png", "--yes")
    assert (tmp_path / "shadow").read_text() == "secret"


def test_an_event_log_that_cannot_be_written(ask: Ask, recording: Path, tmp_path: Path) -> None:
    answer = ask("run", "--screen", "none", "--camera", recording, "--events", tmp_path)
    refused(answer, str(tmp_path), "cannot be written")


@pytest.mark.parametrize(
    ("fault", "code", "line"),
    [
        (TemporaryFault("the camera is gone"), 1, "squat-mirror: the camera is gone\n"),
        (OSError(28, "No space left on device"), 1, "squat-mirror: No space left on device\n"),
        (KeyboardInterrupt(), 130, None),
    ],
)
def test_whatever_ends_a_command_is_no_traceback(
    ask: Ask, monkeypatch: pytest.MonkeyPatch, fault: BaseException, code: int, line: str | None
) -> None:
    def ends(*_: object, **__: object) -> None:
        raise fault

    monkeypatch.setattr(config, "load_settings", ends)
    answer = ask("config", "show")
    assert answer.code == code
    assert answer.out == ""
    assert line is None or answer.err == line


# -- analyze: what it tells


def test_a_recording_is_judged_and_told_as_a_table(ask: Ask, recording: Path) -> None:
    answer = ask("analyze", recording)
    assert (answer.code, answer.err) == (0, "")
    assert answer.out.count("off track") == 3
    assert "3 squats." in answer.out


def test_one_repetition_without_a_foot_direction_is_unknown_and_the_table_says_what_helps(
    ask: Ask, tmp_path: Path
) -> None:
    alone = simulate.simulate([simulate.Stand(1.5), simulate.Squat(delta=GOOD), simulate.Stand(0.6)])
    simulate.save_recording(alone, tmp_path / "alone.npz", toes=False)
    answer = ask("analyze", "alone.npz")
    assert answer.code == 0
    assert answer.out.count("? unknown") == 2
    assert "good" not in answer.out.replace("name a good", "")
    assert "--reference" in answer.out


def test_without_a_foot_direction_a_set_is_judged_by_what_it_agrees_on(ask: Ask, without_toes: Path) -> None:
    answer = ask("analyze", without_toes)
    assert answer.code == 0
    assert "unknown" not in answer.out
    assert answer.out.count("off track") == 3


def test_the_json_has_every_key_of_the_contract(ask: Ask, recording: Path) -> None:
    answer = ask("analyze", recording, "--json", "out.json", "--reference", 1, "--stature", 1.8)
    assert (answer.code, answer.err) == (0, "")
    doc = strict(Path("out.json").read_text("utf-8"))
    assert doc["schema"] == 1
    assert doc.keys() >= {
        "schema",
        "source",
        "provenance",
        "camera",
        "calibration",
        "reps",
        "patterns",
        "summary",
    }
    assert doc["camera"].keys() >= {"hfov_deg", "tilt_deg", "height_m", "how_known"}
    assert doc["camera"]["hfov_deg"] == 48.5
    assert doc["calibration"].keys() >= {"foot_azimuth_deg", "foot_source", "reference"}
    assert (doc["calibration"]["reference"], doc["calibration"]["foot_source"]) == (1, "toes+reference")
    assert [rep["n"] for rep in doc["reps"]] == [1, 2, 3]
    for rep in doc["reps"]:
        assert rep.keys() >= {
            "n", "start_s", "bottom_s", "end_s", "depth_deg", "depth_label", "left", "right",
            "mean_deviation_deg", "fppa_deg", "kasr",
        }  # fmt: skip
        for side in ("left", "right"):
            assert rep[side].keys() >= {"deviation_deg", "deviation_at_bottom_deg", "verdict", "judged_share"}
            assert rep[side]["verdict"] in ("good", "caution", "off_track", "unknown")
    assert [rep["right"]["verdict"] for rep in doc["reps"]] == ["good", "off_track", "good"]


def test_the_json_of_something_unknown_has_nulls(ask: Ask, without_toes: Path) -> None:
    ask("analyze", without_toes, "--json", "out.json")
    doc = strict(Path("out.json").read_text("utf-8"))
    assert doc["calibration"]["foot_source"] == "none"
    assert doc["calibration"]["reference"] is None
    assert doc["calibration"]["foot_azimuth_deg"] == {"left": None, "right": None}
    assert {rep["left"]["deviation_deg"] for rep in doc["reps"]} == {None}


def test_flags_win_over_what_the_recording_says(ask: Ask, recording: Path) -> None:
    ask("analyze", recording, "--json", "out.json", "--hfov", 60, "--tilt", 5, "--camera-height", 1.2)
    camera = strict(Path("out.json").read_text())["camera"]
    assert (camera["hfov_deg"], camera["tilt_deg"], camera["height_m"]) == (60, 5, 1.2)
    assert camera["how_known"]["hfov"] == "given"


def test_the_csv_has_a_line_a_frame(ask: Ask, recording: Path, session: simulate.Simulated) -> None:
    assert ask("analyze", recording, "--csv", "out.csv").code == 0
    with Path("out.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == len(session.t)
    assert set(rows[0]) >= {
        "t_s", "phase", "q", "left_deviation_deg", "left_verdict", "right_deviation_deg", "right_verdict",
    }  # fmt: skip


def test_keypoints_read_back_give_identical_repetitions(ask: Ask, recording: Path) -> None:
    first = ["--hfov", 50, "--tilt", 4, "--json", "one.json", "--keypoints", "again.npz"]
    assert ask("analyze", recording, *first).code == 0
    assert ask("analyze", "again.npz", "--json", "two.json").code == 0
    one, two = (strict(Path(name).read_text()) for name in ("one.json", "two.json"))
    assert one["reps"] == two["reps"]
    assert one["calibration"] == two["calibration"]
    assert np.array_equal(load("again.npz").keypoints, load(recording).keypoints)


@pytest.mark.skipif(not Path("/proc/self/fd/1").exists(), reason="stdout has no name on this system")
def test_json_to_stdout_is_nothing_but_json(recording: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "mirror", "analyze", str(recording), "--json", "/proc/self/fd/1"],
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert len(strict(done.stdout)["reps"]) == 3


def test_a_terminal_without_these_letters_gets_its_table_all_the_same(recording: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", "from mirror.cli import script; script()", "analyze", str(recording)],
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
        env={**os.environ, "PYTHONIOENCODING": "ascii"},
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "off track" in done.stdout


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full on this system")
def test_a_full_disk_behind_stdout_is_one_line(recording: Path) -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-c", "from mirror.cli import script; script()", "analyze", str(recording)],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            timeout=PATIENCE_S,
            check=False,
        )
    assert done.returncode == 1
    assert done.stderr == "squat-mirror: No space left on device\n"


# -- analyze: where it writes


def test_an_output_that_exists_needs_yes(ask: Ask, recording: Path) -> None:
    Path("out.json").write_text("precious")
    refused(ask("analyze", recording, "--json", "out.json"), "out.json", "--yes")
    assert Path("out.json").read_text() == "precious"
    assert ask("analyze", recording, "--json", "out.json", "--yes").code == 0
    assert strict(Path("out.json").read_text())["schema"] == 1


def test_an_input_is_never_overwritten(ask: Ask, recording: Path) -> None:
    before = recording.read_bytes()
    refused(ask("analyze", recording, "--keypoints", recording, "--yes"), "is an input")
    assert recording.read_bytes() == before


def test_two_outputs_into_one_file_are_refused(ask: Ask, recording: Path) -> None:
    refused(ask("analyze", recording, "--json", "out", "--csv", "out"), "same file")
    assert not Path("out").exists()


def test_keypoints_go_into_files_only(ask: Ask, recording: Path) -> None:
    os.mkfifo("pipe.npz")
    refused(ask("analyze", recording, "--keypoints", "pipe.npz"), "pipe.npz", "not a file")
    assert Path("pipe.npz").is_fifo()


def test_missing_folders_are_made(ask: Ask, recording: Path) -> None:
    assert ask("analyze", recording, "--json", "new/deep/out.json").code == 0
    assert strict(Path("new/deep/out.json").read_text())["schema"] == 1


def test_a_folder_that_cannot_be_made(ask: Ask, recording: Path) -> None:
    Path("file").touch()
    refused(ask("analyze", recording, "--json", "file/out.json"), "file")


def test_several_inputs_write_into_a_folder(ask: Ask, recording: Path, without_toes: Path) -> None:
    answer = ask("analyze", recording, without_toes, "--json", "out", "--csv", "out")
    assert (answer.code, answer.err) == (0, "")
    names = {"session.json", "session.csv", "plain.json", "plain.csv"}
    assert {path.name for path in Path("out").iterdir()} == names


def test_two_inputs_of_one_name_are_refused_before_any_work(ask: Ask, recording: Path) -> None:
    Path("other").mkdir()
    (Path("other") / recording.name).write_bytes(recording.read_bytes())
    refused(ask("analyze", recording, f"other/{recording.name}", "--json", "out"), "same name")


def test_several_inputs_and_an_existing_file_as_output(ask: Ask, recording: Path, without_toes: Path) -> None:
    Path("out.json").write_text("precious")
    refused(ask("analyze", recording, without_toes, "--json", "out.json", "--yes"), "folder")


def test_one_bad_input_among_several_is_told_and_the_others_are_done(
    ask: Ask, recording: Path, without_toes: Path
) -> None:
    answer = ask("analyze", recording, "nope.mp4", without_toes, "--json", "out")
    assert answer.code == 2
    assert answer.err == "squat-mirror: nope.mp4 does not exist.\n"
    assert {path.name for path in Path("out").iterdir()} == {"session.json", "plain.json"}


def test_many_inputs_take_no_more_memory_than_one(
    ask: Ask, recording: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    alive: list[int] = []

    def counted(*how: Any) -> Any:
        gc.collect()
        alive.append(sum(isinstance(one, Study) for one in gc.get_objects()))
        return study(*how)

    monkeypatch.setattr(desk, "study", counted)
    others = [recording.with_name(f"{name}.npz") for name in "abc"]
    for other in others:
        other.write_bytes(recording.read_bytes())
    assert ask("analyze", *others).code == 0
    assert alive == [alive[0]] * 3


def test_a_file_s_name_is_no_markup(ask: Ask, recording: Path) -> None:
    odd = Path("[bold]a[") / "]b.npz"
    odd.parent.mkdir()
    odd.write_bytes(recording.read_bytes())
    assert "]b.npz" in ask("analyze", odd).out
    assert "[bold]a[/out.json" in ask("analyze", odd, "--json", "[bold]a[/out.json").out


# -- analyze: a video


@pytest.mark.slow
def test_a_video_cut_off_in_the_middle_is_judged_as_far_as_it_goes(
    ask: Ask, tmp_path: Path, demo_clip: Path
) -> None:
    whole = demo_clip.read_bytes()
    (tmp_path / "half.mp4").write_bytes(whole[: len(whole) // 2])
    answer = ask("analyze", "half.mp4", "--json", "half.json", "--keypoints", "half.npz")
    assert answer.code == 0
    assert answer.err == "squat-mirror: half.mp4 is cut off: judged as far as it goes.\n"
    doc = strict(Path("half.json").read_text())
    assert doc["source"]["truncated"] is True
    assert 1 <= len(doc["reps"]) < 7
    assert ask("analyze", "half.npz", "--json", "again.json").code == 0
    assert strict(Path("again.json").read_text())["reps"] == doc["reps"]
