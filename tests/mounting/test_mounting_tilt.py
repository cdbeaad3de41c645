"""How the camera hangs, from people who stand before it."""

from __future__ import annotations

import numpy as np
import pytest
import simulate
from hypothesis import given, settings
from hypothesis import strategies as st

from mirror.knees.constants import ANATOMICAL
from mirror.knees.optics import Camera
from mirror.mounting.tilt import About, Hanging, hanging, sighting, with_tilt


def found(
    sim: simulate.Simulated, stature_m: float | None, height_m: float | None, how: str = "assumed"
) -> Camera:
    camera = Camera(sim.camera.hfov_deg, 8.0, 0.0, height_m, (("tilt", how),))
    seen = np.ones(len(sim.t), np.bool_)
    return with_tilt(camera, sim.t, sim.keypoints, sim.image_size, seen, ANATOMICAL, stature_m)


def stood(
    camera: simulate.Camera, stature_m: float = 1.72, sigma_px: float = 0.0, seed: int = 0, **how: float
) -> simulate.Simulated:
    """Somebody standing for a second before this camera."""
    noise = simulate.Noise(sigma_px=sigma_px)
    return simulate.simulate(
        [simulate.Stand(1.0)], body=simulate.Body(stature_m), camera=camera, noise=noise, seed=seed, **how
    )


def fitted(
    sims: list[simulate.Simulated], height: About, stature: About, distance: list[About | None]
) -> Hanging:
    sightings = [sighting(s.keypoints, s.image_size, Camera(s.camera.hfov_deg)) for s in sims]
    return hanging([s for s in sightings if s is not None], height, stature, distance)


@given(
    tilt=st.floats(-2, 9),  # steeper, a tall head leaves the picture
    stature=st.floats(1.5, 1.9),
    height=st.floats(0.9, 1.4),
    distance=st.floats(2.3, 3.2),
    seed=st.integers(0, 20),
)
@settings(max_examples=15)
def test_height_and_stature_give_the_tilt_within_keypoint_noise(
    tilt: float, stature: float, height: float, distance: float, seed: int
) -> None:
    sim = simulate.simulate(
        [simulate.Stand(1.5), simulate.Squat(), simulate.Stand(0.5)],
        body=simulate.Body(stature_m=stature),
        camera=simulate.Camera(distance_m=distance, height_m=height, tilt_deg=tilt),
        noise=simulate.Noise(sigma_px=0.8),
        seed=seed,
    )
    camera = found(sim, stature, height)
    assert camera.tilt_deg == pytest.approx(tilt, abs=1.3)  # persistent keypoint noise alone makes 1.1
    assert dict(camera.how_known)["tilt"].startswith("camera height and stature, +-0.")


def test_without_a_stature_the_tilt_is_found_roughly_and_says_so() -> None:
    sim = stood(simulate.Camera(tilt_deg=12.0), 1.85)
    camera = found(sim, None, sim.camera.height_m)
    assert camera.tilt_deg == pytest.approx(12.0, abs=3.5)
    assert dict(camera.how_known)["tilt"].startswith("camera height and an assumed stature, +-1.")


@pytest.mark.parametrize("height", [0.9, 1.1, 1.4])
def test_without_a_height_a_camera_that_sees_a_whole_person_is_taken_to_hang_as_such_cameras_do(
    height: float,
) -> None:
    sim = stood(simulate.Camera(height_m=height))  # aimed at the middle of the body
    camera = found(sim, None, None)
    assert camera.tilt_deg == pytest.approx(sim.tilt_deg, abs=7.0)  # and says +-4
    assert dict(camera.how_known)["tilt"].startswith("an assumed camera height and an assumed stature")


def test_a_tilt_that_was_given_is_left_alone() -> None:
    sim = stood(simulate.Camera(tilt_deg=15.0))
    assert found(sim, 1.72, 1.05, "given").tilt_deg == 8.0


def test_nobody_standing_gives_no_tilt() -> None:
    sim = stood(simulate.Camera())
    keypoints = sim.keypoints.copy()
    keypoints[..., 2] = 0.1
    assert sighting(keypoints, sim.image_size, Camera(48.5)) is None


@given(
    tilt=st.floats(-5, 12),
    roll=st.floats(-4, 4),
    aside=st.floats(-0.3, 0.3),
    yaw=st.floats(-5, 5),
)
@settings(max_examples=20)
def test_roll_comes_from_the_body_s_middle_line_wherever_it_stands(
    tilt: float, roll: float, aside: float, yaw: float
) -> None:
    sims = [
        stood(
            simulate.Camera(hfov_deg=70, height_m=1.05, tilt_deg=tilt, roll_deg=roll),
            place_m=(aside, 0.0),
            yaw_deg=yaw,
            seed=i,
        )
        for i in range(9)  # so that many bodies outvote the assumption of a level camera
    ]
    camera = fitted(sims, About(1.05, 0.01), About(1.72, 0.01), [])
    assert camera.roll_deg.value == pytest.approx(roll, abs=0.6)
    assert camera.tilt_deg.value == pytest.approx(tilt, abs=0.5)


def test_two_marks_of_known_distance_give_height_and_tilt() -> None:
    sims = [
        stood(simulate.Camera(distance_m=far, height_m=1.23, tilt_deg=6.0, hfov_deg=60), 1.80)
        for far in (2.2, 3.2)
    ]
    camera = fitted(sims, About(1.1, 0.25), About(1.80, 0.015), [About(2.2, 0.015), About(3.2, 0.015)])
    assert camera.height_m.value == pytest.approx(1.23, abs=0.03)
    assert camera.tilt_deg.value == pytest.approx(6.0, abs=0.6)


def test_what_is_said_of_the_uncertainty_holds_in_nine_cases_of_ten() -> None:
    rng = np.random.default_rng(3)
    inside = 0
    for seed in range(60):
        stature = float(rng.normal(1.70, 0.09))
        tilt, height, far = rng.uniform(-2, 8), rng.uniform(0.9, 1.3), rng.uniform(2.3, 3.2)
        sim = stood(
            simulate.Camera(height_m=height, tilt_deg=tilt, distance_m=far, hfov_deg=55), stature, 1.0, seed
        )
        camera = fitted([sim], About(height, 0.01), About(1.70, 0.09), [])
        inside += abs(camera.tilt_deg.value - tilt) < 1.65 * camera.tilt_deg.sd
    assert inside >= 50
