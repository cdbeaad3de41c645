"""Which movements are repetitions, told from progress alone."""

from __future__ import annotations

import numpy as np
import pytest

from mirror.knees.reading import Phase
from mirror.knees.squat import RepCounter, Span, depth_label


def squat(
    depth: float, down: float = 1.1, hold: float = 0.2, up: float = 1.0, rest: float = 0.8
) -> np.ndarray:
    """Progress of one squat, 100 values a second."""
    there = (1 - np.cos(np.linspace(0, np.pi, int(100 * down)))) / 2
    back = (1 + np.cos(np.linspace(0, np.pi, int(100 * up)))) / 2
    return depth * np.concatenate([there, np.ones(int(100 * hold)), back, np.zeros(int(100 * rest))])


STAND = np.zeros(100)


def count(q: np.ndarray, every: int = 3, stretch: float = 1.0) -> list[Span]:
    """Spans found in q (100 values a second) when every so-many-th value is seen."""
    counter = RepCounter()
    spans = [counter.update(stretch * i / 100, float(q[i])) for i in range(0, len(q), every)]
    return [span for span in spans if span]


@pytest.mark.parametrize("every", [1, 3, 7, 10], ids=lambda n: f"{100 // n} frames a second")
def test_five_squats_are_five_repetitions_at_any_frame_rate(every: int) -> None:
    q = np.concatenate([STAND] + [squat(0.5)] * 5)
    assert len(count(q, every)) == 5


def test_a_repetition_is_dated_where_it_began_and_ended() -> None:
    (span,) = count(np.concatenate([STAND, squat(0.5)]))
    assert span.start_s == pytest.approx(1.0, abs=0.12)
    assert span.bottom_s == pytest.approx(2.15, abs=0.2)
    assert span.end_s == pytest.approx(3.3, abs=0.12)


@pytest.mark.parametrize(
    ("name", "q", "expected"),
    [
        ("a quarter squat counts", squat(0.13), 1),
        ("a dip of the hips does not", squat(0.085), 0),
        ("a slow squat counts", squat(0.5, down=3, up=3), 1),
        ("sitting down does not", squat(0.5, hold=7, up=1), 0),
        ("a twitch does not", squat(0.3, down=0.15, hold=0, up=0.15), 0),
        (
            "a bounce at the bottom is one",
            np.concatenate([squat(0.5)[:120], [0.42] * 20, squat(0.55)[100:]]),
            1,
        ),
        ("a sticking point is one", np.concatenate([squat(0.5)[:180], [0.4] * 60, squat(0.5)[180:]]), 1),
        ("two squats without a rest are two", np.concatenate([squat(0.5, rest=0.3), squat(0.5)]), 2),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_counts(name: str, q: np.ndarray, expected: int) -> None:
    assert len(count(np.concatenate([STAND, q, STAND]))) == expected, name


def test_stretching_time_keeps_the_repetitions() -> None:
    q = np.concatenate([STAND, squat(0.5), squat(0.4), squat(0.3), STAND])
    assert len(count(q, stretch=0.8)) == len(count(q)) == len(count(q, stretch=1.5)) == 3


def test_a_cancelled_movement_is_not_counted_and_the_next_one_is() -> None:
    counter, spans = RepCounter(), []
    q = np.concatenate([STAND, squat(0.5), squat(0.5)])
    for i, value in enumerate(q):
        if i == 180:
            assert counter.phase is Phase.DOWN
            counter.cancel()
        spans.append(counter.update(i / 100, float(value)))
    (span,) = [span for span in spans if span]
    assert span.start_s > 3


@pytest.mark.parametrize(
    ("depth_deg", "label"),
    [(30, "high"), (10, "nearly parallel"), (0, "parallel"), (-10, "below parallel"), (None, "unknown")],
)
def test_depth_has_a_word(depth_deg: float | None, label: str) -> None:
    assert depth_label(depth_deg) == label


def test_a_depth_that_is_no_number_has_no_word() -> None:
    assert depth_label(None) == depth_label(float("nan")) == "unknown"
    assert depth_label(0.0) == "parallel"
