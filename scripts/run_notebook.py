#!/usr/bin/env python3
"""Runs docs/notebook.ipynb and keeps what it shows, as `make notebook` does after a change to it.

Cells are run in order in one namespace, with plain Python and no kernel. Kept is what a cell prints, and what
its last line is worth: as text, or as a PNG where that is a figure. Nothing else of a notebook is used there.
"""

from __future__ import annotations

import ast
import base64
import contextlib
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
NOTEBOOK = ROOT / "docs" / "notebook.ipynb"
DOTS_PER_INCH = 72


def read(path: Path = NOTEBOOK) -> dict[str, Any]:
    """The notebook's document."""
    found: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return found


def run(notebook: dict[str, Any]) -> Iterator[tuple[dict[str, Any], list[dict[str, Any]]]]:
    """Every code cell, and what it shows now. Raises what a cell raises."""
    names: dict[str, Any] = {"__name__": "__main__"}
    for number, cell in enumerate(notebook["cells"]):
        if cell["cell_type"] == "code":
            yield cell, _shown("".join(cell["source"]), f"cell {number}", names)


def _shown(source: str, name: str, names: dict[str, Any]) -> list[dict[str, Any]]:
    *lines, last = ast.parse(source).body
    printed, worth = io.StringIO(), None
    with contextlib.redirect_stdout(printed):
        exec(compile(ast.Module(lines, []), name, "exec"), names)
        if isinstance(last, ast.Expr):
            worth = eval(compile(ast.Expression(last.value), name, "eval"), names)
        else:
            exec(compile(ast.Module([last], []), name, "exec"), names)
    found: list[dict[str, Any]] = []
    if printed.getvalue():
        found.append({"name": "stdout", "output_type": "stream", "text": _lines(printed.getvalue())})
    if worth is not None:
        found.append({"data": _as_seen(worth), "metadata": {}, "output_type": "display_data"})
    return found


def _as_seen(worth: Any) -> dict[str, Any]:
    if hasattr(worth, "savefig"):
        picture = io.BytesIO()
        worth.savefig(picture, format="png", dpi=DOTS_PER_INCH, metadata={"Software": None})
        return {"image/png": base64.b64encode(picture.getvalue()).decode() + "\n", "text/plain": ["a figure"]}
    return {"text/plain": _lines(repr(worth))}


def _lines(text: str) -> list[str]:
    return text.splitlines(keepends=True)


def main() -> None:
    notebook = read()
    for number, (cell, shown) in enumerate(run(notebook), 1):
        cell["outputs"] = shown
        cell["execution_count"] = number
    NOTEBOOK.write_text(json.dumps(notebook, indent=1, ensure_ascii=False) + "\n", "utf-8")


if __name__ == "__main__":
    main()
