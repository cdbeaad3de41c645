"""Brokers nobody vouches for: packets without measure, quality nobody asked for, silence, and flapping."""

from __future__ import annotations

import contextlib
import logging
import socket
import threading
import time
import tracemalloc
from collections.abc import Callable, Iterator

import pytest
from broker import MOSQUITTO, PATIENCE_S, Broker, Listener
from hypothesis import given
from hypothesis import strategies as st

from mirror.board.board import Board
from mirror.board.mqtt_feed import Feed
from mirror.mqtt import connection, packets, steadiness
from mirror.mqtt.packets import CutShort
from mirror.mqtt.setup import BrokerSetup, setup_for
from mirror.mqtt.station import Mqtt, TimerSubscriber, mqtt_for
from mirror.mqtt.steadiness import STEADY_S, Steadiness
from mirror.mqtt.topics import ClassTimer, encoded, timer_topic
from mirror.settings import Settings

pytest.importorskip("paho")

TIMER = timer_topic("squat-mirror")
RUNNING = encoded(ClassTimer(1.0, 40.0, 20.0, 8).payload())
MEGABYTE = 2**20


# -- packets in pieces


class Pieces:
    """A stream that comes in pieces, with nothing there in between."""

    def __init__(self, sent: bytes, cuts: list[int]) -> None:
        self._pieces: list[bytes | None] = []
        for size in cuts:
            self._pieces += [sent[:size], None]
            sent = sent[size:]
        self._pieces.append(sent)

    def recv(self, size: int) -> bytes:
        while self._pieces and self._pieces[0] == b"":
            self._pieces.pop(0)
        if not self._pieces:
            return b""
        piece = self._pieces[0]
        if piece is None:
            self._pieces.pop(0)
            raise BlockingIOError
        self._pieces[0] = piece[size:]
        return piece[:size]


def packet(first: int, body: bytes) -> bytes:
    return bytes([first]) + packets._length(len(body)) + body


def read_all(stream: CutShort, sizes: Iterator[int]) -> bytes:
    out = b""
    while True:
        with contextlib.suppress(BlockingIOError):
            got = stream.recv(next(sizes))
            if not got:
                return out
            out += got


@given(
    st.lists(st.tuples(st.sampled_from([0x30, 0x32, 0x90, 0xD0]), st.binary(max_size=400))),
    st.lists(st.integers(1, 50), max_size=20),
    st.integers(1, 300),
)
def test_a_packet_is_cut_and_what_comes_behind_it_is_whole(sent, cuts, longest):
    stream = CutShort(Pieces(b"".join(packet(*one) for one in sent), cuts), longest)
    told = read_all(stream, iter(lambda: 7, None))
    assert told == b"".join(packet(first, body[:longest]) for first, body in sent)


@pytest.mark.parametrize("sent", [bytes([0x30, 0xFF, 0xFF, 0xFF, 0xFF, 1]), packet(0x34, b"twice asked")])
def test_what_is_no_packet_for_us_ends_the_connection(sent):
    with pytest.raises(ConnectionResetError):
        CutShort(Pieces(sent, [])).recv(1)


def test_while_a_long_rest_is_thrown_away_the_broker_counts_as_there():
    now = iter(range(0, 10_000, 3))
    sent = packet(0x30, bytes(10 * packets.AT_ONCE)) + packet(0xD0, b"")
    told = read_all(CutShort(Pieces(sent, []), 10, clock=lambda: next(now)), iter(lambda: 64, None))
    assert told.startswith(packet(0x30, bytes(10)))
    assert told.count(packets.STILL_THERE) > 2
    assert told.endswith(packet(0xD0, b""))


# -- a broker that does what it likes


