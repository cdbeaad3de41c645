"""When the coach keeps quiet: the lamp that holds its colour, and the speaker that says little."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st
from readings import CAUTION, GOOD, OFF, UNKNOWN, Visit, runs, sounds

from mirror.coach.coach import CoachRules
from mirror.coach.feedback import Light
from mirror.coach.lamp import Lamp
from mirror.knees.reading import Phase, Verdict
from mirror.knees.reasons import Framing

RANK = [Light.OFF, Light.UNKNOWN, Light.GOOD, Light.CAUTION, Light.OFF_TRACK]


# -- the lamp


def test_a_worse_colour_shows_at_once() -> None:
    lamp = Lamp(0.6)
    assert lamp(0.0, Light.GOOD) is Light.GOOD
    assert lamp(0.03, Light.CAUTION) is Light.CAUTION
    assert lamp(0.06, Light.OFF_TRACK) is Light.OFF_TRACK


@pytest.mark.parametrize("better", [Light.CAUTION, Light.GOOD, Light.UNKNOWN, Light.OFF])
def test_a_better_colour_waits_until_the_worse_one_could_be_seen(better: Light) -> None:
    lamp = Lamp(0.6)
    lamp(10.0, Light.OFF_TRACK)
    assert lamp(10.1, better) is Light.OFF_TRACK
    assert lamp(10.59, better) is Light.OFF_TRACK
    assert lamp(10.61, better) is better


def test_the_first_colour_after_darkness_shows_at_once() -> None:
    lamp = Lamp(0.6)
    lamp(0.0, Light.GOOD)
    lamp(1.0, Light.OFF)
    assert lamp(1.01, Light.GOOD) is Light.GOOD


@given(st.lists(st.tuples(st.floats(0.005, 0.3), st.sampled_from(list(Light))), min_size=1, max_size=120))
def test_a_colour_is_up_for_the_hold_unless_something_worse_follows(steps: list[tuple[float, Light]]) -> None:
    lamp, t, shown, since = Lamp(0.6), 0.0, Light.OFF, 0.0
    for wait, wanted in steps:
        t += wait
        now = lamp(t, wanted)
        if now is not shown:
            assert now is wanted
            assert shown is Light.OFF or RANK.index(now) > RANK.index(shown) or t - since >= 0.6
            shown, since = now, t


def test_the_whole_coach_holds_its_colours_too() -> None:
    visit = Visit()
    visit.stays(1.0)
    for _ in range(3):
        visit.squats(OFF, GOOD, off_for_s=0.1)
        visit.squats(GOOD, CAUTION, off_for_s=0.3)
    shown = list(runs(visit.said))
    for (light, lasted), (after, _) in itertools.pairwise(shown):
        if light is not Light.OFF and RANK.index(after) < RANK.index(light):
            assert lasted >= 0.6 - 1e-6, f"{light} gave way to {after} after {lasted:.2f} s"


# -- what the lamp tells


def test_the_lamp_is_dark_while_nobody_squats() -> None:
    visit = Visit()
    assert {feedback.light for feedback in visit.stays(2.0, left=OFF, right=OFF)} == {Light.OFF}


@pytest.mark.parametrize(
    ("left", "right", "light"),
    [
        (GOOD, GOOD, Light.GOOD),
        (GOOD, CAUTION, Light.CAUTION),
        (OFF, CAUTION, Light.OFF_TRACK),
        (UNKNOWN, OFF, Light.OFF_TRACK),
        (UNKNOWN, CAUTION, Light.CAUTION),
        (UNKNOWN, GOOD, Light.UNKNOWN),
        (GOOD, UNKNOWN, Light.UNKNOWN),
        (UNKNOWN, UNKNOWN, Light.UNKNOWN),
    ],
)
def test_the_lamp_tells_the_worse_knee_and_good_only_of_both(
    left: Verdict, right: Verdict, light: Light
) -> None:
    visit = Visit()
    visit.stays(0.5)
    assert visit.stays(1.0, phase=Phase.DOWN, left=left, right=right)[-1].light is light


@given(
    st.lists(
        st.tuples(st.sampled_from(list(Phase)), st.sampled_from(list(Verdict)), st.booleans(), st.booleans()),
        max_size=60,
    )
)
def test_an_unknown_knee_never_turns_the_light_good(steps: list[tuple[Phase, Verdict, bool, bool]]) -> None:
    visit = Visit()
    for phase, other, swap, present in steps:
        left, right = (other, UNKNOWN) if swap else (UNKNOWN, other)
        for feedback in visit.stays(0.2, phase=phase, left=left, right=right, present=present):
            assert feedback.light is not Light.GOOD


def test_the_row_of_dots_shows_no_good_dot_for_a_knee_that_was_not_seen() -> None:
    visit = Visit()
    visit.stays(0.5)
    visit.squats(GOOD, UNKNOWN)
    visit.squats(GOOD, GOOD)
    visit.squats(UNKNOWN, OFF)
    assert visit.last.rep_verdicts == (UNKNOWN, GOOD, OFF)


# -- the speaker


@pytest.mark.parametrize("bad", [(OFF, GOOD), (GOOD, OFF), (OFF, OFF)])
def test_a_faulty_repetition_makes_one_sound_and_one_cue(bad: tuple[Verdict, Verdict]) -> None:
    visit = Visit()
    visit.stays(0.5)
    said = visit.squats(*bad)
    assert sounds(said) == 1
    assert said[-1].cue == "Knees over your toes"


def test_a_knee_that_goes_in_and_out_twice_still_makes_one_sound() -> None:
    visit = Visit()
    visit.stays(0.5)
    visit.stays(0.5, phase=Phase.DOWN, left=OFF, right=GOOD)
    visit.stays(0.3, phase=Phase.DOWN, left=GOOD, right=GOOD)
    visit.stays(0.5, phase=Phase.UP, left=OFF, right=GOOD)
    assert sounds(visit.said) == 1


def test_the_sound_comes_with_the_knee_still_off_track_and_not_later() -> None:
    visit = Visit()
    visit.stays(0.5)
    visit.squats(OFF, GOOD)
    off = next(feedback.t for feedback in visit.said if feedback.light is Light.OFF_TRACK)
    sound = next(feedback.t for feedback in visit.said if feedback.sound is not None)
    assert 0.2 - 1e-6 <= sound - off <= 0.2 + 2 / 30


def test_a_twitch_colours_the_light_and_makes_no_sound() -> None:
    visit = Visit()
    visit.stays(0.5)
    said = visit.squats(OFF, GOOD, off_for_s=0.17)
    assert Light.OFF_TRACK in {feedback.light for feedback in said}
    assert sounds(said) == 0
    assert said[-1].cue == ""


def test_two_twitches_do_not_add_up_to_a_sound() -> None:
    visit = Visit()
    visit.stays(0.5)
    for _ in range(4):
        visit.stays(0.15, phase=Phase.DOWN, left=OFF, right=GOOD)
        visit.stays(0.15, phase=Phase.DOWN, left=GOOD, right=GOOD)
    assert sounds(visit.said) == 0


def test_caution_and_unknown_make_no_sound() -> None:
    visit = Visit()
    visit.stays(0.5)
    visit.squats(CAUTION, CAUTION)
    visit.squats(UNKNOWN, UNKNOWN)
    assert sounds(visit.said) == 0


def test_nothing_sounds_while_standing_walking_or_after_lockout() -> None:
    visit = Visit()
    visit.stays(2.0, left=OFF, right=OFF)
    visit.stays(1.0, left=OFF, right=OFF, framing=Framing.MIDDLE)
    assert sounds(visit.said) == 0


def test_the_cue_stays_until_the_next_descent() -> None:
    visit = Visit()
    visit.stays(0.5)
    visit.squats(OFF, GOOD, rest_s=4.0)
    assert visit.last.cue
    assert visit.stays(0.1, phase=Phase.DOWN, left=GOOD, right=GOOD)[0].cue == ""


def test_the_same_cue_comes_on_two_repetitions_in_a_row_and_then_waits() -> None:
    visit = Visit()
    visit.stays(0.5)
    assert [sounds(visit.squats(OFF, GOOD)) for _ in range(5)] == [1, 1, 0, 0, 0]
    assert visit.last.cue == ""


def test_after_a_clean_repetition_the_cue_may_come_again() -> None:
    visit = Visit()
    visit.stays(0.5)
    heard = [sounds(visit.squats(left, GOOD)) for left in (OFF, OFF, OFF, GOOD, OFF, OFF, OFF)]
    assert heard == [1, 1, 0, 0, 1, 1, 0]


@pytest.mark.parametrize("mode", ["quiet", "class"])
def test_quiet_and_class_show_the_colour_and_say_nothing(mode: str) -> None:
    visit = Visit(CoachRules(mode=mode))
    visit.stays(0.5)
    said = visit.squats(OFF, OFF)
    assert Light.OFF_TRACK in {feedback.light for feedback in said}
    assert sounds(said) == 0
    assert {feedback.cue for feedback in said} == {""}


def test_learning_fades_from_every_repetition_to_every_second_to_the_summary_alone() -> None:
    visit = Visit(CoachRules(mode="learn", summary_after_s=2.0, summary_for_s=2.0))
    heard = []
    for _ in range(6):
        visit.stays(1.0)
        # clean repetitions between, so that not the repeated cue but the fading is what keeps it quiet
        heard.append([sounds(visit.squats(OFF, GOOD) + visit.squats(GOOD, GOOD)) for _ in range(4)])
        visit.stays(4.5)
    assert heard == [[1, 1, 1, 1]] * 2 + [[1, 0, 1, 0]] * 2 + [[0, 0, 0, 0]] * 2


@given(
    st.lists(
        st.tuples(st.sampled_from(list(Verdict)), st.sampled_from(list(Verdict)), st.floats(0.05, 1.0)),
        max_size=8,
    ),
    st.sampled_from(["learn", "standard", "quiet", "class"]),
)
def test_never_more_than_one_sound_a_repetition(
    reps: list[tuple[Verdict, Verdict, float]], mode: str
) -> None:
    visit = Visit(CoachRules(mode=mode))
    visit.stays(0.5)
    for left, right, off_for_s in reps:
        said = visit.squats(left, right, off_for_s=off_for_s)
        assert sounds(said) <= (OFF in (left, right))
