"""A whole recording judged, on a simulated person with noise."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
import simulate
from hypothesis import given, settings
from hypothesis import strategies as st
from judged import judged as at_the_desk

from mirror.knees.analysis import Analysis, NoReference
from mirror.knees.azimuth import ToeTips
from mirror.knees.constants import ANATOMICAL
from mirror.knees.judge import Thresholds
from mirror.knees.live import KneeWatch
from mirror.knees.optics import Camera
from mirror.knees.reading import Rep
from mirror.knees.reasons import Reason, Why, because
from mirror.knees.track import TrackedPose

NOISE = simulate.Noise(sigma_px=0.8)
GOOD = (1.0, 0.0)
BOTH = (13.0, 12.0)
LEFT_ONLY = (13.0, 0.0)


def session(*deltas: tuple[float, float], **how: object) -> simulate.Simulated:
    movements = [simulate.Stand(1.5), *(simulate.Squat(delta=delta) for delta in deltas), simulate.Stand(0.6)]
    return simulate.simulate(movements, **({"noise": NOISE} | how))  # type: ignore[arg-type]


def judged(
    sim: simulate.Simulated,
    reference: int | None = None,
    *,
    toes: bool = False,
    seen: np.ndarray | None = None,
) -> Analysis:
    return at_the_desk(sim, reference, toes=toes, seen=seen)


def verdicts(reps: list[Rep]) -> list[tuple[str, str]]:
    return [(rep.left.verdict.value, rep.right.verdict.value) for rep in reps]


def test_each_knee_is_judged_for_itself_against_a_reference() -> None:
    found = judged(session(GOOD, GOOD, BOTH, LEFT_ONLY, GOOD), reference=1)
    assert verdicts(found.reps) == [
        ("good", "good"),
        ("good", "good"),
        ("off_track", "off_track"),
        ("off_track", "good"),
        ("good", "good"),
    ]
    assert [rep.is_reference for rep in found.reps] == [True, False, False, False, False]


def test_toe_tips_alone_are_enough_to_judge() -> None:
    found = judged(session(GOOD, BOTH, LEFT_ONLY), toes=True)
    assert found.azimuth is not None
    assert found.azimuth.source == "toes"
    assert verdicts(found.reps) == [("good", "good"), ("off_track", "off_track"), ("off_track", "good")]


def test_without_a_foot_direction_a_single_repetition_is_unknown_and_says_why() -> None:
    found = judged(session(BOTH))
    assert verdicts(found.reps) == [("unknown", "unknown")]
    assert found.why_unknown == Reason(Why.NAME_REFERENCE)


def test_without_a_foot_direction_repetitions_are_judged_by_each_other() -> None:
    found = judged(session(GOOD, BOTH, GOOD))
    assert verdicts(found.reps) == [("good", "good"), ("off_track", "off_track"), ("good", "good")]
    assert found.reps[1].left.inside_own_track_deg == pytest.approx(11.0, abs=3.0)
    for rep in found.reps:  # how far inside the toes they are nobody can say
        assert rep.left.deviation_deg is None
        assert rep.left.deep_deviation_deg is None
        assert rep.left.baseline_deg is None


def test_an_own_line_is_no_mistake_and_leaving_it_is_one() -> None:
    """Deep in a squat these knees are 7 and 6 degrees inside their toes whenever all is well."""
    found = judged(session(GOOD, GOOD, LEFT_ONLY, GOOD, GOOD, track_deg=(7.0, 6.0)), toes=True)
    assert verdicts(found.reps) == [("good", "good")] * 2 + [("off_track", "good")] + [("good", "good")] * 2
    for rep in found.reps:
        assert rep.right.baseline_deg == pytest.approx(6.0, abs=3.0)
        assert rep.right.inside_own_track_deg == pytest.approx(
            rep.right.deep_deviation_deg - rep.right.baseline_deg
        )


def test_repetition_times_are_those_of_the_movement() -> None:
    sim = session(GOOD, GOOD, GOOD)
    found = judged(sim)
    assert len(found.reps) == len(sim.reps)
    for rep, true in zip(found.reps, sim.reps, strict=True):
        assert rep.start_s == pytest.approx(true.start_s, abs=0.25)
        assert rep.bottom_s == pytest.approx(true.bottom_s, abs=0.25)
        assert rep.end_s == pytest.approx(true.end_s, abs=0.25)


def test_peak_deviations_are_near_the_true_ones() -> None:
    sim = session(GOOD, BOTH, (6.0, -5.0), LEFT_ONLY)
    for rep, true in zip(judged(sim, toes=True).reps, sim.reps, strict=True):
        for leg, peak in zip((rep.left, rep.right), true.peak_delta_deg, strict=True):
            assert leg.deviation_deg == pytest.approx(peak, abs=3.5)


@given(
    deltas=st.lists(st.sampled_from([GOOD, BOTH, LEFT_ONLY]), min_size=1, max_size=3),
    yaw=st.floats(-10, 10),
    seed=st.integers(0, 50),
)
@settings(max_examples=12, deadline=None)
def test_mirroring_the_scene_swaps_left_and_right_exactly(
    deltas: list[tuple[float, float]], yaw: float, seed: int
) -> None:
    sim = session(GOOD, *deltas, yaw_deg=yaw, seed=seed)
    for one, other in zip(judged(sim, 1).reps, judged(simulate.mirrored(sim), 1).reps, strict=True):
        assert one.left.verdict is other.right.verdict
        assert one.right.verdict is other.left.verdict
        assert one.left.deviation_deg == pytest.approx(other.right.deviation_deg, abs=1e-4)  # float32
        assert one.right.deviation_deg == pytest.approx(other.left.deviation_deg, abs=1e-4)


@given(lateral=st.floats(-0.3, 0.3), distance=st.floats(2.2, 3.2), height=st.floats(0.9, 1.4))
@settings(max_examples=15, deadline=None)
def test_moving_the_person_keeps_the_verdicts(lateral: float, distance: float, height: float) -> None:
    camera = simulate.Camera(distance_m=distance, height_m=height)
    sim = session(GOOD, BOTH, LEFT_ONLY, camera=camera, place_m=(lateral, 0.0))
    assert verdicts(judged(sim, 1).reps) == [
        ("good", "good"),
        ("off_track", "off_track"),
        ("off_track", "good"),
    ]


@given(stretch=st.floats(0.8, 1.4))
@settings(max_examples=10, deadline=None)
def test_stretching_time_keeps_repetitions_and_verdicts(stretch: float) -> None:
    sim = session(GOOD, BOTH)
    slower = replace(sim, t=sim.t * stretch)
    assert verdicts(judged(slower, 1).reps) == verdicts(judged(sim, 1).reps)


def test_half_the_frame_rate_gives_the_same_verdicts() -> None:
    sim = session(GOOD, BOTH, LEFT_ONLY)
    half = replace(sim, t=sim.t[::2], keypoints=sim.keypoints[::2])
    assert verdicts(judged(half, 1).reps) == verdicts(judged(sim, 1).reps)


def test_feet_placed_anew_lose_the_reference_s_direction_and_keep_the_body_s_share() -> None:
    """Nobody saw where they point now, so good and a little inside look alike, and far inside does not."""
    movements = [
        simulate.Stand(1.5),
        simulate.Squat(delta=GOOD),
        simulate.Replant(width_m=0.62, toe_out_deg=(30.0, 30.0)),
        simulate.Stand(1.0),
        simulate.Squat(delta=GOOD),
        simulate.Squat(delta=(25.0, 0.0)),
        simulate.Stand(0.6),
    ]
    found = judged(simulate.simulate(movements, noise=NOISE), reference=1)
    assert len(found.placements) == 2
    assert found.azimuths[1] is None
    assert verdicts(found.reps) == [("good", "good"), ("good", "good"), ("off_track", "good")]


def test_a_clip_cut_to_another_angle_is_another_placing_though_nobody_was_still_before_the_cut() -> None:
    one = session(LEFT_ONLY)
    other = session(GOOD, camera=simulate.Camera(height_m=1.25, lateral_m=0.3))
    (rep,) = one.reps
    before = (one.t > rep.start_s + 0.1) & (one.t < rep.end_s - 0.1)
    keypoints = np.concatenate([one.keypoints[before], other.keypoints])
    cut = replace(other, t=np.arange(len(keypoints)) / 30.0, keypoints=keypoints)
    found = at_the_desk(cut, toes_of=lambda placed: ToeTips(other.toes) if placed.from_s > 0 else None)
    assert len(found.reps) == 2
    assert [placed.stance is not None for placed in found.placements] == [True, True]
    assert [azimuth is None for azimuth in found.azimuths] == [True, False]


def test_a_hidden_knee_is_unknown_and_the_other_is_judged() -> None:
    sim = session(GOOD, BOTH, LEFT_ONLY)
    keypoints = sim.keypoints.copy()
    keypoints[sim.t > sim.reps[1].start_s, 13, 2] = 0.1  # the left knee's score
    found = judged(replace(sim, keypoints=keypoints), toes=True)
    assert verdicts(found.reps) == [("good", "good"), ("unknown", "off_track"), ("unknown", "good")]


@pytest.mark.parametrize(
    ("name", "movement"),
    [
        ("a hinge", simulate.Hinge()),
        ("raising the arms", simulate.RaiseArms()),
        ("jumping jacks", simulate.JumpingJacks()),
        ("a lunge", simulate.Lunge()),
        ("walking by", simulate.WalkAcross()),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_other_movements_are_no_repetitions(name: str, movement: simulate.Movement) -> None:
    sim = simulate.simulate([simulate.Stand(1.5), movement, simulate.Stand(1.0)], noise=NOISE)
    assert judged(sim).reps == [], name


def test_a_bow_is_none_where_a_network_sees_bent_hips_too_low() -> None:
    movements = [simulate.Stand(1.5), simulate.Hinge(lean_deg=70.0), simulate.Stand(1.0)]
    sim = simulate.simulate(movements, noise=NOISE)
    keypoints = sim.keypoints.copy()
    y = keypoints[..., 0]
    shoulders = y[:, 5:7].mean(1)
    bent = (shoulders - shoulders[0]) / np.ptp(shoulders)
    tall = y[0, 15] - y[0, 0]
    keypoints[:, 11:13, 0] += (0.06 * tall * bent.clip(0, 1))[:, None]
    assert judged(replace(sim, keypoints=keypoints)).reps == []


@pytest.mark.parametrize(("depth_deg", "lean_deg"), [(0.0, 70.0), (20.0, 90.0), (40.0, 90.0)])
def test_a_squat_that_leans_far_forward_is_one(depth_deg: float, lean_deg: float) -> None:
    """At parallel by 70 degrees, higher up by 70 and 50."""
    leaning = simulate.Squat(depth_deg=depth_deg, trunk_lean_deg=lean_deg)
    movements = [simulate.Stand(1.5), leaning, simulate.Stand(1.0)]
    assert len(judged(simulate.simulate(movements, noise=NOISE, hands="bar")).reps) == 1


def test_without_standing_still_squats_are_counted_and_knees_are_judged() -> None:
    """From one squat straight into the next, and nobody still before, between or after: tops must do."""
    sim = session(GOOD, BOTH)
    first, second = sim.reps
    inside = (sim.t > first.start_s + 0.25) & (sim.t < second.end_s)
    resting = (sim.t > first.end_s) & (sim.t < second.start_s)
    keep = inside & ~resting
    t = np.arange(keep.sum()) / 30.0
    found = judged(replace(sim, t=t, keypoints=sim.keypoints[keep]), toes=True)
    assert verdicts(found.reps) == [("good", "good"), ("off_track", "off_track")]


@pytest.mark.parametrize("calm_s", [0.0, 0.17, 0.4])
def test_a_moment_of_calm_before_and_after_a_squat_is_enough(calm_s: float) -> None:
    sim = session((20.0, 0.0), noise=simulate.NO_NOISE)
    (rep,) = sim.reps
    keep = (sim.t > rep.start_s - calm_s) & (sim.t < rep.end_s + calm_s)
    found = judged(replace(sim, t=sim.t[keep], keypoints=sim.keypoints[keep]), toes=True)
    assert verdicts(found.reps) == [("off_track", "good")]
    assert found.why_unknown is None


@pytest.mark.parametrize("n", [0, 4, -1])
def test_a_reference_that_does_not_exist_is_refused(n: int) -> None:
    with pytest.raises(NoReference) as refused:
        judged(session(GOOD, GOOD, GOOD), reference=n)
    assert (refused.value.n, refused.value.found, refused.value.reason) == (n, 3, None)


def test_a_caving_reference_is_refused_when_the_toes_are_seen() -> None:
    with pytest.raises(NoReference) as refused:
        judged(session(BOTH, GOOD), reference=1, toes=True)
    assert refused.value.reason is not None
    assert refused.value.reason.key is Why.KNEE_INSIDE


def test_a_shallow_reference_is_refused_with_the_reason() -> None:
    shallow = simulate.Squat(depth_deg=40.0, shank_lean_deg=0.0)
    sim = simulate.simulate([simulate.Stand(1.5), shallow, simulate.Stand(0.6)], noise=NOISE)
    assert len(judged(sim).reps) == 1
    with pytest.raises(NoReference) as refused:
        judged(sim, reference=1)
    assert refused.value.reason == because(Why.KNEE_HIDDEN, side="left")


def test_depth_is_near_the_true_one() -> None:
    for depth in (-10.0, 0.0, 15.0):
        sim = simulate.simulate(
            [simulate.Stand(1.5), simulate.Squat(depth_deg=depth), simulate.Stand(0.6)], noise=NOISE
        )
        (rep,) = judged(sim).reps
        assert rep.depth_deg == pytest.approx(np.mean(sim.reps[0].depth_deg), abs=5.0)


def test_frames_without_anybody_are_no_repetition_and_no_crash() -> None:
    sim = session(GOOD)
    found = judged(sim, seen=np.zeros(len(sim.t), np.bool_))
    assert found.reps == []
    assert all(math.isnan(motion.q) for motion in found.motions)


def cut(sim: simulate.Simulated, first: int, last: int) -> simulate.Simulated:
    """Some of its frames."""
    return replace(sim, t=sim.t[first:last], keypoints=sim.keypoints[first:last])


def in_order(sim: simulate.Simulated, reps: list[Rep]) -> bool:
    """Whether every repetition begins, turns and ends in this order, within the recording."""
    return all(sim.t[0] <= rep.start_s < rep.bottom_s < rep.end_s <= sim.t[-1] for rep in reps)


def test_a_recording_may_begin_and_end_anywhere_in_a_squat() -> None:
    """Times keep their order of somebody who is deepest when first seen, and end with the recording."""
    sim = simulate.simulate([simulate.Stand(1.0), simulate.Squat(), simulate.Squat(), simulate.Stand(1.0)])
    counted = 0
    for first in range(0, len(sim.t) - 10, 3):
        for piece in (cut(sim, first, len(sim.t)), cut(sim, 0, first + 10)):
            reps = judged(piece).reps
            assert in_order(piece, reps)
            counted += len(reps)
    assert counted > 40


def test_joints_on_one_heap_or_upside_down_are_nobody_who_stands() -> None:
    sim = simulate.simulate([simulate.Stand(2.0)])
    heap, lying, turned = (sim.keypoints.copy() for _ in range(3))
    heap[:, 13:15] = heap[:, 15:17]
    lying[:, 11:13, 0] = lying[:, 15:17, 0]
    turned[..., 0] = 1.0 - turned[..., 0]
    for joints in (heap, lying, turned):
        watch = KneeWatch(Camera(sim.hfov_deg, sim.tilt_deg), ANATOMICAL, Thresholds())
        for t, pose in zip(sim.t, joints, strict=True):
            reading, rep = watch.update(TrackedPose(float(t), pose, sim.image_size))
            assert not reading.setup.calibrated
            assert rep is None
        assert all(
            placement.stance is None for placement in judged(replace(sim, keypoints=joints)).placements
        )
