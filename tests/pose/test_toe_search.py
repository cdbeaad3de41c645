"""The looks of one search for toe tips: how long they count, and when there is another one."""

from __future__ import annotations

import numpy as np
import pytest

from mirror.camera.frame import Frame, Layout
from mirror.pose.feet import PERSON_CROPS
from mirror.pose.joints import ANKLES
from mirror.pose.toe_search import AGAIN_AFTER_S, ToeSearch

SIZE = (640, 480)
HEIGHT_PX = 400


class Net:
    """Sees the toes a little below the ankles, or nothing."""

    def __init__(self) -> None:
        self.looks, self.blind = 0, False

    def look(self, frame: Frame, keypoints: np.ndarray, framing: object) -> np.ndarray | None:
        self.looks += 1
        return None if self.blind else keypoints[ANKLES, :2] + np.float32(0.02)


def body(aside_px: float = 0.0) -> np.ndarray:
    """(17, 3) of somebody who stands 400 px tall, their feet so far aside."""
    keypoints = np.full((17, 3), 0.9, np.float32)
    keypoints[:, 1] = 0.5
    keypoints[0, 0] = 0.2
    keypoints[ANKLES, 0] = 0.2 + 0.88 * HEIGHT_PX / SIZE[0]
    keypoints[ANKLES, 1] = np.array([0.6, 0.4]) + aside_px / SIZE[1]
    return keypoints


def frame(t: float) -> Frame:
    return Frame(np.zeros((4, 3, 3), np.uint8), t, 0, Layout.BGR, SIZE)


@pytest.fixture
def net() -> Net:
    return Net()


@pytest.fixture
def search(net: Net) -> ToeSearch:
    return ToeSearch(net)  # type: ignore[arg-type]


def test_looks_of_before_a_squat_count_after_it_on_the_same_feet(search: ToeSearch) -> None:
    half = len(PERSON_CROPS) // 2
    before = [search.next(frame(i / 30), body()) for i in range(half)]
    after = [search.next(frame(3 + i / 30), body(2.0)) for i in range(half)]
    assert before + after[:-1] == [None] * (2 * half - 1)
    assert after[-1] is not None


def test_feet_placed_anew_are_looked_at_from_the_first_look_on(search: ToeSearch) -> None:
    for i in range(len(PERSON_CROPS) - 1):
        search.next(frame(i / 30), body())
    again = [search.next(frame(3 + i / 30), body(20.0)) for i in range(len(PERSON_CROPS))]
    assert again[:-1] == [None] * (len(PERSON_CROPS) - 1)
    assert again[-1] == pytest.approx(body(20.0)[ANKLES, :2] + 0.02)


def test_after_a_search_that_saw_no_feet_the_next_one_waits(search: ToeSearch, net: Net) -> None:
    net.blind = True
    last = len(PERSON_CROPS) - 1
    assert not [tips for i in range(last + 1) if (tips := search.next(frame(i / 30), body())) is not None]
    search.next(frame(last / 30 + AGAIN_AFTER_S - 0.1), body())
    assert net.looks == len(PERSON_CROPS)
    search.next(frame(last / 30 + AGAIN_AFTER_S + 0.1), body())
    assert net.looks == len(PERSON_CROPS) + 1
