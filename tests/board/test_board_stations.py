"""The floor shows who squats, whose knees and which repetition, and believes nobody who makes no sense."""

from __future__ import annotations

import json

import pytest
from board.mirrors import CAUTION, GOOD, NOW, OFF, UNKNOWN, Mirror
from hypothesis import given
from hypothesis import strategies as st

from mirror.board.messages import LARGEST, LINE, NAME
from mirror.board.stations import MOST_STATIONS, SHOWN_FOR_S, SHOWN_REPS, Floor, natural
from mirror.coach.feedback import State
from mirror.mqtt.topics import KINDS, came_from


class Hall:
    """A floor with a clock of its own, and mirrors that speak to it directly."""

    def __init__(self) -> None:
        self.t = 1000.0
        self.wall = NOW
        self.floor = Floor(clock=lambda: self.t, wall=lambda: self.wall)
        self.remembered = False

    def hear(self, topic: str, payload: bytes, retain: bool) -> None:
        station_and_kind = came_from("squat-mirror", topic)
        assert station_and_kind is not None
        self.floor.hear(*station_and_kind, payload, self.remembered and retain)

    def mirror(self, name: str = "Rack 1") -> Mirror:
        mirror = Mirror(self.hear, name, t=self.wall)
        mirror.comes()
        return mirror

    def pass_time(self, seconds: float) -> None:
        self.t += seconds
        self.wall += seconds

    @property
    def cards(self) -> list[dict]:
        return self.floor.snapshot()["stations"]

    @property
    def card(self) -> dict:
        (card,) = self.cards
        return card


@pytest.fixture
def hall() -> Hall:
    return Hall()


def test_a_station_that_squats_shows_both_knees_its_count_and_a_sign_for_each_repetition(hall):
    mirror = hall.mirror()
    mirror.squats((GOOD, GOOD), (GOOD, OFF))
    mirror.shows(State.SQUATTING, ((GOOD, GOOD), (GOOD, OFF)), "knees_over_toes", (CAUTION, GOOD))
    card = hall.card
    assert (card["name"], card["online"], card["state"], card["live"]) == ("Rack 1", True, "squatting", True)
    assert (card["left"], card["right"]) == ("caution", "good")
    assert (card["set"], card["reps"], card["signs"]) == (1, 2, ["good", "off_track"])
    assert card["cue"] == "knees_over_toes"


def test_of_a_station_that_does_not_say_how_its_knees_are_the_last_repetition_is_shown(hall):
    mirror = hall.mirror()
    mirror.squats((GOOD, GOOD), (OFF, UNKNOWN))
    assert (hall.card["left"], hall.card["right"]) == ("off_track", "unknown")


def test_unknown_is_a_sign_while_somebody_squats_and_none_while_somebody_stands(hall):
    mirror = hall.mirror()
    mirror.shows(State.SQUATTING, knees=(UNKNOWN, UNKNOWN))
    assert hall.card["live"]
    mirror.shows(State.READY, knees=(UNKNOWN, UNKNOWN))
    assert not hall.card["live"]
    mirror.shows(State.READY, knees=(GOOD, UNKNOWN))
    assert hall.card["live"]
    mirror.shows(State.IDLE, knees=(GOOD, GOOD))
    assert not hall.card["live"]


def test_a_repetition_that_is_told_twice_counts_once(hall):
    mirror = hall.mirror()
    for _ in range(2):
        mirror.number = 0
        mirror.squats((GOOD, GOOD), (GOOD, GOOD), live=False)
    assert hall.card["signs"] == ["good", "good"]


def test_one_stumble_needs_nobody_and_two_need_the_coachs_eye_until_the_next_set(hall):
    mirror = hall.mirror()
    mirror.squats((GOOD, OFF), (GOOD, GOOD))
    assert not hall.card["look"]
    mirror.squats((GOOD, OFF), (OFF, GOOD))
    assert hall.card["look"]
    assert hall.card["off_track"] == 2
    mirror.finishes((GOOD, OFF), (OFF, GOOD))
    mirror.shows(State.CLASS)  # in a class no summary is shown, and the count begins anew
    assert hall.card["look"]
    assert hall.card["reps"] == 2
    mirror.shows(State.SQUATTING)
    card = hall.card
    assert (card["look"], card["set"], card["reps"], card["signs"]) == (False, 3, 0, [])


def test_a_set_nobody_follows_up_leaves_the_card_after_a_while(hall):
    mirror = hall.mirror()
    mirror.squats((OFF, OFF), (OFF, OFF))
    mirror.shows(State.IDLE)
    hall.pass_time(SHOWN_FOR_S - 1)
    assert hall.card["look"]
    hall.pass_time(2)
    assert (hall.card["look"], hall.card["reps"], hall.card["signs"]) == (False, 0, [])


