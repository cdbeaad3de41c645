"""A knee whose reflection leaves the panel is not lost: a sign at the edge, and a tip that points there."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

pygame = pytest.importorskip("pygame")
pytest.importorskip("cv2")

from mirror.coach.feedback import NO_MARK, KneeMark, State, nothing  # noqa: E402
from mirror.coach.mark_style import COLOUR  # noqa: E402
from mirror.knees.reading import Ray, Verdict  # noqa: E402
from mirror.screen.overlay import mounting  # noqa: E402
from mirror.screen.samples import EYE, GOOD_KNEE  # noqa: E402

from screen_moments import near, pixels, stage_on  # noqa: E402  isort: skip

SIZE = (1920, 1080)
WHERE = mounting(SIZE, 299.0, 265.5, -15.0)
DEPTH_M = 2.2


def mark_at(x: float, y: float, verdict: Verdict = Verdict.GOOD) -> KneeMark:
    """A knee that is seen at this pixel of the glass, which may lie beyond it."""
    share = EYE.depth_m * DEPTH_M / (EYE.depth_m + DEPTH_M) * WHERE.px_per_m
    ray = Ray((WHERE.camera_x - x) / share - EYE.x, (WHERE.camera_y - y) / share - EYE.y, DEPTH_M)
    return replace(GOOD_KNEE, verdict=verdict, knee_ray=ray, target_ray=ray)


def drawn(mark: KneeMark, reflected: bool = True) -> np.ndarray:
    canvas = pygame.Surface(SIZE)
    moment = replace(nothing(0.0, State.SQUATTING), right=mark, left=NO_MARK, eye=EYE, target_is_guess=False)
    stage = stage_on(canvas, reflection=WHERE if reflected else None)
    stage.draw(moment, None, (640, 480))
    shown = pixels(canvas)
    shown[:150, 1200:] = 0  # the count
    return shown


def box(lit: np.ndarray) -> tuple[float, float, float, float]:
    """Left, top, right, bottom of what is lit."""
    y, x = np.nonzero(lit)
    return float(x.min()), float(y.min()), float(x.max()), float(y.max())


@pytest.mark.parametrize(
    ("x", "y", "side"),
    [
        (700, 1300, "bottom"),
        (700, -300, "top"),
        (-200, 500, "left"),
        (2100, 600, "right"),
        (-90, 1500, "bottom"),
    ],
)
def test_it_stands_at_the_edge_beyond_which_the_knee_is(x: int, y: int, side: str) -> None:
    left, top, right, bottom = box(near(drawn(mark_at(x, y)), COLOUR[Verdict.GOOD]))
    middle = (left + right) / 2, (top + bottom) / 2
    to_edge = {
        "left": middle[0],
        "top": middle[1],
        "right": SIZE[0] - middle[0],
        "bottom": SIZE[1] - middle[1],
    }
    assert to_edge[side] < 160
    if side in ("top", "bottom") and x > 0:
        assert middle[0] == pytest.approx(x, abs=4), "straight above or below the knee"
    tip = box(near(drawn(mark_at(x, y)), (255, 255, 255)))
    nearer = {"left": tip[0] < left, "top": tip[1] < top, "right": tip[2] > right, "bottom": tip[3] > bottom}
    assert nearer[side], "the tip is between the sign and the edge"
    assert tip[0] > 0
    assert tip[2] < SIZE[0]
    assert tip[1] > 0
    assert tip[3] < SIZE[1]


def test_each_verdict_has_its_own_shape_there() -> None:
    lit = [drawn(mark_at(700, 1300, verdict)).max(axis=-1) > 100 for verdict in Verdict]
    for i, one in enumerate(lit):
        for other in lit[i + 1 :]:
            assert (one != other).mean() > 0.0002


def test_a_knee_on_the_panel_has_its_ring_and_no_tip() -> None:
    ring = near(drawn(mark_at(700, 900)), COLOUR[Verdict.GOOD])
    left, _, right, _ = box(ring)
    beyond = near(drawn(mark_at(700, 1300)), COLOUR[Verdict.GOOD])
    assert right - left > 1.5 * (box(beyond)[2] - box(beyond)[0])
    assert not ring[895:905, 695:705].any(), "a ring is open"


def test_at_rest_only_the_tip_says_where_the_knee_is() -> None:
    resting = replace(mark_at(700, 1300, Verdict.UNKNOWN), at_rest=True)
    lit = drawn(resting).max(axis=-1) > 100
    assert 0 < lit.sum() < 0.6 * (drawn(mark_at(700, 1300, Verdict.UNKNOWN)).max(axis=-1) > 100).sum()


def test_in_the_picture_a_knee_stays_where_it_is_seen() -> None:
    below = replace(mark_at(0, 0), knee=(0.4, 1.1), target=None)
    assert not near(drawn(below, reflected=False), COLOUR[Verdict.GOOD]).any()
