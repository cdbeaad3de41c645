"""Where results go: names for the files of several inputs, asking before overwriting, writing whole files.

Knows files, not what is in them.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from mirror.faults import BadInput


def targets(output: Path, inputs: Sequence[Path], suffix: str) -> list[Path]:
    """One file per input: `output` itself for one input, else files of the inputs' stems in that folder.

    Raises BadInput when two inputs would write the same file, or a file stands where a folder is needed.
    """
    if len(inputs) == 1:
        if output.is_dir():
            return [output / f"{inputs[0].stem}{suffix}"]
        return [output]
    if output.exists() and not output.is_dir():
        raise BadInput(f"{output} is a file; with several inputs it must name a folder.")
    names = [output / f"{path.stem}{suffix}" for path in inputs]
    if len(set(names)) < len(names):
        raise BadInput(f"two inputs have the same name and would both be written to {output}.")
    return names


def is_stream(path: Path) -> bool:
    """Whether this is a pipe or a device ("/dev/stdout"): written into as it is, never replaced."""
    return path.exists() and (not path.is_file() or path.parts[:2] == ("/", "dev"))


def check_writable(paths: Sequence[Path], inputs: Sequence[Path], overwrite: bool) -> None:
    """Before any work: raise BadInput where writing would fail, or overwrite without leave.

    At a terminal a person is asked; an input is never overwritten.
    """
    if len({path.resolve() for path in paths}) < len(paths):
        raise BadInput("two kinds of output would be written to the same file.")
    originals = {path.resolve() for path in inputs if path.exists()}
    for path in paths:
        if path.resolve() in originals:
            raise BadInput(f"{path} is an input and is not overwritten.")
        if is_stream(path):
            continue
        if path.exists() and not overwrite and not _leave_given(path):
            raise BadInput(f"{path} exists; say --yes to overwrite it.")
        _make_folder(path.parent)
        if not os.access(path.parent, os.W_OK):
            raise BadInput(f"{path} cannot be written: no permission in {path.parent}.")


def _leave_given(path: Path) -> bool:
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        return False
    sys.stderr.write(f"{path} exists. Overwrite it? [y/N] ")
    sys.stderr.flush()
    return sys.stdin.readline().strip().lower() in ("y", "yes")


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise BadInput(f"{folder} cannot be made: {error.strerror}.") from None


def write_whole(path: Path, content: str | bytes) -> None:
    """Write a file so that it is either the old one or the new one. Raises BadInput when it can't."""
    content = content.encode("utf-8") if isinstance(content, str) else content
    try:
        if is_stream(path):
            path.write_bytes(content)
        else:
            _replace(path.resolve(), content)  # behind a link, the file it points to
    except OSError as error:
        raise BadInput(f"{path} cannot be written: {error.strerror}.") from None


def _replace(path: Path, content: bytes) -> None:
    unfinished = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        unfinished.write_bytes(content)
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)
