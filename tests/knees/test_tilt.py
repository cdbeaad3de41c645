"""The camera's tilt from somebody who stands."""

from __future__ import annotations

import numpy as np
import pytest
import simulate
from hypothesis import given, settings
from hypothesis import strategies as st

from mirror.knees.constants import ANATOMICAL
from mirror.knees.optics import Camera
from mirror.knees.tilt import with_tilt


def found(
    sim: simulate.Simulated, stature_m: float | None, height_m: float | None, how: str = "assumed"
) -> Camera:
    camera = Camera(sim.camera.hfov_deg, 8.0, 0.0, height_m, (("tilt", how),))
    seen = np.ones(len(sim.t), np.bool_)
    return with_tilt(camera, sim.t, sim.keypoints, sim.image_size, seen, ANATOMICAL, stature_m)


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
    assert camera.tilt_deg == pytest.approx(tilt, abs=1.5)  # persistent keypoint noise alone makes 1.1
    assert dict(camera.how_known)["tilt"] == "camera height and stature"


def test_without_a_stature_the_tilt_is_found_roughly_and_says_so() -> None:
    sim = simulate.simulate(
        [simulate.Stand(1.5)], body=simulate.Body(stature_m=1.85), camera=simulate.Camera(tilt_deg=12.0)
    )
    camera = found(sim, None, sim.camera.height_m)
    assert camera.tilt_deg == pytest.approx(12.0, abs=5.0)
    assert dict(camera.how_known)["tilt"] == "camera height and an assumed stature"


@pytest.mark.parametrize(
    ("name", "height_m", "how"), [("height unknown", None, "assumed"), ("tilt given", 1.05, "given")]
)
def test_a_tilt_is_left_alone(name: str, height_m: float | None, how: str) -> None:
    sim = simulate.simulate([simulate.Stand(1.5)], camera=simulate.Camera(tilt_deg=15.0))
    assert found(sim, 1.72, height_m, how).tilt_deg == 8.0, name
