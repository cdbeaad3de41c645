"""Plays the bundled clip to the mirror's own Picamera2 source through the real picamera2 and libcamera.

Runs inside the tree that camera_root.sh builds, started by camera_check.sh. What libcamera's virtual
pipeline lacks against a Pi (raw modes, its own buffer memory) is patched here and nowhere else.
"""

from __future__ import annotations

import itertools
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import av
import numpy as np
from picamera2 import Picamera2
from picamera2.allocators import LibcameraAllocator
from PIL import Image

from mirror.camera import picamera
from mirror.camera.frame import Frame, Layout
from mirror.camera.picamera import PiCamera
from mirror.faults import PermanentFault, TemporaryFault

CLIP = Path("/opt/mirror/project/mirror/demo/demo.mp4")
FRAMES = Path("/opt/mirror/run/frames")
EVERY = 24  # of the clip's 624 frames
PATIENCE_S = 30.0


def fit_picamera2_to_the_virtual_pipeline() -> None:
    """Two gaps: it has no raw role to ask for modes, and its buffers come in two planes."""
    plain_open = Picamera2.__init__

    def modes_without_raw(self: Picamera2) -> list[dict[str, object]]:
        return [{"format": "NV12", "size": (480, 640)}]

    def open_with_libcameras_memory(self: Picamera2, *args: object, **settings: object) -> None:
        plain_open(self, *args, **settings)
        self.allocator = LibcameraAllocator(self.camera)

    Picamera2._get_raw_modes = modes_without_raw
    Picamera2.__init__ = open_with_libcameras_memory


def write_frames() -> list[np.ndarray]:
    """JPEG files for the pipeline to play; returns them as RGB, the way a JPEG reader sees them."""
    FRAMES.mkdir(parents=True)
    pictures = []
    with av.open(str(CLIP)) as clip:
        for number, picture in enumerate(itertools.islice(clip.decode(video=0), 0, None, EVERY)):
            path = FRAMES / f"{number:03d}.jpg"
            picture.to_image().save(path, quality=95)
            pictures.append(np.asarray(Image.open(path).convert("RGB"), np.int16))
    return pictures


