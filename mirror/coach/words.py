"""The words the mirror speaks, one TOML file per language. Knows no rules of when to speak."""

from __future__ import annotations

import tomllib
from functools import lru_cache
from pathlib import Path

from mirror.faults import BadInput

FOLDER = Path(__file__).parent / "words"


class Words:
    """Sentences by dotted name ("cue.knees_over_toes"), with {gaps} to fill."""

    def __init__(self, table: dict[str, dict[str, str]]) -> None:
        self._table = table

    def __call__(self, name: str, **gaps: object) -> str:
        section, _, key = name.partition(".")
        return self._table[section][key].format(**gaps)


def languages() -> list[str]:
    """Codes of the languages there are words for."""
    return sorted(path.stem for path in FOLDER.glob("*.toml"))


@lru_cache(maxsize=4)
def words(language: str) -> Words:
    """The words of one language. Raises BadInput for a language there is no file for."""
    if language not in languages():
        raise BadInput(f"[coach] language: no words for {language!r}; there are {', '.join(languages())}")
    return Words(tomllib.loads((FOLDER / f"{language}.toml").read_text("utf-8")))
