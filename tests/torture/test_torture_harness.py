"""The torture itself: the same every time, with squats that are still squats, and it finds what is broken."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

import numpy as np
import pytest

from mirror.coach.coach import Coach
from mirror.coach.feedback import Light
from mirror.knees import repetition
from mirror.knees.analysis import Analysis
from torture import chain
from torture.chain import Broken, live, play
from torture.sources import Case, case, recorded, simulated

ROOT = Path(__file__).resolve().parents[2]


def test_a_seed_is_the_same_recording_every_time() -> None:
    for seed in range(20):
        one, again = case(seed), case(seed)
        assert np.array_equal(one.people.t, again.people.t)
        assert np.array_equal(one.people.keypoints, again.people.keypoints)
        assert (one.how, one.mode, one.tilt_deg) == (again.how, again.mode, again.tilt_deg)
        assert play(one) == play(again)


def test_every_recording_is_one_that_the_readers_would_take() -> None:
    for seed in range(300):
        people = case(seed).people
        assert np.isfinite(people.keypoints).all()
        assert (np.diff(people.t) > 0).all()
        assert 0.0 <= people.keypoints[..., 2].min() <= people.keypoints[..., 2].max() <= 1.0


@lru_cache(maxsize=1)
def squats() -> Case:
    """A case in which somebody squats and is judged."""
    found = (case(seed) for seed in range(2000))
    return next(
        one for one in found if one.how == ("simulated",) and min(play(one)) > 0 and one.mode == "learn"
    )


def test_squats_are_still_counted_among_them() -> None:
    counted = np.array([play(case(seed)) for seed in range(80)])
    assert (counted.sum(axis=0) > 5).all()


def test_a_fault_anywhere_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    one = squats()

    def broken(*_: object, **__: object) -> None:
        raise IndexError("nothing there")

    for where, what in ((repetition, "rep_features"), (chain, "summarise")):
        with monkeypatch.context() as patch:
            patch.setattr(where, what, broken)
            with pytest.raises(IndexError):
                play(one)


def test_light_though_nobody_is_there_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    people = recorded()[0]
    gone = people.keypoints[:60].copy()
    gone[10:, :, 2] = 0.0
    one = replace(squats(), people=replace(people, t=people.t[:60], keypoints=gone), tracked=False)
    live(one)
    update = Coach.update
    monkeypatch.setattr(Coach, "update", lambda *how: replace(update(*how), light=Light.GOOD))
    with pytest.raises(Broken, match="nobody"):
        live(one)


def test_times_out_of_order_and_numbers_that_are_none_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    one = squats()
    analysed = chain._analysed

    def with_reps(**changed: object) -> None:
        def change(*how: object) -> Analysis:
            found = analysed(*how)
            return replace(found, reps=[replace(rep, **changed) for rep in found.reps])

        monkeypatch.setattr(chain, "_analysed", change)

    for changed in ({"end_s": 1e9}, {"bottom_s": -1.0}, {"n": 7}, {"depth_deg": float("nan")}):
        with_reps(**changed)
        with pytest.raises(Broken):
            chain.at_the_desk(one)


def test_there_are_people_to_torture() -> None:
    assert len(recorded()) > 25
    assert len(simulated()) > 10


def test_the_script_plays_one_seed_again_and_says_what_it_was() -> None:
    done = subprocess.run(
        [sys.executable, str(ROOT / "scripts" / "torture.py"), "--seed", "3"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "seed 3: " in done.stdout
    assert "nothing breaks" in done.stdout
