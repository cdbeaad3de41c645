"""Keypoint recordings: what the pose model saw, stored without any picture, and played back as a camera.

The file layout (.npz) is a contract that other programs rely on. Knows nothing of how keypoints are judged.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from mirror.camera import npz
from mirror.camera.frame import F32, U8, Frame, Layout
from mirror.camera.playback import Playback
from mirror.camera.video import USUAL_FPS, check_readable
from mirror.faults import BadInput
from mirror.files.plain import controls
from mirror.files.writing import whole

F64 = npt.NDArray[np.float64]
Value = TypeVar("Value")

MOST_FRAMES = 216_000
"""Two hours at 30 a second. Judging takes 2.5 kB of memory a frame: 0.6 GB for so many."""
MOST_PLACINGS = 10_000
"""Placings of the feet whose toe tips were seen: more than one a second for two hours."""

LONGEST_S = 1e10
"""Seconds: even the wall clock's own stamps (1.7e9) are below, microseconds are not."""

LARGEST_SIDE = 16384
"""Pixels: twice what the largest video has."""

OFF_PICTURE = 1.0
"""How far outside the picture, in picture sizes, a normalised coordinate may lie: models do guess there."""

CANVAS_SIDE = 640
"""Pixels of the longer side of the dark canvas a played recording shows, at most."""

LONGEST_NAME = 100
"""Letters of a network's name."""

MOST = {
    "t": MOST_FRAMES,
    "keypoints": MOST_FRAMES * 17 * 3,
    "image_size": 16,
    "toes": 16,
    "toes_t": MOST_PLACINGS,
    "toes_each": MOST_PLACINGS * 4,
    "hfov_deg": 16,
    "tilt_deg": 16,
    "tilt_sd_deg": 16,
    "roll_deg": 16,
    "camera_height_m": 16,
    "stature_m": 16,
    "model": LONGEST_NAME,
}
"""Elements of each array: 90 MB for all of them together. Where a few are right, a few more are told as
wrong and not as too large."""

RANGES = {
    "hfov_deg": (5.0, 175.0),
    "tilt_deg": (-80.0, 80.0),
    "tilt_sd_deg": (0.0, 45.0),
    "roll_deg": (-80.0, 80.0),
    "camera_height_m": (0.0, 5.0),
    "stature_m": (0.5, 2.6),
}
"""What a camera on a wall and a person can be; outside, the unit is wrong."""


@dataclass(frozen=True, slots=True)
class Recording:
    """Keypoints over time.

    t: (T,) float64 seconds, strictly increasing.
    keypoints: (T, 17, 3) float32 (y, x, score), y and x normalised to the un-mirrored picture.
    image_size: (height, width) of that picture in pixels.
    toes: (2, 2) float32 standing toe tips [left, right] as (y, x), normalised, wherever the feet were
        placed; NaN for one foot that was not seen, None when unknown.
    toes_t, toes_each: (n,) float64 seconds, increasing, and (n, 2, 2) float32: the toe tips seen at those
        moments, one for each placing of the feet; None when unknown. Goes before `toes`.
    hfov_deg: horizontal field of view across the picture's width; tilt_deg: camera tilt, + looking down, and
        tilt_sd_deg, how well it is known; roll_deg: + leaning clockwise, seen from behind it; camera_height_m
        over the floor; stature_m of the person. None when unknown.
    model: whose keypoints these are, so whose constants apply; None: anatomical joints.
    """

    t: F64
    keypoints: F32
    image_size: tuple[int, int]
    toes: F32 | None = None
    toes_t: F64 | None = None
    toes_each: F32 | None = None
    hfov_deg: float | None = None
    tilt_deg: float | None = None
    tilt_sd_deg: float | None = None
    roll_deg: float | None = None
    camera_height_m: float | None = None
    stature_m: float | None = None
    model: str | None = None


def load(path: str | Path) -> Recording:
    """Read and check a recording. Raises BadInput, one line that names the file, for anything else."""
    path = Path(path)
    check_readable(path)
    arrays = _read_arrays(path)
    try:
        return _checked(arrays)
    except _Wrong as wrong:
        raise BadInput(f"{path} is not a keypoint recording: {wrong}.") from None


