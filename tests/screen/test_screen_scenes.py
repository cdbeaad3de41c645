"""Every state has its scene; words stay on the glass, whatever its size; nothing is made anew per frame."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

pygame = pytest.importorskip("pygame")
pytest.importorskip("cv2")

from mirror.coach.feedback import State, nothing  # noqa: E402
from mirror.coach.lines import Cue, Instruction, line  # noqa: E402
from mirror.coach.mark_style import SKY, VERMILION  # noqa: E402
from mirror.coach.words import languages, words  # noqa: E402
from mirror.faults import BadInput  # noqa: E402
from mirror.knees.reading import Verdict  # noqa: E402
from mirror.screen.fonts import face_for, spoken  # noqa: E402
from mirror.screen.picture import save_summary  # noqa: E402
from mirror.screen.samples import leg, rep  # noqa: E402
from mirror.screen.scenes import SCENES  # noqa: E402

from screen_moments import (  # noqa: E402  isort: skip
    GREY,
    PICTURES,
    SIZES,
    every_moment,
    moment,
    near,
    pixels,
    stage_on,
    summary_of,
    Always,
    written,
    written_on,
)


def test_every_state_has_its_own_scene() -> None:
    assert set(SCENES) == set(State)
    assert len({type(scene) for scene in SCENES.values()}) == len(SCENES)


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("name", every_moment())
def test_every_word_stays_on_the_glass_and_off_other_words(name: str, size: tuple[int, int]) -> None:
    for picture in (GREY, np.zeros((480, 640, 3), np.uint8), None):
        lies_well(size, written_on(size, every_moment()[name], picture))


@pytest.mark.parametrize("size", [(1080, 1920), (800, 480)], ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("name", every_moment())
@pytest.mark.parametrize("language", languages())
def test_words_of_every_language_stay_on_the_glass(language: str, name: str, size: tuple[int, int]) -> None:
    if face_for(language) is None:
        pytest.skip(spoken(language)[1])
    lies_well(size, written_on(size, every_moment()[name], GREY, language))


def lies_well(size: tuple[int, int], places: list[pygame.Rect]) -> None:
    """All of it on the glass, and nothing on something else."""
    assert places
    glass = pygame.Rect(0, 0, *size)
    for place in places:
        assert glass.contains(place), f"{place} is not on {glass}"
    for one, other in itertools.combinations(places, 2):
        assert not one.colliderect(other), f"{one} and {other} cover each other"


@pytest.mark.parametrize("size", [(800, 480), (1280, 720), (1920, 1080)])
@pytest.mark.parametrize("camera", PICTURES)
def test_words_stand_beside_the_person_on_a_lying_glass(
    size: tuple[int, int], camera: tuple[int, int]
) -> None:
    for state in (State.FRAMING, State.CALIBRATING, State.READY, State.SQUATTING):
        stage = stage_on(pygame.Surface(size))
        stage.draw(moment(state), GREY)  # another camera's picture first: its places must not linger
        stage.draw(moment(state), np.zeros((*camera, 3), np.uint8))
        picture = pygame.Rect(stage.glass.view.rect)
        assert written(stage)
        assert not any(place.colliderect(picture) for place in written(stage))


@pytest.mark.parametrize("size", [(360, 640), (1080, 1920)])
@pytest.mark.parametrize("camera", [(720, 1280), (480, 640), (404, 720)])
def test_a_lying_picture_fills_most_of_an_upright_glass_and_notes_stand_below_it(
    size: tuple[int, int], camera: tuple[int, int]
) -> None:
    stage = stage_on(pygame.Surface(size))
    stage.draw(moment(State.SQUATTING), np.zeros((*camera, 3), np.uint8))
    picture, note = pygame.Rect(stage.glass.view.rect), pygame.Rect(stage.glass.places.note)
    assert picture.width == size[0]
    assert picture.height > 0.65 * size[1]
    assert not picture.colliderect(note)
    assert not picture.colliderect(pygame.Rect(stage.glass.places.sign))


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
def test_very_long_words_shrink_rather_than_run_out(size: tuple[int, int]) -> None:
    long = "Kniebeugenwiederholungsbewegungsumfang über den Zehenspitzen ausgerichtet halten"
    for state in (State.FRAMING, State.CALIBRATING, State.READY, State.SQUATTING, State.FAULT):
        shown = {"instruction": Instruction.STAND_STILL, "note": line("note.ready"), "cue": Cue.CHEST_PROUD}
        feedback = replace(moment(state), **shown)
        glass = pygame.Rect(0, 0, *size)
        places = written_on(size, feedback, GREY, say=Always(long))
        assert places
        assert all(glass.contains(place) for place in places)


@pytest.mark.parametrize("state", [State.IDLE, State.SUMMARY, State.FAULT])
def test_scenes_without_a_picture_stay_a_black_mirror(state: State) -> None:
    canvas = pygame.Surface((1080, 1920))
    stage_on(canvas).draw(moment(state), GREY)
    assert (pixels(canvas).max(axis=-1) == 0).mean() > 0.8


def test_idle_is_faint() -> None:
    canvas = pygame.Surface((1080, 1920))
    stage_on(canvas).draw(nothing(0.0), None)
    drawn = pixels(canvas)
    assert 60 < drawn.max() < 130
    assert (drawn.max(axis=-1) > 0).mean() < 0.02


@pytest.mark.parametrize("size", [(540, 960), (640, 360)])
def test_nothing_of_the_last_scene_is_left(size: tuple[int, int]) -> None:
    fresh, used = pygame.Surface(size), pygame.Surface(size)
    used.fill((200, 0, 200))
    stage = stage_on(used)
    for (before, after), picture in itertools.product(itertools.permutations(State, 2), (GREY, None)):
        stage.draw(moment(before), GREY)
        stage.draw(moment(after), picture, (640, 480))
        stage_on(fresh).draw(moment(after), picture, (640, 480))
        assert (pixels(used) == pixels(fresh)).all(), f"{before} shows through {after}"


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Names of whatever made a surface since."""
    counted: list[str] = []

    def counting(name: str, make: Callable[..., Any]) -> Callable[..., Any]:
        def counted_make(*given: Any, **how: Any) -> Any:
            counted.append(name)
            return make(*given, **how)

        return counted_make

    for module, name in (
        (pygame, "Surface"),
        (pygame.image, "frombuffer"),
        (pygame.transform, "smoothscale"),
        (pygame.transform, "rotate"),
    ):
        monkeypatch.setattr(module, name, counting(name, getattr(module, name)))
    return counted


