"""The kernel against a simulated person whose every angle is known."""

from __future__ import annotations

import numpy as np
import pytest
import simulate
from hypothesis import given, settings
from hypothesis import strategies as st

from mirror.knees.optics import Camera, rectify, unrectify
from mirror.knees.shank import deviation, lift, target, thigh_elevation

ANKLES, KNEES, HIPS = [15, 16], [13, 14], [11, 12]


def seen_by(sim: simulate.Simulated) -> tuple[Camera, np.ndarray]:
    """The camera of a simulation, and its noiseless joints as rectified tangents (T, 17, 2)."""
    camera = Camera(sim.camera.hfov_deg, sim.tilt_deg, sim.camera.roll_deg)
    return camera, rectify(sim.exact, sim.image_size, camera)


def true_depth(sim: simulate.Simulated) -> np.ndarray:
    """(2,) distance of the ankles along the camera's level axis, in shank lengths."""
    shank = sim.body.shank * sim.body.stature_m
    ahead = sim.camera.distance_m - sim.joints[0, ANKLES, 2]
    return ahead / shank


@given(
    delta=st.tuples(st.floats(-12, 20), st.floats(-12, 20)),
    toe_out=st.floats(5, 35),
    distance=st.floats(2.0, 3.4),
    height=st.floats(0.8, 1.6),
    yaw=st.floats(-15, 15),
)
@settings(max_examples=30, deadline=None)
def test_the_deviation_of_exact_joints_is_the_true_one_wherever_the_camera_stands(
    delta: tuple[float, float], toe_out: float, distance: float, height: float, yaw: float
) -> None:
    sim = simulate.simulate(
        [simulate.Stand(0.3), simulate.Squat(delta=delta)],
        camera=simulate.Camera(distance_m=distance, height_m=height),
        toe_out_deg=toe_out,
        yaw_deg=yaw,
        sway_m=0.0,
    )
    _, p = seen_by(sim)
    shank = lift(p[:, KNEES], p[:, ANKLES], true_depth(sim))
    measured = np.degrees(deviation(shank, np.radians(sim.azimuth_deg)))
    bent = sim.q > 0.15
    assert shank.possible[bent].all()
    assert np.abs(measured - sim.delta_deg)[bent].max() < 0.5


def test_the_target_is_where_the_knee_is_when_it_tracks_over_the_toes() -> None:
    sim = simulate.simulate([simulate.Stand(0.3), simulate.Squat(delta=(0.0, 0.0))], sway_m=0.0)
    camera, p = seen_by(sim)
    shank = lift(p[:, KNEES], p[:, ANKLES], true_depth(sim))
    aim = target(shank, p[:, ANKLES], true_depth(sim), np.radians(sim.alpha_deg))
    bent = sim.q > 0.2
    apart = unrectify(aim, sim.image_size, camera) - sim.exact[:, KNEES]
    assert np.abs(apart[bent]).max() < 0.004  # of the picture


def test_the_target_lies_outside_a_caving_knee() -> None:
    sim = simulate.simulate([simulate.Stand(0.3), simulate.Squat(delta=(12.0, 12.0))], sway_m=0.0)
    camera, p = seen_by(sim)
    shank = lift(p[:, KNEES], p[:, ANKLES], true_depth(sim))
    aim = unrectify(
        target(shank, p[:, ANKLES], true_depth(sim), np.radians(sim.alpha_deg)), sim.image_size, camera
    )
    bottom = int(np.argmax(sim.q))
    left_x, right_x = aim[bottom, :, 1]
    knee_left_x, knee_right_x = sim.exact[bottom, KNEES, 1]
    assert left_x > knee_left_x + 0.01  # un-mirrored, the person's left is on the image right
    assert right_x < knee_right_x - 0.01


@pytest.mark.parametrize("depth_deg", [-15.0, 0.0, 20.0])
def test_thigh_elevation_of_exact_joints_is_the_true_one(depth_deg: float) -> None:
    sim = simulate.simulate([simulate.Stand(0.3), simulate.Squat(depth_deg=depth_deg)], sway_m=0.0)
    _, p = seen_by(sim)
    depth = true_depth(sim)
    shank = lift(p[:, KNEES], p[:, ANKLES], depth)
    thigh = np.full(2, sim.body.thigh / sim.body.shank)
    elevation = np.degrees(thigh_elevation(p[:, HIPS], shank, p[:, ANKLES], depth, thigh))
    bottom = int(np.argmax(sim.q))
    assert elevation[bottom] == pytest.approx(sim.thigh_elevation_deg[bottom], abs=1.0)


def test_a_shank_seen_far_too_long_is_no_measurement() -> None:
    ankle = np.array([[0.1, -0.4], [-0.1, -0.4]])
    knee = ankle + np.array([0.0, 0.2])
    assert lift(knee, ankle, np.array([5.2, 5.2])).possible.all()  # 4 % too long: noise
    assert not lift(knee, ankle, np.array([6.5, 6.5])).possible.any()


@given(
    yx=st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1)), min_size=1, max_size=5),
    tilt=st.floats(-25, 25),
    roll=st.floats(-20, 20),
    hfov=st.floats(35, 90),
)
def test_rectifying_and_back_is_where_it_was(
    yx: list[tuple[float, float]], tilt: float, roll: float, hfov: float
) -> None:
    camera = Camera(hfov, tilt, roll)
    there = rectify(np.array(yx), (640, 480), camera)
    assert unrectify(there, (640, 480), camera) == pytest.approx(np.array(yx), abs=1e-9)


def test_rectifying_undoes_the_camera_s_roll_as_the_settings_mean_it() -> None:
    """A camera that leans clockwise, as it sees the room, shows an upright person leaning the other way."""
    level = simulate.simulate([simulate.Stand(0.2)], sway_m=0.0)
    rolled = simulate.simulate([simulate.Stand(0.2)], camera=simulate.Camera(roll_deg=10.0), sway_m=0.0)
    _, expected = seen_by(level)
    _, found = seen_by(rolled)
    assert found[0] == pytest.approx(expected[0], abs=1e-6)
