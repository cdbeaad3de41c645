"""The report's own words, one TOML file per language; verdict, summary and reasons are the coach's sentences.

Knows texts by name, not where on the page they stand.
"""

from __future__ import annotations

import tomllib
from functools import lru_cache
from pathlib import Path

from mirror.coach.words import Words

FOLDER = Path(__file__).parent / "words"


@lru_cache(maxsize=8)
def report_words(language: str) -> Words:
    """Texts of a report in a language the coach speaks (`Words.language`)."""
    return Words(tomllib.loads((FOLDER / f"{language}.toml").read_text("utf-8")), None, language)