@pytest.mark.parametrize("state", State, ids=lambda state: state.value)
@pytest.mark.parametrize("size", [(540, 960), (640, 360)])
def test_a_second_frame_makes_no_new_surface(state: State, size: tuple[int, int], made: list[str]) -> None:
    stage = stage_on(pygame.Surface(size))
    feedback = moment(state)
    stage.draw(feedback, GREY)
    assert "Surface" in made
    made.clear()
    for shift in (0.01, 0.02, 0.03):
        x, y = feedback.left.knee or (0.5, 0.5)
        moved = replace(feedback, left=replace(feedback.left, knee=(x + shift, y)))
        stage.draw(moved if feedback.left.knee else feedback, GREY)
    assert made == []


def filled(progress: float) -> int:
    canvas = pygame.Surface((1080, 1920))
    stage_on(canvas).draw(replace(moment(State.CALIBRATING), progress=progress), None)
    return int(near(pixels(canvas), SKY).sum())


def test_the_ring_fills_as_the_person_stands_still() -> None:
    grown = [filled(progress) for progress in (0.0, 0.25, 0.5, 1.0)]
    assert grown[0] == 0
    assert grown[2] == pytest.approx(2 * grown[1], rel=0.1)
    assert grown[3] == pytest.approx(4 * grown[1], rel=0.1)


def test_the_ring_starts_at_the_top_and_runs_clockwise() -> None:
    canvas = pygame.Surface((1080, 1920))
    stage_on(canvas).draw(replace(moment(State.CALIBRATING), progress=0.25), None)
    blue = np.argwhere(near(pixels(canvas), SKY))
    assert blue[:, 1].min() >= 538
    tall, wide = np.ptp(blue, axis=0)
    assert tall == pytest.approx(wide, rel=0.1)


