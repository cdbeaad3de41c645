"""Whether a video lies on its side: somebody is seen in it only when it is turned.

A few pictures are looked at in every way up. Phones say which way up they were held; exports and old cameras
do not.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from mirror.camera.decoded import AS_STORED, CLOCKWISE, Turn, then
from mirror.camera.frame import F32, Frame
from mirror.fitting.networks import pose_net
from mirror.pose.body import PRESENT_SCORE, body_score
from mirror.pose.joints import ANKLES, HIPS, SHOULDERS
from mirror.settings import Settings

LOOKS = 7
"""Pictures that are looked at in every way up, over the whole video."""
MOST_FRAMES = 1800
"""Of the first minute."""
LEAST_SCORE = 0.3
"""Mean score of somebody upright over all of them. Real squats have 0.3 to 0.85 in every picture."""


def turned_where_somebody_is(path: Path, settings: Settings, turn: Turn = AS_STORED) -> int | None:
    """Degrees clockwise (90, 180 or 270) by which the pictures have to be turned, beyond `turn`, so that
    somebody stands in them; None where nobody does in any way, or does as they are."""
    sure = {degrees: _upright_score(path, settings, then(turn, CLOCKWISE[degrees])) for degrees in CLOCKWISE}
    best = max(sure, key=lambda degrees: sure[degrees])
    return best if best != 0 and sure[best] >= LEAST_SCORE else None


def share_upright(keypoints: F32) -> float:
    """In which share of frames (T, 17, 3) somebody stands or squats, and does not lie or hang."""
    return float(np.mean([body_score(pose) >= PRESENT_SCORE and _stands(pose) for pose in keypoints]))


def _upright_score(path: Path, settings: Settings, turn: Turn) -> float:
    """How surely somebody is seen the right way up: the mean score, 0 for pictures in which nobody is."""
    from mirror.pose.people import PersonTracker
    from mirror.pose.pose import Presence

    net = pose_net(settings)
    seen = []
    for frame in _some(path, turn):
        pose = PersonTracker(net).see(frame)
        upright = pose.seen is Presence.FOUND and _stands(pose.keypoints)
        seen.append(body_score(pose.keypoints) if upright else 0.0)
    return float(np.mean(seen)) if seen else 0.0


def _some(path: Path, turn: Turn) -> Iterator[Frame]:
    from mirror.camera.video import VideoFile

    video = VideoFile(path, pace=False, turn=turn)
    step = max(1, min(video.frame_count or MOST_FRAMES, MOST_FRAMES) // LOOKS)
    for i, frame in enumerate(video.frames()):
        if i >= LOOKS * step:
            return
        if i % step == step // 2:
            yield frame


def _stands(keypoints: F32) -> bool:
    """Shoulders over hips over ankles: (17, 3) (y, x, score)."""
    shoulders, hips, ankles = (float(keypoints[joints, 0].mean()) for joints in (SHOULDERS, HIPS, ANKLES))
    return shoulders < hips < ankles