def save(path: str | Path, recording: Recording) -> None:
    """Write a recording so that the file is either the old one or the new one, never a part.

    Raises BadInput when the recording would not load again, or cannot be written there.
    """
    path = Path(path)
    arrays = {name: value for name in Recording.__slots__ if (value := getattr(recording, name)) is not None}
    arrays = {name: np.asarray(value) for name, value in arrays.items()}
    try:
        _checked(arrays)
    except _Wrong as wrong:
        raise BadInput(f"{path} was not written, the recording is wrong: {wrong}.") from None
    with whole(path) as file:
        np.savez_compressed(file, **arrays)


class RecordingSource(Playback):
    """A recording as a Source: dark pictures, and the keypoints in the frames. See `Playback` for pace."""

    recording: Recording

    def __init__(
        self,
        recording: Recording,
        *,
        pace: bool,
        lead_in_s: float = 0.0,
        hold_s: float = 0.0,
        name: str = "Keypoint recording",
    ) -> None:
        super().__init__(pace=pace, lead_in_s=lead_in_s, hold_s=hold_s)
        self.recording = recording
        self.hfov_deg = recording.hfov_deg
        self.hfov_how = "recording" if recording.hfov_deg else ""
        self.name = name

    def _period_s(self) -> float:
        t = self.recording.t
        return float(np.median(np.diff(t))) if len(t) > 1 else 1.0 / USUAL_FPS

    def _pictures(self) -> Iterator[Frame]:
        recording = self.recording
        canvas = _canvas(recording.image_size)
        keypoints = recording.keypoints.view()
        keypoints.flags.writeable = False
        for index, t in enumerate(recording.t.tolist()):
            yield Frame(canvas, t, index, Layout.BGR, recording.image_size, keypoints[index])


def _canvas(size: tuple[int, int]) -> U8:
    """One dark picture, shared by all frames, in the shape of the real one."""
    shrink = min(1.0, CANVAS_SIDE / max(size))
    height, width = (max(1, round(side * shrink)) for side in size)
    canvas: U8 = np.full((height, width, 3), 24, np.uint8)
    canvas.flags.writeable = False
    return canvas


class _Wrong(Exception):
    """What is wrong with a recording, as a clause that starts with what is wrong."""


def _read_arrays(path: Path) -> dict[str, npt.NDArray[Any]]:
    """The arrays of the file that are ours, nothing executed, nothing larger than it may be."""
    try:
        return npz.arrays(path, MOST)
    except npz.NotWhatItIs as wrong:
        raise BadInput(f"{path} is not a keypoint recording: {wrong}.") from None
    except Exception as error:
        # On bytes that only look like an archive, zipfile and numpy raise a dozen kinds between them
        # (zlib.error, NotImplementedError, TokenError ...), and which ones changes with their versions.
        raise BadInput(f"{path} is not a keypoint recording: it cannot be read as .npz.") from error


def _checked(arrays: dict[str, npt.NDArray[Any]]) -> Recording:
    for name in ("t", "keypoints", "image_size"):
        if name not in arrays:
            raise _Wrong(f"{name} is missing")
    t = _times("t", arrays["t"])
    toes_t, toes_each = _placings(arrays)
    return Recording(
        t=t,
        keypoints=_keypoints(_numbers("keypoints", arrays["keypoints"]), len(t)),
        image_size=_image_size(_numbers("image_size", arrays["image_size"])),
        toes=_optional(arrays, "toes", _toes),
        toes_t=toes_t,
        toes_each=toes_each,
        hfov_deg=_optional(arrays, "hfov_deg", _scalar),
        tilt_deg=_optional(arrays, "tilt_deg", _scalar),
        tilt_sd_deg=_optional(arrays, "tilt_sd_deg", _scalar),
        roll_deg=_optional(arrays, "roll_deg", _scalar),
        camera_height_m=_optional(arrays, "camera_height_m", _scalar),
        stature_m=_optional(arrays, "stature_m", _scalar),
        model=_optional(arrays, "model", _model),
    )


def _numbers(name: str, array: npt.NDArray[Any]) -> npt.NDArray[Any]:
    if array.dtype.kind not in "fiu":
        raise _Wrong(f"{name} is not made of numbers")
    if not np.isfinite(array).all():
        raise _Wrong(f"{name} has values that are not finite")
    return array


