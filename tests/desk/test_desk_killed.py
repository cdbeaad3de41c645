"""Killed at random moments and resumed: no file is half, nothing is left, the table is the same."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from kill_and_resume import TABLE, Trial, half, recordings

FEW = ("r01_barbell_rack", "r02_fast_loop", "r20_clean_front")
WHOLE = {"json/a.json": b"{}", TABLE: b"file,rep\na,1\na,2\nb,1\n"}


@pytest.mark.slow
def test_a_run_that_was_killed_leaves_whole_files_and_is_taken_up_again(tmp_path: Path) -> None:
    trial = Trial(recordings(tmp_path / "recordings", FEW), tmp_path)
    assert len(trial.whole) == 5 * len(FEW) + 1
    draw = random.Random(2)
    assert [trial.kill(draw).wrong for _ in range(3)] == [""] * 3


@pytest.mark.parametrize(
    ("found", "wrong"),
    [
        ({}, ""),
        (WHOLE, ""),
        ({TABLE: b"file,rep\na,1\na,2\n"}, ""),
        ({TABLE: b"file,rep\nb,1\n"}, ""),
        ({TABLE: b"file,rep\na,1\na"}, "all.csv is no part of the whole table"),
        ({TABLE: b"a,1\n"}, "all.csv is no part of the whole table"),
        ({"json/a.json": b"{"}, "json/a.json is half"),
    ],
)
def test_what_is_half_is_seen(found: dict[str, bytes], wrong: str) -> None:
    assert half(found, WHOLE) == wrong
