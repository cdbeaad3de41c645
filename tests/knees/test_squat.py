"""What goes down and comes up again, told from the hips' height alone, with nothing measured before."""

from __future__ import annotations

import numpy as np
import pytest

from mirror.knees.reading import Phase
from mirror.knees.squat import RepCounter, Span, depth_label


def squat(
    depth: float, down: float = 1.1, hold: float = 0.2, up: float = 1.0, rest: float = 0.8, top: float = 0.0
) -> np.ndarray:
    """Progress of one squat, 100 values a second. top: how much of it is left at the top after it."""
    there = (1 - np.cos(np.linspace(0, np.pi, int(100 * down)))) / 2
    back = (1 + np.cos(np.linspace(0, np.pi, int(100 * up)))) / 2
    up_again = top + (depth - top) * back
    return np.concatenate(
        [depth * there, depth * np.ones(int(100 * hold)), up_again, top * np.ones(int(100 * rest))]
    )


STAND = np.zeros(100)
LEG = 0.35
"""Tangents."""


def tell(counter: RepCounter, t: float, q: float, nearness: float = 1.0) -> Span | None:
    """One frame of somebody this far down. nearness: how much larger they are in the picture."""
    height = LEG * nearness * (1.0 - q)
    return counter.update(t, height, 1.0 - 1.3 * q, 0.42 * nearness)


def count(q: np.ndarray, every: int = 3, stretch: float = 1.0, *, ends: bool = False) -> list[Span]:
    """Spans found in q (100 values a second) when every so-many-th value is seen. ends: nothing follows."""
    counter = RepCounter()
    spans = [tell(counter, stretch * i / 100, float(q[i])) for i in range(0, len(q), every)]
    spans += [counter.finish()] if ends else []
    return [span for span in spans if span]


@pytest.mark.parametrize("every", [1, 3, 7, 10], ids=lambda n: f"{100 // n} frames a second")
def test_five_squats_are_five_repetitions_at_any_frame_rate(every: int) -> None:
    q = np.concatenate([STAND] + [squat(0.5)] * 5)
    assert len(count(q, every)) == 5


@pytest.mark.parametrize("every", [1, 3, 10], ids=lambda n: f"{100 // n} frames a second")
def test_nobody_has_to_stand_first(every: int) -> None:
    """From the first frame on the hips come down, and from one squat straight into the next."""
    q = np.concatenate([squat(0.5, rest=0.0)[5:], squat(0.5, rest=0.0), squat(0.5, rest=0.1)])
    assert len(count(q, every)) == 3


def test_a_repetition_is_dated_where_it_began_and_ended() -> None:
    (span,) = count(np.concatenate([STAND, squat(0.5)]))
    assert span.start_s == pytest.approx(1.0, abs=0.12)
    assert span.bottom_s == pytest.approx(2.15, abs=0.2)
    assert span.end_s == pytest.approx(3.3, abs=0.15)


SLOW = [
    squat(0.5, down=5, hold=2, up=1.5),
    squat(0.5, down=5, hold=0, up=5),
    squat(0.5, down=12, hold=2, up=12),
]
HALF_AGAIN = np.concatenate([squat(0.5)[:130], squat(0.5, down=0.6, up=0.6)[75:99], squat(0.5)[90:]])
PULSES = np.concatenate(
    [squat(0.5)[:130], *[0.5 - 0.1 * np.sin(np.linspace(0, np.pi, 60))] * 4, squat(0.5)[130:]]
)
BOUNCE = np.concatenate([squat(0.5)[:120], [0.42] * 20, squat(0.55)[100:]])


@pytest.mark.parametrize(
    ("name", "q", "expected"),
    [
        ("a quarter squat counts", squat(0.13), 1),
        ("a dip of the hips does not", squat(0.085), 0),
        ("five down, two held, one and a half up counts", SLOW[0], 1),
        ("five down and five up counts", SLOW[1], 1),
        ("twelve down and twelve up counts", SLOW[2], 1),
        ("held for ten seconds counts", squat(0.5, hold=10), 1),
        ("a twitch does not", squat(0.3, down=0.15, hold=0, up=0.15), 0),
        ("a bounce at the bottom is one", BOUNCE, 1),
        ("a sticking point is one", np.concatenate([squat(0.5)[:180], [0.4] * 60, squat(0.5)[180:]]), 1),
        ("one and a half squats are one", HALF_AGAIN, 1),
        ("pulses at the bottom are one", PULSES, 1),
        ("two squats without a rest are two", np.concatenate([squat(0.5, rest=0.3), squat(0.5)]), 2),
        ("knees never quite straight at the top", np.concatenate([squat(0.5, rest=0.2, top=0.08)] * 8), 8),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_counts(name: str, q: np.ndarray, expected: int) -> None:
    assert len(count(np.concatenate([STAND, q, STAND]))) == expected, name


def test_stretching_time_keeps_the_repetitions() -> None:
    q = np.concatenate([STAND, squat(0.5), squat(0.4), squat(0.3), STAND])
    assert len(count(q, stretch=0.8)) == len(count(q)) == len(count(q, stretch=1.5)) == 3


def test_first_seen_on_the_way_down_counts_where_most_of_the_way_was_seen() -> None:
    whole = squat(0.55)
    early, late, low = whole[40:], whole[85:], whole[115:]
    assert [len(count(np.concatenate([q, squat(0.5)]))) for q in (early, late, low)] == [2, 1, 1]


def test_a_repetition_cut_off_by_the_end_is_none_unless_it_was_nearly_over() -> None:
    q = np.concatenate([STAND, squat(0.5, rest=0.0)])
    assert [len(count(q[:end], every=1, ends=True)) for end in (200, 250, 280, 306)] == [0, 0, 0, 1]
    assert count(q[:306], every=1) == []


def test_the_phase_follows_at_once() -> None:
    counter = RepCounter()
    q = np.concatenate([STAND, squat(0.5)])
    phase = {}
    for i, value in enumerate(q):
        tell(counter, i / 100, float(value))
        phase.setdefault(counter.phase, i / 100)
    assert phase[Phase.DOWN] < 1.45
    assert phase[Phase.UP] < 2.75
    assert counter.phase is Phase.STAND


def test_whoever_steps_back_and_stands_is_not_down() -> None:
    """Everybody is smaller in the picture from further away."""
    counter = RepCounter()
    nearness = np.interp(np.arange(500) / 100, [1.0, 1.5], [1.0, 0.8])
    spans = [tell(counter, i / 100, 0.0, float(nearness[i])) for i in range(500)]
    assert counter.phase is Phase.STAND
    spans += [tell(counter, 5.0 + i / 100, float(q), 0.8) for i, q in enumerate(squat(0.4))]
    assert len([span for span in spans if span]) == 1


def test_out_of_sight_for_a_second_begins_anew() -> None:
    counter = RepCounter()
    q = np.concatenate([STAND, squat(0.5)])
    spans = [tell(counter, i / 100 + (2.0 if i > 200 else 0.0), float(value)) for i, value in enumerate(q)]
    assert [span for span in spans if span] == []


@pytest.mark.parametrize(
    ("depth_deg", "label"),
    [(30, "high"), (10, "nearly parallel"), (0, "parallel"), (-10, "below parallel"), (None, "unknown")],
)
def test_depth_has_a_word(depth_deg: float | None, label: str) -> None:
    assert depth_label(depth_deg) == label


def test_a_depth_that_is_no_number_has_no_word() -> None:
    assert depth_label(None) == depth_label(float("nan")) == "unknown"
    assert depth_label(0.0) == "parallel"