def _times(name: str, array: npt.NDArray[Any]) -> F64:
    t = _numbers(name, array)
    if t.ndim != 1 or len(t) == 0:
        raise _Wrong(f"{name} has shape {t.shape}, not (n,) with at least one frame")
    seconds: F64 = t.astype(np.float64)
    if np.abs(seconds).max() > LONGEST_S:
        raise _Wrong(f"{name} is not in seconds")
    if not (np.diff(seconds) > 0).all():
        raise _Wrong(f"{name} does not increase from moment to moment")
    return seconds


def _keypoints(keypoints: npt.NDArray[Any], count: int) -> F32:
    if keypoints.shape != (count, 17, 3):
        raise _Wrong(f"keypoints has shape {keypoints.shape}, not ({count}, 17, 3)")
    _check_places("keypoints", keypoints[..., :2])
    scores = keypoints[..., 2]
    if scores.min() < 0.0 or scores.max() > 1.0:
        raise _Wrong("keypoints has scores outside 0 to 1")
    narrowed: F32 = keypoints.astype(np.float32)
    return narrowed


def _check_places(name: str, places: npt.NDArray[Any]) -> None:
    if places.min() < -OFF_PICTURE or places.max() > 1.0 + OFF_PICTURE:
        raise _Wrong(f"{name} lie far outside the picture; they should be normalised to 0 to 1")


def _image_size(size: npt.NDArray[Any]) -> tuple[int, int]:
    if size.shape != (2,):
        raise _Wrong(f"image_size has shape {size.shape}, not (2,)")
    height, width = size.tolist()
    if not all(side == int(side) and 0 < side <= LARGEST_SIDE for side in (height, width)):
        raise _Wrong(f"image_size {height:g} x {width:g} is no picture's height and width")
    return int(height), int(width)


def _optional(
    arrays: dict[str, npt.NDArray[Any]], name: str, check: Callable[[str, npt.NDArray[Any]], Value]
) -> Value | None:
    return check(name, arrays[name]) if name in arrays else None


def _toes(name: str, toes: npt.NDArray[Any]) -> F32:
    return _toe_tips(name, toes, (2, 2))


def _toe_tips(name: str, toes: npt.NDArray[Any], shape: tuple[int, ...]) -> F32:
    if toes.dtype.kind not in "fiu" or toes.shape != shape:
        _numbers(name, toes)
        raise _Wrong(f"{name} has shape {toes.shape}, not {shape}")
    unseen = np.isnan(toes).all(-1)
    unseen &= ~unseen.all(-1, keepdims=True)  # of two feet that nobody saw there is nothing to keep
    seen = np.where(unseen[..., None], 0.5, toes)
    _check_places(name, _numbers(name, seen))
    narrowed: F32 = toes.astype(np.float32)
    return narrowed


def _placings(arrays: dict[str, npt.NDArray[Any]]) -> tuple[F64 | None, F32 | None]:
    """toes_t and toes_each, which come together or not at all."""
    there = [name for name in ("toes_t", "toes_each") if name in arrays]
    if len(there) == 1:
        raise _Wrong(f"{there[0]} came without its other half: toes_t and toes_each belong together")
    if not there:
        return None, None
    toes_t = _times("toes_t", arrays["toes_t"])
    return toes_t, _toe_tips("toes_each", arrays["toes_each"], (len(toes_t), 2, 2))


def _scalar(name: str, array: npt.NDArray[Any]) -> float:
    if _numbers(name, array).size != 1:
        raise _Wrong(f"{name} is not a single number")
    value = float(array.reshape(()))
    low, high = RANGES[name]
    if not low <= value <= high:
        raise _Wrong(f"{name} is {value:g}, outside {low:g} to {high:g}")
    return value


def _model(name: str, array: npt.NDArray[Any]) -> str:
    if array.dtype.kind != "U" or array.size != 1:
        raise _Wrong(f"{name} is not a text")
    text = str(array.reshape(())[()])
    if len(text) > LONGEST_NAME or controls(text):
        raise _Wrong(f"{name} is no network's name")
    return text
