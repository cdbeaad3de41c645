"""What follows somebody's knees live, fitted to where the pictures come from: camera, clip or recording.

A recording knows its camera and its person; a clip says nothing of this station's camera, and that
one is learned from everybody who stands before it. Judges nothing itself.
"""

from __future__ import annotations

from mirror.camera.frame import Frame, Source
from mirror.camera.recording import Recording
from mirror.fitting.from_recording import RecordedToes, camera_of_recording
from mirror.fitting.from_settings import camera_of, constants_of, thresholds
from mirror.fitting.networks import foot_net
from mirror.knees.constants import KeypointConstants
from mirror.knees.live import KneeWatch
from mirror.knees.optics import Camera
from mirror.knees.reasons import Reason, Why
from mirror.mounting.memory import learning_mount
from mirror.pose.people import somebody_else
from mirror.pose.pose import Pose, Presence
from mirror.pose.toe_search import Toes, ToeSearch
from mirror.service.folders import state_folder
from mirror.settings import Settings


def watch_for(settings: Settings, source: Source, frame: Frame, constants: KeypointConstants) -> KneeWatch:
    """The knees room for pictures like this one. constants: the network's; a recording has its own."""
    recording = source.recording
    if recording is not None:
        constants = constants_of(recording.model)
    camera = _camera(settings, source, frame, recording)
    stature_m = settings.person.stature_m or (recording.stature_m if recording else None)
    folder = state_folder() if source.live else None
    return KneeWatch(
        camera,
        constants,
        thresholds(settings, with_reference=False),
        with_reference=thresholds(settings, with_reference=True),
        ask_reference=settings.coach.reference != "off",
        stature_m=stature_m,
        mount=learning_mount(folder, camera, frame.size, constants, stature_m),
    )


def in_the_way(pose: Pose) -> Reason | None:
    """Why the knees of this pose are not judged, or None."""
    if pose.seen is not Presence.UNSURE:
        return None
    return Reason(Why.SOMEBODY_PASSES if somebody_else(pose) else Why.LEGS_NOT_SEEN)


def _camera(settings: Settings, source: Source, frame: Frame, recording: Recording | None) -> Camera:
    if recording is None:
        return camera_of(settings, frame.size, (source.hfov_how, source.hfov_deg))
    return camera_of_recording(settings, recording, frame.size)


def toes_for(settings: Settings, source: Source) -> Toes:
    """What finds the toes: a recording's own, else the second network."""
    recording = source.recording
    if recording is None:
        return ToeSearch(foot_net(settings))
    return RecordedToes(recording, lambda: source.t0 or 0.0)
