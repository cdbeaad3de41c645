"""Hips at the bottom of a squat, on the rendered clip with true joints."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mirror.camera.video import VideoFile
from mirror.pose.catalog import DEFAULT_MODEL, FOOT_MODEL, find
from mirror.pose.feet import FootNet
from mirror.pose.hips import FARTHEST, hips_lower
from mirror.pose.people import PersonTracker
from mirror.pose.pose_net import PoseNet
from mirror.pose.window import Window


@pytest.fixture(scope="module")
def nets() -> tuple[PoseNet, FootNet]:
    return PoseNet(find(DEFAULT_MODEL), threads=1), FootNet(find(FOOT_MODEL), threads=1)


def true_hips_y(truth: dict[str, Any], i: int) -> float:
    """Mean height of the true hips in frame i, normalised."""
    joints, places = truth["joints"], truth["frames"][i]["j2"]
    return float(np.mean([places[joints.index(f"{side}_hip")][1] for side in ("left", "right")])) / 640


def test_several_looks_place_the_hips_near_the_true_ones(
    nets: tuple[PoseNet, FootNet], demo_clip: Path, demo_truth: dict[str, Any]
) -> None:
    tracker, errors = PersonTracker(nets[0]), []
    deep = {i for i, frame in enumerate(demo_truth["frames"]) if frame["q"] > 0.98}
    looked_at = set(sorted(deep)[::8])
    for i, frame in enumerate(VideoFile(demo_clip, pace=False).frames()):
        pose = tracker.see(frame)
        if i in looked_at:
            assert pose.window is not None
            window = Window(*pose.window)
            lower = hips_lower(*nets, frame, pose.keypoints, window)
            assert abs(lower) <= FARTHEST * window.height / frame.size[0]
            found = float(pose.keypoints[[11, 12], 0].mean()) + lower
            errors.append((found - true_hips_y(demo_truth, i)) * frame.size[0] / window.height)
    assert len(errors) >= 5
    assert abs(np.mean(errors)) < 0.01  # of 1.15 standing heights
    assert np.abs(errors).max() < 0.02
