"""Toe tips of a standing person, on the rendered clip through the real network."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mirror.camera.frame import Frame, Layout
from mirror.camera.video import VideoFile
from mirror.desk.second_look import moments_before_descent
from mirror.desk.study import as_recording, study
from mirror.faults import BadInput
from mirror.knees.reading import Verdict
from mirror.pose.catalog import DEFAULT_MODEL, FOOT_MODEL, find
from mirror.pose.feet import PERSON_CROPS, FootNet, PersonCrop, toe_tips
from mirror.pose.people import PersonTracker
from mirror.pose.pose_net import PoseNet
from mirror.settings import Settings

STANDING_PX = 372  # standing height of the rendered person in that clip
SWAPPED = [0, 2, 1, 4, 3, 6, 5, 8, 7, 10, 9, 12, 11, 14, 13, 16, 15]


@pytest.fixture(scope="module")
def net() -> FootNet:
    return FootNet(find(FOOT_MODEL))


@pytest.fixture(scope="module")
def standing(demo_clip: Path) -> tuple[Frame, np.ndarray]:
    """The first frame, in which the person stands, and its keypoints."""
    first = next(VideoFile(demo_clip, pace=False).frames())
    frame = replace(first, pixels=first.pixels.copy())
    return frame, PersonTracker(PoseNet(find(DEFAULT_MODEL))).see(frame).keypoints


def mirrored(frame: Frame, keypoints: np.ndarray) -> tuple[Frame, np.ndarray]:
    """The same scene as a mirror shows it: what was the left leg is a right one."""
    flipped = keypoints[SWAPPED].copy()
    flipped[:, 1] = 1 - flipped[:, 1]
    return replace(frame, pixels=np.ascontiguousarray(frame.pixels[:, ::-1])), flipped


def test_toe_tips_are_where_the_toes_are(
    net: FootNet, standing: tuple[Frame, np.ndarray], demo_truth: dict[str, Any]
) -> None:
    frame, keypoints = standing
    tips = toe_tips(net.looks(frame, keypoints), keypoints, frame.size)
    assert tips is not None
    joints = dict(zip(demo_truth["joints"], demo_truth["frames"][0]["j2"], strict=True))
    for found, side in zip(tips, ("left", "right"), strict=True):
        x, y = joints[f"{side}_toe2_tip"]
        assert found[1] * 480 == pytest.approx(x, abs=0.008 * STANDING_PX)
        assert found[0] * 640 == pytest.approx(y, abs=0.018 * STANDING_PX)


def test_one_look_is_worse_than_the_looks_together(
    net: FootNet, standing: tuple[Frame, np.ndarray], demo_truth: dict[str, Any]
) -> None:
    frame, keypoints = standing
    looks = net.looks(frame, keypoints)
    tips = toe_tips(looks, keypoints, frame.size)
    assert tips is not None
    joints = dict(zip(demo_truth["joints"], demo_truth["frames"][0]["j2"], strict=True))
    true = np.array([joints["left_toe2_tip"][0], joints["right_toe2_tip"][0]]) / 480
    worst = max(np.abs(look[:, 1] - true).max() for look in looks if look is not None)
    assert np.abs(tips[:, 1] - true).max() < 0.7 * worst


@pytest.mark.parametrize("framing", PERSON_CROPS[:4], ids=str)
def test_a_mirrored_picture_swaps_the_sides(
    net: FootNet, standing: tuple[Frame, np.ndarray], framing: PersonCrop
) -> None:
    seen = net.look(*standing, framing)
    swapped = net.look(*mirrored(*standing), replace(framing, right=-framing.right))
    turned = net.look(
        *mirrored(*standing), replace(framing, right=-framing.right, mirrored=not framing.mirrored)
    )
    assert seen is not None
    assert swapped is not None
    assert turned is not None
    # the same pixels, turned twice: the very same toes, on the other side
    assert turned[::-1, 0] == pytest.approx(seen[:, 0], abs=0.002)
    assert 1 - turned[::-1, 1] == pytest.approx(seen[:, 1], abs=0.002)
    # the other way round: another look at the same toes
    assert 1 - swapped[::-1, 1] == pytest.approx(seen[:, 1], abs=0.03)


def test_all_looks_at_a_mirrored_picture_find_the_same_toes_on_the_other_side(
    net: FootNet, standing: tuple[Frame, np.ndarray]
) -> None:
    frame, keypoints = standing
    seen = toe_tips(net.looks(frame, keypoints), keypoints, frame.size)
    swapped = toe_tips(net.looks(*mirrored(frame, keypoints)), keypoints, frame.size)
    assert seen is not None
    assert swapped is not None
    assert 1 - swapped[::-1, 1] == pytest.approx(seen[:, 1], abs=0.003)
    assert swapped[::-1, 0] == pytest.approx(seen[:, 0], abs=0.003)


def test_rgb_and_bgr_pictures_show_the_same_toes(net: FootNet, standing: tuple[Frame, np.ndarray]) -> None:
    frame, keypoints = standing
    rgb = replace(frame, pixels=np.ascontiguousarray(frame.pixels[..., ::-1]), layout=Layout.RGB)
    assert net.look(rgb, keypoints, PERSON_CROPS[0]) == pytest.approx(
        net.look(frame, keypoints, PERSON_CROPS[0]), abs=1e-3
    )


def test_feet_cut_off_by_the_picture_are_not_seen(net: FootNet, standing: tuple[Frame, np.ndarray]) -> None:
    frame, keypoints = standing
    ankle = int(keypoints[[15, 16], 0].min() * 640)
    cut = frame.pixels[: ankle - 4]
    moved = keypoints.copy()
    moved[:, 0] *= 640 / len(cut)
    short = replace(frame, pixels=cut, size=(len(cut), 480))
    assert toe_tips(net.looks(short, moved), moved, short.size) is None


def test_feet_the_first_network_did_not_see_are_not_looked_for(
    net: FootNet, standing: tuple[Frame, np.ndarray]
) -> None:
    frame, keypoints = standing
    hidden = keypoints.copy()
    hidden[16, 2] = 0.2
    assert net.looks(frame, hidden) == [None] * len(PERSON_CROPS)
    assert toe_tips([None] * 8, hidden, frame.size) is None


def test_an_empty_room_has_no_toes(net: FootNet, standing: tuple[Frame, np.ndarray]) -> None:
    frame, keypoints = standing
    empty = replace(frame, pixels=np.full_like(frame.pixels, 96))
    assert toe_tips(net.looks(empty, keypoints), keypoints, frame.size) is None


def test_looks_that_disagree_see_no_toes(standing: tuple[Frame, np.ndarray]) -> None:
    frame, keypoints = standing
    toes = keypoints[[15, 16], :2] + np.float32(0.02)
    apart = [toes + np.float32([0, shift]) for shift in (-0.04, -0.02, 0.02, 0.04)]
    assert toe_tips(apart, keypoints, frame.size) is None
    assert toe_tips([toes] * 4, keypoints, frame.size) == pytest.approx(toes)
    assert toe_tips([toes, toes, None, None, None], keypoints, frame.size) is None


def test_one_foot_is_known_where_the_other_is_not_seen(standing: tuple[Frame, np.ndarray]) -> None:
    frame, keypoints = standing
    toes = keypoints[[15, 16], :2] + np.float32(0.02)
    half = toes.copy()
    half[1] = np.nan
    tips = toe_tips([half] * 3 + [toes], keypoints, frame.size)
    assert tips is not None
    assert tips[0] == pytest.approx(toes[0])
    assert np.isnan(tips[1]).all()


def test_a_foot_behind_something_is_not_seen_and_the_other_is(
    net: FootNet, standing: tuple[Frame, np.ndarray]
) -> None:
    frame, keypoints = standing
    elsewhere = keypoints.copy()
    elsewhere[16, 1] -= 0.25  # the right ankle is said to be where no foot is
    look = net.look(frame, elsewhere, PERSON_CROPS[0], STANDING_PX)
    assert look is not None
    assert np.isfinite(look[0]).all()
    assert np.isnan(look[1]).all()


def test_somebody_deep_in_a_squat_is_looked_at_as_large_as_they_stand(
    net: FootNet, demo_clip: Path, demo_truth: dict[str, Any]
) -> None:
    tracker = PersonTracker(PoseNet(find(DEFAULT_MODEL)))
    bottom = demo_truth["reps"][0]["t_bottom"]
    frame, keypoints = next(
        (frame, pose.keypoints)
        for frame in VideoFile(demo_clip, pace=False).frames()
        if (pose := tracker.see(frame)).t >= bottom
    )
    places = demo_truth["frames"][frame.index]["j2"]
    joints = dict(zip(demo_truth["joints"], places, strict=True))
    true = np.array([joints["left_toe2_tip"][0], joints["right_toe2_tip"][0]]) / 480
    tips = toe_tips(net.looks(frame, keypoints, STANDING_PX), keypoints, frame.size, STANDING_PX)
    assert tips is not None
    assert tips[:, 1] * 480 == pytest.approx(true * 480, abs=0.024 * STANDING_PX)


def test_a_changed_foot_network_is_refused(tmp_path: Path) -> None:
    entry = find(FOOT_MODEL)
    changed = tmp_path / entry.path.name
    changed.write_bytes(entry.path.read_bytes()[:-1] + b"\0\0")
    with pytest.raises(BadInput, match="changed or cut"):
        FootNet(replace(entry, path=changed))
    with pytest.raises(BadInput, match="cannot read"):
        FootNet(replace(entry, path=tmp_path / "missing.tflite"))


def test_the_moments_looked_at_are_the_end_and_the_middle_of_the_first_stand() -> None:
    stand = [i / 10 for i in range(11)]
    later = [5 + i / 10 for i in range(30)]
    assert moments_before_descent(stand + later) == [0.5, 1.0]
    assert moments_before_descent([0.0, 0.1, *later]) == [later[15], later[-1]]  # a glitch is no stand
    assert moments_before_descent([3.0]) == [3.0]


@pytest.fixture(scope="module")
def camera_known() -> Settings:
    return Settings.model_validate({"camera": {"hfov_deg": 48.5, "tilt_deg": 9.76}})


def test_the_clip_is_judged_from_the_toes_alone(demo_clip: Path, camera_known: Settings) -> None:
    done = study(demo_clip, camera_known, None)
    assert done.analysis.azimuth is not None
    assert done.analysis.azimuth.source == "toes"
    off = [
        (rep.left.verdict is Verdict.OFF_TRACK, rep.right.verdict is Verdict.OFF_TRACK)
        for rep in done.analysis.reps
    ]
    clean = (False, False)
    assert off == [clean, clean, clean, (True, True), (True, True), (True, False), clean]


def test_a_recording_of_the_clip_reads_back_to_the_same_repetitions(
    demo_clip: Path, camera_known: Settings, tmp_path: Path
) -> None:
    from mirror.camera.recording import save

    done = study(demo_clip, camera_known, 1)
    assert done.analysis.azimuth is not None
    assert done.analysis.azimuth.source == "toes+reference"
    save(tmp_path / "demo.npz", as_recording(done))
    again = study(tmp_path / "demo.npz", Settings(), 1)
    assert again.analysis.reps == done.analysis.reps
