"""The page speaks four languages, and every word of it is in all of them."""

from __future__ import annotations

import json
import re
import tomllib

import pytest

from mirror.board.board import Board
from mirror.board.site import PAGE, Site
from mirror.board.words import FOLDER, cue, languages, spoken, table, words
from mirror.coach import words as coach
from mirror.coach.feedback import State
from mirror.mqtt.topics import VERDICTS

HTML, SCRIPT = ((PAGE / name).read_text("utf-8") for name in ("board.html", "board.js"))
GIVEN = {"page.code", "page.languages", "page.words"}
"""What the page is filled with that is no word."""
CLAIMS = re.compile(
    "weak|imbalanc|injur|risk|diagnos|schwach|verletz|risik|korrigier|débil|lesi[oó]n|riesg|corr[ei]|弱|受伤|风险|诊断|纠正",
    re.I,
)


def flat(language: str) -> dict[str, str]:
    return {f"{s}.{key}": text for s, entries in table(language).items() for key, text in entries.items()}


def asked_for() -> set[str]:
    """Every word the page, its script and the table ask for."""
    found = set(re.findall(r"{{([a-z]+\.[a-z_]+)}}", HTML)) - GIVEN
    found = {name for name in found if not name.startswith(("least.", "most."))}
    found |= set(re.findall(r'"((?:page|card|timer)\.[a-z_]+)"', SCRIPT))
    found |= {f"state.{state.value}" for state in State}
    found |= {f"verdict.{verdict}" for verdict in VERDICTS}
    found |= {"knee.left", "knee.right", "table.left", "table.right", "page.name"}
    return found


def test_the_page_speaks_what_the_mirror_speaks():
    assert languages() == coach.languages()


@pytest.mark.parametrize("language", languages())
def test_no_word_is_missing_and_none_is_left_over(language):
    assert set(flat(language)) == asked_for()


@pytest.mark.parametrize("language", languages())
def test_every_language_has_the_same_gaps(language):
    english = flat("en")
    for name, text in flat(language).items():
        assert set(re.findall(r"{\w+}", text)) == set(re.findall(r"{\w+}", english[name])), name
        assert text.strip() == text != "", name


ALIKE = {
    "table.reps", "card.left", "card.right", "page.name", "timer.start", "timer.stop", "page.title",
    "table.station", "card.offline",
}  # fmt: skip


@pytest.mark.parametrize("language", [language for language in languages() if language != "en"])
def test_nothing_is_left_in_english(language):
    english = flat("en")
    assert {name for name, text in flat(language).items() if english[name] == text} <= ALIKE


@pytest.mark.parametrize("language", languages())
def test_the_page_claims_nothing_a_camera_cannot_know(language):
    for name, text in flat(language).items():
        assert not CLAIMS.search(text), f"{name} = {text!r}"


@pytest.mark.parametrize("language", languages())
def test_the_page_is_written_in_its_language_with_nothing_unfilled(language):
    page = Site(Board("squat-mirror", "broker"), language)._in_words(language)
    assert f'<html lang="{language}">' in page
    assert "{{" not in page
    assert f">{table(language)['timer']['start']}</button>" in page


def test_words_cannot_end_the_block_they_stand_in():
    page = Site(Board("squat-mirror", "broker"), "en")._in_words("en")
    block = page.partition('type="application/json">')[2].partition("</script>")[0]
    assert tomllib.loads((FOLDER / "en.toml").read_text("utf-8")) == json.loads(block)


@pytest.mark.parametrize(
    ("asked", "found"), [("de", "de"), ("de_AT", "de"), ("xx", "en"), ("", "en"), ("../en", "en")]
)
def test_a_language_there_are_no_words_for_becomes_english(asked, found):
    assert spoken(asked) == found
    assert words(asked).language == found


def test_cues_are_the_coachs_in_the_pages_language():
    assert cue("knees_over_toes", "de") == coach.words("de")("cue.knees_over_toes")
    assert cue("better", "en") == coach.words("en")("praise.better")
    assert cue("of_a_newer_station", "en") == "of a newer station"
