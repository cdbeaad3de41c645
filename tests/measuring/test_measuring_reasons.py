"""Every reason of real people, with the clip that deserves it: at the desk, live, and in words.

Joints of clips (tests/data/real); what is right of them was seen by eye.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
import real_motion
from judged import MADE

from mirror.camera.recording import load
from mirror.coach.words import in_english, words
from mirror.desk.study import Study, study
from mirror.knees.reading import Movement, Verdict
from mirror.knees.unjudged import why_of_reps
from mirror.report.json_document import document
from mirror.settings import Settings

REAL = Path(__file__).resolve().parents[1] / "data" / "real"
ALARMS = {Verdict.CAUTION, Verdict.OFF_TRACK}
TURNED = ("r08_turned_45", "r09_goblet_turned_40", "r10_turned_then_front", "r17_gym_turned_then_rear")
ABOUT = re.compile("turned by about (45|50|55|60) degrees")


def at_the_desk(name: str) -> Study:
    return study(REAL / f"{name}.npz", Settings(), None)


@pytest.mark.parametrize("name", TURNED)
def test_a_turned_body_is_no_alarm_and_is_said_to_be_turned(name: str) -> None:
    done = at_the_desk(name)
    first = done.analysis.reps[0]
    for why in (first.left.why, first.right.why, done.analysis.why_unknown):
        assert ABOUT.fullmatch(in_english(why))
    for rep in done.analysis.reps:
        if rep.left.why is not None:
            assert not ALARMS & {rep.left.verdict, rep.right.verdict}


@pytest.mark.parametrize("name", TURNED)
def test_a_turned_body_is_no_alarm_live(name: str) -> None:
    reps, readings = real_motion.show_live(load(REAL / f"{name}.npz"), ask_reference=False)
    assert not ALARMS & {leg.verdict for rep in reps for leg in (rep.left, rep.right)}
    assert not ALARMS & {leg.verdict for reading in readings for leg in (reading.left, reading.right)}


def test_the_same_man_is_judged_once_he_faces_the_camera() -> None:
    reps = at_the_desk("r10_turned_then_front").analysis.reps
    assert [rep.left.verdict for rep in reps[-3:]] == [Verdict.GOOD] * 3


def test_somebody_seen_from_behind_is_said_to_face_away() -> None:
    last = at_the_desk("r17_gym_turned_then_rear").analysis.reps[-1]
    assert in_english(last.left.why) == "facing away"


@pytest.mark.parametrize("name", ["r18_feet_below_picture", "r19_feet_never_seen"])
def test_feet_below_the_picture_are_the_reason_and_nobody_is_said_not_to_have_stood_still(name: str) -> None:
    done = at_the_desk(name)
    assert in_english(done.analysis.why_unknown) == "feet below the picture"
    told = words("en").in_a_line(done.summary)
    assert "feet below the picture" in told
    assert "No squats" not in told


@pytest.mark.parametrize(
    ("name", "kind", "said"),
    [
        ("r11_barbell_deadlift", Movement.LIFT, "3 × lift from the floor"),
        ("r12_kettlebell_deadlift", Movement.LIFT, "5 × lift from the floor"),
        ("r13_jumping_jacks", Movement.JUMP, "jump"),
    ],
)
def test_what_is_no_squat_is_said_and_is_in_the_document(name: str, kind: Movement, said: str) -> None:
    done = at_the_desk(name)
    told = words("en").in_a_line(done.summary)
    assert told.startswith("No squat counted. Seen, and not judged: ")
    assert said in told
    doc = json.loads(json.dumps(document(done.analysis, done.source, done.summary, words("en"), MADE)))
    assert kind.value in {one["kind"] for one in doc["not_counted"]}
    assert all(one["start_s"] < one["end_s"] for one in doc["not_counted"])


def test_the_reason_of_every_leg_is_in_the_document_as_a_key_and_a_clause() -> None:
    done = at_the_desk("r09_goblet_turned_40")
    doc = document(done.analysis, done.source, done.summary, words("en"), MADE)
    for rep in doc["reps"]:
        assert rep["left"]["why"] == rep["right"]["why"] == "turned"
        assert ABOUT.fullmatch(rep["left"]["why_told"])
    judged = at_the_desk("r20_clean_front")
    for rep in document(judged.analysis, judged.source, judged.summary, words("en"), MADE)["reps"]:
        assert rep["left"]["why"] is None
        assert rep["left"]["why_told"] == ""


@pytest.mark.parametrize("name", ["r06_twenty_goblets", "r20_clean_front", "r21_clean_nine"])
def test_who_faces_the_camera_is_given_no_reason(name: str) -> None:
    assert why_of_reps(at_the_desk(name).analysis.reps) is None
