"""The one gate for every file the program writes: whole or not at all, never in the place of an input, and
of nothing that is there without leave. Knows files, not what is in them; no other module opens one to write.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import re
import secrets
import stat
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import BinaryIO, TextIO

from mirror.faults import BadInput
from mirror.files.plain import in_a_line

LONGEST_OF_NAME = 40
"""Letters of a file's name that its unfinished one repeats: no file system takes more than 255 bytes."""
A_BLOCK = 4096
"""Bytes that must fit on a disk before work for it is begun."""
_PART = re.compile(r"\.(.+)\.[0-9a-f]{8}\.part(\..+)?", re.DOTALL)
"""What an unfinished file is called, and of which name it will be."""


def is_stream(path: Path) -> bool:
    """Whether this is a pipe or a device ("/dev/stdout"): written into as it is, never replaced.

    Raises BadInput where nobody can tell.
    """
    there = _there(path)
    if there is None:
        return False
    named_by_device = path.parent in (Path("/dev"), Path("/dev/fd")) and stat.S_ISREG(there.st_mode)
    return named_by_device or stat.S_ISFIFO(there.st_mode) or stat.S_ISCHR(there.st_mode)


def is_folder(path: Path) -> bool | None:
    """Whether what is there is a folder; None where nothing is. Raises BadInput where nobody can tell."""
    there = _there(path)
    return None if there is None else stat.S_ISDIR(there.st_mode)


def check_writable(paths: Sequence[Path], inputs: Sequence[Path], overwrite: bool) -> None:
    """Before any work: raise BadInput where writing would fail, or overwrite without leave.

    At a terminal a person is asked; an input is never overwritten, by whatever name, link or second name
    of the same file it is called. Folders that are missing are made; what a run that was killed left
    unfinished beside these files is taken away.
    """
    if len({_identity(path) for path in paths}) < len(paths):
        raise BadInput("two kinds of output would be written to the same file.")
    originals = {_identity(path) for path in inputs if _is_there(path)}
    for path in paths:
        if _identity(path) in originals:
            raise BadInput(f"{path} is an input and is not overwritten.")
        if not is_stream(path):
            _check_file(path, overwrite)
    _take_away_unfinished([_real(path) for path in paths if not is_stream(path)])


def write_whole(path: Path, content: str | bytes) -> None:
    """Write a file so that it is either the old one or the new one. Raises BadInput when it can't."""
    content = content.encode("utf-8") if isinstance(content, str) else content
    try:
        if is_stream(path):
            path.write_bytes(content)
        else:
            replace_whole(path, content)
    except OSError as error:
        raise BadInput(f"{path} cannot be written: {error.strerror}.") from None


def replace_whole(
    path: Path,
    content: bytes,
    *,
    mode: int | None = None,
    alone: bool = False,
    check: Callable[[Path], None] | None = None,
) -> None:
    """A file's new content, on the disk and then in its place in one step; behind a link, the file it points
    to. Raises OSError.

    mode: of the file; None keeps the old one's. alone: nobody else writes this file, so what a power cut
    left unfinished is taken over. check: is handed the finished file before it takes its place; may raise.
    """
    with _unfinished(path, alone=alone) as (part, file):
        file.write(content)
        file.flush()
        if mode is not None:
            os.fchmod(file.fileno(), mode)
        if check is not None:
            check(part)


@contextlib.contextmanager
def whole(path: Path) -> Iterator[BinaryIO]:
    """A file to write into, which takes its place when the block ends and is gone if it raises.

    Raises BadInput when it cannot be written.
    """
    try:
        with _unfinished(path) as (_, file):
            yield file
    except OSError as error:
        raise BadInput(f"{path} cannot be written: {error.strerror or error}.") from None


@contextlib.contextmanager
def whole_by_name(path: Path) -> Iterator[Path]:
    """The same for a library that opens what it writes itself: the name to hand it, of the same ending.

    Raises BadInput when it cannot be written, and when nothing was.
    """
    try:
        with _unfinished(path, suffix=path.suffix) as (part, _):
            yield part
            if part.stat().st_size == 0:
                raise OSError("nothing was written")
    except OSError as error:
        raise BadInput(f"{path} cannot be written: {error.strerror or error}.") from None


def begin(path: Path) -> TextIO:
    """A file that grows while somebody reads it (a log), begun anew: another file of the same name, so that
    one that has a second name keeps what is in it. Raises BadInput when it can't be written."""
    try:
        if is_stream(path):
            return path.open("w", encoding="utf-8")
        return _begun(_real(path))
    except OSError as error:
        raise BadInput(f"{path} cannot be written: {error.strerror}.") from None


def _begun(path: Path) -> TextIO:
    if path.is_dir():
        raise IsADirectoryError(0, "it is a folder")
    part = path.with_name(_part_name(path.name))
    handle = _open_new(part)
    try:
        part.replace(path)
    except BaseException:
        os.close(handle)
        part.unlink(missing_ok=True)
        raise
    return os.fdopen(handle, "w", encoding="utf-8")


