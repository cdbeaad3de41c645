"""A second body told from stray heat, on heat maps drawn joint by joint."""

from __future__ import annotations

import numpy as np
import pytest

from mirror.pose.joints import ANKLES, HIPS, KNEES, NOSE, SHOULDERS
from mirror.pose.second_body import KINDS, WARM, second_body
from mirror.pose.window import F32

H, W = 64, 32
ROWS = {NOSE: 8} | dict.fromkeys(SHOULDERS, 14) | dict.fromkeys(HIPS, 32)
ROWS |= dict.fromkeys(KNEES, 44) | dict.fromkeys(ANKLES, 57)
FEW = [NOSE, *SHOULDERS]


def body(column: float = 12.0) -> F32:
    """(17, 3) somebody upright in the window, their middle at this column of cells."""
    keypoints = np.zeros((17, 3), np.float32)
    for joint, row in ROWS.items():
        aside = 0 if joint == NOSE else 2.5 if joint % 2 else -2.5
        keypoints[joint] = (row + 0.5) / H, (column + aside) / W, 0.7
    return keypoints


def heat_of(*bodies: F32, hot: float = 0.7, joints: list[int] | None = None) -> F32:
    """(H, W, 17) round spots of heat: the first body whole, of the others these joints."""
    heat = np.zeros((H, W, 17), np.float32)
    y, x = np.mgrid[0:H, 0:W]
    for i, keypoints in enumerate(bodies):
        for joint in ROWS if i == 0 or joints is None else joints:
            row, column = keypoints[joint, 0] * H - 0.5, keypoints[joint, 1] * W - 0.5
            spot = (0.7 if i == 0 else hot) * np.exp(-((y - row) ** 2 + (x - column) ** 2) / 4)
            heat[..., joint] = np.maximum(heat[..., joint], spot)
    return heat


def test_somebody_alone_has_no_second_body() -> None:
    assert second_body(heat_of(body()), body()) == 0


def test_somebody_beside_them_shows_every_kind_of_joint() -> None:
    assert second_body(heat_of(body(), body(25.0)), body()) == len(KINDS)


@pytest.mark.parametrize("joints", [FEW, KNEES + ANKLES, [HIPS[0], ANKLES[0]]])
def test_parts_of_somebody_who_steps_in_are_enough(joints: list[int]) -> None:
    assert second_body(heat_of(body(), body(26.0), joints=joints), body()) == 2


def test_what_is_fainter_than_a_joint_is_none() -> None:
    assert second_body(heat_of(body(), body(25.0), hot=0.8 * WARM), body()) == 0


def test_the_flank_of_ones_own_joints_is_nobody() -> None:
    assert second_body(heat_of(body(), body(15.0)), body()) == 0


def test_ankles_over_a_head_are_no_body() -> None:
    upside_down = body(25.0)
    upside_down[:, 0] = 1 - upside_down[:, 0]
    assert second_body(heat_of(body(), upside_down), body()) == 1


def test_a_look_through_a_window_that_shows_nobody_at_all_has_nobody() -> None:
    assert second_body(np.zeros((H, W, 17), np.float32), np.zeros((17, 3), np.float32)) == 0
