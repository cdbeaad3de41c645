"""A camera mounted on its side: the same source with every picture turned upright.

People who stand fill an upright picture, so the camera of a mirror is often mounted a quarter turn round.
Files carry a flag of their own and are never turned here.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from types import ModuleType

from mirror.camera.buffers import Buffers, seal
from mirror.camera.colour import InColour
from mirror.camera.frame import Frame, Layout, Source


class Turned(Source):
    """A Source whose pictures are turned clockwise by a multiple of 90 degrees, through a ring of buffers."""

    def __init__(self, source: Source, clockwise_deg: int) -> None:
        self._source = source
        self._turn = clockwise_deg % 360
        self._in_colour = InColour()
        self._buffers: Buffers | None = None
        self.name = f"{source.name}, turned {self._turn} degrees"
        self.fps = source.fps
        self.hfov_deg = source.hfov_deg if self._turn % 180 == 0 else None  # else with the first frame
        self.hfov_how = source.hfov_how

    def frames(self) -> Iterator[Frame]:
        import cv2

        for frame in self._source.frames():
            yield self._turned(frame, cv2)

    def _turned(self, frame: Frame, cv2: ModuleType) -> Frame:
        packed = frame.layout in (Layout.BGR, Layout.RGB)
        upright = frame.pixels if packed else self._in_colour(frame)
        layout = frame.layout if packed else Layout.BGR
        size = frame.size if self._turn % 180 == 0 else frame.size[::-1]
        if self._buffers is None or self._buffers.shape[:2] != size:
            self._buffers = Buffers((*size, 3))
            self.hfov_deg = self._across(size)
        code = {90: cv2.ROTATE_90_CLOCKWISE, 180: cv2.ROTATE_180, 270: cv2.ROTATE_90_COUNTERCLOCKWISE}
        pixels = cv2.rotate(upright, code[self._turn], dst=self._buffers.lend())
        return replace(frame, pixels=seal(pixels), layout=layout, size=size)

    def _across(self, size: tuple[int, int]) -> float | None:
        """Field of view across the width of the turned picture, of `size` (height, width)."""
        known = self._source.hfov_deg
        if known is None or self._turn % 180 == 0:
            return known
        height, width = size  # the turned picture's height was the camera's width
        return 2 * math.degrees(math.atan(math.tan(math.radians(known / 2)) * width / height))

    def close(self) -> None:
        self._source.close()


def turned(source: Source, clockwise_deg: int) -> Source:
    """The source itself when there is nothing to turn."""
    return Turned(source, clockwise_deg) if clockwise_deg % 360 else source
