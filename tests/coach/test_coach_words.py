"""What the mirror says: numbers a person can check, and never a cause, a weakness or a promise."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from readings import CAUTION, GOOD, OFF, UNKNOWN, rep

import mirror
from mirror.coach.summary import summarise
from mirror.coach.words import FOLDER, languages, words

PACKAGE = Path(mirror.__file__).parent
FORBIDDEN = re.compile(
    r"\b(weak\w*|imbalance\w*|dysfunction\w*|injur\w*|risk\w*|diagnos\w*|correct\w*|treat\w*|prevent\w*)",
    re.I,
)


def table(language: str) -> dict[str, dict[str, str]]:
    return tomllib.loads((FOLDER / f"{language}.toml").read_text("utf-8"))


def flat(language: str) -> dict[str, str]:
    return {f"{s}.{key}": text for s, entries in table(language).items() for key, text in entries.items()}


def sentence(reps: list, stature_m: float | None = None, why: str = "") -> str:
    return summarise(reps, words("en"), stature_m, why).sentence


# -- the summary


def test_one_knee_is_told_with_its_side_its_degrees_and_how_often() -> None:
    reps = [rep(1), rep(2, OFF, GOOD, degrees=11.6), rep(3, CAUTION, GOOD, degrees=7.0), rep(4)]
    assert sentence(reps) == "Your left knee moved up to 12 degrees inside your toes on 2 of 4 squats."
    assert sentence([rep(1, GOOD, OFF, degrees=9.0)]).startswith("Your right knee moved up to 9 degrees")


def test_with_a_stature_the_knee_is_told_in_centimetres() -> None:
    told = sentence([rep(1, OFF, GOOD, degrees=10.0)], stature_m=1.8)
    assert "up to 8 cm inside" in told  # 0.246 x 180 cm x sin 10 degrees = 7.7
    assert "degrees" not in told


def test_both_knees_are_told_apart() -> None:
    told = sentence([rep(1, OFF, OFF, degrees=10.0), rep(2, OFF, GOOD, degrees=14.0), rep(3)])
    assert "left knee moved up to 14 degrees inside your toes on 2 of 3" in told
    assert "right up to 10 degrees on 1" in told


def test_clean_squats_are_said_to_be_clean_only_where_they_were_judged() -> None:
    assert "2 of 2" in sentence([rep(1), rep(2)])
    assert "1 of 2" in sentence([rep(1), rep(2, GOOD, UNKNOWN)])


def test_nothing_judged_is_said_with_the_reason() -> None:
    told = sentence([rep(1, UNKNOWN, UNKNOWN)], why="no foot direction yet")
    assert told == "I could count, but not judge the knees: no foot direction yet."
    assert "stayed over" not in sentence([rep(1, GOOD, UNKNOWN)])


@pytest.mark.parametrize(("n", "headline"), [(0, "No squats this time"), (1, "1 squat"), (8, "8 squats")])
def test_the_headline_counts(n: int, headline: str) -> None:
    assert summarise([rep(i) for i in range(n)], words("en"), None, "").headline == headline


# -- every language


@pytest.mark.parametrize("language", languages())
def test_every_language_has_the_same_sentences_with_the_same_gaps(language: str) -> None:
    english, other = flat("en"), flat(language)
    assert other.keys() == english.keys()
    for name, text in other.items():
        assert set(re.findall(r"{\w+}", text)) == set(re.findall(r"{\w+}", english[name])), name
        assert text.strip() == text != "", name


@pytest.mark.parametrize("language", languages())
def test_no_language_claims_what_a_camera_cannot_know(language: str) -> None:
    for name, text in flat(language).items():
        assert not FORBIDDEN.search(text), f"{language}: {name} = {text!r}"


@pytest.mark.parametrize("language", languages())
def test_a_cue_is_at_most_four_words(language: str) -> None:
    for name, text in table(language)["cue"].items():
        assert len(text.split()) <= 4, f"{language}: cue.{name}"


def test_reasons_the_knees_room_gives_claim_nothing_either() -> None:
    """They are shown inside the coach's sentences."""
    for path in sorted((PACKAGE / "knees").glob("*.py")):
        for reason in re.findall(
            r"(?:Refused\w+|NotStanding|NoReference)\(\s*f?\"([^\"]+)\"", path.read_text()
        ):
            assert not FORBIDDEN.search(reason), f"{path.name}: {reason!r}"


def test_every_sentence_the_code_asks_for_exists_and_every_one_there_is_is_asked_for() -> None:
    asked = set()
    for path in sorted(PACKAGE.rglob("*.py")):
        asked |= set(
            re.findall(r"""["'](?:f")?((?:cue|instruction|note|summary)\.[\w{}.]+)["']""", path.read_text())
        )
    exact = {name for name in asked if "{" not in name}
    prefixes = tuple(name.partition("{")[0] for name in asked if "{" in name)
    there = set(flat("en"))
    assert exact
    assert exact <= there, f"not in en.toml: {exact - there}"
    for prefix in prefixes:
        assert any(name.startswith(prefix) for name in there), f"nothing in en.toml begins {prefix}"


def test_a_language_there_are_no_words_for_is_said_and_english_is_spoken(
    caplog: pytest.LogCaptureFixture,
) -> None:
    words.cache_clear()
    assert words("xx")("cue.knees_over_toes") == "Knees over your toes"
    assert "no words for 'xx', there are de, en, es, zh; speaking English" in caplog.text


def test_a_language_of_a_country_is_its_language() -> None:
    assert words("de_AT") is words("de")