def signs(verdicts: tuple[Verdict, ...]) -> np.ndarray:
    canvas = pygame.Surface((1080, 1920))
    feedback = replace(nothing(0.0, State.SQUATTING), rep_verdicts=verdicts)
    stage_on(canvas).draw(feedback, None)
    return pixels(canvas)


def test_a_sign_stays_where_it_was_when_the_next_one_comes() -> None:
    one = near(signs((Verdict.OFF_TRACK,)), VERMILION)
    two = near(signs((Verdict.OFF_TRACK, Verdict.GOOD)), VERMILION)
    assert one.any()
    assert (one == two).all()


def test_signs_keep_clear_of_a_number_of_two_digits() -> None:
    canvas = pygame.Surface((480, 800))
    feedback = replace(nothing(0.0, State.SQUATTING), rep_verdicts=(Verdict.OFF_TRACK,) * 14, reps_done=88)
    stage_on(canvas).draw(feedback, None)
    drawn = pixels(canvas)[:80]
    number = np.argwhere(near(drawn, (255, 255, 255)))[:, 1].max()
    assert np.argwhere(near(drawn, VERMILION))[:, 1].min() > number + 4


def test_a_long_set_shows_its_newest_repetitions() -> None:
    long = (Verdict.OFF_TRACK,) * 3 + (Verdict.GOOD,) * 12
    assert not near(signs(long), VERMILION).any()


def bar_tops(deviations: list[float]) -> list[int]:
    """Highest coloured row of each left-knee bar."""
    canvas = pygame.Surface((1080, 1920))
    fine = leg(0.0, Verdict.UNKNOWN)
    reps = tuple(rep(i, leg(deg, Verdict.GOOD), fine) for i, deg in enumerate(deviations))
    stage_on(canvas).draw(summary_of(reps), None)
    blue = near(pixels(canvas), SKY)
    columns = np.flatnonzero(blue.any(axis=0))
    groups = np.split(columns, np.flatnonzero(np.diff(columns) > 1) + 1)
    return [int(np.flatnonzero(blue[:, group].any(axis=1)).min()) for group in groups]


def test_a_bar_is_as_high_as_the_knee_moved() -> None:
    three, six, nine = bar_tops([3.0, 6.0, 9.0])
    assert three - six == pytest.approx(six - nine, abs=2)
    assert three - six > 50


def test_an_unknown_knee_has_no_bar_and_no_colour() -> None:
    canvas = pygame.Surface((1080, 1920))
    unknown = leg(None, Verdict.UNKNOWN)
    stage_on(canvas).draw(summary_of((rep(1, unknown, unknown),)), None)
    assert (np.ptp(pixels(canvas).astype(int), axis=-1) < 10).all()


def test_depth_is_told_only_where_it_is_known() -> None:
    fine = leg(1.0, Verdict.GOOD)
    told = summary_of((rep(1, fine, fine, -3.0),), depth=line("depth.told", what=line("depth.parallel")))
    silent = summary_of((rep(1, fine, fine, None),))
    known, unknown = (written_on((1080, 1920), said, None) for said in (told, silent))
    assert len(known) == len(unknown) + 1


def test_a_set_without_repetitions_is_told_in_words_alone() -> None:
    canvas = pygame.Surface((1080, 1920))
    stage = stage_on(canvas)
    stage.draw(summary_of(()), None)
    assert written(stage)
    assert (np.ptp(pixels(canvas).astype(int), axis=-1) < 10).all()


def test_the_summary_is_saved_without_any_display(tmp_path: Path) -> None:
    pygame.display.quit()
    path = tmp_path / "summary.png"
    save_summary(path, moment(State.SUMMARY), words("en"), (3.5, 6.0))
    drawn = pygame.image.load(str(path))
    assert drawn.get_size() == (2 * 1080, 1920)  # both pages, side by side
    assert near(pixels(drawn), VERMILION).any()
    assert not pygame.display.get_init()


def test_a_place_that_cannot_be_written_is_told_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"nowhere.*cannot be written"):
        save_summary(tmp_path / "nowhere" / "s.png", moment(State.SUMMARY), words("en"), (3.5, 6.0))
