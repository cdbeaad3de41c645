"""Networks on a chip or inside the camera: fakes that compute with the real network, late where chips are."""

from __future__ import annotations

import itertools
from collections import deque
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from mirror.camera.frame import Frame
from mirror.camera.video import VideoFile
from mirror.faults import PermanentFault
from mirror.pose.catalog import DEFAULT_MODEL, checked_file, find
from mirror.pose.interpreter import Network, Tensor
from mirror.pose.people import PersonTracker
from mirror.pose.pose import Presence
from mirror.pose.pose_net import PoseNet
from mirror.pose.window import Cropper, Window, search_windows
from scripts.research.accelerators import Answer, CameraNet, ChipNet, Heads

ENTRY = find(DEFAULT_MODEL)
LATE = 2


class FakeChip:
    """A chip that keeps its answers in 8 bits, as Coral and Hailo do."""

    runtime = "a fake chip"

    def __init__(self) -> None:
        self._network = Network(checked_file(ENTRY), threads=1)
        self.inputs, self.outputs = self._network.inputs, self._network.outputs

    def run(self, picture: npt.NDArray[Any]) -> Heads:
        return [self._rounded(head) for head in self._network.run(picture)]

    def _rounded(self, head: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        step = np.float32((head.max() - head.min()) / 255)
        return np.asarray(np.rint(head / step) * step, np.float32)


class FakeSeeingCamera:
    """A camera whose own network answers two frames late, for the window it was aimed at then."""

    runtime = "a fake seeing camera"

    def __init__(self) -> None:
        self._network = Network(checked_file(ENTRY), threads=1)
        self.outputs = self._network.outputs
        self._crop = Cropper(ENTRY.height, ENTRY.width)
        self._window: Window | None = None
        self._coming: deque[Answer] = deque()
        self.aims = 0

    def aim(self, window: Window, size: tuple[int, int]) -> None:
        self._window = window
        self.aims += 1

    def answer(self, frame: Frame) -> Answer | None:
        if self._window is None:
            return None
        self._coming.append(Answer(self._network.run(self._crop(frame, self._window)), self._window))
        return self._coming.popleft() if len(self._coming) > LATE else None


@pytest.fixture(scope="module")
def frames(demo_clip: Path) -> list[Frame]:
    """The first two seconds of the bundled clip: somebody stands, then begins to squat."""
    source = VideoFile(demo_clip, pace=False)
    try:
        return list(itertools.islice(source.frames(), 60))
    finally:
        source.close()


def test_a_chip_of_eight_bits_sees_what_the_processor_sees(frames: list[Frame]) -> None:
    chip, here = ChipNet(ENTRY, FakeChip()), PoseNet(ENTRY, threads=1)
    window = search_windows(frames[0].size, here.aspect)[0]
    marks: list[str] = []
    chip.mark = marks.append
    apart = np.abs(chip.look(frames[0], window) - here.look(frames[0], window))
    assert apart[5:, :2].max() < 0.01
    assert marks == ["window", "invoke", "decode"]
    assert chip.runtime == "a fake chip"


def test_the_tracker_follows_somebody_through_a_chip(frames: list[Frame]) -> None:
    tracker = PersonTracker(ChipNet(ENTRY, FakeChip()))
    assert [tracker.see(frame).seen for frame in frames[::6]] == [Presence.FOUND] * 10


def test_joints_seen_elsewhere_are_put_right_like_those_seen_here(frames: list[Frame]) -> None:
    here = PersonTracker(PoseNet(ENTRY, threads=1)).see(frames[0]).keypoints
    chip = PersonTracker(ChipNet(ENTRY, FakeChip())).see(frames[0]).keypoints
    assert np.abs(chip - here)[5:, :2].max() < 0.003
    assert CameraNet(ENTRY, FakeSeeingCamera()).correction is not None


def test_a_seeing_camera_is_aimed_once_a_window_and_its_answer_is_placed_by_its_own_window(
    frames: list[Frame],
) -> None:
    camera = FakeSeeingCamera()
    net, here = CameraNet(ENTRY, camera), PoseNet(ENTRY, threads=1)
    first = search_windows(frames[0].size, net.aspect)[0]
    second = Window(first.top + 20, first.left + 10, first.height, first.width)
    found = [net.look(frame, first if n < 3 else second) for n, frame in enumerate(frames[:6])]
    assert camera.aims == 2
    assert found[0][:, 2].max() == found[1][:, 2].max() == 0.0  # nothing came yet: nobody is seen
    for n in range(LATE, 6):
        looked = first if n - LATE < 3 else second
        assert found[n] == pytest.approx(here.look(frames[n - LATE], looked), abs=1e-5)


@pytest.mark.parametrize("net", [ChipNet, CameraNet])
def test_a_network_of_other_shapes_is_refused_in_one_line(net: Any) -> None:
    elsewhere = FakeChip() if net is ChipNet else FakeSeeingCamera()
    elsewhere.outputs = [Tensor((17, 3), "float32")]
    with pytest.raises(PermanentFault, match=f"is not {DEFAULT_MODEL}: its outputs are float32 17x3, not"):
        net(ENTRY, elsewhere)
