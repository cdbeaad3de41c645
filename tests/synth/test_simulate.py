"""The simulated person is what other tests are judged against, so its own truth is checked here."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import simulate as sim
from hypothesis import given, settings
from hypothesis import strategies as st
from simulated_sets import simulated_set

MOVEMENTS = {
    "squats": [
        sim.Stand(1.0),
        sim.Squat(depth_deg=-12.0, delta=(14.0, -8.0)),
        sim.Squat(depth_deg=45.0, delta=(0.0, 6.0), collapse="deep"),
        sim.Squat(delta=(9.0, 9.0), collapse="ascent", heel_rise_m=0.04),
    ],
    "hinge": [sim.Stand(0.5), sim.Hinge()],
    "arms": [sim.RaiseArms(), sim.RaiseArms(to="tee"), sim.RaiseArms(which="left")],
    "jumping jacks": [sim.JumpingJacks(3)],
    "lunges": [sim.Lunge("left"), sim.Lunge("right")],
    "walking": [sim.WalkAcross()],
    "stepping": [sim.Replant(0.55, (28.0, 24.0), 0.25), sim.Squat(), sim.Replant(0.4, (10.0, 12.0), -0.2)],
}
SEGMENTS = {
    ("hip", "knee"): "thigh",
    ("knee", "ankle"): "shank",
    ("shoulder", "elbow"): "upper_arm",
    ("elbow", "wrist"): "forearm",
}


def joint(s: sim.Simulated, name: str) -> sim.Array:
    return s.joints[:, sim.INDEX[name]]


@pytest.mark.parametrize("name", MOVEMENTS)
def test_no_bone_ever_changes_its_length(name: str) -> None:
    s = sim.simulate(MOVEMENTS[name], yaw_deg=7.0)
    for side in ("left_", "right_"):
        for (above, below), part in SEGMENTS.items():
            length = np.linalg.norm(joint(s, side + above) - joint(s, side + below), axis=-1)
            np.testing.assert_allclose(length, s.body.metres(part), rtol=1e-9)


@pytest.mark.parametrize("name", [n for n in MOVEMENTS if n != "walking"])
def test_the_body_moves_without_jumping(name: str) -> None:
    s = sim.simulate(MOVEMENTS[name])
    speed = np.linalg.norm(np.diff(s.joints, axis=0), axis=-1) * 30.0
    assert speed.max() < 5.0, "metres a second"


def test_a_flat_foot_stays_where_it_was_planted() -> None:
    s = sim.simulate([sim.Stand(1.0), sim.Squat(delta=(10.0, 0.0)), sim.Squat()])
    assert np.ptp(joint(s, "left_ankle"), axis=0).max() == 0.0
    assert np.ptp(s.toes3d, axis=0).max() == 0.0


def test_a_rising_heel_lifts_the_ankle_and_leaves_the_toes() -> None:
    s = sim.simulate([sim.Squat(heel_rise_m=0.04)])
    assert np.ptp(joint(s, "right_ankle")[:, 1]) == pytest.approx(0.04)
    assert np.ptp(s.toes3d, axis=0).max() == 0.0
    assert np.ptp(s.azimuth_deg) == pytest.approx(0.0, abs=1e-9), "the foot still points the same way"


@settings(max_examples=40, deadline=None)
@given(
    left=st.floats(-12.0, 18.0),
    right=st.floats(-12.0, 18.0),
    depth=st.floats(-20.0, 40.0),
    toe_out=st.floats(0.0, 35.0),
    yaw=st.floats(-25.0, 25.0),
)
def test_the_scripted_deviation_is_in_the_joints(
    left: float, right: float, depth: float, toe_out: float, yaw: float
) -> None:
    s = sim.simulate(
        [sim.Squat(depth_deg=depth, delta=(left, right))], toe_out_deg=toe_out, yaw_deg=yaw, sway_m=0.0
    )
    assert s.reps[0].bottom_delta_deg == pytest.approx((left, right), abs=1e-6)


def test_a_leg_with_a_line_of_its_own_leans_in_standing_and_keeps_that_line_when_deep() -> None:
    s = sim.simulate(
        [sim.Stand(0.5), sim.Squat(), sim.Squat(delta=(12.0, 0.0))],
        stance_m=0.50,
        track_deg=(6.0, -3.0),
        lean_deg=(9.0, 8.0),
        sway_m=0.0,
    )
    assert s.delta_deg[0] == pytest.approx((9.0, 8.0), abs=0.5)
    clean, caving = s.reps
    assert clean.deep_delta_deg == pytest.approx((6.0, -3.0), abs=0.5)
    assert clean.inside_deg == pytest.approx((0.0, 0.0), abs=0.5)
    assert caving.inside_deg[0] == pytest.approx(11.0, abs=1.0)
    assert caving.inside_deg[1] == pytest.approx(0.0, abs=0.5)
    assert clean.peak_delta_deg[1] > clean.deep_delta_deg[1] + 2.0, "the peak inherits the standing lean"


def test_a_cave_on_the_way_up_only_is_not_halved_by_a_clean_way_down() -> None:
    s = sim.simulate([sim.Squat(delta=(12.0, 0.0), collapse="ascent")], sway_m=0.0)
    assert s.reps[0].deep_delta_deg[0] == pytest.approx(8.5, abs=1.0)


def test_people_stand_and_squat_as_measured_ones_do() -> None:
    """Standing lean 3.4 to 13, median 7.7; feet out by 19, quartiles 12 and 35; lines 2.5, sd 4.7."""
    people = [simulated_set(seed, "clean").simulated for seed in range(120)]
    lean = np.array([one.delta_deg[5].mean() for one in people])
    width = [np.ptp(one.joints[5, 15:17, 0]) / one.body.stature_m for one in people]
    assert np.median(lean) == pytest.approx(7.7, abs=1.0)
    assert np.percentile(lean, [3, 97]) == pytest.approx((3.4, 13.0), abs=1.5)
    assert np.corrcoef(lean, width)[0, 1] > 0.8
    out = np.array([one.alpha_deg.mean() for one in people])
    assert np.percentile(out, [25, 50, 75]) == pytest.approx((12.0, 19.0, 35.0), abs=5.0)
    lines = np.array([np.mean([rep.deep_delta_deg for rep in one.reps], axis=0) for one in people])
    assert lines.mean() == pytest.approx(2.5, abs=1.0)
    assert lines.std() == pytest.approx(4.7, abs=1.0)
    assert np.diff(lines).std() < lines.std(), "both legs of a person lie close together"


def test_somebody_near_zero_keeps_the_knees_over_the_toes_standing_and_deep() -> None:
    people = [simulated_set(seed, "clean", near_zero=True).simulated for seed in range(20)]
    lines = np.array([rep.deep_delta_deg for one in people for rep in one.reps])
    assert np.abs(lines).max() < 3.0
    assert max(np.abs(one.delta_deg[5]).max() for one in people) < 5.5


def test_a_knee_over_the_second_toe_has_no_deviation_and_one_inside_has() -> None:
    """Measured with nothing but the definition, for a foot that points straight at the camera."""
    s = sim.simulate([sim.Squat(delta=(10.0, 0.0))], toe_out_deg=0.0)
    at = int(np.argmax(s.q))
    left, right = (joint(s, side + "_knee")[at] - joint(s, side + "_ankle")[at] for side in ("left", "right"))
    shank = s.body.metres("shank")
    assert left[0] == pytest.approx(-shank * np.sin(np.radians(10.0))), "the left knee moves to the right"
    assert right[0] == pytest.approx(0.0, abs=1e-9)
    assert s.delta_deg[at] == pytest.approx((10.0, 0.0))


@pytest.mark.parametrize("depth", [-15.0, 0.0, 30.0])
def test_the_thighs_of_a_clean_squat_reach_the_wanted_depth(depth: float) -> None:
    s = sim.simulate([sim.Squat(depth_deg=depth)], sway_m=0.0, toe_out_deg=22.0)
    assert s.reps[0].depth_deg == pytest.approx((depth, depth), abs=1e-6)


@pytest.mark.parametrize(
    ("collapse", "descending", "bottom", "ascending"),
    [
        ("whole", True, True, True),
        ("descent", True, False, False),
        ("ascent", False, False, True),
        ("deep", False, True, False),
    ],
)
def test_a_knee_collapses_when_the_pattern_says(
    collapse: str, descending: bool, bottom: bool, ascending: bool
) -> None:
    squat = sim.Squat(delta=(12.0, 0.0), collapse=collapse, hold_s=0.3, rest_s=0.5)
    s = sim.simulate([squat])

    def collapsed(t: float) -> bool:
        return bool(np.interp(t, s.t, s.delta_deg[:, 0]) > 8.0)

    assert collapsed(0.65 * squat.down_s) is descending
    assert collapsed(squat.down_s + squat.hold_s / 2) is bottom
    assert collapsed(squat.down_s + squat.hold_s + 0.4 * squat.up_s) is ascending


def test_the_persons_left_is_on_the_right_of_the_image() -> None:
    s = sim.simulate()
    for name in ("shoulder", "hip", "knee", "ankle", "eye"):
        left, right = (
            s.keypoints[:, sim.INDEX["left_" + name], 1],
            s.keypoints[:, sim.INDEX["right_" + name], 1],
        )
        assert (left > right).all()
    assert s.toes[0, 1] > s.toes[1, 1]
    assert s.toes[0, 1] > s.keypoints[0, sim.INDEX["left_ankle"], 1], "turned out"


def test_the_whole_person_is_in_the_picture() -> None:
    s = sim.simulate()
    assert s.keypoints[..., :2].min() > 0.02
    assert s.keypoints[..., :2].max() < 0.98


@settings(max_examples=40, deadline=None)
@given(
    tilt=st.floats(-5.0, 20.0),
    pan=st.floats(-10.0, 10.0),
    roll=st.floats(-6.0, 6.0),
    aside=st.floats(-0.4, 0.4),
)
def test_a_picture_point_leads_back_to_the_joint(tilt: float, pan: float, roll: float, aside: float) -> None:
    """The ray through the projection, undone step by step, passes through the joint it came from."""
    camera = sim.Camera(tilt_deg=tilt, pan_deg=pan, roll_deg=roll, lateral_m=aside)
    s = sim.simulate([sim.Squat()], camera=camera)
    focal = camera.width / 2 / np.tan(np.radians(camera.hfov_deg / 2))
    u = (s.exact[..., 1] - 0.5) * camera.width / focal
    v = -(s.exact[..., 0] - 0.5) * camera.height / focal
    r, t, p = np.radians([roll, tilt, pan])
    u, v = u * np.cos(r) + v * np.sin(r), v * np.cos(r) - u * np.sin(r)
    toward = np.cos(t) + v * np.sin(t)
    x, y = u / toward, (v * np.cos(t) - np.sin(t)) / toward
    ray = np.stack([x * np.cos(p) + np.sin(p), y, x * np.sin(p) - np.cos(p)], axis=-1)
    offset = s.joints - np.array([aside, camera.height_m, camera.distance_m])
    off = np.cross(ray / np.linalg.norm(ray, axis=-1, keepdims=True), offset)
    assert np.linalg.norm(off, axis=-1).max() < 1e-9


def test_foot_azimuth_is_told_in_the_cameras_frame() -> None:
    s = sim.simulate([sim.Stand(0.2)], toe_out_deg=(15.0, 20.0), yaw_deg=6.0, camera=sim.Camera(pan_deg=2.0))
    # Turned 6 deg toward the image's right: the left foot turns out by that, the right foot in.
    assert s.alpha_deg == pytest.approx((15.0 + 6.0 + 2.0, 20.0 - 6.0 - 2.0))


def test_noise_has_the_size_and_the_constancy_asked_for() -> None:
    noise = sim.Noise(sigma_px=2.0, person_share=0.5, rep_share=0.0)
    runs = [sim.simulate(noise=noise, seed=seed) for seed in range(30)]
    error = np.stack([(r.keypoints[..., :2] - r.exact) * r.image_size for r in runs])
    tall = (runs[0].exact[0, 15, 0] - runs[0].exact[0, 0, 0]) * 640 / 0.88
    assert error.std() == pytest.approx(2.0 * 1.25 * tall / 192.0, rel=0.1)
    assert error.mean(axis=1).std() / error.std() == pytest.approx(np.sqrt(0.5), rel=0.1)


def test_the_same_seed_gives_the_same_recording() -> None:
    one, two = (sim.simulate(noise=sim.Noise(), seed=3) for _ in range(2))
    np.testing.assert_array_equal(one.keypoints, two.keypoints)


def test_hidden_keypoints_are_not_trusted() -> None:
    s = sim.simulate(hidden=[("left_ankle", 1.0, 2.0)])
    gone = (s.t >= 1.0) & (s.t < 2.0)
    assert (s.keypoints[gone, sim.INDEX["left_ankle"], 2] < 0.3).all()
    assert (s.keypoints[~gone, sim.INDEX["left_ankle"], 2] > 0.3).all()


def test_a_toe_error_turns_only_the_reported_toes() -> None:
    true, wrong = (sim.simulate(toe_error_deg=e) for e in ((0.0, 0.0), (10.0, 0.0)))
    assert wrong.toes[0, 1] > true.toes[0, 1]
    assert wrong.toes[1] == pytest.approx(true.toes[1])
    np.testing.assert_array_equal(wrong.delta_deg, true.delta_deg)


def test_a_looking_glass_swaps_the_sides_and_nothing_else() -> None:
    """Mirroring a simulation equals simulating the mirrored scene."""
    camera = sim.Camera(lateral_m=0.2, pan_deg=3.0, roll_deg=1.5)
    scene = {"sway_m": 0.0, "place_m": (0.1, 0.0)}
    s = sim.simulate(
        [sim.Squat(delta=(12.0, 3.0))], toe_out_deg=(10.0, 25.0), yaw_deg=8.0, camera=camera, **scene
    )
    other = replace(camera, lateral_m=-0.2, pan_deg=-3.0, roll_deg=-1.5)
    scene["place_m"] = (-0.1, 0.0)
    expected = sim.simulate(
        [sim.Squat(delta=(3.0, 12.0))], toe_out_deg=(25.0, 10.0), yaw_deg=-8.0, camera=other, **scene
    )
    seen = sim.mirrored(s)
    np.testing.assert_allclose(seen.joints, expected.joints, atol=1e-12)
    np.testing.assert_allclose(seen.exact, expected.exact, atol=1e-12)
    np.testing.assert_allclose(seen.toes, expected.toes, atol=1e-6)
    np.testing.assert_allclose(seen.delta_deg, expected.delta_deg, atol=1e-9)
    np.testing.assert_allclose(seen.azimuth_deg, expected.azimuth_deg, atol=1e-9)
    assert seen.reps[0].peak_delta_deg == pytest.approx(expected.reps[0].peak_delta_deg)
    assert seen.yaw_deg == expected.yaw_deg
    assert seen.camera == expected.camera
    np.testing.assert_allclose(sim.mirrored(seen).keypoints, s.keypoints, atol=1e-6)


def test_a_hinge_hardly_lowers_the_hips() -> None:
    s = sim.simulate([sim.Stand(0.5), sim.Hinge()])
    assert s.q.max() < 0.10
    drop = joint(s, "left_shoulder")[:, 1].max() - joint(s, "left_shoulder")[:, 1].min()
    assert drop > 0.3, "though the shoulders come down far"


def test_a_leg_too_short_for_its_foot_is_refused() -> None:
    with pytest.raises(ValueError, match="reach"):
        sim.simulate([sim.Stand(0.2)], sway_m=0.5)


def test_a_recording_on_disk_holds_what_was_simulated(tmp_path) -> None:  # type: ignore[no-untyped-def]
    s = sim.simulate(noise=sim.Noise())
    sim.save_recording(s, tmp_path / "set.npz")
    with np.load(tmp_path / "set.npz") as stored:
        np.testing.assert_array_equal(stored["keypoints"], s.keypoints)
        assert tuple(stored["image_size"]) == s.image_size
        assert float(stored["tilt_deg"]) == pytest.approx(s.tilt_deg)
