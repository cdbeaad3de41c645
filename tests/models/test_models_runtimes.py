"""The networks answer alike in both runtimes, with and without XNNPACK, and refuse what does not fit."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mirror.faults import PermanentFault
from mirror.pose import catalog, interpreter
from mirror.pose.interpreter import Network

REPOSITORY = Path(__file__).resolve().parents[2]
ANSWERS = REPOSITORY / "scripts" / "virtual_pi" / "arm_answers.py"
OLDER = ("tflite-runtime==2.14.0", "numpy==1.26.4")
POSES = [entry.name for entry in catalog.entries().values() if entry.judges]


def answers(python: Path | str, *arguments: str, path: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [python, ANSWERS, *arguments],
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def older_python() -> Path:
    """A Python 3.11 with the older runtime and numpy 1, in the cache; skips where it cannot be made."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "squat-mirror"
    folder = cache / "tflite-runtime-2.14"
    python = folder / "bin" / "python"
    if (folder / "ready").exists():
        return python
    base = sys.executable if sys.version_info[:2] == (3, 11) else shutil.which("python3.11")
    if base is None:
        pytest.skip("tflite-runtime needs Python 3.11, and python3.11 is not installed")
    for command in (
        [base, "-m", "venv", "--clear", str(folder)],
        [str(python), "-m", "pip", "install", "--quiet", *OLDER],
    ):
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            last = (done.stderr.strip().splitlines() or ["no message"])[-1]
            pytest.skip(f"the older runtime could not be installed: {last}")
    (folder / "ready").touch()
    return python


@pytest.mark.slow
def test_the_older_runtime_answers_alike(older_python: Path, tmp_path: Path) -> None:
    for arguments in (("pictures", str(tmp_path)), ("answer", str(tmp_path), "here")):
        done = answers(sys.executable, *arguments)
        assert done.returncode == 0, done.stderr
    done = answers(older_python, "answer", str(tmp_path), "there")
    assert done.returncode == 0, done.stderr
    assert "tflite-runtime 2.14" in done.stdout
    assert "numpy 1.26" in done.stdout
    for name in (*POSES, catalog.FOOT_MODEL):
        here, there = (np.load(tmp_path / f"{name}.{where}.npy") for where in ("here", "there"))
        if name in POSES:  # legs and trunk; a hidden ear may be anywhere. Other kernels round otherwise
            here, there = here[:, 5:, :2], there[:, 5:, :2]
        assert np.median(np.abs(here - there)) < 0.002, name
        assert np.abs(here - there).max() < (0.03 if name in POSES else 0.05), name


REFUSED = """
import numpy as np
from mirror.faults import PermanentFault
from mirror.pose.catalog import DEFAULT_MODEL, FOOT_MODEL, find
from mirror.pose.interpreter import Network
from mirror.pose.self_test import ends

for xnnpack in (True, False):
    network = Network(find(DEFAULT_MODEL).path, threads=1, xnnpack=xnnpack)
    print(network.runtime)
    for refuses in (
        lambda: network.run(np.zeros((192, 128, 3), np.uint8)),
        lambda: network.run(np.zeros((256, 128, 3), np.float32)),
        lambda: network.expect(*ends(find(FOOT_MODEL))),
        lambda: Network(find(DEFAULT_MODEL).path.with_name("models.toml"), xnnpack=xnnpack),
    ):
        try:
            refuses()
        except PermanentFault as fault:
            print(fault)
"""


@pytest.mark.slow
def test_the_older_runtime_leaves_xnnpack_out_when_asked_and_refuses_the_same_in_the_same_words(
    older_python: Path,
) -> None:
    here, there = (
        subprocess.run(
            [python, "-c", REFUSED], cwd=REPOSITORY, capture_output=True, text=True, check=True
        ).stdout.splitlines()
        for python in (sys.executable, older_python)
    )
    with_xnnpack, without = there[:5], there[5:]
    assert with_xnnpack[0].startswith("tflite-runtime 2.14")
    assert with_xnnpack[0].endswith(" with XNNPACK")
    assert without[0].endswith(" without XNNPACK")
    ours, theirs = (lines[0].removesuffix(" with XNNPACK") for lines in (here, there))
    for one, other in zip(here, there, strict=True):  # each runtime gives reasons of its own
        assert one.partition("can run: ")[0] == other.replace(theirs, ours).partition("can run: ")[0]


