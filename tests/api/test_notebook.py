"""docs/notebook.ipynb runs from its first cell to its last, and what is kept in it is what it shows.

Run cell by cell by plain Python, as scripts/run_notebook.py does: a Jupyter kernel brings dozens of packages.
"""

from __future__ import annotations

import base64
import re
from typing import Any

import pytest

from scripts.run_notebook import read, run

NUMBER = re.compile(r"[-+]?\d+(?:\.\d+)?")
OFF_BY = 1.0
"""Degrees, or a row's number: another processor rounds a network's numbers a little otherwise."""
PNG = b"\x89PNG\r\n\x1a\n"


@pytest.fixture(scope="module")
def notebook() -> dict[str, Any]:
    return read()


@pytest.fixture(scope="module")
def cells(notebook: dict[str, Any]) -> list[tuple[dict[str, Any], list[dict[str, Any]]]]:
    """Every code cell with what is kept in it, and what it shows now."""
    return list(run(notebook))


def text_of(output: dict[str, Any]) -> str:
    return "".join(output.get("text") or output["data"]["text/plain"])


def alike(kept: str, now: str) -> bool:
    """The same words, and numbers that differ by rounding at most."""
    words, words_now = (" ".join(NUMBER.sub("#", text).split()) for text in (kept, now))
    numbers, numbers_now = ([float(found) for found in NUMBER.findall(text)] for text in (kept, now))
    return words == words_now and all(abs(a - b) <= OFF_BY for a, b in zip(numbers, numbers_now, strict=True))


def test_every_cell_shows_what_is_kept_in_it(
    cells: list[tuple[dict[str, Any], list[dict[str, Any]]]],
) -> None:
    assert len(cells) >= 5
    for cell, shown in cells:
        kept = cell["outputs"]
        source = "".join(cell["source"])
        assert [one["output_type"] for one in kept] == [one["output_type"] for one in shown], source
        for before, now in zip(kept, shown, strict=True):
            assert alike(text_of(before), text_of(now)), f"{source}\n\n{text_of(now)}"


def test_figures_are_kept_as_pictures(cells: list[tuple[dict[str, Any], list[dict[str, Any]]]]) -> None:
    pictures = [
        (before["data"]["image/png"], now["data"]["image/png"])
        for cell, shown in cells
        for before, now in zip(cell["outputs"], shown, strict=True)
        if "image/png" in now.get("data", {})
    ]
    assert pictures
    for both in pictures:
        assert all(base64.b64decode(picture).startswith(PNG) for picture in both)


def test_what_is_different_is_found() -> None:
    assert alike("rep 4 off_track 7.7", "rep  4 off_track 7.9")
    assert not alike("rep 4 off_track 7.7", "rep 4 off_track 9.9")
    assert not alike("rep 4 off_track 7.7", "rep 4 good 7.7")


def test_it_is_a_notebook_any_program_opens(notebook: dict[str, Any]) -> None:
    assert (notebook["nbformat"], notebook["metadata"]["kernelspec"]["name"]) == (4, "python3")
    ids = [cell["id"] for cell in notebook["cells"]]
    assert len(set(ids)) == len(ids)
    counts = [cell["execution_count"] for cell in notebook["cells"] if cell["cell_type"] == "code"]
    assert counts == list(range(1, len(counts) + 1)), "kept as run in one go, in order"


def test_it_uses_what_is_promised_and_nothing_inside(notebook: dict[str, Any]) -> None:
    code = "\n".join("".join(cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == "code")
    assert re.findall(r"^(?:from|import) (?:mirror)\b", code, re.MULTILINE) == []
    assert "from squat_mirror import analyze" in code
