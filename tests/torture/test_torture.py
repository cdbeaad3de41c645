"""Recordings nobody ever made break nothing: no exception, and what must always hold of verdicts, light,
count and everything that is told holds. `scripts/torture.py` plays more of them, and one again by its seed.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from torture import chain
from torture.chain import live, play
from torture.sources import as_it_is, case

REAL = sorted((Path(__file__).resolve().parents[1] / "data" / "real").glob("*.npz"))
COUNT, SLICE = 2000, 200


@pytest.mark.parametrize("first", range(0, COUNT, SLICE))
def test_thousands_of_recordings_nobody_ever_made_break_nothing(first: int) -> None:
    broken = []
    for seed in range(first, first + SLICE):
        try:
            play(case(seed))
        except Exception as fault:
            broken.append(f"scripts/torture.py --seed {seed}: {type(fault).__name__}: {fault}")
    assert not broken, "\n".join(broken)


@pytest.mark.parametrize("path", REAL, ids=lambda path: path.stem)
def test_real_people_break_nothing_however_the_camera_is_said_to_hang(path: Path) -> None:
    one = as_it_is(path, REAL.index(path))
    live(one)
    for tilt_deg in (None, 8.0, 16.0, 20.0):
        chain.at_the_desk(replace(one, tilt_deg=tilt_deg))
