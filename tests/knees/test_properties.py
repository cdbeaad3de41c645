"""What must hold of the knees' numbers whoever stands wherever, whenever, in whatever picture."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import simulate
from hypothesis import given, settings
from hypothesis import strategies as st
from judged import judged

from mirror.knees import one_leg
from mirror.knees.azimuth import from_toes
from mirror.knees.constants import ANATOMICAL, SIDE
from mirror.knees.measures import fppa_deg, kasr
from mirror.knees.optics import Camera, Lens, rectify, unrectify
from mirror.knees.reading import Rep
from mirror.knees.reasons import Reason, Why
from mirror.knees.shank import deviation, deviation_sd, lift, target, thigh_elevation

HIPS, KNEES, ANKLES = [11, 12], [13, 14], [15, 16]
AZIMUTH_SD = np.radians(8.0)
deltas = st.tuples(st.floats(-10, 15), st.floats(-10, 15))


def squat(delta: tuple[float, float], **how: object) -> simulate.Simulated:
    return simulate.simulate([simulate.Stand(0.4), simulate.Squat(delta=delta)], sway_m=0.0, **how)  # type: ignore[arg-type]


def tangents(sim: simulate.Simulated) -> np.ndarray:
    return rectify(sim.exact, sim.image_size, Camera(sim.camera.hfov_deg, sim.tilt_deg, sim.camera.roll_deg))


def depth_of(p: np.ndarray) -> np.ndarray:
    """(2,) of the ankles, in shank lengths, from the first frame, as somebody stands."""
    return 1.0 / np.linalg.norm(p[0, KNEES] - p[0, ANKLES], axis=-1)


def mirror_image(p: np.ndarray) -> np.ndarray:
    return p[:, simulate.SWAP] * np.array([-1.0, 1.0])


@given(delta=deltas, yaw=st.floats(-15, 15), toe_out=st.tuples(st.floats(5, 35), st.floats(5, 35)))
@settings(max_examples=20)
def test_the_kernel_of_a_mirrored_scene_is_the_same_to_the_last_bit_with_left_and_right_swapped(
    delta: tuple[float, float], yaw: float, toe_out: tuple[float, float]
) -> None:
    p = tangents(squat(delta, yaw_deg=yaw))
    other, depth, alpha = mirror_image(p), depth_of(p), np.radians(toe_out)
    one = lift(p[:, KNEES], p[:, ANKLES], depth)
    two = lift(other[:, KNEES], other[:, ANKLES], depth[::-1])
    for name in ("lateral", "up", "forward", "possible"):
        assert (getattr(one, name) == getattr(two, name)[:, ::-1]).all()
    assert (deviation(one, alpha) == deviation(two, alpha[::-1])[:, ::-1]).all()
    assert (
        deviation_sd(one, alpha, 0.03, AZIMUTH_SD)
        == deviation_sd(two, alpha[::-1], 0.03, AZIMUTH_SD)[:, ::-1]
    ).all()
    thighs = thigh_elevation(p[:, HIPS], one, p[:, ANKLES], depth, np.ones(2))
    assert (
        thighs == thigh_elevation(other[:, HIPS], two, other[:, ANKLES], depth[::-1], np.ones(2))[:, ::-1]
    ).all()
    aims = target(one, p[:, ANKLES], depth, alpha)
    assert (
        aims == target(two, other[:, ANKLES], depth[::-1], alpha[::-1])[:, ::-1] * np.array([-1.0, 1.0])
    ).all()
    assert (fppa_deg(p) == fppa_deg(other)[:, ::-1]).all()
    assert (kasr(p) == kasr(other)).all()


@given(
    delta=deltas,
    place=st.tuples(st.floats(-0.35, 0.35), st.floats(-0.2, 0.2)),
    distance=st.floats(2.2, 3.2),
    height=st.floats(0.9, 1.4),
    stature=st.floats(1.5, 1.95),
    roll=st.floats(-8, 8),
    zoom=st.floats(0.8, 1.3),
)
@settings(max_examples=25)
def test_where_somebody_stands_how_tall_they_are_and_how_the_camera_hangs_moves_delta_within_its_own_sd(
    delta: tuple[float, float],
    place: tuple[float, float],
    distance: float,
    height: float,
    stature: float,
    roll: float,
    zoom: float,
) -> None:
    """The direction of the feet is found from their toe tips each time, as in the mirror."""
    plain = squat(delta)
    hfov = 2 * np.degrees(np.arctan(np.tan(np.radians(48.5 / 2)) * zoom))
    camera = simulate.Camera(distance_m=distance, height_m=height, roll_deg=roll, hfov_deg=float(hfov))
    moved = squat(delta, camera=camera, place_m=place, body=simulate.Body(stature_m=stature))
    at, sd = _peaks(plain)
    at_moved, sd_moved = _peaks(moved)
    assert (np.abs(at_moved - at) < np.minimum(sd, sd_moved)).all()


def _peaks(sim: simulate.Simulated) -> tuple[np.ndarray, np.ndarray]:
    """(2,) delta at the bottom, and its sd, radians."""
    p = tangents(sim)
    camera = Camera(sim.camera.hfov_deg, sim.tilt_deg, sim.camera.roll_deg)
    depth, bottom = depth_of(p), int(np.argmax(sim.q))
    toe = rectify(sim.toes, sim.image_size, camera)
    alpha = from_toes(toe, p[0, ANKLES], depth, ANATOMICAL.toe_reach).value
    shank = lift(p[bottom, KNEES], p[bottom, ANKLES], depth)
    return deviation(shank, alpha), deviation_sd(shank, alpha, ANATOMICAL.keypoint_sd, AZIMUTH_SD)


@given(delta=deltas, seed=st.integers(0, 1000))
@settings(max_examples=15)
def test_plain_numbers_leg_by_leg_and_a_whole_recording_at_once_are_the_same(
    delta: tuple[float, float], seed: int
) -> None:
    """The live mirror asks `one_leg`, whoever has arrays `shank`: one formula for each thing."""
    sim = simulate.simulate(
        [simulate.Stand(0.4), simulate.Squat(delta=delta)], noise=simulate.Noise(sigma_px=1.2), seed=seed
    )
    camera = Camera(sim.camera.hfov_deg, sim.tilt_deg, 1.5)
    p = rectify(sim.keypoints[..., :2], sim.image_size, camera)
    depth, alpha, thigh = depth_of(p), np.radians([15.0, 22.0]), np.array([0.98, 1.01])
    whole = lift(p[:, KNEES], p[:, ANKLES], depth)
    inside, sure = deviation(whole, alpha), deviation_sd(whole, alpha, 0.03, 0.0)
    thighs = thigh_elevation(p[:, HIPS], whole, p[:, ANKLES], depth, thigh)
    aims = target(whole, p[:, ANKLES], depth, alpha)
    seen = unrectify(aims, sim.image_size, camera)
    lens = Lens.of(sim.image_size, camera)
    for i, leg in itertools.product(range(0, len(p), 3), (0, 1)):
        knee, hip, ankle = (p[i, pair[leg]].tolist() for pair in (KNEES, HIPS, ANKLES))
        d, a, side = float(depth[leg]), float(alpha[leg]), SIDE[leg]
        shank = one_leg.lift(knee, ankle, d, side)
        aim = one_leg.target(shank.up, ankle, d, a, side)
        pairs = [
            ((shank.lateral, shank.up), (whole.lateral[i, leg], whole.up[i, leg])),
            ((shank.forward, shank.possible), (whole.forward[i, leg], whole.possible[i, leg])),
            (one_leg.deviation(shank.lateral, shank.forward, a), inside[i, leg]),
            (one_leg.deviation_sd(shank.lateral, shank.up, shank.forward, a, 0.03), sure[i, leg]),
            (one_leg.thigh_elevation(hip, shank, ankle, d, float(thigh[leg]), side), thighs[i, leg]),
            ((aim.x, aim.y), aims[i, leg]),
            (lens.seen_at(aim.x, aim.y)[::-1], seen[i, leg]),
        ]
        for found, expected in pairs:
            np.testing.assert_allclose(found, expected, rtol=0, atol=1e-12)


# -- whole sessions


def session(seed: int = 0) -> simulate.Simulated:
    squats = [
        simulate.Squat(delta=delta)
        for delta in ((1.0, 0.0), (13.0, 12.0), (1.0, 0.0), (13.0, 0.0), (1.0, 0.0))
    ]
    return simulate.simulate(
        [simulate.Stand(1.5), *squats, simulate.Stand(0.6)], noise=simulate.Noise(sigma_px=0.8), seed=seed
    )


def verdicts(reps: list[Rep]) -> list[tuple[str, str]]:
    return [(rep.left.verdict.value, rep.right.verdict.value) for rep in reps]


@given(share=st.floats(0.02, 0.2), seed=st.integers(0, 30))
@settings(max_examples=12)
def test_frames_with_left_and_right_legs_swapped_are_dropped_and_change_no_verdict(
    share: float, seed: int
) -> None:
    sim = session(seed)
    rng = np.random.default_rng(seed)
    wrong = rng.random(len(sim.t)) < share
    keypoints = sim.keypoints.copy()
    for left, right in (KNEES, ANKLES):
        keypoints[np.ix_(wrong, [left, right])] = keypoints[np.ix_(wrong, [right, left])]
    plain, found = judged(sim), judged(replace(sim, keypoints=keypoints))
    assert verdicts(found.reps) == verdicts(plain.reps)
    for motion, is_wrong in zip(found.motions, wrong, strict=True):
        assert (motion.why == Reason(Why.FACING_AWAY)) == is_wrong
        assert not (is_wrong and motion.usable.any())


@given(stretch=st.floats(0.75, 1.5), rate=st.sampled_from([1, 2, 3]))
@settings(max_examples=12)
def test_stretched_in_time_or_seen_less_often_the_repetitions_are_the_same(stretch: float, rate: int) -> None:
    sim = session()
    other = replace(sim, t=sim.t[::rate] * stretch, keypoints=sim.keypoints[::rate])
    plain, found = judged(sim).reps, judged(other).reps
    assert verdicts(found) == verdicts(plain)
    for one, two in zip(plain, found, strict=True):
        assert abs(two.start_s / stretch - one.start_s) < 0.3
        assert abs(two.bottom_s / stretch - one.bottom_s) < 0.3
        assert abs(two.end_s / stretch - one.end_s) < 0.3
