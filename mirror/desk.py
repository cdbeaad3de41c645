"""The desk: videos and keypoint recordings judged at once, for `squat-mirror analyze`.

The counterpart of station.py without clocks, threads or lamps: reads like camera -> pose -> knees -> report.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from mirror.camera.frame import Frame
from mirror.camera.readahead import read_ahead
from mirror.camera.recording import Recording, load
from mirror.coach.feedback import SetSummary
from mirror.coach.summary import summarise
from mirror.coach.words import words
from mirror.faults import BadInput
from mirror.fitting import camera_of, constants_of, model_threads, thresholds
from mirror.knees.analysis import Analysis, NoReference, ToesOf, analyse
from mirror.knees.azimuth import ToeTips
from mirror.knees.plants import Plant
from mirror.knees.tilt import with_tilt
from mirror.pose.catalog import FOOT_MODEL, find
from mirror.pose.pose import Seen
from mirror.settings import Settings

if TYPE_CHECKING:
    from mirror.pose.feet import FootNet

Progress = Callable[[int, int | None], None]
"""Called with the frames done and, where known, how many there are."""
PRESENT_SCORE = 0.2
"""Mean score of shoulders, hips, knees and ankles from which a recorded frame shows somebody."""
FEWEST_FRAMES = 5
PAUSE_S = 0.5
"""Longer than this between two quiet frames, and something was done in between."""


_Input = tuple[Recording, dict[str, Any], ToesOf | None]


@dataclass(frozen=True, slots=True)
class Study:
    """One input, judged. source: what it was, for the report."""

    recording: Recording
    analysis: Analysis
    summary: SetSummary
    source: dict[str, Any]


def study(path: Path, settings: Settings, reference: int | None, progress: Progress | None = None) -> Study:
    """Judge one video or keypoint recording.

    Raises BadInput, one line that names the file, for anything that cannot be judged.
    """
    recording, source, toes_of = (
        _from_recording(path) if path.suffix.lower() == ".npz" else _from_video(path, settings, progress)
    )
    seen = present(recording.keypoints)
    if len(recording.t) < FEWEST_FRAMES:
        raise BadInput(f"{path} is too short: {len(recording.t)} frame(s).")
    if not seen.any():
        raise BadInput(f"{path}: nobody to be seen in it.")
    camera = camera_of(
        settings,
        recording.image_size,
        ("recording", recording.hfov_deg),
        ("recording", recording.tilt_deg),
        ("recording", recording.camera_height_m),
    )
    constants = constants_of(recording.model)
    stature = settings.person.stature_m or recording.stature_m
    t, keypoints, size = recording.t, recording.keypoints, recording.image_size
    camera = with_tilt(camera, t, keypoints, size, seen, constants, stature)
    try:
        analysis = analyse(
            t,
            keypoints,
            size,
            seen,
            camera,
            constants,
            thresholds(settings, with_reference=reference is not None),
            reference,
            toes_of,
        )
    except NoReference as reason:
        raise BadInput(f"{path}: {reason}.") from None
    if isinstance(toes_of, SecondLook) and len(analysis.plants) == len(toes_of.found) == 1:
        recording = replace(recording, toes=toes_of.found[0])
    summary = summarise(analysis.reps, words(settings.coach.language), stature, analysis.why_unknown)
    return Study(recording, analysis, summary, source)


def _recorded_toes(recording: Recording) -> ToesOf | None:
    toes = recording.toes
    return None if toes is None else lambda plant: ToeTips(toes)


class SecondLook:
    """Looks for the toes of somebody who stands, in a video whose keypoints are known by now.

    Asked for one placing of the feet after the other, in order of time; reads the file once more, no further
    than the last of them needs. found: the toe tips of each, None where they can't be seen.
    """

    def __init__(self, net: FootNet, frames: Iterator[Frame], recording: Recording) -> None:
        self._net = net
        self._frames = frames
        self._recording = recording
        self.found: list[npt.NDArray[np.float32] | None] = []

    def __call__(self, plant: Plant) -> ToeTips | None:
        from mirror.pose.feet import toe_tips

        known = self._recording
        looks: list[npt.NDArray[np.float32] | None] = []
        keypoints = known.keypoints[0]
        for moment in moments_before_descent(plant.quiet_s):
            i = int(np.searchsorted(known.t, moment))
            frame = next((frame for frame in self._frames if frame.t >= known.t[i]), None)
            if frame is None:
                break
            keypoints = known.keypoints[i]
            looks += self._net.looks(frame, keypoints)
        tips = toe_tips(looks, keypoints, known.image_size)
        self.found.append(tips)
        return None if tips is None else ToeTips(tips)


def moments_before_descent(quiet_s: Sequence[float]) -> list[float]:
    """The last moment of the first stand, and its middle, of the times somebody stood quietly on these feet.

    Just before a descent, because feet are together or turn until then.
    """
    quiet = np.asarray(quiet_s)
    stands = np.split(quiet, np.flatnonzero(np.diff(quiet) > PAUSE_S) + 1)
    stand = next((stand for stand in stands if len(stand) >= FEWEST_FRAMES), max(stands, key=len))
    return sorted({float(stand[len(stand) // 2]), float(stand[-1])})


def present(keypoints: npt.NDArray[np.float32]) -> npt.NDArray[np.bool_]:
    """(T, 17, 3) -> (T,): somebody is there. Frames without anybody are recorded with scores of 0."""
    body = [5, 6, 11, 12, 13, 14, 15, 16]
    return np.asarray(keypoints[:, body, 2].mean(1) >= PRESENT_SCORE)


def _from_recording(path: Path) -> _Input:
    recording = load(path)
    return recording, _source(path, "keypoint recording", recording), _recorded_toes(recording)


def _from_video(path: Path, settings: Settings, progress: Progress | None) -> _Input:
    from mirror.camera.video import VideoFile  # recordings need neither OpenCV
    from mirror.pose.feet import FootNet  # nor a network
    from mirror.pose.people import PersonTracker, PoseNet

    video = VideoFile(path, pace=False)
    entry = find(settings.model.name)
    constants_of(entry.name)
    threads, runtime = model_threads(settings), settings.model.runtime
    net = PoseNet(entry, threads=threads, runtime=runtime)
    feet = FootNet(find(FOOT_MODEL), threads=threads, runtime=runtime)
    tracker = PersonTracker(net)
    times, poses = [], []
    for frame in read_ahead(video.frames()):
        pose = tracker.see(frame)
        keypoints = pose.keypoints.copy()
        if pose.seen is not Seen.FOUND:
            keypoints[:, 2] = 0.0
        times.append(frame.t)
        poses.append(keypoints)
        if progress:
            progress(len(times), video.frame_count)
    recording = Recording(np.array(times), np.stack(poses), video.size, model=entry.name)
    source = _source(path, "video", recording) | {"runtime": net.runtime, "truncated": video.truncated}
    return recording, source, SecondLook(feet, VideoFile(path, pace=False).frames(), recording)


def _source(path: Path, kind: str, recording: Recording) -> dict[str, Any]:
    t = recording.t
    return {
        "file": path.name,
        "kind": kind,
        "frames": len(t),
        "duration_s": round(float(t[-1] - t[0]), 3) if len(t) else 0.0,
        "image_size": list(recording.image_size),
        "model": recording.model,
    }


def as_recording(done: Study) -> Recording:
    """The keypoints with everything known of camera and person, so that reading them back gives the same."""
    camera = done.analysis.camera
    return replace(
        done.recording, hfov_deg=camera.hfov_deg, tilt_deg=camera.tilt_deg, camera_height_m=camera.height_m
    )
