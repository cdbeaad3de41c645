"""Mistakes in words: one line each, with what was wrong, what would be right and the nearest name there is.

Given what a person wrote and where; reads no file and no variable itself.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from mirror.settings.fields import PREFIX, unfit
from mirror.settings.render import describe, toml
from mirror.settings.sections import SECTIONS, every

LONGEST_QUOTED = 60
"""Characters of what a person wrote that are shown again: enough to find it."""


def quoted(text: str) -> str:
    """What a person wrote, short, and on one line whatever is in it."""
    characters = [c if c.isprintable() else ascii(c)[1:-1] for c in text[:LONGEST_QUOTED]]
    return "".join(characters) + ("…" if len(text) > LONGEST_QUOTED else "")


def toml_fault(path: Path, fault: ValueError) -> str:
    """Python's sentence with the line in front: "mirror.toml, line 3: ..."."""
    place = re.search(r" \(at (?:line (\d+), column \d+|end of document)\)$", str(fault))
    line = f", line {place[1]}" if place and place[1] else ", last line" if place else ""
    reason = str(fault)[: place.start()] if place else str(fault)
    return f"{path}{line}: not TOML: {quoted(reason[:1].lower() + reason[1:])}"


def unknown_variable(variable: str, known: Mapping[str, object]) -> str:
    """For a variable, in capitals, that begins like ours and sets nothing."""
    if variable.removeprefix(PREFIX).lower() in SECTIONS:
        return f"names a section only; write {variable}__<NAME>"
    return f"no such setting{did_you_mean(variable, known)}"


def unknown_section(name: str, value: object) -> str:
    """For a table, or a value outside any table, at the top of a file."""
    if isinstance(value, dict):
        return f"[{quoted(name)}]: no such section{did_you_mean(name, SECTIONS, '[{}]')}"
    homes = [f"[{section}]" for section, known, _ in every() if known == name]
    return f"{quoted(name)} stands outside any section" + (f"; it belongs below {homes[0]}" if homes else "")


def unknown_name(section: str, name: str) -> str:
    """For a name that is not in its section, though perhaps in another."""
    elsewhere = [f"[{other}] {name}" for other, known, _ in every() if known == name]
    fields = SECTIONS[section].model_fields
    hint = f"; did you mean {elsewhere[0]}?" if elsewhere else did_you_mean(name, fields)
    return f"no such setting{hint}"


def did_you_mean(wrong: str, known: Mapping[str, object] | set[str], form: str = "{}") -> str:
    """The nearest known name: one that begins alike or, failing that, one spelt alike."""
    import difflib  # here and not above: few people ever need it

    begins = sorted(name for name in known if name.startswith(wrong) or wrong.startswith(name))
    near = begins[:1] or difflib.get_close_matches(wrong, sorted(known), n=1, cutoff=0.5)
    return f"; did you mean {form.format(near[0])}?" if near else ""


def wrong_value(place: str, section: str, name: str, value: object, as_variable: bool) -> str:
    """For a value of a wrong type or out of bounds. as_variable: shown as in a shell, not as TOML."""
    try:
        written = f"={quoted(str(value))}" if as_variable else f" = {quoted(toml(value))}"
    except (ValueError, RecursionError):  # a number of thousands of digits; tables in tables without end
        written = ""
    must = describe(SECTIONS[section].model_fields[name])
    why = unfit(value) if isinstance(value, str) else ""
    return f"{place}{written}: must be {must}" + (f"; it {why}" if why else "")


def misfit(error: Any, came_from: Mapping[str, str]) -> str:
    """For sound values that do not fit together (one of pydantic's errors), with where they came from."""
    section = str(error["loc"][0])
    reason = error.get("ctx", {}).get("error", error["msg"])
    origins = {origin for name, origin in came_from.items() if name.startswith(f"{section}.")}
    files = sorted(origin.removeprefix("file ") for origin in origins if origin.startswith("file "))
    others = sorted(origin for origin in origins if not origin.startswith("file "))
    return f"{', '.join(files + others)}: [{section}] {reason}"
