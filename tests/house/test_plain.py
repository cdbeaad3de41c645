"""What strangers wrote does nothing where it is shown: not to a terminal, not in a spreadsheet."""

from __future__ import annotations

import csv
import io
import sqlite3
from pathlib import Path

import numpy as np
import pytest
import simulate

from mirror.cli import main
from mirror.files.plain import cell, controls, in_a_line
from mirror.history.database import FILE_NAME, open_rows
from mirror.history.export import every_repetition

TITLE = "\x1b]0;yours\x07"
COLOUR = "\x1b[31m"
BEFORE = "\x9b1A"
"""Commands to a terminal: its title, a colour, and (as one letter) the line before."""


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize("evil", [TITLE, COLOUR, BEFORE, "a\nb", "\u2028"])
@pytest.mark.parametrize(
    "command",
    [
        ["analyze", "{}.npz"],
        ["analyze", "{}.npz", "{}.mp4"],
        ["analyze", "good.npz", "--json", "{}.json"],
        ["run", "--screen", "none", "--camera", "{}.npz"],
        ["sets", "export", "{}.csv"],
        ["config", "check", "--config", "{}.toml"],
        ["board", "--broker", "{}"],
    ],
)
def test_a_name_never_commands_the_terminal(
    capsys: pytest.CaptureFixture[str], evil: str, command: list[str]
) -> None:
    for name in ("good.npz", f"{evil}.npz"):
        simulate.save_recording(simulate.simulate([simulate.Stand(0.5)]), Path(name))
    Path(f"{evil}.toml").touch()
    assert main([word.format(evil) for word in command]) == 2
    told = capsys.readouterr()
    assert told.err.count("\n") == 1
    assert not controls((told.out + told.err).replace("\n", ""))


def test_names_of_every_language_are_no_commands() -> None:
    for name in ("clip.mp4", "10:30.mp4", "架子 一.mp4", "Bildschirm\u202f10.mp4", "kniebeuge_ä.npz"):
        assert not controls(name)


def test_a_recording_s_network_has_a_name_or_none(capsys: pytest.CaptureFixture[str]) -> None:
    simulate.save_recording(simulate.simulate([simulate.Stand(0.5)]), Path("good.npz"))
    with np.load("good.npz") as good:
        arrays = dict(good)
    for model, why in ((f"{COLOUR}movenet", "no network's name"), ("x" * 101, "far too large")):
        np.savez("evil.npz", **(arrays | {"model": np.array(model)}))
        assert main(["analyze", "evil.npz"]) == 2
        assert f"model is {why}" in capsys.readouterr().err


def test_a_sentence_in_a_database_is_shown_as_letters(capsys: pytest.CaptureFixture[str]) -> None:
    rows = open_rows(Path(FILE_NAME))
    with rows:
        rows.execute(
            "INSERT INTO sets (at, clock_set, reps, headline, sentence) VALUES (1e9, 1, 1, '', ?)",
            (f"{TITLE}{COLOUR}\nnext",),
        )
    rows.close()
    assert main(["sets", "list", "--from", FILE_NAME]) == 0
    told = capsys.readouterr().out
    assert "next" in told
    assert not controls(told.replace("\n", ""))


def test_what_is_said_stays_on_its_line() -> None:
    assert in_a_line(f"a\nb{COLOUR}c\x00") == "a b\\x1b[31mc\\x00"


# -- spreadsheets


@pytest.mark.parametrize("parted_at", [",", ";", "\t"])
@pytest.mark.parametrize(
    "text",
    ["=1+1", "+1", "-1", "@SUM(A1)", "a;=1+1", 'a;"=1+1', "a; =1+1", "a\t=1+1", ' "=1+1', "\r=1", "'=1"],
)
def test_no_cell_is_a_formula_however_the_line_is_parted(text: str, parted_at: str) -> None:
    line = io.StringIO()
    csv.writer(line).writerow(["10:30", cell(text), 3])
    for one in csv.reader([line.getvalue().replace("\r", "")], delimiter=parted_at):
        for found in one:
            assert not found.lstrip(' "').startswith(("=", "+", "-", "@")), found


def test_what_is_no_formula_is_left_alone() -> None:
    for text in ("Rack 2", "3 of 5 good", "a - b", "架子"):
        assert cell(text) == text


def test_another_mirror_s_sets_bring_no_formula(tmp_path: Path) -> None:
    path = tmp_path / FILE_NAME
    rows = open_rows(path)
    with rows:
        rows.execute(
            "INSERT INTO sets (id, at, clock_set, reps, headline, sentence) VALUES (1, 1e9, 1, 1, '', '')"
        )
        rows.execute(
            'INSERT INTO reps ("set", n, start_s, bottom_s, end_s, depth_label, is_reference, left_verdict,'
            " left_judged_share, right_verdict, right_judged_share)"
            " VALUES (1, 1, 0, 1, 2, '=1+1', 0, 'good;@x', 1, 'good', -1)"
        )
    rows.close()
    text, _ = every_repetition(path)
    assert "'=1+1" in text
    assert "good,@x" in text.replace('"', "")
    assert text.rstrip().endswith("-1.0,0")
    assert sqlite3.connect(path).execute("SELECT depth_label FROM reps").fetchone() == ("=1+1",)
