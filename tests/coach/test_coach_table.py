"""What coaches teach, what the mirror sees of it, and what it says and offers: from squats to words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
import simulate
from coach.in_words import InWords, summary_of
from readings import GOOD, OFF, UNKNOWN, Visit, reading, rep
from sets_seen import caving, seen, tipping
from simulate import Squat

from mirror.coach.coach import Coach
from mirror.coach.feedback import SetSummary
from mirror.coach.lines import Cue
from mirror.coach.pages import PAGES, page
from mirror.coach.patterns import find
from mirror.coach.rules import CoachRules
from mirror.coach.speaker import KNEE_CUES, SPREAD_FOR, Speaker
from mirror.coach.summary import PLAIN, Before
from mirror.coach.words import languages, words
from mirror.knees.constants import ANATOMICAL
from mirror.knees.judge import Thresholds
from mirror.knees.live import KneeWatch
from mirror.knees.optics import Camera
from mirror.knees.reading import Phase, Rep
from mirror.knees.track import TrackedPose

SAY = words("en")


def told(reps: Sequence[Rep], sets: int = 0) -> SetSummary:
    return summary_of(reps, before=Before(sets))


def rolling(n: int) -> Rep:
    """Both knees inside, the left ankle rolling inward with its knee."""
    one = caving(13, 13, 13)[n - 1]
    assert one.features is not None
    left = replace(one.features.left, ankle_inward=0.06, early_deg=2.0)
    right = replace(one.features.right, ankle_inward=0.04, early_deg=2.0)
    return replace(one, features=replace(one.features, left=left, right=right))


RISING_HEELS = seen(*[Squat(delta=(13, 13), collapse="deep", heel_rise_m=0.04)] * 3)
UP_ONLY = seen(*[Squat(delta=(13, 13), collapse="ascent")] * 3)
TIPPING = tipping(3)
ROLLING = tuple(rolling(n) for n in (1, 2, 3))
WITHOUT_PATTERN = (rep(1), rep(2, OFF, GOOD), rep(3, OFF, GOOD))


@pytest.mark.parametrize(
    ("reps", "tried", "drill", "offer"),
    [
        (WITHOUT_PATTERN, "take less weight and squat slowly: clean sets first", "slow_squat", "plates"),
        (RISING_HEELS, "small plates under the heels", "heel_plates", "plates"),
        (UP_ONLY, "take less weight and pause at the bottom", "paused_squat", "load"),
        (
            caving(13, 13, 13),
            "squat slowly without weight and think: spread the floor",
            "slow_squat",
            "plates",
        ),
        (caving(2, 2, 4, 7, 9, 11), "stop two squats earlier", "", "load"),
        (TIPPING, "raise the heels, or hold a weight", "goblet_squat", "plates"),
        (ROLLING, "hip exercises", "banded_hip_thrust", "band"),
        (caving(-14, -14, -14), "not further out", "", ""),
    ],
    ids=["plain", "ankles", "up", "from the start", "late", "trunk", "hips first", "overdone"],
)
def test_what_was_seen_is_followed_by_what_people_try(
    reps: Sequence[Rep], tried: str, drill: str, offer: str
) -> None:
    if drill == "banded_hip_thrust":
        reps = [replace(one, features=_still(one)) for one in reps]
    summary = told(reps)
    assert tried in summary.tried
    assert (summary.drill.key if summary.drill else "") == drill
    assert summary.offer_kind == offer


def _still(one: Rep) -> object:
    """The same with ankles that stay."""
    assert one.features is not None
    return replace(
        one.features,
        left=replace(one.features.left, ankle_inward=0.0),
        right=replace(one.features.right, ankle_inward=0.0),
    )


def test_an_ankle_that_rolls_in_on_three_squats_gets_the_whole_foot_and_its_drill() -> None:
    assert "foot_rolls" in [pattern.key for pattern in find(ROLLING)]
    assert "foot_rolls" not in [pattern.key for pattern in find(ROLLING[:2])]
    alone = told([replace(one, depth_deg=20.0) for one in ROLLING])
    assert alone.tried == "Big toe, little toe, heel: all down."
    assert alone.drill is not None
    assert alone.drill.key == "short_foot"


def test_a_second_exercise_is_offered_for_the_inner_thighs_and_never_as_what_was_seen() -> None:
    still = [replace(one, features=_still(one)) for one in ROLLING]
    assert [told(still, sets).drill.key for sets in (0, 1)] == ["banded_hip_thrust", "inner_thigh_rock"]  # type: ignore[union-attr]
    second = told(still, 1)
    assert "thigh" in second.tried
    assert not any("thigh" in line for line in (second.sentence, *second.patterns))


def test_the_floor_is_spread_for_everything_that_speaks_for_it() -> None:
    assert {"from_start", "hips", "late", "load"} == SPREAD_FOR
    assert KNEE_CUES == (Cue.KNEES_OVER_TOES, Cue.SPREAD_THE_FLOOR, Cue.LITTLE_TOES, Cue.KNEES_OUT)


def test_less_weight_until_two_sets_are_clean() -> None:
    assert SAY("tried.load") == (
        "Drop the weight a little until two sets are clean. Clean sets first, then weight."
    )
    assert told([rep(1), rep(2, OFF, GOOD)], 1).last_set == ""
    after = summary_of([rep(1), rep(2, OFF, GOOD)], before=Before(1, 4, 4))
    assert "1 of 2" in after.last_set
    assert "4 of 4" in after.last_set


# -- the little toes


def stubborn(sets: int) -> Speaker:
    """Told in so many sets what to do, and once in the next; nothing came of it."""
    speaker, t = Speaker(CoachRules()), 0.0
    for n in range(sets + 1):
        for _ in range(2 if n < sets else 1):
            speaker.descent()
            for _ in range(15):
                t += 1 / 30
                speaker.update(t, True)
            speaker.rep(rep(1, OFF, OFF), ())
        if n < sets:
            speaker.new_set()
    return speaker


def test_knees_far_outside_the_toes_are_not_said_to_be_over_them() -> None:
    outside = told(caving(-14, -14, -14))
    assert outside.sentence == "No knee moved inside your line on any squat I could judge (3 of 3)."
    assert "outside your toes" in outside.patterns[0]
    assert "kept to your line" in told(seen(*[Squat()] * 3)).sentence


@pytest.mark.parametrize(("sets", "cue"), list(enumerate(KNEE_CUES)))
def test_only_who_did_not_respond_to_two_cues_aims_at_the_little_toes(sets: int, cue: Cue) -> None:
    speaker = stubborn(sets)
    assert speaker.cue is cue
    assert speaker.exaggerates is (cue is Cue.LITTLE_TOES)


def test_who_goes_too_far_out_aims_at_the_toes_again() -> None:
    speaker = stubborn(2)
    (outside,) = caving(-14)
    speaker.rep(outside, ())
    assert not speaker.exaggerates


def test_the_line_to_aim_at_lies_further_out_for_who_is_told_to_exaggerate() -> None:
    coach = Coach(CoachRules())
    now = reading(0.0, Phase.DOWN, OFF, OFF)
    now = replace(now, left=replace(now.left, outer=(0.66, 0.7)), right=replace(now.right, outer=None))
    assert coach.update(now, None).left.target == (0.62, 0.7)
    coach._speaker = stubborn(2)
    now = replace(now, t=0.03)
    shown = coach.update(now, None)
    assert shown.left.target == (0.66, 0.7)
    assert shown.right.target == (0.62, 0.7)  # feet not known: the guess stays


def test_the_outer_line_of_a_bent_leg_is_outside_the_other_on_both_sides() -> None:
    sim = simulate.simulate([simulate.Stand(2.5), Squat(), Squat(), simulate.Stand(1.0)])
    watch = KneeWatch(Camera(sim.hfov_deg, sim.tilt_deg), ANATOMICAL, Thresholds())
    apart, rays = [], []
    for t, keypoints in zip(sim.t, sim.keypoints, strict=True):
        now, _ = watch.update(TrackedPose(float(t), keypoints, sim.image_size))
        for leg, outward in ((now.left, 1), (now.right, -1)):
            if leg.outer is not None and leg.target is not None and now.q is not None and now.q > 0.4:
                apart.append(outward * (leg.outer[0] - leg.target[0]))
            if leg.outer_ray is not None and leg.target_ray is not None and now.q is not None and now.q > 0.4:
                rays.append(outward * (leg.outer_ray.x - leg.target_ray.x))
    assert len(apart) > 20
    assert min(apart) > 0
    assert len(rays) > 20
    assert min(rays) > 0


# -- always there, and never said


@pytest.mark.parametrize("language", languages())
def test_what_a_camera_cannot_tell_apart_is_explained_on_a_page(language: str) -> None:
    shown = InWords(page(PAGES.index("coaching")), words(language))
    assert len(shown.lines) == 3
    parts = {"en": "thigh shin foot", "de": "Oberschenkel Unterschenkel Fuß", "es": "muslo pierna pie"}
    for part in parts.get(language, "大腿 小腿 脚").split():
        assert part in shown.lines[0]


@pytest.mark.parametrize("language", languages())
def test_the_evidence_on_bands_is_called_mixed_wherever_a_band_is_offered(language: str) -> None:
    say = words(language)
    mixed = {"en": "disagree", "de": "widersprechen", "es": "no coinciden", "zh": "不一"}[language]
    assert mixed in say("compare.about_band")
    assert mixed in say("compare.band_mixed")


def test_a_knee_that_was_not_judged_gets_no_advice() -> None:
    summary = told([rep(1, UNKNOWN, UNKNOWN), rep(2, UNKNOWN, UNKNOWN)])
    assert (summary.tried, summary.drill, summary.offer) == ("", None, "")
    assert PLAIN not in summary.pattern_keys


def test_the_set_after_praise_keeps_its_cue_and_one_cue_is_shown_at_a_time() -> None:
    visit = Visit()
    visit.stays(1.0)
    visit.squats(OFF, OFF)
    said = visit.squats(GOOD, GOOD)
    assert any(feedback.praise for feedback in said)
    assert not any(feedback.cue and feedback.praise for feedback in visit.said)
