"""`sets`: a person lists, exports and deletes what is kept, while the mirror goes on writing."""

from __future__ import annotations

import contextlib
import csv
import io
import sqlite3
import time
from pathlib import Path

import pytest
from patience import PATIENCE_S
from reliability.sets_done import MORNING, kept, set_done

from mirror.cli import main
from mirror.doctor import computer as this_computer
from mirror.history.database import FILE_NAME, Store

DAY_S = 86400.0


@pytest.fixture
def path(tmp_path, monkeypatch) -> Path:
    monkeypatch.setenv("STATE_DIRECTORY", str(tmp_path / "state"))
    return tmp_path / "state" / FILE_NAME


@pytest.fixture
def mirror(path) -> Store:
    """A mirror that runs and has kept three sets, on three days."""
    store = Store(path, 3650)
    for day, sentence in enumerate(["The first.", "The second.", "The third."]):
        store.keep(set_done(day + 1, MORNING + day * DAY_S, sentence)).result(PATIENCE_S)
    yield store
    store.close(PATIENCE_S)


def test_the_newest_sets_come_first(mirror, capsys):
    assert main(["sets"]) == 0
    told = capsys.readouterr().out
    assert told.index("The third.") < told.index("The second.") < told.index("The first.")
    assert main(["sets", "list", "--last", "1"]) == 0
    told = capsys.readouterr().out
    assert "The third." in told
    assert "The second." not in told


def test_a_set_of_a_computer_whose_clock_was_not_set_has_a_question_mark(path, capsys):
    from dataclasses import replace

    store = Store(path, 90)
    store.keep(replace(set_done(), clock_set=False)).result(PATIENCE_S)
    store.close(PATIENCE_S)
    assert main(["sets"]) == 0
    assert f"{time.strftime('%Y-%m-%d %H:%M', time.localtime(MORNING))}?" in capsys.readouterr().out


def test_every_repetition_is_a_line_of_csv(mirror, tmp_path, capsys):
    output = tmp_path / "sets.csv"
    assert main(["sets", "export", str(output)]) == 0
    assert capsys.readouterr().out == f"{output}: 6 repetitions\n"
    rows = list(csv.DictReader(io.StringIO(output.read_text("utf-8"))))
    assert [(row["set_id"], row["n"]) for row in rows] == [
        ("1", "1"), ("2", "1"), ("2", "2"), ("3", "1"), ("3", "2"), ("3", "3"),
    ]  # fmt: skip
    assert rows[0]["when"] == time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(MORNING))
    assert rows[0]["left_verdict"] == "good"
    assert rows[0]["right_deviation_deg"] == ""


def test_a_file_is_not_overwritten_without_being_asked(mirror, tmp_path, capsys):
    output = tmp_path / "sets.csv"
    output.write_text("mine")
    assert main(["sets", "export", str(output)]) == 2
    assert output.read_text() == "mine"
    assert main(["sets", "export", str(output), "--yes"]) == 0


def test_the_database_is_never_overwritten_by_what_is_exported_from_it(mirror, path, tmp_path, capsys):
    before = path.read_bytes()
    (tmp_path / "link.csv").symlink_to(path)
    log = path.with_name(f"{path.name}-wal")
    for output in (path, tmp_path / "link.csv", *([log] if log.exists() else [])):
        assert main(["sets", "export", str(output), "--from", str(path), "--yes"]) == 2
        assert "is an input" in capsys.readouterr().err
    assert path.read_bytes() == before


def test_the_database_of_another_program_is_neither_changed_nor_emptied(tmp_path, capsys):
    other = tmp_path / "browser.sqlite"
    with contextlib.closing(sqlite3.connect(other)) as rows, rows:
        rows.execute("CREATE TABLE sets (at REAL)")
        rows.execute("INSERT INTO sets VALUES (1.0)")
    (tmp_path / "empty.sqlite").touch()
    before = other.read_bytes()
    for path in (other, tmp_path / "empty.sqlite"):
        assert main(["sets", "delete", "--from", str(path), "--yes"]) == 2
        assert capsys.readouterr().err.count("\n") == 1
    assert other.read_bytes() == before
    assert (tmp_path / "empty.sqlite").read_bytes() == b""


