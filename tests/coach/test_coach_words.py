"""What the mirror says: numbers a person can check, and never a cause, a weakness or a promise."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path

import pytest
from coach.claims import CLAIMS, FORBIDDEN
from coach.in_words import summary_of
from readings import CAUTION, GOOD, OFF, UNKNOWN, rep

import mirror
from mirror.coach import summary as summary_module
from mirror.coach.lines import SECTIONS, Cue, Instruction, Praise, line
from mirror.coach.patterns import SUREST_FIRST, Pattern
from mirror.coach.summary import pattern_line
from mirror.coach.words import DRILLS, FOLDER, in_english, languages, words
from mirror.knees.reasons import Framing, Reason, Why, because

PACKAGE = Path(mirror.__file__).parent
SIDE = {"left": "one", "right": "one", "both": "both"}
LONGEST_CUE = {"zh": 8}
"""In characters, for languages that write no spaces."""


def table(language: str) -> dict[str, dict[str, str]]:
    return tomllib.loads((FOLDER / f"{language}.toml").read_text("utf-8"))


def flat(language: str) -> dict[str, str]:
    return {f"{s}.{key}": text for s, entries in table(language).items() for key, text in entries.items()}


def sentence(reps: list, stature_m: float | None = None, why: Reason | None = None) -> str:
    return summary_of(reps, stature_m, why).sentence


# -- the summary


def test_one_knee_is_told_with_its_side_its_degrees_and_how_often() -> None:
    reps = [rep(1), rep(2, OFF, GOOD, degrees=11.6), rep(3, CAUTION, GOOD, degrees=7.0), rep(4)]
    assert sentence(reps) == "Your left knee moved up to 12 degrees inside your line on 2 of 4 squats."
    assert sentence([rep(1, GOOD, OFF, degrees=9.0)]).startswith("Your right knee moved up to 9 degrees")


def test_with_a_stature_the_knee_is_told_in_centimetres() -> None:
    told = sentence([rep(1, OFF, GOOD, degrees=10.0)], stature_m=1.8)
    assert "up to 8 cm inside" in told  # 0.246 x 180 cm x sin 10 degrees = 7.7
    assert "degrees" not in told


def test_both_knees_are_told_apart() -> None:
    told = sentence([rep(1, OFF, OFF, degrees=10.0), rep(2, OFF, GOOD, degrees=14.0), rep(3)])
    assert "left knee moved up to 14 degrees inside your line on 2 of 3" in told
    assert "right up to 10 degrees on 1" in told


def test_clean_squats_are_said_to_be_clean_only_where_they_were_judged() -> None:
    assert "2 of 2" in sentence([rep(1), rep(2)])
    assert "1 of 2" in sentence([rep(1), rep(2, GOOD, UNKNOWN)])


def test_nothing_judged_is_said_with_the_reason() -> None:
    told = sentence([rep(1, UNKNOWN, UNKNOWN)], why=Reason(Why.NO_DIRECTION))
    assert told == "I could count, but not judge the knees: no foot direction yet."
    assert "stayed over" not in sentence([rep(1, GOOD, UNKNOWN)])


@pytest.mark.parametrize(("n", "headline"), [(0, "No squats this time"), (1, "1 squat"), (8, "8 squats")])
def test_the_headline_counts(n: int, headline: str) -> None:
    assert summary_of([rep(i) for i in range(n)]).headline == headline


# -- every language


@pytest.mark.parametrize("language", languages())
def test_every_language_has_the_same_sentences_with_the_same_gaps(language: str) -> None:
    english, other = flat("en"), flat(language)
    assert other.keys() == english.keys()
    for name, text in other.items():
        assert set(re.findall(r"{\w+}", text)) == set(re.findall(r"{\w+}", english[name])), name
        assert text.strip() == text != "", name


def cards(language: str) -> dict[str, dict[str, object]]:
    return tomllib.loads((DRILLS / f"{language}.toml").read_text("utf-8"))


def boards(language: str) -> dict[str, str]:
    """What the page of a class says."""
    found = tomllib.loads((PACKAGE / "board" / "words" / f"{language}.toml").read_text("utf-8"))
    return {f"board.{s}.{key}": text for s, entries in found.items() for key, text in entries.items()}


def take_home(language: str) -> dict[str, str]:
    """What the page for a phone says."""
    script = (PACKAGE.parent / "docs" / "take-home" / "words.js").read_text("utf-8")
    found = json.loads(script.partition("WORDS = ")[2].rstrip(";\n"))
    return {f"take-home.{key}": text for key, text in found[language].items()}


def everything(language: str) -> dict[str, str]:
    """Every sentence of a language, words and drills."""
    drills = {
        f"drills.{key}.{i}": text
        for key, card in cards(language).items()
        for i, text in enumerate([card["title"], *card["lines"]])  # type: ignore[misc]
    }
    return flat(language) | drills


def test_there_are_four_languages() -> None:
    assert languages() == ["de", "en", "es", "zh"]
    assert set(CLAIMS) == set(languages())


@pytest.mark.parametrize("language", languages())
def test_no_language_claims_what_a_camera_cannot_know(language: str) -> None:
    for name, text in (everything(language) | boards(language) | take_home(language)).items():
        assert not FORBIDDEN[language].search(text), f"{language}: {name} = {text!r}"
        assert not FORBIDDEN["en"].search(text), f"{language}: {name} = {text!r}"


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("claim", ["en", "own"])
def test_each_forbidden_word_would_be_found(language: str, claim: str) -> None:
    spoken = language if claim == "own" else "en"
    for word in CLAIMS[spoken].replace("[oó]", "ó").split():
        assert FORBIDDEN[spoken].search(f"1 {word}!"), word


def test_every_text_a_language_has_is_read_for_claims() -> None:
    """A file of words beside these would be one that nobody reads."""
    files = {path.relative_to(PACKAGE).parent.as_posix() for path in PACKAGE.rglob("en.toml")}
    assert files == {"coach/words", "coach/drills", "board/words", "report/words"}


@pytest.mark.parametrize("language", languages())
def test_a_cue_is_at_most_four_words_or_eight_signs(language: str) -> None:
    for name, text in table(language)["cue"].items():
        longest = LONGEST_CUE.get(language)
        assert len(text) <= longest if longest else len(text.split()) <= 4, f"{language}: cue.{name}"


@pytest.mark.parametrize("language", languages())
def test_every_language_has_the_same_drills_as_long(language: str) -> None:
    english, other = cards("en"), cards(language)
    assert other.keys() == english.keys()
    for key, card in other.items():
        assert len(card["lines"]) == len(english[key]["lines"]) == 3, key  # type: ignore[arg-type]
        assert words(language).drill(key).title == card["title"] != ""


def test_every_exercise_that_coaches_offer_is_there_and_no_other() -> None:
    offered = {key for keys in summary_module.DRILLS.values() for key in keys}
    assert offered == set(cards("en"))


@pytest.mark.parametrize("language", [language for language in languages() if language != "en"])
def test_nothing_is_left_in_english(language: str) -> None:
    same = {name for name, text in everything(language).items() if everything("en")[name] == text}
    assert same <= {"summary.centimetres", "depth.counted", "other.counted", "depth.parallel"}


@pytest.mark.parametrize("language", languages())
def test_the_note_to_ask_a_professional_is_in_summary_and_help(language: str) -> None:
    say = words(language)
    assert say("summary.coaching_only") == say("help.coaching_3")


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("key", SUREST_FIRST)
def test_every_pattern_can_be_told_and_has_something_to_try(language: str, key: str) -> None:
    say = words(language)
    sides = [side for side in ("left", "right", "both") if f"pattern.{key}_{SIDE[side]}" in flat("en")]
    assert sides
    told = {say.line(pattern_line(Pattern(key, side, 3, 5, 11.6), 6)) for side in sides}
    assert len(told) == len(sides)
    assert not any("{" in sentence for sentence in told)
    assert say(f"tried.{key}")


SIDES_AND_NUMBERS = {
    Why.KNEE_HIDDEN: {"side": "left"},
    Why.KNEE_WANDERED: {"side": "right"},
    Why.KNEE_INWARD: {"side": "left"},
    Why.KNEE_OUTWARD: {"side": "right"},
    Why.KNEE_INSIDE: {"side": "left", "degrees": 9},
    Why.TURNED: {"degrees": 40},
}
"""What goes with the reasons that are not told alone."""


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("why", Why)
def test_every_reason_is_said_in_every_language_with_all_that_goes_with_it(language: str, why: Why) -> None:
    say, values = words(language), SIDES_AND_NUMBERS.get(why, {})
    told = say.reason(because(why, **values))  # type: ignore[arg-type]
    assert told
    for value in values.values():
        assert (say(f"summary.{value}") if isinstance(value, str) else str(value)) in told


@pytest.mark.parametrize("language", languages())
def test_there_are_words_for_the_reasons_there_are_and_for_no_others(language: str) -> None:
    assert set(table(language)["why"]) == {why.value for why in Why}


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("shown", [*Cue, *Praise, *Instruction, *Framing])
def test_every_cue_and_instruction_is_said_in_every_language(
    language: str, shown: Cue | Praise | Instruction | Framing
) -> None:
    assert words(language).line(shown).strip()


@pytest.mark.parametrize("language", languages())
def test_there_are_words_for_the_cues_and_instructions_there_are_and_for_no_others(language: str) -> None:
    for section in ("cue", "praise", "instruction"):
        there = {one.value for kind, where in SECTIONS.items() if where == section for one in kind}
        assert set(table(language)[section]) == there, section


def test_a_number_is_told_as_its_language_writes_it_and_lines_in_a_row_with_commas() -> None:
    tempo = line("summary.tempo", down=1.25, up=2.0)
    assert words("en").line(tempo) == "Down 1.2 s, up 2.0 s"
    assert words("de").line(tempo) == "1,2 s hinunter, 2,0 s hinauf"
    counted = [(2, "high"), (1, "parallel")]
    deep = tuple(line("depth.counted", n=n, label=line(f"depth.{label}")) for n, label in counted)
    assert words("en").line(line("depth.told", what=deep)) == "Depth, about: 2 high, 1 parallel"


def test_a_reason_is_a_clause_with_its_side_or_its_degrees_in_it() -> None:
    assert words("zh").reason(because(Why.KNEE_WANDERED, side="right")) == "右膝没有沿一条直线移动"
    assert in_english(because(Why.TURNED, degrees=40)) == "turned by about 40 degrees"
    assert in_english(None) == ""


NO_SENTENCES = {"screen.fullscreen", "compare.json"}
"""A setting and a file that are called like a sentence."""


def test_every_sentence_the_code_asks_for_exists_and_every_one_there_is_is_asked_for() -> None:
    asked = set()
    named = re.compile(rf"""["']((?:{"|".join(table("en"))})\.[\w{{}}.'\[\]() ,]+)["']""")
    for path in sorted(PACKAGE.rglob("*.py")):
        asked |= set(named.findall(path.read_text("utf-8"))) - NO_SENTENCES
    asked |= {f"{section}.{one.value}" for kind, section in SECTIONS.items() for one in kind}
    exact = {name for name in asked if "{" not in name}
    prefixes = tuple(name.partition("{")[0] for name in asked if "{" in name)
    there = set(flat("en"))
    assert exact
    assert exact <= there, f"not in en.toml: {exact - there}"
    for prefix in prefixes:
        assert any(name.startswith(prefix) for name in there), f"nothing in en.toml begins {prefix}"
    unasked = {name for name in there - exact if not name.startswith(prefixes)}
    assert not unasked, f"nobody says {unasked}"


def test_a_language_there_are_no_words_for_is_said_and_english_is_spoken(
    caplog: pytest.LogCaptureFixture,
) -> None:
    words.cache_clear()
    assert words("xx")("cue.knees_over_toes") == "Knees over your toes"
    assert "no words for 'xx', there are de, en, es, zh; speaking English" in caplog.text


def test_a_language_of_a_country_is_its_language() -> None:
    assert words("de_AT") is words("de")
