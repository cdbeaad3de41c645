"""Whether the network's heat shows joints of a second body beside the one it gave.

The heat of every joint holds everybody's: what is warm far from the joints of one body is another's. Knows
one look, neither pictures nor who anybody is.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from mirror.pose.joints import ANKLES, HIPS, KEYPOINTS, KNEES, NOSE, SHOULDERS
from mirror.pose.window import F32

KINDS = ([NOSE], SHOULDERS, HIPS, KNEES, ANKLES)
"""What is looked for, each by itself: both sides' heat taken together."""
BOTH = np.array([[joints[0], joints[-1]] for joints in KINDS])
_KINDS = {joint: kind for kind, joints in enumerate(KINDS) for joint in joints}
KIND_OF = np.array([_KINDS.get(joint, len(KINDS)) for joint in range(len(KEYPOINTS))])
"""The kind of each joint; of those that are not asked none, a number after the last."""
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
    warm = _Warm.of(heat, keypoints)
    found: list[tuple[int, int]] = []  # the row of a joint, and how many lie above it, itself among them
    for kind, joints in enumerate(KINDS):
        row = warm.row_elsewhere(kind, joints)
        if row is not None:
            found.append((row, 1 + max((above for other, above in found if other < row), default=0)))
    return max((above for _, above in found), default=0)


@dataclass(frozen=True, slots=True)
class _Warm:
    """Cells that are warm far from this body's own joints of their kind.

    where: (N, 2) row and column. kind: (N,) of KINDS.
    """

    heat: F32
    where: npt.NDArray[np.intp]
    kind: npt.NDArray[np.intp]

    @staticmethod
    def of(heat: F32, keypoints: F32) -> _Warm:
        """All of them; as a rule there are none."""
        h, w, count = heat.shape
        cell, joint = np.divmod(np.flatnonzero(heat >= WARM), count)
        kind = KIND_OF[joint]
        asked = kind < len(KINDS)
        cell, kind = cell[asked], kind[asked]
        where = np.stack(np.divmod(cell, w), -1)
        own = (keypoints[:, :2] * (h, w) - 0.5)[BOTH[kind]]  # (N, 2, 2): of either side
        far = (((where[:, None] - own) ** 2).sum(-1) > (h * FAR_SHARE) ** 2).all(1)
        return _Warm(heat, where[far], kind[far])

    def row_elsewhere(self, kind: int, joints: list[int]) -> int | None:
        """The row of the warmest peak of these joints far from all of them; None where there is none."""
        where = self.where[self.kind == kind] if len(self.kind) else self.where
        if not len(where):
            return None
        heat = self.heat
        best = max(where, key=lambda cell: heat[cell[0], cell[1], joints].max())
        row, column = (int(place) for place in best)
        around = heat[max(0, row - 1) : row + 2, max(0, column - 1) : column + 2, joints[0] : joints[-1] + 1]
        return row if heat[row, column, joints].max() >= around.max() else None
