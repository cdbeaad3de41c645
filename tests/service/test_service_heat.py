"""Heat and voltage of a Raspberry Pi, as /sys and vcgencmd tell them."""

from __future__ import annotations

from pathlib import Path

import pytest

from mirror.service import folders, heat


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def program(path: Path, answer: str, status: int = 0) -> str:
    path.write_text(f"#!/bin/sh\n[ \"$1\" = get_throttled ] && echo '{answer}'\nexit {status}\n")
    path.chmod(0o755)
    return str(path)


def test_temperature_is_the_processors(tmp_path):
    zones = tmp_path / "class/thermal"
    write(zones / "thermal_zone0/type", "rp1_adc\n")
    write(zones / "thermal_zone0/temp", "90000\n")
    write(zones / "thermal_zone1/type", "cpu-thermal\n")
    write(zones / "thermal_zone1/temp", "61250\n")
    assert heat.temperature_c(tmp_path) == 61.25


def test_no_sensor_or_a_broken_one_is_no_temperature(tmp_path):
    assert heat.temperature_c(tmp_path) is None
    write(tmp_path / "class/thermal/thermal_zone0/type", "cpu-thermal\n")
    assert heat.temperature_c(tmp_path) is None
    write(tmp_path / "class/thermal/thermal_zone0/temp", "warm\n")
    assert heat.temperature_c(tmp_path) is None


@pytest.mark.parametrize("soc", ["soc/soc:firmware", "soc@107c000000/soc@107c000000:firmware"])
def test_throttle_bits_come_from_sys_as_hexadecimal(tmp_path, soc):
    write(tmp_path / f"devices/platform/{soc}/get_throttled", "50005\n")
    assert heat.throttled(tmp_path, "no-such-program") == 0x50005


def test_throttle_bits_come_from_vcgencmd_where_sys_has_none(tmp_path):
    assert heat.throttled(tmp_path, program(tmp_path / "vcgencmd", "throttled=0x20000")) == 0x20000


@pytest.mark.parametrize(("answer", "status"), [("VCHI initialization failed", 0), ("throttled=0x0", 1)])
def test_a_vcgencmd_that_cannot_tell_tells_nothing(tmp_path, answer, status):
    assert heat.throttled(tmp_path, program(tmp_path / "vcgencmd", answer, status)) is None


def test_without_sys_and_vcgencmd_nothing_is_told(tmp_path):
    assert heat.throttled(tmp_path, "no-such-program") is None


def test_all_eight_bits_have_words():
    assert len(heat.THROTTLE_BITS) == 8
    assert heat.throttle_words(0xF000F) == list(heat.THROTTLE_BITS.values())
    assert heat.throttle_words(0x50000) == ["the supply voltage was too low", "the processor was throttled"]
    assert heat.throttle_words(0) == []


def test_the_state_folder_is_systemds_else_the_persons(tmp_path, monkeypatch):
    monkeypatch.setenv("STATE_DIRECTORY", "/var/lib/squat-mirror:/var/lib/other")
    assert folders.state_folder() == Path("/var/lib/squat-mirror")
    monkeypatch.delenv("STATE_DIRECTORY")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    assert folders.state_folder() == tmp_path / "squat-mirror"
