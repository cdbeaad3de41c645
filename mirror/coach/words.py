"""The words the mirror speaks, one TOML file per language. Knows no rules of when to speak."""

from __future__ import annotations

import logging
import tomllib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from mirror.coach.feedback import SetSummary
from mirror.coach.lines import SECTIONS, Line, Sayable, Value
from mirror.knees.decoration import spared
from mirror.knees.reasons import Reason

log = logging.getLogger(__name__)

FOLDER = Path(__file__).parent / "words"
DRILLS = Path(__file__).parent / "drills"
ENGLISH = "en"
COMMA = ("de", "es")


@dataclass(frozen=True, slots=True)
class Drill:
    """One exercise to offer.

    key: which figure to draw ("clamshell"). title: its name. lines: how to do it, a sentence each.
    """

    key: str
    title: str
    lines: tuple[str, ...]


class Words:
    """Sentences by dotted name ("cue.knees_over_toes"), with {gaps} to fill; and the drill cards.

    language: its code.
    """

    def __init__(
        self,
        table: dict[str, dict[str, str]],
        drills: dict[str, Drill] | None = None,
        language: str = ENGLISH,
    ) -> None:
        self._table = table
        self._drills = drills or {}
        self.language = language

    def __call__(self, name: str, **gaps: object) -> str:
        section, _, key = name.partition(".")
        return self._table[section][key].format(**gaps)

    def drill(self, key: str) -> Drill:
        """One exercise."""
        return self._drills[key]

    def line(self, what: Sayable | None) -> str:
        """Anything that has words, in this language; "" for None, and where the words fail."""
        return "" if what is None else spared("words", lambda: self._put(what), "")

    def _put(self, what: Sayable) -> str:
        if isinstance(what, Line):
            return self(what.name, **{gap: self._filling(value) for gap, value in what.values})
        if isinstance(what, Reason):
            return self.reason(what)
        return self(f"{SECTIONS[type(what)]}.{what.value}")

    def _filling(self, value: Value) -> object:
        """What stands in a gap of a sentence."""
        if isinstance(value, tuple):
            return ", ".join(map(self.line, value))
        if isinstance(value, Line | Reason) or value is None:
            return self.line(value)
        return self.decimal(value) if isinstance(value, float) else value

    def in_a_line(self, summary: SetSummary) -> str:
        """How many squats, what the knees did, and what they are compared with."""
        told = (summary.sentence, summary.own_line)
        return " ".join([f"{self.line(summary.headline)}.", *(self.line(one) for one in told if one)])

    def decimal(self, value: float) -> str:
        """A number with one decimal, as this language writes it."""
        return f"{value:.1f}".replace(".", "," if self.language in COMMA else ".")

    def reason(self, reason: Reason | None) -> str:
        """A reason of the knees room, a clause; "" for none."""
        if reason is None:
            return ""
        return self(f"why.{reason.key.value}", **{name: self._of_reason(v) for name, v in reason.values})

    def _of_reason(self, value: str | int) -> object:
        """What fills a gap: a side by its name, a number as it is."""
        return self(f"summary.{value}") if isinstance(value, str) else value


def languages() -> list[str]:
    """Codes of the languages there are words for."""
    return sorted(path.stem for path in FOLDER.glob("*.toml"))


@lru_cache(maxsize=8)
def words(language: str) -> Words:
    """The words of one language; English, and a warning that says so, for one there are none for."""
    if language not in languages():
        spoken = language.partition("_")[0]
        if spoken in languages():  # de_AT
            return words(spoken)
        there = ", ".join(languages())
        log.warning("[coach] language: no words for %r, there are %s; speaking English", language, there)
        return words(ENGLISH)
    table = tomllib.loads((FOLDER / f"{language}.toml").read_text("utf-8"))
    cards = tomllib.loads((DRILLS / f"{language}.toml").read_text("utf-8"))
    drills = {key: Drill(key, card["title"], tuple(card["lines"])) for key, card in cards.items()}
    return Words(table, drills, language)


def in_english(reason: Reason | None) -> str:
    """A reason as the desk prints it, whatever language the mirror speaks; "" for none."""
    return words(ENGLISH).reason(reason)
