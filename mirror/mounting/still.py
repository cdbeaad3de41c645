"""Somebody who keeps still for seconds on end: the frames of it, and how much is still missing.

For the mounting, where a stand may take its time; the squat's own calibration is in `stance.py`.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from mirror.knees.optics import F64
from mirror.knees.stance import FULL_S, StandingWatch

F32 = npt.NDArray[np.float32]
FROM_S = 0.3
"""Shorter than this nobody can be said to be still."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a calibration asks of the person now.

    name: of the instruction. progress: 0..1 of keeping still. n, of: which step of how many. mark_m: the
    distance of the mark to stand on, metres, where there is one.
    """

    name: str
    progress: float
    n: int
    of: int
    mark_m: float | None = None


class StillWatch:
    """Collects frames as they come; a movement starts it anew."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._watch = StandingWatch()
        self._frames: deque[tuple[float, F32]] = deque()

    def reset(self) -> None:
        self._watch.reset()
        self._frames.clear()

    def add(self, t: float, keypoints: F32, p: F64) -> None:
        """One frame: keypoints (17, 3) as they were seen, p (17, 2) their tangents."""
        self._watch.add(t, p, keypoints[:, 2].astype(np.float64))
        self._frames.append((t, keypoints.copy()))
        quiet_s = self._watch.quiet_s
        # the watch looks back a second at most: within it, it says since when
        while quiet_s < min(FULL_S - 0.1, t - self._frames[0][0]):
            self._frames.popleft()
        while t - self._frames[0][0] > self._seconds + 0.5:
            self._frames.popleft()

    @property
    def progress(self) -> float:
        """0..1 of the time asked for."""
        if not self._frames:
            return 0.0
        lasted = self._frames[-1][0] - self._frames[0][0]
        return 0.0 if lasted < FROM_S else min(1.0, lasted / self._seconds)

    @property
    def done(self) -> bool:
        return self.progress >= 1.0

    @property
    def keypoints(self) -> F32:
        """(T, 17, 3) of the still frames so far."""
        return np.stack([frame for _, frame in self._frames])
