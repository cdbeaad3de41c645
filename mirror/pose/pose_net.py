"""The network that finds one person's joints in a part of the picture, and what the tracker asks of any such.

A look cuts the window out of the frame, runs the network, reads its heads and puts swapped legs right. Knows
nothing of who is seen, nor of the frame before.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from mirror.camera.frame import Frame
from mirror.pose.catalog import ModelEntry, checked_file
from mirror.pose.correction import Correction, correction_of
from mirror.pose.interpreter import Network, Tensor
from mirror.pose.joints import ANKLES, HIPS, KNEES, SHOULDERS
from mirror.pose.movenet import Decoder
from mirror.pose.second_body import second_body
from mirror.pose.window import F32, Cropper, Window
from mirror.stopwatch import Mark, unmarked

SURE_TRUNK = 0.3
"""Shoulders and hips that score this much tell which way somebody faces."""


class Looks(Protocol):
    """What the tracker needs of whatever finds joints: `PoseNet` here, or a network that runs elsewhere.

    name, runtime: which network, and what runs it, in words. constants: what belongs to its keypoints,
    whoever judges by them; empty where nobody measured it. aspect: width / height of the windows it wants.
    mark: told when a stage of a look is done. correction: what takes the bias of its joints away, where that
    was measured. `look` leaves the bias in: it belongs to windows that fit the person, and their height must
    be known. others: how many kinds of joint the last look saw where the body it gave has none
    (`second_body`).
    """

    name: str
    constants: Mapping[str, float]
    aspect: float
    mark: Mark
    correction: Correction | None
    others: int

    @property
    def runtime(self) -> str: ...

    def look(self, frame: Frame, window: Window) -> F32:
        """(17, 3) float32 (y, x, score) of the person in the window, normalised to the whole frame."""


class PoseNet:
    """MoveNet with four open heads: a window of a frame in, keypoints out.

    mark: told when a look's window is cut ("window"), the network has run ("invoke") and its heads are read
        ("decode").
    """

    def __init__(
        self, entry: ModelEntry, *, threads: int = 2, runtime: str = "auto", xnnpack: bool = True
    ) -> None:
        """Raises BadInput when the file is not the listed one, PermanentFault when it cannot run."""
        self.network = Network(checked_file(entry), threads=threads, runtime=runtime, xnnpack=xnnpack)
        h, w = entry.height, entry.width
        cells = (h // 4, w // 4)
        self.network.expect(
            [Tensor((h, w, 3), "uint8")],
            [Tensor((*cells, channels), "float32") for channels in (17, 1, 34, 34)],
        )
        self.name = entry.name
        self.constants: Mapping[str, float] = entry.constants
        self.aspect = w / h
        self.correction = correction_of(entry)
        self._crop = Cropper(h, w)
        self._decode = Decoder(*cells)
        self.others = 0
        self.mark: Mark = unmarked

    @property
    def runtime(self) -> str:
        return self.network.runtime

    def look(self, frame: Frame, window: Window) -> F32:
        """(17, 3) float32 (y, x, score), normalised to the whole un-mirrored frame."""
        picture = self._crop(frame, window)
        self.mark("window")
        heads = self.network.lend(picture)
        self.mark("invoke")
        found = self._decode(*heads)
        self.others = second_body(heads[0], found)
        keypoints = untangled(window.to_frame(found, frame.size))
        self.mark("decode")
        return keypoints


def untangled(keypoints: F32) -> F32:
    """The same keypoints (17, 3) with legs swapped back where the network took left for right.

    Somebody whose shoulders and hips both show that they face the camera does not cross their legs; on one
    rendered body the network swapped the ankles in four frames of ten. And nobody's shoulders face the camera
    over hips, knees and ankles that all face away.
    """
    _, x, score = keypoints.T.tolist()
    faces = [x[left] > x[right] for left, right in (SHOULDERS, HIPS, KNEES, ANKLES)]
    turned = not any(faces[1:])
    sure = min(score[joint] for joint in SHOULDERS + HIPS) >= SURE_TRUNK
    if not faces[0] or not (faces[1] or turned) or not sure:
        return keypoints
    for left, right in (HIPS, KNEES, ANKLES):
        if x[left] < x[right]:
            keypoints[[left, right]] = keypoints[[right, left]]
    return keypoints
