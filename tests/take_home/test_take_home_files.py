"""The page for a phone, as files: its words, its policy, and a worker that notices when they change."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[2] / "docs" / "take-home"
FILES = ["index.html", "page.js", "set.js", "history.js", "words.js", "style.css"]
POLICY = re.compile(r'http-equiv="Content-Security-Policy" content="([^"]+)"')
GAP = re.compile(r"{\w+}")


def text(name: str) -> str:
    return (FOLDER / name).read_text("utf-8")


def words() -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = json.loads(text("words.js").partition("WORDS = ")[2].rstrip(";\n"))
    return found


def test_the_page_speaks_the_four_languages_with_the_same_gaps() -> None:
    assert set(words()) == {"en", "es", "de", "zh"}
    english = words()["en"]
    for language, said in words().items():
        assert said.keys() == english.keys(), language
        for name, sentence in said.items():
            assert sorted(GAP.findall(sentence)) == sorted(GAP.findall(english[name])), f"{language}: {name}"


def test_every_word_of_the_page_is_asked_for_and_every_one_asked_for_is_there() -> None:
    script = text("page.js")
    asked = set(re.findall(r'say\("(\w+)"', script))
    there = set(words()["en"])
    assert asked <= there
    for name in there - asked:  # by a verdict's, a depth's or an element's name
        by_name = f'"{name}"' in script or f'"{name}"' in text("set.js") or name.startswith("column_")
        assert by_name, name


def test_the_page_may_ask_nobody_and_run_nothing_that_is_not_its_own() -> None:
    (policy,) = POLICY.findall(text("index.html"))
    rules = dict(rule.strip().partition(" ")[::2] for rule in policy.split(";"))
    assert rules["default-src"] == rules["connect-src"] == rules["form-action"] == "'none'"
    assert rules["script-src"] == rules["style-src"] == rules["worker-src"] == "'self'"
    for name in FILES:
        addresses = set(re.findall(r"(?:https?:)?//[\w.]+\.\w+[\w/.]*", text(name)))
        assert addresses <= {"http://www.w3.org/2000/svg"}, name


def test_no_text_of_a_code_becomes_markup() -> None:
    for name in FILES:
        assert not re.search(r"innerHTML|outerHTML|insertAdjacent|document\.write|eval\(", text(name)), name


def test_the_worker_keeps_all_files_under_a_name_that_changes_with_them() -> None:
    worker = text("worker.js")
    kept = json.loads(re.findall(r"FILES = (\[[^\]]+\])", worker)[0])
    assert kept == ["./", *FILES[1:]]
    digest = hashlib.sha256(b"".join((FOLDER / name).read_bytes() for name in FILES)).hexdigest()[:8]
    assert f'"squat-mirror-take-home-{digest}"' in worker, f"the files have changed: their name is {digest}"


@pytest.mark.parametrize("path", sorted(FOLDER.iterdir()), ids=lambda path: path.name)
def test_nothing_else_lies_in_the_folder(path: Path) -> None:
    assert path.name in [*FILES, "worker.js"]