def test_deleting_takes_those_before_a_day_or_all_and_the_mirror_goes_on(mirror, path, capsys):
    day = time.strftime("%Y-%m-%d", time.localtime(MORNING + DAY_S))
    assert main(["sets", "delete", "--before", day, "--yes"]) == 0
    assert capsys.readouterr().out == "1 sets deleted\n"
    assert [sentence for _, _, sentence in kept(path)] == ["The second.", "The third."]
    assert main(["sets", "delete", "--yes"]) == 0
    assert kept(path) == []
    assert mirror.keep(set_done(sentence="The next.")).result(PATIENCE_S)
    assert [sentence for _, _, sentence in kept(path)] == ["The next."]


def test_what_is_deleted_cannot_be_found_in_the_files_any_more(mirror, path):
    mirror.close(PATIENCE_S)
    assert main(["sets", "delete", "--yes"]) == 0
    for part in path.parent.iterdir():
        assert b"The second." not in part.read_bytes(), part


@pytest.mark.parametrize("day", ["yesterday", "2026-13-01", "", "31.1.2026"])
def test_a_day_that_is_none_deletes_nothing(mirror, path, capsys, day):
    assert main(["sets", "delete", "--before", day, "--yes"]) == 2
    assert "--before" in capsys.readouterr().err
    assert len(kept(path)) == 3


def test_where_nothing_is_kept_that_is_said(path, capsys):
    assert main(["sets"]) == 2
    assert "no set was kept yet" in capsys.readouterr().err


def test_another_mirrors_file_can_be_read_and_something_else_is_refused(mirror, path, tmp_path, capsys):
    mirror.close(PATIENCE_S)
    copy = tmp_path / "backup.sqlite"
    copy.write_bytes(path.read_bytes())
    assert main(["sets", "list", "--from", str(copy)]) == 0
    assert "The third." in capsys.readouterr().out
    copy.write_text("no database")
    assert main(["sets", "list", "--from", str(copy)]) == 2
    assert str(copy) in capsys.readouterr().err


# -- what the doctor says of it


def test_the_doctor_counts_the_sets_and_sees_a_damaged_file(mirror, path):
    mirror.close(PATIENCE_S)
    assert this_computer.store(path.parent, 90).says == f"3 sets kept in {path}, for 90 days"
    path.with_name(f"{path.name}.corrupt-20260101T000000Z").write_text("damaged")
    assert this_computer.store(path.parent, 90).level == "warning"
    path.write_text("no database")
    finding = this_computer.store(path.parent, 90)
    assert finding.level == "warning"
    assert finding.do


@pytest.mark.parametrize(("days", "says"), [(90, "no set kept yet"), (0, "no set is kept, as wished")])
def test_nothing_kept_is_nothing_wrong(tmp_path, days, says):
    finding = this_computer.store(tmp_path / "not there", days)
    assert (finding.level, finding.says) == ("ok", says)


def test_devices_that_may_not_be_opened_are_named(tmp_path, monkeypatch):
    for name in ("dri/card0", "gpiochip0", "video0", "sda"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    found = this_computer.devices(tmp_path)
    assert [path.name for path in found] == ["card0", "gpiochip0", "video0"]
    assert this_computer.permissions(found).level == "ok"
    monkeypatch.setattr("os.access", lambda path, mode: "gpiochip" not in str(path))
    finding = this_computer.permissions(found)
    assert finding.level == "warning"
    assert "gpiochip0" in finding.says
    assert "card0" not in finding.says


@pytest.mark.parametrize(("told", "set_"), [("yes", True), ("no", False), ("odd", None)])
def test_the_clocks_setting_is_asked_of_timedatectl(tmp_path, monkeypatch, told, set_):
    program = tmp_path / "timedatectl"
    program.write_text(f"#!/bin/sh\necho {told}\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    assert this_computer.clock_is_set(tmp_path / "no marker") is set_
    marker = tmp_path / "synchronized"
    marker.touch()
    assert this_computer.clock_is_set(marker) is True


def test_a_clock_the_network_never_set_is_a_warning():
    assert this_computer.clock(MORNING, MORNING, synchronised=False).level == "warning"
    assert this_computer.clock(MORNING, MORNING, synchronised=True).says.endswith("set by the network")


def test_the_doctor_tells_it_to_scripts_and_only_what_is_asked(capsys):
    import json

    assert main(["doctor", "--json", "--only", "disk,clock"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["schema"] == 1
    assert [finding["name"] for finding in told["findings"]] == ["disk", "clock"]
    assert set(told["findings"][0]) == {"name", "level", "says", "do"}
    assert main(["doctor", "--only", "camra"]) == 2
    assert "no look called camra" in capsys.readouterr().err
