"""From MoveNet's four heads to one person's keypoints, in numpy.

Knows the network's output maps and nothing of windows, frames or people. The rules are the network's own
(CenterNet with weighted peaks), with two additions: peaks of knees and ankles far to the side of where they
were expected count for less, so that no leg takes the other's, and the sub-cell place is a heat-weighted mean
over the 3x3 cells around the peak, which costs no bias and cuts jitter by a quarter (docs/models.md).
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import numpy.typing as npt

from mirror.pose.joints import ANKLES, KEYPOINTS, KNEES, SHOULDERS

F32 = npt.NDArray[np.float32]

JOINTS = len(KEYPOINTS)
NEARNESS = np.float32(1.8)
"""Cells added to a distance before it divides the heat, as the network's own post-processing does."""
LEGS = KNEES + ANKLES
OTHER_LEG = np.array([*range(LEGS[0]), *KNEES[::-1], *ANKLES[::-1]])
"""Of knees and ankles the other leg's, of all others the joint itself."""
ASIDE = np.float32(4)
"""Cells to the side of a knee's or ankle's regressed place at which a peak's heat counts 0.6: the regression
may be far off in height, but hardly ever sideways (docs/models.md)."""

PAIRS = (KNEES, ANKLES)
"""Knees and ankles, left before right."""
FACING = 6
"""Cells between the shoulders of somebody who faces the camera: a tenth of a standing height."""
TOGETHER = 1
"""Cells, across and down: two knees, or two ankles, so close are one. Feet put together are 3 apart."""
AWAY = 4
"""Cells to the side, more than which the other leg is from such a place; it is about as high."""
OTHER_LEAST = np.float32(0.1)
"""Heat with which the other leg is believed."""
REACH = 4
"""Cells up, down and aside of a joint's regressed place that are looked at first. Heat is 1 at most, so
farther away nothing can outdo what weighs more than BEYOND here; where nothing does, the whole grid is
searched."""
BEYOND = 1 / (REACH + 1 + NEARNESS)


