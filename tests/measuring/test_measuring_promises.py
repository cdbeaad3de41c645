"""What is asked beside what was measured: a promise that is broken can be seen to be."""

from __future__ import annotations

import math

from promises import Promise, share, table


def test_a_promise_is_kept_up_to_its_bound_and_broken_beyond() -> None:
    most = Promise("false alarms", {"desk": 5.0, "live": 5.1}, most=5)
    least = Promise("found", {"desk": 50.0, "live": 49.9}, least=50)
    assert [most.kept("desk"), most.kept("live")] == [True, False]
    assert [least.kept("desk"), least.kept("live")] == [True, False]


def test_what_was_not_measured_keeps_no_promise() -> None:
    assert not Promise("found", {"desk": math.nan}).kept("desk")


def test_a_table_shows_what_is_asked_and_broken_promises_in_bold() -> None:
    said = table(
        [
            Promise("false alarms", {"desk": 4.0, "live": 6.0}, most=5, of={"desk": 50, "live": 50}),
            Promise("frozen", {"live": 1.0}, unit="", digits=0),
        ]
    )
    assert "| false alarms | <= 5 % | 4.0 of 50 | **6.0 of 50** |" in said
    assert "| frozen |  |  | 1 |" in said


def test_a_share_is_per_cent_and_of_nothing_it_is_not_known() -> None:
    assert share(["bad"], ["bad", "good", "good", "bad"]) == 50.0
    assert math.isnan(share(["bad"], []))
