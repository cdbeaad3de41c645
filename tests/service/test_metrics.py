"""Metrics: a whole file or none, numbers as they are, and a disk that refuses is no matter for a mirror."""

from __future__ import annotations

import errno
import logging
import os
import threading
from dataclasses import replace
from pathlib import Path

import pytest
from coach.readings import rep
from patience import PATIENCE_S

from mirror.camera.mailbox import Mailbox
from mirror.coach.feedback import Light, State, nothing
from mirror.doctor import computer as this_computer
from mirror.files import writing
from mirror.knees.reading import Verdict
from mirror.service import metrics
from mirror.service.metrics import Metrics, RepCount, Snapshot, metrics_for
from mirror.service.throttling import Health, HealthWatch
from mirror.station.tally import Tally
from mirror.station.upkeep import Upkeep
from mirror.stopwatch import Laps, Took

parser = pytest.importorskip("prometheus_client.parser")

A_HOT_EVENING = Snapshot(
    judged=900,
    rested=50,
    dropped=7,
    stages={"invoke": Took(11.5, 14.25, 900), "knees": Took(0.5, 0.75, 900)},
    health=Health(76.5, 0x50004),
    effort=1,
    steps_down=2,
    camera_reopened=3,
    store_dropped=4,
    mqtt_dropped=5,
    mqtt_connected=True,
    reps={"good": 8, "off_track": 2},
)


def read(path: Path) -> dict[str, float]:
    """Every sample, by its name with its labels as Prometheus writes them."""
    found = {}
    for family in parser.text_string_to_metric_families(path.read_text("utf-8")):
        assert family.documentation.endswith(".")
        for sample in family.samples:
            labels = ",".join(f"{name}={value}" for name, value in sorted(sample.labels.items()))
            found[sample.name.removeprefix("squat_mirror_") + (f"{{{labels}}}" if labels else "")] = (
                sample.value
            )
    return found


def test_everything_is_told_in_prometheuss_own_form(tmp_path):
    told = Metrics(tmp_path / "mirror.prom", lambda: A_HOT_EVENING)
    told.write()
    found = read(tmp_path / "mirror.prom")
    assert found["frames_total{outcome=judged}"] == 900
    assert found["frames_total{outcome=rested}"] == 50
    assert found["frames_total{outcome=dropped}"] == 7
    assert found["stage_milliseconds{quantile=0.5,stage=invoke}"] == 11.5
    assert found["stage_milliseconds{quantile=0.95,stage=knees}"] == 0.75
    assert found["temperature_celsius"] == 76.5
    assert found["throttle{what=throttled,when=now}"] == 1
    assert found["throttle{what=throttled,when=since_power_on}"] == 1
    assert found["throttle{what=under_voltage,when=now}"] == 0
    assert found["throttle{what=under_voltage,when=since_power_on}"] == 1
    assert sum(name.startswith("throttle{") for name in found) == 8
    assert (found["effort_step"], found["effort_steps_down_total"]) == (1, 2)
    assert found["camera_reopened_total"] == 3
    assert found["store_dropped_total"] == 4
    assert (found["mqtt_dropped_total"], found["mqtt_connected"]) == (5, 1)
    assert found["repetitions_total{verdict=good}"] == 8
    assert found["repetitions_total{verdict=unknown}"] == 0
    assert sum(name.startswith("build_info{") for name in found) == 1


def test_a_computer_that_tells_no_heat_has_none_in_its_metrics(tmp_path):
    Metrics(tmp_path / "mirror.prom", lambda: Snapshot(health=Health(55.0, None))).write()
    assert not any(name.startswith("throttle") for name in read(tmp_path / "mirror.prom"))
    Metrics(tmp_path / "mirror.prom", Snapshot).write()
    assert not any(name.startswith("temperature") for name in read(tmp_path / "mirror.prom"))


def test_poses_a_second_are_those_since_the_last_time(tmp_path, monkeypatch):
    seen, now = [replace(A_HOT_EVENING)], [100.0]
    monkeypatch.setattr(metrics.time, "monotonic", lambda: now[0])
    told = Metrics(tmp_path / "mirror.prom", lambda: seen[0])
    told.write()
    assert "poses_per_second" not in read(tmp_path / "mirror.prom")
    seen[0], now[0] = replace(seen[0], judged=1200), 115.0
    told.write()
    assert read(tmp_path / "mirror.prom")["poses_per_second"] == 20.0


def test_the_file_is_whole_or_not_there_and_everybody_may_read_it(tmp_path):
    before = os.umask(0o027)
    try:
        Metrics(tmp_path / "mirror.prom", lambda: A_HOT_EVENING).write()
    finally:
        os.umask(before)
    assert [path.name for path in tmp_path.iterdir()] == ["mirror.prom"]
    assert (tmp_path / "mirror.prom").stat().st_mode & 0o777 == 0o644


def test_a_disk_that_refuses_is_said_once_and_when_it_is_well_again(tmp_path, caplog):
    folder = tmp_path / "not there yet"
    told = Metrics(folder / "mirror.prom", lambda: A_HOT_EVENING)
    with caplog.at_level(logging.WARNING):
        for _ in range(3):
            told.write()
        folder.mkdir()
        told.write()
        told.write()
    assert [record.getMessage() for record in caplog.records] == [
        f"metrics: {folder / 'mirror.prom'} cannot be written (No such file or directory)",
        f"metrics: {folder / 'mirror.prom'} is written again",
    ]


