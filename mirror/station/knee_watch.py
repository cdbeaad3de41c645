"""What follows somebody's knees live, fitted to where the pictures come from: camera, clip or recording.

A recording knows its camera, its person and its toes; a clip says nothing of this station's camera, and that
one is learned from everybody who stands before it. Judges nothing itself.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from mirror.camera.frame import F32, Frame, Source
from mirror.camera.playback import Playback
from mirror.camera.recording import Recording
from mirror.fitting.from_settings import camera_of, constants_of, engine, thresholds
from mirror.knees.constants import KeypointConstants
from mirror.knees.live import KneeWatch
from mirror.knees.optics import Camera
from mirror.mounting.memory import learning_mount
from mirror.pose.catalog import FOOT_MODEL, find
from mirror.pose.feet import FootNet
from mirror.pose.toe_search import Toes, ToeSearch
from mirror.pose.window import ANKLES, standing_height
from mirror.service.folders import state_folder
from mirror.settings import Settings

SAME_PLACE = 0.04
"""Ankles this near, in standing heights, stand where they stood: the 0.15 shank lengths from which feet count
as placed anew."""
JUST_BEFORE_S = 0.3


def watch_for(settings: Settings, source: Source, frame: Frame, constants: KeypointConstants) -> KneeWatch:
    """The knees room for pictures like this one. constants: the network's; a recording has its own."""
    recording = recording_of(source)
    if recording is not None:
        constants = constants_of(recording.model)
    camera = _camera(settings, source, frame, recording)
    stature_m = settings.person.stature_m or (recording.stature_m if recording else None)
    folder = None if isinstance(source, Playback) else state_folder()
    return KneeWatch(
        camera,
        constants,
        thresholds(settings, with_reference=False),
        with_reference=thresholds(settings, with_reference=True),
        ask_reference=settings.coach.reference != "off",
        stature_m=stature_m,
        mount=learning_mount(folder, camera, frame.size, constants, stature_m),
    )


def _camera(settings: Settings, source: Source, frame: Frame, recording: Recording | None) -> Camera:
    if recording is None:
        return camera_of(settings, frame.size, (source.hfov_how, source.hfov_deg))
    known = (recording.hfov_deg, recording.tilt_deg, recording.camera_height_m, recording.roll_deg)
    return camera_of(settings, frame.size, *(("recording", value) for value in known))


def recording_of(source: Source) -> Recording | None:
    """The keypoint recording that is played; None for pictures."""
    return getattr(source, "recording", None)


def toes_for(settings: Settings, source: Source) -> Toes:
    """What finds the toes: a recording's own, else the second network."""
    recording = recording_of(source)
    if recording is None:
        return ToeSearch(FootNet(find(FOOT_MODEL), **engine(settings)))
    return RecordedToes(recording, lambda: getattr(source, "t0", None) or 0.0)


class RecordedToes:
    """The toe tips a recording has, when somebody stands on the feet they belong to."""

    def __init__(self, recording: Recording, zero: Callable[[], float] = lambda: 0.0) -> None:
        """zero: the time on the frames' clock that the recording calls 0."""
        self._recording = recording
        self._zero = zero

    def reset(self) -> None:
        """There is nothing to begin anew."""

    def next(self, frame: Frame, keypoints: F32) -> F32 | None:
        """The tips (2, 2) (y, x) [left, right] of the feet placed here, nearest in time; None without any.

        keypoints: (17, 3) of this frame. Tips found later in the recording count, too: of a video, they are
        those just before the first descent.
        """
        each, found_t = self._recording.toes_each, self._recording.toes_t
        if each is None or found_t is None:
            return self._recording.toes
        near = [k for k, t in enumerate(found_t) if self._same_feet(float(t), keypoints, frame.size)]
        if not near:
            return None
        now = frame.t - self._zero()
        nearest = min(near, key=lambda k: abs(float(found_t[k]) - now))
        tips: F32 = each[nearest]
        return tips

    def _same_feet(self, found_t: float, keypoints: F32, size: tuple[int, int]) -> bool:
        """Whether the ankles are where they were when the tips of that time were found."""
        t = self._recording.t
        last = int(np.searchsorted(t, found_t, "right"))
        first = min(int(np.searchsorted(t, found_t - JUST_BEFORE_S)), max(0, last - 1))
        then = np.median(self._recording.keypoints[first : max(last, 1), ANKLES, :2], axis=0)
        apart = np.hypot(*((keypoints[ANKLES, :2] - then) * size).T)
        return bool(apart.max() < SAME_PLACE * standing_height(keypoints, size))
