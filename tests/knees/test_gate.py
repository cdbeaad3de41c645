"""When nobody is judged, whatever the knees do: turned, feet below the picture, too close."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import simulate
from judged import judged

from mirror.knees.analysis import Analysis
from mirror.knees.constants import ANATOMICAL
from mirror.knees.gate import cut_off
from mirror.knees.judge import Thresholds
from mirror.knees.live import KneeWatch
from mirror.knees.optics import Camera
from mirror.knees.reading import KneeReading, Rep, Verdict
from mirror.knees.reasons import Framing, Reason, Why, because
from mirror.knees.track import TrackedPose

NOISE = simulate.Noise(sigma_px=0.8)
GOOD, CAVES = (0.0, 0.0), (13.0, 12.0)


def seen(**how: object) -> simulate.Simulated:
    movements = [
        simulate.Stand(1.5), simulate.Squat(delta=GOOD), simulate.Squat(delta=CAVES), simulate.Stand(0.6),
    ]  # fmt: skip
    return simulate.simulate(movements, **({"noise": NOISE} | how))  # type: ignore[arg-type]


def live(sim: simulate.Simulated) -> tuple[list[Rep], list[KneeReading]]:
    watch = KneeWatch(Camera(sim.hfov_deg, sim.tilt_deg), ANATOMICAL, Thresholds(), ask_reference=False)
    reps, readings = [], []
    for t, keypoints in zip(sim.t, sim.keypoints, strict=True):
        reading, rep = watch.update(TrackedPose(float(t), keypoints, sim.image_size, True))
        readings.append(reading)
        reps += [rep] if rep else []
        if watch.wants_toes:
            watch.take_toes(sim.toes, sim.image_size)
    return reps, readings


def whys(found: Analysis | list[Rep]) -> list[Reason | None]:
    reps = found if isinstance(found, list) else found.reps
    return [leg.why for rep in reps for leg in (rep.left, rep.right)]


@pytest.mark.parametrize("yaw_deg", [-16.0, 0.0, 16.0])
def test_who_stands_a_little_askew_is_judged(yaw_deg: float) -> None:
    found = judged(seen(yaw_deg=yaw_deg))
    assert [rep.left.verdict for rep in found.reps] == [Verdict.GOOD, Verdict.OFF_TRACK]
    assert whys(found) == [None] * 4


@pytest.mark.parametrize("yaw_deg", [-40.0, 40.0])
def test_who_stands_turned_is_counted_and_told_by_how_much_live_and_at_the_desk(yaw_deg: float) -> None:
    sim = seen(yaw_deg=yaw_deg)
    found, (reps, readings) = judged(sim), live(sim)
    assert len(found.reps) == len(reps) == 2
    for why in (*whys(found), *whys(reps), found.why_unknown):
        assert why in [because(Why.TURNED, degrees=degrees) for degrees in (30, 35, 40)]
    assert Framing.FACE_MIRROR in {reading.setup.framing for reading in readings}


@pytest.mark.parametrize("yaw_deg", [-10.0, 0.0, 10.0])
def test_nobody_who_faces_the_mirror_is_told_to_turn(yaw_deg: float) -> None:
    _, readings = live(seen(yaw_deg=yaw_deg))
    assert Framing.FACE_MIRROR not in {reading.setup.framing for reading in readings}


def test_who_turns_round_to_the_mirror_is_judged_from_then_on() -> None:
    """Being told to face the mirror must not keep anybody from being measured again."""
    one, other = seen(yaw_deg=40.0), seen(yaw_deg=0.0)
    watch = KneeWatch(Camera(one.hfov_deg, one.tilt_deg), ANATOMICAL, Thresholds(), ask_reference=False)
    reps = []
    for sim, from_s in ((one, 0.0), (other, float(one.t[-1]) + 1 / 30)):
        for t, keypoints in zip(sim.t, sim.keypoints, strict=True):
            _, rep = watch.update(TrackedPose(from_s + float(t), keypoints, sim.image_size, True))
            reps += [rep] if rep else []
            if watch.wants_toes:
                watch.take_toes(sim.toes, sim.image_size)
    assert [rep.left.verdict for rep in reps[-2:]] == [Verdict.GOOD, Verdict.OFF_TRACK]


def test_a_turned_body_whose_feet_nobody_saw_is_told_by_shoulders_and_hips() -> None:
    assert {why.key for why in whys(judged(seen(yaw_deg=45.0), toes=False)) if why} == {Why.TURNED}
    facing = judged(seen(), toes=False)
    assert whys(facing) == [None] * 4
    assert [rep.left.verdict for rep in facing.reps] == [Verdict.GOOD, Verdict.OFF_TRACK]


def test_feet_below_the_picture_are_said_live_and_at_the_desk() -> None:
    sim = seen()
    keypoints = sim.keypoints.copy()
    keypoints[..., 0] *= 0.96 / np.median(keypoints[:, 15:17, 0])
    lower = replace(sim, keypoints=keypoints)
    found, (reps, _) = judged(lower), live(lower)
    assert set(whys(found)) == set(whys(reps)) == {Reason(Why.FEET_BELOW_PICTURE)}


def test_feet_hidden_by_something_in_the_picture_are_not_below_it() -> None:
    pose = seen().keypoints[0].copy()
    assert cut_off(pose) is None
    pose[15:17, 2] = 0.1
    assert cut_off(pose) is None  # at seven tenths of the height
    pose[:, 0] += 0.9 - pose[15:17, 0].max()
    assert cut_off(pose) == Reason(Why.FEET_BELOW_PICTURE)


def test_who_stands_under_the_lens_is_too_close() -> None:
    wide = simulate.Camera(distance_m=0.85, hfov_deg=100.0, width=960, height=1280)
    sim = seen(camera=wide)
    assert whys(judged(sim)) == [Reason(Why.TOO_CLOSE)] * 4
