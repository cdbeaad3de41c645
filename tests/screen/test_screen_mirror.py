"""The display is a mirror and nothing else is: the person's left is on the left, and words can be read."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

pygame = pytest.importorskip("pygame")
pytest.importorskip("cv2")

from mirror.coach.feedback import NO_MARK, KneeMark, State, nothing  # noqa: E402
from mirror.coach.lines import Cue, Instruction, line  # noqa: E402
from mirror.coach.mark_style import SKY, VERMILION  # noqa: E402
from mirror.knees.reading import Verdict  # noqa: E402
from mirror.screen.mirror_view import MOST_CUT, MOST_CUT_LYING, MirrorView  # noqa: E402
from mirror.screen.samples import GOOD_KNEE, LEFT_IN, leg, rep  # noqa: E402

from screen_moments import (  # noqa: E402  isort: skip
    PICTURES,
    SMALL_SIZES,
    moment,
    near,
    pixels,
    stage_on,
    summary_of,
    Always,
)


def squatting(left: KneeMark, right: KneeMark = NO_MARK) -> object:
    return replace(nothing(0.0, State.SQUATTING), left=left, right=right, target_is_guess=False)


@pytest.mark.parametrize("size", SMALL_SIZES)
@pytest.mark.parametrize("camera", PICTURES)
def test_the_left_knee_on_the_right_of_the_picture_is_marked_on_the_left_of_the_mirror(
    size: tuple[int, int], camera: tuple[int, int]
) -> None:
    canvas = pygame.Surface(size)
    stage = stage_on(canvas)
    # near the middle, so that the cut sides of a wide picture do not hide it
    mark = replace(LEFT_IN, knee=(0.6, 0.66), target=(0.63, 0.66))
    stage.draw(squatting(mark), np.zeros((*camera, 3), np.uint8))
    left, _, width, _ = stage.glass.view.rect
    orange = np.argwhere(near(pixels(canvas), VERMILION))[:, 1]
    assert orange.size
    ring_at = left + width / 2 - (0.6 - 0.5) * camera[1] * stage.glass.view.scale
    arrow_tip = orange.min()
    assert orange.max() < left + width / 2, "ring and arrow are in the left half of the mirror"
    assert arrow_tip < ring_at - 2 * stage.glass.marks.radius, "the arrow points away from the other knee"


def test_left_and_right_are_not_swapped_between_the_legs() -> None:
    canvas = pygame.Surface((1080, 1920))
    stage_on(canvas).draw(squatting(LEFT_IN, GOOD_KNEE), None, (640, 480))
    drawn = pixels(canvas)
    assert np.argwhere(near(drawn, VERMILION))[:, 1].max() < 540
    assert np.argwhere(near(drawn, SKY))[:, 1].min() > 540


@pytest.mark.parametrize("size", SMALL_SIZES)
@pytest.mark.parametrize("camera", PICTURES)
def test_the_picture_is_mirrored(size: tuple[int, int], camera: tuple[int, int]) -> None:
    picture = np.zeros((*camera, 3), np.uint8)
    picture[:, : camera[1] // 2] = 255  # bright on the left of the un-mirrored picture
    canvas = pygame.Surface(size)
    stage = stage_on(canvas)
    stage.draw(nothing(0.0, State.SQUATTING), picture)
    left, top, width, height = stage.glass.view.rect
    row = pixels(canvas)[top + height // 2, left : left + width].mean(axis=-1)
    assert row[: width // 2 - 3].max() == 0
    assert row[width // 2 + 3 :].min() > 150


def test_colours_of_the_picture_are_kept() -> None:
    picture = np.zeros((640, 480, 3), np.uint8)
    picture[..., 2] = 250  # red, last in BGR
    canvas = pygame.Surface((1080, 1920))
    stage_on(canvas).draw(nothing(0.0, State.SQUATTING), picture)
    red, green, blue = pixels(canvas)[960, 540]
    assert red > 150
    assert green == blue == 0


@pytest.mark.parametrize("state", [State.FRAMING, State.CALIBRATING, State.READY, State.SQUATTING])
def test_words_over_the_mirrored_picture_are_not_mirrored(state: State) -> None:
    canvas = pygame.Surface((1080, 1920))
    stage = stage_on(canvas, say=Always("F"))  # the same upside down or mirrored it is not
    shown = {"instruction": Instruction.STAND_STILL, "note": line("note.ready"), "cue": Cue.CHEST_PROUD}
    feedback = replace(nothing(0.0, state), **shown)
    stage.draw(feedback, np.zeros((640, 480, 3), np.uint8))
    drawn = stage.glass.letters.kept()[-1]
    ink = pygame.surfarray.array_alpha(drawn.subsurface(drawn.get_bounding_rect())).T
    page = pixels(canvas).max(axis=-1)
    assert likeness(page, ink) > 0.99
    assert likeness(page, ink[:, ::-1]) < 0.9


def likeness(page: np.ndarray, ink: np.ndarray) -> float:
    """How much the likest place on the page looks like this ink; 1 is the same but for brightness."""
    import cv2

    found = cv2.matchTemplate(page, np.ascontiguousarray(ink), cv2.TM_CCOEFF_NORMED)
    return float(found[np.isfinite(found)].max())


@given(
    x=st.floats(0.34, 0.66),
    y=st.floats(0.05, 0.95),
    size=st.sampled_from([(120, 200), (200, 120), (160, 160)]),
    camera=st.sampled_from([(64, 48), (48, 64), (72, 128), (400, 300)]),
)
def test_a_mark_lies_on_what_it_marks(
    x: float, y: float, size: tuple[int, int], camera: tuple[int, int]
) -> None:
    height, width = camera
    picture = np.zeros((height, width, 3), np.uint8)
    row, column = int(y * height), int(x * width)
    reach = max(2, height // 32)
    patch = (slice(max(0, row - reach), row + reach + 1), slice(max(0, column - reach), column + reach + 1))
    picture[patch] = 255
    view = MirrorView((0, 0, *size), camera)
    shown = pixels(view.surface(picture)).max(axis=-1).astype(float)
    rows, columns = np.mgrid[patch[0].start : min(patch[0].stop, height), patch[1].start : patch[1].stop]
    at = view.at((columns.mean() + 0.5) / width, (rows.mean() + 0.5) / height)
    across = (np.arange(shown.shape[1]) + 0.5) @ shown.sum(0) / shown.sum() + view.rect[0]
    down = (np.arange(shown.shape[0]) + 0.5) @ shown.sum(1) / shown.sum() + view.rect[1]
    assert at == pytest.approx((across, down), abs=2.0 + view.scale)


@given(x=st.floats(0, 1), y=st.floats(0, 1))
def test_mirroring_the_person_mirrors_the_marks(x: float, y: float) -> None:
    view = MirrorView((0, 0, 1080, 1920), (640, 480))
    there, back = view.at(x, y), view.at(1 - x, y)
    assert abs(there[0] + back[0] - 1080) <= 1
    assert there[1] == back[1]


@pytest.mark.parametrize("size", SMALL_SIZES)
@pytest.mark.parametrize("camera", PICTURES)
def test_feet_are_never_cut_away_and_sides_only_a_little(
    size: tuple[int, int], camera: tuple[int, int]
) -> None:
    view = MirrorView((0, 0, *size), camera)
    left, top, width, height = view.rect
    assert top + height == size[1]
    assert top >= 0
    assert left >= 0
    assert height == pytest.approx(camera[0] * view.scale, abs=1)
    lying_on_upright = camera[1] > camera[0] and size[1] > size[0]
    most = MOST_CUT_LYING if lying_on_upright else MOST_CUT
    assert width >= (1 - most) * camera[1] * view.scale - 1


def test_a_picture_is_drawn_into_the_same_surface_every_time() -> None:
    view = MirrorView((0, 0, 1080, 1920), (640, 480))
    dark, bright = np.zeros((640, 480, 3), np.uint8), np.full((640, 480, 3), 200, np.uint8)
    first = view.surface(dark)
    assert pixels(first).max() == 0
    assert view.surface(bright) is first
    assert pixels(first).min() > 100


@pytest.mark.parametrize("area", [(0, 0, 270, 480), (30, 40, 200, 400)])
@pytest.mark.parametrize("camera", [(64, 48), (960, 720)])
def test_a_picture_written_onto_the_glass_is_the_same_as_one_copied_there(
    area: tuple[int, int, int, int], camera: tuple[int, int]
) -> None:
    picture = np.random.default_rng(2).integers(0, 255, (*camera, 3), np.uint8)
    view = MirrorView(area, camera)
    written, copied = pygame.Surface((270, 480), 0, 32), pygame.Surface((270, 480), 0, 24)
    for glass in (written, copied):
        glass.fill((9, 9, 9))
        view.draw(glass, picture)
    assert copied.get_bytesize() == 3  # so that one is blitted
    assert (pixels(written) == pixels(copied)).all()


def test_a_read_only_picture_is_drawn_and_left_as_it_was() -> None:
    picture = np.random.default_rng(1).integers(0, 255, (480, 640, 3), np.uint8)
    before = picture.copy()
    picture.setflags(write=False)
    stage_on(pygame.Surface((1280, 720))).draw(moment(State.SQUATTING), picture)
    assert (picture == before).all()


def test_the_summary_shows_the_left_knee_on_the_left() -> None:
    off, fine = leg(11.0, Verdict.OFF_TRACK), leg(1.0, Verdict.GOOD)
    for size, middle in (((1080, 1920), 540), ((1280, 720), 960)):
        canvas = pygame.Surface(size)
        stage_on(canvas).draw(summary_of((rep(1, off, fine), rep(2, off, fine))), None)
        drawn = pixels(canvas)
        assert np.argwhere(near(drawn, VERMILION))[:, 1].max() < middle
        assert np.argwhere(near(drawn, SKY))[:, 1].min() > middle - 40
