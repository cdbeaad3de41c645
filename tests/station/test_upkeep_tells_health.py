"""A broker hears now and then how the mirror itself is, whatever anybody does before it."""

from __future__ import annotations

import time

import pytest

from mirror.camera.mailbox import Mailbox
from mirror.mqtt.topics import MirrorHealth
from mirror.service.throttling import Health, HealthWatch
from mirror.station.upkeep import HEALTH_EVERY_S, Upkeep


class Broker:
    """What is told of health, in place of a line to a broker."""

    room = "mqtt"

    def __init__(self) -> None:
        self.told: list[MirrorHealth] = []

    def health(self, health: MirrorHealth) -> None:
        self.told.append(health)


def test_health_is_told_at_once_and_then_now_and_then(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [1000.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    broker, watch = Broker(), HealthWatch(look=lambda: Health(None, None))
    upkeep = Upkeep(health=watch, mqtt=broker)  # type: ignore[arg-type]
    mailbox = Mailbox()
    upkeep.beat(mailbox)
    assert broker.told == [MirrorHealth(None, None, 0, 0)]
    watch.take(0.0, Health(84.0, 0b100))
    upkeep.incidents.report("screen", ValueError("one"))
    now[0] += HEALTH_EVERY_S - 0.1
    upkeep.beat(mailbox)
    assert len(broker.told) == 1
    now[0] += 0.2
    upkeep.beat(mailbox)
    assert broker.told[1] == MirrorHealth(84.0, True, 1, 1)


def test_a_computer_that_tells_nothing_is_told_as_unknown() -> None:
    broker = Broker()
    Upkeep(mqtt=broker).beat(Mailbox())  # type: ignore[arg-type]
    assert broker.told == [MirrorHealth(None, None, 0, 0)]
