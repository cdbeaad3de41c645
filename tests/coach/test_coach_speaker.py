"""Which cue, when, and praise for one that was followed: the speaker's choices over repetitions and sets."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from readings import CAUTION, GOOD, OFF, UNKNOWN, rep
from sets_seen import caving, seen, tipping
from simulate import Squat

from mirror.coach.lines import Cue
from mirror.coach.patterns import find
from mirror.coach.rules import CoachRules
from mirror.coach.speaker import KNEE_CUES, Speaker
from mirror.coach.training import Training
from mirror.coach.words import words
from mirror.knees.reading import Rep, Verdict

SAY = words("en")


class Talk:
    """A speaker through repetitions; what it showed and how often it sounded."""

    def __init__(self, mode: str = "standard") -> None:
        self.speaker = Speaker(CoachRules(mode=mode))
        self.reps: list[Rep] = []
        self.t = 0.0

    def does(self, one: Rep) -> tuple[str, str, int]:
        """(cue, praise, sounds) once this repetition is over; off track for half a second if it was."""
        self.speaker.descent()
        off = Verdict.OFF_TRACK in (one.left.verdict, one.right.verdict)
        heard = 0
        for _ in range(15):
            self.t += 1 / 30
            heard += self.speaker.update(self.t, off) is not None
        self.reps.append(one)
        self.speaker.rep(one, find(self.reps))
        return SAY.line(self.speaker.cue), SAY.line(self.speaker.praise), heard

    def next_set(self) -> None:
        self.speaker.sets_done += 1
        self.speaker.new_set()
        self.reps = []


def bad(n: int = 1) -> Rep:
    return rep(n, OFF, OFF)


# -- praise


def test_a_repetition_that_was_good_right_after_a_cue_is_praised_once() -> None:
    talk = Talk()
    assert talk.does(bad()) == ("Knees over your toes", "", 1)
    assert talk.does(rep(2)) == ("", "That's it", 0)
    assert talk.does(rep(3)) == ("", "", 0)


@pytest.mark.parametrize("after", [rep(2, GOOD, CAUTION), rep(2, GOOD, UNKNOWN), rep(2, OFF, GOOD)])
def test_what_was_not_surely_good_is_not_praised(after: Rep) -> None:
    talk = Talk()
    talk.does(bad())
    assert talk.does(after)[1] == ""


def test_good_repetitions_without_a_cue_before_are_not_praised() -> None:
    talk = Talk()
    assert [talk.does(rep(n))[1] for n in range(4)] == [""] * 4
    assert talk.does(rep(9, CAUTION, GOOD))[1] == ""
    assert talk.does(rep(10))[1] == ""


def test_the_way_back_is_praised_also_where_the_last_cue_was_left_out() -> None:
    talk = Talk()
    sounds = [talk.does(bad())[2] for _ in range(3)]
    assert sounds == [1, 1, 0]  # the third is not cued any more
    assert talk.does(rep(9))[1] == "That's it"
    assert talk.does(rep(10))[1] == ""


@pytest.mark.parametrize("mode", ["quiet", "class"])
def test_where_it_is_quiet_nothing_is_praised(mode: str) -> None:
    talk = Talk(mode)
    talk.does(bad())
    assert talk.does(rep(2)) == ("", "", 0)


# -- which cue


def test_a_cue_nobody_responds_to_gives_way_to_the_next_in_the_next_set() -> None:
    talk, shown = Talk(), []
    for _ in range(5):
        shown.append(talk.does(bad())[0])
        talk.does(bad(2))
        talk.next_set()
    expected = [SAY.line(cue) for cue in KNEE_CUES]
    assert shown == [*expected, expected[-1]]


def test_external_focus_comes_first_and_the_knees_last() -> None:
    assert KNEE_CUES[:2] == (Cue.KNEES_OVER_TOES, Cue.SPREAD_THE_FLOOR)
    assert KNEE_CUES[-1] is Cue.KNEES_OUT


def test_a_cue_that_was_followed_is_kept() -> None:
    talk = Talk()
    for one in (bad(1), bad(2), rep(3), bad(4), rep(5)):
        talk.does(one)
    talk.next_set()
    assert talk.does(bad())[0] == "Knees over your toes"


def test_knees_that_go_in_from_the_start_are_told_to_spread_the_floor() -> None:
    talk = Talk()
    shown = []
    for one in (*caving(13, 13), rep(3), *caving(13)):
        shown.append(talk.does(one)[0])
    assert shown == ["Knees over your toes", "Knees over your toes", "", "Spread the floor"]


def test_knees_pushed_too_far_out_are_told_the_toes_without_a_sound_and_twice_at_most() -> None:
    talk = Talk()
    shown = [talk.does(one) for one in caving(-14, -14, -14)]
    assert [(cue, heard) for cue, _, heard in shown] == [("Knees over your toes", 0)] * 2 + [("", 0)]
    talk.next_set()
    assert talk.does(bad())[0] == "Knees over your toes"


def test_pushed_out_right_after_a_cue_is_not_praised() -> None:
    talk = Talk()
    talk.does(bad())
    (outside,) = caving(-14)
    assert talk.does(outside)[1] == ""


def test_a_trunk_that_tips_is_told_after_the_repetition_and_waits_after_two() -> None:
    talk = Talk()
    shown = [talk.does(one) for one in tipping(5)]
    assert [cue for cue, _, _ in shown] == ["", "Chest proud", "Chest proud", "", ""]
    assert sum(heard for _, _, heard in shown) == 0


def test_heels_that_rise_are_offered_plates_once_the_knees_had_their_say() -> None:
    talk = Talk()
    squats = seen(*[Squat(delta=(13, 13), collapse="deep", heel_rise_m=0.04)] * 4)
    assert [talk.does(one)[0] for one in squats][2:] == ["Plates under your heels"] * 2


def test_less_weight_is_asked_for_only_where_a_comparison_showed_it() -> None:
    rules = CoachRules()
    training, speaker = Training(rules), Speaker(rules)
    training.compare("load")
    for degrees in (3.0, 13.0):
        for one in caving(degrees, degrees, degrees):
            training.add(one)
        training.end_set(0.0)
        training.new_set()
    clean, caved = rep(1), replace(bad(2))
    for one, cue in ((clean, ""), (caved, "A little less weight")):
        speaker.descent()
        speaker.rep(one, training.add(one))
        assert SAY.line(speaker.cue) == cue
    training.leave(5.0)
    assert [pattern.key for pattern in training.add(caved)] == []


# -- what is forgotten, and when


def off_track(talk: Talk, seconds: float) -> int:
    """How often it sounds while a knee is off track for so long."""
    heard = 0
    for _ in range(round(seconds * 30)):
        talk.t += 1 / 30
        heard += talk.speaker.update(talk.t, True) is not None
    return heard


def at_rung(rung: int, mode: str = "standard") -> Talk:
    """Told in so many sets, and nothing came of it."""
    talk = Talk(mode)
    for _ in range(rung):
        talk.does(bad())
        talk.does(bad(2))
        talk.next_set()
    return talk


def begin_repetition(talk: Talk) -> None:
    talk.speaker.descent()


def begin_set(talk: Talk) -> None:
    talk.next_set()


def begin_person(talk: Talk) -> None:
    talk.speaker.new_person()
    talk.reps = []


ANY_BEGINNING = pytest.mark.parametrize("begin", [begin_repetition, begin_set, begin_person])
SET_OR_PERSON = pytest.mark.parametrize("begin", [begin_set, begin_person])


@ANY_BEGINNING
def test_cue_and_praise_have_been_read_when_anything_begins(begin: Callable[[Talk], None]) -> None:
    talk = Talk()
    talk.does(bad())
    assert talk.speaker.cue
    begin(talk)
    assert talk.speaker.cue is None
    talk = Talk()
    talk.does(bad())
    talk.does(rep(2))
    assert talk.speaker.praise
    begin(talk)
    assert talk.speaker.praise is None


@ANY_BEGINNING
def test_a_twitch_does_not_go_on_into_the_next_repetition(begin: Callable[[Talk], None]) -> None:
    talk = Talk()
    assert off_track(talk, 0.15) == 0
    begin(talk)
    assert off_track(talk, 0.15) == 0
    assert off_track(talk, 0.15) == 1


def test_twitches_are_not_added_up() -> None:
    talk = Talk()
    for _ in range(4):
        assert off_track(talk, 0.15) == 0
        assert talk.speaker.update(talk.t, False) is None


@ANY_BEGINNING
def test_one_sound_a_repetition_and_one_again_in_the_next(begin: Callable[[Talk], None]) -> None:
    talk = Talk()
    assert off_track(talk, 2.0) == 1
    assert talk.speaker.update(talk.t, False) is None  # back on track, and off again
    assert off_track(talk, 1.0) == 0
    begin(talk)
    assert off_track(talk, 1.0) == 1


@SET_OR_PERSON
def test_a_cue_waits_for_the_summary_of_its_own_set_only(begin: Callable[[Talk], None]) -> None:
    talk = Talk()
    assert [talk.does(bad(n))[2] for n in range(4)] == [1, 1, 0, 0]
    begin(talk)
    assert [talk.does(bad(n))[2] for n in range(4)] == [1, 1, 0, 0]


@SET_OR_PERSON
def test_a_form_cue_is_shown_twice_in_every_set(begin: Callable[[Talk], None]) -> None:
    talk, five = Talk(), tipping(5)
    for _ in range(2):
        assert [talk.does(one)[0] for one in five].count("Chest proud") == 2
        begin(talk)


@SET_OR_PERSON
def test_a_good_repetition_is_no_answer_to_the_set_before(begin: Callable[[Talk], None]) -> None:
    talk = Talk()
    talk.does(bad())
    begin(talk)
    assert talk.does(rep(1))[1] == ""


@SET_OR_PERSON
def test_the_floor_is_spread_for_what_this_set_shows(begin: Callable[[Talk], None]) -> None:
    talk = Talk()
    for one in caving(13, 0, 13, 0):
        talk.does(one)
    talk.does(rep(5))
    assert talk.does(bad())[0] == "Spread the floor"
    begin(talk)
    assert talk.does(bad())[0] == "Knees over your toes"


def test_the_floor_is_spread_for_as_long_as_the_set_shows_it() -> None:
    talk = Talk()
    for one in caving(13, 0, 13, 0):
        talk.does(one)
    talk.reps = []
    talk.does(rep(5))
    assert talk.does(bad())[0] == "Knees over your toes"


@SET_OR_PERSON
def test_the_little_toes_are_aimed_at_once_they_were_named_in_this_set(begin: Callable[[Talk], None]) -> None:
    talk = at_rung(2)
    assert not talk.speaker.exaggerates
    talk.does(bad())
    assert talk.speaker.exaggerates
    begin(talk)
    assert not talk.speaker.exaggerates


def test_a_response_counts_for_its_own_set_only() -> None:
    talk = Talk()
    for one in (bad(1), bad(2), rep(3)):
        talk.does(one)
    talk.next_set()
    for one in (bad(1), bad(2)):
        assert talk.does(one)[0] == "Knees over your toes"  # it was followed, so it was kept
    talk.next_set()
    assert talk.does(bad())[0] == "Spread the floor"


def test_too_far_out_leads_back_to_the_first_cue_once() -> None:
    talk = at_rung(2)
    (outside,) = caving(-14)
    talk.does(bad())
    talk.does(outside)
    talk.does(bad())
    assert not talk.speaker.exaggerates  # for the rest of the set
    for begun in KNEE_CUES[:3]:
        talk.next_set()
        assert [talk.does(bad(n))[0] for n in range(2)] == [SAY.line(begun)] * 2
    assert talk.speaker.exaggerates  # nobody went too far out in this set


def test_who_is_learning_is_told_every_other_time_from_the_first_of_each_set() -> None:
    talk = at_rung(2, "learn")
    for _ in range(2):
        assert [talk.does(bad(n))[2] for n in range(3)] == [1, 0, 1]
        talk.speaker.new_set()


def test_a_new_person_learns_from_the_beginning() -> None:
    talk = at_rung(4, "learn")
    assert talk.does(bad()) == ("", "", 0)  # from the fifth set on there is nothing left to tell
    begin_person(talk)
    assert talk.speaker.sets_done == 0
    assert [talk.does(bad(n)) for n in range(2)] == [("Knees over your toes", "", 1)] * 2


def test_a_new_person_begins_with_the_first_cue() -> None:
    talk = Talk()
    for _ in range(2):
        talk.does(bad())
    talk.next_set()
    talk.speaker.new_person()
    assert talk.does(bad())[0] == "Knees over your toes"
