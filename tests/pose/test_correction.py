"""What is taken away from a network's hips, knees and ankles."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mirror.camera.frame import Frame
from mirror.camera.video import VideoFile
from mirror.faults import BadInput
from mirror.pose.catalog import DEFAULT_MODEL, FOOT_MODEL, entries, find, models_folder
from mirror.pose.correction import (
    COLUMNS,
    FARTHEST,
    INPUTS,
    LEGS,
    ROWS,
    Correction,
    Layer,
    correction_from,
    correction_of,
    read_correction,
    write_correction,
)
from mirror.pose.joints import KEYPOINTS
from mirror.pose.people import PersonTracker
from mirror.pose.pose import Pose
from mirror.pose.pose_net import PoseNet
from mirror.pose.window import WINDOW_HEIGHTS, search_windows

MIRRORED = [0, 2, 1, 4, 3, 6, 5, 8, 7, 10, 9, 12, 11, 14, 13, 16, 15]
LEG_JOINTS = [joint for leg in LEGS for joint in leg]


@pytest.fixture
def default() -> Correction:
    found = correction_of(find(DEFAULT_MODEL))
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


def straight(weights: np.ndarray) -> list[Layer]:
    """One layer: what it reads times the weights."""
    return [(weights.astype(np.float32), np.zeros(len(weights), np.float32))]


def test_weights_say_what_they_are_of() -> None:
    """A map that only reads its own hip's outward place moves the knee by that share of it."""
    weights = np.zeros((len(ROWS), COLUMNS))
    weights[ROWS.index("knee_out"), 2 * INPUTS[0].index(11)] = 0.1
    points = np.zeros((17, 2), np.float32)
    points[11, 0], points[12, 0] = 10, -20
    moved = correction_from(straight(weights))(points, 100.0) - points
    assert moved[13, 0] == pytest.approx(1)
    assert moved[14, 0] == pytest.approx(-2)
    assert np.abs(moved).sum() == pytest.approx(3)


def test_layers_bend_between_them() -> None:
    """One unit reads the hip's outward place doubled; the knee moves down by a tenth of its smooth step."""
    first, last = np.zeros((1, COLUMNS)), np.zeros((len(ROWS), 1))
    first[0, 2 * INPUTS[0].index(11)] = 2.0
    last[ROWS.index("knee_down"), 0] = 0.1
    points = np.zeros((17, 2), np.float32)
    points[11, 0], points[12, 0] = 10, 20
    moved = correction_from([*straight(first), *straight(last)])(points, 100.0) - points
    assert moved[13, 1] == pytest.approx(100 * 0.1 * 0.2 / (1 + np.exp(-0.2)), rel=1e-4)
    assert moved[14, 1] == pytest.approx(100 * 0.1 * -0.4 / (1 + np.exp(0.4)), rel=1e-4)


def test_arms_and_faces_do_not_move_a_leg(default: Correction, standing: np.ndarray) -> None:
    waving = standing.copy()
    waving[[1, 2, 3, 4, 7, 8, 9, 10]] += [-35, -120]
    np.testing.assert_array_equal(default(waving, 500.0)[LEG_JOINTS], default(standing, 500.0)[LEG_JOINTS])


def test_ankles_stay_where_they_are_sideways(default: Correction, standing: np.ndarray) -> None:
    """The feet's directions are told from them."""
    np.testing.assert_array_equal(default(standing, 500.0)[[15, 16], 0], standing[[15, 16], 0])


def test_a_height_told_a_little_wrong_moves_joints_little(default: Correction, standing: np.ndarray) -> None:
    """3 % of somebody's height is what the mirror may be wrong by."""
    right, wrong = default(standing, 500.0), default(standing, 515.0)
    assert np.abs(right - wrong).max() < 0.01 * 500


def test_keypoints_keep_their_scores_and_the_rest(default: Correction, standing: np.ndarray) -> None:
    keypoints = np.column_stack([standing[:, 1] / 640, standing[:, 0] / 480, np.full(17, 0.7)]).astype(
        np.float32
    )
    moved = default.of_keypoints(keypoints, (640, 480), 500.0)
    np.testing.assert_array_equal(moved[:, 2], keypoints[:, 2])
    np.testing.assert_allclose(moved[:, [1, 0]] * [480, 640], default(standing, 500.0), atol=0.05)


def test_layers_that_do_not_fit_are_refused() -> None:
    sound = straight(np.zeros((len(ROWS), COLUMNS)))
    assert correction_from(sound)
    too_narrow = straight(np.zeros((len(ROWS), COLUMNS - 1)))
    too_few = straight(np.zeros((len(ROWS) - 1, COLUMNS)))
    apart = [*straight(np.zeros((4, COLUMNS))), *straight(np.zeros((len(ROWS), 5)))]
    no_number = straight(np.full((len(ROWS), COLUMNS), np.nan))
    for broken in (too_narrow, too_few, apart, no_number, []):
        with pytest.raises(BadInput, match="correction"):
            correction_from(broken)


def test_what_is_kept_is_read_again_and_always_the_same_bytes(default: Correction, tmp_path: Path) -> None:
    write_correction(default, tmp_path / "a.npz")
    again = read_correction(tmp_path / "a.npz")
    write_correction(again, tmp_path / "b.npz")
    assert (tmp_path / "a.npz").read_bytes() == (tmp_path / "b.npz").read_bytes()
    for (weights, added), (read, plus) in zip(default.layers, again.layers, strict=True):
        np.testing.assert_array_equal(weights, read)
        np.testing.assert_array_equal(added, plus)


