"""The gate for every file the program writes: nothing of a person's is lost, and no other module opens
one."""

from __future__ import annotations

import ast
import os
import signal
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from patience import PATIENCE_S

from mirror import cli
from mirror.faults import BadInput
from mirror.files import writing
from mirror.files.writing import (
    begin,
    check_writable,
    is_stream,
    replace_whole,
    whole,
    whole_by_name,
    write_whole,
)

PACKAGE = Path(__file__).resolve().parents[2] / "mirror"
OPENS = {
    "write_text",
    "write_bytes",
    "touch",
    "rename",
    "mkstemp",
    "NamedTemporaryFile",
    "imwrite",
    "symlink_to",
}
"""Calls that make or move a file."""
BY_ANOTHER_LIBRARY = {
    "history/database.py": "SQLite keeps its own files whole; a damaged one is renamed, never overwritten",
    "report/film.py": "FFmpeg opens what it writes; it is handed an unfinished file's name",
    "pose/runtime_noise.py": "standard error itself, for as long as a network loads",
}


# -- before the work


def test_an_existing_file_needs_leave(tmp_path: Path) -> None:
    old = tmp_path / "old.json"
    old.write_text("old")
    with pytest.raises(BadInput, match="say --yes"):
        check_writable([old], [], overwrite=False)
    check_writable([old], [], overwrite=True)
    assert old.read_text() == "old"


@pytest.mark.parametrize("overwrite", [False, True])
def test_an_input_is_never_overwritten_by_any_of_its_names(tmp_path: Path, overwrite: bool) -> None:
    clip = tmp_path / "clip.npz"
    clip.write_text("recording")
    link, second = tmp_path / "link.npz", tmp_path / "second.npz"
    link.symlink_to(clip)
    second.hardlink_to(clip)
    for path in (clip, link, second, tmp_path / "x" / ".." / "clip.npz"):
        with pytest.raises(BadInput, match="is an input"):
            check_writable([path], [clip], overwrite)


def test_two_outputs_into_one_file_are_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="same file"):
        check_writable([tmp_path / "out", tmp_path / "." / "out"], [], overwrite=True)


def test_folders_that_are_missing_are_made_and_impossible_ones_refused(tmp_path: Path) -> None:
    check_writable([tmp_path / "new" / "deep" / "out.json"], [], overwrite=False)
    assert (tmp_path / "new" / "deep").is_dir()
    (tmp_path / "file").write_text("")
    with pytest.raises(BadInput, match="cannot be made"):
        check_writable([tmp_path / "file" / "out.json"], [], overwrite=False)


def test_what_can_be_no_output_is_known_before_the_work(tmp_path: Path) -> None:
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    with pytest.raises(BadInput, match="loop cannot be written"):
        check_writable([tmp_path / "loop"], [], overwrite=True)
    with pytest.raises(BadInput, match="is a folder"):
        check_writable([tmp_path], [], overwrite=True)
    with pytest.raises(BadInput, match="cannot be written"):
        check_writable([tmp_path / ("x" * 300)], [], overwrite=True)


def test_a_disk_is_no_place_for_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    disk = tmp_path / "sda"
    disk.write_text("")
    monkeypatch.setattr(writing.stat, "S_ISREG", lambda mode: False)
    with pytest.raises(BadInput, match="a disk or a socket"):
        check_writable([disk], [], overwrite=True)


def test_a_full_disk_is_known_before_the_work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fill_the_disk(monkeypatch)
    with pytest.raises(BadInput, match=r"out\.json cannot be written: No space left on device"):
        check_writable([tmp_path / "out.json"], [], overwrite=False)
    assert list(tmp_path.iterdir()) == []


# -- whole or not at all


def fill_the_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(writing.os, "fsync", full)


def test_a_file_is_written_whole_and_nothing_is_left_beside_it(tmp_path: Path) -> None:
    out = tmp_path / "out.json"
    out.write_text("old")
    write_whole(out, "new ●\n")
    assert out.read_text("utf-8") == "new ●\n"
    assert list(tmp_path.iterdir()) == [out]


