"""The mounting calibration, step by step: somebody keeps still on one mark after the other.

What to ask next, and from the stands the camera's tilt and height; whether those can be true is asked here
too. Knows neither words nor files.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from mirror.knees.constants import ANKLE, KeypointConstants
from mirror.knees.gate import framing
from mirror.knees.optics import F64, Camera, rectify
from mirror.mounting.still import Asked, StillWatch
from mirror.mounting.tilt import (
    ASSUMED_STATURE_M,
    TAPE_M,
    About,
    Hanging,
    Sighting,
    hanging,
    sighting,
    usual,
)

F32 = npt.NDArray[np.float32]
STILL_S = 3.0
STILL_IN_CLIP_S = 1.0
"""A clip shows somebody standing for as long as it does; nobody can be asked for more."""
STEEPEST_DEG = 35.0
LOWEST_M, HIGHEST_M = 0.2, 3.0
MOST_SD_DEG, MOST_SD_M = 1.2, 0.06
"""A tilt known worse is no better than what the mirror learns by itself from a day's people."""
MOST_MISFIT = 4.0
"""Standard deviations by which one measure may disagree with the others."""
MOVED_SHARE = 0.75
"""Of the way between two marks, as the picture shows it, before the second stand may begin."""


class Implausible(Exception):
    """These stands are no calibration; the message is the reason, a sentence without its full stop."""


class MountingSteps:
    """One calibration. `update` with every frame until `done`, then `result`."""

    def __init__(
        self,
        camera: Camera,
        constants: KeypointConstants,
        height_m: float | None,
        stature_m: float | None,
        marks_m: tuple[float, ...] = (),
        still_s: float = STILL_S,
    ) -> None:
        """camera: its field of view and roll; tilt and height are what is looked for.

        height_m, stature_m: measured with a tape, None where nobody did. marks_m: distances of the marks to
        stand on, along the floor from below the lens to the ankles; () for one stand anywhere.
        """
        self._camera = camera
        self._constants = constants
        self._height_m = height_m
        self._stature_m = stature_m
        self._marks: tuple[float | None, ...] = marks_m or (None,)
        self._still = StillWatch(still_s)
        self._stood: list[Sighting] = []
        self._left_at: F64 | None = None  # where the ankles were at the last mark, tangents

    @property
    def done(self) -> bool:
        return len(self._stood) == len(self._marks)

    def update(self, t: float, keypoints: F32, size: tuple[int, int], seen: bool) -> Asked:
        """One frame: keypoints (17, 3) (y, x, score) normalised to the frame of `size`; seen: somebody is
        there. What to ask of them now."""
        n = len(self._stood)
        if self.done:
            return Asked("done", 1.0, n, n)
        mark = self._marks[n]
        name = "stand" if mark is None else "stand_on"
        ask = framing(keypoints, size, None, None) if seen else None
        p = rectify(keypoints[:, :2], size, self._camera)
        if not seen or ask is not None or not self._arrived(p):
            self._still.reset()
            return Asked(ask.value if ask else name, 0.0, n + 1, len(self._marks), mark)
        self._still.add(t, keypoints, p)
        if self._still.done:
            self._accept(size)
        return Asked(name, self._still.progress, n + 1, len(self._marks), mark)

    def _arrived(self, p: F64) -> bool:
        """Whether the ankles are no longer where the last stand was."""
        if self._left_at is None:
            return True
        before, now = self._marks[len(self._stood) - 1], self._marks[len(self._stood)]
        if before is None or now is None:
            return True
        way = abs(float(self._left_at[1])) * abs(before / now - 1)
        moved = abs(float(p[ANKLE, 1].mean() - self._left_at[1]))
        return moved > MOVED_SHARE * way

    def _accept(self, size: tuple[int, int]) -> None:
        frames = self._still.keypoints
        stood = sighting(frames, size, self._camera)
        if stood is not None:
            self._stood.append(stood)
            p = rectify(np.median(frames[..., :2], axis=0), size, self._camera)
            self._left_at = p[ANKLE].mean(0)
        if not self.done:
            self._still.reset()

    def result(self) -> Hanging:
        """How the camera hangs. Raises Implausible where that can't be, or is not known well enough."""
        height, tilt = usual(self._height_m)
        stature = ASSUMED_STATURE_M if self._stature_m is None else About(self._stature_m, TAPE_M)
        distances = [None if m is None else About(m, TAPE_M) for m in self._marks]
        found = hanging(self._stood, height, stature, distances, tilt, self._constants)
        check(found)
        return found


def check(found: Hanging) -> None:
    """Raises Implausible for a camera that cannot hang like this, or of which too little is known."""
    tilt, height = found.tilt_deg, found.height_m
    wrong = (
        (not np.isfinite([*tilt, *height]).all(), "these stands do not say how the camera hangs"),
        (
            abs(tilt.value) > STEEPEST_DEG,
            f"a tilt of {tilt.value:.0f} degrees is more than a mirror's camera has: check the measures",
        ),
        (
            not LOWEST_M <= height.value <= HIGHEST_M,
            f"a lens {height.value:.2f} m over the floor is no mirror's camera: check the measures",
        ),
        (
            found.misfit > MOST_MISFIT,
            "the measures don't fit together: check height, stature, marks and field of view",
        ),
        (
            tilt.sd > MOST_SD_DEG or height.sd > MOST_SD_M,
            f"that is not enough: it would be a tilt to within {tilt.sd:.1f} degrees and a height to within "
            f"{100 * height.sd:.0f} cm; measure the lens's height, or stand on a second mark",
        ),
    )
    for is_wrong, reason in wrong:
        if is_wrong:
            raise Implausible(reason)
