"""Every state is told by its shape as well as by its colour, in colours that can be told apart."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pytest

pygame = pytest.importorskip("pygame")

from mirror.coach.feedback import KneeMark, State, nothing  # noqa: E402
from mirror.coach.mark_style import BLACK, COLOUR, RGB, SOFT, WHITE, YELLOW  # noqa: E402
from mirror.knees.reading import Verdict  # noqa: E402
from mirror.screen import glass as glass_room  # noqa: E402
from mirror.screen.marks import Marks  # noqa: E402
from mirror.screen.mirror_view import BRIGHTNESS  # noqa: E402
from mirror.screen.sprite_cache import Shelf  # noqa: E402
from mirror.screen.theme import BODY_ARCMIN, FAINT, WORD_ARCMIN, sizes  # noqa: E402

from screen_moments import pixels, stage_on  # noqa: E402  isort: skip

RADIUS = 50
PAIRS = [pytest.param(a, b, id=f"{a.value}-{b.value}") for a, b in itertools.combinations(Verdict, 2)]


def ink(draw: object, size: int = 8 * RADIUS) -> np.ndarray:
    """Where something was drawn, colour left out: bright enough to be seen on black."""
    surface = pygame.Surface((size, size))
    draw(surface)
    return pixels(surface).max(axis=-1) > 60


def ring(verdict: Verdict, *, at_rest: bool = False) -> np.ndarray:
    mark = KneeMark(verdict, (0.5, 0.5), None, None, at_rest=at_rest)
    return ink(
        lambda surface: Marks(RADIUS, Shelf((500, 500))).knee(surface, mark, (4 * RADIUS, 4 * RADIUS), -1)
    )


def badge(verdict: Verdict) -> np.ndarray:
    return ink(lambda surface: Marks(RADIUS, Shelf((500, 500))).badge(surface, verdict, (40, 40), 30), 80)


def likeness(a: np.ndarray, b: np.ndarray) -> float:
    """Common ink as a share of all ink."""
    return float((a & b).sum() / (a | b).sum())


@pytest.mark.parametrize(("one", "other"), PAIRS)
def test_any_two_rings_differ_without_colour(one: Verdict, other: Verdict) -> None:
    assert likeness(ring(one), ring(other)) < 0.75


@pytest.mark.parametrize(("one", "other"), PAIRS)
def test_any_two_badges_differ_without_colour(one: Verdict, other: Verdict) -> None:
    assert likeness(badge(one), badge(other)) < 0.85


def thickness(drawn: np.ndarray) -> int:
    """Of the ring straight above its middle."""
    return int(drawn[: 4 * RADIUS, 4 * RADIUS].sum())


def test_caution_and_off_track_are_at_least_twice_as_thick_as_good() -> None:
    assert thickness(ring(Verdict.CAUTION)) >= 2 * thickness(ring(Verdict.GOOD))
    assert thickness(ring(Verdict.OFF_TRACK)) >= 2 * thickness(ring(Verdict.GOOD))


def test_a_knee_at_rest_has_a_whole_ring_thinner_than_a_good_one() -> None:
    rest = ring(Verdict.UNKNOWN, at_rest=True)
    assert along(rest) == 1.0
    assert 0 < thickness(rest) < thickness(ring(Verdict.GOOD))


def along(drawn: np.ndarray) -> float:
    """Share of the ring's way round that is drawn."""
    angles = np.linspace(0, 2 * np.pi, 720, endpoint=False)
    at = 4 * RADIUS + 0.96 * RADIUS * np.stack([np.sin(angles), np.cos(angles)])
    rows, columns = at.round().astype(int)
    return float(drawn[rows, columns].mean())


def test_only_unknown_is_broken() -> None:
    for verdict in Verdict:
        share = along(ring(verdict))
        assert (0.4 < share < 0.75) if verdict is Verdict.UNKNOWN else share == 1.0


