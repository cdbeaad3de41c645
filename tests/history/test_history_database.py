"""The store: sets are kept in order, safely and without anybody waiting; what is old goes."""

from __future__ import annotations

import logging
import sqlite3
import threading
import time
from concurrent.futures import Future
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from patience import PATIENCE_S
from reliability.sets_done import MORNING, kept, set_done

from mirror.coach.feedback import SetSummary, State, nothing
from mirror.coach.lines import line
from mirror.coach.words import Words
from mirror.doctor import computer as this_computer
from mirror.history import database
from mirror.history.database import NotKept, Store
from mirror.history.records import FaultSeen, Logbook
from mirror.service.wall_clock import BUILT_S

DAY_S = 86400.0


@pytest.fixture
def path(tmp_path) -> Path:
    return tmp_path / "state" / "sets.sqlite"


def asked(path: Path, question: str) -> list[tuple]:
    with closing(sqlite3.connect(path)) as rows:
        return rows.execute(question).fetchall()


class Gate:
    """A record that holds up the writer until it is let through."""

    def __init__(self) -> None:
        self.reached, self.open = threading.Event(), threading.Event()

    def write(self, rows: sqlite3.Connection) -> int:
        self.reached.set()
        assert self.open.wait(PATIENCE_S)
        return 0


def test_a_set_is_kept_with_its_repetitions(path):
    store = Store(path, 90, now=lambda: MORNING)
    assert store.keep(set_done(3)).result(PATIENCE_S) == 1
    store.close(PATIENCE_S)
    assert kept(path) == [(1, 3, "Clean.")]
    assert asked(path, "SELECT at, clock_set, headline FROM sets") == [(MORNING, 1, "3 squats")]
    assert asked(
        path,
        "SELECT n, start_s, bottom_s, end_s, depth_deg, depth_label, is_reference, left_verdict, "
        "left_deviation_deg, right_verdict, right_deviation_deg FROM reps WHERE n <= 2",
    ) == [
        (1, 0.0, 1.5, 3.0, -12.3, "parallel", 1, "good", 1.0, "unknown", None),
        (2, 4.0, 5.5, 7.0, -12.3, "parallel", 0, "good", 1.0, "unknown", None),
    ]


def test_no_column_could_hold_a_picture_or_a_name(path):
    Store(path, 90).close(PATIENCE_S)
    for (table,) in asked(path, "SELECT name FROM sqlite_master WHERE type = 'table'"):
        for _, name, kind, *_ in asked(path, f"PRAGMA table_info('{table}')"):
            assert kind in ("INTEGER", "REAL", "TEXT"), (table, name)
            assert name not in ("name", "person", "picture", "image")


def test_every_commit_is_forced_to_the_disk_before_it_is_acknowledged(path):
    with closing(database.open_rows(path)) as rows:
        assert rows.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        assert rows.execute("PRAGMA synchronous").fetchone() == (2,)  # FULL


def test_handing_over_never_waits_and_what_is_too_much_is_dropped_and_counted(path):
    store = Store(path, 90, queue=3)
    gate = Gate()
    store.keep(gate)
    assert gate.reached.wait(PATIENCE_S)
    handed = [store.keep(set_done()) for _ in range(5)]
    late = [one for one in handed if one.done()]
    assert len(late) == store.dropped == 3  # the gate itself still has a place in the queue
    with pytest.raises(NotKept, match="full"):
        late[0].result()
    gate.open.set()
    store.close(PATIENCE_S)
    assert len(kept(path)) == 2


def test_closing_writes_what_waits_and_takes_no_more(path):
    store = Store(path, 90)
    handed = [store.keep(set_done()) for _ in range(20)]
    store.close(PATIENCE_S)
    store.close(PATIENCE_S)
    assert [one.result(0) for one in handed] == list(range(1, 21))
    with pytest.raises(NotKept, match="closed"):
        store.keep(set_done()).result(0)


def test_a_newer_start_goes_on_where_the_last_one_stopped(path):
    for _ in range(2):
        store = Store(path, 90)
        store.keep(set_done())
        store.close(PATIENCE_S)
    assert len(kept(path)) == 2


# -- how long


