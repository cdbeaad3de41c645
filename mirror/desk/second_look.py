"""What a video is looked at again for, once it is known where somebody stood and where they were deepest.

Toe tips before each set of squats, or deep in one where they could not be seen before, and hips at the bottom
of each one, by more looks than a live mirror has time for. Everything found goes into the recording, so that
a recording read back gives the same answers.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from mirror.camera.frame import F32, Frame
from mirror.camera.recording import Recording
from mirror.knees.analysis import Analysis
from mirror.knees.constants import HIP
from mirror.knees.foot_placements import FootPlacement
from mirror.knees.motion import Motion
from mirror.knees.reading import Rep
from mirror.pose.feet import FootNet, toe_tips
from mirror.pose.hips import hips_lower
from mirror.pose.pose_net import PoseNet
from mirror.pose.window import Window, standing_height

FEWEST_FRAMES = 5
PAUSE_S = 0.5
"""Longer than this between two quiet frames, and something was done in between."""
AFTER_BOTTOM_S = 0.1
"""The bottom is looked at twice, this far apart."""
SHALLOW_Q = 0.2
"""Hips are in plain sight in shallower squats."""
FROM_SHARE, WHOLE_SHARE = 0.5, 0.8
"""Of a repetition's depth: hips are mended from here on, and fully from there."""
MOST_SHARE = 0.2
"""Mending moves the hips by at most this share of how far they came down."""

LOW_REPS = 2
"""Repetitions at whose bottom feet are looked at that were not seen before."""

Task = Callable[[Frame, F32], None]
"""What to do with a frame and its keypoints (17, 3)."""


@dataclass(frozen=True, slots=True)
class Looker:
    """The two networks, and through which window each frame was seen (None: nobody was followed)."""

    pose_net: PoseNet
    foot_net: FootNet
    windows: Sequence[Window | None]

    def again(self, frames: Iterator[Frame], recording: Recording, first: Analysis) -> Recording:
        """The recording with toe tips and mended hips.

        frames: of the same video, from its beginning; read no further than needed. first: what the recording
        shows by itself.
        """
        feet = [_Feet(recording, placement) for placement in first.placements if placement.stance is not None]
        lower: list[list[float]] = [[] for _ in first.reps]
        tasks = self._at_feet(recording, first, feet) + self._at_bottoms(recording, first, lower)
        _do(tasks, frames, recording)
        return _mended(_with_toes(recording, len(first.placements), feet), first, lower)

    def _at_feet(
        self, recording: Recording, first: Analysis, feet: Sequence[_Feet]
    ) -> list[tuple[int, Task]]:
        def stand(into: _Feet) -> Task:
            return lambda frame, keypoints: into.looks.extend(self.foot_net.looks(frame, keypoints))

        def low(into: _Feet) -> Task:
            return lambda frame, keypoints: into.look_low(self.foot_net, frame, keypoints)

        begins = [*(placement.from_s for placement in first.placements), math.inf]
        tasks = []
        for one in feet:
            until = next(s for s in begins if s > one.placement.from_s)
            bottoms = [r.bottom_s for r in first.reps if one.placement.from_s <= r.bottom_s < until]
            tasks += [(_index(recording, moment), stand(one)) for moment in one.moments]
            tasks += [(_index(recording, moment), low(one)) for moment in bottoms[:LOW_REPS]]
        return tasks

    def _at_bottoms(
        self, recording: Recording, first: Analysis, lower: list[list[float]]
    ) -> list[tuple[int, Task]]:
        def look(window: Window, into: list[float]) -> Task:
            return lambda frame, keypoints: into.append(
                hips_lower(self.pose_net, self.foot_net, frame, keypoints, window)
            )

        tasks = []
        for rep, found in zip(first.reps, lower, strict=True):
            for moment in (rep.bottom_s, rep.bottom_s + AFTER_BOTTOM_S):
                i = _index(recording, moment)
                window = self.windows[i]
                if window is not None and first.motions[i].q > SHALLOW_Q:
                    tasks.append((i, look(window, found)))
        return tasks


