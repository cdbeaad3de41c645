"""One person found, kept, lost and found again, on rendered and composed pictures through the real model."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mirror.camera.frame import Frame, Layout
from mirror.camera.video import VideoFile
from mirror.pose.catalog import DEFAULT_MODEL, find
from mirror.pose.joints import KEYPOINTS
from mirror.pose.people import PersonTracker
from mirror.pose.pose import Pose, Presence
from mirror.pose.pose_net import PoseNet, untangled


@pytest.fixture(scope="module")
def net() -> PoseNet:
    return PoseNet(find(DEFAULT_MODEL))


@pytest.fixture(scope="module")
def pictures(demo_clip: Path) -> list[np.ndarray]:
    return [frame.pixels.copy() for frame in VideoFile(demo_clip, pace=False).frames()]


def see(tracker: PersonTracker, picture: np.ndarray, t: float) -> Pose:
    return tracker.see(Frame(picture, t, 0, Layout.BGR, picture.shape[:2]))


def hip_x(pose: Pose) -> float:
    return float(pose.keypoints[[11, 12], 1].mean())


def test_the_first_frame_finds_the_person_and_the_window_stays(
    net: PoseNet, pictures: list[np.ndarray]
) -> None:
    tracker = PersonTracker(net)
    poses = [see(tracker, picture, i / 30) for i, picture in enumerate(pictures[:330])]
    assert {pose.seen for pose in poses} == {Presence.FOUND}
    assert len({pose.window for pose in poses[3:]}) == 1  # four squats, one window


def test_keypoints_are_near_the_true_joints(
    net: PoseNet, pictures: list[np.ndarray], demo_truth: dict[str, Any]
) -> None:
    tracker = PersonTracker(net)
    columns = [demo_truth["joints"].index(name) for name in KEYPOINTS]
    errors = []
    for i, picture in enumerate(pictures):
        pose = see(tracker, picture, i / 30)
        if i % 5 == 0:
            true = np.array(demo_truth["frames"][i]["j2"])[columns]
            errors.append(np.linalg.norm(pose.keypoints[:, [1, 0]] * (480, 640) - true, axis=1))
    share = np.mean(errors, axis=0) / 372  # px of standing height in this clip
    assert share[[11, 12]].mean() < 0.015
    assert share[[13, 14]].mean() < 0.016
    assert share[[15, 16]].mean() < 0.015


def test_left_is_the_persons_left_and_a_flipped_picture_swaps_it(
    net: PoseNet, pictures: list[np.ndarray]
) -> None:
    upright = see(PersonTracker(net), pictures[0], 0.0)
    flipped = see(PersonTracker(net), np.ascontiguousarray(pictures[0][:, ::-1]), 0.0)
    for left, right in ((5, 6), (11, 12), (13, 14), (15, 16)):
        assert (
            upright.keypoints[left, 1] > upright.keypoints[right, 1]
        )  # un-mirrored: left on the image right
        assert (
            flipped.keypoints[left, 1] > flipped.keypoints[right, 1]
        )  # a flip makes a new person, who faces us
        assert flipped.keypoints[left, 1] == pytest.approx(1 - upright.keypoints[right, 1], abs=0.02)


def test_an_empty_room_has_nobody(net: PoseNet, pictures: list[np.ndarray]) -> None:
    empty = np.median(np.stack([p[:, :160] for p in pictures[::60]]), axis=0).astype(np.uint8)
    assert see(PersonTracker(net), np.tile(empty, (1, 3, 1)), 0.0).seen is Presence.NOBODY


def test_lost_and_found_again(net: PoseNet, pictures: list[np.ndarray]) -> None:
    tracker = PersonTracker(net)
    dark = np.zeros_like(pictures[0])
    assert see(tracker, pictures[0], 0.0).seen is Presence.FOUND
    assert see(tracker, dark, 0.1).seen is Presence.UNSURE  # a moment's darkness is not somebody leaving
    assert see(tracker, dark, 0.9).seen is Presence.NOBODY
    assert see(tracker, pictures[0], 1.2).seen is Presence.FOUND


def two_people(picture: np.ndarray, *, first: bool, second: bool) -> np.ndarray:
    """A wide picture with the person standing on the left, the same on the right, both or neither."""
    wide = np.full((640, 960, 3), 90, np.uint8)
    if first:
        wide[:, :480] = picture
    if second:
        wide[:, 480:] = picture
    return wide


def test_somebody_walking_in_does_not_take_over(net: PoseNet, pictures: list[np.ndarray]) -> None:
    tracker = PersonTracker(net)
    alone = two_people(pictures[0], first=True, second=False)
    both = two_people(pictures[0], first=True, second=True)
    here = hip_x(see(tracker, alone, 0.0))
    for i in range(1, 30):
        assert hip_x(see(tracker, both, i / 30)) == pytest.approx(here, abs=0.02)


def test_when_the_person_vanishes_somebody_elsewhere_is_not_them_at_once(
    net: PoseNet, pictures: list[np.ndarray]
) -> None:
    tracker = PersonTracker(net)
    see(tracker, two_people(pictures[0], first=True, second=False), 0.0)
    other = two_people(pictures[0], first=False, second=True)
    seen = {round(i / 10, 1): see(tracker, other, i / 10).seen for i in range(1, 40)}
    assert seen[1.5] is Presence.NOBODY  # gone, and the one over there is somebody else
    assert seen[3.5] is Presence.FOUND  # but after a while whoever is there is the person on the mark


def test_recorded_keypoints_are_passed_on_as_they_are() -> None:
    class NoNet:
        aspect = 0.5

    keypoints = np.random.default_rng(0).random((17, 3)).astype(np.float32)
    frame = Frame(np.zeros((4, 4, 3), np.uint8), 1.0, 0, Layout.BGR, (4, 4), keypoints)
    pose = PersonTracker(NoNet()).see(frame)  # type: ignore[arg-type]
    assert pose.keypoints is keypoints
    assert pose.window is None


@pytest.mark.parametrize(
    ("name", "swapped", "mended"),
    [
        ("ankles", [(15, 16)], True),
        ("knees and ankles", [(13, 14), (15, 16)], True),
        ("somebody seen from behind", [(5, 6), (11, 12), (13, 14), (15, 16)], False),
        ("the whole lower body under shoulders that face the camera", [(11, 12), (13, 14), (15, 16)], True),
        ("unsure hips", [(11, 12), (15, 16)], False),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_legs_taken_for_each_other_are_swapped_back_in_somebody_who_faces_the_camera(
    name: str, swapped: list[tuple[int, int]], mended: bool
) -> None:
    straight = np.full((17, 3), 0.5, np.float32)
    for left, right in ((5, 6), (11, 12), (13, 14), (15, 16)):
        straight[left, 1], straight[right, 1] = 0.6, 0.4
    given = straight.copy()
    for left, right in swapped:
        given[[left, right]] = given[[right, left]]
    found = untangled(given.copy())
    assert np.array_equal(found, straight if mended else given), name