def test_only_the_newest_repetitions_have_room(hall):
    hall.mirror().squats(*[(GOOD, GOOD)] * 30, (OFF, GOOD))
    card = hall.card
    assert len(card["signs"]) == SHOWN_REPS
    assert card["signs"][-1] == "off_track"
    assert card["reps"] == 31


def test_who_goes_is_offline_for_as_long_as_it_is_gone(hall):
    mirror = hall.mirror()
    mirror.squats((OFF, OFF), (OFF, OFF))
    mirror.goes()
    hall.pass_time(75)
    card = hall.card
    assert (card["online"], card["silent_s"], card["live"], card["look"]) == (False, 75, False, False)
    mirror.comes()
    assert (hall.card["online"], hall.card["silent_s"]) == (True, None)


def test_who_speaks_is_there_whatever_an_old_last_will_says(hall):
    mirror = hall.mirror()
    mirror.goes()
    mirror.shows(State.READY)
    assert hall.card["online"]


def test_a_station_that_was_switched_off_and_on_counts_its_sets_from_one_again(hall):
    mirror = hall.mirror()
    for _ in range(3):
        mirror.squats((OFF, OFF), (OFF, OFF))
    mirror.number = 0
    mirror.shows(State.STARTING)
    mirror.squats((GOOD, GOOD))
    assert (hall.card["set"], hall.card["signs"], hall.card["look"]) == (1, ["good"], False)


# -- what the broker remembers


def test_a_board_that_comes_late_sees_who_is_there_and_the_set_just_done(hall):
    hall.remembered = True
    mirror = hall.mirror()
    mirror.number = 4
    mirror.shows(State.IDLE)
    mirror.finishes((GOOD, GOOD), (GOOD, CAUTION))
    card = hall.card
    assert (card["online"], card["set"], card["signs"]) == (True, 4, ["good", "caution"])
    assert len(hall.floor.sets()) == 1


def test_a_station_the_broker_remembers_as_gone_is_offline_since_it_last_spoke(hall):
    hall.remembered = True
    mirror = Mirror(hall.hear, t=NOW - 600)
    mirror.goes()
    mirror.shows(State.IDLE)
    assert (hall.card["online"], hall.card["silent_s"]) == (False, 600)


@pytest.mark.parametrize("age_h", [13, 24 * 400, -2])
def test_a_station_or_set_of_another_day_or_of_the_future_does_not_come_up(hall, age_h):
    hall.remembered = True
    mirror = Mirror(hall.hear, t=NOW - 3600 * age_h)
    mirror.goes()
    mirror.shows(State.IDLE)
    mirror.finishes((GOOD, GOOD))
    assert hall.cards == []
    assert hall.floor.sets() == []


def test_a_set_that_is_told_now_counts_whatever_the_stations_clock_shows(hall):
    mirror = hall.mirror()
    mirror.t = 5000.0  # a Pi without network believes that it is 1970
    mirror.squats((GOOD, GOOD))
    mirror.finishes((GOOD, GOOD))
    (done,) = hall.floor.sets()
    assert done.when == NOW


def test_a_set_the_broker_remembers_is_not_told_twice(hall):
    mirror = hall.mirror()
    mirror.squats((GOOD, GOOD))
    mirror.finishes((GOOD, GOOD))
    hall.remembered = True
    mirror.finishes((GOOD, GOOD))
    assert len(hall.floor.sets()) == 1


def test_another_class_forgets_finished_sets_and_who_is_gone_and_not_who_is_there(hall):
    here, gone = hall.mirror("Rack 1"), hall.mirror("Rack 2")
    for mirror in (here, gone):
        mirror.squats((GOOD, GOOD))
        mirror.finishes((GOOD, GOOD))
    gone.goes()
    before = hall.floor.snapshot()["sets"]
    hall.pass_time(5)
    hall.floor.begin_anew()
    assert [card["name"] for card in hall.cards] == ["Rack 1"]
    assert hall.floor.sets() == []
    assert hall.floor.snapshot()["sets"] != before
    hall.remembered = True
    here.finishes((GOOD, GOOD))  # the broker tells it once more after a lost connection
    assert hall.floor.sets() == []


def test_a_station_whose_memory_is_deleted_at_the_broker_disappears(hall):
    hall.mirror()
    hall.floor.hear("Rack%201", "online", b"", False)
    assert hall.cards == []


# -- order and bounds


def test_stations_stand_in_the_order_a_person_would_count_them(hall):
    for name in ("Rack 10", "rack 2", "Platform", "Rack 1", "2", "10"):
        hall.mirror(name).shows(State.IDLE)
    assert [card["name"] for card in hall.cards] == ["2", "10", "Platform", "Rack 1", "rack 2", "Rack 10"]