def test_a_full_disk_leaves_the_last_whole_file(tmp_path, caplog, monkeypatch):
    told = Metrics(tmp_path / "mirror.prom", lambda: A_HOT_EVENING)
    told.write()
    whole = (tmp_path / "mirror.prom").read_text("utf-8")

    def full(handle: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(writing.os, "fsync", full)
    told.write()
    told.write()
    assert (tmp_path / "mirror.prom").read_text("utf-8") == whole
    (record,) = caplog.records
    assert "cannot be written (No space left on device)" in record.getMessage()


def test_what_is_no_file_of_metrics_stays_as_it_is(tmp_path, caplog):
    for name, content in (("precious.txt", "precious"), ("node.prom", "# HELP node_load1 Load.\n")):
        path = tmp_path / name
        path.write_text(content, "utf-8")
        told = Metrics(path, lambda: A_HOT_EVENING)
        told.write()
        told.write()
        assert path.read_text("utf-8") == content
        (record,) = caplog.records
        assert record.getMessage() == (
            f"metrics: {path} cannot be written (something else is there, and stays)"
        )
        assert this_computer.metrics(str(path)).level == "warning"
        caplog.clear()
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    Metrics(pipe, lambda: A_HOT_EVENING).write()
    assert pipe.is_fifo()


def test_older_metrics_and_an_empty_file_are_written_over(tmp_path):
    path = tmp_path / "mirror.prom"
    path.touch()
    for _ in range(2):
        Metrics(path, lambda: A_HOT_EVENING).write()
    assert read(path)["effort_step"] == 1


def test_it_is_written_by_a_thread_of_its_own_until_the_end(tmp_path):
    asked, by = threading.Event(), []

    def look() -> Snapshot:
        by.append(threading.current_thread().name)
        if by.count("metrics") >= 2:
            asked.set()
        return A_HOT_EVENING

    told = Metrics(tmp_path / "mirror.prom", look, every_s=0.01)
    told.start()
    assert asked.wait(PATIENCE_S)
    told.close(PATIENCE_S)
    told.close()
    assert not told._thread.is_alive()
    assert read(tmp_path / "mirror.prom")["effort_step"] == 1


def test_repetitions_are_counted_by_their_worse_leg_and_not_while_paused():
    count, squatting = RepCount(), nothing(0.0, State.SQUATTING)
    count.write(1.0, squatting, rep(1, Verdict.GOOD, Verdict.OFF_TRACK))
    count.write(2.0, squatting, rep(2, Verdict.UNKNOWN, Verdict.GOOD))
    count.write(3.0, squatting, None)
    count.write(4.0, nothing(4.0, State.PAUSED), rep(3))
    count.light(5.0, Light.GOOD)
    assert dict(count.by_verdict) == {"off_track": 1, "unknown": 1}


def test_a_station_tells_what_its_parts_know(tmp_path):
    """What the eyes, the mailbox, the camera and the watch over heat say ends up in the file."""

    class Eyes:
        tally, laps = Tally(judged=30, rested=4), Laps()

    mailbox, watch = Mailbox(), HealthWatch()
    Eyes.laps.mark("invoke")
    upkeep = Upkeep(health=watch, metrics=str(tmp_path / "mirror.prom"))
    upkeep.sees(Eyes(), mailbox)
    watch.take(5.0, Health(80.0, 1 << 2))
    upkeep.camera_lost("no picture came.")
    upkeep.camera_back("the webcam")
    upkeep.write(1.0, nothing(1.0, State.SQUATTING), rep(1))
    assert upkeep._metrics is not None
    upkeep._metrics.write()
    found = read(tmp_path / "mirror.prom")
    assert found["frames_total{outcome=judged}"] == 30
    assert found["frames_total{outcome=rested}"] == 4
    assert "stage_milliseconds{quantile=0.5,stage=invoke}" in found
    assert (found["temperature_celsius"], found["effort_step"], found["effort_steps_down_total"]) == (
        80,
        1,
        1,
    )
    assert found["throttle{what=throttled,when=now}"] == 1
    assert found["camera_reopened_total"] == 1
    assert found["repetitions_total{verdict=good}"] == 1
    upkeep.close()


def test_without_a_file_or_the_library_there_are_none_and_the_mirror_goes_on(monkeypatch, caplog, tmp_path):
    assert metrics_for(" ", Snapshot) is None
    assert caplog.text == ""
    assert this_computer.metrics("").level == "ok"
    assert this_computer.metrics(str(tmp_path / "mirror.prom")).level == "ok"
    assert this_computer.metrics(str(tmp_path / "no" / "mirror.prom")).level == "warning"
    monkeypatch.setattr(metrics.importlib.util, "find_spec", lambda name: None)
    assert metrics_for(str(tmp_path / "mirror.prom"), Snapshot) is None
    (record,) = caplog.records
    assert "pip install 'squat-mirror[metrics]'" in record.getMessage()
    assert this_computer.metrics(str(tmp_path / "mirror.prom")).level == "warning"
