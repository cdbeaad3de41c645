"""Whole frames as BGR, for the display. The network never needs this: its window is converted by itself."""

from __future__ import annotations

import numpy as np

from mirror.camera.frame import U8, Frame, Layout


class InColour:
    """Turns frames of any layout into BGR through one buffer, overwritten by the next call."""

    def __init__(self) -> None:
        self._bgr: U8 = np.empty((0, 0, 3), np.uint8)

    def __call__(self, frame: Frame) -> U8:
        """(H, W, 3) BGR, un-mirrored; the frame's own pixels where they already are."""
        if frame.layout is Layout.BGR:
            return frame.pixels
        import cv2

        code = {
            Layout.RGB: cv2.COLOR_RGB2BGR,
            Layout.I420: cv2.COLOR_YUV2BGR_I420,
            Layout.NV12: cv2.COLOR_YUV2BGR_NV12,
        }[frame.layout]
        if self._bgr.shape[:2] != frame.size:
            self._bgr = np.empty((*frame.size, 3), np.uint8)
        cv2.cvtColor(frame.pixels, code, dst=self._bgr)
        return self._bgr