class _Feet:
    """The looks at one placing of the feet. looks: at somebody who stands."""

    def __init__(self, recording: Recording, placement: FootPlacement) -> None:
        self.placement = placement
        self.moments = moments_before_descent(placement.quiet_s)
        self.looks: list[F32 | None] = []
        self._low: list[F32 | None] = []
        self._keypoints = recording.keypoints[_index(recording, self.moments[-1])]
        self._size = recording.image_size

    def look_low(self, foot_net: FootNet, frame: Frame, keypoints: F32) -> None:
        """Eight looks at somebody deep in a squat, where feet are seen nearly as well, if any is missing."""
        tips = self._tips(self.looks)
        if tips is None or np.isnan(tips).any():
            self._low += foot_net.looks(frame, keypoints, standing_height(self._keypoints, self._size))

    def tips(self) -> F32 | None:
        """(2, 2) (y, x) [left, right]; NaN for a foot that was not seen, None where neither was."""
        tips, low = self._tips(self.looks), self._tips(self._low)
        if tips is None or low is None:
            return low if tips is None else tips
        return np.where(np.isnan(tips), low, tips)

    def _tips(self, looks: Sequence[F32 | None]) -> F32 | None:
        return toe_tips(looks, self._keypoints, self._size)


def _index(recording: Recording, moment: float) -> int:
    return min(int(np.searchsorted(recording.t, moment)), len(recording.t) - 1)


def _do(tasks: list[tuple[int, Task]], frames: Iterator[Frame], recording: Recording) -> None:
    """Every task with its frame, in order of time."""
    frame = None
    for i, task in sorted(tasks, key=lambda pair: pair[0]):
        while frame is None or frame.t < recording.t[i]:
            frame = next(frames, None)
            if frame is None:
                return
        task(frame, recording.keypoints[i])


def _with_toes(recording: Recording, placements: int, feet: Sequence[_Feet]) -> Recording:
    found = [(one.moments[-1], tips) for one in feet if (tips := one.tips()) is not None]
    if not found:
        return recording
    toes_t, toes_each = np.array([t for t, _ in found]), np.stack([tips for _, tips in found])
    return replace(
        recording, toes=toes_each[0] if placements == 1 else None, toes_t=toes_t, toes_each=toes_each
    )


def _mended(recording: Recording, first: Analysis, lower: Sequence[list[float]]) -> Recording:
    """Hips moved by what the looks at each bottom say, the more the deeper the person was."""
    keypoints = recording.keypoints.copy()
    for rep, found in zip(first.reps, lower, strict=True):
        within = [i for i, m in enumerate(first.motions) if rep.start_s <= m.t <= rep.end_s and m.q == m.q]
        if not found or not within:
            continue
        most = MOST_SHARE * _came_down(recording, rep)
        shift = float(np.clip(np.mean(found), -most, most))
        for i, share in zip(within, _shares([first.motions[i] for i in within]), strict=True):
            keypoints[i, HIP, 0] += share * shift
    return replace(recording, keypoints=keypoints)


def _came_down(recording: Recording, rep: Rep) -> float:
    """How far the hips are lower at the bottom than before, normalised to the picture."""
    start, bottom = _index(recording, rep.start_s), _index(recording, rep.bottom_s)
    return max(0.0, float((recording.keypoints[bottom, HIP, 0] - recording.keypoints[start, HIP, 0]).mean()))


def _shares(motions: Sequence[Motion]) -> list[float]:
    """0 above FROM_SHARE of the way down, 1 below WHOLE_SHARE, and straight in between."""
    deepest = max(motion.q for motion in motions)
    if deepest <= 0.0:
        return [0.0] * len(motions)
    over = WHOLE_SHARE - FROM_SHARE
    return [min(1.0, max(0.0, (motion.q / deepest - FROM_SHARE) / over)) for motion in motions]


def moments_before_descent(quiet_s: Sequence[float]) -> list[float]:
    """The last moment of the first stand, and its middle, of the times somebody stood quietly on these feet.

    Just before a descent, because feet are together or turn until then.
    """
    quiet = np.asarray(quiet_s)
    stands = np.split(quiet, np.flatnonzero(np.diff(quiet) > PAUSE_S) + 1)
    stand = next((stand for stand in stands if len(stand) >= FEWEST_FRAMES), max(stands, key=len))
    return sorted({float(stand[len(stand) // 2]), float(stand[-1])})
