"""The black box: the joints of the last seconds in memory, written down only after something unforeseen.

No picture is in it. What is written is a keypoint recording, so that playing it shows what happened again.
Knows poses and files; nothing of what went wrong.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import numpy as np

from mirror.camera.frame import F32
from mirror.camera.recording import OFF_PICTURE, Recording, save
from mirror.knees.optics import F64, Camera
from mirror.pose.pose import Pose, Presence

KEPT_S = 20.0
MOST_FRAMES = 1280
"""Room for the last 20 s at up to 64 frames a second: 260 kB, made once."""
STAND_S = 1.6
"""Before somebody is calibrated they stood at most this long unmoved: playing it calibrates them again."""
MOST_FILES = 5


class BlackBox:
    """A ring of the newest joints, and those with which whoever is there was calibrated.

    Filled in the eyes thread; `recording` may be asked from any.
    """

    def __init__(self, kept_s: float = KEPT_S, most_frames: int = MOST_FRAMES) -> None:
        self._kept_s = kept_s
        self._lock = threading.Lock()
        self._t = np.full(most_frames, np.nan)
        self._keypoints: F32 = np.zeros((most_frames, 17, 3), np.float32)
        self._next = 0  # row to be written next
        self._filled = 0
        self._size: tuple[int, int] | None = None
        self._stand: tuple[F64, F32] | None = None
        self._calibrated = False
        self._toes: tuple[float, F32] | None = None
        self._camera: Callable[[], Camera] | None = None
        self._model: str | None = None
        self._stature_m: float | None = None

    def seen_by(self, camera: Callable[[], Camera], model: str | None, stature_m: float | None) -> None:
        """How the joints to come are seen, and of whom. camera: asked when a recording is made of them."""
        with self._lock:
            self._camera, self._model, self._stature_m = camera, model, stature_m

    def saw(self, pose: Pose) -> None:
        """One frame's joints; scores are 0 where nobody, or not surely the person, is seen."""
        with self._lock:
            if pose.size != self._size:
                self._forget(pose.size)
            newest = self._t[self._next - 1]
            if pose.t <= newest:  # a clock that goes back has no place in a recording
                return
            row = self._keypoints[self._next]
            np.clip(pose.keypoints[:, :2], -OFF_PICTURE, 1.0 + OFF_PICTURE, out=row[:, :2])
            row[:, 2] = pose.keypoints[:, 2] if pose.seen is Presence.FOUND else 0.0
            self._t[self._next] = pose.t
            self._next = (self._next + 1) % len(self._t)
            self._filled = min(self._filled + 1, len(self._t))

    def stands(self, calibrated: bool) -> None:
        """Whether whoever was seen last is calibrated: the stand that did it is kept while it holds."""
        if calibrated == self._calibrated:
            return
        with self._lock:
            self._calibrated = calibrated
            t, keypoints = self._newest(STAND_S)
            self._stand = (t, keypoints) if calibrated else None
            if not calibrated:
                self._toes = None

    def found_toes(self, t: float, tips: F32) -> None:
        """Toe tips (2, 2) (y, x) [left, right], normalised, found at t."""
        with self._lock:
            self._toes = (t, tips.copy())

    def recording(self) -> Recording | None:
        """The last seconds, after the stand that somebody was calibrated with; None when nothing was seen.

        What is only assumed of the camera is left out: it is assumed again. Times begin at 0.
        """
        with self._lock:
            t, keypoints = self._newest(self._kept_s)
            if self._size is None or not len(t):
                return None
            t, keypoints, toes_t = self._with_stand(t, keypoints)
            camera, toes = self._camera() if self._camera else None, self._toes
            assumed = {what for what, how in camera.how_known if how == "assumed"} if camera else set()
            return Recording(
                t - t[0],
                keypoints,
                self._size,
                toes_t=None if toes is None else np.array([max(0.0, toes_t - t[0])]),
                toes_each=None if toes is None else toes[1][None],
                hfov_deg=camera.hfov_deg if camera and "hfov" not in assumed else None,
                tilt_deg=camera.tilt_deg if camera and "tilt" not in assumed else None,
                tilt_sd_deg=camera.tilt_sd_deg if camera and "tilt" not in assumed else None,
                roll_deg=camera.roll_deg if camera and "roll" not in assumed else None,
                camera_height_m=camera.height_m if camera else None,
                stature_m=self._stature_m,
                model=self._model,
            )

    def _with_stand(self, t: F64, keypoints: F32) -> tuple[F64, F32, float]:
        """With the calibrating stand put in front, where it is older; and when the toes were found then."""
        toes_t = self._toes[0] if self._toes else 0.0
        if self._stand is None or self._stand[0][-1] >= t[0]:
            return t, keypoints, toes_t
        stand_t, stand = self._stand
        stand = stand[stand_t < t[0]]
        stand_t = stand_t[stand_t < t[0]]
        frame_s = float(np.median(np.diff(t))) if len(t) > 1 else 1 / 30
        moved = t[0] - frame_s - stand_t[-1]
        if toes_t < t[0]:
            toes_t = min(toes_t + moved, t[0] - frame_s)
        return np.concatenate([stand_t + moved, t]), np.concatenate([stand, keypoints]), toes_t

    def _newest(self, seconds: float) -> tuple[F64, F32]:
        """Copies of the newest rows, in order."""
        rows = (self._next - self._filled + np.arange(self._filled)) % len(self._t)
        if not len(rows):
            return np.zeros(0), np.zeros((0, 17, 3), np.float32)
        rows = rows[self._t[rows] >= self._t[rows[-1]] - seconds]
        return self._t[rows], self._keypoints[rows]

    def _forget(self, size: tuple[int, int]) -> None:
        self._size = size
        self._t.fill(np.nan)
        self._next = self._filled = 0
        self._stand, self._calibrated, self._toes = None, False, None


def keep(folder: Path, place: str, recording: Recording) -> Path:
    """Write it into the folder, named for the place; the oldest of more than five go. The file.

    Raises BadInput when it cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{place.replace('/', '-').replace(':', '-')}.npz"
    save(path, recording)
    files = sorted(folder.glob("*.npz"), key=lambda file: file.stat().st_mtime)
    for old in files[:-MOST_FILES]:
        old.unlink(missing_ok=True)
    return path
