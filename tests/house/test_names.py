"""One name, one thing: whoever reads `Window` in one room need not ask which of two it is."""

from __future__ import annotations

import ast
from collections import defaultdict
from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[2] / "mirror"

SHARED = {
    "Framing": "a scene is called as its state is, and the state as the reasons behind it",
}
"""Names that two classes may have, and why."""


def public_classes() -> dict[str, list[str]]:
    """Every public class at the top of a module, and the modules that have one of that name."""
    found: dict[str, list[str]] = defaultdict(list)
    for path in sorted(PACKAGE.rglob("*.py")):
        for node in ast.parse(path.read_text("utf-8")).body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                found[node.name].append(path.relative_to(PACKAGE).as_posix())
    return found


def test_no_two_public_classes_share_a_name() -> None:
    twice = {name: where for name, where in public_classes().items() if len(where) > 1}
    assert {name: where for name, where in twice.items() if name not in SHARED} == {}


def test_every_name_that_may_be_shared_still_is() -> None:
    classes = public_classes()
    assert [name for name in SHARED if len(classes[name]) < 2] == []
