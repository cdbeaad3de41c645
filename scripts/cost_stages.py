"""The work of a frame, room by room, on one committed recording, for `measure_cost.py` to count.

Each stage does all its frames and then calls MARK, a function of the C library that nobody else calls, so
that a counter outside can tell the stages apart. No network runs: its heads are made from the recording's
joints.
"""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Callable
from pathlib import Path
from types import MappingProxyType

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from mirror.camera import recording  # noqa: E402
from mirror.camera.frame import Frame, Layout  # noqa: E402
from mirror.coach.coach import Coach  # noqa: E402
from mirror.coach.gestures import arms_of  # noqa: E402
from mirror.coach.rules import CoachRules  # noqa: E402
from mirror.knees.constants import constants_from  # noqa: E402
from mirror.knees.frame_buffers import FrameBuffers  # noqa: E402
from mirror.knees.judge import Thresholds  # noqa: E402
from mirror.knees.live import KneeWatch  # noqa: E402
from mirror.knees.optics import Camera  # noqa: E402
from mirror.knees.reading import KneeReading, Rep  # noqa: E402
from mirror.knees.track import TrackedPose  # noqa: E402
from mirror.pose.catalog import find  # noqa: E402
from mirror.pose.correction import correction_of  # noqa: E402
from mirror.pose.movenet import Decoder  # noqa: E402
from mirror.pose.people import PersonTracker  # noqa: E402
from mirror.pose.pose import Pose  # noqa: E402
from mirror.pose.pose_net import untangled  # noqa: E402
from mirror.pose.second_body import second_body  # noqa: E402
from mirror.pose.window import F32, Cropper, Window, fit  # noqa: E402
from mirror.stopwatch import unmarked  # noqa: E402

RECORDING = ROOT / "tests" / "data" / "rendered" / "f_heavy-parallel-ascent.npz"
"""Somebody stands, is measured, squats, and one of the knees caves on the way up."""
FRAMES = 130
"""A whole repetition and the beginning of the next, at 30 frames a second."""
WARM = 6
"""Frames before the counted ones: tables are made and somebody is found."""
HEADS = 20
"""Frames whose heads are read: each is like the other."""
MARK = os.getppid
"""The C library's function of that name is called nowhere else."""
SPREAD = 1.3
"""Of a joint's heat in the network's maps, cells."""

Heads = tuple[F32, F32, F32, F32]


class RecordedNet:
    """A network that has looked already: the recording's joints, one look after another."""

    name, runtime, mark, others = "recorded", "a recording", unmarked, 0
    constants = MappingProxyType[str, float]({})

    def __init__(self, looks: dict[float, F32], aspect: float, model: str) -> None:
        self._looks, self.aspect = looks, aspect
        self.correction = correction_of(find(model))

    def look(self, frame: Frame, window: Window) -> F32:
        """The joints of this frame, whatever the window."""
        return self._looks[frame.t]


def heads_of(keypoints: F32, window: Window, size: tuple[int, int], cells: tuple[int, int]) -> Heads:
    """What a network would have said to have these joints read: heat, centre, regression, offset."""
    h, w = cells
    y = (keypoints[:, 0] * size[0] - window.top) / window.height * h
    x = (keypoints[:, 1] * size[1] - window.left) / window.width * w
    rows, columns = np.mgrid[0:h, 0:w].astype(np.float32)
    far = (rows[..., None] + 0.5 - y) ** 2 + (columns[..., None] + 0.5 - x) ** 2
    heat = (keypoints[:, 2] * np.exp(-far / (2 * SPREAD**2))).astype(np.float32)
    away = (rows - h / 2) ** 2 + (columns - w / 2) ** 2
    centre = np.exp(-away / 8)[..., None].astype(np.float32)
    regression = np.stack([y - rows[..., None], x - columns[..., None]], -1).reshape(h, w, 34)
    offset = np.full((h, w, 34), 0.5, np.float32)
    return heat, centre, regression.astype(np.float32), offset


