"""The desk: videos and keypoint recordings judged at once, for `squat-mirror analyze`.

The counterpart of station.py without clocks, threads or lamps: reads like camera -> pose -> knees -> report.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from mirror.camera.black_bars import BlackBars, Part
from mirror.camera.decoded import AS_STORED, CLOCKWISE, Turn, in_words, then
from mirror.camera.readahead import read_ahead
from mirror.camera.recording import Recording, load
from mirror.coach.feedback import SetSummary
from mirror.coach.summary import summarise, untold
from mirror.coach.words import in_english
from mirror.desk.second_look import Looker
from mirror.desk.which_way_up import share_upright, turned_where_somebody_is
from mirror.faults import BadInput
from mirror.fitting.from_recording import camera_of_recording, recorded_toes
from mirror.fitting.from_settings import constants_of, thresholds
from mirror.fitting.networks import foot_net, pose_net
from mirror.knees.analysis import Analysis, NoReference, analyse
from mirror.knees.decoration import spared
from mirror.knees.track import Track
from mirror.mounting.tilt import with_tilt
from mirror.pose.catalog import find
from mirror.pose.pose import Presence
from mirror.pose.window import Window
from mirror.settings import Settings

Progress = Callable[[int, int | None], None]
"""Called with the frames done and, where known, how many there are."""
PRESENT_SCORE = 0.2
"""Mean score of shoulders, hips, knees and ankles from which a recorded frame shows somebody."""
ALMOST_NEVER = 0.1
"""Where somebody is upright in no more than this share of the frames, the picture may lie on its side."""
FEWEST_FRAMES = 5

_Look = Callable[[Recording, Analysis], Recording]
"""Looks at a video again, once it is known what happens in it."""
BARS_EVERY = 15
"""Frames: black bars are there in all of them."""


@dataclass(frozen=True, slots=True)
class _Input:
    """What was read. look_again: None for what has no pictures."""

    recording: Recording
    source: dict[str, Any]
    look_again: _Look | None = None
    turn: Turn = AS_STORED
    part: Part | None = None


@dataclass(frozen=True, slots=True)
class Study:
    """One input, judged. source: what it was, for the report. turn: how its pictures were turned. part: what
    of them was looked at, None for all."""

    recording: Recording
    analysis: Analysis
    summary: SetSummary
    source: dict[str, Any]
    turn: Turn = AS_STORED
    part: Part | None = None


def study(
    path: Path,
    settings: Settings,
    reference: int | None,
    progress: Progress | None = None,
    turn: Turn = AS_STORED,
) -> Study:
    """Judge one video or keypoint recording.

    turn: of a video's pictures, beyond what its file says; where nobody is to be seen in them and somebody
    in one that is turned, they are turned so. Raises BadInput, one line that names the file, for anything
    that cannot be judged.
    """
    if path.suffix.lower() == ".npz":
        found = _from_recording(path)
    else:
        found = _from_video_upright(path, settings, progress, turn)
    recording, look_again = found.recording, found.look_again
    seen = present(recording.keypoints)
    if len(recording.t) < FEWEST_FRAMES:
        raise BadInput(f"{path} is too short: {len(recording.t)} frame(s).")
    if not seen.any():
        raise BadInput(f"{path}: nobody to be seen in it.")
    camera = camera_of_recording(settings, recording, recording.image_size)
    constants = constants_of(recording.model)
    stature = settings.person.stature_m or recording.stature_m
    size = recording.image_size
    camera = with_tilt(camera, recording.t, recording.keypoints, size, seen, constants, stature)
    limits = thresholds(settings, with_reference=reference is not None)

    def judged(known: Recording, reference: int | None) -> Analysis:
        toes = recorded_toes(known)
        track = Track(known.t, known.keypoints, size, seen)
        return analyse(track, camera, constants, limits, reference, toes)

    try:
        if look_again is not None:
            recording = look_again(recording, judged(recording, None))
        analysis = judged(recording, reference)
    except NoReference as error:
        raise BadInput(f"{path}: {_why_none(error)}.") from None
    summary = spared("summaries", lambda: _summary(analysis, stature), untold(analysis.reps))
    known = replace(recording, stature_m=stature)
    return Study(known, analysis, summary, found.source, found.turn, found.part)


def _summary(analysis: Analysis, stature_m: float | None) -> SetSummary:
    return summarise(analysis.reps, stature_m, analysis.why_unknown, others=analysis.others)


def _why_none(error: NoReference) -> str:
    """Why the repetition asked for is no reference, in English as every line on stderr is."""
    found = f"{error.found} repetition{'' if error.found == 1 else 's'} found"
    why = found if error.reason is None else in_english(error.reason)
    return f"repetition {error.n} cannot be the reference: {why}"


def present(keypoints: npt.NDArray[np.float32]) -> npt.NDArray[np.bool_]:
    """(T, 17, 3) -> (T,): somebody is there. Frames without anybody are recorded with scores of 0."""
    body = [5, 6, 11, 12, 13, 14, 15, 16]
    return np.asarray(keypoints[:, body, 2].mean(1) >= PRESENT_SCORE)


def _from_recording(path: Path) -> _Input:
    recording = load(path)
    return _Input(recording, _source(path, "keypoint recording", recording))


def _from_video_upright(path: Path, settings: Settings, progress: Progress | None, turn: Turn) -> _Input:
    """The video as it is, or turned where somebody is seen only so."""
    found = _without_bars(path, settings, progress, turn)
    if share_upright(found.recording.keypoints) > ALMOST_NEVER:
        return found
    more_deg = turned_where_somebody_is(path, settings, turn)
    if more_deg is None:
        return found
    found = _without_bars(path, settings, progress, then(turn, CLOCKWISE[more_deg]))
    return replace(found, source=found.source | {"found_turned_deg": more_deg})


def _without_bars(path: Path, settings: Settings, progress: Progress | None, turn: Turn) -> _Input:
    """The video, read once more without its black bars where it has any: the lens saw nothing of them."""
    bars = BlackBars()
    found = _from_video(path, settings, progress, turn, bars=bars)
    part = bars.picture()
    if part is None:
        return found
    found = _from_video(path, settings, progress, turn, part)
    return replace(found, source=found.source | {"black_bars_px": list(bars.pixels_wide(part))})


def _from_video(
    path: Path,
    settings: Settings,
    progress: Progress | None,
    turn: Turn,
    part: Part | None = None,
    bars: BlackBars | None = None,
) -> _Input:
    """part: of the pictures, None for all of them. bars: looked for in them."""
    from mirror.camera.video import VideoFile  # recordings need neither OpenCV
    from mirror.pose.people import PersonTracker  # nor a network

    video = VideoFile(path, pace=False, turn=turn, part=part)
    entry = find(settings.model.name)
    constants_of(entry.name)
    net, feet = pose_net(settings), foot_net(settings)
    tracker = PersonTracker(net)
    times, poses, windows = [], [], []
    for frame in read_ahead(video.frames()):
        pose = tracker.see(frame)
        keypoints = pose.keypoints.copy()
        if pose.seen is not Presence.FOUND:
            keypoints[:, 2] = 0.0
        times.append(frame.t)
        poses.append(keypoints)
        windows.append(Window(*pose.window) if pose.window else None)
        if bars is not None and frame.index % BARS_EVERY == 0:
            bars.look(frame.pixels)
        if progress:
            progress(len(times), video.frame_count)
    recording = Recording(np.array(times), np.stack(poses), video.size, model=entry.name)
    clockwise_deg, mirrored = in_words(turn)
    source = _source(path, "video", recording) | {
        "runtime": net.runtime,
        "truncated": video.truncated,
        "codec": video.codec,
        "rotated_deg": clockwise_deg,
        "mirrored": mirrored,
        "black_bars_px": None,
        "view_changed_s": None if video.view_changed_s is None else round(video.view_changed_s, 3),
    }
    looker = Looker(net, feet, windows)

    def look_again(known: Recording, first: Analysis) -> Recording:
        with closing(read_ahead(VideoFile(path, pace=False, turn=turn, part=part).frames())) as frames:
            return looker.again(frames, known, first)

    return _Input(recording, source, look_again, turn, part)


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
    """The keypoints with everything known of camera and person, so that reading them back gives the same.

    What is only assumed is left out: it is assumed again.
    """
    camera = done.analysis.camera
    assumed = {what for what, how in camera.how_known if how == "assumed"}
    return replace(
        done.recording,
        hfov_deg=None if "hfov" in assumed else camera.hfov_deg,
        tilt_deg=None if "tilt" in assumed else camera.tilt_deg,
        tilt_sd_deg=None if "tilt" in assumed else camera.tilt_sd_deg,
        roll_deg=None if "roll" in assumed else camera.roll_deg,
        camera_height_m=camera.height_m,
    )
