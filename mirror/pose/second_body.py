"""Whether the network's heat shows joints of a second body beside the one it gave.

The heat of every joint holds everybody's: what is warm far from the joints of one body is another's. Knows
one look, neither pictures nor who anybody is.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from mirror.pose.joints import ANKLES, HIPS, KNEES, NOSE, SHOULDERS
from mirror.pose.window import F32

Bool = npt.NDArray[np.bool_]

KINDS = ([NOSE], SHOULDERS, HIPS, KNEES, ANKLES)
"""What is looked for, each by itself: both sides' heat taken together."""
FAR_SHARE = 1 / 16
"""Farther than this share of the window's height, across or down, from both joints of its kind: 7 % of a
standing height. Nearer lies the flank of the same joint's heat."""
WARM = 0.25
"""Heat of a joint that is there. Half hidden ones of composed passes give 0.3 to 0.9; beside somebody alone
it is 0.02 to 0.15 in nineteen frames of twenty, and more for one kind at a time."""


def second_body(heat: F32, keypoints: F32) -> int:
    """How many kinds of joint, 0 to 5, are seen far from where this body has them, one above the other.

    heat: (h, w, 17), the chance of each joint in each cell. keypoints: (17, 3) (y, x, score), normalised to
    the network's window.
    """
    warm = heat >= WARM
    found: list[tuple[int, int]] = []  # the row of a joint, and how many lie above it, itself among them
    for joints in KINDS:
        row = _row_elsewhere(heat, warm, keypoints, joints)
        if row is not None:
            found.append((row, 1 + max((above for other, above in found if other < row), default=0)))
    return max((above for _, above in found), default=0)


def _row_elsewhere(heat: F32, warm: Bool, keypoints: F32, joints: list[int]) -> int | None:
    """The row of the warmest peak of these joints far from all of them; None where there is none."""
    h, w = heat.shape[:2]
    cells = [np.argwhere(warm[..., joint]) for joint in joints]
    where = np.concatenate(cells)
    own = keypoints[joints, :2] * (h, w) - 0.5
    far = np.hypot(*(where[:, None] - own).transpose(2, 0, 1)).min(1) > h * FAR_SHARE
    if not far.any():
        return None
    best = max(where[far], key=lambda cell: heat[cell[0], cell[1], joints].max())
    row, column = (int(place) for place in best)
    around = heat[max(0, row - 1) : row + 2, max(0, column - 1) : column + 2, joints[0] : joints[-1] + 1]
    return row if heat[row, column, joints].max() >= around.max() else None
