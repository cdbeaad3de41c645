"""What arms say, seen by a camera: held on purpose it counts once, with a bar or in a squat it never does."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np
import pytest
import simulate
from hypothesis import given
from hypothesis import strategies as st
from simulate import RaiseArms, Squat, Stand

from mirror.coach.feedback import Gesture, GestureProgress
from mirror.coach.gestures import HOLD_S, LOCK_OUT_S, Arms, Bar, Gestures, arms_of, shown

HANGING = Arms(((0.5, 0.0),) * 2, ((0.6, -0.8),) * 2, ((0.6, -1.5),) * 2, (0.6, 0.6), 0.8)
OVERHEAD = replace(HANGING, elbows=((0.7, 0.8),) * 2, wrists=((0.6, 1.5),) * 2)
TEE = replace(HANGING, elbows=((1.3, 0.0),) * 2, wrists=((2.0, 0.0),) * 2)


def asked(sim: simulate.Simulated, *, blocked_by_bar: bool = True) -> list[tuple[float, Gesture]]:
    """(when, what) counts over a simulated stretch, standing throughout."""
    gestures, bar, found = Gestures(), Bar(), []
    for t, keypoints in zip(sim.t, sim.keypoints, strict=True):
        arms = arms_of(keypoints, sim.image_size)
        held = bar.update(float(t), arms)
        _, gesture = gestures.update(float(t), arms, not (held and blocked_by_bar))
        found += [(float(t), gesture)] if gesture else []
    return found


@pytest.mark.parametrize(
    ("to", "which", "gesture"),
    [
        ("up", "both", Gesture.START),
        ("up", "right", Gesture.NEXT),
        ("up", "left", Gesture.BACK),
        ("tee", "both", Gesture.PAUSE),
    ],
)
@pytest.mark.parametrize("fps", [30.0, 10.0])
def test_every_gesture_counts_once(to: str, which: str, gesture: Gesture, fps: float) -> None:
    sim = simulate.simulate(
        [Stand(1.0), RaiseArms(3.5, to, which), Stand(1.0)],
        hands="hang",
        noise=simulate.Noise(sigma_px=1.0),
        fps=fps,
    )
    assert [what for _, what in asked(sim)] == [gesture]


def test_squats_with_hands_in_front_ask_for_nothing() -> None:
    for hands in ("front", "clasp", "hang", "bar"):
        sim = simulate.simulate([Stand(1.5), Squat(), Squat(), Stand(1.0)], hands=hands)
        assert asked(sim) == []


@pytest.mark.parametrize("which", ["left", "right"])
def test_with_a_bar_on_the_shoulders_nothing_counts(which: str) -> None:
    sim = simulate.simulate([Stand(2.0), RaiseArms(2.0, "up", which)], hands="bar")
    assert asked(sim) == []


def test_a_bar_is_held_after_a_second_and_let_go_after_half_a_second() -> None:
    at_bar = replace(HANGING, wrists=((0.7, 0.1), (0.7, 0.1)))
    bar = Bar()
    held = [bar.update(i / 30, at_bar) for i in range(60)]
    assert held.index(True) == pytest.approx(30, abs=1)
    assert bar.update(2.0, HANGING)
    assert bar.update(2.3, HANGING)
    assert not bar.update(2.55, HANGING)


@pytest.mark.parametrize(
    "wrists",
    [
        ((-0.3, -0.2), (-0.3, -0.2)),  # crossed before the chest
        ((0.2, -0.3), (0.2, -0.3)),  # a weight held there
        ((0.1, -0.4), (0.7, 0.1)),  # one hand only
        ((0.65, -0.6), (0.65, -0.6)),  # hanging, elbows bent
    ],
)
def test_hands_that_are_not_outside_the_shoulders_hold_no_bar(
    wrists: tuple[tuple[float, float], tuple[float, float]],
) -> None:
    bar = Bar()
    assert not any(bar.update(i / 30, replace(HANGING, wrists=wrists)) for i in range(60))


def play(moments: Iterable[tuple[float, Arms | None]], *, allowed: bool = True) -> list[object]:
    gestures = Gestures()
    return [gestures.update(t, arms, allowed) for t, arms in moments]


def held(arms: Arms, seconds: float, start: float = 0.0) -> list[tuple[float, Arms | None]]:
    return [(start + i / 30, arms) for i in range(round(seconds * 30))]


def test_progress_runs_from_nought_to_one_and_counts_at_the_end() -> None:
    said = play(held(OVERHEAD, 1.0))
    shares = [progress.share for progress, _ in said if isinstance(progress, GestureProgress)]
    assert shares == sorted(shares)
    assert shares[0] == 0.0
    assert shares[-1] == 1.0
    (counted,) = [i for i, (_, gesture) in enumerate(said) if gesture]
    assert counted / 30 == pytest.approx(HOLD_S, abs=0.05)


def test_held_on_and_on_it_counts_once() -> None:
    assert sum(gesture is not None for _, gesture in play(held(TEE, 20.0))) == 1


def test_nothing_counts_in_the_lock_out() -> None:
    moments = held(TEE, 1.0) + held(HANGING, 0.3, 1.0) + held(TEE, 3.0, 1.3)
    times = [t for (t, _), (_, gesture) in zip(moments, play(moments), strict=True) if gesture]
    assert len(times) == 2
    assert times[1] - times[0] >= LOCK_OUT_S + HOLD_S - 0.05


def test_a_wave_of_the_arms_is_no_gesture() -> None:
    moments = []
    for i in range(6):
        moments += held(OVERHEAD, 0.5, i * 1.0) + held(HANGING, 0.5, i * 1.0 + 0.5)
    assert all(gesture is None for _, gesture in play(moments))


def test_a_frame_lost_in_between_does_not_matter() -> None:
    moments = held(TEE, 1.2)
    moments[10] = (moments[10][0], None)
    moments[11] = (moments[11][0], HANGING)
    assert [gesture for _, gesture in play(moments) if gesture] == [Gesture.PAUSE]


def test_where_nothing_is_allowed_nothing_is_even_begun() -> None:
    assert all(said == (None, None) for said in play(held(TEE, 3.0), allowed=False))


def test_arms_that_are_not_seen_make_no_gesture() -> None:
    sim = simulate.simulate([Stand(1.0), RaiseArms(3.0, "up", "both")], hands="hang")
    hidden = sim.keypoints.copy()
    hidden[:, [9, 10], 2] = 0.1
    assert all(
        (arms := arms_of(keypoints, sim.image_size)) is None or shown(arms) is None for keypoints in hidden
    )


def test_somebody_with_their_back_to_the_camera_has_no_arms() -> None:
    keypoints = simulate.simulate([Stand(0.5)]).keypoints[0]
    turned = keypoints.copy()
    turned[[5, 6]] = turned[[6, 5]]
    assert arms_of(turned, (640, 480)) is None


@given(st.integers(0, 2**32 - 1))
def test_any_keypoints_whatever_are_survived(seed: int) -> None:
    keypoints = np.random.default_rng(seed).uniform(0, 1, (17, 3)).astype(np.float32)
    arms = arms_of(keypoints, (480, 640))
    assert arms is None or shown(arms) in (None, *Gesture)
