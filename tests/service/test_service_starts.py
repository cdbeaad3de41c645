"""What a start knows of those before it: when to rest, and when only a new start of the computer may help."""

from __future__ import annotations

import contextlib
import json

import pytest

from mirror.faults import BadInput, PartMissing, PermanentFault, StaysAway, TemporaryFault
from mirror.service.starts import (
    FILE_NAME,
    LEAST_UPTIME_S,
    MANY_ENDS,
    NOTED_EVERY_S,
    ONE_START_EVERY_S,
    STAYS_AWAY_S,
    WITHIN_S,
    Starts,
    read,
)

UP_S = 10_000.0
SYSTEMD_WAITS_S = 10.0


class Computer:
    """A computer with a clock, on which the mirror is started again and again."""

    def __init__(self, folder) -> None:
        self.folder = folder
        self.now = UP_S
        self.left = []  # processes that never got to their own end

    def starts(self) -> Starts:
        return Starts(self.folder, lambda: self.now)

    def life(self, end: type[Exception] | None, lasts_s: float = 1.0):
        """One process: it rests, runs and ends; how long it rested."""
        starts = self.starts()
        rest = starts.rest()
        self.now += rest.seconds
        with contextlib.suppress(*([end] if end else [])), starts.running():
            self.now += lasts_s
            if end is not None:
                raise end("told")
        self.now += SYSTEMD_WAITS_S
        return rest

    def life_without_a_word(self, lasts_s: float = 1.0):
        """One process that is killed, or crashes in a library."""
        starts = self.starts()
        rest = starts.rest()
        self.now += rest.seconds
        self.left.append(starts.running())
        self.left[-1].__enter__()
        self.now += lasts_s + SYSTEMD_WAITS_S
        return rest


@pytest.fixture
def computer(tmp_path) -> Computer:
    return Computer(tmp_path)


FAULTS_OF_OURS = [KeyError, PermanentFault, TemporaryFault, OSError]


@pytest.mark.parametrize("fault", FAULTS_OF_OURS)
def test_from_the_third_fault_on_it_starts_once_a_minute(computer, fault):
    assert [computer.life(fault).seconds for _ in range(MANY_ENDS)] == [0.0] * MANY_ENDS
    began = computer.now
    for _ in range(20):
        rest = computer.life(fault)
        assert rest.ends >= MANY_ENDS
        assert rest.seconds == pytest.approx(ONE_START_EVERY_S - 1.0 - SYSTEMD_WAITS_S)
    assert computer.now - began == pytest.approx(20 * ONE_START_EVERY_S)


def test_a_crash_without_a_word_counts_like_a_fault(computer):
    assert [computer.life_without_a_word().seconds for _ in range(MANY_ENDS)] == [0.0] * MANY_ENDS
    assert computer.life_without_a_word().seconds > 0


def test_faults_that_are_minutes_apart_rest_nowhere(computer):
    assert [computer.life(KeyError, lasts_s=200.0).seconds for _ in range(10)] == [0.0] * 10
    assert computer.starts().rest().seconds == 0.0


def test_a_hang_that_the_watchdog_ends_takes_its_minute_already(computer):
    assert [computer.life_without_a_word(lasts_s=65.0).seconds for _ in range(10)] == [0.0] * 10


def test_old_faults_are_forgotten(computer):
    for _ in range(MANY_ENDS):
        computer.life(KeyError)
    computer.now += WITHIN_S
    assert computer.life(KeyError).ends == 0


@pytest.mark.parametrize("end", [None, BadInput, PartMissing, StaysAway])
def test_an_end_that_was_asked_for_or_that_a_person_mends_forgets_the_faults_before(computer, end):
    for _ in range(MANY_ENDS):
        computer.life(KeyError)
    computer.life(end)
    rest = computer.life(KeyError)
    assert (rest.seconds, rest.ends) == (0.0, 0)


def test_a_fault_scene_that_crashes_is_not_drawn_at_the_next_rest(computer):
    for _ in range(MANY_ENDS):
        computer.life(KeyError)
    starts = computer.starts()
    assert not starts.rest().blind
    starts.draws_rest()  # and here it crashes
    computer.now += 5.0
    rest = computer.starts().rest()
    assert rest.blind
    assert rest.seconds > 0  # it is still the same minute's rest
    computer.life(KeyError)
    assert not computer.starts().rest().blind


def test_without_systemds_folder_nothing_is_remembered_and_nobody_rests(tmp_path):
    for _ in range(10):
        starts = Starts(None)
        assert starts.rest().seconds == 0.0
        with pytest.raises(KeyError), starts.running():
            raise KeyError("odd")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"ends": 3}', json.dumps({"started_t": "x", "ends": []}), "\x00" * 40]
)
def test_a_damaged_file_is_as_good_as_none(computer, text):
    (computer.folder / FILE_NAME).write_text(text)
    rest = computer.life(KeyError)
    assert (rest.seconds, rest.ends) == (0.0, 0)
    assert len(read(computer.folder / FILE_NAME).ends) == 1


