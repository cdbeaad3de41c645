"""What is decided is decided by keys, and words are put to it at the edges: no sentence is compared."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[2] / "mirror"
SENTENCE = re.compile(r"[a-z,:]+ [a-z]", re.IGNORECASE)
TAKES_APART = {"startswith", "endswith", "removeprefix", "removesuffix", "partition", "split", "find"}
"""Methods of a text that ask what is in it."""
NOT_OF_A_VISIT = {"decoration.py", "stand_steps.py", "tilt.py", "learned_tilt.py", "squat.py"}
"""The log, what the keyboard is told of the camera's mounting, and the words for depths that the JSON has."""
OF_OTHERS = {"Raspberry Pi"}
"""Texts that somebody else writes: the name of the computer, in its device tree."""
SAME_NAME = {"WEBCAM_GUESS"}
"""Made and asked for by the same constant: how a field of view is known is told as it is, and there is no
second place where the sentence stands."""


def modules() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"))


def constants(module: ast.Module) -> Iterator[tuple[str, str]]:
    """(name, text) of every text that is a constant of a module or class."""
    for node in ast.walk(module):
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant):
            for target in node.targets:
                if isinstance(target, ast.Name) and target.id.isupper() and isinstance(node.value.value, str):
                    yield target.id, node.value.value


def compared(module: ast.Module) -> Iterator[ast.expr]:
    """Everything that is compared with something, or taken for what a text is asked for."""
    for node in ast.walk(module):
        if isinstance(node, ast.Compare):
            yield from (node.left, *node.comparators)
        elif isinstance(node, ast.MatchValue):
            yield node.value
        elif isinstance(node, ast.Call) and getattr(node.func, "attr", "") in TAKES_APART:
            yield from node.args


def sentences_compared(module: ast.Module, named: dict[str, str]) -> list[str]:
    """The sentences among what is compared, written there or by the name of a constant."""
    found = []
    for one in compared(module):
        for part in ast.walk(one):
            text = named.get(getattr(part, "id", getattr(part, "attr", "")), "")
            if isinstance(part, ast.Constant) and isinstance(part.value, str):
                text = part.value
            if SENTENCE.search(text) and text not in OF_OTHERS:
                found.append(text)
    return found


@pytest.mark.parametrize(
    "code",
    [
        'reading.why == "somebody passes"',
        'why in ("", "not calibrated")',
        "reading.why == PASSES",
        "reading.why != reasons.PASSES",
        'note.startswith("The first squat")',
        "match why:\n    case 'legs not seen':\n        pass",
    ],
)
def test_a_comparison_with_a_sentence_would_be_found(code: str) -> None:
    assert sentences_compared(ast.parse(code), {"PASSES": "somebody passes"})


def test_nothing_is_decided_by_how_a_sentence_reads() -> None:
    trees = {path: tree(path) for path in modules()}
    every = (pair for module in trees.values() for pair in constants(module))
    named = {name: text for name, text in every if name not in SAME_NAME}
    for path, module in trees.items():
        found = sentences_compared(module, named)
        assert not found, f"{path.relative_to(PACKAGE)} compares {found}: give it a key"


def test_the_knees_room_says_nothing_in_words() -> None:
    for path in sorted((PACKAGE / "knees").glob("*.py")):
        module = tree(path)
        said = {id(node.value) for node in ast.walk(module) if isinstance(node, ast.Expr)}
        texts = [
            node.value
            for node in ast.walk(module)
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in said
        ]
        found = [text for text in texts if SENTENCE.search(text)]
        assert bool(found) is (path.name in NOT_OF_A_VISIT), f"{path.name} says {found}"


def test_the_coach_decides_without_words() -> None:
    """Only the words themselves know a language: everything else in the room hands on keys and numbers."""
    for path in sorted((PACKAGE / "coach").glob("*.py")):
        imported = {node.module for node in ast.walk(tree(path)) if isinstance(node, ast.ImportFrom)}
        assert "mirror.coach.words" not in imported, path.name
