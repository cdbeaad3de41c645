"""systemd hears from a mirror only while camera, eyes and screen all move."""

from __future__ import annotations

import logging
import socket
import time
from dataclasses import replace
from pathlib import Path

import pytest

from mirror.service.watchdog import FIRST_S, LONGEST_S, Freshness, Heartbeat, Signs

NOW = 1000.0


def lively(now: float, taken: int) -> Signs:
    return Signs(frame_t=now - 0.03, taken=taken, drawn_t=now - 0.01)


def run(rule: Freshness, seconds: float, stops: str = "", start: float = NOW) -> list[str]:
    """Ten looks a second; from the start on, one of the three may have stopped."""
    said = []
    for i in range(round(seconds * 10)):
        now = start + i / 10
        signs = lively(now, taken=3 * i + 1)
        if stops == "camera":
            signs = replace(signs, frame_t=start, taken=1)
        elif stops == "eyes":
            signs = replace(signs, taken=1)
        elif stops == "screen":
            signs = replace(signs, drawn_t=start)
        said.append(rule.stale(now, signs))
    return said


def test_a_lively_mirror_is_fresh():
    assert set(run(Freshness(), 60)) == {""}


@pytest.mark.parametrize(
    ("stops", "says"),
    [
        ("camera", "no picture came from the camera for "),
        ("eyes", "no picture was judged for "),
        ("screen", "the screen was not drawn for "),
    ],
)
def test_each_of_the_three_alone_makes_it_stale(stops, says):
    said = run(Freshness(), 20, stops)
    patience = round(LONGEST_S * 10)
    assert set(said[:patience]) == {""}
    assert all(one.startswith(says) for one in said[patience + 2 :])


def test_it_is_fresh_again_as_soon_as_all_move():
    rule = Freshness()
    assert run(rule, 20, "eyes")[-1] != ""
    assert set(run(rule, 5, start=NOW + 20)[1:]) == {""}


def test_before_the_first_picture_it_is_not_fresh():
    assert Freshness().stale(NOW, Signs(None, 0, NOW)) == "no picture came from the camera yet"
    assert Freshness().stale(NOW, Signs(None, 0, None)) == "the screen was not drawn yet"


def test_eyes_that_try_every_network_at_the_first_start_are_given_time_but_not_for_ever():
    rule = Freshness()
    said = [rule.stale(NOW + i, lively(NOW + i, 0)) for i in range(300)]
    assert set(said[: round(FIRST_S)]) == {""}
    assert set(said[round(FIRST_S) :]) == {"no picture was judged yet"}


# -- what systemd hears


@pytest.fixture
def systemd(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> socket.socket:
    """The service manager's end of the line."""
    line = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    line.bind(str(tmp_path / "notify"))
    line.setblocking(False)
    monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
    monkeypatch.setenv("WATCHDOG_USEC", "60000000")
    return line


def heard(line: socket.socket) -> list[str]:
    messages = []
    while True:
        try:
            messages.append(line.recv(4096).decode().strip())
        except BlockingIOError:
            return messages


def test_the_first_beat_says_that_the_mirror_is_up_even_without_a_camera(systemd):
    Heartbeat().beat(NOW, Signs(None, 0, NOW))
    assert heard(systemd) == ["READY=1", "STATUS=no picture came from the camera yet"]


def test_it_is_fed_once_a_second_while_all_is_fresh(systemd):
    pulse = Heartbeat()
    for i in range(300):
        pulse.beat(NOW + i / 30, lively(NOW + i / 30, i + 1))
    messages = heard(systemd)
    assert messages[:3] == ["READY=1", "WATCHDOG=1", "STATUS=camera, eyes and screen are fresh"]
    assert messages.count("WATCHDOG=1") in (9, 10)
    assert messages.count("READY=1") == 1


def test_it_is_not_fed_while_one_is_stale_and_that_is_logged_once(systemd, caplog):
    pulse = Heartbeat()
    pulse.beat(NOW, lively(NOW, 1))
    heard(systemd)
    with caplog.at_level(logging.WARNING):
        for i in range(1, 40):
            pulse.beat(NOW + i, replace(lively(NOW + i, i + 1), drawn_t=NOW))
    messages = heard(systemd)
    assert messages.count("WATCHDOG=1") == LONGEST_S
    assert [one for one in messages if one.startswith("STATUS=")] == [
        "STATUS=the screen was not drawn for 6 s"
    ]
    assert [record.getMessage() for record in caplog.records] == [
        "watchdog: the screen was not drawn for 6 s; systemd restarts the mirror unless that changes"
    ]


def test_a_wall_clock_that_jumps_changes_nothing(systemd, monkeypatch):
    pulse = Heartbeat()
    for i, jump in enumerate([0, 3600, -3600, 86400, -86400]):
        wall = time.time() + jump
        monkeypatch.setattr(time, "time", lambda wall=wall: wall)
        pulse.beat(NOW + i, lively(NOW + i, i + 1))
    assert heard(systemd).count("WATCHDOG=1") == 5


def test_a_service_manager_that_is_gone_does_not_end_the_mirror(systemd, tmp_path):
    pulse = Heartbeat()
    systemd.close()
    (tmp_path / "notify").unlink()
    for i in range(3):
        pulse.beat(NOW + i, lively(NOW + i, i + 1))


def test_a_service_manager_that_does_not_read_does_not_hold_up_the_screen(systemd):
    pulse = Heartbeat()
    for i in range(2000):  # far more than a datagram queue holds
        pulse.beat(NOW + i, lively(NOW + i, i + 1))


def test_without_systemd_nothing_is_told(monkeypatch):
    monkeypatch.delenv("NOTIFY_SOCKET", raising=False)
    Heartbeat().beat(NOW, lively(NOW, 1))
