"""A library that is missing ends the command with exit code 2 and one line: trying again never helps."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

import mirror
from mirror.cli import main
from mirror.faults import BadInput, PartMissing, PermanentFault, StaysAway, TemporaryFault

DEMO = str(Path(mirror.__file__).parent / "demo" / "demo.mp4")
RUN = ["run", "--camera", DEMO, "--lights", "none", "--screen"]
PARTS = {
    "cv2": ([*RUN, "none"], "OpenCV"),
    "av": ([*RUN, "none"], "PyAV"),
    "ai_edge_litert": ([*RUN, "none"], "ai-edge-litert"),
    "pygame": ([*RUN, "window"], "pygame"),
    "jinja2": (["analyze", DEMO, "--report", "F.html"], "Jinja2"),
    "matplotlib.figure": (["analyze", DEMO, "--plot", "F.png"], "matplotlib"),
    "gpiozero.pins.lgpio": (["run", "--camera", DEMO, "--screen", "none", "--lights", "gpio"], "lgpio"),
    "picamera2": (["run", "--camera", "picamera", "--screen", "none"], "python3-picamera2"),
    "uvicorn": (["board", "--broker", "localhost"], "uvicorn"),
    "rich.table": (["config", "show"], "rich.table"),  # one that comes with every installation
}


@pytest.mark.parametrize("part", PARTS)
def test_a_part_that_is_missing_is_named_in_one_line_and_exit_code_2(part, monkeypatch, tmp_path, capsys):
    command, named = PARTS[part]
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    monkeypatch.setenv("SDL_VIDEODRIVER", "offscreen")
    for name in [name for name in sys.modules if name == part or name.startswith(f"{part}.")]:
        monkeypatch.delitem(sys.modules, name)
    for name in (part, "tflite_runtime") if part == "ai_edge_litert" else (part,):
        monkeypatch.setitem(sys.modules, name, None)
    assert main(command) == 2
    told = [line for line in capsys.readouterr().err.splitlines() if line.startswith("squat-mirror: ")]
    assert len(told) == 1
    assert named in told[0]


@pytest.mark.parametrize(
    ("fault", "code"),
    [(BadInput, 2), (PartMissing, 2), (PermanentFault, 1), (TemporaryFault, 1), (StaysAway, 75)],
)
def test_each_kind_of_fault_has_its_exit_code(fault, code, monkeypatch, capsys):
    def raises(*_: object, **__: object) -> None:
        raise fault("a sentence.")

    monkeypatch.setattr("mirror.station.run.run_station", raises)
    assert main(["run"]) == code
    assert capsys.readouterr().err == "squat-mirror: a sentence.\n"


def test_a_module_of_ours_that_is_missing_is_a_fault_of_ours(monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "mirror.station.run", None)
    assert main(["run"]) == 1
    assert "fault of ours" in capsys.readouterr().err
