"""Real people's squats from their kept joints: as many as an eye counts, and no clean knee warned of.

Clips whose eye sees a knee cave, and of people who stand turned, have tests of their own.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from measure_rendered import CHAINS, Chain

from mirror.camera.recording import load
from mirror.knees.reading import Verdict

REAL = Path(__file__).resolve().parents[1] / "data" / "real"
CLEAN = {
    "r01_barbell_rack": 1,
    "r02_fast_loop": 1,
    "r04_starts_at_the_bottom": 2,
    "r05_head_cut_off": 1,
    "r06_twenty_goblets": 20,
    "r07_no_quiet_second": 1,
    "r20_clean_front": 4,
    "r21_clean_nine": 9,
    "calimiro_18_front": 1,
    "calimiro_19_front": 2,
}
"""Squats by eye, all clean; what the end of a clip cuts is none."""
NO_SQUATS = (
    "r11_barbell_deadlift",
    "r12_kettlebell_deadlift",
    "r14_burpees",
    "sports2d_demo5_lateralraise_front",
)
WARNED = (Verdict.CAUTION, Verdict.OFF_TRACK)

each_chain = pytest.mark.parametrize("chain", CHAINS.values(), ids=CHAINS)


@each_chain
@pytest.mark.parametrize("name", CLEAN)
def test_clean_squats_are_counted_exactly_and_nobody_is_warned_of_one(name: str, chain: Chain) -> None:
    reps = chain(load(REAL / f"{name}.npz"))
    assert len(reps) == CLEAN[name]
    assert [rep.n for rep in reps if rep.left.verdict in WARNED or rep.right.verdict in WARNED] == []


@each_chain
@pytest.mark.parametrize("name", NO_SQUATS)
def test_what_is_no_squat_is_none(name: str, chain: Chain) -> None:
    assert chain(load(REAL / f"{name}.npz")) == []


@each_chain
def test_feet_placed_anew_for_each_of_ten_squats_are_no_other_count(chain: Chain) -> None:
    assert len(chain(load(REAL / "r15_feet_placed_anew.npz"))) == 10


def test_a_squat_that_the_clip_ends_in_counts_live_once_its_ascent_was_nearly_over() -> None:
    recording = load(REAL / "r02_fast_loop.npz")
    (rep,) = CHAINS["live"](recording)
    assert rep.end_s == pytest.approx(float(recording.t[-1]), abs=0.1)


def test_somebody_who_came_nearer_by_small_steps_stands_on_other_feet() -> None:
    """Twenty squats, four hundredths nearer before the seventeenth: measured against where they stood before,
    clean knees would be off track."""
    reps = CHAINS["live"](load(REAL / "r06_twenty_goblets.npz"))
    known = [rep.left.baseline_sd_deg or 0.0 for rep in reps]
    assert known[16] > 2.0 > known[15], "their tracks are known less well again"
