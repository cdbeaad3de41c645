"""The looks at the feet of whoever stands: when they are made or forgotten, and who is given the tips."""

from __future__ import annotations

import numpy as np
import pytest

from mirror.camera.frame import Frame, Layout
from mirror.pose.pose import Pose, Presence
from mirror.station.toe_watch import ToeWatch

SIZE = (640, 480)
JOINTS, TIPS = np.full((17, 3), 0.5, np.float32), np.full((2, 2), 0.9, np.float32)


class Knees:
    """Want toes until they are given some, as a KneeWatch does of somebody who stands."""

    def __init__(self) -> None:
        self.taken: list[tuple[np.ndarray, tuple[int, int]]] = []
        self.wants_toes = True

    def take_toes(self, tips: np.ndarray, size: tuple[int, int]) -> None:
        self.taken.append((tips, size))
        self.wants_toes = False


class AfterThree:
    """Finds the toes with the third look in a row."""

    def __init__(self) -> None:
        self.looks = 0

    def reset(self) -> None:
        self.looks = 0

    def next(self, frame: Frame, keypoints: np.ndarray) -> np.ndarray | None:
        self.looks += 1
        return TIPS if self.looks == 3 else None


class Rig:
    def __init__(self) -> None:
        self.knees, self.toes, self.marks = Knees(), AfterThree(), []
        self.watch = ToeWatch(self.toes, self.marks.append)

    def see(self, *presences: Presence) -> list[bool]:
        """Whether the tips came, frame by frame."""
        found = []
        for presence in presences:
            frame = Frame(np.zeros((4, 3, 3), np.uint8), 0.0, 0, Layout.BGR, SIZE)
            pose = Pose(0.0, JOINTS, SIZE, presence, None)
            found.append(self.watch.see(frame, pose, self.knees) is not None)  # type: ignore[arg-type]
        return found


@pytest.fixture
def rig() -> Rig:
    return Rig()


def test_the_knees_are_given_the_tips_with_the_frame_that_completes_the_search(rig: Rig) -> None:
    assert rig.see(*[Presence.FOUND] * 3) == [False, False, True]
    ((tips, size),) = rig.knees.taken
    assert (tips == TIPS).all()
    assert size == SIZE


def test_once_the_knees_have_toes_nobody_looks_for_them(rig: Rig) -> None:
    rig.see(*[Presence.FOUND] * 6)
    assert len(rig.knees.taken) == 1
    assert rig.marks == ["feet"] * 3, "only a look takes time"
    assert rig.toes.looks == 0, "the next placing begins with none"


def test_looks_are_forgotten_when_nobody_is_there(rig: Rig) -> None:
    found = rig.see(Presence.FOUND, Presence.FOUND, Presence.NOBODY, Presence.FOUND, Presence.FOUND)
    assert not any(found)
    assert rig.see(Presence.FOUND) == [True]


def test_a_frame_that_cannot_be_trusted_is_no_look_and_costs_none(rig: Rig) -> None:
    rig.see(Presence.FOUND, Presence.FOUND)
    assert rig.see(Presence.UNSURE, Presence.FOUND) == [False, True]


def test_looks_are_kept_through_a_squat(rig: Rig) -> None:
    rig.see(Presence.FOUND, Presence.FOUND)
    rig.knees.wants_toes = False
    rig.see(*[Presence.FOUND] * 30)
    rig.knees.wants_toes = True
    assert rig.see(Presence.FOUND) == [True]


def test_looks_are_forgotten_for_somebody_new(rig: Rig) -> None:
    rig.see(Presence.FOUND, Presence.FOUND)
    rig.watch.reset()
    assert rig.see(*[Presence.FOUND] * 3) == [False, False, True]
