"""What repetitions say about a leg's own track: whose zero it is, and what was a cave."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from mirror.knees.own_track import OwnTracks, believe, expected, of_anybody

TOES_SD = np.array([5.5, 5.5])
BY_CHANCE = (0.8, -1.1, 0.3, -0.6, 1.3, -0.2, 0.9, -1.4)


def shown(*legs: Sequence[float]) -> np.ndarray:
    """(R, 2) of what [left, right] showed."""
    return np.array(legs, np.float64).T


def of_somebody_unknown(*legs: Sequence[float]) -> OwnTracks:
    return believe(shown(*legs), of_anybody(TOES_SD))


@pytest.mark.parametrize("zero", [-6.0, 0.0, 4.0, 9.0])
def test_a_line_of_one_s_own_is_learned_from_repetitions_that_are_alike(zero: float) -> None:
    own = [zero + chance for chance in BY_CHANCE]
    tracks = of_somebody_unknown(own, own)
    assert tracks.zero_deg == pytest.approx([zero, zero], abs=2.5)
    assert (tracks.sd_deg < 3.0).all()
    assert max(tracks.sure_of(leg, one, 6.0) for leg in (0, 1) for one in own) < 0.3


@pytest.mark.parametrize("zero", [-5.0, 0.0, 6.0])
def test_caves_among_clean_repetitions_are_not_learned(zero: float) -> None:
    clean = [zero + chance for chance in BY_CHANCE]
    caving = [one + 11.0 * (i % 2) for i, one in enumerate(clean)]
    tracks = of_somebody_unknown(caving, clean)
    assert tracks.zero_deg == pytest.approx([zero, zero], abs=2.5)
    assert all(tracks.sure_of(0, one, 6.0) > 0.9 for one in caving[1::2])
    assert all(tracks.sure_of(0, one, 6.0) < 0.1 for one in caving[0::2])


def test_one_repetition_of_somebody_unknown_has_to_be_far_inside() -> None:
    """The other leg, which went where most people's go, helps."""
    assert of_somebody_unknown([9.0], [9.0]).sure_of(0, 9.0, 6.0) < 0.2
    assert of_somebody_unknown([12.0], [3.0]).sure_of(0, 12.0, 6.0) < 0.7
    assert of_somebody_unknown([18.0], [3.0]).sure_of(0, 18.0, 6.0) > 0.8


def test_more_of_a_cave_is_surer() -> None:
    tracks = of_somebody_unknown([0.5, -0.5, 1.0], [0.0, 0.0, 0.0])
    sure = [tracks.sure_of(0, deviation, 6.0) for deviation in (2.0, 6.0, 9.0, 14.0)]
    assert sure == sorted(sure)
    assert sure[0] < 0.05
    assert sure[-1] > 0.95


def test_the_limit_is_where_it_is_just_so_sure() -> None:
    tracks = of_somebody_unknown([0.5, -0.5, 1.0], [0.0, 0.0, 0.0])
    for sure in (0.5, 0.7, 0.8):
        limit = tracks.limit_deg(0, 6.0, sure)
        assert tracks.sure_of(0, limit - 0.6, 6.0) <= sure <= tracks.sure_of(0, limit + 0.6, 6.0)


def test_one_leg_says_something_about_the_other() -> None:
    """Both legs of a person lie close together."""
    nothing = [float("nan")] * 4
    alone = of_somebody_unknown(nothing, [9.0, 9.5, 8.5, 9.0])
    assert alone.zero_deg[0] > of_anybody(TOES_SD).mean[0] + 1.0
    assert alone.sd_deg[0] > alone.sd_deg[1]


def test_a_reference_says_what_the_zero_is() -> None:
    """Ten inside from the second repetition on: without the first nobody would know."""
    rest = shown([11.0] * 4, [10.0] * 4)
    with_reference = believe(rest, expected(TOES_SD, np.array([0.5, 0.0])))
    assert all(with_reference.sure_of(leg, 10.0, 5.0) > 0.6 for leg in (0, 1))
    assert all(believe(rest, of_anybody(TOES_SD)).sure_of(leg, 10.0, 5.0) < 0.1 for leg in (0, 1))


def test_of_a_body_seen_on_other_feet_something_is_known() -> None:
    before = of_somebody_unknown([9.0 + c for c in BY_CHANCE], [8.0 + c for c in BY_CHANCE])
    now, anybody = expected(TOES_SD, elsewhere=before), of_anybody(TOES_SD)
    assert (now.mean > anybody.mean).all()
    assert (now.mean < before.zero_deg).all()
    assert (np.diag(now.cov) < np.diag(anybody.cov)).all()
    assert (np.diag(now.cov) > before.sd_deg**2).all()  # what is wrong with the toes is new


def test_feet_that_are_hardly_known_make_it_less_sure() -> None:
    rows = shown([8.0, 1.0], [1.0, 0.0])
    well, hardly = (believe(rows, of_anybody(np.full(2, sd))) for sd in (3.0, 13.0))
    assert (hardly.sd_deg > well.sd_deg).all()


def test_swapping_the_legs_swaps_the_tracks_and_their_order_says_nothing() -> None:
    left, right = [1.0, 12.0, 0.0, 3.0], [4.0, 5.0, 3.0, 6.0]
    one, other = of_somebody_unknown(left, right), of_somebody_unknown(right[::-1], left[::-1])
    np.testing.assert_allclose(one.share, other.share[::-1], atol=1e-12)


def test_nothing_shown_leaves_what_was_believed() -> None:
    tracks = of_somebody_unknown([], [])
    assert tracks.zero_deg == pytest.approx(of_anybody(TOES_SD).mean, abs=0.1)
    assert tracks.share.sum(1) == pytest.approx([1.0, 1.0])