@pytest.mark.parametrize(("keep_days", "left"), [(90, ["young", "old"]), (30, ["young"])])
def test_what_is_older_than_it_may_be_is_deleted_at_the_start(path, keep_days, left):
    ages = {"young": 10, "old": 60, "ancient": 200}
    store = Store(path, 3650)
    for sentence, days in ages.items():
        store.keep(set_done(2, MORNING - days * DAY_S, sentence))
        store.keep(FaultSeen(MORNING - days * DAY_S, "camera", sentence))
    store.close(PATIENCE_S)
    Store(path, keep_days, now=lambda: MORNING, clock_is_set=lambda: True).close(PATIENCE_S)
    assert [sentence for _, _, sentence in kept(path)] == left
    assert asked(path, "SELECT says FROM faults") == [(sentence,) for sentence in left]
    assert asked(path, 'SELECT count(*) FROM reps WHERE "set" NOT IN (SELECT id FROM sets)') == [(0,)]


def test_it_is_looked_after_again_after_a_day(path, monkeypatch):
    monkeypatch.setattr(database, "CLEAN_EVERY_S", 0.01)
    now = [MORNING]
    store = Store(path, 90, now=lambda: now[0], clock_is_set=lambda: True)
    store.keep(set_done(1, MORNING, "early")).result(PATIENCE_S)
    now[0] += 91 * DAY_S
    deadline = threading.Event()
    for _ in range(100 * PATIENCE_S):
        if not kept(path):
            break
        deadline.wait(0.01)
    store.close(PATIENCE_S)
    assert kept(path) == []


def test_a_clock_that_was_not_set_deletes_nothing(path):
    store = Store(path, 90)
    store.keep(set_done(1, MORNING))
    store.close(PATIENCE_S)
    far = MORNING + 3650 * DAY_S
    Store(path, 90, now=lambda: far, clock_is_set=lambda: False).close(PATIENCE_S)
    assert len(kept(path)) == 1


def test_deleted_numbers_are_overwritten_in_the_file(path):
    store = Store(path, 90)
    store.keep(set_done(1, MORNING - 200 * DAY_S, "nobody may find this again"))
    store.close(PATIENCE_S)
    assert b"nobody may find" in path.read_bytes()
    Store(path, 90, now=lambda: MORNING, clock_is_set=lambda: True).close(PATIENCE_S)
    assert b"nobody may find" not in path.read_bytes()


# -- by which clock

LAST_YEAR, TODAY = BUILT_S - 200 * DAY_S, BUILT_S + 165 * DAY_S


def cleaned(path: Path, now: float, *, network: bool = False, keep_days: float = 1) -> list[str]:
    """What is left after a start at which the clock says `now`. network: it was set by timesyncd."""
    Store(path, keep_days, now=lambda: now, clock_is_set=lambda: network).close(PATIENCE_S)
    return [sentence for _, _, sentence in kept(path)]


def remembered(path: Path, *sets: tuple[str, float, bool]) -> None:
    """A mirror that kept these: sentence, date, and whether its clock was believed then."""
    store = Store(path, 3650, now=lambda: 0.0, clock_is_set=lambda: False)
    for sentence, at, believed in sets:
        store.keep(set_done(1, at, sentence, clock_set=believed))
        store.keep(FaultSeen(at, "camera", sentence))
    store.close(PATIENCE_S)


@pytest.mark.parametrize("network", [True, False], ids=["timesyncd", "chrony, or a battery"])
def test_a_set_from_last_year_goes_whoever_set_the_clock(path, network):
    remembered(path, ("labelled", LAST_YEAR, True), ("by an older release", LAST_YEAR, False))
    assert cleaned(path, TODAY, network=network) == []
    assert asked(path, "SELECT * FROM faults") == []


def test_a_mirror_that_starts_at_its_last_shutdown_deletes_by_that(path):
    remembered(path, ("old", BUILT_S + 1 * DAY_S, True), ("newest", BUILT_S + 9 * DAY_S, True))
    assert cleaned(path, BUILT_S + 9 * DAY_S + 60.0, keep_days=5) == ["newest"]


@pytest.mark.parametrize("at", [0.0, BUILT_S - DAY_S], ids=["1970", "before this version was built"])
def test_a_clock_before_this_version_deletes_nothing(path, at, caplog):
    remembered(path, ("older than it may be", at - 90 * DAY_S, False))
    caplog.clear()
    assert cleaned(path, at) == ["older than it may be"]
    assert caplog.text.count("cannot be right; no set is deleted by it") == 1


def test_a_clock_behind_the_newest_set_deletes_nothing_until_the_network_sets_it(path):
    remembered(path, ("old", LAST_YEAR, True), ("newest", TODAY + 30 * DAY_S, True))
    assert cleaned(path, TODAY) == ["old", "newest"]
    assert cleaned(path, TODAY, network=True) == ["newest"]


