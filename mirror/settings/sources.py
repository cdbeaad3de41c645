"""Where values come from: TOML file, environment and flags, and how they combine.

Flags win over the environment, the environment over the file, the file over the defaults. Knows settings
only as sections and names.
"""

from __future__ import annotations

import codecs
import functools
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Literal, NamedTuple

from pydantic import ValidationError
from pydantic.fields import FieldInfo

from mirror.faults import BadInput
from mirror.files.plain import in_home
from mirror.settings.errors import (
    did_you_mean,
    misfit,
    quoted,
    toml_fault,
    unknown_name,
    unknown_section,
    unknown_variable,
    wrong_value,
)
from mirror.settings.fields import PREFIX
from mirror.settings.sections import SECTIONS, Settings, every

CONFIG_VARIABLE = "SQUAT_MIRROR_CONFIG"
FILE_NAME = "mirror.toml"
SYSTEM_FILE = Path("/etc/squat-mirror") / FILE_NAME
LARGEST_BYTES = 200_000
"""The whole file with every comment is 20 kB; a disk's picture by mistake should not fill the memory."""
MOST_DOTS = 30
"""On one line. Every part of a name in dots is kept by itself: 16,000 of them took 1 GB to be refused."""


class Layer(NamedTuple):
    """Values from one place, by section and name; the last of several layers wins."""

    kind: Literal["file", "environment", "flag"]
    origin: str  # the file as the person named it; "" for the others
    tables: dict[str, dict[str, object]]

    def place(self, section: str, name: str) -> str:
        """How the person wrote this name: "mirror.toml: [camera] fps", the variable, or the flag."""
        if self.kind == "environment":
            return f"{PREFIX}{section}__{name}".upper()
        return f"{self.origin}: [{section}] {name}" if self.kind == "file" else f"flag {section}.{name}"

    def came_from(self, section: str, name: str) -> str:
        """The same for `config show`."""
        where = {"file": self.origin, "environment": self.place(section, name), "flag": ""}[self.kind]
        return f"{self.kind} {where}".strip()


def find(config: Path | str | None = None) -> Path | None:
    """The settings file in force: the one named, else $SQUAT_MIRROR_CONFIG, else the first that exists.

    Root takes only the system's or one that was named: the folder somebody stands in is not root's, and a
    file in it could have root read a secret and send it away. Raises BadInput when a file was named and is
    not there.
    """
    named = config or os.environ.get(CONFIG_VARIABLE)
    if named:
        path, who = Path(named), "" if config else f"{CONFIG_VARIABLE}: "
        try:
            if path.is_dir():
                raise BadInput(f"{who}{path} is a folder, not a settings file")
            if not path.is_file() and path != Path(os.devnull):
                raise BadInput(f"{who}there is no settings file {path}")
        except OSError as fault:
            raise BadInput(f"{who}{quoted(str(path))} cannot be read: {fault.strerror}") from None
        return path
    usual = [SYSTEM_FILE] if is_root() else [Path(FILE_NAME), *own_file(), SYSTEM_FILE]
    return next((path for path in usual if _is_file(path)), None)


def is_root() -> bool:
    """Whether this program may read and write what is nobody else's."""
    return os.geteuid() == 0


def own_file() -> list[Path]:
    """Where a person's own settings are, in their home; nothing where nobody has one."""
    config = os.environ.get("XDG_CONFIG_HOME")
    if not config:
        home = in_home("~/.config")
        if not home.is_absolute():  # a user without a name and without a home
            return []
        config = str(home)
    return [Path(config) / "squat-mirror" / FILE_NAME]


def _is_file(path: Path) -> bool:
    """Whether there is one this user may look at."""
    try:
        return path.is_file()
    except OSError:
        return False


def load(config: Path | str | None = None, overrides: Mapping[str, object] | None = None) -> Settings:
    """Settings from flags over environment over file over defaults.

    config: the file named on the command line, if any. overrides: flags by dotted name ("camera.fps");
    None as a value means that the flag was not given. Raises BadInput with one line that names the file
    and key, the variable or the flag, what was wrong and what would be right.
    """
    file = find(config)
    layers, problems = _read(file, overrides or {})
    settings, more = _combine(layers)
    problems += more
    if problems or settings is None:
        raise BadInput(problems[0] + (f" (and {len(problems) - 1} more)" if problems[1:] else ""))
    settings._file = file
    return settings


