"""The line of the depth somebody aims for: broken, then whole with a tick, by shape and not by colour."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

pygame = pytest.importorskip("pygame")
pytest.importorskip("cv2")

from mirror.coach.feedback import DepthAimed  # noqa: E402
from mirror.screen import samples  # noqa: E402

from screen_moments import SIZES, pixels, stage_on  # noqa: E402  isort: skip

WHITE = (255, 255, 255)
BARE = replace(samples.squatting(), cue=None, note=None, left=samples.NO_MARK, right=samples.NO_MARK)
UPRIGHT = (1080, 1920)


def drawn(depth: DepthAimed | None, size: tuple[int, int] = UPRIGHT) -> np.ndarray:
    canvas = pygame.Surface(size)
    stage_on(canvas).draw(replace(BARE, depth_aimed=depth), None, (640, 480))
    return pixels(canvas)


def gauge(
    now_deg: float | None, reached: bool, size: tuple[int, int] = UPRIGHT, aim: float = 0.0
) -> np.ndarray:
    """Where the gauge differs from a glass without one."""
    with_it = drawn(DepthAimed(aim, now_deg, reached), size).astype(int)
    return np.abs(with_it - drawn(None, size).astype(int)).max(axis=-1) > 60


def pieces(row: np.ndarray) -> list[int]:
    """Lengths of the pieces of a row, px."""
    edges = np.flatnonzero(np.diff(row.astype(int), prepend=0, append=0))
    return [int(length) for length in edges[1::2] - edges[::2]]


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
def test_the_line_is_broken_until_it_is_reached_and_whole_with_a_tick_then(size: tuple[int, int]) -> None:
    before, after = gauge(None, False, size), gauge(None, True, size)
    broken, whole = (max(max(pieces(row), default=0) for row in seen) for seen in (before, after))
    assert whole >= 2.5 * broken
    line = max(range(size[1]), key=lambda y: before[y].sum())
    assert len(pieces(before[line])) >= 2
    assert after.any(axis=0).sum() > 1.3 * before.any(axis=0).sum(), "the tick stands beyond the line"
    assert after.sum() > 2 * before.sum(), "without any colour it is another shape"


def test_all_of_it_is_without_colour() -> None:
    for reached in (False, True):
        shown = drawn(DepthAimed(0.0, 20.0, reached))
        there = gauge(20.0, reached)
        assert np.ptp(shown[there].astype(int), axis=-1).max() == 0


def test_the_pointer_goes_down_with_the_thighs_and_meets_the_line_at_the_depth() -> None:
    def pointer(deg: float) -> float:
        only = gauge(deg, False) & ~gauge(None, False)
        return float(np.flatnonzero(only.any(axis=1)).mean())

    high, low = pointer(50.0), pointer(20.0)
    assert low - high > 60
    line = gauge(None, False)
    widest = int(np.argmax(line.sum(axis=1)))
    assert pointer(5.0) == pytest.approx(widest, abs=20)
    assert pointer(300.0) < pointer(-300.0), "what is no depth stays on the gauge"


@pytest.mark.parametrize("aim", [-20.0, 0.0, 30.0])
def test_the_line_lies_on_the_glass_whatever_is_aimed_for(aim: float) -> None:
    assert gauge(None, True, (480, 800), aim).sum() > 50


def test_words_keep_clear_of_it() -> None:
    stage = stage_on(pygame.Surface(UPRIGHT))
    stage.draw(samples.variants()["aiming"], None, (640, 480))
    block = pygame.Rect(stage.glass.word.block)
    assert not any(block.colliderect(pygame.Rect(place)) for place in stage.glass.marked)
