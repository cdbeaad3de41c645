"""Less is asked of a Raspberry Pi before its firmware takes speed away, and more again when it has cooled."""

from __future__ import annotations

import logging
import math
import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from patience import PATIENCE_S

from mirror.service import throttling
from mirror.service.throttling import Effort, Health, HealthWatch, StepDown

FULL, LESS, LEAST = Effort.FULL, Effort.LESS, Effort.LEAST


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def efforts(readings: list[tuple[float, float, int]], calm_s: float = 120.0) -> list[Effort]:
    rule = StepDown(calm_s)
    return [rule.update(t, Health(celsius, bits)) for t, celsius, bits in readings]


def test_a_cool_computer_does_all_it_can():
    assert set(efforts([(t, 55.0, 0) for t in range(0, 600, 5)])) == {FULL}


def test_it_steps_down_before_the_firmware_throttles_at_80_degrees():
    assert efforts([(0, 74.0, 0), (5, 75.0, 0), (10, 76.0, 0)]) == [FULL, LESS, LESS]
    assert efforts([(0, 79.5, 0), (5, 79.5, 0), (10, 79.5, 0)]) == [LESS, LEAST, LEAST]


@pytest.mark.parametrize("bit", [1, 2, 3])
def test_speed_the_firmware_already_takes_is_answered_even_without_a_sensor(bit):
    rule = StepDown()
    assert [rule.update(t, Health(None, 1 << bit)) for t in (0, 5)] == [LESS, LEAST]


def test_too_little_voltage_asks_for_less_but_not_least():
    assert efforts([(0, 50.0, 1), (5, 50.0, 1)]) == [LESS, LESS]


def test_what_was_once_since_power_on_does_not_count():
    assert efforts([(0, 50.0, 0xF0000)]) == [FULL]


def test_it_comes_back_one_step_at_a_time_after_two_cool_minutes():
    hot = [(0, 80.0, 0), (5, 80.0, 0)]
    cool = [(t, 69.0, 0) for t in range(10, 300, 5)]
    steps = efforts(hot + cool)[2:]
    assert [steps.index(effort) * 5 + 10 for effort in (LEAST, LESS, FULL)] == [10, 130, 250]


def test_between_cool_and_hot_nothing_changes():
    assert set(efforts([(0, 76.0, 0)] + [(t, 72.0, 0) for t in range(5, 3600, 5)])) == {LESS}


@given(st.lists(st.floats(40, 90), min_size=2, max_size=200))
def test_it_never_swings_faster_than_its_calm(temperatures):
    changes = [-math.inf]
    rule, effort = StepDown(calm_s=120.0), FULL
    for i, celsius in enumerate(temperatures):
        after = rule.update(5.0 * i, Health(celsius, None))
        assert abs(after - effort) <= 1
        if after < effort:
            assert 5.0 * i - changes[-1] >= 120.0
        if after is not effort:
            changes.append(5.0 * i)
        effort = after


def test_health_is_read_from_sys(tmp_path):
    write(tmp_path / "class/thermal/thermal_zone0/type", "cpu-thermal\n")
    write(tmp_path / "class/thermal/thermal_zone0/temp", "81000\n")
    write(tmp_path / "devices/platform/soc/soc:firmware/get_throttled", "a000a\n")
    health = throttling.read(tmp_path, "no-such-program")
    assert health == Health(81.0, 0xA000A)
    assert str(health) == (
        "81 degrees Celsius, the processor's frequency is capped, the soft temperature limit is active"
    )


@pytest.mark.parametrize(("alarm", "bits"), [("1", 1), ("0", 0)])
def test_where_only_the_voltage_alarm_is_there_it_is_bit_0(tmp_path, alarm, bits):
    write(tmp_path / "class/hwmon/hwmon1/name", "rpi_volt\n")
    write(tmp_path / "class/hwmon/hwmon1/in0_lcrit_alarm", alarm)
    assert throttling.throttled(tmp_path, "no-such-program") == bits


def test_each_step_is_one_line_in_the_log_and_told_to_who_asked(caplog):
    told: list[Effort] = []
    watch = HealthWatch(changed=lambda effort, health: told.append(effort), rule=StepDown(calm_s=10.0))
    with caplog.at_level(logging.WARNING):
        for i, celsius in enumerate([60, 76, 76, 80, 80, 80, 65, 65, 65, 65, 65, 65]):
            watch.take(5.0 * i, Health(celsius, 0))
    assert told == [LESS, LEAST, LESS, FULL]
    lines = [record.getMessage() for record in caplog.records]
    assert lines == [
        "heat: 76 degrees Celsius; judging at most 15 pictures a second",
        "heat: 80 degrees Celsius; judging at most 10 pictures a second",
        "heat: cool again (65 degrees Celsius); back to less effort",
        "heat: cool again (65 degrees Celsius); back to full effort",
    ]


def test_what_the_firmware_takes_away_is_said_when_it_begins_changes_and_ends(caplog):
    watch = HealthWatch()
    with caplog.at_level(logging.WARNING):
        for i, bits in enumerate([0, 1 << 1, 1 << 1, 1 << 1, 1 << 2, 1 << 2, 0, 0]):
            watch.take(5.0 * i, Health(60.0, bits))
    lines = [record.getMessage() for record in caplog.records]
    assert lines[:2] == [
        "heat: 60 degrees Celsius, the processor's frequency is capped; judging at most 15 pictures a second",
        "heat: 60 degrees Celsius, the processor's frequency is capped; judging at most 10 pictures a second",
    ]
    assert lines[2:] == ["heat: the processor is throttled", "heat: the firmware slows nothing any more"]
    assert watch.steps_down == 2
    assert watch.latest == Health(60.0, 0)


def test_a_failing_supply_is_said_once_each_time_it_begins(caplog):
    watch = HealthWatch()
    with caplog.at_level(logging.WARNING):
        for i, bits in enumerate([0, 1, 1, 0, 1]):
            watch.take(5.0 * i, Health(50.0, bits))
    assert sum("supply voltage is too low; use" in record.getMessage() for record in caplog.records) == 2


def test_the_watch_reads_in_a_thread_of_its_own_and_ends_when_asked():
    stepped = threading.Event()
    watch = HealthWatch(lambda: Health(90.0, 0), lambda effort, health: stepped.set(), every_s=0.01)
    watch.start()
    assert stepped.wait(PATIENCE_S)
    watch.close(PATIENCE_S)
    watch.close()
    assert watch.effort in (LESS, LEAST)
