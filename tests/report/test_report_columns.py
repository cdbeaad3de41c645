"""Every column and key that is written is explained in docs/data.md, in the same words, and no other is."""

from __future__ import annotations

import ast
import json
import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import simulate
from judged import MADE

from mirror.cli import main
from mirror.coach.summary import summarise
from mirror.coach.words import words
from mirror.knees.analysis import Analysis
from mirror.knees.reading import Movement, OtherMovement, Verdict
from mirror.knees.reasons import Why
from mirror.knees.squat import depth_label
from mirror.report import frames_csv, reps_csv
from mirror.report.columns import FRAMES, REPS, Column, sidecar
from mirror.report.json_document import document

ROOT = Path(__file__).resolve().parents[2]
TABLES = {"--reps F.csv": (REPS, reps_csv.COLUMNS), "--csv F.csv": (FRAMES, frames_csv.COLUMNS)}
ROW = re.compile(r"^\| `([^`]+)` \|(.*)\|$", re.MULTILINE)


def section(named: str) -> dict[str, str]:
    """The rows of the section of docs/data.md whose heading has this in it: what stands behind each name."""
    page = (ROOT / "docs" / "data.md").read_text("utf-8")
    (text,) = [part for part in page.split("\n## ")[1:] if named in part.partition("\n")[0]]
    rows = [(name, rest.strip()) for name, rest in ROW.findall(text)]
    assert len(dict(rows)) == len(rows), "a name is explained once"
    return dict(rows)


def as_on_the_page(column: Column) -> str:
    levels = "; ".join(f"`{word}` {means}" for word, means in column.levels.items())
    told = f"{column.description} {levels}." if levels else column.description
    return f"{column.units} | {told}".strip()


@pytest.mark.parametrize("table", TABLES)
def test_every_column_is_explained_in_the_page_and_in_the_sidecar_alike(table: str) -> None:
    columns, written = TABLES[table]
    assert tuple(columns) == written
    assert section(table) == {name: as_on_the_page(column) for name, column in columns.items()}


@pytest.mark.parametrize("table", TABLES)
def test_a_name_s_ending_is_its_unit(table: str) -> None:
    for name, column in TABLES[table][0].items():
        ending = name.rpartition("_")[2]
        assert column.units == (ending if ending in ("deg", "s") else ""), name
        if column.units == "deg" and not name.endswith("sd_deg"):
            assert re.search(r"; (\+|0 .*\+)", column.description), f"{name}: which way is plus?"


def test_words_in_a_column_are_all_explained() -> None:
    verdicts = {verdict.value for verdict in Verdict}
    assert {word for name in ("verdict",) for word in REPS[name].levels} == verdicts
    assert set(FRAMES["left_verdict"].levels) == set(FRAMES["right_verdict"].levels) == verdicts
    assert set(REPS["depth"].levels) == {depth_label(deg) for deg in (40.0, 10.0, 0.0, -20.0, None)}
    assert set(section("Reasons")) == {why.value for why in Why}


# -- the JSON


def paths(value: Any, at: str = "") -> Iterator[str]:
    """Where every plain value of a document is: its keys, with dots; left and right are SIDE."""
    if isinstance(value, Mapping):
        for key, inside in value.items():
            name = "SIDE" if key in ("left", "right") else key
            yield from paths(inside, f"{at}.{name}" if at else name)
    elif isinstance(value, list) and any(isinstance(one, Mapping) for one in value):
        for one in value:
            yield from paths(one, f"{at}[]")
    else:
        yield at


def keys_of_videos() -> set[str]:
    """Keys that only videos have: they are written out in the desk's own file."""
    tree = ast.parse((ROOT / "mirror" / "desk" / "study.py").read_text("utf-8"))
    dicts = [node for node in ast.walk(tree) if isinstance(node, ast.Dict)]
    return {f"source.{key.value}" for node in dicts for key in node.keys if isinstance(key, ast.Constant)}


def test_every_key_of_the_json_is_explained_and_no_other(
    sim: simulate.Simulated, found: Analysis, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    simulate.save_recording(sim, Path("set.npz"))
    assert main(["analyze", "set.npz", "--json", "set.json"]) == 0
    written = json.loads(Path("set.json").read_text())
    rich = replace(found, others=(OtherMovement(Movement.LIFT, 0.0, 1.0),))
    many = [replace(rep, n=rep.n + 3 * i) for i in range(3) for rep in rich.reps]
    rich = replace(rich, reps=many)
    told = summarise(rich.reps, None, rich.why_unknown)
    more = document(rich, {}, told, words("en"), replace(MADE, settings={}))
    assert more["patterns"], "a set with a pattern in it"
    assert more["not_counted"]
    assert written["provenance"].pop("settings") == {}, "its keys are the settings' names"
    there = {"provenance.settings", *paths(written), *paths(more), *keys_of_videos()} - {
        "source",
        "patterns",
        "not_counted",
    }
    assert set(section("The JSON")) == there


# -- the sidecar


def test_the_sidecar_stands_beside_the_table_as_bids_wants_it(
    sim: simulate.Simulated, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    simulate.save_recording(sim, Path("set.npz"))
    assert main(["analyze", "set.npz", "--reps", "out/all.csv", "--sidecar"]) == 0
    told = json.loads(Path("out/all.json").read_text())
    header = Path("out/all.csv").read_text().splitlines()[0].split(",")
    assert list(told) == header
    for name, column in told.items():
        assert column.keys() <= {"LongName", "Description", "Units", "Levels"}, name
        assert column["LongName"]
        assert column["Description"].endswith((".", "(below).", "known."))
    assert told["inside_own_track_deg"]["Units"] == "deg"
    assert told["verdict"]["Levels"].keys() == {"good", "caution", "off_track", "unknown"}
    assert sidecar(REPS) == told


def test_levels_are_what_stands_in_the_table(
    sim: simulate.Simulated, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    simulate.save_recording(sim, Path("set.npz"))
    assert main(["analyze", "set.npz", "--reps", "all.csv"]) == 0
    for row in reps_csv.read(Path("all.csv").read_text()):
        for name, column in REPS.items():
            assert not column.levels or row[name] in column.levels, name
            assert not column.units or row[name] == "" or math.isfinite(float(row[name])), name


@pytest.mark.parametrize(
    "asked",
    [
        ["--sidecar"],
        ["--reps", "-", "--sidecar"],
        ["--reps", "all.json", "--sidecar"],
        ["--reps", "set.csv", "--json", "set.json", "--sidecar"],
    ],
)
def test_a_sidecar_without_a_place_of_its_own_is_refused(
    asked: list[str],
    sim: simulate.Simulated,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    simulate.save_recording(sim, Path("set.npz"))
    assert main(["analyze", "set.npz", *asked]) == 2
    told = capsys.readouterr()
    assert told.err.count("\n") == 1
    assert sorted(path.name for path in tmp_path.iterdir()) == ["set.npz"]


def test_a_file_in_its_place_is_not_overwritten_without_leave(
    sim: simulate.Simulated, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    simulate.save_recording(sim, Path("set.npz"))
    Path("all.json").write_text("mine")
    assert main(["analyze", "set.npz", "--reps", "all.csv", "--sidecar"]) == 2
    assert Path("all.json").read_text() == "mine"
