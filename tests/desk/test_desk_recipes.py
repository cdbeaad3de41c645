"""The recipes for many computers in docs/many.md, as they stand there: their table is the one of `-j`."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import simulate

from mirror.cli import main

ROOT = Path(__file__).resolve().parents[2]
RECIPE = re.compile(r"^```(?:sh|python) (\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def recipes() -> dict[str, str]:
    return dict(RECIPE.findall((ROOT / "docs" / "many.md").read_text("utf-8")))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two recordings, the list of them, the table that `-j` makes of them, and the command by its name."""
    folder = tmp_path_factory.mktemp("many")
    (folder / "clips" / "b").mkdir(parents=True)
    for name, deltas in (("a 1", [0.0, 15.0]), ("b/c", [0.0])):
        moves = [simulate.Stand(1.2), *(simulate.Squat(delta=(d, 0.0)) for d in deltas), simulate.Stand(0.5)]
        simulate.save_recording(simulate.simulate(moves), folder / "clips" / f"{name}.npz")
    command = folder / "bin" / "squat-mirror"
    command.parent.mkdir()
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m mirror "$@"\n')
    command.chmod(0o755)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        inputs = ["clips/a 1.npz", "clips/b/c.npz"]
        assert main(["analyze", *inputs, "--reps", "expected.csv", "-j", "2"]) == 0
    return folder


@pytest.fixture
def here(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.chdir(folder)
    monkeypatch.setenv("PATH", f"{folder / 'bin'}:{os.environ['PATH']}")
    run("list")
    yield folder
    for part in (folder / "parts").iterdir():
        part.unlink()


def run(*names: str, **variables: str) -> str:
    """These recipes one after another in one shell; what they said."""
    script = "set -eu\n" + "\n".join(recipes()[name] for name in names)
    done = in_bash(script, **variables)
    assert done.returncode == 0, done.stderr
    return done.stdout + done.stderr


def in_bash(script: str, **variables: str) -> subprocess.CompletedProcess[str]:
    command = ["bash", "-c", script]
    return subprocess.run(command, env=os.environ | variables, capture_output=True, text=True, check=False)


def joined() -> bytes:
    run("join")
    return Path("all.csv").read_bytes()


def test_xargs_makes_the_table_of_one_computer(here: Path) -> None:
    run("list", "xargs")
    assert joined() == (here / "expected.csv").read_bytes()


def test_gnu_parallel_makes_the_table_of_one_computer(here: Path) -> None:
    if "GNU" not in in_bash("parallel --version").stdout:
        pytest.skip("GNU parallel is not installed (apt install parallel)")
    run("list", "parallel")
    assert joined() == (here / "expected.csv").read_bytes()


def test_a_slurm_array_makes_the_table_of_one_computer(here: Path) -> None:
    """Slurm gives every task its number, and the script does the rest."""
    for task in ("1", "2"):
        run("slurm", SLURM_ARRAY_TASK_ID=task)
    assert joined() == (here / "expected.csv").read_bytes()


def test_dask_s_own_cluster_makes_the_table_of_one_computer(here: Path) -> None:
    distributed = pytest.importorskip(
        "dask.distributed", reason="dask is not installed (pip install 'squat-mirror[cluster]')"
    )
    names: dict[str, object] = {}
    exec(recipes()["dask"], names)
    with (
        distributed.LocalCluster(
            n_workers=1, threads_per_worker=2, processes=False, dashboard_address=None
        ) as cluster,
        distributed.Client(cluster) as client,
    ):
        assert names["analyze_all"](client) == ["", ""]  # type: ignore[operator]
    assert joined() == (here / "expected.csv").read_bytes()
