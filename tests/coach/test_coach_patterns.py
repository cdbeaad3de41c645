"""Patterns over a set: named only when two repetitions and two features show them, at equal depth."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from readings import GOOD, OFF, rep
from sets_seen import caving, seen, tipping
from simulate import Squat

from mirror.coach.experiment import set_of
from mirror.coach.patterns import SUREST_FIRST, Pattern, alike, between, find
from mirror.knees.reading import LegFeatures, Rep, RepFeatures

FLAT_LEG = LegFeatures(2.0, 2.0, 2.0, 2.0, 2.0, 0.0, None, 0.6, 0.5, 0.0, 0.0)
FLAT = RepFeatures(FLAT_LEG, FLAT_LEG, 1.3, 0.0, "toes")


def keys(reps: Sequence[Rep]) -> list[str]:
    return [pattern.key for pattern in find(reps)]


def marked(n: int, *, trunk: float = 1.3, yaw: float = 0.0, depth: float = 0.0, **left: float | None) -> Rep:
    """A repetition whose left knee is 12 degrees inside, with these features on the left."""
    features = replace(FLAT, left=replace(FLAT_LEG, **left), trunk=trunk, yaw_deg=yaw)  # type: ignore[arg-type]
    return replace(rep(n, OFF, GOOD, degrees=12.0), features=features, depth_deg=depth)


# -- on simulated people


def test_clean_squats_show_no_pattern() -> None:
    assert keys(seen(*[Squat()] * 5)) == []


def test_knees_that_go_in_only_deep_over_rising_heels_are_deep_only() -> None:
    found = find(seen(*[Squat(delta=(13, 13), collapse="deep", heel_rise_m=0.04)] * 3))
    assert found[0] == replace(found[0], key="deep_only", side="both", seen=3, of=3)


def test_knees_that_go_in_only_on_the_way_up_are_told_so() -> None:
    found = find(seen(*[Squat(delta=(13, 13), collapse="ascent")] * 3))
    assert found[0] == replace(found[0], key="up_only", side="both", seen=3, of=3)
    assert "from_start" not in [pattern.key for pattern in found]


def test_knees_that_go_in_at_once_are_from_the_start() -> None:
    assert keys(caving(13, 13, 13))[0] == "from_start"


def test_knees_that_give_way_over_the_set_are_late() -> None:
    found = find(caving(2, 2, 4, 7, 9, 11))
    assert found[0].key == "late"
    assert found[0].most_deg == pytest.approx(8.0, abs=3.0)


def test_one_knee_far_more_inside_is_one_sided() -> None:
    found = find(seen(*[Squat(delta=(0, 15))] * 3))
    assert [(p.key, p.side) for p in found if p.key == "one_sided"] == [("one_sided", "right")]


def test_a_trunk_that_tips_to_find_depth_is_told() -> None:
    assert keys(tipping(3)) == ["trunk"]


def test_knees_pushed_far_out_are_outside_and_nothing_else() -> None:
    found = find(caving(-14, -14, -14))
    assert [(p.key, p.side) for p in found] == [("outside", "both")]
    assert found[0].most_deg < -10


def test_knees_in_at_full_depth_over_still_ankles_are_told() -> None:
    assert "hips" in keys(caving(13, 13, 13))


# -- what is not enough


@pytest.mark.parametrize(
    "features",
    [
        {"deep_deg": 12.0, "high_deg": 3.0, "ankle_rise": 0.06},
        {"peak_up_share": 0.2, "up_deg": 12.0, "down_deg": 3.0},
        {"early_deg": 9.0},
    ],
)
def test_one_repetition_is_no_pattern_and_two_are(features: dict[str, float]) -> None:
    clean = [replace(rep(n), features=FLAT, depth_deg=0.0) for n in (1, 2, 3)]
    assert {key for key in keys([*clean, marked(4, **features)]) if key not in ("hips", "one_sided")} == set()
    assert len([k for k in keys([*clean, marked(4, **features), marked(5, **features)]) if k != "hips"]) >= 1


def test_going_in_deep_with_no_second_sign_is_not_deep_only() -> None:
    bare = {"deep_deg": 12.0, "high_deg": 3.0}
    assert "deep_only" not in keys([marked(n, **bare) for n in (1, 2, 3)])
    assert "deep_only" in keys([marked(n, depth=9.0, **bare) for n in (1, 2, 3)])  # the bottom stays high
    assert "deep_only" in keys([marked(n, ankle_rise=0.06, **bare) for n in (1, 2, 3)])
    assert "deep_only" in keys([marked(n, forward_share=0.2, **bare) for n in (1, 2, 3)])


def test_somebody_turned_away_is_not_called_one_sided() -> None:
    assert "one_sided" in keys([marked(n) for n in (1, 2)])
    assert "one_sided" not in keys([marked(n, yaw=12.0) for n in (1, 2)])


def test_a_rolling_foot_needs_three_repetitions_and_a_knee_that_goes_with_it() -> None:
    rolling = [marked(n, ankle_inward=0.06) for n in (1, 2, 3)]
    assert "foot_rolls" in keys(rolling)
    assert "foot_rolls" not in keys(rolling[:2])
    upright = replace(FLAT, left=replace(FLAT_LEG, ankle_inward=0.06))
    still = [replace(rep(n), features=upright, depth_deg=0.0) for n in (1, 2, 3)]
    assert "foot_rolls" not in keys(still)


def test_a_shallow_squat_may_tip_without_being_told() -> None:
    assert "trunk" in keys([marked(n, trunk=2.3, depth=10.0) for n in (1, 2)])
    assert "trunk" not in keys([marked(n, trunk=2.3, depth=30.0) for n in (1, 2)])
    assert "trunk" not in keys([marked(n, trunk=2.3, depth=0.0) for n in (1, 2)])


def test_the_reference_and_repetitions_of_another_depth_do_not_count() -> None:
    early = [marked(n, early_deg=9.0) for n in (1, 2)]
    assert "from_start" in keys(early)
    assert "from_start" not in keys([replace(early[0], is_reference=True), early[1]])
    assert [one.n for one in alike([rep(1), rep(2), replace(rep(3), depth_deg=40.0)])] == [1, 2]


def test_repetitions_without_signs_or_depth_show_nothing() -> None:
    assert find([replace(rep(n, OFF, OFF), depth_deg=None) for n in range(6)]) == ()
    assert find([]) == ()


def test_the_surest_comes_first() -> None:
    found = keys([marked(n, early_deg=9.0) for n in (1, 2, 3)])
    assert found == sorted(found, key=SUREST_FIRST.index)
    assert len(found) > 1


# -- between two sets


def test_plates_help_when_knees_go_clearly_less_far_in_on_them() -> None:
    flat, plates = set_of("flat", caving(13, 13, 13)), set_of("plates", caving(3, 3, 3))
    found = between("plates", flat, plates)
    assert found is not None
    assert (found.key, found.side) == ("plates_help", "both")
    assert found.most_deg == pytest.approx(10.0, abs=3.0)
    assert between("plates", plates, flat) is None


def test_load_is_told_when_knees_go_clearly_further_in_with_it() -> None:
    light, heavy = set_of("light", caving(3, 3, 3)), set_of("heavy", caving(13, 13, 13))
    found = between("load", light, heavy)
    assert found == Pattern("load", "both", 3, 3, found.most_deg if found else None)
    assert between("load", heavy, light) is None


def test_sets_as_close_as_two_alike_ones_often_are_show_nothing() -> None:
    assert between("load", set_of("a", caving(6, 6, 6)), set_of("b", caving(8, 8, 8))) is None


def test_load_is_not_told_of_sets_of_another_depth() -> None:
    light, heavy = set_of("light", caving(3, 3, 3)), set_of("heavy", caving(13, 13, 13))
    assert between("load", light, replace(heavy, depth_deg=-30.0)) is None


def test_a_band_says_nothing_of_a_pattern() -> None:
    assert between("band", set_of("a", caving(13, 13, 13)), set_of("b", caving(3, 3, 3))) is None