def test_a_folder_that_cannot_be_written_to_ends_nothing(tmp_path):
    starts = Starts(tmp_path / "nowhere")
    assert starts.rest().seconds == 0.0
    with starts.running():
        starts.sees(camera=True, display=True, busy=False)


# -- hardware that stays away


def looks(computer: Computer, seconds: float, starts: Starts | None = None, **seen: bool | None) -> float:
    """A mirror that sees this for so long; after how many seconds it said that something stays away."""
    starts = starts or computer.starts()
    began = computer.now
    while computer.now - began < seconds:
        try:
            starts.sees(**{"camera": True, "display": True, "busy": False, **seen})
        except StaysAway:
            return computer.now - began
        computer.now += 1.0
    return float("inf")


@pytest.mark.parametrize("what", ["camera", "display"])
def test_what_was_there_and_stays_away_has_the_computer_started_anew_after_ten_minutes(computer, what):
    assert looks(computer, 30.0) == float("inf")
    assert looks(computer, 3600.0, **{what: False}) == pytest.approx(STAYS_AWAY_S, abs=2 * NOTED_EVERY_S)


def test_it_is_counted_over_the_starts_in_between(computer):
    looks(computer, 30.0)
    starts_before = 0
    while looks(computer, 65.0, computer.starts(), camera=False) == float("inf"):  # the watchdog ends it then
        computer.now += SYSTEMD_WAITS_S
        starts_before += 1
    assert starts_before == pytest.approx(STAYS_AWAY_S / 60.0, abs=1)


def test_only_looking_counts_a_mirror_that_fails_before_it_has_looked_says_nothing_of_the_camera(computer):
    """Its first look is before the first picture, and it fails before the next, for hours."""
    looks(computer, 30.0)
    for _ in range(200):
        starts = computer.starts()
        computer.now += starts.rest().seconds
        with contextlib.suppress(KeyError), starts.running():
            with starts.opening():
                computer.now += 1.0
            starts.sees(camera=False, display=True, busy=False)
            computer.now += 1.0
            raise KeyError("odd")
        computer.now += SYSTEMD_WAITS_S


def test_a_camera_whose_opening_hangs_is_looked_for_in_vain_and_a_crash_there_is_a_fault_of_ours(computer):
    def ends_while_opening(after_s: float) -> None:
        starts = computer.starts()
        computer.now += starts.rest().seconds
        computer.left += [starts.running(), starts.opening()]
        for one in computer.left[-2:]:
            one.__enter__()
        computer.now += after_s + SYSTEMD_WAITS_S

    looks(computer, 30.0)
    for _ in range(100):
        ends_while_opening(1.0)
    hung = 0
    with contextlib.suppress(StaysAway):
        while hung < 20:
            ends_while_opening(120.0)
            hung += 1
    assert hung == pytest.approx(STAYS_AWAY_S / 130.0, abs=1)


@pytest.mark.parametrize("what", ["camera", "display"])
def test_what_was_never_there_since_the_computer_started_is_waited_for(computer, what):
    """So a cable that stays unplugged costs one new start, and no more."""
    assert looks(computer, 10 * STAYS_AWAY_S, **{what: False}) == float("inf")


def test_a_computer_that_started_less_than_an_hour_ago_is_not_started_anew(computer):
    computer.now = 60.0
    looks(computer, 30.0)
    assert looks(computer, 7200.0, camera=False) >= LEAST_UPTIME_S - 100.0


def test_what_comes_back_in_time_was_never_away(computer):
    for _ in range(5):
        assert looks(computer, STAYS_AWAY_S - 30.0, camera=False) == float("inf")
        looks(computer, 30.0)


def test_a_display_waits_while_somebody_trains_and_where_none_is_wanted(computer):
    looks(computer, 30.0)
    assert looks(computer, 3 * STAYS_AWAY_S, display=False, busy=True) == float("inf")
    assert looks(computer, 3 * STAYS_AWAY_S, display=None) == float("inf")


def test_faults_of_ours_never_ask_for_a_new_start_of_the_computer(computer):
    for fault in FAULTS_OF_OURS * 20:
        starts = computer.starts()
        computer.now += starts.rest().seconds
        with contextlib.suppress(fault), starts.running():
            starts.sees(camera=True, display=True, busy=False)
            computer.now += 1.0
            raise fault("odd")
        computer.now += SYSTEMD_WAITS_S
