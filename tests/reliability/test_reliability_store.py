"""The store when the power is cut, the disk is full, read-only or failing: what was acknowledged is there."""

from __future__ import annotations

import contextlib
import logging
import os
import resource
import shutil
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from patience import PATIENCE_S
from reliability.sets_done import kept, set_done

from mirror.history import database
from mirror.history.database import NotKept, Store

HERE = Path(__file__).parent
KILLS = 1000


@pytest.fixture
def path(tmp_path) -> Path:
    return tmp_path / "state" / "sets.sqlite"


@pytest.fixture(autouse=True)
def impatient(monkeypatch):
    monkeypatch.setattr(database, "FIRST_WAIT_S", 0.01)
    monkeypatch.setattr(database, "LONGEST_WAIT_S", 0.05)


def program(*arguments: object) -> subprocess.CompletedProcess[str]:
    """Runs a piece of this folder in a process of its own."""
    paths = os.pathsep.join([str(HERE.parent), str(HERE.parents[1])])
    return subprocess.run(
        [sys.executable, *map(str, arguments)], env={**os.environ, "PYTHONPATH": paths}, text=True,
        capture_output=True, timeout=2 * PATIENCE_S, check=False,
    )  # fmt: skip


def warnings(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING]


# -- killed


def test_a_thousand_kills_in_the_middle_of_writing_lose_nothing_that_was_acknowledged(path):
    path.parent.mkdir()
    done = program(HERE / "sets_done.py", path, KILLS)
    assert done.returncode == 0, done.stderr
    acknowledged, lost = map(int, done.stdout.split())
    assert acknowledged >= KILLS
    assert lost == 0


