"""What is taken away from a network's hips, knees and ankles."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mirror.camera.video import VideoFile
from mirror.faults import BadInput
from mirror.pose.catalog import DEFAULT_MODEL, FOOT_MODEL, find
from mirror.pose.correction import (
    COLUMNS,
    FARTHEST,
    INPUTS,
    LEGS,
    ROWS,
    Correction,
    correction_from,
    correction_of,
)
from mirror.pose.people import PersonTracker, PoseNet
from mirror.pose.pose import KEYPOINTS
from mirror.pose.window import standing_height

MIRRORED = [0, 2, 1, 4, 3, 6, 5, 8, 7, 10, 9, 12, 11, 14, 13, 16, 15]
LEG_JOINTS = [joint for leg in LEGS for joint in leg]


@pytest.fixture
def default() -> Correction:
    found = correction_of(DEFAULT_MODEL)
    assert found is not None
    return found


@pytest.fixture
def standing() -> np.ndarray:
    """(17, 2) pixels of somebody 500 px high, with limbs a little unequal."""
    down = [70, 65, 65, 70, 70, 130, 132, 210, 205, 280, 285, 300, 302, 400, 398, 505, 502]
    right = [240, 246, 234, 255, 225, 290, 190, 310, 170, 315, 165, 265, 214, 270, 210, 275, 204]
    return np.stack([right, down], axis=1).astype(np.float32)


def test_only_hips_knees_and_ankles_are_moved(default: Correction, standing: np.ndarray) -> None:
    moved = default(standing, 500.0) != standing
    assert not moved[[j for j in range(17) if j not in LEG_JOINTS]].any()
    assert moved[LEG_JOINTS].any()


def test_a_mirrored_person_is_corrected_in_the_mirror_image_way(
    default: Correction, standing: np.ndarray
) -> None:
    image = (np.array([480, 0]) + standing[MIRRORED] * [-1, 1]).astype(np.float32)
    back = np.array([480, 0]) + default(image, 500.0)[MIRRORED] * [-1, 1]
    np.testing.assert_allclose(back, default(standing, 500.0), atol=1e-3)


def test_a_larger_picture_of_the_same_person_is_corrected_as_much(
    default: Correction, standing: np.ndarray
) -> None:
    np.testing.assert_allclose(
        default(3 * standing + 40, 1500.0), 3 * default(standing, 500.0) + 40, atol=1e-2
    )


def test_no_joint_is_moved_further_than_real_biases_are(default: Correction) -> None:
    crumpled = np.random.default_rng(0).uniform(0, 600, (50, 17, 2)).astype(np.float32)
    moved = np.abs(default(crumpled, 500.0) - crumpled)
    assert moved.max() <= FARTHEST * 500 + 1e-2


def test_weights_say_what_they_are_of() -> None:
    """A map that only reads its own hip's outward place moves the knee by that share of it."""
    weights = np.zeros((len(ROWS), COLUMNS), np.float32)
    weights[ROWS.index("knee_out"), 2 * INPUTS[0].index(11)] = 0.1
    points = np.zeros((17, 2), np.float32)
    points[11, 0], points[12, 0] = 10, -20
    moved = Correction(weights)(points, 100.0) - points
    assert moved[13, 0] == pytest.approx(1)
    assert moved[14, 0] == pytest.approx(-2)
    assert np.abs(moved).sum() == pytest.approx(3)


def test_keypoints_keep_their_scores_and_the_rest(default: Correction, standing: np.ndarray) -> None:
    keypoints = np.column_stack([standing[:, 1] / 640, standing[:, 0] / 480, np.full(17, 0.7)]).astype(
        np.float32
    )
    moved = default.of_keypoints(keypoints, (640, 480), 500.0)
    np.testing.assert_array_equal(moved[:, 2], keypoints[:, 2])
    np.testing.assert_allclose(moved[:, [1, 0]] * [480, 640], default(standing, 500.0), atol=0.05)


def test_a_table_with_a_row_missing_or_short_is_refused() -> None:
    whole = {row: [0.0] * COLUMNS for row in ROWS}
    assert correction_from(whole).weights.shape == (len(ROWS), COLUMNS)
    for broken in ({**whole, "hip_out": [0.0]}, {r: w for r, w in whole.items() if r != "knee_down"}):
        with pytest.raises(BadInput, match="correction needs"):
            correction_from(broken)


def test_a_model_that_was_not_measured_has_none() -> None:
    assert correction_of(FOOT_MODEL) is None


def test_the_bundled_clip_s_joints_are_found_nearer_to_the_true_ones(
    default: Correction, demo_clip: Path, demo_truth: dict[str, Any]
) -> None:
    rows = [demo_truth["joints"].index(name) for name in KEYPOINTS]
    tracker = PersonTracker(PoseNet(find(DEFAULT_MODEL), threads=1))
    height, before, after = 0.0, [], []
    for number, frame in enumerate(VideoFile(demo_clip, pace=False).frames()):
        if number > 260:
            break
        if number > 10 and number % 6:
            continue
        keypoints = tracker.see(frame).keypoints
        height = height or standing_height(keypoints, frame.size)
        true = np.array([demo_truth["frames"][number]["j2"][row] for row in rows])[LEG_JOINTS]
        for kept, found in (
            (before, keypoints),
            (after, default.of_keypoints(keypoints, frame.size, height)),
        ):
            xy = found[LEG_JOINTS][:, [1, 0]] * [frame.size[1], frame.size[0]]
            kept.append(np.linalg.norm(xy - true, axis=1))
    assert np.mean(after) < 0.85 * np.mean(before)
    assert 100 * np.mean(after) / height < 1.2
