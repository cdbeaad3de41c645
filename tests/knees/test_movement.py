"""What goes down and comes up and is no squat, live and at the desk, on a simulated person."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import simulate
from judged import judged
from simulate import HANDS, Hinge, JumpingJacks, Lunge, Movement, Script, Squat, Stance, Stand

from mirror.knees.constants import ANATOMICAL
from mirror.knees.judge import Thresholds
from mirror.knees.live import KneeWatch
from mirror.knees.optics import Camera
from mirror.knees.reading import Movement as Kind
from mirror.knees.reading import OtherMovement, Rep
from mirror.knees.track import TrackedPose

NOISE = simulate.Noise(sigma_px=0.8)
LOW_HANDS = np.add(HANDS["hang"], (0.0, -0.02, 0.1))


class Lift(Hinge):
    """A weight from the floor: knees bend, hips stay high, the hands go to the feet."""

    def script(self, t: np.ndarray, stance: Stance) -> Script:
        s, g = stance.still(len(t)), simulate.there_and_back(t / (0.85 * self.seconds))
        s.pelvis = s.pelvis + g[:, None] * np.array([0.0, -0.25, -0.25])
        s.lean = s.lean + g * np.radians(60.0)
        s.hands = s.hands + g[:, None, None] * (LOW_HANDS - s.hands)
        return s


class Sit(Squat):
    """Down onto a chair: upright shanks, an upright trunk, and up again after a while."""

    def bottom(self, stance: Stance) -> np.ndarray:
        body = stance.body
        ankle = stance.ankles[0]
        return np.array([0.0, ankle[1] + body.metres("shank") + 0.02, ankle[2] - 0.95 * body.metres("thigh")])

    def script(self, t: np.ndarray, stance: Stance) -> Script:
        s = super().script(t, stance)
        s.lean[:] = np.radians(4.0)
        return s


class JumpSquat(Squat):
    """A squat that leaves the floor at the top, ever faster on the way up, by 0.35 m."""

    def bend(self, t: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        bend, u = super().bend(t)
        return np.where(u > 2.0, np.clip(1.0 - (u - 2.0) ** 2, 0.0, 1.0), bend), u

    def script(self, t: np.ndarray, stance: Stance) -> Script:
        s = super().script(t, stance)
        off = self.down_s + self.hold_s + self.up_s
        hop = np.clip((t - off) / 0.5, 0.0, 1.0)
        high = 0.35 * 4.0 * hop * (1.0 - hop)
        s.ankles[:, :, 1] += high[:, None]
        s.pelvis[:, 1] += high
        return s


def seen(*movements: Movement, hands: str = "clasp") -> tuple[list[Rep], list[OtherMovement]]:
    """What is counted and told of somebody who does this, at the desk, and the same live."""
    sim = simulate.simulate([Stand(1.5), *movements, Stand(1.0)], noise=NOISE, hands=hands)
    found = judged(sim, toes=False)
    watch = KneeWatch(Camera(sim.hfov_deg, sim.tilt_deg), ANATOMICAL, Thresholds())
    reps, others = [], []
    for t, keypoints in zip(sim.t, sim.keypoints, strict=True):
        reading, rep = watch.update(TrackedPose(float(t), keypoints, sim.image_size))
        reps += [rep] if rep else []
        others += [reading.other] if reading.other else []
    assert [one.kind for one in found.others] == [one.kind for one in others]
    assert len(found.reps) == len(reps)
    return reps, others


@pytest.mark.parametrize(
    ("movement", "kind"),
    [
        (Lift(), Kind.LIFT),
        (Lunge(), Kind.LUNGE),
        (Sit(hold_s=7.0), Kind.SIT),
        (Squat(hold_s=21.0), Kind.SIT),
        (JumpSquat(down_s=0.8, up_s=0.5), Kind.JUMP),
    ],
    ids=lambda value: value.value if isinstance(value, Kind) else "",
)
def test_no_squat_is_counted_and_each_is_told_for_what_it_is(movement: Movement, kind: Kind) -> None:
    reps, others = seen(movement)
    assert reps == []
    assert {one.kind for one in others} == {kind}
    (first, *_) = others
    assert 1.4 < first.start_s < first.end_s < 2.7 + movement.seconds


def test_a_bow_is_none_however_far_the_hips_go_back() -> None:
    for back_m in (0.2, 0.25):
        reps, others = seen(Hinge(back_m=back_m))
        assert reps == []
        assert {one.kind for one in others} <= {Kind.BOW, Kind.LIFT}


def test_jacks_are_jumps_however_many() -> None:
    reps, others = seen(JumpingJacks(6))
    assert reps == []
    assert {one.kind for one in others} <= {Kind.JUMP}


def test_squats_between_other_movements_count() -> None:
    reps, others = seen(Squat(), Lift(), Squat(), Lunge(), Squat())
    assert len(reps) == 3
    assert [one.kind for one in others] == [Kind.LIFT, Kind.LUNGE]


@pytest.mark.parametrize(
    "squat",
    [
        Squat(hold_s=10.0),
        Squat(down_s=12.0, hold_s=1.0, up_s=12.0),
        Squat(heel_rise_m=0.08),
        Squat(depth_deg=30.0),
        Squat(trunk_lean_deg=15.0),
        Squat(delta=(25.0, -10.0)),
    ],
    ids=[
        "a pause",
        "twelve seconds each way",
        "heels that rise",
        "high",
        "an upright trunk",
        "knees anywhere",
    ],
)
def test_squats_as_people_do_them_are_squats(squat: Squat) -> None:
    reps, others = seen(squat, hands="bar")
    assert len(reps) == 1
    assert others == []


def test_arms_that_hang_in_a_deep_squat_lift_nothing() -> None:
    reps, others = seen(Squat(), Squat(depth_deg=-10.0), hands="hang")
    assert len(reps) == 2
    assert others == []


def test_a_network_that_swaps_the_legs_for_a_frame_moves_no_foot() -> None:
    sim = simulate.simulate([Stand(1.5), Squat(), Stand(1.0)], noise=NOISE)
    keypoints = sim.keypoints.copy()
    for left, right in ((13, 14), (15, 16)):
        keypoints[::6, [left, right]] = keypoints[::6, [right, left]]
    found = judged(replace(sim, keypoints=keypoints))
    assert len(found.reps) == 1
    assert found.others == ()
