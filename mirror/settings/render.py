"""Settings written down: as rows with their origin, as a TOML file, and in words what a value must be.

Only renders; whether a value is right was decided before it got here.
"""

from __future__ import annotations

from typing import Any, Literal, NamedTuple, get_args, get_origin

from pydantic.fields import FieldInfo

from mirror.settings.fields import LEAVE_OUT, PREFIX, extra_of, unit
from mirror.settings.sections import SECTIONS, Settings, every


class SettingRow(NamedTuple):
    """One setting in text: for `config show` and for tables in the documentation."""

    section: str
    name: str
    value: str
    unit: str
    came_from: str
    says: str


def where(settings: Settings) -> dict[str, str]:
    """Where each value came from, by dotted name.

    "default", "file mirror.toml", "environment SQUAT_MIRROR_CAMERA__FPS" or "flag".
    """
    return {
        f"{section}.{name}": settings._came_from.get(f"{section}.{name}", "default")
        for section, name, _ in every()
    }


def rows(settings: Settings) -> list[SettingRow]:
    """Every setting with its value, unit and origin. A value that is left out is shown as "-"."""
    origins = where(settings)
    found = []
    for section, name, field in every():
        value = getattr(getattr(settings, section), name)
        shown = "-" if value is None else toml(value)
        found.append(
            SettingRow(
                section, name, shown, unit(field), origins[f"{section}.{name}"], field.description or ""
            )
        )
    return found


def describe(field: FieldInfo) -> str:
    """What a value must be, in words: "a whole number from 5 to 120 frames/s"."""
    kind, extra = field.annotation, extra_of(field)
    if get_origin(kind) is Literal:
        return " or ".join(", ".join(toml(choice) for choice in get_args(kind)).rsplit(", ", 1))
    if extra.get("form"):
        return str(extra["form"])
    optional = type(None) in get_args(kind)
    what = WORDS[get_args(kind)[0] if optional else kind]
    if extra.get("ge") is not None:
        what += f" from {extra['ge']:g} to {extra['le']:g}"
    what += f" {extra['unit']}" if extra.get("unit") else ""
    return what + (f', or "{LEAVE_OUT}"' if optional else "")


WORDS: dict[Any, str] = {bool: "true or false", int: "a whole number", float: "a number"}


def render_toml(settings: Settings, commented: bool = True) -> str:
    """The settings as a TOML file that `load` reads back to the same values.

    commented: with sentence, bounds and unit above each value, and values that equal the default written
    behind a "#", so that a later version's better defaults still reach an installed mirror. Otherwise
    every value that is set, and nothing else.
    """
    lines = list(HEADING) if commented else []
    for section, model in SECTIONS.items():
        lines += ["", f"# {model.__doc__}"] if commented else [""]
        lines.append(f"[{section}]")
        table = getattr(settings, section)
        for name, field in model.model_fields.items():
            lines += _toml_lines(name, field, getattr(table, name), commented)
    return "\n".join(lines).lstrip("\n") + "\n"


HEADING = (
    "# Squat Mirror: settings.",
    "#",
    "# A line that begins with #name shows the default: take the # away and change the value.",
    f"# The environment ({PREFIX}CAMERA__FPS=15) wins over this file, flags win over both.",
    "# `squat-mirror config check` tells what is wrong, `squat-mirror config show` what is in force.",
)


def _toml_lines(name: str, field: FieldInfo, value: object, commented: bool) -> list[str]:
    if not commented:
        return [] if value is None and field.default is None else [f"{name} = {toml(value)}"]
    must = describe(field)
    lines = ["", f"# {field.description}", f"# {must[0].upper()}{must[1:]}."]
    if value == field.default:
        return [*lines, f"#{name} = {toml(value)}"]
    return [*lines, f"{name} = {toml(value)}"]


def toml(value: object) -> str:
    """One value as TOML. None is written "none", which every setting that may be left out understands."""
    if value is None:
        return f'"{LEAVE_OUT}"'
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        escaped = value.replace("\\", "\\\\").replace('"', '\\"')
        return '"' + "".join(f"\\u{ord(c):04x}" if ord(c) < 32 or ord(c) == 127 else c for c in escaped) + '"'
    if isinstance(value, list | tuple):
        return "[" + ", ".join(toml(part) for part in value) + "]"
    return repr(value) if isinstance(value, int | float) else str(value)
