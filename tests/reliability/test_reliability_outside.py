"""What a whole mirror tells the outside, and what it does when nobody outside is there: it goes on."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import simulate
from broker import Broker, Held, Listener
from reliability.test_reliability_store import fill, small_disk, unmount
from reliability.whole_mirror import PATIENCE_S, WholeMirror, squats

from mirror.camera.recording import RecordingSource, load
from mirror.mqtt import topics
from mirror.mqtt.station import mqtt_for
from mirror.service.metrics import Metrics, Snapshot
from mirror.settings import Settings
from mirror.station.station import Station
from mirror.station.upkeep import Upkeep

pytest.importorskip("paho")
pytest.importorskip("amqtt")
DEMO = Path(__file__).resolve().parents[2] / "mirror" / "demo" / "demo.mp4"
HEALTH = ("version", "started", "temperature_c", "throttled", "incidents", "effort")
"""What the mirror tells of itself, not of anybody."""
ALLOWED = {
    *HEALTH,
    *(
        "schema",
        "station",
        "t",
        "set",
        "reps",
        "n",
        "state",
        "light",
        "left",
        "right",
        "verdict",
        "cue",
        "note",
        "note_key",
        "note_why",
    ),
    *(
        "good",
        "caution",
        "off_track",
        "unknown",
        "depth_deg",
        "depth_label",
        "deviation_deg",
        "inside_own_track_deg",
    ),
    *("sentences", "patterns"),
}
"""Every name there may be in what a station says: a new one is to be thought about here first."""
RACK = "squat-mirror/Rack%203"


def mirror_on(folder: Path, camera: Path, port: int, **more: str) -> WholeMirror:
    """A mirror called Rack 3 that tells the broker on this port."""
    environment = {
        "SQUAT_MIRROR_MQTT__BROKER": f"127.0.0.1:{port}",
        "SQUAT_MIRROR_COACH__STATION": "Rack 3",
        **more,
    }
    return WholeMirror(folder, "--camera", str(camera), screen="none", **environment)


@pytest.fixture
def visit(tmp_path) -> Path:
    """Somebody squats for three minutes."""
    path = tmp_path / "visit.npz"
    simulate.save_recording(squats(45), path)
    return path


def only_what_is_allowed(payload: dict[str, Any]) -> None:
    """States, counts, degrees and sentences, by an allowed name each; no list of numbers among them."""
    assert set(payload) <= ALLOWED
    for key, value in payload.items():
        several = value if isinstance(value, list) else [value]
        for each in several:
            if isinstance(each, dict):
                only_what_is_allowed(each)
            else:
                assert each is None or isinstance(each, str | int | float), key
                assert isinstance(each, str) or each is value, key


def test_a_whole_demo_run_tells_what_it_logs_and_nothing_but_counts_degrees_and_states(tmp_path):
    with Broker(tmp_path) as broker, Listener(broker.port) as listener:
        with mirror_on(tmp_path, DEMO, broker.port) as mirror:
            assert mirror.process.wait(PATIENCE_S) == 0
            assert "Traceback" not in mirror.said
        listener.until("it said good-bye", lambda: listener.newest("online") == 0)
        listener.until("its set", lambda: listener.of("set"))
        listener.until("its summary", lambda: listener.newest("state").get("state") == "summary")
        heard = list(listener.heard)
    reps = listener.of("rep")
    logged = mirror.events("rep")
    assert len(reps) == len(logged) >= 6
    for told, event in zip(reps, logged, strict=True):
        for side in ("left", "right"):
            assert told[side]["verdict"] == event[side]["verdict"]
            assert told[side]["deviation_deg"] == pytest.approx(event[side]["deviation_deg"], abs=0.051)
    (over,) = listener.of("set")
    assert len(over["reps"]) == len(reps)
    (summary,) = mirror.events("summary")
    assert over["sentences"][:2] == [summary["headline"], summary["sentence"]]
    states = [told["state"] for told in listener.of("state")]
    assert {"calibrating", "squatting", "summary"} <= set(states)
    assert max(told["reps"] for told in listener.of("state")) == len(reps)
    for topic, payload, *_ in heard:
        assert topic.rpartition("/")[0] == RACK
        kind = topic.rpartition("/")[2]
        if kind == "online":
            assert payload in (topics.ONLINE, topics.OFFLINE)
        else:
            only_what_is_allowed(json.loads(payload))
    assert mirror.said.count("mqtt: ") == 1, mirror.said


def test_a_broker_killed_in_the_middle_of_a_set_is_no_matter_and_knows_all_when_it_is_back(visit, tmp_path):
    with Broker(tmp_path) as broker, mirror_on(tmp_path, visit, broker.port) as mirror:
        with Listener(broker.port) as listener:
            listener.until("a repetition", lambda: listener.of("rep"))
        broker.kill()
        mirror.wait_until("it is missed", lambda: "is lost; the mirror goes on" in mirror.said)
        done = len(mirror.events("rep"))
        mirror.wait_until("the mirror goes on", lambda: len(mirror.events("rep")) > done)
        broker.start()
        with Listener(broker.port) as listener:
            listener.until("a repetition again", lambda: listener.of("rep"))
            listener.until("that it is there", lambda: listener.newest("online") == 1)
            listener.until("those before", lambda: listener.newest("state").get("reps", 0) >= done)
            code, _ = mirror.terminate()
            assert code == 0
            listener.until("the good-bye", lambda: listener.newest("online") == 0)
            listener.until("the set that was cut short", lambda: listener.of("set"))
        assert "Traceback" not in mirror.said
        assert [line.split(" ", 2)[2] for line in mirror.said.splitlines() if line.startswith("mqtt: ")] == [
            f"is told of {RACK}/...",
            "is lost; the mirror goes on and tries again",
            "is back",
        ]


def test_a_broker_that_is_never_there_is_said_once_and_the_mirror_judges(visit, tmp_path):
    with Held() as port, mirror_on(tmp_path, visit, port) as mirror:
        mirror.wait_until("two repetitions are judged", lambda: len(mirror.events("rep")) >= 2)
        code, _ = mirror.terminate()
        assert code == 0
        (line,) = [line for line in mirror.said.splitlines() if line.startswith("mqtt: ")]
        assert "cannot be reached (Connection refused); the mirror goes on and tries again" in line
        assert "Traceback" not in mirror.said


def test_a_mirror_that_is_killed_is_told_to_be_gone_by_its_last_will(visit, tmp_path):
    with (
        Broker(tmp_path) as broker,
        Listener(broker.port) as listener,
        mirror_on(tmp_path, visit, broker.port) as mirror,
    ):
        listener.until("it is there", lambda: listener.newest("online") == 1)
        mirror.process.kill()
        listener.until("it is gone", lambda: listener.newest("online") == 0)


@pytest.mark.parametrize(
    ("broker", "says"),
    [
        ("mqtt://broker", "mqtt: [mqtt] broker: 'mqtt://broker' must be a host or host:port"),
        ("127.0.0.1:99999", "mqtt: [mqtt] broker: '99999' is no port"),
        ("no-such-host.invalid", "mqtt: no-such-host.invalid:1883 cannot be reached"),
    ],
)
def test_a_broker_that_cannot_be_is_one_line_and_the_mirror_judges(broker, says, visit, tmp_path):
    with mirror_on(tmp_path, visit, 1, SQUAT_MIRROR_MQTT__BROKER=broker) as mirror:
        mirror.wait_until("a repetition is judged", lambda: mirror.events("rep"))
        mirror.wait_until("it is said", lambda: "mqtt: " in mirror.said)
        assert mirror.terminate()[0] == 0
        (line,) = [line for line in mirror.said.splitlines() if line.startswith("mqtt: ")]
        assert line.startswith(says)


def test_a_station_in_a_class_shows_the_timer_of_the_board(visit, tmp_path):
    chosen = {
        "coach": {"mode": "class", "class_work_s": 40.0, "station": "Rack 3"},
        "lights": {"kind": "mock"},
    }
    with Broker(tmp_path) as broker, Listener(broker.port) as coach:
        timer = topics.ClassTimer(1_000_000.0, 3600.0)
        topic = topics.timer_topic("squat-mirror")
        coach.client.publish(topic, topics.encoded(timer.payload()), qos=1, retain=True)
        settings = Settings.model_validate({**chosen, "mqtt": {"broker": broker.address}})
        source = RecordingSource(load(visit), pace=True)
        stop = threading.Event()
        station = Station(settings, source, "a visit", None, stop, None, Upkeep(mqtt=mqtt_for(settings)))
        with station.running():
            shown = lambda: station.eyes.feedback.clock  # noqa: E731
            coach.until("its own or the class's", lambda: coach.of("state"))
            until("the class's timer shows", lambda: (clock := shown()) and clock.length_s == 3600.0)
            coach.client.publish(topic, topics.encoded(topics.ClassTimer(None, 3600.0).payload()), qos=1)
            until("its own shows again", lambda: (clock := shown()) and clock.length_s == 40.0)


def until(what: str, holds: Callable[[], object]) -> None:
    deadline, tick = time.monotonic() + PATIENCE_S, threading.Event()
    while not holds():
        assert time.monotonic() < deadline, f"never {what}"
        tick.wait(0.02)


def test_metrics_on_a_full_disk_are_one_warning_and_the_mirror_goes_on(tmp_path, caplog):
    disk = small_disk(tmp_path / "disk")
    if disk is None:
        pytest.skip("this user may not mount a small disk")
    try:
        told = Metrics(disk / "mirror.prom", lambda: Snapshot(judged=1))
        told.write()
        whole = (disk / "mirror.prom").read_text("utf-8")
        fill(disk / "filler")
        told.write()
        told.write()
        assert (disk / "mirror.prom").read_text("utf-8") == whole
        assert sorted(path.name for path in disk.iterdir()) == ["filler", "mirror.prom"]
        (disk / "filler").unlink()
        told.write()
    finally:
        unmount(disk)
    assert [record.getMessage() for record in caplog.records] == [
        f"metrics: {disk / 'mirror.prom'} cannot be written (No space left on device)",
        f"metrics: {disk / 'mirror.prom'} is written again",
    ]
