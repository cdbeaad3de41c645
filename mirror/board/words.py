"""The page's own words, one TOML file per language; cues are the coach's.

Everything is put into words here, on the server, so that the page itself knows no language.
"""

from __future__ import annotations

import tomllib
from functools import lru_cache
from pathlib import Path

from mirror.coach import words as coach
from mirror.coach.words import ENGLISH, Words

FOLDER = Path(__file__).parent / "words"

Table = dict[str, dict[str, str]]


def languages() -> list[str]:
    """Codes of the languages there are words for."""
    return sorted(path.stem for path in FOLDER.glob("*.toml"))


def spoken(language: str) -> str:
    """The language of these the page is in: of de_AT it is de, of one there are no words for English."""
    code = language.partition("_")[0]
    return code if code in languages() else ENGLISH


@lru_cache(maxsize=8)
def table(language: str) -> Table:
    """Every text of a language by section and key, gaps unfilled: the page fills them."""
    return tomllib.loads((FOLDER / f"{spoken(language)}.toml").read_text("utf-8"))


@lru_cache(maxsize=8)
def words(language: str) -> Words:
    """The same as something to call."""
    return Words(table(language), None, spoken(language))


def cue(key: str, language: str) -> str:
    """What a station shows under this key, in the page's language; a newer station's key as it is."""
    say = coach.words(spoken(language))
    for section in ("cue", "praise"):
        try:
            return say(f"{section}.{key}")
        except KeyError:
            continue
    return key.replace("_", " ")
