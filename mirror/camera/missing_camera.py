"""A camera that is not there yet: stands in for it until it is plugged in, so that the mirror can say so.

Knows which cameras may still come; how often to look again is the camera thread's business.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

from mirror.camera.frame import Frame, Source
from mirror.faults import BadInput, TemporaryFault
from mirror.settings import CameraSettings

LIVE = ("auto", "picamera", "webcam")
VIDEO_MAJOR = 81
"""Linux's number of all video devices."""


class AbsentCamera(Source):
    """A Source that gives no pictures but the reason, as a TemporaryFault: the camera thread tries again."""

    name = "no camera yet"
    hfov_deg: float | None = None
    hfov_how = ""

    def __init__(self, why: BadInput | TemporaryFault) -> None:
        self._why = why

    def frames(self) -> Iterator[Frame]:
        """Raises TemporaryFault."""
        raise TemporaryFault(str(self._why), key=self._why.key, **self._why.values)

    def close(self) -> None:
        """Nothing is held."""


def is_live(source: str) -> bool:
    """Whether this camera.source is a camera, which may be plugged in later, and not a file, which won't."""
    return source in LIVE or (source.startswith("/dev/") and not _something_else(source))


def _something_else(node: str) -> bool:
    """Whether this is there and will never be a camera: /dev/null, a disk."""
    try:
        found = Path(node).stat()
    except (OSError, ValueError):
        return False
    return not stat.S_ISCHR(found.st_mode) or os.major(found.st_rdev) != VIDEO_MAJOR


def open_or_wait(
    settings: CameraSettings, opened: Callable[[CameraSettings], tuple[Source, str]]
) -> tuple[Source, str]:
    """What `opened` gives, or an AbsentCamera and why where a live camera is missing or busy.

    Raises what `opened` raises for files, and PermanentFault where waiting cannot help (a right is missing,
    or a library: PartMissing).
    """
    try:
        return opened(settings)
    except (BadInput, TemporaryFault) as fault:
        if not is_live(settings.source):
            raise
        return AbsentCamera(fault), f"none yet; waiting for one ({fault})"