def test_a_write_ahead_log_torn_anywhere_still_opens_with_the_sets_before_the_tear(path, tmp_path):
    """What a power cut leaves: the database, and some first part of its log."""
    store = Store(path, 90)
    for _ in range(6):
        store.keep(set_done(2)).result(PATIENCE_S)
    log = path.with_name(path.name + "-wal").read_bytes()
    base = path.read_bytes()
    store.close(PATIENCE_S)
    assert len(log) > 10_000
    found = []
    for cut in (*range(0, len(log), len(log) // 40), len(log)):
        torn = tmp_path / f"cut-{cut}" / "sets.sqlite"
        torn.parent.mkdir()
        torn.write_bytes(base)
        torn.with_name(torn.name + "-wal").write_bytes(log[:cut])
        after = Store(torn, 90)
        assert after.keep(set_done(2, sentence="after the cut")).result(PATIENCE_S)
        after.close(PATIENCE_S)
        sets = kept(torn)
        assert all(reps == 2 for _, reps, _ in sets)
        found.append(len(sets) - 1)
    assert found == sorted(found)
    assert (found[0], found[-1]) == (0, 6)


# -- no room


def test_a_full_disk_is_said_once_and_the_sets_are_written_when_there_is_room_again(path, tmp_path, caplog):
    disk = small_disk(tmp_path / "disk")
    if disk is None:
        run_with_small_files()
        return
    try:
        store = Store(disk / "sets.sqlite", 90)
        store.keep(set_done(sentence="before")).result(PATIENCE_S)
        filler = disk / "filler"
        fill(filler)
        with caplog.at_level(logging.WARNING):
            waiting = [store.keep(set_done(sentence=f"waits {n}")) for n in range(40)]
            assert not waiting[-1].done() or waiting[-1].exception() is None
            await_warning(caplog, "cannot be written")
            filler.unlink()
            for one in waiting:
                one.result(PATIENCE_S)
            await_warning(caplog, "is written again")
        store.close(PATIENCE_S)
        assert len(kept(disk / "sets.sqlite")) == 41
        said = warnings(caplog)
        assert len(said) == 2, said
        assert "database or disk is full" in said[0] or "disk I/O error" in said[0]
        assert said[1].endswith("is written again; 0 records were not kept")
    finally:
        unmount(disk)


SMALL_FILES = """
import logging, resource, sys, time
from pathlib import Path
from patience import PATIENCE_S
from reliability.sets_done import kept, set_done
from mirror.history import database
from mirror.history.database import Store
logging.basicConfig(format="%(message)s", stream=sys.stdout)
database.FIRST_WAIT_S = database.LONGEST_WAIT_S = 0.01
path = Path(sys.argv[1])
store = Store(path, 90)
store.keep(set_done(sentence="before")).result(PATIENCE_S)
soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
resource.setrlimit(resource.RLIMIT_FSIZE, (path.with_name(path.name + "-wal").stat().st_size, hard))
waiting = [store.keep(set_done(sentence="waits")) for _ in range(40)]
deadline = time.monotonic() + PATIENCE_S
while not store._trouble:
    assert time.monotonic() < deadline
    time.sleep(0.01)
resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
for one in waiting:
    one.result(PATIENCE_S)
store.close(PATIENCE_S)
print("kept", len(kept(path)))
"""


def run_with_small_files(path: Path | None = None) -> list[str]:
    """The same where no disk can be mounted: files may not grow, as with a quota."""
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        done = program("-c", SMALL_FILES, Path(folder) / "sets.sqlite")
    lines = done.stdout.splitlines()
    assert done.returncode == 0, done.stderr
    assert lines[-1] == "kept 41"
    assert sum("cannot be written" in line for line in lines) == 1
    assert sum("is written again" in line for line in lines) == 1
    return lines


def test_a_quota_is_like_a_full_disk():
    run_with_small_files()


def small_disk(folder: Path) -> Path | None:
    """A disk of eight megabytes, where this user may mount one."""
    folder.mkdir()
    if os.geteuid() != 0 or shutil.which("mount") is None:
        return None
    call = ["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", str(folder)]
    return folder if subprocess.run(call, capture_output=True, check=False).returncode == 0 else None


def fill(filler: Path) -> None:
    """Takes all the room there is."""
    with filler.open("wb", buffering=0) as file, contextlib.suppress(OSError):
        while file.write(bytes(4096)):
            pass
    assert shutil.disk_usage(filler).free == 0


def unmount(folder: Path) -> None:
    subprocess.run(["umount", str(folder)], check=True)


def await_warning(caplog: pytest.LogCaptureFixture, part: str) -> None:
    tick = threading.Event()
    for _ in range(100 * PATIENCE_S):
        if any(part in line for line in warnings(caplog)):
            return
        tick.wait(0.01)
    raise AssertionError(f"nobody said {part!r}; said was {warnings(caplog)}")


def test_what_does_not_fit_the_queue_while_the_disk_is_full_is_counted(path, caplog, monkeypatch):
    """A folder that cannot be made is a disk that cannot be written."""
    path.parent.write_text("a file where the folder should be")
    with caplog.at_level(logging.WARNING):
        store = Store(path, 90, queue=5)
        handed = [store.keep(set_done()) for _ in range(8)]
        await_warning(caplog, "cannot be written")
        assert store.dropped == 3
        path.parent.unlink()
        assert [one.result(PATIENCE_S) for one in handed[:5]] == [1, 2, 3, 4, 5]
        await_warning(caplog, "3 records were not kept")
    store.close(PATIENCE_S)


def test_a_mirror_that_ends_while_the_disk_is_full_ends_and_says_what_is_lost(path, caplog):
    path.parent.write_text("a file where the folder should be")
    with caplog.at_level(logging.WARNING):
        store = Store(path, 90)
        handed = store.keep(set_done())
        await_warning(caplog, "cannot be written")
        store.close(PATIENCE_S)
    with pytest.raises(NotKept):
        handed.result(PATIENCE_S)
    assert warnings(caplog)[-1] == "store: closed with 1 records not kept"


@pytest.mark.parametrize("files", ["the database", "the folder"])
def test_a_read_only_card_is_said_once(path, caplog, files, tmp_path):
    store = Store(path, 90)
    store.keep(set_done()).result(PATIENCE_S)
    store.close(PATIENCE_S)
    target = path.parent if files == "the folder" else path
    if os.geteuid() == 0:  # root may write anyway, but not to what is mounted read-only
        bind = ["mount", "--bind", path.parent, path.parent]
        if subprocess.run(bind, capture_output=True, check=False).returncode:
            pytest.skip("root may write everywhere, and may not mount anything read-only in this container")
        subprocess.run(["mount", "-o", "remount,ro,bind", path.parent], check=True)
    else:
        target.chmod(0o500 if target.is_dir() else 0o400)
    try:
        with caplog.at_level(logging.WARNING):
            store = Store(path, 90)
            store.keep(set_done())
            await_warning(caplog, "cannot be written")
            threading.Event().wait(0.3)  # several more attempts
            store.close(PATIENCE_S)
        assert sum("cannot be written" in line for line in warnings(caplog)) == 1
    finally:
        if os.geteuid() == 0:
            subprocess.run(["umount", path.parent], check=True)
        else:
            target.chmod(0o700)
    assert len(kept(path)) == 1


# -- damaged


def spoil(path: Path, how: str) -> None:
    if how == "no database":
        path.write_bytes(b"this is no database at all" * 1000)
    elif how == "zeros in the middle":
        body = bytearray(path.read_bytes())
        body[4096 : len(body)] = bytes(len(body) - 4096)
        path.write_bytes(body)
    elif how == "cut short":
        path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    elif how == "a bad header":
        body = bytearray(path.read_bytes())
        body[0:16] = b"SQLite format 4\0"
        path.write_bytes(body)


@pytest.mark.parametrize("how", ["no database", "zeros in the middle", "cut short", "a bad header"])
def test_a_damaged_store_is_moved_aside_and_a_new_one_begun(path, how, caplog):
    store = Store(path, 90)
    for _ in range(30):
        store.keep(set_done())
    store.close(PATIENCE_S)
    spoil(path, how)
    damaged = path.read_bytes()
    with caplog.at_level(logging.WARNING):
        store = Store(path, 90)
        assert store.keep(set_done(sentence="anew")).result(PATIENCE_S) == 1
        store.close(PATIENCE_S)
    assert [sentence for _, _, sentence in kept(path)] == ["anew"]
    (aside,) = [one for one in path.parent.iterdir() if one.name.startswith("sets.sqlite.corrupt-")]
    assert aside.read_bytes() == damaged
    assert len(warnings(caplog)) == 1
    assert str(aside) in warnings(caplog)[0]


def test_a_store_damaged_while_the_mirror_runs_is_begun_anew_and_the_set_under_way_is_kept(path, caplog):
    store = Store(path, 90)
    for _ in range(30):
        store.keep(set_done()).result(PATIENCE_S)
    with path.open("r+b") as file:
        file.write(b"nonsense" * 4096)
    for suffix in ("-wal", "-shm"):
        part = path.with_name(path.name + suffix)
        with part.open("r+b") as file:
            file.write(b"nonsense" * 4096)
    with caplog.at_level(logging.WARNING):
        handed = [store.keep(set_done(sentence="later")) for _ in range(3)]
        rows = [one.result(PATIENCE_S) for one in handed]
        store.close(PATIENCE_S)
    assert len(set(rows)) == 3
    assert [sentence for _, _, sentence in kept(path)][-3:] == ["later"] * 3
    assert len(warnings(caplog)) == 1


def test_a_card_that_damages_file_after_file_is_not_filled_with_them(path):
    for _ in range(8):
        store = Store(path, 90)
        store.keep(set_done()).result(PATIENCE_S)
        store.close(PATIENCE_S)
        spoil(path, "no database")
    asides = [one for one in path.parent.iterdir() if ".corrupt-" in one.name]
    assert len(asides) <= 3 * (database.MOST_ASIDE + 1)


def test_nothing_but_these_limits_is_left_changed():
    """The quota of one test is not everybody's."""
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[0] == resource.RLIM_INFINITY