@pytest.mark.parametrize("year", [2036, 2038, 2099, 2106])
def test_a_clock_that_jumped_far_ahead_deletes_nothing_and_cannot_vouch_for_itself(path, year):
    far = (year - 1970) * 365.25 * DAY_S
    remembered(path, ("today", TODAY, True))
    store = Store(path, 90, now=lambda: far, clock_is_set=lambda: False)
    book = Logbook(store, SAY, now=lambda: far, clock_is_set=lambda: False)
    book.write(0.0, a_set("by the wrong clock"), None)
    book.close()
    assert cleaned(path, far, keep_days=90) == ["today", "by the wrong clock"]
    assert asked(path, "SELECT clock_set FROM sets") == [(1,), (0,)]


def test_what_a_wrong_clock_dated_ahead_goes_in_the_end(path):
    remembered(path, ("from 2099", MORNING, False), ("believed, but wrong", TODAY + 400 * DAY_S, True))
    assert len(cleaned(path, TODAY, network=True)) == 2
    assert asked(path, "SELECT at, clock_set FROM sets") == [(TODAY, 0), (TODAY, 0)]
    assert asked(path, "SELECT at FROM faults") == [(TODAY,), (TODAY,)]
    assert cleaned(path, TODAY + 2 * DAY_S, network=True) == []


def test_a_set_from_a_clock_that_began_at_nought_stays_its_days_from_when_the_clock_is_right(path):
    remembered(path, ("an hour ago, in 1970", 3600.0, False))
    assert cleaned(path, TODAY) == ["an hour ago, in 1970"]
    assert cleaned(path, TODAY + 2 * DAY_S) == []


def test_a_clock_that_is_set_late_is_not_waited_for_until_tomorrow(path, monkeypatch):
    monkeypatch.setattr(database, "ASK_AGAIN_S", 0.01)
    remembered(path, ("old", LAST_YEAR, True))
    now = [0.0]
    store = Store(path, 1, now=lambda: now[0], clock_is_set=lambda: False)
    store.keep(set_done(1, TODAY, "new")).result(PATIENCE_S)
    assert [sentence for _, _, sentence in kept(path)] == ["old", "new"]
    now[0] = TODAY + 60.0
    waits = threading.Event()
    for _ in range(2000):
        if len(kept(path)) == 1:
            break
        waits.wait(0.01)
    store.close(PATIENCE_S)
    assert [sentence for _, _, sentence in kept(path)] == ["new"]


def test_a_set_is_dated_by_a_clock_that_is_believed(path):
    store = Store(path, 3650, now=lambda: TODAY, clock_is_set=lambda: False)
    now = [TODAY, TODAY, TODAY - 1.0, 0.0, TODAY + 1.0]  # the visit began by the first
    book = Logbook(store, SAY, now=lambda: now.pop(0), clock_is_set=lambda: False)
    for sentence in ("right", "set back", "reset", "right again"):
        book.write(0.0, a_set(sentence), None)
        store.keep(FaultSeen(TODAY, "camera", "")).result(PATIENCE_S)  # the set before it is on the disk
    store.close(PATIENCE_S)
    found = asked(path, "SELECT sentence, clock_set FROM sets")
    assert found == [("right", 1), ("set back", 0), ("reset", 0), ("right again", 1)]


def test_the_doctor_says_when_no_set_goes_by_its_age(path, tmp_path):
    remembered(path, ("newest", TODAY, True))
    marker = tmp_path / "synchronized"
    assert this_computer.store(path.parent, 90, TODAY + 1.0, marker).level == "ok"
    assert this_computer.store(path.parent, 0, 0.0, marker).level == "ok"
    told = this_computer.store(path.parent, 90, 0.0, marker)
    assert told.level == "warning"
    assert "none is deleted by this clock" in told.do
    marker.touch()
    assert this_computer.store(path.parent, 90, 0.0, marker).level == "ok"


def test_this_version_was_not_built_in_the_future():
    assert time.time() >= BUILT_S


# -- schemas


def test_an_older_file_is_brought_to_the_newest_schema_with_what_is_in_it(path, monkeypatch):
    store = Store(path, 90)
    store.keep(set_done())
    store.close(PATIENCE_S)
    later = (*database.MIGRATIONS, "ALTER TABLE sets ADD COLUMN load_kg REAL")
    monkeypatch.setattr(database, "MIGRATIONS", later)
    store = Store(path, 90)
    store.keep(set_done())
    store.close(PATIENCE_S)
    assert asked(path, "SELECT id, load_kg FROM sets") == [(1, None), (2, None)]
    assert asked(path, "PRAGMA user_version") == [(2,)]