class Stranger:
    """Listens as a broker would, lets everybody in, and then does what `acts` does with the connection."""

    def __init__(self, acts: Callable[[socket.socket], None], welcomes: bool = True) -> None:
        self._acts, self._welcomes = acts, welcomes
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.address = f"127.0.0.1:{self._listening.getsockname()[1]}"
        self.visits = 0
        threading.Thread(target=self._run, daemon=True).start()

    def __enter__(self) -> Stranger:
        return self

    def __exit__(self, *_: object) -> None:
        self._listening.close()

    def _run(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                visitor, _ = self._listening.accept()
                self.visits += 1
                threading.Thread(target=self._serve, args=(visitor,), daemon=True).start()

    def _serve(self, visitor: socket.socket) -> None:
        with visitor, contextlib.suppress(OSError):
            visitor.recv(4096)  # CONNECT
            if self._welcomes:
                visitor.sendall(packet(0x20, b"\0\0"))
            self._acts(visitor)


def listens(visitor: socket.socket) -> None:
    while visitor.recv(4096):
        pass


def says(topic: str, payload: bytes, length: int | None = None) -> bytes:
    """The head of a retained message whose payload is `length` bytes long."""
    name = topic.encode()
    body = len(name).to_bytes(2, "big") + name
    whole = len(body) + (len(payload) if length is None else length)
    return bytes([0x31]) + packets._length(whole) + body + payload


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "LONGEST_WAIT_S", 1)


@pytest.fixture
def opened() -> Iterator[list]:
    all_of_them: list = []
    yield all_of_them
    for one in all_of_them:
        one.close()


def setup_at(address: str) -> BrokerSetup:
    found = setup_for(Settings.model_validate({"mqtt": {"broker": address}, "coach": {"mode": "class"}}))
    assert found is not None
    return found


def station(address: str, opened: list) -> Mqtt:
    told = mqtt_for(Settings.model_validate({"mqtt": {"broker": address}, "coach": {"mode": "class"}}))
    assert told is not None
    opened.append(told)
    told.start()
    return told


def board(address: str, opened: list) -> Board:
    setup = setup_at(address)
    one = Board(setup.topics.prefix, setup.address)
    feed = Feed(one, setup, longest_wait_s=1)
    opened.append(feed)
    feed.start()
    return one


def until(what: str, holds: Callable[[], object]) -> None:
    deadline, tick = time.monotonic() + PATIENCE_S, threading.Event()
    while not holds():
        assert time.monotonic() < deadline, f"never: {what}"
        tick.wait(0.02)


def lines(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING]


def test_a_message_of_200_megabytes_takes_none_of_a_stations_memory(opened, caplog):
    """And the one behind it is heard."""

    def acts(visitor: socket.socket) -> None:
        visitor.recv(4096)  # SUBSCRIBE
        visitor.sendall(says(TIMER, b"", 200 * MEGABYTE))
        for _ in range(200):
            visitor.sendall(bytes(MEGABYTE))
        visitor.sendall(says(TIMER, RUNNING))
        listens(visitor)

    tracemalloc.start()
    try:
        with Stranger(acts) as stranger:
            told = station(stranger.address, opened)
            until("the timer is heard", told.shared)
            _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 8 * MEGABYTE, f"{peak / MEGABYTE:.0f} MB"
    (line,) = lines(caplog)
    assert "209715" in line
    assert "was thrown away, unread" in line


def test_a_message_of_50_megabytes_takes_none_of_a_boards_memory(opened):
    """And the station behind it is seen."""

    def acts(visitor: socket.socket) -> None:
        visitor.recv(4096)
        for kind in ("state", "set", "rep", "online"):
            visitor.sendall(says(f"squat-mirror/Rack/{kind}", b"", 50 * MEGABYTE))
            for _ in range(50):
                visitor.sendall(bytes(MEGABYTE))
        visitor.sendall(says("squat-mirror/Bar/online", b"1"))
        listens(visitor)

    tracemalloc.start()
    try:
        with Stranger(acts) as stranger:
            one = board(stranger.address, opened)
            until("the other is seen", lambda: "Bar" in [at["name"] for at in one.snapshot("en")["stations"]])
            _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 8 * MEGABYTE, f"{peak / MEGABYTE:.0f} MB"


