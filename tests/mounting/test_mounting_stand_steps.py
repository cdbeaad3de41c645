"""The mounting calibration: simulated people keep still on marks, and what can't be true is refused."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import simulate

from mirror.knees.constants import ANATOMICAL
from mirror.knees.optics import Camera
from mirror.mounting.stand_steps import Implausible, MountingSteps, check
from mirror.mounting.still import Asked
from mirror.mounting.tilt import About, Hanging

HANGS = simulate.Camera(hfov_deg=62.0, height_m=1.12, tilt_deg=5.0, distance_m=2.2)
LOOKS = Camera(62.0)
FORWARD = [simulate.Replant(forward_m=-0.25)] * 4
"""A metre back, step by step, from 2.2 m to 3.2 m."""


def watched(steps: MountingSteps, sim: simulate.Simulated) -> list[Asked]:
    return [
        steps.update(float(t), k, sim.image_size, True) for t, k in zip(sim.t, sim.keypoints, strict=True)
    ]


def stood(seconds: float = 4.0, hangs: simulate.Camera = HANGS, **who: float) -> simulate.Simulated:
    return simulate.simulate(
        [simulate.Stand(seconds)],
        body=simulate.Body(**who),
        camera=hangs,
        noise=simulate.Noise(sigma_px=0.7),
    )


def test_a_person_of_known_stature_who_keeps_still_for_three_seconds_gives_the_tilt() -> None:
    steps = MountingSteps(LOOKS, ANATOMICAL, 1.12, 1.72)
    asked = watched(steps, stood())
    assert asked[0] == Asked("stand", 0.0, 1, 1)
    assert [a.progress for a in asked] == sorted(a.progress for a in asked)
    first_done = next(i for i, a in enumerate(asked) if a.progress == 1.0)
    assert 2.9 < first_done / 30 < 3.3
    assert steps.result().tilt_deg.value == pytest.approx(5.0, abs=1.0)


def test_a_mark_of_known_distance_does_for_a_person_of_unknown_stature() -> None:
    steps = MountingSteps(LOOKS, ANATOMICAL, 1.12, None, (2.2,))
    asked = watched(steps, stood(stature_m=1.93))
    assert asked[0] == Asked("stand_on", 0.0, 1, 1, 2.2)
    assert steps.result().tilt_deg.value == pytest.approx(5.0, abs=1.0)


def test_two_marks_give_the_height_too_and_the_second_stand_waits_for_the_walk() -> None:
    sim = simulate.simulate(
        [simulate.Stand(5.0), *FORWARD, simulate.Stand(4.0)],
        camera=HANGS,
        noise=simulate.Noise(sigma_px=0.7),
        stance_m=0.2,
    )
    steps = MountingSteps(LOOKS, ANATOMICAL, None, 1.72, (2.2, 3.2))
    asked = watched(steps, sim)
    second = [(t, a) for t, a in zip(sim.t, asked, strict=True) if a.n == 2]
    assert second[0][0] == pytest.approx(3.0, abs=0.3)
    begun = next(t for t, a in second if a.progress > 0)
    assert begun > 5.0 + 2 * 1.6  # not while still on the first mark, nor half way
    finished = next(t for t, a in second if a.progress == 1.0)
    assert finished > 5.0 + 4 * 1.6 + 2.5
    found = steps.result()
    assert found.height_m.value == pytest.approx(1.12, abs=0.06)
    assert found.tilt_deg.value == pytest.approx(5.0, abs=1.5)


def test_a_fidgeting_person_begins_anew() -> None:
    moving = [simulate.Stand(2.0), simulate.Squat(rest_s=0.0), simulate.Stand(3.6)]
    sim = simulate.simulate(moving, camera=HANGS)
    steps = MountingSteps(LOOKS, ANATOMICAL, 1.12, 1.72)
    progress = np.array([a.progress for a in watched(steps, sim)])
    assert progress[sim.t < 2.0].max() == pytest.approx(0.65, abs=0.05)
    assert progress[(sim.t > 2.5) & (sim.t < 4.0)].max() < 0.3
    assert steps.done


def test_nobody_and_half_a_body_are_no_stand() -> None:
    sim = stood()
    steps = MountingSteps(LOOKS, ANATOMICAL, 1.12, 1.72)
    for t, k in zip(sim.t, sim.keypoints, strict=True):
        assert steps.update(float(t), k, sim.image_size, False).progress == 0.0
    cut = sim.keypoints.copy()
    cut[:, 15:17, 2] = 0.1
    for t, k in zip(sim.t, cut, strict=True):
        assert steps.update(float(t), k, sim.image_size, True) == Asked("show_feet", 0.0, 1, 1)
    assert not steps.done


def test_a_height_that_was_measured_wrong_by_far_does_not_fit_two_marks() -> None:
    sim = simulate.simulate([simulate.Stand(4.0), *FORWARD, simulate.Stand(4.0)], camera=HANGS, stance_m=0.2)
    steps = MountingSteps(LOOKS, ANATOMICAL, 1.12, 1.72, (2.9, 3.9))  # measured from the wrong wall
    watched(steps, sim)
    assert steps.done
    with pytest.raises(Implausible, match="don't fit together"):
        steps.result()


PLAIN = Hanging(About(4.0, 0.5), About(0.0, 1.0), About(1.05, 0.015), About(1.72, 0.02), (About(2.5, 0.02),))


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"tilt_deg": About(48.0, 0.5)}, "48 degrees"),
        ({"tilt_deg": About(-36.0, 0.5)}, "-36 degrees"),
        ({"height_m": About(0.1, 0.01)}, "0.10 m"),
        ({"height_m": About(3.4, 0.01)}, "3.40 m"),
        ({"tilt_deg": About(4.0, 2.4)}, "not enough"),
        ({"height_m": About(1.05, 0.12)}, "not enough"),
        ({"misfit": 6.0}, "don't fit"),
        ({"tilt_deg": About(float("nan"), 0.5)}, "do not say"),
    ],
)
def test_what_no_mirror_s_camera_can_be_is_refused_with_a_reason(wrong: dict[str, About], says: str) -> None:
    check(PLAIN)
    with pytest.raises(Implausible, match=says):
        check(replace(PLAIN, **wrong))  # type: ignore[arg-type]
