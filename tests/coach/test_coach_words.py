"""What the mirror says: numbers a person can check, and never a cause, a weakness or a promise."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from readings import CAUTION, GOOD, OFF, UNKNOWN, rep

import mirror
from mirror.coach import summary as summary_module
from mirror.coach.patterns import SUREST_FIRST, Pattern
from mirror.coach.summary import pattern_told, summarise
from mirror.coach.words import DRILLS, FOLDER, languages, words

PACKAGE = Path(mirror.__file__).parent
SIDE = {"left": "one", "right": "one", "both": "both"}
CLAIMS = {
    "en": "weak imbalanc dysfunction injur risk diagnos correct treat prevent ligament kneecap patell menisc "
    "cartilage tendon tight stiff",
    "es": "débil debilidad desequilibri disfunci lesion lesión riesg diagnos diagnós correg correc tratar "
    "tratamiento trata prevenir prevenci ligament rótula menisco cartílag tend[oó]n acortad rígid",
    "de": "schwach schwäch ungleichgewicht dysbalanc dysfunktion fehlfunktion verletz risik diagnos korrekt "
    "korrigier behandl therap verhinder vorbeug vermeid kreuzband seitenband innenband "
    "kniescheibe menisk knorpel sehne verkürz versteif",
    "zh": "弱 无力 失衡 不平衡 不均衡 功能障碍 受伤 损伤 伤害 风险 诊断 纠正 矫正 改正 正确 治疗 预防 防止 "
    "韧带 髌骨 半月板 软骨 肌腱 僵硬 紧张",
}
"""What a camera cannot know and a mirror must not promise: beginnings of words; in Chinese the words."""
FORBIDDEN = {
    language: re.compile(
        rf"{'' if language in ('de', 'zh') else chr(92) + 'b'}(?:{'|'.join(claims.split())})", re.I
    )
    for language, claims in CLAIMS.items()
}
LONGEST_CUE = {"zh": 8}
"""In characters, for languages that write no spaces."""


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


def cards(language: str) -> dict[str, dict[str, object]]:
    return tomllib.loads((DRILLS / f"{language}.toml").read_text("utf-8"))


def boards(language: str) -> dict[str, str]:
    """What the page of a class says."""
    found = tomllib.loads((PACKAGE / "board" / "words" / f"{language}.toml").read_text("utf-8"))
    return {f"board.{s}.{key}": text for s, entries in found.items() for key, text in entries.items()}


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
    for name, text in (everything(language) | boards(language)).items():
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
    assert files == {"coach/words", "coach/drills", "board/words"}


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
    assert same <= {"why.and", "summary.centimetres", "depth.counted", "depth.parallel"}


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
    told = {pattern_told(Pattern(key, side, 3, 5, 11.6), 6, say) for side in sides}
    assert len(told) == len(sides)
    assert not any("{" in sentence for sentence in told)
    assert say(f"tried.{key}")


def clauses(path: Path) -> set[str]:
    """Every text of more than one word a file hands on, gaps filled in; no docstrings."""
    tree = ast.parse(path.read_text("utf-8"))
    skipped = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            skipped |= {id(part) for part in ast.walk(node)}
            found |= set(filled(ast.unparse(node)[2:-1]))
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in skipped:
            found.add(node.value)
    return {text for text in found if re.fullmatch(r"[a-z]+( \S+)+", text)}


def filled(text: str) -> Iterator[str]:
    for way in ("inward", "outward"):
        text_of_way = re.sub(r"{\('inward'[^}]*}", way, text).replace("{name}", "left")
        yield re.sub(r"{[^}]*:.0f}", "9", text_of_way)


def reasons_in_the_knees_room() -> set[str]:
    """Every reason the knees room can hand on; what it tells the desk of --reference is not for the glass."""
    found = {"somebody passes"}
    for name in ("analysis", "azimuth", "live", "motion", "stance"):
        found |= clauses(PACKAGE / "knees" / f"{name}.py")
    return {reason for reason in found if not reason.startswith("repetition")}


def test_every_reason_of_the_knees_room_is_said_in_every_language() -> None:
    reasons = reasons_in_the_knees_room()
    assert {"legs not seen", "nobody seen", "somebody passes", "no foot direction yet"} <= reasons
    assert len(reasons) > 12
    for language in languages():
        for reason in reasons:
            told = words(language).reason(reason)
            assert (told == reason) is (language == "en"), f"{language}: {reason!r}"


def test_reasons_that_come_together_are_told_together() -> None:
    assert words("de").reason("feet not seen and not standing straight") == (
        "Füße nicht zu sehen und du stehst nicht gerade"
    )
    assert words("zh").reason("the right knee did not move in one line") == "右膝没有沿一条直线移动"
    assert words("es").reason("something nobody thought of") == "something nobody thought of"


def test_reasons_the_knees_room_gives_claim_nothing_either() -> None:
    """They are shown inside the coach's sentences."""
    for path in sorted((PACKAGE / "knees").glob("*.py")):
        for reason in re.findall(
            r"(?:Refused\w+|NotStanding|NoReference)\(\s*f?\"([^\"]+)\"", path.read_text()
        ):
            assert not FORBIDDEN["en"].search(reason), f"{path.name}: {reason!r}"


NO_SENTENCES = {"screen.fullscreen", "compare.json"}
"""A setting and a file that are called like a sentence."""


def test_every_sentence_the_code_asks_for_exists_and_every_one_there_is_is_asked_for() -> None:
    asked = set()
    named = re.compile(rf"""["']((?:{"|".join(table("en"))})\.[\w{{}}.'\[\]() ,]+)["']""")
    for path in sorted(PACKAGE.rglob("*.py")):
        asked |= set(named.findall(path.read_text("utf-8"))) - NO_SENTENCES
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
