"""Picks the camera: what `--camera` names, or with "auto" what there is, and says in words what and why.

The one factory behind the Source protocol. Nothing is tried at import, and nothing falls back silently.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from mirror.camera.frame import Source
from mirror.camera.picamera import PiCamera, PicameraUnusable, cameras
from mirror.camera.recording import RecordingSource, load
from mirror.camera.rotated import turned
from mirror.camera.video import VideoFile, mode_of
from mirror.camera.webcam import Webcam, webcams
from mirror.faults import BadInput
from mirror.settings import CameraSettings

OTHERWISE = "plug one in, or name a clip with --camera FILE.mp4."
NO_CAMERA = (
    "No camera found: no Pi camera on the ribbon (Picamera2 lists none or is not installed) and no webcam "
    f"on /dev/video*; {OTHERWISE}"
)
ONLY_WEBCAM = "No camera can be used: no webcam on /dev/video*, and one on the ribbon can't be looked for."
NO_WEBCAM = f"No webcam found on /dev/video*; {OTHERWISE}"


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What is asked of a camera: (width, height), pictures a second, exposure or None for its own choice.

    lens_mm: focal length of the lens on a ribbon camera, None for the one it comes with.
    """

    size: tuple[int, int]
    fps: float
    exposure_ms: float | None
    lens_mm: float | None

    def picamera(self) -> PiCamera:
        return PiCamera(self.size, self.fps, exposure_ms=self.exposure_ms, lens_mm=self.lens_mm)

    def webcam(self, node: str | Path) -> Webcam:
        return Webcam(node, self.size, self.fps, exposure_ms=self.exposure_ms)


def open_source(
    wanted: str,
    size: tuple[int, int],
    fps: float,
    *,
    exposure_ms: float | None = None,
    lens_mm: float | None = None,
    pace: bool = True,
    lead_in_s: float = 0.0,
    hold_s: float = 0.0,
) -> tuple[Source, str]:
    """The source for `wanted` and one sentence that says what was picked and why.

    wanted: "auto", "picamera", "webcam", "/dev/videoN", or the name of a video or keypoint recording.
    size, fps, exposure_ms, lens_mm: asked of a camera; size is (width, height).
    pace, lead_in_s, hold_s: for files, see `Playback`.

    Raises BadInput where there is no such thing, PartMissing where a library for it is missing or too old,
    PermanentFault where it can't be used, TemporaryFault where it can't be used now.
    """
    asked = _Wanted(size, fps, exposure_ms, lens_mm)
    if wanted == "auto":
        return _auto(asked)
    if wanted == "picamera":
        camera = asked.picamera()
        return camera, f"{camera.name}, as asked"
    if wanted == "webcam":
        return _first_webcam(asked, "the first webcam, as asked", BadInput(NO_WEBCAM, key="no_webcam"))
    if wanted.startswith("/dev/"):
        webcam = asked.webcam(wanted)
        return webcam, f"{webcam.name}, as asked"
    return _file(Path(wanted), pace, lead_in_s, hold_s)


def open_camera(settings: CameraSettings) -> tuple[Source, str]:
    """The camera of the settings, upright, and one sentence that says what was picked and why.

    Files play in real time. Raises what `open_source` raises.
    """
    size = (settings.width, settings.height)
    source, said = open_source(
        settings.source, size, settings.fps, exposure_ms=settings.exposure_ms, lens_mm=settings.lens_mm
    )
    # a file says itself which way is up
    return turned(source, settings.rotation if source.live else 0), said


def _auto(asked: _Wanted) -> tuple[Source, str]:
    """A camera on the ribbon that does not open is a fault, not a reason to look at something else.

    Where Picamera2 is there and cannot be used a webcam still can. Without one that is told, as bad input
    like any camera that is missing: a mirror waits for the webcam that may yet be plugged in.
    """
    try:
        on_ribbon = cameras()
    except PicameraUnusable as broken:
        unusable = BadInput(f"{ONLY_WEBCAM} {broken}", key="part_missing")
        return _first_webcam(asked, f"the first webcam; no Pi camera can be looked for: {broken}", unusable)
    if on_ribbon:
        camera = asked.picamera()
        return camera, f"{camera.name}, the camera on the ribbon"
    none = BadInput(NO_CAMERA, key="no_camera")
    return _first_webcam(asked, "the first webcam; there is no Pi camera", none)


def _first_webcam(asked: _Wanted, why: str, otherwise: BadInput) -> tuple[Source, str]:
    found = webcams()
    if not found:
        raise otherwise
    node, card = found[0]
    webcam = asked.webcam(node)
    return webcam, f"{webcam.name} ({card}), {why}"


def _file(path: Path, pace: bool, lead_in_s: float, hold_s: float) -> tuple[Source, str]:
    if not path.suffix and mode_of(path) is None:
        raise BadInput(f"{path} is neither a file nor one of auto, picamera, webcam, /dev/videoN.")
    how = "in real time" if pace else "as fast as it can be read"
    if path.suffix.lower() == ".npz":
        recording = RecordingSource(load(path), pace=pace, lead_in_s=lead_in_s, hold_s=hold_s, name=path.name)
        return recording, f"{path.name}, a keypoint recording {how}"
    video = VideoFile(path, pace=pace, lead_in_s=lead_in_s, hold_s=hold_s)
    return video, f"{video.name}, a clip {how}"
