"""What a recording knows, given to the knees at the desk and live: its camera, and which toe tips belong to
which feet.

At the desk feet are told apart by when they stood there, live by where: a placing has no end yet.
Finds no toes itself.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from mirror.camera.frame import F32, Frame
from mirror.camera.recording import Recording
from mirror.fitting.from_settings import camera_of
from mirror.knees.analysis import ToesOf
from mirror.knees.azimuth import ToeTips
from mirror.knees.foot_placements import FootPlacement
from mirror.knees.optics import F64, Camera
from mirror.pose.joints import ANKLES
from mirror.pose.window import standing_height
from mirror.settings import Settings

LATEST_S = 1.0
"""Toe tips found this long after a stand's last quiet frame still belong to it: live, looks take a while."""
SAME_PLACE = 0.04
"""Ankles this near, in standing heights, stand where they stood: the 0.15 shank lengths from which feet count
as placed anew."""
JUST_BEFORE_S = 0.3
AGAIN_SD = math.radians(8.0)
"""Of a foot's direction that was seen on another placing only."""


def camera_of_recording(settings: Settings, recording: Recording, size: tuple[int, int]) -> Camera:
    """How the camera of a recording looked, whose pictures are of `size` (height, width): what the settings
    give, else what the recording knows, else assumed."""
    known = (recording.hfov_deg, recording.tilt_deg, recording.camera_height_m, recording.roll_deg)
    camera = camera_of(settings, size, *(("recording", value) for value in known))
    if recording.tilt_sd_deg is None or dict(camera.how_known)["tilt"] != "recording":
        return camera
    return replace(camera, tilt_sd_deg=recording.tilt_sd_deg)


def recorded_toes(recording: Recording) -> ToesOf | None:
    """Where a recording says the toes are on each placing of the feet; None where it says nothing."""
    toes, toes_t, toes_each = recording.toes, recording.toes_t, recording.toes_each
    if toes_t is not None and toes_each is not None:
        return lambda placement: _toes_on(placement, toes_t, toes_each)
    return None if toes is None else _FirstFeet(recording, toes)


class _FirstFeet:
    """Toe tips of no known time: of the first feet somebody stood on. Placed anew, a foot is taken to point
    where it did, less surely: its tip went with its ankle."""

    def __init__(self, recording: Recording, toes: F32) -> None:
        self._recording, self._toes = recording, toes
        self._first: F64 | None = None

    def __call__(self, placement: FootPlacement) -> ToeTips:
        ankles = self._ankles(placement)
        if self._first is None or ankles is None:
            self._first = ankles
            return ToeTips(self._toes)
        return ToeTips(self._toes + (ankles - self._first), np.full(2, AGAIN_SD))

    def _ankles(self, placement: FootPlacement) -> F64 | None:
        """(2, 2) (y, x), normalised, while somebody stood there; None where nobody did."""
        at = np.searchsorted(self._recording.t, placement.quiet_s)
        keypoints = self._recording.keypoints[at[at < len(self._recording.t)]]
        return None if not len(keypoints) else np.median(keypoints[:, ANKLES, :2], axis=0).astype(np.float64)


def _toes_on(placement: FootPlacement, toes_t: F64, toes_each: F32) -> ToeTips | None:
    if not placement.quiet_s:
        return None
    while_there = (toes_t >= placement.quiet_s[0]) & (toes_t <= placement.quiet_s[-1] + LATEST_S)
    return ToeTips(toes_each[int(while_there.argmax())]) if while_there.any() else None


class RecordedToes:
    """The toe tips a recording has, when somebody stands on the feet they belong to."""

    def __init__(self, recording: Recording, zero: Callable[[], float] = lambda: 0.0) -> None:
        """zero: the time on the frames' clock that the recording calls 0."""
        self._recording = recording
        self._zero = zero
        self._first: F32 | None = None  # (2, 2) ankles of the feet that tips without a time belong to

    def reset(self) -> None:
        """There is nothing to begin anew."""

    def next(self, frame: Frame, keypoints: F32) -> F32 | None:
        """The tips (2, 2) (y, x) [left, right] of the feet placed here, nearest in time; None without any.

        keypoints: (17, 3) of this frame. Tips found later in the recording count, too: of a video, they are
        those just before the first descent.
        """
        each, found_t = self._recording.toes_each, self._recording.toes_t
        if each is None or found_t is None:
            return self._of_first_feet(keypoints, frame.size)
        near = [k for k, t in enumerate(found_t) if self._same_feet(float(t), keypoints, frame.size)]
        if not near:
            return None
        now = frame.t - self._zero()
        nearest = min(near, key=lambda k: abs(float(found_t[k]) - now))
        tips: F32 = each[nearest]
        return tips

    def _of_first_feet(self, keypoints: F32, size: tuple[int, int]) -> F32 | None:
        """Of feet placed anew, the tips went with the ankles."""
        toes, ankles = self._recording.toes, keypoints[ANKLES, :2]
        if self._first is None:
            self._first = ankles.copy()
        if toes is None or _apart(ankles, self._first, size) < SAME_PLACE * standing_height(keypoints, size):
            return toes
        return np.asarray(toes + (ankles - self._first), np.float32)

    def _same_feet(self, found_t: float, keypoints: F32, size: tuple[int, int]) -> bool:
        """Whether the ankles are where they were when the tips of that time were found."""
        t = self._recording.t
        last = int(np.searchsorted(t, found_t, "right"))
        first = min(int(np.searchsorted(t, found_t - JUST_BEFORE_S)), max(0, last - 1))
        then = np.median(self._recording.keypoints[first : max(last, 1), ANKLES, :2], axis=0)
        return _apart(keypoints[ANKLES, :2], then, size) < SAME_PLACE * standing_height(keypoints, size)


def _apart(ankles: F32, then: F32 | F64, size: tuple[int, int]) -> float:
    """Pixels between where the farther ankle is and was."""
    return float(np.hypot(*((ankles - then) * size).T).max())