def files_named(settings: Settings) -> list[Path]:
    """Every file these settings were read from or tell to be read: nothing is ever written over one."""
    secrets = (settings.mqtt.password_file, settings.board.key_file)
    named = [in_home(name.strip()) for name in secrets if name.strip()]
    return named if settings._file is None else [settings._file, *named]


def check(config: Path | str | None = None, overrides: Mapping[str, object] | None = None) -> list[str]:
    """Every problem in the file and the environment, one sentence each; empty when all is well."""
    try:
        layers, problems = _read(find(config), overrides or {})
    except BadInput as fault:
        return [str(fault)]
    return problems + _combine(layers)[1]


def check_file(path: Path) -> list[str]:
    """Every problem in this file by itself, whatever environment and flags would say."""
    layer, problems = _from_file(path)
    sound, wrong = _sound_values(layer)
    return problems + wrong + _combine([sound])[1]


def _read(path: Path | None, overrides: Mapping[str, object]) -> tuple[list[Layer], list[str]]:
    """The layers, lowest first, without what is wrong in them, and what was wrong."""
    layers: list[Layer] = []
    problems: list[str] = []
    for layer, found in (_from_file(path), _from_environment(), _from_flags(overrides)):
        sound, wrong = _sound_values(layer)
        layers.append(sound)
        problems += found + wrong
    return layers, problems


@functools.cache
def _sources() -> tuple[Callable[[], dict[str, Any]], Callable[[Path], dict[str, Any]]]:
    """pydantic-settings' readers of environment and TOML. Imported late: it costs as much as pydantic."""
    from pydantic_settings import (
        BaseSettings,
        EnvSettingsSource,
        SettingsConfigDict,
        TomlConfigSettingsSource,
    )

    class Outside(Settings, BaseSettings):
        model_config = SettingsConfigDict(
            extra="forbid", frozen=True, env_prefix=PREFIX, env_nested_delimiter="__", env_ignore_empty=True
        )

    class Environment(EnvSettingsSource):
        def decode_complex_value(self, field_name: str, field: FieldInfo, value: Any) -> Any:
            return value  # lists are written "17,27,22" here, not as JSON

    def environment() -> dict[str, Any]:
        return Environment(Outside)()

    return environment, lambda path: TomlConfigSettingsSource(Outside, path)()


def _from_file(path: Path | None) -> tuple[Layer, list[str]]:
    layer = Layer("file", str(path), {})
    tables, problems = _tables(path) if path else ({}, [])
    for section, table in tables.items():
        if section not in SECTIONS:
            problems.append(f"{path}: {unknown_section(section, table)}")
        elif not isinstance(table, dict):
            problems.append(f"{path}: {section} is a section: write [{section}] and its settings below")
        else:
            layer.tables[section] = table
    return layer, problems + _unknown_names(layer)


def _tables(path: Path) -> tuple[dict[str, Any], list[str]]:
    """What the file says, or the one sentence why it says nothing."""
    import tomllib

    try:
        why = _no_settings_in(path)
        return ({}, [f"{path} {why}"]) if why else (_sources()[1](path), [])
    except tomllib.TOMLDecodeError as fault:
        return {}, [toml_fault(path, fault)]
    except UnicodeDecodeError:
        return {}, [f"{path} is not a text file in UTF-8"]
    except ValueError:  # Python reads no whole number of more than 4300 digits
        return {}, [f"{path} has a number in it that is far too long"]
    except RecursionError:
        return {}, [f"{path} is nested far too deep for settings"]
    except OSError as fault:
        return {}, [f"{path} cannot be read: {fault.strerror}"]


