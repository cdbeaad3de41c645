"""Decoding made-up heads whose answer is known."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mirror.pose.movenet import JOINTS, Decoder, decode

H, W = 64, 32


def heads(
    places: np.ndarray, offset: tuple[float, float] = (0.0, 0.0), centre: tuple[int, int] = (32, 16)
) -> tuple[np.ndarray, ...]:
    """Heads with one sharp peak per joint at `places` (17, 2) cells, all with the same sub-cell offset."""
    heat = np.full((H, W, JOINTS), 1e-4, np.float32)
    heat[places[:, 0], places[:, 1], np.arange(JOINTS)] = 0.9
    middle = np.full((H, W, 1), 1e-4, np.float32)
    middle[centre] = 0.8
    regression = np.zeros((H, W, 2 * JOINTS), np.float32)
    regression[centre] = (places - np.array(centre)).reshape(-1)
    sub = np.tile(np.array(offset, np.float32), (H, W, JOINTS))
    return heat, middle, regression, sub


@given(
    cells=st.lists(st.tuples(st.integers(0, H - 1), st.integers(0, W - 1)), min_size=JOINTS, max_size=JOINTS),
    offset=st.tuples(st.floats(0, 0.99), st.floats(0, 0.99)),
)
def test_a_sharp_peak_is_found_to_a_hundredth_of_a_cell(
    cells: list[tuple[int, int]], offset: tuple[float, float]
) -> None:
    places = np.array(cells)
    found = decode(*heads(places, offset))
    expected = (places + np.array(offset)) / (H, W)
    assert found[:, :2] == pytest.approx(expected, abs=0.01 / W)
    assert found[:, 2] == pytest.approx(0.9, abs=1e-6)


def test_of_two_people_the_one_in_the_middle_of_the_window_wins() -> None:
    rng = np.random.default_rng(1)
    near = rng.integers((22, 12), (42, 20), (JOINTS, 2))
    beside = np.stack([rng.integers(5, 60, JOINTS), np.full(JOINTS, 30)], axis=1)
    heat, centre, regression, sub = heads(near, centre=(32, 16))
    heat[beside[:, 0], beside[:, 1], np.arange(JOINTS)] = 0.95  # clearer to see, but not in the middle
    centre[32, 30] = 0.85
    regression[32, 30] = (beside - np.array([32, 30])).reshape(-1)
    found = decode(heat, centre, regression, sub)
    assert found[:, :2] * (H, W) == pytest.approx(near.astype(float), abs=0.02)


def test_a_leg_does_not_take_the_clearer_peak_of_the_leg_beside_it() -> None:
    """Both knees seem to be where the right one is; the left one's own peak is faint, but in its place."""
    places = np.full((JOINTS, 2), (20, 16))
    places[13], places[14] = (40, 20), (40, 12)
    heat, centre, regression, sub = heads(places)
    heat[40, 20, 13], heat[40, 12, 13] = 0.12, 0.9
    found = decode(heat, centre, regression, sub)
    assert found[[13, 14], 1] * W == pytest.approx([20, 12], abs=0.02)


def somebody_on_one_leg(shoulders: tuple[int, int] = (22, 10)) -> tuple[np.ndarray, ...]:
    """Both maps show the right knee where the left one is, and expect it there."""
    places = np.full((JOINTS, 2), (20, 16))
    places[5], places[6] = (10, shoulders[0]), (10, shoulders[1])
    places[13], places[14] = (40, 21), (40, 21)
    places[15], places[16] = (55, 21), (55, 11)
    return heads(places)


@pytest.mark.parametrize("map_it_is_in", [13, 14])
@pytest.mark.parametrize(("column", "side"), [(11, 14), (29, 13)])
def test_two_knees_on_one_leg_go_apart_where_another_knee_is_seen(
    map_it_is_in: int, column: int, side: int
) -> None:
    """In whichever map, and as the person's left or right one by the side it is on."""
    heat, *others = somebody_on_one_leg()
    heat[42, column, map_it_is_in] = 0.3
    found = decode(heat, *others)
    stays = 27 - side
    assert found[side, :2] * (H, W) == pytest.approx([42, column], abs=0.02)
    assert found[stays, :2] * (H, W) == pytest.approx([40, 21], abs=0.02)


@pytest.mark.parametrize(
    ("why", "heat_there", "row", "column", "shoulders"),
    [
        ("no other knee is seen", 0.05, 42, 11, (22, 10)),
        ("what is seen is an ankle's height", 0.5, 50, 11, (22, 10)),
        ("what is seen is this leg's other side", 0.5, 42, 18, (22, 10)),
        ("somebody stands side-on, one leg behind the other", 0.5, 42, 11, (17, 15)),
        ("somebody turns their back", 0.5, 42, 11, (10, 22)),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_two_knees_in_one_place_stay_where(
    why: str, heat_there: float, row: int, column: int, shoulders: tuple[int, int]
) -> None:
    heat, *others = somebody_on_one_leg(shoulders)
    heat[row, column, 14] = heat_there
    found = decode(heat, *others)
    assert found[[13, 14], 1] * W == pytest.approx([21, 21], abs=0.02), why


def test_a_knee_far_below_where_it_was_expected_is_still_found() -> None:
    places = np.full((JOINTS, 2), (20, 16))
    heat, centre, regression, sub = heads(places)
    heat[20, 16, 13], heat[28, 16, 13] = 1e-4, 0.9
    assert decode(heat, centre, regression, sub)[13, 0] * H == pytest.approx(28, abs=0.02)


@pytest.mark.parametrize("sharpness", [1, 4, 40])
@pytest.mark.parametrize("seed", range(3))
def test_looking_near_the_expected_places_first_finds_what_looking_everywhere_finds(
    seed: int, sharpness: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    rng = np.random.default_rng(seed)
    _, *others = heads(np.stack([rng.integers(0, H, JOINTS), rng.integers(0, W, JOINTS)], 1))
    heat = rng.random((H, W, JOINTS), np.float32) ** sharpness
    near_first = decode(heat, *others)
    monkeypatch.setattr("mirror.pose.movenet.BEYOND", np.inf)  # nothing near is ever enough
    assert (near_first == decode(heat, *others)).all()


def test_a_soft_peak_is_placed_between_its_cells() -> None:
    heat, centre, regression, sub = heads(np.full((JOINTS, 2), (20, 10)))
    heat[20, 11, :] = 0.9  # as warm as the peak: the joint lies between the two
    assert decode(heat, centre, regression, sub)[:, 1] * W == pytest.approx(10.5, abs=0.01)


def test_everybody_in_the_picture_is_read_surest_first() -> None:
    rng = np.random.default_rng(2)
    left, right = rng.integers((5, 2), (60, 12), (JOINTS, 2)), rng.integers((5, 20), (60, 30), (JOINTS, 2))
    heat, centre, regression, sub = heads(left, centre=(32, 7))
    heat[right[:, 0], right[:, 1], np.arange(JOINTS)] = 0.9
    centre[33, 25] = 0.95
    centre[33, 26] = 0.6  # the same person's: no peak of its own
    regression[33, 25] = (right - np.array([33, 25])).reshape(-1)
    found = Decoder(H, W).people(heat, centre, regression, sub)
    assert len(found) == 2
    for one, places in zip(found, (right, left), strict=True):
        assert one[:, :2] * (H, W) == pytest.approx(places.astype(float), abs=0.02)
    assert len(Decoder(H, W).people(heat, centre, regression, sub, most=1)) == 1
    assert Decoder(H, W).people(heat, centre, regression, sub, least=0.99) == []
