"""Reading ahead changes nothing but the thread: same frames, same order, same fault."""

import itertools
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from mirror.camera.frame import Frame
from mirror.camera.readahead import read_ahead
from mirror.camera.video import VideoFile
from mirror.faults import TemporaryFault

DEMO = Path(__file__).parents[2] / "mirror" / "demo" / "demo.mp4"


def test_the_same_frames_come_in_the_same_order_and_none_is_overwritten_while_it_waits() -> None:
    plain = VideoFile(DEMO, pace=False).frames()
    ahead = read_ahead(VideoFile(DEMO, pace=False).frames())
    for one, other in itertools.islice(zip(plain, ahead, strict=True), 100):
        assert one.t == other.t
        np.testing.assert_array_equal(one.pixels, other.pixels)


def test_the_end_and_a_fault_arrive_after_the_frames_before_them() -> None:
    def stalls() -> Iterator[Frame]:
        yield from itertools.islice(VideoFile(DEMO, pace=False).frames(), 3)
        raise TemporaryFault("stalled")

    assert sum(1 for _ in read_ahead(itertools.islice(VideoFile(DEMO, pace=False).frames(), 7))) == 7
    frames = read_ahead(stalls())
    assert [next(frames).index for _ in range(3)] == [0, 1, 2]
    with pytest.raises(TemporaryFault, match="stalled"):
        next(frames)


def test_a_reader_who_leaves_early_leaves_no_thread_behind() -> None:
    frames = read_ahead(VideoFile(DEMO, pace=False).frames())
    next(frames)
    assert any(thread.name == "decoder" for thread in threading.enumerate())
    frames.close()
    assert not any(thread.name == "decoder" for thread in threading.enumerate())
