"""Networks that run somewhere else than on this processor: on a chip beside it, or inside the camera.

The places where such hardware plugs in, as protocols, and what makes either into the `look` that the tracker
asks of `PoseNet`. Drives no chip itself. docs/models.md says what each of the known ones would have to do.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from mirror.camera.frame import Frame
from mirror.faults import PermanentFault
from mirror.pose.catalog import ModelEntry
from mirror.pose.correction import correction_of
from mirror.pose.interpreter import Tensor
from mirror.pose.movenet import Decoder
from mirror.pose.pose_net import untangled
from mirror.pose.second_body import second_body
from mirror.pose.self_test import ends
from mirror.pose.window import F32, Cropper, Window
from mirror.stopwatch import Mark, unmarked

Heads = list[npt.NDArray[np.float32]]
"""heat (h, w, 17), centre (h, w, 1), regression (h, w, 34), offset (h, w, 34): see `movenet.Decoder`."""


class Chip(Protocol):
    """A network on a chip that is given pictures: Hailo on PCIe, Coral on USB.

    runtime: its name and version, said at the start. inputs, outputs: of the compiled network, without batch;
    outputs as floats, whatever the chip computes in. `interpreter.Network` is one, too.
    """

    @property
    def runtime(self) -> str: ...

    @property
    def inputs(self) -> list[Tensor]: ...

    @property
    def outputs(self) -> list[Tensor]: ...

    def run(self, picture: npt.NDArray[Any]) -> Heads:
        """The heads of one picture; waits for the chip. Raises TemporaryFault when it does not answer."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a camera's own network saw. window: the part of the picture it looked at."""

    heads: Heads
    window: Window


class SeeingCamera(Protocol):
    """A camera that runs the network itself and sends the heads along with the picture: the IMX500.

    It looks at whatever part it was last aimed at, a few frames late, so each answer tells its window.
    """

    @property
    def runtime(self) -> str: ...

    @property
    def outputs(self) -> list[Tensor]: ...

    def aim(self, window: Window, size: tuple[int, int]) -> None:
        """Look at this part of pictures of `size` (height, width) from now on."""

    def answer(self, frame: Frame) -> Answer | None:
        """What came with this frame; None where nothing did."""


class ChipNet:
    """Looks for the tracker through a chip: cuts the window here, computes there, decodes here."""

    def __init__(self, entry: ModelEntry, chip: Chip) -> None:
        """entry: the model the chip's network was compiled from, whose constants and card hold for it.

        Raises PermanentFault when the chip's network does not have that model's shapes.
        """
        inputs, outputs = ends(entry)
        _expect(entry, "inputs", chip.inputs, inputs)
        _expect(entry, "outputs", chip.outputs, outputs)
        self.name = entry.name
        self.constants = entry.constants
        self.aspect = entry.width / entry.height
        self.correction = correction_of(entry)
        self.others = 0
        self.mark: Mark = unmarked
        self._chip = chip
        self._crop = Cropper(entry.height, entry.width)
        self._decode = Decoder(entry.height // 4, entry.width // 4)

    @property
    def runtime(self) -> str:
        return self._chip.runtime

    def look(self, frame: Frame, window: Window) -> F32:
        """(17, 3) float32 (y, x, score), normalised to the whole un-mirrored frame."""
        picture = self._crop(frame, window)
        self.mark("window")
        heads = self._chip.run(picture)
        self.mark("invoke")
        found = self._decode(*heads)
        self.others = second_body(heads[0], found)
        keypoints = untangled(window.to_frame(found, frame.size))
        self.mark("decode")
        return keypoints


class CameraNet:
    """Looks for the tracker through a camera that computes: aims it, and reads what came with the frame.

    Where nothing came yet the keypoints have score 0: nobody is seen, and nothing is judged.
    """

    def __init__(self, entry: ModelEntry, camera: SeeingCamera) -> None:
        """Raises PermanentFault when the camera's network does not have the entry's shapes."""
        _, outputs = ends(entry)
        _expect(entry, "outputs", camera.outputs, outputs)
        self.name = entry.name
        self.constants = entry.constants
        self.aspect = entry.width / entry.height
        self.correction = correction_of(entry)
        self.others = 0
        self.mark: Mark = unmarked
        self._camera = camera
        self._decode = Decoder(entry.height // 4, entry.width // 4)
        self._aimed: Window | None = None

    @property
    def runtime(self) -> str:
        return self._camera.runtime

    def look(self, frame: Frame, window: Window) -> F32:
        """(17, 3) float32 (y, x, score), normalised to the whole un-mirrored frame."""
        if window != self._aimed:
            self._camera.aim(window, frame.size)
            self._aimed = window
        answer = self._camera.answer(frame)
        self.mark("invoke")
        if answer is None:
            return np.zeros((17, 3), np.float32)
        found = self._decode(*answer.heads)
        self.others = second_body(answer.heads[0], found)
        keypoints = untangled(answer.window.to_frame(found, frame.size))
        self.mark("decode")
        return keypoints


def _expect(entry: ModelEntry, what: str, found: list[Tensor], wanted: list[Tensor]) -> None:
    if found != wanted:
        raise PermanentFault(
            f"the network that runs elsewhere is not {entry.name}: its {what} are {_listed(found)}, "
            f"not {_listed(wanted)}"
        )


def _listed(tensors: list[Tensor]) -> str:
    return ", ".join(f"{one.dtype} {'x'.join(map(str, one.shape))}" for one in tensors) or "none"
