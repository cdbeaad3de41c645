"""The summary: what was seen in words and numbers, at most one thing to try, and never why."""

from __future__ import annotations

from dataclasses import replace

import pytest
from coach.in_words import summary_of
from readings import CAUTION, GOOD, OFF, UNKNOWN, rep
from sets_seen import caving, seen
from simulate import Squat

from mirror.coach.summary import OFFERS, Before
from mirror.coach.words import languages, words
from mirror.knees.reading import Rep, RepFeatures
from mirror.knees.reasons import Reason, Why

SAY = words("en")


def later(features: RepFeatures) -> RepFeatures:
    """The same features of knees that did not go in early on the way down."""
    return replace(
        features, left=replace(features.left, early_deg=2.0), right=replace(features.right, early_deg=2.0)
    )


def test_depth_and_tempo_are_told_in_a_line_each() -> None:
    reps = [
        rep(1),
        rep(2),
        replace(rep(3), depth_deg=20.0, depth_label="high"),
        replace(rep(4), depth_deg=None, depth_label="unknown"),
    ]
    summary = summary_of(reps)
    assert summary.depth == "Depth, about: 2 parallel, 1 high"
    assert summary.tempo == "Down 1.0 s, up 1.0 s"
    assert summary_of(reps, say=words("de")).tempo == "1,0 s hinunter, 1,0 s hinauf"
    assert summary_of([]).depth == ""


def test_the_depth_s_labels_are_in_the_language_of_the_words() -> None:
    assert summary_of([rep(1)], say=words("zh")).depth == "深度（大约）：1 次水平"


def test_clean_squats_get_nothing_to_try() -> None:
    summary = summary_of(seen(*[Squat()] * 4))
    assert (summary.patterns, summary.tried, summary.drill, summary.offer) == ((), "", None, "")


def test_knees_that_went_in_without_a_pattern_get_plain_advice() -> None:
    summary = summary_of([rep(1), rep(2, OFF, GOOD), rep(3, OFF, GOOD), rep(4)])
    assert summary.patterns == ()
    assert summary.tried == (
        "People who see this often take less weight and squat slowly: clean sets first, then weight."
    )
    assert summary.drill is not None
    assert summary.drill.key == "slow_squat"
    assert summary.offer_kind == "plates"


@pytest.mark.parametrize("bad", [[rep(2, CAUTION, GOOD)], [rep(2, OFF, GOOD)], [rep(2, UNKNOWN, UNKNOWN)]])
def test_one_bad_squat_gets_no_advice(bad: list[Rep]) -> None:
    assert summary_of([rep(1), *bad, rep(3)]).tried == ""


def test_heels_that_rise_get_plates_to_try_a_comparison_and_the_figure_of_it() -> None:
    squats = [Squat(delta=(13, 13), collapse="deep", heel_rise_m=0.04)] * 3
    summary = summary_of(seen(*squats))
    assert summary.patterns[0] == "Your knees moved in only near the bottom, on 3 of 3 squats."
    assert summary.tried == "People who see this often try small plates under the heels."
    assert summary.drill is not None
    assert summary.drill.key == "heel_plates"
    assert (summary.offer_kind, len(summary.drill.lines)) == ("plates", 3)


def test_a_pattern_with_several_exercises_offers_another_every_set() -> None:
    hips = [replace(one, features=later(one.features)) for one in caving(13, 13, 13) if one.features]
    drills, tried = [], []
    for sets in range(5):
        one = summary_of(hips, before=Before(sets))
        assert one.pattern_keys == ("hips",)
        drills.append(one.drill.key if one.drill else "")
        tried.append(one.tried)
    assert drills == [
        "banded_hip_thrust", "inner_thigh_rock", "clamshell", "lateral_band_walk", "banded_hip_thrust",
    ]  # fmt: skip
    assert [number for number, text in enumerate(tried) if "inner thighs" in text] == [1]
    assert "shows whether" in tried[1]  # nothing that was seen speaks for it
    assert "hip exercises with a band" in tried[0]


def test_the_set_before_is_compared_in_one_sentence_with_both_numbers() -> None:
    summary = summary_of([rep(1), rep(2), rep(3, OFF, GOOD)], before=Before(1, 1, 4))
    assert summary.last_set == "Clean: 2 of 3 judged. Set before: 1 of 4."
    assert summary_of([rep(1, UNKNOWN, UNKNOWN)], before=Before(1, 1, 4)).last_set == ""
    assert summary_of([rep(1)]).last_set == ""


def test_what_is_offered_can_be_tried() -> None:
    assert set(OFFERS.values()) <= {"plates", "load", "band"}
    for kind in OFFERS.values():
        assert SAY(f"compare.offer_{kind}")


@pytest.mark.parametrize("language", languages())
def test_every_summary_can_be_told_in_every_language(language: str) -> None:
    sets = [caving(13, 13, 13), caving(2, 2, 4, 7, 9, 11), caving(-14, -14), [rep(1, OFF, OFF)], []]
    for reps in sets:
        for stature in (None, 1.8):
            unseen = Reason(Why.LEGS_NOT_SEEN)
            summary = summary_of(reps, stature, unseen, words(language), before=Before(1, 2, 3))
            text = [summary.headline, summary.sentence, summary.depth, summary.tempo, *summary.patterns]
            text += [summary.tried, summary.offer, summary.last_set]
            assert not any("{" in line or "}" in line for line in text)
