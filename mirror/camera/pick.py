"""Picks the camera: what `--camera` names, or with "auto" what there is, and says in words what and why.

The one factory behind the Source protocol. Nothing is tried at import, and nothing falls back silently.
"""

from __future__ import annotations

from pathlib import Path

from mirror.camera.frame import Source
from mirror.camera.picamera import PiCamera, cameras
from mirror.camera.recording import RecordingSource, load
from mirror.camera.video import VideoFile, Webcam, webcams
from mirror.faults import BadInput

NO_CAMERA = (
    "no camera: no Pi camera on the ribbon (Picamera2 lists none) and no webcam on /dev/video*; "
    "plug one in, or name a clip with --camera FILE.mp4"
)


def open_source(wanted: str, size: tuple[int, int], fps: float) -> tuple[Source, str]:
    """The source for `wanted` and one sentence that says what was picked and why.

    wanted: "auto", "picamera", "webcam", "/dev/videoN", or a video or keypoint recording.
    size: (width, height) and fps, asked of a camera. Raises BadInput where there is no such thing,
    PermanentFault where it can't be used, TemporaryFault where it can't be used now.
    """
    if wanted == "auto":
        return _auto(size, fps)
    if wanted == "picamera":
        camera: Source = PiCamera(size, fps)
        return camera, f"{camera.name}, as asked"
    if wanted == "webcam":
        return _first_webcam(size, fps)
    if wanted.startswith("/dev/"):
        camera = Webcam(wanted, size, fps)
        return camera, f"{camera.name}, as asked"
    return _file(Path(wanted))


def _auto(size: tuple[int, int], fps: float) -> tuple[Source, str]:
    if cameras():
        camera: Source = PiCamera(size, fps)
        return camera, f"{camera.name}, the camera on the ribbon"
    found = webcams()
    if not found:
        raise BadInput(NO_CAMERA)
    camera = Webcam(found[0][0], size, fps)
    return camera, f"{camera.name} ({found[0][1]}), the first webcam; there is no Pi camera"


def _first_webcam(size: tuple[int, int], fps: float) -> tuple[Source, str]:
    found = webcams()
    if not found:
        raise BadInput("no webcam on /dev/video*; plug one in, or name a clip with --camera FILE.mp4")
    camera = Webcam(found[0][0], size, fps)
    return camera, f"{camera.name} ({found[0][1]}), the first webcam"


def _file(path: Path) -> tuple[Source, str]:
    if path.suffix.lower() == ".npz":
        recording = RecordingSource(load(path), pace=True)
        return recording, f"{path.name}, a keypoint recording played back"
    video = VideoFile(path, pace=True)
    return video, f"{video.name}, a clip in real time"