@pytest.mark.skipif(MOSQUITTO is None, reason="mosquitto is not installed")
def test_what_a_real_broker_keeps_is_no_more_to_a_station(tmp_path, opened):
    with Broker(tmp_path, "mosquitto") as broker, Listener(broker.port) as listener:
        listener.client.publish(TIMER, bytes(15 * MEGABYTE), qos=1, retain=True).wait_for_publish(PATIENCE_S)
        told = station(broker.address, opened)
        until("it is there", lambda: told.connected)
        listener.client.publish(TIMER, RUNNING, qos=1, retain=True)
        until("the timer is heard", told.shared)


def test_a_long_timer_is_not_even_decoded(monkeypatch):
    follower = TimerSubscriber()
    monkeypatch.setattr("mirror.mqtt.station.decoded", lambda sent: pytest.fail("decoded"))
    follower.heard(b'{"started": 1, "work_s": 40' + b" " * 2000 + b"}")
    assert follower.shared() is None


@pytest.mark.parametrize("who", ["station", "board"])
def test_a_thread_that_falls_is_told_and_begins_anew_and_connected_is_true(who, opened, monkeypatch, caplog):
    monkeypatch.setattr("mirror.mqtt.client.ANEW_S", 0.05)
    falls, heard = threading.Event(), CutShort.recv

    def recv(self: CutShort, size: int) -> bytes:
        if falls.is_set():
            falls.clear()
            raise MemoryError
        return heard(self, size)

    monkeypatch.setattr(CutShort, "recv", recv)
    pings = threading.Event()

    def acts(visitor: socket.socket) -> None:
        visitor.recv(4096)
        pings.wait(PATIENCE_S)
        visitor.sendall(packets.STILL_THERE)
        listens(visitor)

    with Stranger(acts) as stranger:
        one = station(stranger.address, opened) if who == "station" else board(stranger.address, opened)

        def connected() -> bool:
            return one.connected if who == "station" else one.snapshot("en")["broker"]["connected"]

        until("it is there", connected)
        falls.set()
        pings.set()
        until("it fell", lambda: any("MemoryError" in line for line in lines(caplog)))
        until("it is there again", lambda: stranger.visits > 1 and connected())


def test_a_broker_that_is_there_and_never_answers_gets_its_line(opened, monkeypatch, caplog):
    monkeypatch.setattr(connection, "KEEPALIVE_S", 1)
    with Stranger(listens, welcomes=False) as stranger:
        told = station(stranger.address, opened)
        until("it is said", lambda: lines(caplog))
        assert not told.connected
    assert "is there and does not answer" in lines(caplog)[0]


@pytest.mark.parametrize("who", ["station", "board"])
def test_a_broker_that_lets_go_of_whom_it_let_in_is_named_once(who, opened, monkeypatch, caplog):
    monkeypatch.setattr(steadiness, "MANY", 2)
    with Stranger(lambda visitor: None) as stranger:
        (station if who == "station" else board)(stranger.address, opened)
        until("it was tried often", lambda: stranger.visits >= 5)
    said = [line for line in lines(caplog) if "again and again" in line]
    assert len(said) == 1
    assert len(lines(caplog)) <= 3, "lost, back, and lost again and again"


def test_each_brief_connection_doubles_the_wait_and_a_long_one_ends_that():
    now = [0.0]
    line = Steadiness(60, clock=lambda: now[0])
    waits = []
    for _ in range(9):
        line.came()
        now[0] += 1.0
        line.went()
        waits.append(line.wait_s)
    assert waits == [1, 2, 4, 8, 16, 32, 60, 60, 60]
    assert line.unsteady
    line.came()
    now[0] += STEADY_S
    line.went()
    assert (line.wait_s, line.unsteady) == (1, False)
