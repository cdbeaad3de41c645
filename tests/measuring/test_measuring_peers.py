"""What is told of other programs is what they answered: pictures go out and joints come back unchanged."""

from __future__ import annotations

import io
import struct
import sys

import numpy as np
import pytest
from measure_peers import RULES, warned
from peers import pipe

from mirror.knees.reading import Verdict

PICTURE = np.arange(4 * 3 * 3, dtype=np.uint8).reshape(4, 3, 3)


class Streams:
    """Standard input and output as a peer's process has them."""

    def __init__(self, given: bytes = b"") -> None:
        self.buffer = io.BytesIO(given)


def test_a_peer_is_given_the_picture_and_its_joints_and_time_come_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked = io.BytesIO()
    with pytest.raises(EOFError):  # nobody answers yet, but what is asked is written
        pipe.ask(PICTURE, asked, io.BytesIO())
    given, told = Streams(asked.getvalue() * 2), Streams()
    monkeypatch.setattr(sys, "stdin", given)
    monkeypatch.setattr(sys, "stdout", told)
    seen = []

    def look(bgr: np.ndarray) -> np.ndarray:
        seen.append(bgr.copy())
        return np.full((17, 3), len(seen))

    pipe.answer(look)
    assert len(seen) == 2
    assert all((one == PICTURE).all() for one in seen)
    answers = io.BytesIO(told.buffer.getvalue())
    for number in (1, 2):
        keypoints, took = pipe.ask(PICTURE, io.BytesIO(), answers)
        assert (keypoints == number).all()
        assert took >= 0


def test_a_peer_that_ends_in_the_middle_of_an_answer_is_not_believed() -> None:
    half = io.BytesIO(struct.pack("<10f", *range(10)))
    with pytest.raises(EOFError):
        pipe.ask(PICTURE, io.BytesIO(), half)


@pytest.mark.parametrize(
    ("rule", "apart", "fppa", "warns"),
    [
        ("knees nearer than ankles", 0.95, 0.0, (True, True)),
        ("knees nearer than ankles", 1.1, 20.0, (False, False)),
        ("knees nearer than 1.2 x ankles", 1.1, 0.0, (True, True)),
        ("FPPA over 10 degrees inward", 0.9, 12.0, (True, True)),
        ("FPPA over 10 degrees inward", 0.9, -40.0, (False, False)),
    ],
)
def test_the_usual_rules_warn_as_they_say(
    rule: str, apart: float, fppa: float, warns: tuple[bool, bool]
) -> None:
    assert RULES[rule](np.full(5, apart), np.full((5, 2), fppa)) == warns


def test_verdicts_are_told_with_caution_beside_off_track() -> None:
    off, caution, good = Verdict.OFF_TRACK, Verdict.CAUTION, Verdict.GOOD
    assert warned([off, caution, good, off]) == "2 (+1) of 4"
