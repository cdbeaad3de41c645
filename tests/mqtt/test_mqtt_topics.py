"""What a station says has its place and its keys; nothing that comes back can hurt it."""

from __future__ import annotations

import json
import math
from dataclasses import replace

import pytest
from coach.readings import rep
from hypothesis import given
from hypothesis import strategies as st

from mirror.coach.feedback import NO_MARK, State, nothing
from mirror.coach.lines import Cue, line
from mirror.coach.summary import summarise
from mirror.coach.words import words
from mirror.knees.reading import Verdict
from mirror.knees.reasons import Reason, Why
from mirror.mqtt import topics
from mirror.mqtt.topics import ClassTimer, Topics, came_from, decoded, encoded, timer_of

GOOD, CAUTION, OFF, UNKNOWN = Verdict.GOOD, Verdict.CAUTION, Verdict.OFF_TRACK, Verdict.UNKNOWN


@pytest.mark.parametrize(
    ("name", "level"),
    [
        ("Rack-3", "Rack-3"), ("mirror_2", "mirror_2"), ("a" * 128, "a" * 128), ("Rack 3", "Rack%203"),
        ("a/b+c#", "a%2Fb%2Bc%23"), ("Höhe", "H%C3%B6he"), ("架子一", "%E6%9E%B6%E5%AD%90%E4%B8%80"),
        ("100%", "100%25"), ("a\udc80b", "a%ED%B2%80b"), ("", "%"),
    ],
)  # fmt: skip
def test_a_stations_name_becomes_a_level_of_a_topic(name, level):
    assert topics.level(name) == level


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("架子一", "架子二"), ("Стойка", "Помост"), ("Rack #1", "Rack +1"), ("Rack 1", "Rack-1"), ("", "-"),
        ("Rack%201", "Rack 1"), ("架" * 60 + "1", "架" * 60 + "2"), ("a" * 200, "a" * 201), ("", "%"),
    ],
)  # fmt: skip
def test_two_stations_never_share_a_topic(one, other):
    for kind in topics.KINDS:
        assert Topics("gym", one).of(kind) != Topics("gym", other).of(kind)


NAMES = st.text(max_size=300) | st.text(alphabet="Rack %#+/-_1é架\0\ud800", max_size=200)
PLAIN = st.from_regex(r"[A-Za-z0-9_-]{1,128}", fullmatch=True)


@given(st.lists(NAMES | PLAIN, max_size=8))
def test_every_name_is_one_level_that_the_board_takes_and_no_others(names):
    levels = {name: topics.level(name) for name in names}
    assert len(set(levels.values())) == len(levels)
    for level in levels.values():
        assert 0 < len(level) <= topics.LONGEST_LEVEL
        assert level.isascii()
        assert level.isprintable()
        assert not set(level) & set(" +#/$\0")
        assert topics.is_level(level)
        assert came_from("gym", f"gym/{level}/state") == (level, "state")


@given(PLAIN)
def test_a_plain_name_is_its_own_level(name):
    assert topics.level(name) == name == topics.name_at(name)


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), min_size=1, max_size=10))
def test_a_level_tells_the_name_until_the_station_does(name):
    assert topics.name_at(topics.level(name)) == name


def test_a_message_is_known_by_its_topic():
    said = Topics("gym/mirrors", "Rack 3")
    for kind in topics.KINDS:
        assert came_from("gym/mirrors", said.of(kind)) == ("Rack%203", kind)
    for other in (
        "gym/mirrors/class/timer",
        "gym/mirrors/Rack-3",
        "other/Rack-3/state",
        "gym/mirrors//state",
    ):
        assert came_from("gym/mirrors", other) is None


