"""Pose and knees don't know each other and have a table of joints each: both say the same."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from mirror.coach import gestures
from mirror.knees import body_proportions, constants
from mirror.pose import correction, joints, movenet


def numbered(part: str) -> list[int]:
    """A pair of joints by COCO's names, [left, right]."""
    return [joints.KEYPOINTS.index(f"{side}_{part}") for side in ("left", "right")]


@pytest.mark.parametrize("part", ["shoulder", "hip", "knee", "ankle"])
def test_both_rooms_number_the_joints_as_their_names_stand(part: str) -> None:
    assert getattr(joints, f"{part}s".upper()) == numbered(part)
    assert getattr(constants, part.upper()) == numbered(part)


@pytest.mark.parametrize("part", ["ear", "elbow", "wrist"])
def test_arms_and_ears_have_the_numbers_of_their_names(part: str) -> None:
    assert getattr(constants, part.upper()) == numbered(part)


def test_the_face_comes_first() -> None:
    face = [joints.KEYPOINTS[joint] for joint in gestures.FACE]
    assert [name.removeprefix("left_").removeprefix("right_") for name in face] == [
        "nose", "eye", "eye", "ear", "ear",
    ]  # fmt: skip
    assert joints.NOSE == constants.NOSE == joints.KEYPOINTS.index("nose")


def names(numbers: Iterable[int]) -> list[str]:
    return [joints.KEYPOINTS[number] for number in numbers]


def other_side(name: str) -> str:
    return name.replace("left", "?").replace("right", "left").replace("?", "right")


def test_what_puts_legs_right_reads_one_leg_as_the_mirror_image_of_the_other() -> None:
    left, right = map(names, correction.INPUTS)
    assert left == [
        "nose", "left_shoulder", "right_shoulder", "left_hip", "right_hip", "left_knee", "right_knee",
        "left_ankle",
    ]  # fmt: skip
    assert right == [other_side(name) for name in left]
    left, right = map(names, correction.LEGS)
    assert left == ["left_hip", "left_knee", "left_ankle"]
    assert right == [other_side(name) for name in left]


def test_knees_and_ankles_have_another_leg_and_no_other_joint_has() -> None:
    others = names(movenet.OTHER_LEG)
    legs = {"left_knee", "right_knee", "left_ankle", "right_ankle"}
    assert set(names(movenet.LEGS)) == legs
    assert others == [other_side(name) if name in legs else name for name in joints.KEYPOINTS]
    assert [names(pair) for pair in movenet.PAIRS] == [
        ["left_knee", "right_knee"], ["left_ankle", "right_ankle"],
    ]  # fmt: skip


def test_both_rooms_have_bodies_of_the_same_shape() -> None:
    assert body_proportions.NOSE_TO_ANKLE == joints.NOSE_TO_ANKLE
    body = constants.ANATOMICAL
    assert body.nose_of_stature - body.ankle_of_stature == pytest.approx(joints.NOSE_TO_ANKLE, abs=0.01)
    assert body.shank_of_nose_to_ankle * joints.NOSE_TO_ANKLE == pytest.approx(joints.SHANK, abs=0.01)
    assert (
        pytest.approx(body_proportions.SHANK_OF_STATURE, abs=0.01)
        == body_proportions.SHANK_OF_NOSE_TO_ANKLE * body_proportions.NOSE_TO_ANKLE
    )