def test_when_the_disk_is_full_the_old_file_stays_however_it_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out.mp4"
    out.write_text("old")
    fill_the_disk(monkeypatch)
    with pytest.raises(BadInput, match=r"out\.mp4 cannot be written: No space left on device"):
        write_whole(out, "new")
    with pytest.raises(BadInput, match="No space left"), whole(out) as file:
        file.write(b"new")
    with pytest.raises(BadInput, match="No space left"), whole_by_name(out) as part:
        part.write_text("new")
    assert out.read_text() == "old"
    assert list(tmp_path.iterdir()) == [out]


def test_what_a_killed_run_left_unfinished_is_taken_away_by_the_next(tmp_path: Path) -> None:
    out, second = tmp_path / "out.json", tmp_path / f"{'long' * 20}.mp4"
    left = [tmp_path / ".out.json.0123abcd.part", tmp_path / f".{'long' * 10}.0123abcd.part.mp4"]
    others = [
        tmp_path / ".another.json.0123abcd.part",
        tmp_path / ".out.json.swp",
        tmp_path / ".out.json.0123abcd.party",
        tmp_path / ".out.json.mine.part",
    ]
    for path in (*left, *others):
        path.write_text("ha")
    with whole(out):
        (being_written,) = set(tmp_path.glob(".out.json.*.part")) - {*left, *others}
        check_writable([out, second], [], overwrite=False)
        assert set(tmp_path.iterdir()) == {being_written, *others}
    assert set(tmp_path.iterdir()) == {out, *others}


def test_a_library_that_writes_nothing_has_not_written(tmp_path: Path) -> None:
    out = tmp_path / "out.mp4"
    out.write_text("old")
    with pytest.raises(BadInput, match="nothing was written"), whole_by_name(out) as part:
        assert part.suffix == ".mp4"
    assert out.read_text() == "old"
    assert list(tmp_path.iterdir()) == [out]


def test_what_ends_in_the_middle_leaves_the_old_file_and_no_part(tmp_path: Path) -> None:
    out = tmp_path / "out.npz"
    out.write_text("old")

    def stopped() -> None:
        with whole(out) as file:
            file.write(b"half")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        stopped()
    assert out.read_text() == "old"
    assert list(tmp_path.iterdir()) == [out]


def test_behind_a_link_the_file_it_points_to_is_written(tmp_path: Path) -> None:
    real, link = tmp_path / "real.json", tmp_path / "link.json"
    real.write_text("old")
    link.symlink_to(real)
    write_whole(link, "new")
    assert link.is_symlink()
    assert real.read_text() == "new"


def test_a_file_keeps_its_mode_and_a_new_one_has_the_usual(tmp_path: Path) -> None:
    private, new = tmp_path / "private", tmp_path / "new"
    private.write_text("")
    private.chmod(0o600)
    write_whole(private, "mine")
    assert stat.S_IMODE(private.stat().st_mode) == 0o600
    before = os.umask(0o027)
    try:
        write_whole(new, "anybody's")
    finally:
        os.umask(before)
    assert stat.S_IMODE(new.stat().st_mode) == 0o640


def test_an_unfinished_file_somebody_laid_as_a_link_leads_nowhere(tmp_path: Path) -> None:
    """Its name can be guessed where one program alone writes a file."""
    precious, state = tmp_path / "precious", tmp_path / "state.json"
    precious.write_text("precious")
    (tmp_path / ".state.json.part").symlink_to(precious)
    replace_whole(state, b"{}", alone=True)
    assert (precious.read_text(), state.read_text()) == ("precious", "{}")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["precious", "state.json"]


def test_a_long_name_is_as_good_as_a_short_one(tmp_path: Path) -> None:
    out = tmp_path / ("x" * 250 + ".json")
    check_writable([out], [], overwrite=False)
    write_whole(out, "{}")
    assert out.read_text() == "{}"