def _no_settings_in(path: Path) -> str:
    """Why it is not even tried to read this file, in words that follow its name, or ""."""
    size = path.stat().st_size
    if size > LARGEST_BYTES:
        return f"is no settings file: it has {size / 1e3:.0f} kB"
    with path.open("rb") as file:
        content = file.read(LARGEST_BYTES)
    if content.startswith(codecs.BOM_UTF8):
        return "begins with a byte order mark: save it as UTF-8 without one"
    lines = [line for line in content.splitlines() if not line.strip().startswith(b"#")]
    if any(line.count(b".") > MOST_DOTS for line in lines):
        return f"is no settings file: a line in it has more than {MOST_DOTS} dots"
    return ""


def _from_environment() -> tuple[Layer, list[str]]:
    known = {f"{PREFIX}{section}__{name}".upper(): (section, name) for section, name, _ in every()}
    ours = sorted(variable for variable in os.environ if variable.upper().startswith(PREFIX))
    problems = [
        f"{quoted(variable)}: {unknown_variable(variable.upper(), known)}"
        for variable in ours
        if variable.upper() not in {*known, CONFIG_VARIABLE}
    ]
    read = _sources()[0]() if ours and not problems else {}  # the reader trips over some unknown names
    layer = Layer("environment", "", {})
    for variable in ours:
        section, name = known.get(variable.upper(), ("", ""))
        if name in read.get(section, {}):  # an empty variable was not read
            layer.tables.setdefault(section, {})[name] = read[section][name]
    return layer, problems


def _from_flags(overrides: Mapping[str, object]) -> tuple[Layer, list[str]]:
    layer = Layer("flag", "", {})
    known = {f"{section}.{name}" for section, name, _ in every()}
    problems: list[str] = []
    for dotted, value in overrides.items():
        if dotted not in known:
            problems.append(f"flag {dotted}: no such setting{did_you_mean(dotted, known)}")
        elif value is not None:
            section, name = dotted.split(".")
            plain = os.fspath(value) if isinstance(value, os.PathLike) else value
            layer.tables.setdefault(section, {})[name] = plain
    return layer, problems


def _unknown_names(layer: Layer) -> list[str]:
    """Takes names nobody knows out of the layer and says what was perhaps meant."""
    problems: list[str] = []
    for section, table in layer.tables.items():
        for name in [name for name in table if name not in SECTIONS[section].model_fields]:
            del table[name]
            problems.append(f"{layer.place(section, quoted(name))}: {unknown_name(section, name)}")
    return problems


def _sound_values(layer: Layer) -> tuple[Layer, list[str]]:
    """The layer without values of a wrong type or out of bounds, and a sentence for each of those.

    A file says what it means (30 is a number, "30" is not); variables and flags are text to begin with.
    What several values must be together is not asked here: another layer may hold the other half.
    """
    problems: list[str] = []
    tables: dict[str, dict[str, object]] = {}
    as_variable = layer.kind == "environment"
    for section, table in layer.tables.items():
        wrong = _wrong_names(section, table, strict=layer.kind == "file")
        problems += [
            wrong_value(layer.place(section, name), section, name, table[name], as_variable)
            for name in table
            if name in wrong
        ]
        tables[section] = {name: value for name, value in table.items() if name not in wrong}
    return layer._replace(tables=tables), problems


def _wrong_names(section: str, table: Mapping[str, object], strict: bool) -> set[str]:
    try:
        SECTIONS[section].model_validate(table, strict=strict)
    except ValidationError as fault:
        return {str(error["loc"][0]) for error in fault.errors() if error["loc"]}
    return set()


def _combine(layers: list[Layer]) -> tuple[Settings | None, list[str]]:
    """The layers laid over one another, and what does not fit together."""
    merged: dict[str, dict[str, object]] = {}
    came_from: dict[str, str] = {}
    for layer in layers:
        for section, table in layer.tables.items():
            merged.setdefault(section, {}).update(table)
            came_from |= {f"{section}.{name}": layer.came_from(section, name) for name in table}
    try:
        settings = Settings.model_validate(merged)
    except ValidationError as fault:
        return None, [misfit(error, came_from) for error in fault.errors()]
    settings._came_from.update(came_from)
    return settings, []