def rgb_of(frame: Frame) -> np.ndarray:
    """NV12 as RGB, by the full-range BT.601 that JPEG uses."""
    height, width = frame.size
    luma = frame.pixels[:height].astype(np.float32)
    chroma = frame.pixels[height:].reshape(height // 2, width // 2, 2).astype(np.float32) - 128
    blue, red = (np.kron(chroma[..., plane], np.ones((2, 2), np.float32)) for plane in (0, 1))
    rgb = np.stack([luma + 1.402 * red, luma - 0.344 * blue - 0.714 * red, luma + 1.772 * blue], -1)
    return rgb.clip(0, 255)


def check(holds: bool, what: str) -> None:
    print(("ok    " if holds else "FAILED ") + what, flush=True)
    if not holds:
        sys.exit(1)


def taken(camera: PiCamera, count: int) -> list[Frame]:
    return list(itertools.islice(camera.frames(), count))


def check_pictures(pictures: list[np.ndarray]) -> None:
    before = time.monotonic()
    camera = PiCamera((480, 640), 30)
    print(f"      {camera.name}: {camera.stream}")
    check(
        camera.stream.layout is Layout.NV12, "RGB888 was asked for, and that libcamera gave NV12 was noticed"
    )
    check(camera.hfov_deg is None, "nobody knows the field of view of a virtual camera, and none is claimed")
    check("Virtual Mirror Camera" in camera.name, "the name says which camera it is")
    frames = taken(camera, 60)
    after = time.monotonic()
    times = [frame.t for frame in frames]
    print(f"      60 frames in {after - before:.2f} s, opening included")
    check(all(a < b for a, b in itertools.pairwise(times)), "times strictly increase")
    check(before < times[0] and times[-1] < after, "times are on the monotonic clock, and not in the future")
    check([frame.index for frame in frames] == list(range(60)), "frames are numbered")
    check(
        {(frame.size, frame.pixels.shape) for frame in frames} == {((640, 480), (960, 480))}, "shape is right"
    )
    check(not any(frame.pixels.flags.writeable for frame in frames), "pixels are read-only")

    seen = []
    for frame in frames:
        rgb = rgb_of(frame)
        off = [float(np.abs(rgb - picture).mean()) for picture in pictures]
        seen.append((int(np.argmin(off)), min(off)))
    worst = max(off for _, off in seen)
    alike = min(
        float(np.corrcoef(rgb_of(frame).ravel(), pictures[number].ravel())[0, 1])
        for frame, (number, _) in list(zip(frames, seen, strict=True))[::10]
    )
    print(f"      worst mean difference {worst:.2f} of 255, lowest correlation {alike:.4f}")
    check(worst < 3.0, "every frame is one of the pictures played, colours included")
    check(alike > 0.99, "and correlates with it")
    check(len({number for number, _ in seen}) > len(pictures) // 2, "the pictures move on")
    del frames, frame
    for _ in itertools.islice(camera.frames(), 100):
        pass
    check(camera._buffers.allocated <= 62, "no memory is allocated per frame")
    camera.close()
    camera.close()
    check(taken(camera, 1) == [], "a closed camera gives no frame")


def check_reopening() -> None:
    for size, expected in (((240, 320), (320, 240)), ((640, 480), (640, 480)), ((480, 640), (640, 480))):
        camera = PiCamera(size, 30)
        frame = taken(camera, 3)[-1]
        camera.close()
        check(
            frame.size == expected, f"reopened; asked for {size[0]}x{size[1]}, read back {frame.size[::-1]}"
        )


class Starved:
    """Keeps every buffer from libcamera: it can deliver nothing more and, as on a Pi, says nothing."""

    def __init__(self, camera: PiCamera) -> None:
        self._held = []
        while len(self._held) < picamera.BUFFER_COUNT:
            self._held.append(camera._camera.capture_request())

    def end(self) -> None:
        for request in self._held:
            request.release()


def check_stall() -> None:
    camera = PiCamera((480, 640), 30)
    taken(camera, 3)
    starved = Starved(camera)
    try:
        taken(camera, 1)
    except TemporaryFault as fault:
        check("no picture for" in str(fault), f"a stall becomes a temporary fault: {fault}")
    else:
        check(False, "a stall becomes a temporary fault")
    starved.end()
    camera.close()
    camera = PiCamera((480, 640), 30)
    check(len(taken(camera, 5)) == 5, "after a stall the camera can be opened again and gives frames")
    camera.close()


def check_close_from_another_thread() -> None:
    camera = PiCamera((480, 640), 30)
    starved = Starved(camera)
    outcome: list[object] = []

    def look(frames: Iterator[Frame]) -> None:
        try:
            outcome.append(list(frames))
        except Exception as error:
            outcome.append(error)

    looker = threading.Thread(target=look, args=(camera.frames(),), daemon=True)
    looker.start()
    closer = threading.Thread(target=camera.close, daemon=True)
    closer.start()
    looker.join(PATIENCE_S)
    closer.join(PATIENCE_S)
    check(outcome == [[]], f"closing from another thread ends a waiting frames(): {outcome}")
    check(not closer.is_alive(), "and close() returns")
    del starved


def check_refusals() -> None:
    def sentence(attempt: Callable[[], PiCamera], kind: type[Exception]) -> str:
        try:
            attempt().close()
        except kind as fault:
            return str(fault)
        return ""

    missing = sentence(lambda: PiCamera((480, 640), 30, camera_num=3), PermanentFault)
    check("no Pi camera number 3" in missing, f"a camera that is not there: {missing}")
    camera = PiCamera((480, 640), 30)
    busy = sentence(lambda: PiCamera((480, 640), 30), TemporaryFault)
    check("cannot be opened" in busy, f"a camera in use: {busy}")
    check(len(taken(camera, 2)) == 2, "the one that has it goes on")
    camera.close()


def main() -> None:
    fit_picamera2_to_the_virtual_pipeline()
    pictures = write_frames()
    check(picamera.cameras() == ["Virtual Mirror Camera"], "the camera is listed")
    check_pictures(pictures)
    check_reopening()
    check_stall()
    check_close_from_another_thread()
    check_refusals()
    print("camera check: all held")


if __name__ == "__main__":
    main()