@given(st.lists(st.text(max_size=12), max_size=6))
def test_any_names_can_be_put_in_order(names):
    assert len(sorted(names, key=natural)) == len(names)


def test_of_too_many_stations_those_gone_longest_leave(hall):
    for i in range(MOST_STATIONS):
        hall.mirror(f"S{i}").shows(State.IDLE)
        hall.pass_time(1)
    Mirror(hall.hear, "S7").goes()
    hall.mirror("one more").shows(State.IDLE)
    names = {card["name"] for card in hall.cards}
    assert len(names) == MOST_STATIONS
    assert "one more" in names
    assert "S7" not in names


@pytest.mark.parametrize("names", [("架子一", "架子二"), ("Rack #1", "Rack +1"), ("Rack 1", "Rack-1")])
def test_stations_of_any_names_are_cards_of_their_own_and_go_alone(hall, names):
    stations = [hall.mirror(name) for name in names]
    for station in stations:
        station.comes()
    assert sorted(card["name"] for card in hall.cards) == sorted(names)  # before they said it themselves
    for station in stations:
        station.squats((GOOD, GOOD))
    stations[0].goes()
    assert {card["name"]: card["online"] for card in hall.cards} == {names[0]: False, names[1]: True}


def test_a_station_of_an_older_release_is_shown(hall):
    hall.floor.hear("Rack-1", "online", b"1", False)
    hall.floor.hear("Rack-1", "state", json.dumps(STATE).encode(), False)
    assert [card["name"] for card in hall.cards] == ["Rack 1"]


STATE = {"schema": 1, "station": "Rack 1", "t": NOW, "state": "idle", "light": "off", "set": 1, "reps": 2}


@pytest.mark.parametrize("station", ["a b", "ä", "x" * 129, "a/b", "<b>", "\x00", "a%2", "a%2f", "%%", ""])
def test_what_writes_its_name_as_no_station_does_is_none(hall, station):
    assert not hall.floor.hear(station, "state", json.dumps(STATE).encode(), False)
    assert not hall.floor.hear(station, "online", b"1", False)
    assert hall.cards == []


NO_OBJECTS = [b"\xff\xfe", b"[]", b"null", b"[" * 100_000, b"9" * 5000, b" " * (LARGEST + 1) + b"{}"]
WRONG = [
    {"reps": -1}, {"reps": "many"}, {"reps": True}, {"set": 10**30}, {"t": "now"}, {"t": float("nan")},
    {"t": None}, {"station": ["a"]}, {"cue": 7},
]  # fmt: skip


@pytest.mark.parametrize("payload", NO_OBJECTS, ids=range(len(NO_OBJECTS)))
@pytest.mark.parametrize("kind", ["state", "rep", "set"])
def test_what_is_no_object_changes_nothing(hall, kind, payload):
    assert not hall.floor.hear("Rack%201", kind, payload, False)
    assert hall.cards == []


@pytest.mark.parametrize("wrong", WRONG, ids=str)
def test_a_state_that_makes_no_sense_changes_nothing(hall, wrong):
    assert hall.floor.hear("Rack%201", "state", json.dumps(STATE).encode(), False)
    before = hall.cards
    assert not hall.floor.hear("Rack%201", "state", json.dumps({**STATE, **wrong}).encode(), False)
    assert hall.cards == before


@given(st.sampled_from(KINDS), st.binary(max_size=200) | st.text(max_size=50).map(json.dumps).map(str.encode))
def test_nothing_anybody_sends_stops_the_floor(kind, payload):
    floor = Floor()
    floor.hear("x", kind, payload, False)
    json.dumps(floor.snapshot())


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
KEYS = st.sampled_from(
    ["station", "t", "state", "set", "reps", "n", "left", "right", "cue", "note", "sentences", "off_track"]
)


@given(st.sampled_from(KINDS), st.dictionaries(KEYS, JSON, max_size=12))
def test_no_json_stops_the_floor_and_what_it_tells_can_always_be_sent(kind, said):
    floor = Floor()
    floor.hear("x", kind, json.dumps({**STATE, **said}).encode(), False)
    json.dumps(floor.snapshot(), ensure_ascii=False, allow_nan=False).encode()


def test_texts_are_cut_and_have_no_line_breaks_or_half_characters(hall):
    said = {**STATE, "station": "R\n\u202e" + "x" * 500, "cue": "\ud800" + "y" * 500}
    assert hall.floor.hear("Rack%201", "state", json.dumps(said).encode(), False)
    card = hall.card
    assert len(card["name"]) <= NAME
    assert card["name"].startswith("Rx")
    assert len(card["cue"]) <= LINE
    assert card["cue"].startswith("y")
