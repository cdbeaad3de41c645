"""Where eyes and knees are in the room, against the exact places of a rendered person."""

from __future__ import annotations

import gzip
import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mirror.knees.constants import ANATOMICAL
from mirror.knees.judge import Thresholds
from mirror.knees.live import KneeWatch
from mirror.knees.optics import Camera
from mirror.knees.reading import KneeReading, Phase, Ray
from mirror.knees.track import TrackedPose

TRUTH = Path(__file__).parents[1] / "data" / "demo_truth.json.gz"
COCO = [
    *("nose", "left_eye", "right_eye", "left_ear", "right_ear", "left_shoulder", "right_shoulder"),
    *("left_elbow", "right_elbow", "left_wrist", "right_wrist", "left_hip", "right_hip"),
    *("left_knee", "right_knee", "left_ankle", "right_ankle"),
]
Seen = list[tuple[KneeReading, dict[str, np.ndarray]]]


@pytest.fixture(scope="module")
def truth() -> dict[str, Any]:
    return json.loads(gzip.decompress(TRUTH.read_bytes()))


def camera_of(truth: dict[str, Any], height_known: bool) -> Camera:
    lens = truth["camera"]
    hfov = 2 * math.degrees(math.atan(lens["W"] / 2 / lens["f_px"]))
    tilt = math.degrees(math.asin(-lens["view"][1][2]))
    return Camera(hfov, tilt, 0.0, lens["eye"][1] if height_known else None)


def watched(truth: dict[str, Any], camera: Camera, stature_m: float | None) -> Seen:
    """Every reading with the true places of joints from the lens: x right, y up, depth, metres."""
    lens, joints = truth["camera"], truth["joints"]
    watch = KneeWatch(camera, ANATOMICAL, Thresholds(), stature_m=stature_m)
    picked = [joints.index(name) for name in COCO]
    seen: Seen = []
    for frame in truth["frames"]:
        xy = np.array(frame["j2"], float)[picked] / (lens["W"], lens["H"])
        keypoints = np.column_stack([xy[:, ::-1], np.full(17, 0.9)]).astype(np.float32)
        reading, _ = watch.update(TrackedPose(frame["t"], keypoints, (lens["H"], lens["W"])))
        eye = np.array(lens["eye"])
        from_lens = (np.array(frame["j3"]) - eye) * (1, 1, -1)
        seen.append((reading, dict(zip(joints, from_lens, strict=True))))
    return seen


def place(ray: Ray) -> np.ndarray:
    return np.array([ray.x * ray.depth_m, ray.y * ray.depth_m, ray.depth_m])


def knee_errors(seen: Seen) -> np.ndarray:
    """Distances of marked and true knees, metres, in the frames of squats."""
    return np.array(
        [
            np.linalg.norm(place(leg.knee_ray) - true[f"{side}_knee"])
            for reading, true in seen
            if reading.phase is not Phase.STAND
            for side, leg in (("left", reading.left), ("right", reading.right))
            if leg.knee_ray is not None
        ]
    )


@pytest.mark.parametrize(("height_known", "stature_m"), [(True, None), (False, 1.72)])
def test_knees_are_where_they_are(truth: dict[str, Any], height_known: bool, stature_m: float | None) -> None:
    wrong = knee_errors(watched(truth, camera_of(truth, height_known), stature_m))
    assert len(wrong) > 400
    assert np.median(wrong) < 0.12


def test_eyes_are_over_the_ankles_within_a_hands_width(truth: dict[str, Any]) -> None:
    seen = watched(truth, camera_of(truth, True), None)
    apart = [
        np.linalg.norm(place(reading.eye)[:2] - (true["left_eye"] + true["right_eye"])[:2] / 2)
        for reading, true in seen
        if reading.eye is not None
    ]
    assert len(apart) > 400
    assert np.median(apart) < 0.12


def on_glass(eye: np.ndarray, point: np.ndarray) -> np.ndarray:
    """Where the line from the eye to the point's mirror image meets the glass, the lens's plane."""
    image = point * (1, 1, -1)
    share = eye[2] / (eye[2] - image[2])
    return (eye + share * (image - eye))[:2]


def test_a_ring_covers_the_knee_the_person_sees(truth: dict[str, Any]) -> None:
    """End to end: 27 mm is the ring's radius on the glass."""
    wrong = []
    for reading, true in watched(truth, camera_of(truth, True), None):
        eye = (true["left_eye"] + true["right_eye"]) / 2
        if reading.eye is None:
            continue
        for side, leg in (("left", reading.left), ("right", reading.right)):
            if leg.knee_ray is not None:
                ours = on_glass(place(reading.eye), place(leg.knee_ray))
                wrong.append(np.linalg.norm(ours - on_glass(eye, true[f"{side}_knee"])))
    assert len(wrong) > 800
    assert np.quantile(wrong, 0.9) < 0.027


def test_a_target_lies_beside_its_knee_and_not_far_from_it(truth: dict[str, Any]) -> None:
    for reading, _ in watched(truth, camera_of(truth, True), None):
        for leg in (reading.left, reading.right):
            if leg.knee_ray is not None and leg.target_ray is not None:
                assert np.linalg.norm(place(leg.target_ray) - place(leg.knee_ray)) < 0.35


def test_nobody_has_no_eyes_and_no_knees() -> None:
    watch = KneeWatch(Camera(50.0), ANATOMICAL, Thresholds())
    reading, _ = watch.update(TrackedPose(0.0, np.zeros((17, 3), np.float32), (640, 480), False))
    assert reading.eye is None
    assert reading.left.knee_ray is None
    assert reading.right.target_ray is None
