"""Users without a name or a home, folders nobody may enter, links in a circle, closed streams: the sensible
thing, in a line, and never a traceback."""

from __future__ import annotations

import ctypes
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import simulate
from patience import PATIENCE_S

ROOT = Path(__file__).resolve().parents[2]
NO_NAME = """
import pwd, sys
def nobody(*_):
    raise KeyError("this user has no name")
pwd.getpwuid = nobody
sys.argv[0] = "squat-mirror"
from mirror.cli import script
script()
"""
"""The command, for a user the system knows no name and no home of."""
DROP_FROM_BOUNDING_SET, ENTERS_EVERYWHERE = 24, (1, 2)
"""prctl's own number, and the capabilities by which root enters and reads what nobody may."""


def as_anybody() -> None:
    """In the new process: root, too, enters only what it may."""
    for capability in ENTERS_EVERYWHERE:
        ctypes.CDLL(None).prctl(DROP_FROM_BOUNDING_SET, capability, 0, 0, 0)


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Path]:
    """A folder with a recording, one nobody may enter, and a link to itself."""
    simulate.save_recording(
        simulate.simulate([simulate.Stand(1.5), simulate.Squat(), simulate.Stand(0.6)]), tmp_path / "set.npz"
    )
    (tmp_path / "locked").mkdir()
    (tmp_path / "locked").chmod(0)
    (tmp_path / "loop").symlink_to("loop")
    yield tmp_path
    (tmp_path / "locked").chmod(0o700)


def asked(
    here: Path, *arguments: str, closed: tuple[int, ...] = (), **variables: str
) -> subprocess.CompletedProcess[str]:
    def begin() -> None:
        as_anybody()
        for stream in closed:
            os.close(stream)

    env = {"PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT), "SDL_VIDEODRIVER": "dummy", **variables}
    return subprocess.run(
        [sys.executable, "-c", NO_NAME, *arguments], cwd=here, env=env, preexec_fn=begin, check=False,
        stdout=None if 1 in closed else subprocess.PIPE, stderr=None if 2 in closed else subprocess.PIPE,
        text=True, timeout=PATIENCE_S,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("command", "code", "says"),
    [
        (["config", "check"], 0, ""),
        (["analyze", "set.npz"], 0, ""),
        (["sets", "list"], 2, "no set was kept yet"),
        (["models", "list"], 0, ""),
        (["board", "--port", "1", "--broker", "x"], 2, "key_file"),
        (["run", "--camera", "set.npz", "--screen", "none", "--lights", "mock"], 0, ""),
    ],
)
def test_a_user_without_a_name_and_a_home_is_a_user(
    here: Path, command: list[str], code: int, says: str
) -> None:
    variables = {"SQUAT_MIRROR_BOARD__KEY_FILE": "~/key"} if command[0] == "board" else {}
    done = asked(here, *command, **variables)
    assert done.returncode == code, done.stderr
    assert says in done.stderr
    assert "Traceback" not in done.stderr
    assert "fault of ours" not in done.stderr


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (["config", "check"], 0),
        (["sets", "list"], 2),
        (["run", "--camera", "set.npz", "--screen", "none", "--lights", "mock"], 0),
    ],
)
def test_a_home_nobody_may_enter_is_as_good_as_none(here: Path, command: list[str], code: int) -> None:
    done = asked(here, *command, HOME=str(here / "locked"))
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("command", "says"),
    [
        (["analyze", "locked/x.npz"], "locked/x.npz may not be read by this user"),
        (["analyze", "locked/x.mp4"], "locked/x.mp4 may not be read by this user"),
        (["analyze", "loop"], "loop cannot be read: Too many levels of symbolic links"),
        (
            ["analyze", "set.npz", "--json", "locked/out.json"],
            "locked/out.json cannot be written: Permission",
        ),
        (["analyze", "set.npz", "--json", "loop"], "loop cannot be written: Too many levels"),
        (["sets", "list", "--from", "locked/sets.sqlite"], "may not be read by this user"),
        (
            ["config", "check", "--config", "locked/mirror.toml"],
            "locked/mirror.toml cannot be read: Permission",
        ),
    ],
)
def test_what_may_not_be_entered_is_one_line_and_exit_2(here: Path, command: list[str], says: str) -> None:
    done = asked(here, *command, HOME=str(here))
    assert done.returncode == 2, done.stderr
    assert says in done.stderr
    assert done.stderr.count("\n") == 1
    assert done.stdout == ""


@pytest.mark.parametrize("closed", [(1,), (2,), (0, 1, 2)])
def test_closed_streams_close_no_work(here: Path, closed: tuple[int, ...]) -> None:
    done = asked(here, "analyze", "set.npz", "--json", "out.json", closed=closed, HOME=str(here))
    assert done.returncode == 0
    assert not done.stderr
    text = (here / "out.json").read_text()
    assert (text[0], text.rstrip()[-1]) == ("{", "}"), "nothing else was written into it"


def test_a_notebook_s_way_to_draw_is_not_ours(here: Path) -> None:
    pytest.importorskip("matplotlib")
    notebook = "module://matplotlib_inline.backend_inline"
    done = asked(here, "analyze", "set.npz", "--plot", "p.png", HOME=str(here), MPLBACKEND=notebook)
    assert done.returncode == 0, done.stderr
    assert (here / "p.png").read_bytes()[:4] == b"\x89PNG"
