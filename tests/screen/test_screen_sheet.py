"""Only what changed is painted, the glass always shows what was put there, and a quiet mirror rests."""

from __future__ import annotations

import itertools
import threading
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

pygame = pytest.importorskip("pygame")
pytest.importorskip("cv2")

from mirror.bench.drawing import time_drawing  # noqa: E402
from mirror.coach.feedback import Feedback, Gesture, GestureProgress, State, nothing  # noqa: E402
from mirror.screen.frame_pacing import QUIET_S, FramePacer  # noqa: E402
from mirror.screen.overlay import mounting  # noqa: E402
from mirror.screen.sheet import Sheet  # noqa: E402
from mirror.screen.sprite_cache import CANVASES, Shelf  # noqa: E402

from screen_moments import GREY, every_moment, moment, pixels, stage_on  # noqa: E402  isort: skip

SIDE = 60
SPRITES = []
for size, colour in (
    ((20, 9), (250, 10, 10, 130)),
    ((8, 30), (10, 250, 10, 255)),
    ((40, 40), (20, 20, 250, 60)),
):
    sprite = pygame.Surface(size, pygame.SRCALPHA, 32)
    sprite.fill(colour)
    SPRITES.append(sprite)

place = st.tuples(st.integers(0, 2), st.integers(-20, SIDE), st.integers(-20, SIDE))
moments = st.lists(st.lists(place, max_size=5), min_size=2, max_size=5)


@settings(max_examples=60)
@given(moments=moments)
def test_after_any_moments_the_surface_shows_the_last_one(moments: list[list[tuple[int, int, int]]]) -> None:
    canvas = pygame.Surface((SIDE, SIDE))
    canvas.fill((90, 0, 90))
    sheet = Sheet(canvas)
    for pieces in moments:
        sheet.begin()
        sheet.fill((30, 30, 30), (10, 10, 15, 15))
        for which, x, y in pieces:
            sheet.blit(SPRITES[which], (x, y))
        sheet.finish()
    fresh = pygame.Surface((SIDE, SIDE))
    fresh.fill((30, 30, 30), (10, 10, 15, 15))
    for which, x, y in moments[-1]:
        fresh.blit(SPRITES[which], (x, y))
    assert (pixels(canvas) == pixels(fresh)).all()


@pytest.mark.parametrize("name", every_moment())
def test_the_same_moment_again_paints_nothing(name: str) -> None:
    stage = stage_on(pygame.Surface((540, 960)))
    assert stage.draw(every_moment()[name], None, (640, 480))
    assert stage.draw(replace(every_moment()[name], t=1.0), None, (640, 480)) == []


def test_a_knee_that_moves_on_black_glass_repaints_little() -> None:
    stage = stage_on(pygame.Surface((1080, 1920)), reflection=mounting((1080, 1920), None, None, None))
    squatting = moment(State.SQUATTING)
    stage.draw(squatting, None, (640, 480))
    assert squatting.left.knee_ray is not None
    lower = replace(squatting.left.knee_ray, y=squatting.left.knee_ray.y - 0.05)
    parts = stage.draw(replace(squatting, left=replace(squatting.left, knee_ray=lower)), None, (640, 480))
    assert parts
    assert sum(part.width * part.height for part in parts) < 0.1 * 1080 * 1920
    for one, other in itertools.combinations(parts, 2):
        assert not one.colliderect(other)


def test_a_new_picture_is_painted_even_where_no_mark_moved() -> None:
    canvas = pygame.Surface((540, 960))
    stage = stage_on(canvas)
    stage.draw(moment(State.SQUATTING), GREY)
    before = pixels(canvas).copy()
    assert stage.draw(moment(State.SQUATTING), np.full_like(GREY, 200))
    assert (pixels(canvas) != before).any()


def test_sprites_that_nobody_uses_are_let_go_and_used_ones_kept() -> None:
    shelf = Shelf((100, 100))
    made: list[int] = []

    def sprite(key: int) -> pygame.Surface:
        return shelf(key, lambda: made.append(key) or pygame.Surface((100, 100), 0, 32))

    for key in range(3 * CANVASES):
        sprite(0)
        sprite(key)
    assert made.count(0) == 1
    sprite(1)
    assert made.count(1) == 2


@pytest.mark.parametrize("picture", [False, True])
def test_drawing_can_be_timed_without_a_display(picture: bool) -> None:
    took = time_drawing((270, 480), picture, 3)
    assert set(took) == {"frame", "draw", "present", "blit", "ratio", "cpu", "painted"}
    assert all(value > 0 for value in took.values())
    assert took["painted"] == 1 if picture else took["painted"] < 0.5
    assert not pygame.display.get_init()


# -- pace, on a clock of its own


class Mirror:
    """A main loop without a window: Feedbacks come at given times, waiting takes no time."""

    def __init__(self, arrivals: dict[float, Feedback]) -> None:
        self.t = 0.0
        self.coming = sorted(arrivals.items(), key=lambda arrival: arrival[0])
        self.newest = nothing(0.0)
        self.stop, self.changed = threading.Event(), threading.Event()
        self.drawn: list[tuple[float, State]] = []

    def wait(self, event: threading.Event, seconds: float) -> bool:
        until = self.t + seconds
        while self.coming and self.coming[0][0] <= until:
            self.t, self.newest = self.coming.pop(0)
            self.changed.set()
            if event is self.changed:
                return True
        self.t = until
        return False

    def run(self, seconds: float, fps: float = 30.0) -> list[tuple[float, State]]:
        pace = FramePacer(lambda: self.t, self.wait)
        while self.t < seconds:
            self.drawn.append((self.t, self.newest.state))
            pace.drawn()
            pace.rest(lambda: self.newest, self.changed, self.stop, fps)
        return self.drawn


def test_an_idle_mirror_is_drawn_at_most_five_times_a_second() -> None:
    looks = {i / 3: nothing(i / 3) for i in range(1, 30)}
    drawn = Mirror(looks).run(10.0)
    assert len(drawn) <= 10.0 / QUIET_S + 1


def test_a_summary_is_drawn_seldom_although_feedback_comes_thirty_times_a_second() -> None:
    drawn = Mirror({i / 30: nothing(i / 30, State.SUMMARY) for i in range(300)}).run(10.0)
    assert len(drawn) <= 10.0 / QUIET_S + 1


def test_somebody_who_steps_in_is_shown_at_once() -> None:
    seen = {1 / 3: nothing(1 / 3), 0.7: nothing(0.7, State.FRAMING)}
    drawn = Mirror(seen).run(1.0)
    first = next(t for t, state in drawn if state is State.FRAMING)
    assert first - 0.7 <= 1 / 30


def test_a_live_scene_is_drawn_at_the_displays_pace_and_not_faster() -> None:
    drawn = Mirror({0.0: nothing(0.0, State.SQUATTING)}).run(2.0, fps=30.0)
    assert len(drawn) == pytest.approx(60, abs=2)


def test_the_ring_of_a_gesture_moves_smoothly_over_a_quiet_scene() -> None:
    paused = replace(nothing(0.0, State.PAUSED), gesture=GestureProgress(Gesture.START, 0.3))
    drawn = Mirror({0.0: paused}).run(1.0, fps=30.0)
    assert len(drawn) > 25


def test_nobody_waits_once_it_is_over() -> None:
    mirror = Mirror({})
    mirror.stop.set()
    FramePacer(lambda: mirror.t, mirror.wait).rest(lambda: mirror.newest, mirror.changed, mirror.stop, 30.0)
    assert mirror.t == 0.0