# -- what is there


def _there(path: Path) -> os.stat_result | None:
    """What is there, behind links; None where nothing is. Raises BadInput where nobody can tell."""
    try:
        return path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, ValueError) as error:
        raise BadInput(f"{path} cannot be written: {getattr(error, 'strerror', None) or error}.") from None


def _is_there(path: Path) -> bool:
    """Whether this input is a file; what is wrong with one that is not is said by whoever reads it."""
    try:
        return path.exists()
    except (OSError, ValueError):
        return False


def _identity(path: Path) -> tuple[int, int] | Path:
    """The same for two names of one file, by folders too that are yet to be made."""
    _there(path)  # tells links in a circle, which have no real path
    real = _real(path)
    there = _there(real)
    return real if there is None else (there.st_dev, there.st_ino)


def _real(path: Path) -> Path:
    """Without links and dots. Raises OSError."""
    try:
        return path.resolve()
    except RuntimeError:  # Python's name for links that go in a circle, until 3.13
        raise OSError(0, "its links go in a circle") from None


def _check_file(path: Path, overwrite: bool) -> None:
    there = _there(path)
    if there is not None:
        if stat.S_ISDIR(there.st_mode):
            raise BadInput(f"{path} cannot be written: it is a folder.")
        if not stat.S_ISREG(there.st_mode):
            raise BadInput(f"{path} cannot be written: it is a disk or a socket.")
        if not overwrite and not _leave_given(path):
            raise BadInput(f"{path} exists; say --yes to overwrite it.")
    folder = _real(path).parent
    _make_folder(folder)
    if not os.access(folder, os.W_OK):
        raise BadInput(f"{path} cannot be written: no permission in {path.parent}.")
    _try_out(path)


def _leave_given(path: Path) -> bool:
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        return False
    sys.stderr.write(f"{in_a_line(str(path))} exists. Overwrite it? [y/N] ")
    sys.stderr.flush()
    return sys.stdin.readline().strip().lower() in ("y", "yes")


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise BadInput(f"{folder} cannot be made: {error.strerror}.") from None


def _try_out(path: Path) -> None:
    """A disk that is full, or takes nothing, is known before the work and not after it."""
    try:
        real = _real(path)
        part = real.with_name(_part_name(real.name))
        handle = _open_new(part)
        try:
            os.write(handle, bytes(A_BLOCK))
            os.fsync(handle)
        finally:
            os.close(handle)
            part.unlink(missing_ok=True)
    except OSError as error:
        raise BadInput(f"{path} cannot be written: {error.strerror}.") from None


# -- the unfinished file


def _part_name(name: str, suffix: str = "", alone: bool = False) -> str:
    unlike_others = "" if alone else f".{secrets.token_hex(4)}"
    return f".{name[:LONGEST_OF_NAME]}{unlike_others}.part{suffix}"


def _open_new(part: Path) -> int:
    """A file that was not there: nobody who can guess its name can have it lead elsewhere. It is locked as
    long as it is open, so that one nobody writes any more can be told."""
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o666)
    with contextlib.suppress(OSError):  # not every network's disk can
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    return handle


def _take_away_unfinished(files: Sequence[Path]) -> None:
    """What was killed while it wrote one of these, in this run's place; a folder is looked through once."""
    names: dict[Path, set[str]] = {}
    for file in files:
        names.setdefault(file.parent, set()).add(file.name[:LONGEST_OF_NAME])
    for folder, ours in names.items():
        with contextlib.suppress(OSError):
            for there in list(folder.iterdir()):
                found = _PART.fullmatch(there.name)
                if found and found[1] in ours:
                    _take_away_abandoned(there)


def _take_away_abandoned(part: Path) -> None:
    """Unless somebody writes it, or nobody can tell."""
    with contextlib.suppress(OSError):
        handle = os.open(part, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            part.unlink()
        finally:
            os.close(handle)


@contextlib.contextmanager
def _unfinished(path: Path, *, suffix: str = "", alone: bool = False) -> Iterator[tuple[Path, BinaryIO]]:
    """The unfinished file beside `path`, forced to the disk and put in its place when the block ends, and
    taken away if it raises. Raises OSError."""
    real = _real(path)
    part = real.with_name(_part_name(real.name, suffix, alone))
    if alone:
        part.unlink(missing_ok=True)
    file = os.fdopen(_open_new(part), "wb")
    try:
        with file:
            _as_before(real, file.fileno())
            yield part, file
            file.flush()
            os.fsync(file.fileno())
        part.replace(real)
    finally:
        part.unlink(missing_ok=True)


def _as_before(old: Path, new: int) -> None:
    """The new file may be read and written by whoever might read and write the old one."""
    try:
        before = old.stat()
    except OSError:
        return
    os.fchmod(new, before.st_mode & 0o777)
    with contextlib.suppress(PermissionError):  # only root may give files away
        os.fchown(new, before.st_uid, before.st_gid)
