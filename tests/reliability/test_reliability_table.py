"""The table of faults in docs/reliability.md promises nothing that no test proves."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
COLUMNS = 4


def rows() -> list[list[str]]:
    """The rows of the first table: what happens, what the mirror does, its line, proved by."""
    text = (ROOT / "docs" / "reliability.md").read_text("utf-8")
    lines = text[text.index("| what happens |") :].split("\n\n")[0].splitlines()
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def proofs() -> list[tuple[str, list[str]]]:
    """What happens, and the files that prove it; "the same" are the row's before, and a bare name is beside
    the file before it."""
    found: list[tuple[str, list[str]]] = []
    for row in rows():
        files = re.findall(r"`([^`]+)`", row[-1])
        if row[-1].startswith("the same"):
            files = [*found[-1][1], *files]
        folder = Path()
        for n, file in enumerate(files):
            folder = Path(file).parent if "/" in file else folder
            files[n] = file if "/" in file else str(folder / file)
        found.append((row[0], files))
    return found


def test_the_table_is_there_and_every_row_is_whole():
    table = rows()
    assert len(table) > 20
    for row in table:
        assert len(row) == COLUMNS, row
        assert row[0]
        assert row[1]


@pytest.mark.parametrize(("happens", "files"), proofs(), ids=[happens for happens, _ in proofs()])
def test_what_is_promised_is_proved_by_something_that_is_there(happens, files):
    assert files, happens
    for file in files:
        path = ROOT / file if file.startswith(("systemd/", "scripts/")) else ROOT / "tests" / file
        assert path.is_file(), f"{happens}: {file} is not there"
        if path.name.startswith("test_"):
            assert re.search(r"^def test_\w+", path.read_text("utf-8"), re.MULTILINE), f"{file} tests nothing"


def test_every_file_of_fault_tests_has_its_row():
    named = {file for _, files in proofs() for file in files}
    own = {f"reliability/{path.name}" for path in Path(__file__).parent.glob("test_reliability_*.py")}
    assert own - named <= {f"reliability/{Path(__file__).name}"}, (
        "a test of a fault that the table does not name"
    )