def test_a_state_counts_repetitions_by_their_worse_leg():
    feedback = replace(
        nothing(0.0, State.SQUATTING),
        left=replace(NO_MARK, verdict=CAUTION),
        reps_done=4,
        rep_verdicts=(GOOD, OFF, UNKNOWN, OFF),
        cue=Cue.CHEST_PROUD,
        note=line("note.unknown", reason=Reason(Why.NOBODY)),
    )
    told = topics.state_payload("Rack 3", 1_800_000_000.126, feedback, 2, "A note.")
    assert told == {
        "schema": 1, "station": "Rack 3", "t": 1_800_000_000.13, "state": "squatting", "light": "off",
        "left": "caution", "right": "unknown",
        "set": 2, "reps": 4, "good": 1, "caution": 0, "off_track": 2, "unknown": 1,
        "cue": "chest_proud", "note": "A note.", "note_key": "unknown", "note_why": "nobody",
    }  # fmt: skip
    assert set(told) == topics.STATE_KEYS
    quiet = topics.state_payload("Rack 3", 0.0, nothing(0.0), 2, "")
    assert [quiet[key] for key in ("cue", "note", "note_key", "note_why")] == [None] * 4


def test_what_is_unknown_is_null():
    unknown = replace(rep(1, UNKNOWN, OFF), depth_deg=None, depth_label="unknown")
    told = topics.rep_payload("Rack 3", 1, topics.rep_of_set(5.0, 1, unknown))
    assert (told["depth_deg"], told["depth_label"]) == (None, None)
    assert told["left"] == {"deviation_deg": None, "inside_own_track_deg": None, "verdict": "unknown"}
    assert told["right"]["verdict"] == "off_track"
    assert set(told) == topics.REP_KEYS
    assert topics.tenths(math.nan) is None


def test_a_set_has_its_repetitions_and_the_summarys_words():
    done = [rep(1, GOOD, GOOD), rep(2, OFF, GOOD)]
    summary = summarise(done, None, None)
    in_set = [topics.rep_of_set(float(n), n, each) for n, each in enumerate(done, 1)]
    told = topics.set_payload("Rack 3", 9.0, 1, in_set, summary, words("de"))
    assert set(told) == topics.SET_KEYS
    assert [each["n"] for each in told["reps"]] == [1, 2]
    assert all(set(each) == topics.REP_OF_SET_KEYS for each in told["reps"])
    assert told["sentences"][:2] == [words("de").line(said) for said in (summary.headline, summary.sentence)]
    assert told["sentences"][0] == "2 Kniebeugen"
    assert "" not in told["sentences"]


def test_json_is_utf_8_whatever_a_name_is_made_of():
    assert json.loads(encoded({"note": "Füße 脚"})) == {"note": "Füße 脚"}
    assert encoded({"station": "a\udc80b"})


@pytest.mark.parametrize(
    "timer", [ClassTimer(1_800_000_000.0, 40.0, 20.0, 5), ClassTimer(1.5, 30.0), ClassTimer(None, 40.0, 20.0)]
)
def test_a_timer_comes_out_as_it_went_in(timer):
    assert set(timer.payload()) == topics.TIMER_KEYS
    found = timer_of(decoded(encoded(timer.payload())))
    assert found == replace(timer, rounds=timer.rounds if timer.started is not None else None)


@pytest.mark.parametrize(
    "payload",
    [
        b"", b"no json", b"[1]", b"\xff", b"{}extra",
        b'{"started": "now", "work_s": 40}', b'{"started": 1, "work_s": 0}', b'{"started": 1, "work_s": -4}',
        b'{"started": true, "work_s": 40}', b'{"started": 1}', b'{"started": 1, "work_s": NaN}',
        b'{"started": 1, "work_s": 40, "rest_s": "x"}', b'{"started": 1e999, "work_s": 40}', b"[" * 100_000,
    ],
)  # fmt: skip
def test_what_is_no_timer_is_none(payload):
    assert timer_of(decoded(payload)) is None


def test_an_empty_object_is_a_stopped_timer():
    assert timer_of(decoded(b"{}")) == ClassTimer(None, 0.0)


@given(st.one_of(st.binary(), st.text().map(str.encode)))
def test_no_message_can_break_the_reader(sent):
    timer_of(decoded(sent))


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(), st.lists, max_leaves=3
)


@given(st.dictionaries(st.sampled_from(["started", "work_s", "rest_s", "rounds", "schema"]), VALUES))
def test_a_timer_that_is_read_can_be_followed(payload):
    timer = timer_of(payload)
    if timer is not None and timer.started is not None:
        assert timer.work_s > 0
        assert timer.rest_s >= 0
        assert timer.rounds is None or timer.rounds >= 1
