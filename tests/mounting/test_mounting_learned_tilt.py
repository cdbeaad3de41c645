"""A station's tilt from everybody who stood there: it gets better with them, and nobody spoils it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import simulate

from mirror.knees.constants import ANATOMICAL
from mirror.knees.judge import Thresholds
from mirror.knees.live import KneeWatch
from mirror.knees.optics import Camera, rectify
from mirror.knees.reading import KneeReading
from mirror.knees.stance import median_pose
from mirror.knees.track import TrackedPose
from mirror.mounting.learned_tilt import MOST, LearnedMount, Visitor, learned, remembered, visitor
from mirror.mounting.tilt import About

HOW = (("hfov", "given"), ("tilt", "assumed"), ("roll", "assumed"), ("height", "given"))
HANGS = simulate.Camera(hfov_deg=55.0, height_m=1.08, tilt_deg=3.0, roll_deg=1.2)
PAUSE_S = 600.0


def somebody(
    rng: np.random.Generator, hangs: simulate.Camera, stature_m: float | None = None
) -> simulate.Simulated:
    """Somebody of any stature, build, stand and yaw, seen with keypoint noise for two thirds of a second."""
    tall = float(np.clip(rng.normal(1.70, 0.09), 1.45, 2.0)) if stature_m is None else stature_m
    legs = {"shank": 0.246 * rng.normal(1.0, 0.03), "thigh": 0.245 * rng.normal(1.0, 0.03)}
    return simulate.simulate(
        [simulate.Stand(0.65)],
        body=simulate.Body(tall, **legs),
        camera=replace(hangs, distance_m=float(rng.uniform(2.3, 3.2))),
        noise=simulate.Noise(sigma_px=1.0),
        yaw_deg=float(rng.normal(0.0, 5.0)),
        place_m=(float(rng.normal(0.0, 0.1)), 0.0),
        seed=int(rng.integers(1 << 30)),
    )


def told(mount: LearnedMount, sim: simulate.Simulated, t: float) -> bool:
    """Let the mount hear of this person at time t."""
    p = rectify(sim.keypoints[..., :2], sim.image_size, mount.camera)
    pose = median_pose(p, sim.keypoints[..., 2].astype(np.float64))
    return mount.stood(t, pose, sim.image_size, mount.camera)


def fresh(hangs: simulate.Camera = HANGS, stature_m: float | None = None) -> LearnedMount:
    return LearnedMount(Camera(hangs.hfov_deg, 8.0, 0.0, hangs.height_m, HOW), ANATOMICAL, stature_m)


def after(people: int, seed: int, hangs: simulate.Camera = HANGS) -> Camera:
    rng, mount = np.random.default_rng(seed), fresh(hangs)
    for i in range(people):
        told(mount, somebody(rng, hangs), i * PAUSE_S)
    return mount.camera


def test_fifteen_people_of_unknown_stature_give_the_tilt_to_a_degree() -> None:
    errors = [after(15, seed).tilt_deg - HANGS.tilt_deg for seed in range(12)]
    assert max(np.abs(errors)) < 1.3
    assert np.sqrt(np.mean(np.square(errors))) < 0.7
    assert sum(abs(e) < 1.0 for e in errors) >= 11


def test_fifteen_people_s_middle_lines_give_the_roll() -> None:
    errors = [after(15, seed).roll_deg - HANGS.roll_deg for seed in range(8)]
    assert max(np.abs(errors)) < 0.7


def test_it_says_from_how_many_people_and_how_sure_it_is() -> None:
    rng, mount = np.random.default_rng(0), fresh()
    assert dict(mount.camera.how_known)["tilt"] == "assumed"
    told(mount, somebody(rng, HANGS), 0.0)
    assert dict(mount.camera.how_known)["tilt"].startswith("learned from 1 person, +-1.")
    assert dict(mount.camera.how_known)["roll"] == "assumed"  # one body's lean is no spirit level
    for i in range(1, 12):
        told(mount, somebody(rng, HANGS), i * PAUSE_S)
    assert dict(mount.camera.how_known)["tilt"].startswith("learned from 12 people, +-0.")
    assert dict(mount.camera.how_known)["roll"].startswith("learned from 12 people, +-0.")


def test_a_known_stature_needs_one_person() -> None:
    mount = fresh(stature_m=1.83)
    told(mount, somebody(np.random.default_rng(4), HANGS, 1.83), 0.0)
    assert mount.camera.tilt_deg == pytest.approx(HANGS.tilt_deg, abs=1.2)


@pytest.mark.parametrize("how", ["given", "recording", "calibrated"])
def test_a_tilt_that_somebody_measured_is_never_touched(how: str) -> None:
    camera = Camera(55.0, 6.5, 0.5, 1.08, (("tilt", how), ("roll", "given")))
    mount = LearnedMount(camera, ANATOMICAL, None)
    assert not told(mount, somebody(np.random.default_rng(1), HANGS), 0.0)
    assert mount.camera is camera


def test_a_child_and_somebody_on_a_box_hardly_count() -> None:
    grown = [Visitor(t, 1.3, 0.5, 0.0) for t in (2.1, 3.0, 3.9, 2.6, 3.4, 1.8, 4.2, 3.1)]
    with_odd = learned([*grown, Visitor(-9.0, 1.3, 0.5, 0.0), Visitor(14.0, 1.3, 0.5, 0.0)])
    assert with_odd is not None
    assert with_odd.tilt_deg.value == pytest.approx(3.0, abs=0.4)


def test_what_all_people_share_does_not_average_out() -> None:
    many = learned([Visitor(3.0, 1.3, 0.5, 0.0)] * 50)
    assert many is not None
    assert 0.5 < many.tilt_deg.sd < 0.6


def test_without_anybody_nothing_is_known() -> None:
    assert learned([]) is None
    assert remembered([]) == ()


def test_a_camera_that_was_moved_is_noticed_and_learned_anew() -> None:
    rng, mount = np.random.default_rng(7), fresh()
    for i in range(20):
        told(mount, somebody(rng, HANGS), i * PAUSE_S)
    bumped = replace(HANGS, tilt_deg=HANGS.tilt_deg + 7.0)
    for i in range(20, 27):
        told(mount, somebody(rng, bumped), i * PAUSE_S)
    assert mount.camera.tilt_deg == pytest.approx(bumped.tilt_deg, abs=1.6)


def test_a_camera_that_stays_is_never_taken_for_a_moved_one() -> None:
    rng = np.random.default_rng(11)
    for _ in range(20):
        people: tuple[Visitor, ...] = ()
        for tilt in rng.normal(3.0, 1.25, 80):
            people = remembered((*people, Visitor(float(tilt), 1.3, 0.5, 0.0)))
        assert len(people) == MOST


def test_somebody_between_two_sets_is_counted_once_and_somebody_else_is_not() -> None:
    rng, mount = np.random.default_rng(2), fresh()
    same = somebody(rng, HANGS, 1.62)
    for i in range(6):
        told(mount, same, 60.0 * i)
    assert "1 person" in dict(mount.camera.how_known)["tilt"]
    told(mount, somebody(rng, HANGS, 1.93), 360.0)
    assert "2 people" in dict(mount.camera.how_known)["tilt"]


def test_one_person_s_word_is_as_good_as_it_says() -> None:
    sim = somebody(np.random.default_rng(5), HANGS, 1.70)
    mount = fresh()
    told(mount, sim, 0.0)
    from mirror.mounting.tilt import sighting

    seen = sighting(sim.keypoints, sim.image_size, Camera(HANGS.hfov_deg))
    assert seen is not None
    sure = visitor(seen, HANGS.height_m, 1.70, ANATOMICAL)
    unsure = visitor(seen, HANGS.height_m, None, ANATOMICAL)
    unmeasured = visitor(seen, None, None, ANATOMICAL)
    assert sure.sd_deg < 0.7 < unsure.sd_deg < 2.0 < unmeasured.sd_deg
    assert unsure.shared_deg < unsure.sd_deg
    assert About(unmeasured.tilt_deg, unmeasured.shared_deg).sd > 2.0  # no crowd makes up for the tape


# -- in the live knees room


def watching(mount: LearnedMount) -> KneeWatch:
    return KneeWatch(mount.camera, ANATOMICAL, Thresholds(), mount=mount, ask_reference=False)


def visit(watch: KneeWatch, sim: simulate.Simulated, start_s: float) -> list[tuple[KneeReading, Camera]]:
    """Somebody comes, does what they do, and leaves for two seconds."""
    seen = [
        (watch.update(TrackedPose(start_s + float(t), k, sim.image_size))[0], watch.camera)
        for t, k in zip(sim.t, sim.keypoints, strict=True)
    ]
    gone = start_s + float(sim.t[-1])
    for i in range(1, 61):
        watch.update(TrackedPose(gone + i / 30, np.zeros((17, 3), np.float32), sim.image_size, False))
    return seen


def a_set(stature_m: float, seed: int) -> simulate.Simulated:
    return simulate.simulate(
        [simulate.Stand(2.0), simulate.Squat(), simulate.Squat(), simulate.Stand(1.5)],
        body=simulate.Body(stature_m),
        camera=replace(HANGS, distance_m=2.7),
        noise=simulate.Noise(sigma_px=0.8),
        seed=seed,
    )


def test_the_first_person_ever_sets_the_tilt_before_they_squat() -> None:
    mount = fresh()
    seen = visit(watching(mount), a_set(1.72, 1), 0.0)
    standing = [camera.tilt_deg for reading, camera in seen if reading.t < 1.9]
    squatting = {camera.tilt_deg for reading, camera in seen if reading.t >= 1.9}
    assert standing[0] == 8.0
    assert squatting == {mount.camera.tilt_deg}
    assert mount.camera.tilt_deg == pytest.approx(HANGS.tilt_deg, abs=1.5)
    assert all(reading.setup.calibrated for reading, _ in seen if 0.8 < reading.t < 1.9)


def test_later_people_change_it_between_visits_only() -> None:
    mount = fresh()
    watch = watching(mount)
    visit(watch, a_set(1.72, 1), 0.0)
    second = {camera.tilt_deg for _, camera in visit(watch, a_set(1.86, 2), 600.0)}
    third = {camera.tilt_deg for _, camera in visit(watch, a_set(1.60, 3), 1200.0)}
    assert len(second) == len(third) == 1
    assert second != third