@pytest.mark.parametrize("damage", ["gone", "empty", "cut", "no archive", "other names"])
def test_a_file_that_is_none_is_refused_in_a_sentence(
    damage: str, default: Correction, tmp_path: Path
) -> None:
    path = tmp_path / "model.bias.npz"
    write_correction(default, path)
    whole = path.read_bytes()
    if damage == "gone":
        path.unlink()
    elif damage == "empty":
        path.write_bytes(b"")
    elif damage == "cut":
        path.write_bytes(whole[: len(whole) // 2])
    elif damage == "no archive":
        path.write_bytes(b"nothing of the kind")
    else:
        np.savez(path, one=np.zeros(3), two=np.zeros(3))
    with pytest.raises(BadInput, match=r"correction cannot be read: .*model\.bias\.npz"):
        read_correction(path)


@pytest.mark.parametrize("damage", ["changed", "gone"])
def test_a_network_whose_correction_is_not_the_listed_one_never_runs(damage: str, tmp_path: Path) -> None:
    for file in models_folder().iterdir():
        (tmp_path / file.name).symlink_to(file)
    entry = find(DEFAULT_MODEL, tmp_path)
    assert entry.correction is not None
    entry.correction.unlink()
    if damage == "changed":
        write_correction(correction_from(straight(np.zeros((len(ROWS), COLUMNS)))), entry.correction)
    with pytest.raises(BadInput, match=r"bias\.npz"):
        PoseNet(entry, threads=1)
    with pytest.raises(BadInput, match=r"bias\.npz"):  # as networks that run elsewhere read it
        correction_of(entry)


def test_a_model_that_was_not_measured_has_none() -> None:
    assert correction_of(find(FOOT_MODEL)) is None


def followed(clip: Path, *, corrected: bool) -> list[tuple[int, Pose]]:
    """Number and pose of every sixth of the bundled clip's first frames, as they leave the tracker."""
    net = PoseNet(find(DEFAULT_MODEL), threads=1)
    if not corrected:
        net.correction = None
    tracker, poses = PersonTracker(net), []
    for number, frame in enumerate(VideoFile(clip, pace=False).frames()):
        if number > 260:
            break
        if number <= 10 or not number % 6:
            poses.append((number, tracker.see(frame)))
    return poses


def errors(poses: list[tuple[int, Pose]], truth: dict[str, Any]) -> np.ndarray:
    """(frames, 6): how far hips, knees and ankles are from the true ones, % of standing height."""
    rows = [truth["joints"].index(KEYPOINTS[joint]) for joint in LEG_JOINTS]
    found = []
    for number, pose in poses:
        assert pose.window is not None
        true = np.array([truth["frames"][number]["j2"][row] for row in rows])
        xy = pose.keypoints[LEG_JOINTS][:, [1, 0]] * [pose.size[1], pose.size[0]]
        found.append(100 * np.linalg.norm(xy - true, axis=1) / (pose.window[2] / WINDOW_HEIGHTS))
    return np.array(found)


def test_whoever_is_followed_is_found_nearer_to_the_true_joints(
    demo_clip: Path, demo_truth: dict[str, Any]
) -> None:
    """Fails where the tracker leaves the network's bias in, or takes it away twice."""
    before = errors(followed(demo_clip, corrected=False), demo_truth)
    after = errors(followed(demo_clip, corrected=True), demo_truth)
    assert after.mean() < 0.85 * before.mean()
    assert after.mean() < 1.2


def test_what_leaves_the_tracker_is_what_the_network_saw_put_right_once(
    default: Correction, demo_clip: Path
) -> None:
    """By the height of the window's person; and windows stay where they were without it."""
    bare, mended = followed(demo_clip, corrected=False), followed(demo_clip, corrected=True)
    for (_, seen), (_, told) in zip(bare, mended, strict=True):
        assert told.window == seen.window is not None
        expected = default.of_keypoints(seen.keypoints, seen.size, seen.window[2] / WINDOW_HEIGHTS)
        np.testing.assert_array_equal(told.keypoints, expected)


def test_single_looks_are_left_as_the_network_sees_them(demo_clip: Path) -> None:
    """Through windows of any height, as in a search: there the person's height is not known."""
    frame = next(iter(VideoFile(demo_clip, pace=False).frames()))
    net, bare = (PoseNet(find(DEFAULT_MODEL), threads=1) for _ in range(2))
    bare.correction = None
    for window in search_windows(frame.size, net.aspect):
        np.testing.assert_array_equal(net.look(frame, window), bare.look(frame, window))


@pytest.mark.parametrize("name", [name for name, entry in entries().items() if entry.judges])
def test_every_network_that_judges_is_put_right(name: str) -> None:
    assert correction_of(find(name)) is not None


def test_joints_of_a_recording_are_not_put_right_again(demo_clip: Path) -> None:
    net = PoseNet(find(DEFAULT_MODEL), threads=1)
    frame = next(iter(VideoFile(demo_clip, pace=False).frames()))
    told = PersonTracker(net).see(frame).keypoints
    played = Frame(frame.pixels, frame.t, frame.index, frame.layout, frame.size, told)
    np.testing.assert_array_equal(PersonTracker(net).see(played).keypoints, told)
