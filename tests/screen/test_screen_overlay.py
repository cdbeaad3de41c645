"""Marks lie where a person sees their own knees in the glass, and where those knees are by now."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

pygame = pytest.importorskip("pygame")

from mirror.coach.feedback import Feedback, KneeMark, State, nothing  # noqa: E402
from mirror.coach.mark_style import SKY, VERMILION  # noqa: E402
from mirror.knees.reading import Ray, Verdict  # noqa: E402
from mirror.screen.overlay import mounting, on_glass  # noqa: E402
from mirror.screen.pick import open_stage, pick_view  # noqa: E402
from mirror.screen.prediction import MOST_S, Prediction  # noqa: E402
from mirror.screen.samples import EYE, GOOD_KNEE, LEFT_IN  # noqa: E402
from mirror.settings.sections import ScreenSettings  # noqa: E402

from screen_moments import GREY, near, pixels, stage_on  # noqa: E402  isort: skip

metres = st.floats(-1.5, 1.5)
depths = st.floats(0.8, 4.0)
points = st.tuples(metres, metres, depths)


def ray(point: tuple[float, float, float]) -> Ray:
    """How the lens, at the origin and looking along z, sees a point of the room in metres."""
    x, y, z = point
    return Ray(x / z, y / z, z)


def traced(eye: tuple[float, float, float], point: tuple[float, float, float]) -> np.ndarray:
    """Where light from the point that reaches the eye has met the glass: the plane z = 0.

    Found by search along the glass for the place where the angles of incidence and reflection are equal and
    in one plane, which is the shortest way from point to eye over the glass. Knows no mirror image.
    """
    a, b = np.array(eye), np.array(point)

    def length(xy: np.ndarray) -> float:
        at = np.array([*xy, 0.0])
        return float(np.linalg.norm(at - a) + np.linalg.norm(at - b))

    best, step = (a[:2] + b[:2]) / 2, 1.0
    while step > 1e-7:
        around = [best + step * np.array(way) for way in ((0, 0), (1, 0), (-1, 0), (0, 1), (0, -1))]
        shortest = min(around, key=length)
        step = step / 2 if shortest is around[0] else step
        best = shortest
    return best


@given(eye=points, point=points)
def test_a_mark_lies_where_light_from_the_knee_meets_the_glass_on_its_way_to_the_eye(
    eye: tuple[float, float, float], point: tuple[float, float, float]
) -> None:
    assert on_glass(ray(eye), ray(point)) == pytest.approx(traced(eye, point), abs=2e-4)


@given(eye=points, point=points)
def test_eye_and_point_may_change_places(
    eye: tuple[float, float, float], point: tuple[float, float, float]
) -> None:
    assert on_glass(ray(eye), ray(point)) == pytest.approx(on_glass(ray(point), ray(eye)))


def test_at_equal_depth_the_mark_is_halfway() -> None:
    eye, knee = (0.0, 0.6, 2.4), (0.2, -0.5, 2.4)
    assert on_glass(ray(eye), ray(knee)) == pytest.approx((0.1, 0.05))


@pytest.mark.parametrize(
    ("height_m", "least", "most"), [(1.05, 0.0, 0.004), (1.9, 0.02, 0.06), (0.5, 0.01, 0.06)]
)
def test_a_lens_at_one_metre_forgives_a_wrong_distance_and_a_high_or_low_one_does_not(
    height_m: float, least: float, most: float
) -> None:
    eye, knee = (0.0, 1.6 - height_m, 2.5), (0.1, 0.5 - height_m, 2.5)
    right = on_glass(ray(eye), ray(knee))
    wrong = [replace(r, depth_m=1.05 * r.depth_m) for r in (ray(eye), ray(knee))]
    assert least <= abs(on_glass(*wrong)[1] - right[1]) <= most


def test_pixels_are_counted_from_the_panels_corner_and_the_persons_left_is_on_the_left() -> None:
    glass = mounting((1080, 1920), 1920.0, 540.0, 400.0)  # a millimetre a pixel, lens 400 mm down
    eye = Ray(0.0, 0.0, 2.0)
    assert glass.at(eye, Ray(0.0, 0.0, 2.0)) == (540, 400)
    x, y = glass.at(eye, Ray(0.1, -0.2, 2.0))  # the person's left is on the right of the un-mirrored frame
    assert (x, y) == (540 - 100, 400 + 200)


def test_what_was_not_measured_is_a_lens_in_the_middle_of_the_upper_edge() -> None:
    glass = mounting((1080, 1920), None, None, None)
    assert glass.at(EYE, replace(EYE, x=-EYE.x, y=-EYE.y)) == (540, 0)


def test_rings_lie_where_the_person_sees_their_knees() -> None:
    canvas = pygame.Surface((1080, 1920))
    where = mounting((1080, 1920), 1200.0, 337.5, 500.0)
    stage = stage_on(canvas, reflection=where, panel_height_mm=1200.0)
    moment = replace(nothing(0.0, State.SQUATTING), left=LEFT_IN, right=GOOD_KNEE, eye=EYE)
    stage.draw(moment, GREY, (640, 480))
    drawn = pixels(canvas).astype(int)
    for mark, colour in ((LEFT_IN, VERMILION), (GOOD_KNEE, SKY)):
        x, y = where.at(EYE, mark.knee_ray)
        ring = stage.glass.marks.radius
        coloured = np.argwhere(near(drawn, colour))
        round_it = coloured[np.abs(coloured - (y, x)).max(axis=1) <= 1.3 * ring]
        assert len(round_it) > 20
        assert round_it.mean(axis=0) == pytest.approx((y, x), abs=0.3 * ring)


def test_no_picture_is_ever_shown_behind_a_reflection() -> None:
    canvas = pygame.Surface((540, 960))
    stage = stage_on(canvas, reflection=mounting((540, 960), None, None, None))
    assert not stage.shows_picture(nothing(0.0, State.SQUATTING))
    stage.draw(nothing(0.0, State.SQUATTING), np.full((640, 480, 3), 200, np.uint8), (640, 480))
    assert (pixels(canvas).max(axis=-1) == 0).mean() > 0.95


def test_knees_whose_place_in_the_room_is_unknown_are_not_marked_on_the_reflection() -> None:
    canvas = pygame.Surface((540, 960))
    stage = stage_on(canvas, reflection=mounting((540, 960), None, None, None))
    for moment in (
        replace(nothing(0.0, State.SQUATTING), left=LEFT_IN, right=GOOD_KNEE, eye=None),
        replace(nothing(0.0, State.SQUATTING), left=replace(LEFT_IN, knee_ray=None), eye=EYE),
    ):
        stage.draw(moment, None, (640, 480))
        assert not near(pixels(canvas), VERMILION).any()


def test_marks_on_a_reflection_are_wide_enough_for_two_eyes_and_have_no_hard_edge() -> None:
    canvas = pygame.Surface((1080, 1920))
    stage = stage_on(canvas, reflection=mounting((1080, 1920), 531.0, 149.0, 0.0), panel_height_mm=531.0)
    px_per_mm = 1920 / 531.0
    assert 2 * stage.glass.marks.radius >= 40 * px_per_mm
    stage.glass.begin()
    mark = KneeMark(Verdict.GOOD, None, None, None)
    stage.glass.marks.knee(stage.glass.sheet, mark, (540, 960), 1)
    stage.glass.finish()
    row = pixels(canvas)[960].max(axis=-1).astype(int)
    assert np.abs(np.diff(row)).max() < 60


# -- which view


def test_without_a_measured_lens_the_mirrored_picture_is_shown() -> None:
    where, said = pick_view((1080, 1920), ScreenSettings())
    assert where is None
    assert "camera_x_mm" in said


def test_with_a_measured_lens_the_reflection_is_marked() -> None:
    measured = ScreenSettings(camera_x_mm=150.0, camera_y_mm=-20.0, panel_height_mm=531.0)
    where, said = pick_view((1080, 1920), measured)
    assert where == mounting((1080, 1920), 531.0, 150.0, -20.0)
    assert said == "marks on the reflection"
    assert pick_view((1080, 1920), measured.model_copy(update={"view": "camera"}))[0] is None


def test_a_reflection_asked_for_without_measures_says_that_it_is_rough() -> None:
    where, said = pick_view((1080, 1920), ScreenSettings(view="reflection"))
    assert where is not None
    for name in ("camera_x_mm", "camera_y_mm", "panel_height_mm"):
        assert name in said


def test_an_unknown_language_is_told_and_english_shown() -> None:
    stage, said = open_stage(pygame.Surface((480, 800)), ScreenSettings(), "tlh", (3.5, 6.0))
    assert "'tlh'" in said
    assert "English" in said
    assert stage.glass.words("screen.left_knee") == "left knee"


# -- prediction


def moving(t: float, speed: float) -> Feedback:
    """A left knee that moves right at this speed, in shares of the frame a second; also in the room."""
    x = 0.5 + speed * t
    mark = replace(LEFT_IN, knee=(x, 0.6), target=None, knee_ray=Ray(x, -0.2, 2.0), target_ray=None)
    return replace(nothing(t, State.SQUATTING), left=mark, eye=EYE)


def predicted(speed: float, ahead: float, every: float = 1 / 30) -> Feedback:
    prediction = Prediction()
    last = nothing(0.0)
    for i in range(12):
        last = moving(i * every, speed)
        prediction.at(last, None)
    return prediction.at(last, last.t + ahead)


@pytest.mark.parametrize("every", [1 / 30, 1 / 15, 1 / 8])
@given(speed=st.floats(-1, 1), ahead=st.floats(0, MOST_S))
def test_a_knee_that_moves_evenly_is_marked_where_it_is_by_now(
    every: float, speed: float, ahead: float
) -> None:
    left = predicted(speed, ahead, every).left
    now = 0.5 + speed * (11 * every + ahead)
    assert left.knee == pytest.approx((now, 0.6))
    assert left.knee_ray is not None
    assert left.knee_ray.x == pytest.approx(now)


@given(ahead=st.floats(MOST_S, 10))
def test_nothing_is_moved_on_for_longer_than_the_clamp(ahead: float) -> None:
    assert predicted(0.5, ahead).left.knee == pytest.approx(predicted(0.5, MOST_S).left.knee)


def test_a_mark_is_never_moved_back_in_time() -> None:
    assert predicted(0.5, -0.1).left.knee == predicted(0.5, 0.0).left.knee


def test_a_first_sight_and_one_after_a_gap_stay_where_they_were_seen() -> None:
    prediction = Prediction()
    first = moving(0.0, 1.0)
    assert prediction.at(first, 0.1) == first
    late = moving(2.0, 1.0)
    assert prediction.at(late, 2.1) == late


def test_verdicts_words_and_counts_are_never_predicted() -> None:
    before, after = predicted(0.5, 0.0), predicted(0.5, 0.1)
    assert after.left.verdict is before.left.verdict
    assert replace(after, left=before.left, right=before.right, eye=before.eye) == before


def test_a_knee_out_of_sight_is_not_made_up() -> None:
    prediction = Prediction()
    for i in range(5):
        prediction.at(moving(i / 30, 0.5), None)
    gone = replace(nothing(5 / 30, State.SQUATTING), eye=EYE)
    assert prediction.at(gone, 6 / 30).left.knee is None