def test_only_off_track_reaches_out_and_it_does_so_outward() -> None:
    for verdict in Verdict:
        columns = np.argwhere(ring(verdict))[:, 1] - 4 * RADIUS
        assert columns.max() <= 1.1 * RADIUS
        reaches = columns.min() < -2 * RADIUS
        assert reaches == (verdict is Verdict.OFF_TRACK)


def test_a_guessed_target_is_faint_and_broken() -> None:
    def line(guess: bool) -> np.ndarray:
        surface = pygame.Surface((200, 400))
        Marks(RADIUS, Shelf((500, 500))).target(surface, (100, 200), guess)
        return pixels(surface).max(axis=-1)

    sure, guess = line(False), line(True)
    # beside the dot in the middle, down the line: one piece against several
    assert np.abs(np.diff((sure.max(axis=1) > 80).astype(int))).sum() == 2
    assert np.abs(np.diff((guess.max(axis=1) > 80).astype(int))).sum() >= 8
    assert guess.max() < 0.75 * sure.max()


def test_an_unjudged_knee_is_never_drawn_in_the_colour_of_good() -> None:
    canvas = pygame.Surface((540, 960))
    unknown = KneeMark(Verdict.UNKNOWN, (0.4, 0.6), (0.4, 0.6), None)
    feedback = replace(nothing(0.0, State.SQUATTING), left=unknown, right=unknown)
    stage_on(canvas).draw(feedback, None, (640, 480))
    drawn = pixels(canvas).astype(int)
    assert (np.ptp(drawn, axis=-1) < 10).all(), "white and grey only"


def luminance(colour: RGB) -> float:
    """Relative luminance of sRGB, WCAG 2."""
    c = np.array(colour) / 255
    linear = np.where(c <= 0.03928, c / 12.92, ((c + 0.055) / 1.055) ** 2.4)
    return float(linear @ [0.2126, 0.7152, 0.0722])


def contrast(a: RGB, b: RGB) -> float:
    high, low = sorted((luminance(a), luminance(b)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize(
    ("colour", "least"),
    [(WHITE, 12), (SOFT, 7), (YELLOW, 7), (FAINT, 3), *((c, 4.5) for c in COLOUR.values())],
)
def test_everything_stands_out_from_black_glass(colour: RGB, least: float) -> None:
    assert contrast(colour, BLACK) >= least


@pytest.mark.parametrize(("colour", "least"), [(WHITE, 7), (SOFT, 7)])
def test_words_stand_out_from_the_shaded_picture_of_a_white_wall(colour: RGB, least: float) -> None:
    grey = round(255 * BRIGHTNESS * (1 - glass_room.SHADE / 255))
    assert contrast(colour, (grey, grey, grey)) >= least


def arcmin(cap_px: int, mm_per_px: float, distance_m: float) -> float:
    return float(np.degrees(np.arctan(cap_px * mm_per_px / (1000 * distance_m))) * 60)


@pytest.mark.parametrize("distance_m", [1.5, 2.0, 2.5])
def test_letters_on_a_24_inch_glass_have_their_size_in_arc_minutes(distance_m: float) -> None:
    letters = sizes((1080, 1920), distance_m, 531.0)
    mm_per_px = 531.0 / 1920
    # rounding to whole pixels; four words and a line of text must still fit across the glass
    assert arcmin(letters.body, mm_per_px, distance_m) >= min(BODY_ARCMIN, 17) - 0.5
    assert arcmin(letters.word, mm_per_px, distance_m) >= 0.6 * WORD_ARCMIN


def test_letters_grow_with_the_distance_until_they_fill_the_glass() -> None:
    near, far = (sizes((1080, 1920), distance, 1500.0) for distance in (1.0, 2.5))
    assert far.body == pytest.approx(2.5 * near.body, abs=2)
    assert far.word == pytest.approx(2.5 * near.word, abs=2)


def test_a_window_on_a_desk_is_a_smaller_model_of_the_glass() -> None:
    glass, window = sizes((1080, 1920)), sizes((540, 960))
    assert window.body == pytest.approx(glass.body / 2, abs=1)
    assert window.ring == pytest.approx(glass.ring / 2, abs=1)
