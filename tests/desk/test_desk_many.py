"""Many inputs: one table of all repetitions, several processes, taken up again, told in order."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import simulate
from patience import PATIENCE_S

from mirror.cli import main
from mirror.desk.many import HowFar
from mirror.faults import BadInput
from mirror.report.reps_csv import COLUMNS, read

GOOD, LEFT = (0.0, 0.0), (14.0, 0.0)


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("COLUMNS", "100")
    return tmp_path


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    folder = tmp_path_factory.mktemp("recorded")
    found = {}
    for name, deltas in (("a", (GOOD, LEFT)), ("b", (LEFT, GOOD, GOOD)), ("c", ())):
        moves = [simulate.Stand(1.5), *(simulate.Squat(delta=d) for d in deltas), simulate.Stand(2.0)]
        simulate.save_recording(simulate.simulate(moves), folder / f"{name}.npz")
        found[name] = (folder / f"{name}.npz").read_bytes()
    return found


@pytest.fixture
def clips(here: Path, recorded: dict[str, bytes]) -> Path:
    folder = here / "clips"
    folder.mkdir()
    for name, content in recorded.items():
        (folder / f"{name}.npz").write_bytes(content)
    return folder


def rows(path: str = "all.csv") -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(Path(path).read_text())))


def without_date(path: Path) -> Any:
    found = json.loads(path.read_text())
    assert found["provenance"].pop("date")
    return found


def in_a_process(*arguments: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "mirror", "analyze", *arguments]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def test_a_row_a_repetition_and_leg_over_all_inputs(clips: Path) -> None:
    assert main(["analyze", "clips", "--reps", "all.csv"]) == 0
    found = rows()
    assert tuple(found[0]) == COLUMNS
    assert [(row["file"], row["rep"], row["leg"]) for row in found] == [
        *((str(Path("clips/a.npz")), str(n), leg) for n in (1, 2) for leg in ("left", "right")),
        *((str(Path("clips/b.npz")), str(n), leg) for n in (1, 2, 3) for leg in ("left", "right")),
        (str(Path("clips/c.npz")), "", ""),
    ]
    assert all(len(row["sha256"]) == 64 and row["version"] and row["settings"] for row in found)
    assert all(float(row["start_s"]) < float(row["bottom_s"]) < float(row["end_s"]) for row in found[:10])


def test_processes_give_the_same_and_tell_it_in_the_same_order(
    clips: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    Path("clips/broken.npz").write_bytes(b"no recording")
    assert main(["analyze", "clips", "--reps", "one.csv", "--json", "one", "-j", "1"]) == 2
    alone = capfd.readouterr()
    assert main(["analyze", "clips", "--reps", "two.csv", "--json", "two", "-j", "2"]) == 2
    together = capfd.readouterr()
    assert rows("one.csv") == rows("two.csv")
    for name in "abc":
        assert without_date(Path(f"one/{name}.json")) == without_date(Path(f"two/{name}.json"))
    assert together.out.replace("two/", "one/").replace("two.csv", "one.csv") == alone.out
    assert together.err == alone.err
    assert together.err.count("\n") == 1
    assert "broken.npz" in together.err


def test_what_was_done_is_not_done_again(clips: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["analyze", "clips/a.npz", "clips/b.npz", "--reps", "all.csv"]) == 0
    capsys.readouterr()
    assert main(["analyze", "clips", "--reps", "all.csv", "--resume"]) == 0
    told = capsys.readouterr()
    assert "2 of 3 were done before" in told.err
    assert "a.npz" not in told.out
    assert "c.npz" in told.out
    whole = rows()
    assert main(["analyze", "clips", "--reps", "again.csv"]) == 0
    assert whole == rows("again.csv")


@pytest.mark.parametrize("change", ["settings", "input", "reference"])
def test_what_was_done_otherwise_is_done_again(
    clips: Path, recorded: dict[str, bytes], change: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["analyze", "clips", "--reps", "all.csv"]) == 0
    more = {"settings": ["--stature", "1.9"], "reference": ["--reference", "1"], "input": []}[change]
    if change == "input":
        (clips / "a.npz").write_bytes(recorded["b"])
    if change == "reference":
        (clips / "c.npz").unlink()  # whose first repetitions cannot be one
        (clips / "b.npz").unlink()
    capsys.readouterr()
    assert main(["analyze", "clips", "--reps", "all.csv", "--resume", *more]) == 0
    assert "a.npz" in capsys.readouterr().out
    of_a = [row for row in rows() if row["file"].endswith("a.npz")]
    assert len(of_a) == (6 if change == "input" else 4), "and the old rows are gone"


def test_an_input_one_of_whose_files_is_missing_is_done_again(
    clips: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ["analyze", "clips", "--json", "out", "--csv", "out2", "--resume"]
    assert main(asked) == 0
    Path("out2/b.csv").unlink()
    capsys.readouterr()
    assert main(asked) == 0
    told = capsys.readouterr()
    assert "b.npz" in told.out
    assert "a.npz" not in told.out
    assert Path("out2/b.csv").exists()


def test_a_table_that_is_another_is_not_resumed(clips: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("all.csv").write_text("name,age\nx,3\n")
    assert main(["analyze", "clips", "--reps", "all.csv", "--resume"]) == 2
    assert "all.csv cannot be resumed" in capsys.readouterr().err
    assert Path("all.csv").read_text() == "name,age\nx,3\n"
    with pytest.raises(BadInput):
        read("")


def test_a_folder_without_videos_is_one_line(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "empty").mkdir()
    assert main(["analyze", "empty"]) == 2
    assert capsys.readouterr().err == (
        "squat-mirror: empty is a folder with no videos or recordings in it.\n"
    )


@pytest.mark.parametrize("kind", ["json", "csv", "reps"])
def test_a_dash_is_standard_output_and_nothing_else_goes_there(clips: Path, kind: str) -> None:
    done = in_a_process("clips/a.npz", f"--{kind}", "-")
    out, err = done.communicate(timeout=PATIENCE_S)
    assert (done.returncode, err) == (0, "")
    if kind == "json":
        assert len(json.loads(out)["reps"]) == 2
    else:
        assert len(list(csv.reader(io.StringIO(out)))) > 4
    assert not Path("-").exists()


def test_the_table_is_shown_beside_the_files(clips: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["analyze", "clips/a.npz", "--json", "a.json"]) == 0
    told = capsys.readouterr().out
    assert "left knee" in told
    assert "a.npz -> a.json" in told


def test_the_line_of_progress_says_how_many_and_how_long(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter([0.0, 120.0, 120.0, 600.0])
    far = HowFar(50, already=8, now=lambda: next(clock))
    assert far.line() == "8 of 50"
    for _ in range(4):
        far.one_more()
    assert far.line() == "12 of 50, 19 min left"
    far.one_more()
    assert far.line() == "13 of 50, 15 min left"