def test_a_migration_that_fails_halfway_leaves_the_file_as_it_was(path, monkeypatch, caplog):
    store = Store(path, 90)
    store.keep(set_done())
    store.close(PATIENCE_S)
    fails = "ALTER TABLE sets ADD COLUMN load_kg REAL; ALTER TABLE nothing ADD COLUMN x"
    broken = (*database.MIGRATIONS, fails)
    monkeypatch.setattr(database, "MIGRATIONS", broken)
    Store(path, 90).close(PATIENCE_S)
    assert asked(path, "PRAGMA user_version") == [(1,)]
    assert "load_kg" not in [name for _, name, *_ in asked(path, "PRAGMA table_info(sets)")]


def test_a_file_of_a_newer_release_is_left_alone(path, caplog):
    Store(path, 90).close(PATIENCE_S)
    with closing(sqlite3.connect(path)) as rows:
        rows.execute("PRAGMA user_version = 99")
    before = path.read_bytes()
    with caplog.at_level(logging.WARNING):
        store = Store(path, 90)
        handed = store.keep(set_done())
        store.close(PATIENCE_S)
    with pytest.raises(NotKept):
        handed.result(0)
    assert path.read_bytes() == before
    assert "made by a newer release" in caplog.text


# -- visits


SAY = Words({"summary": {"none": "None.", "reps_many": "{n} squats"}, "test": {"said": "{what}"}})
"""Words that say what a test wants to find again."""


def a_set(sentence: str, state: State = State.SUMMARY):
    reps = set_done(2).reps
    told = SetSummary(reps, line("summary.reps_many", n=2), line("test.said", what=sentence))
    return replace(nothing(0.0, state), summary=told if state is State.SUMMARY else None, set_over=told)


def test_sets_of_one_visit_belong_together_and_who_walks_by_leaves_no_trace(path):
    clock = iter(range(1000))
    store = Store(path, 90)
    book = Logbook(store, SAY, now=lambda: MORNING + next(clock), clock_is_set=lambda: False)
    walks_by = [nothing(0.0, State.FRAMING), nothing(0.0)]
    one = a_set("first")
    shown_on = replace(one, set_over=None)
    visit = [
        nothing(0.0, State.READY),
        one,
        shown_on,
        nothing(0.0, State.READY),
        a_set("second"),
        nothing(0.0),
    ]
    for feedback in (*walks_by, *visit, *walks_by):
        book.write(0.0, feedback, None)
    book.close()
    store.close(PATIENCE_S)
    assert [sentence for _, _, sentence in kept(path)] == ["first", "second"]
    assert asked(path, "SELECT visit, clock_set FROM sets") == [(1, 0), (1, 0)]
    ((began, ended),) = asked(path, "SELECT began, ended FROM visits")
    assert MORNING < began < ended


def test_in_a_class_where_no_summary_is_shown_sets_are_kept_too(path):
    store = Store(path, 90)
    book = Logbook(store, SAY)
    for feedback in (
        nothing(0.0, State.CLASS),
        a_set("squatting on", State.CLASS),
        a_set("walked off", State.IDLE),
    ):
        book.write(0.0, feedback, None)
    book.close()
    store.close(PATIENCE_S)
    assert [sentence for _, _, sentence in kept(path)] == ["squatting on", "walked off"]
    assert asked(path, "SELECT count(*) FROM visits WHERE ended IS NOT NULL") == [(1,)]


def test_a_set_without_a_repetition_is_not_kept(path):
    store = Store(path, 90)
    book = Logbook(store, SAY)
    empty = SetSummary((), line("summary.none"), None)
    book.write(0.0, replace(nothing(0.0, State.SUMMARY), summary=empty, set_over=empty), None)
    book.close()
    store.close(PATIENCE_S)
    assert kept(path) == []


def test_a_visit_goes_on_in_a_new_file_when_its_old_one_was_deleted(path):
    store = Store(path, 90)
    book = Logbook(store, SAY)
    book.write(0.0, nothing(0.0, State.READY), None)
    book.write(0.0, a_set("first"), None)
    done: Future[int] = store.keep(set_done())
    done.result(PATIENCE_S)
    for part in path.parent.iterdir():
        part.unlink()
    book.write(0.0, a_set("second"), None)
    book.close()
    store.close(PATIENCE_S)
    assert [sentence for _, _, sentence in kept(path)] == ["second"]
    assert asked(path, "SELECT count(*) FROM visits") == [(1,)]
