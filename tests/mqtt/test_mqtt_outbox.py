"""The outbox: whoever puts something in never waits; what nobody hears is counted, the newest is kept."""

from __future__ import annotations

import threading

from patience import PATIENCE_S

from mirror.mqtt.connection import Message
from mirror.mqtt.outbox import Outbox

AN_HOUR_S = 3600.0


class Left:
    """A receipt of something that is on its way until `gone`."""

    def __init__(self, gone: bool = True) -> None:
        self.gone = gone

    def is_published(self) -> bool:
        if self.gone:
            return True
        raise RuntimeError("lost with its connection")


class Carrier:
    """Takes messages, one at a time while its door is open."""

    def __init__(self, *, there: bool = True) -> None:
        self.connected, self.door, self.asked = threading.Event(), threading.Event(), threading.Event()
        if there:
            self.connected.set()
        self.door.set()
        self.took: list[Message] = []
        self._changed = threading.Condition()
        self.refuses = 0

    def say(self, message: Message) -> Left | None:
        self.asked.set()
        assert self.door.wait(PATIENCE_S)
        with self._changed:
            if self.refuses:
                self.refuses -= 1
                return None
            self.took.append(message)
            self._changed.notify_all()
        return Left()

    def until(self, count: int) -> list[bytes]:
        """The payloads, once so many were taken."""
        with self._changed:
            assert self._changed.wait_for(lambda: len(self.took) >= count, PATIENCE_S), self.took
            return [message.payload for message in self.took]


def rep(n: int) -> Message:
    return Message("rep", b"%d" % n, qos=1)


def state(n: int) -> Message:
    return Message("state", b"%d" % n, retain=True)


def test_messages_leave_in_order():
    carrier, outbox = Carrier(), Outbox()
    outbox.start(carrier)
    for n in range(5):
        outbox.put(rep(n))
    assert carrier.until(5) == [b"0", b"1", b"2", b"3", b"4"]
    outbox.close(PATIENCE_S)
    assert outbox.dropped == 0


def test_a_full_queue_drops_and_counts_and_nobody_waits():
    carrier, outbox = Carrier(), Outbox(queue=4)
    carrier.door.clear()  # it takes one and does not come back
    outbox.start(carrier)
    outbox.put(rep(0))
    assert carrier.asked.wait(PATIENCE_S)
    for n in range(1, 11):
        outbox.put(rep(n))  # would never return if it waited for the carrier
    assert outbox.dropped == 6
    carrier.door.set()
    assert carrier.until(5) == [b"0", b"1", b"2", b"3", b"4"]
    outbox.close(PATIENCE_S)
    assert outbox.dropped == 6


def test_without_a_broker_repetitions_are_dropped_and_counted():
    carrier, outbox = Carrier(there=False), Outbox()
    outbox.put(rep(0))
    outbox.start(carrier)
    outbox.put(rep(1))
    assert outbox.dropped == 2
    carrier.connected.set()
    outbox.back()
    outbox.put(rep(2))
    assert carrier.until(1) == [b"2"]
    outbox.close(PATIENCE_S)


def test_only_the_newest_state_is_said_and_not_before_its_time():
    carrier, outbox = Carrier(), Outbox(every_s=AN_HOUR_S)
    outbox.start(carrier)
    outbox.keep(state(0), newest_only=True)
    assert carrier.until(1) == [b"0"]
    for n in range(1, 4):
        outbox.keep(state(n), newest_only=True)
    outbox.put(rep(9))
    assert carrier.until(2) == [b"0", b"9"]  # nothing else is held up by it
    outbox.close(PATIENCE_S)
    assert carrier.until(3) == [b"0", b"9", b"3"]
    assert outbox.dropped == 0


def test_a_state_waits_for_its_pace_and_then_comes_by_itself():
    carrier, outbox = Carrier(), Outbox(every_s=0.01)
    outbox.start(carrier)
    for n in range(3):
        outbox.keep(state(n), newest_only=True)
        carrier.until(n + 1)
    assert carrier.until(3) == [b"0", b"1", b"2"]
    outbox.close(PATIENCE_S)


def test_a_broker_that_comes_back_hears_again_what_it_is_to_keep():
    carrier, outbox = Carrier(), Outbox(every_s=AN_HOUR_S)
    outbox.start(carrier)
    outbox.keep(state(1), newest_only=True)
    carrier.until(1)
    outbox.keep(Message("set", b"a set", qos=1, retain=True), newest_only=False)
    carrier.until(2)
    carrier.connected.clear()
    outbox.keep(state(2), newest_only=True)
    carrier.connected.set()
    outbox.back()
    assert sorted(carrier.until(4)[2:]) == [b"2", b"a set"]
    outbox.close(PATIENCE_S)


def test_a_set_that_was_overtaken_before_anybody_heard_it_is_counted():
    carrier, outbox = Carrier(there=False), Outbox()
    outbox.start(carrier)
    for n in range(3):
        outbox.keep(Message("set", b"%d" % n, qos=1, retain=True), newest_only=False)
    assert outbox.dropped == 2
    carrier.connected.set()
    outbox.back()
    assert carrier.until(1) == [b"2"]
    outbox.close(PATIENCE_S)


def test_what_is_kept_is_tried_again_when_the_connection_takes_no_more():
    carrier, outbox = Carrier(), Outbox(every_s=0.01)
    carrier.refuses = 2
    outbox.start(carrier)
    outbox.keep(state(1), newest_only=True)
    assert carrier.until(1) == [b"1"]
    outbox.close(PATIENCE_S)
    assert outbox.dropped == 0


def test_what_the_connection_refuses_of_the_rest_is_dropped_and_counted():
    carrier, outbox = Carrier(), Outbox()
    carrier.refuses = 1
    outbox.start(carrier)
    outbox.put(rep(0))
    outbox.put(rep(1))
    assert carrier.until(1) == [b"1"]
    outbox.close(PATIENCE_S)
    assert outbox.dropped == 1


def test_after_the_end_nothing_is_taken_any_more():
    carrier, outbox = Carrier(), Outbox()
    outbox.start(carrier)
    outbox.close(PATIENCE_S)
    outbox.close(PATIENCE_S)
    outbox.put(rep(0))
    assert outbox.dropped == 1
    assert carrier.took == []


def test_an_outbox_that_was_never_started_can_be_closed():
    Outbox().close(PATIENCE_S)
