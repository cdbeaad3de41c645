"""Changes a few settings in the file a person wrote, and leaves everything else in it as it was.

Comments and order stay; the file is replaced as a whole or not at all. Knows settings by name only, not
what they are for.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from mirror.faults import BadInput
from mirror.files.writing import replace_whole
from mirror.settings.errors import did_you_mean, toml_fault
from mirror.settings.fields import LEAVE_OUT
from mirror.settings.render import toml
from mirror.settings.sections import every
from mirror.settings.sources import SYSTEM_FILE, check_file, find, is_root, own_file


def file_to_change(config: Path | str | None = None) -> Path:
    """The file that changes belong into: the one in force (`find`), else a new one in the home folder; root's
    and that of somebody without a home is the system's."""
    own = [] if is_root() else own_file()
    return find(config) or next(iter(own), SYSTEM_FILE)


def change_settings(path: Path, changes: Mapping[str, object]) -> None:
    """Write these settings, by dotted name ("model.name"), into the TOML file at `path`, made where missing.

    A line "#name = ..." that shows the default takes the value, otherwise it comes at the end of its
    section. None is written as "none". Replaced in one step, once the result as a whole was read back
    without a mistake; the file's mode stays, and a link is followed. Raises BadInput with one line, and
    leaves the file alone, when a name or value is wrong, the file is broken, or it cannot be written.
    """
    known = {f"{section}.{name}" for section, name, _ in every()}
    for dotted in changes:
        if dotted not in known:
            raise BadInput(f"{dotted}: no such setting{did_you_mean(dotted, known)}")
    path = path.resolve()
    try:
        before = path.read_text("utf-8") if path.exists() else ""
        _replace(path, changed_text(before, changes, path))
    except UnicodeDecodeError as error:
        raise BadInput(f"{path} is not a text file in UTF-8") from error
    except OSError as error:
        raise BadInput(f"{path} cannot be written: {error.strerror}") from error


def changed_text(text: str, changes: Mapping[str, object], path: Path) -> str:
    """The TOML text with these settings in it. path: for the message of BadInput when it is no TOML."""
    import tomllib  # these two here and not above: only a command that changes the file needs them

    import tomlkit

    try:
        tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BadInput(toml_fault(path, error)) from error
    for dotted, value in changes.items():
        text = _uncommented(text, dotted, _written(value))
    document: Any = tomlkit.parse(text)
    for dotted, value in changes.items():
        section, name = dotted.split(".")
        if section not in document:
            document[section] = tomlkit.table()
        if not hasattr(document[section], "keys"):
            raise BadInput(f"{path}: {section} is a section: write [{section}] and its settings below")
        document[section][name] = tomlkit.parse(f"x = {_written(value)}")["x"]
    return str(tomlkit.dumps(document)).rstrip("\n") + "\n"


def _written(value: object) -> str:
    if value is None:
        return f'"{LEAVE_OUT}"'
    return toml(os.fspath(value) if isinstance(value, os.PathLike) else value)


def _uncommented(text: str, dotted: str, written: str) -> str:
    """The text with the section's "#name = ..." turned into the setting, where that isn't there yet."""
    section, name = dotted.split(".")
    head = re.search(rf"^\[{re.escape(section)}\][^\n]*\n", text, re.M)
    if head is None:
        return text
    end = re.search(r"^\[", text[head.end() :], re.M)
    stop = head.end() + end.start() if end else len(text)
    body = text[head.end() : stop]
    if re.search(rf"^[ \t]*{re.escape(name)}[ \t]*=", body, re.M):
        return text
    body = re.sub(
        rf"^#{re.escape(name)}[ \t]*=[^\n]*$", lambda _: f"{name} = {written}", body, count=1, flags=re.M
    )
    return text[: head.end()] + body + text[stop:]


def _replace(path: Path, text: str) -> None:
    """The file's new text, checked and then in place in one step."""
    path.parent.mkdir(parents=True, exist_ok=True)

    def sound(fresh: Path) -> None:
        problems = check_file(fresh)
        if problems:
            raise BadInput(problems[0].replace(str(fresh), str(path)))

    replace_whole(path, text.encode(), mode=None if path.exists() else 0o644, check=sound)