class Stages:
    """What each stage of a frame is given, made beforehand, and the stages themselves."""

    def __init__(self) -> None:
        self._kept = kept = recording.load(RECORDING)
        self._entry = find(kept.model or "")
        self._times = kept.t[: FRAMES + WARM].tolist()
        size = kept.image_size
        pixels = np.random.default_rng(0).integers(0, 255, (*size, 3), np.uint8)
        planes = np.random.default_rng(1).integers(0, 255, (size[0] * 3 // 2, size[1]), np.uint8)
        self._bgr = [Frame(pixels, t, i, Layout.BGR, size) for i, t in enumerate(self._times)]
        self._yuv = [Frame(planes, t, i, Layout.I420, size) for i, t in enumerate(self._times)]
        entry = self._entry
        self._window = fit(kept.keypoints[0], size, entry.width / entry.height)
        self._cells = (entry.height // 4, entry.width // 4)
        self._heads = [
            heads_of(keypoints, self._window, size, self._cells)
            for keypoints in kept.keypoints[: FRAMES : FRAMES // HEADS]
        ]
        self._poses: list[Pose] = []
        self._readings: list[tuple[KneeReading, Rep | None]] = []

    def window(self) -> Callable[[int], object]:
        """As a Pi 5's camera and files hand pictures over."""
        crop = Cropper(self._entry.height, self._entry.width)
        return lambda i: crop(self._bgr[i], self._window)

    def window_yuv(self) -> Callable[[int], object]:
        """As a Pi 4's camera does."""
        crop = Cropper(self._entry.height, self._entry.width)
        return lambda i: crop(self._yuv[i], self._window)

    def decode(self) -> Callable[[int], object]:
        """From the network's heads to joints."""
        read = Decoder(*self._cells)

        def one(i: int) -> None:
            heads = self._heads[i % len(self._heads)]
            found = read(*heads)
            second_body(heads[0], found)
            untangled(self._window.to_frame(found, self._kept.image_size))

        return one

    def person(self) -> Callable[[int], object]:
        """Who of them is on the mark."""
        looks = dict(zip(self._times, self._kept.keypoints, strict=False))
        aspect = self._entry.width / self._entry.height
        tracker = PersonTracker(RecordedNet(looks, aspect, self._entry.name))
        return lambda i: self._poses.append(tracker.see(self._bgr[i]))

    def knees(self) -> Callable[[int], object]:
        """What their knees do."""
        kept = self._kept
        camera = Camera(kept.hfov_deg or 0.0, kept.tilt_deg or 0.0)
        constants, buffers = constants_from(self._entry.constants), FrameBuffers(2 * FRAMES)
        watch = KneeWatch(camera, constants, Thresholds(), buffers=buffers)

        def one(i: int) -> None:
            pose = self._poses[i]
            self._readings.append(watch.update(TrackedPose(pose.t, pose.keypoints, pose.size)))
            if watch.wants_toes and kept.toes is not None:
                watch.take_toes(kept.toes, pose.size)

        return one

    def coach(self) -> Callable[[int], object]:
        """What is said of it."""
        coach = Coach(CoachRules())

        def one(i: int) -> None:
            pose = self._poses[i]
            coach.update(*self._readings[i], arms_of(pose.keypoints, pose.size))

        return one


STAGES = (Stages.window, Stages.window_yuv, Stages.decode, Stages.person, Stages.knees, Stages.coach)
"""In the order of a frame; the poses one makes are what the next is given."""
LOOKS = (Stages.window, Stages.window_yuv, Stages.decode)


def _frames(stage: Callable[[Stages], Callable[[int], object]]) -> int:
    return HEADS if stage in LOOKS else FRAMES


def main() -> None:
    """All stages in turn, a mark before each and after it; prints how many frames each one did."""
    stages = Stages()
    gc.disable()
    for stage in STAGES:
        one = stage(stages)
        for i in range(WARM):
            one(i)
        MARK()
        for i in range(WARM, WARM + _frames(stage)):
            one(i)
        MARK()
        print(_frames(stage))


if __name__ == "__main__":
    main()
