"""Squats as people vary them are counted, at the desk and live, whoever stands how long before them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from measure_rendered import CHAINS, Chain, desk, live, seen_without_standing
from varied import VARIATIONS, Varied, varied

from mirror.camera.recording import load

RENDERED = Path(__file__).parents[1] / "data" / "rendered"
TRUTH: dict[str, Any] = json.loads((RENDERED / "truth.json").read_text())


def bottoms_of(name: str) -> list[float]:
    return [rep["bottom_s"] for rep in TRUTH[name]["reps"]]


def made(name: str) -> Varied:
    base, _ = VARIATIONS[name]
    return varied(name, load(RENDERED / f"{base}.npz"), bottoms_of(base))


def test_there_are_twenty_four_of_them() -> None:
    assert len(VARIATIONS) == 24


@pytest.mark.parametrize("name", [name for name in VARIATIONS if "steps" not in name])
def test_feet_stay_where_they_were_however_the_rest_moves(name: str) -> None:
    feet = made(name).recording.keypoints[:, 15:17, :2]
    assert np.abs(feet - np.median(feet, axis=0)).max() < 0.03


def test_a_tempo_is_what_it_is_called() -> None:
    shown = made("tempo 5-2-2").recording
    high = shown.keypoints[:, 15:17, 0].mean(1) - shown.keypoints[:, 11:13, 0].mean(1)
    first = high[: int(10.6 * 30)]
    low = np.flatnonzero(first < first.min() + 0.02 * np.ptp(first))
    assert shown.t[low[0]] == pytest.approx(6.0, abs=0.9), "a second of standing, five down"
    assert shown.t[low[-1]] - shown.t[low[0]] == pytest.approx(2.5, abs=0.8), "two held"


def test_soft_tops_never_reach_the_standing_height_between_repetitions() -> None:
    shown = made("softer tops").recording
    high = shown.keypoints[:, 15:17, 0].mean(1) - shown.keypoints[:, 11:13, 0].mean(1)
    depth = high[:30].mean() - high.min()
    lowest = [int(i) for i in np.flatnonzero(high < high.min() + 0.3 * depth)]
    between = high[lowest[0] : lowest[-1]]
    assert high[:30].mean() - between.max() > 0.08 * depth


@pytest.mark.parametrize("name", VARIATIONS)
def test_every_variation_is_counted_at_the_desk(name: str) -> None:
    one = made(name)
    counted = len(desk(one.recording))
    assert one.right(counted), f"{counted}, not {one.reps}"


@pytest.mark.parametrize("name", VARIATIONS)
def test_every_variation_is_counted_live(name: str) -> None:
    one = made(name)
    counted = len(live(one.recording))
    assert one.right(counted), f"{counted}, not {one.reps}"


@pytest.mark.parametrize("chain", CHAINS.values(), ids=CHAINS)
def test_nobody_has_to_stand_still_before_the_first(chain: Chain) -> None:
    assert seen_without_standing(chain).miscounted == []