class Decoder:
    """Decodes heads of one grid size (h, w); keeps its tables and buffers between frames."""

    def __init__(self, h: int, w: int) -> None:
        self.h, self.w = h, w
        y, x = np.mgrid[-h:h, -w:w].astype(np.float32)
        near = 1 / (np.hypot(y, x) + NEARNESS)  # (2h, 2w): nearness to the middle cell
        beside = near * np.exp(-((x / ASIDE) ** 2) / 2)
        self._near_place = np.stack([beside if joint in LEGS else near for joint in range(JOINTS)])
        y, x = np.mgrid[0:h, 0:w].astype(np.float32)
        self._near_middle = 1 / (np.hypot(y - h / 2, x - w / 2) + NEARNESS)  # (h, w)
        self._joints = np.arange(JOINTS)
        self._seen_in = np.arange(JOINTS)  # whose maps show a joint: its own, or the other leg's
        self._last = np.array([h - 1, w - 1])
        self._lay_patches(h, w)
        self._lay_surroundings(h, w)

    def _lay_patches(self, h: int, w: int) -> None:
        """Numbers of the cells within REACH of a place, seen from the first of them, in both tables."""
        rows, columns = min(2 * REACH + 1, h), min(2 * REACH + 1, w)
        self._last_first = np.array([h - rows, w - columns])  # no patch begins farther down or right
        y, x = (side.ravel() for side in np.mgrid[0:rows, 0:columns])
        self._patch = y * w + x
        self._near_patch = self._joints[:, None] * (4 * h * w) + y * (2 * w) + x

    def _lay_surroundings(self, h: int, w: int) -> None:
        """Of every cell the nine around it, itself among them: their numbers, and whether they are in the
        grid; of every cell its row and column."""
        y, x = (side.reshape(-1, 1) for side in np.mgrid[0:h, 0:w])
        around_y, around_x = y + np.repeat([-1, 0, 1], 3), x + np.tile([-1, 0, 1], 3)
        inside = (around_y >= 0) & (around_y < h) & (around_x >= 0) & (around_x < w)
        self._around = np.clip(around_y, 0, h - 1) * w + np.clip(around_x, 0, w - 1)  # (cells, 9)
        self._inside = inside.astype(np.float32)
        self._row_column = np.hstack([y, x]).astype(np.float64)  # (cells, 2)

    def __call__(self, heat: F32, centre: F32, regression: F32, offset: F32) -> F32:
        """Keypoints (17, 3) float32: y, x normalised to the network's window, and score.

        heat (h, w, 17) and centre (h, w, 1) are probabilities; regression (h, w, 34) is each joint's (y, x)
        seen from the person's centre cell, in cells; offset (h, w, 34) the sub-cell rest, in cells.
        """
        cy, cx = divmod(int((centre[..., 0] * self._near_middle).argmax()), self.w)
        return self._of_person(cy, cx, heat, regression, offset)

    def people(
        self, heat: F32, centre: F32, regression: F32, offset: F32, *, most: int = 6, least: float = 0.3
    ) -> list[F32]:
        """Keypoints of everybody whose centre is a peak of at least this probability, surest first.

        What MultiPose is for; the networks for one person mark others than the nearest only faintly.
        """
        chance = centre[..., 0]
        rim = np.pad(chance, 1)
        beside = [(y, x) for y in range(3) for x in range(3) if (y, x) != (1, 1)]
        around = np.max([rim[y : y + self.h, x : x + self.w] for y, x in beside], axis=0)
        peaks = np.argwhere((chance >= least) & (chance > around))
        surest = sorted(((int(y), int(x)) for y, x in peaks), key=lambda place: -chance[place])
        return [self._of_person(*place, heat, regression, offset) for place in surest[:most]]

    def _of_person(self, cy: int, cx: int, heat: F32, regression: F32, offset: F32) -> F32:
        """Keypoints of the person whose centre is in this cell."""
        place = np.rint(regression[cy, cx].reshape(JOINTS, 2) + np.array([cy, cx])).astype(np.intp)
        peak = self._peaks(heat, np.minimum(np.maximum(place, 0), self._last))
        self._seen_in[:] = self._joints
        self._part_legs(heat, peak)
        return self._refine(heat, offset, peak)

    def _peaks(self, heat: F32, place: npt.NDArray[np.intp]) -> npt.NDArray[np.intp]:
        """The number of each joint's cell: the most heat for its nearness to place (17, 2)."""
        w = self.w
        first = np.minimum(np.maximum(place - REACH, 0), self._last_first)
        cells = (first[:, :1] * w + first[:, 1:]) + self._patch  # (17, cells of a patch)
        y, x = (first - place + (self.h, w)).T
        near = self._near_place.take((y * (2 * w) + x)[:, None] + self._near_patch)
        weighted = heat.take(cells * JOINTS + self._joints[:, None]) * near
        best = weighted.argmax(1)
        peak = np.asarray(cells[self._joints, best])
        for joint in np.flatnonzero(weighted[self._joints, best] <= BEYOND):
            peak[joint] = self._peak_anywhere(heat, joint, *place[joint])
        return peak

    def _peak_anywhere(self, heat: F32, joint: int, y: int, x: int) -> int:
        """The same for one joint, in all of the grid."""
        near = self._near_place[joint, self.h - y : 2 * self.h - y, self.w - x : 2 * self.w - x]
        return int((heat[..., joint] * near).argmax())

    def _part_legs(self, heat: F32, peak: npt.NDArray[np.intp]) -> None:
        """Two peaks on one leg of somebody who faces the camera: one goes to where the other leg is seen.

        It is the person's left or right one by its side of the first, whichever map it is seen in.
        """
        y, x = zip(*(divmod(cell, self.w) for cell in peak.tolist()), strict=True)
        if x[SHOULDERS[0]] - x[SHOULDERS[1]] < FACING:
            return
        for left, right in PAIRS:
            if abs(y[left] - y[right]) > TOGETHER or abs(x[left] - x[right]) > TOGETHER:
                continue
            top = max(0, y[left] - AWAY - 1)
            either = heat[top : y[left] + AWAY + 2, :, left : right + 1].max(2)
            either[:, max(0, x[left] - AWAY) : x[left] + AWAY + 1] = 0
            row, column = divmod(int(either.argmax()), self.w)
            if either[row, column] >= OTHER_LEAST:
                other = left if column > x[left] else right
                peak[other] = (top + row) * self.w + column
                self._seen_in[other] = left + int(heat[top + row, column, left : right + 1].argmax())

    def _refine(self, heat: F32, offset: F32, peak: npt.NDArray[np.intp]) -> F32:
        """Heat-squared-weighted mean of (cell + offset) over the 3x3 cells around each peak."""
        cells = self._around[peak]  # (17, 9)
        seen_in = cells * JOINTS + self._seen_in[:, None]
        weight = (heat.take(seen_in) * self._inside[peak]) ** 2
        weight /= weight.sum(1, keepdims=True) + 1e-9
        places = self._row_column[cells] + offset.reshape(-1, 2)[seen_in]
        keypoints = np.empty((JOINTS, 3), np.float32)
        keypoints[:, :2] = (weight[..., None] * places).sum(1) / (self.h, self.w)
        here = peak * JOINTS
        either = heat.take(here + self._joints), heat.take(here + OTHER_LEG)
        keypoints[:, 2] = np.maximum(*either)  # somebody's ankle is there, whichever the network takes it for
        return keypoints


@lru_cache(maxsize=8)
def _decoder(h: int, w: int) -> Decoder:
    return Decoder(h, w)


def decode(heat: F32, centre: F32, regression: F32, offset: F32) -> F32:
    """`Decoder` for whatever grid size the heads have; not for use from several threads at once."""
    return _decoder(heat.shape[0], heat.shape[1])(heat, centre, regression, offset)