WRITES = """
import sys, time
from pathlib import Path
from mirror.service.stopping import unwind_when_ended
from mirror.files.writing import whole
unwind_when_ended()
with whole(Path(sys.argv[1])) as file:
    file.write(b"half")
    print("ready", flush=True)
    for _ in range(6000):  # a signal that comes just before a sleep waits for its end
        time.sleep(0.1)
"""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_command_that_is_ended_leaves_no_part(tmp_path: Path, number: signal.Signals) -> None:
    out = tmp_path / "out.mp4"
    out.write_text("old")
    call = [sys.executable, "-c", WRITES, str(out)]
    with subprocess.Popen(call, cwd=PACKAGE.parent, stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdout is not None
        assert writer.stdout.readline() == "ready\n"
        writer.send_signal(number)
        assert writer.wait(PATIENCE_S) == 128 + number
    assert out.read_text() == "old"
    assert list(tmp_path.iterdir()) == [out]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_every_command_unwinds_when_it_is_ended(
    monkeypatch: pytest.MonkeyPatch, number: signal.Signals
) -> None:
    before = {one: signal.getsignal(one) for one in (signal.SIGTERM, signal.SIGHUP)}
    unwound = threading.Event()

    def command() -> int:
        try:
            os.kill(os.getpid(), number)
            threading.Event().wait(PATIENCE_S)
        finally:
            unwound.set()
        return 0

    monkeypatch.setattr(cli, "main", command)
    try:
        signal.signal(signal.SIGHUP, signal.SIG_DFL)
        with pytest.raises(SystemExit) as ended:
            cli.script()
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)
    assert ended.value.code == 128 + number
    assert unwound.is_set()


# -- a file that grows


def test_a_log_begun_anew_leaves_what_the_old_one_held_to_its_second_name(tmp_path: Path) -> None:
    log, kept = tmp_path / "log.jsonl", tmp_path / "kept.jsonl"
    log.write_text("last evening")
    kept.hardlink_to(log)
    with begin(log) as file:
        file.write("this evening\n")
        file.flush()
        assert log.read_text() == "this evening\n"
    assert kept.read_text() == "last evening"
    assert len(list(tmp_path.iterdir())) == 2


def test_a_log_is_no_folder(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="cannot be written"):
        begin(tmp_path)
    assert list(tmp_path.iterdir()) == []


# -- pipes and devices


def test_a_pipe_is_written_into_and_stays_a_pipe(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    assert is_stream(pipe)
    check_writable([pipe], [], overwrite=False)  # nothing there that could be lost
    got: list[str] = []
    reader = threading.Thread(target=lambda: got.append(pipe.read_text()), daemon=True)
    reader.start()
    write_whole(pipe, "through")
    reader.join(PATIENCE_S)
    assert got == ["through"]
    assert stat.S_ISFIFO(pipe.stat().st_mode)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full on this system")
def test_a_full_device_is_told_in_a_line() -> None:
    assert is_stream(Path("/dev/full"))  # else the next line would put a file in its place
    with pytest.raises(BadInput, match="/dev/full cannot be written: No space left on device"):
        write_whole(Path("/dev/full"), "x" * 10)
    assert stat.S_ISCHR(Path("/dev/full").stat().st_mode)


# -- the only gate


def opens_to_write(call: ast.Call) -> bool:
    """Whether a call makes, empties or moves a file: by a name in OPENS, a mode, or what only a Path can."""
    name = getattr(call.func, "attr", getattr(call.func, "id", ""))
    if name == "replace":  # of a Path: text is replaced by two
        return len(call.args) == 1 and not call.keywords
    if name == "open":
        given = [*call.args, *(keyword.value for keyword in call.keywords if keyword.arg == "mode")]
        modes = [one.value for one in given if isinstance(one, ast.Constant) and isinstance(one.value, str)]
        flags = {node.attr for one in given for node in ast.walk(one) if isinstance(node, ast.Attribute)}
        return any(len(mode) <= 3 and set(mode) & set("wax+") for mode in modes) or "O_CREAT" in flags
    return name in OPENS


def test_no_other_module_opens_a_file_to_write() -> None:
    found = {
        path.relative_to(PACKAGE).as_posix()
        for path in PACKAGE.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call) and opens_to_write(node)
    }
    assert found - set(BY_ANOTHER_LIBRARY) == {"files/writing.py"}
