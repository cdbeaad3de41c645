"""Verdicts on rendered people, by how far a knee is inside the line it keeps when all is well.

Some stand with their knees over their toes (tests/data/rendered), others as measured people do
(tests/data/rendered_real); with the standing second cut off all of them are judged nearly as well.
"""

from __future__ import annotations

import measure_rendered
import pytest
from measure_rendered import OFF, WARNED, Leg, Seen, share

from mirror.knees.reading import Verdict


@pytest.fixture(scope="module", params=measure_rendered.CHAINS)
def chain(request: pytest.FixtureRequest) -> measure_rendered.Chain:
    return measure_rendered.CHAINS[request.param]


@pytest.fixture(scope="module")
def whole(chain: measure_rendered.Chain) -> Seen:
    return measure_rendered.seen_whole(chain)


@pytest.fixture(scope="module")
def without_standing(chain: measure_rendered.Chain) -> Seen:
    return measure_rendered.seen_without_standing(chain)


def test_knees_that_cave_are_told(whole: Seen, chain: measure_rendered.Chain) -> None:
    """At the desk the whole set says what clean is; live the first caves come before much is known."""
    caving = [leg.verdict for leg in whole.legs if leg.caves and leg.shown_clean]
    assert len(caving) > 20
    assert share(WARNED, caving) >= (99 if chain is measure_rendered.desk else 90)
    assert share(OFF, caving) >= (95 if chain is measure_rendered.desk else 80)


def test_who_is_wrong_from_the_first_to_the_last_is_warned(whole: Seen) -> None:
    """As far inside as the knees of somebody are who squats well like that: caution, not a cave a squat."""
    caving = [leg.verdict for leg in whole.legs if leg.caves and not leg.shown_clean]
    assert len(caving) == 6
    assert share(WARNED, caving) > 80


def test_knees_that_keep_their_own_track_are_left_alone_wherever_it_lies(whole: Seen) -> None:
    clean = [leg for leg in whole.legs if leg.clean]
    assert len(clean) > 80
    assert [leg for leg in clean if leg.verdict in OFF] == []
    assert share(WARNED, [leg.verdict for leg in clean]) <= 4


def test_a_wrong_and_a_right_squat_of_one_person_are_told_apart_from_the_first_on(whole: Seen) -> None:
    def first_of(clip: str) -> set[Verdict]:
        return {leg.verdict for leg in whole.legs if (leg.clip, leg.n) == (clip, 1)}

    assert first_of("pair-wrong") & set(WARNED)
    assert first_of("pair-good") == {Verdict.GOOD}


def test_without_the_standing_second_nearly_as_many_are_judged_well(
    whole: Seen, without_standing: Seen
) -> None:
    assert without_standing.right >= 0.9 * whole.right


def test_a_leg_is_judged_right_by_what_it_truly_did() -> None:
    assert Leg("a", 1, Verdict.CAUTION, 9.5).right
    assert not Leg("a", 1, Verdict.GOOD, 9.5).right
    assert not Leg("a", 1, Verdict.CAUTION, 1.0).right
    assert not Leg("a", 1, Verdict.UNKNOWN, 1.0).right
    assert Leg("a", 1, Verdict.OFF_TRACK, 6.0).right, "between, anything goes"