class Deaf:
    """A runtime of before there was anything to choose, nor to ask."""

    def __init__(self, real: Any) -> None:
        self._real = real

    def Interpreter(self, path: str, **how: Any) -> Any:
        assert set(how) == {"num_threads"}
        return self._real.Interpreter(path, **how)


def test_a_runtime_that_cannot_leave_xnnpack_out_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    module, name = interpreter._runtime("auto")
    monkeypatch.setattr(interpreter, "_runtime", lambda _: (Deaf(module), name))
    network = Network(catalog.find(catalog.DEFAULT_MODEL).path, threads=1, xnnpack=False)
    assert network.runtime == f"{name} with XNNPACK, which it cannot leave out"


@pytest.mark.parametrize("threads", [1, 2, 4])
def test_threads_change_no_answer(threads: int, standing: Callable[[str], np.ndarray]) -> None:
    path = catalog.find(catalog.DEFAULT_MODEL).path
    picture = standing(catalog.DEFAULT_MODEL)
    one, several = (Network(path, threads=count).run(picture) for count in (1, threads))
    for a, b in zip(one, several, strict=True):
        assert a == pytest.approx(b, abs=1e-5)


def test_without_xnnpack_the_same_joints_are_found_and_it_says_so(
    standing: Callable[[str], np.ndarray],
) -> None:
    path, picture = catalog.find(catalog.DEFAULT_MODEL).path, standing(catalog.DEFAULT_MODEL)
    usual, plain = (Network(path, threads=1, xnnpack=xnnpack) for xnnpack in (True, False))
    assert usual.said.endswith(" with XNNPACK, 1 thread")
    assert plain.said.endswith(" without XNNPACK, 1 thread")
    heat, other = (network.run(picture)[0] for network in (usual, plain))
    assert not np.array_equal(heat, other)  # other kernels round otherwise
    places = [np.stack(np.unravel_index(h.reshape(-1, 17).argmax(0), h.shape[:2])) for h in (heat, other)]
    assert np.abs(places[0] - places[1])[:, 5:].max() <= 1


def test_lent_answers_are_those_kept_and_no_copies() -> None:
    """Two thirds of a megabyte a frame is not copied to be read once."""
    network = Network(catalog.find(catalog.DEFAULT_MODEL).path, threads=1)
    picture = np.random.default_rng(0).integers(0, 255, (256, 128, 3), np.uint8)
    kept = network.run(picture)
    lent = network.lend(picture)
    for one, other in zip(kept, lent, strict=True):
        np.testing.assert_array_equal(one, other)
        assert one.flags.owndata
        assert not other.flags.owndata
    with pytest.raises(RuntimeError, match="reference"):  # the runtime's own guard: it would overwrite them
        network.lend(picture)
    del lent, other
    network.lend(np.zeros_like(picture))
    np.testing.assert_array_equal(network.run(picture)[0], kept[0])


@pytest.mark.parametrize(
    ("picture", "says"),
    [
        (np.zeros((192, 128, 3), np.uint8), "takes uint8 256x128x3, not uint8 192x128x3"),
        (np.zeros((256, 128, 3), np.float32), "takes uint8 256x128x3, not float32 256x128x3"),
        (np.zeros((256, 128), np.uint8), "takes uint8 256x128x3, not uint8 256x128"),
        (np.zeros((1, 256, 128, 3), np.uint8), "takes uint8 256x128x3, not uint8 1x256x128x3"),
    ],
)
def test_a_picture_of_the_wrong_shape_or_type_is_refused_in_one_line(picture: np.ndarray, says: str) -> None:
    network = Network(catalog.find(catalog.DEFAULT_MODEL).path, threads=1)
    with pytest.raises(PermanentFault, match=says) as told:
        network.run(picture)
    assert "\n" not in str(told.value)
