"""A station and a real broker: what arrives, what the broker keeps, and what happens while it is away."""

from __future__ import annotations

import json
import logging
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from broker import KINDS, MOSQUITTO, OPENSSL, PATIENCE_S, Broker, Held, Listener
from coach.readings import Visit

from mirror.coach.coach import Coach
from mirror.coach.feedback import Feedback, Light, State, nothing
from mirror.coach.rules import CoachRules
from mirror.coach.words import languages, words
from mirror.doctor.broker import mqtt as look
from mirror.knees.reading import Rep, Verdict
from mirror.knees.reasons import Why, because
from mirror.mqtt import connection, topics
from mirror.mqtt.connection import WAITING
from mirror.mqtt.outbox import QUEUE
from mirror.mqtt.station import Mqtt, TimerSubscriber, mqtt_for
from mirror.mqtt.topics import ClassTimer, MirrorHealth, encoded, timer_topic
from mirror.settings import Settings

pytest.importorskip("paho")
pytest.importorskip("amqtt")

STARTED: list[Mqtt] = []
RACK = "squat-mirror/Rack%203"


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Tries again after a second, and ends with its test whatever came of that."""
    monkeypatch.setattr(connection, "LONGEST_WAIT_S", 1)
    yield
    while STARTED:
        STARTED.pop().close()


def settings(
    address: str, mode: str = "standard", name: str = "Rack 3", language: str = "en", **mqtt: object
) -> Settings:
    station = {"station": name, "mode": mode, "language": language}
    return Settings.model_validate({"mqtt": {"broker": address, **mqtt}, "coach": station})


def started(address: str, mode: str = "standard", language: str = "en", **mqtt: object) -> Mqtt:
    told = mqtt_for(settings(address, mode, language=language, **mqtt))
    assert told is not None
    STARTED.append(told)
    told.start()
    return told


class Seen(Visit):
    """A visit that the broker is told of."""

    told: Mqtt

    def _step(self, rep_now: Rep | None = None, **how: object) -> Feedback:
        feedback = super()._step(rep_now, **how)
        self.told.write(self.t, feedback.value, rep_now)  # type: ignore[attr-defined]
        return feedback


def visit(told: Mqtt, mode: str = "standard") -> Seen:
    """Somebody stands there who will squat; `told` hears of it."""
    seen = Seen(CoachRules(mode=mode))
    seen.told = told
    return seen


def until(what: str, holds: Callable[[], object]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    tick = threading.Event()
    while not holds():
        assert time.monotonic() < deadline, f"never {what}"
        tick.wait(0.02)


def lines(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.getMessage().startswith("mqtt: ")]


def test_every_topic_arrives_and_what_is_to_stay_is_there_for_whoever_comes_later(broker):
    with Listener(broker.port) as listener:
        told = started(broker.address)
        listener.until("it is there", lambda: listener.newest("state"))
        seen = visit(told)
        seen.stays(3)
        seen.squats()
        seen.squats(Verdict.OFF_TRACK, Verdict.GOOD)
        seen.stays(8)
        listener.until("the set is over", lambda: listener.of("set"))
        listener.until("the summary shows", lambda: listener.newest("state").get("state") == "summary")
        first, second = listener.of("rep")
        assert (first["set"], first["n"], second["n"]) == (1, 1, 2)
        assert second["left"]["verdict"] == "off_track"
        state = listener.newest("state")
        assert (state["station"], state["set"], state["reps"]) == ("Rack 3", 1, 2)
        assert (state["good"], state["off_track"]) == (1, 1)
        (over,) = listener.of("set")
        assert [{**rep, "schema": 1, "station": "Rack 3", "set": 1} for rep in over["reps"]] == [
            first,
            second,
        ]
        assert over["sentences"][0] == "2 squats"
        assert {topic for topic, *_ in listener.heard} == {f"{RACK}/{kind}" for kind in topics.KINDS}
        for topic, _, _, qos in listener.heard:
            assert qos == 1 or topic.endswith("state")
    with Listener(broker.port) as late:
        late.until("it knows", lambda: late.of("set") and late.of("state") and late.of("online"))
        assert all(retained for *_, retained, _ in late.heard)
        assert late.of("rep") == []
        assert late.newest("set") == over
        assert late.newest("online") == 1
        told.close()
        late.until("it is gone", lambda: late.newest("online") == 0)
    with Listener(broker.port) as later:
        later.until("it knows", lambda: later.of("online"))
        assert later.newest("online") == 0


def test_home_assistant_finds_a_station_that_was_there_before_it(broker):
    told = started(broker.address, home_assistant="homeassistant")
    told.health(MirrorHealth(61.0, False, 0, 0))
    with Listener(broker.port, "homeassistant/#") as house:
        house.until("all of it is announced", lambda: len({topic for topic, *_ in house.heard}) == 6)
        assert all(topic.endswith("/config") for topic, *_ in house.heard)
        asks_for = {json.loads(payload)["state_topic"] for _, payload, *_ in house.heard}
        assert asks_for == {f"{RACK}/state", f"{RACK}/health", f"{RACK}/online"}
    with Listener(broker.port) as listener:
        listener.until("its health", lambda: listener.newest("health").get("temperature_c") == 61.0)
        told.close()


@pytest.mark.parametrize("language", languages())
def test_the_cue_is_told_by_its_key_in_any_language(language, broker):
    with Listener(broker.port) as listener:
        told = started(broker.address, language=language)
        seen = visit(told)
        seen.stays(3)
        listener.until("it is there", lambda: listener.of("state"))
        seen.squats(Verdict.OFF_TRACK, Verdict.OFF_TRACK)
        seen.squats(Verdict.OFF_TRACK, Verdict.OFF_TRACK)
        assert {said.cue for said in seen.said} - {""} == {words("en")("cue.knees_over_toes")}
        listener.until("the cue", lambda: listener.newest("state").get("cue") == "knees_over_toes")
        told.close()


@pytest.mark.parametrize("language", languages())
def test_a_note_is_told_in_words_and_by_its_key_with_the_reason_in_it(language, broker):
    with Listener(broker.port) as listener:
        told = started(broker.address, language=language)
        seen = visit(told)
        seen.stays(3, awaited=True, refused=because(Why.KNEE_WANDERED, side="left"))
        listener.until("the note", lambda: listener.newest("state").get("note_key") == "reference_refused")
        say, state = words(language), listener.newest("state")
        assert state["note_why"] == "knee_wandered"
        assert state["note"] == say(
            "note.reference_refused", reason=say("why.knee_wandered", side=say("summary.left"))
        )
        told.close()


def test_in_a_class_sets_are_told_although_nobody_sees_a_summary(broker):
    with Listener(broker.port) as listener:
        told = started(broker.address, "class")
        listener.until("it is there", lambda: listener.newest("state"))
        seen = visit(told, "class")
        seen.stays(3)
        for _ in range(2):
            seen.squats()
            seen.squats()
            seen.stays(8)
        listener.until(
            "two sets", lambda: len(listener.of("rep")) == 4 and listener.newest("set").get("set") == 2
        )
        assert [(rep["set"], rep["n"]) for rep in listener.of("rep")] == [(1, 1), (1, 2), (2, 1), (2, 2)]
        assert [rep["n"] for rep in listener.newest("set")["reps"]] == [1, 2]
        listener.until(
            "the second set is over",
            lambda: (listener.newest("state")["set"], listener.newest("state")["reps"]) == (2, 0),
        )
        told.close()


def test_a_station_in_a_class_follows_the_timer_and_goes_back_to_its_own(broker):
    with Listener(broker.port) as coach:
        timer = ClassTimer(time.time(), 3000.0, 600.0, 2)
        topic = timer_topic("squat-mirror")
        coach.client.publish(topic, encoded(timer.payload()), qos=1, retain=True).wait_for_publish(PATIENCE_S)
        told = started(broker.address, "class")
        rules = CoachRules(mode="class", station="Rack 3", work_s=40.0, rest_s=20.0)
        mirror = Coach(rules, told.shared)
        until("it follows", lambda: told.shared() is not None)
        shown = mirror._clock.at(time.monotonic())
        assert (shown.length_s, shown.working) == (3000.0, True)
        assert shown.seconds_left is not None
        assert 2900 < shown.seconds_left <= 3000
        coach.client.publish(topic, b"no timer", qos=1)
        stopped = ClassTimer(None, 3000.0, 600.0, 2)
        coach.client.publish(topic, encoded(stopped.payload()), qos=1, retain=True)
        until("it stopped", lambda: told.shared() is None)
        assert mirror._clock.at(time.monotonic()).length_s == 40.0
        told.close()


def test_a_station_in_no_class_does_not_hear_the_timer(broker):
    with Listener(broker.port) as listener:
        timer = encoded(ClassTimer(1.0, 40.0).payload())
        listener.client.publish(timer_topic("squat-mirror"), timer, qos=1, retain=True)
        told = started(broker.address)
        listener.until("both are there", lambda: listener.of("state") and listener.of("timer"))
        visit(told).stays(3)
        listener.until("it speaks", lambda: listener.newest("state")["state"] == "ready")
        assert told.shared() is None
        told.close()


def test_the_timer_is_put_onto_the_frames_clock_and_nonsense_changes_nothing():
    unix, frames = [1_800_000_100.0], [50.0]
    follower = TimerSubscriber(lambda: unix[0], lambda: frames[0])
    assert follower.shared() is None
    follower.heard(encoded(ClassTimer(1_800_000_090.0, 40.0, 20.0, 3).payload()))
    follower.heard(b"\xff nonsense")
    shared = follower.shared()
    assert shared is not None
    assert (shared.zero_t, shared.work_s, shared.rest_s, shared.rounds) == (40.0, 40.0, 20.0, 3)
    unix[0] -= 5.0  # this station's clock was set by the network
    assert follower.shared() is not None
    assert follower.shared().zero_t == 45.0  # type: ignore[union-attr]
    follower.heard(b"")  # the topic was cleared
    assert follower.shared() is None


def test_a_camera_that_is_away_is_told_and_its_return_too(broker):
    with Listener(broker.port) as listener:
        told = started(broker.address)
        told.camera_lost("the webcam: no picture came.")
        told.light(1.0, Light.OFF)
        listener.until("the fault", lambda: listener.newest("state").get("state") == "fault")
        assert listener.newest("state")["note"] == "the webcam: no picture came."
        told.write(2.0, nothing(2.0, State.IDLE), None)
        listener.until("it is back", lambda: listener.newest("state")["state"] == "idle")
        assert listener.newest("state")["note"] is None
        told.close()


def test_a_broker_that_dies_and_comes_back_is_said_twice_and_knows_everything_again(broker, caplog):
    caplog.set_level(logging.INFO)
    with Listener(broker.port) as listener:
        told = started(broker.address)
        listener.until("it is there", lambda: listener.of("state"))
        seen = visit(told)
        seen.stays(3)
        seen.squats()
        seen.stays(8)
        listener.until("a set", lambda: listener.of("set"))
    broker.kill()
    until("it is lost", lambda: not told.connected)
    seen.stays(13)
    seen.squats()  # nobody hears this one
    assert told.dropped >= 1
    broker.start()
    with Listener(broker.port) as listener:
        listener.until(
            "all is said again", lambda: listener.of("set") and listener.of("state") and listener.of("online")
        )
        assert listener.newest("online") == 1
        assert listener.newest("set")["set"] == 1
        assert listener.newest("state")["set"] == 2
        seen.stays(8)
        listener.until("the next set", lambda: listener.newest("set").get("set") == 2)
        told.close()
    assert lines(caplog) == [
        f"mqtt: {broker.address} is told of {RACK}/...",
        f"mqtt: {broker.address} is lost; the mirror goes on and tries again",
        f"mqtt: {broker.address} is back",
    ]


def test_a_broker_that_is_never_there_is_said_once(caplog):
    with Held() as port:
        told = started(f"127.0.0.1:{port}")
        until("it was tried", lambda: lines(caplog))
        seen = visit(told)
        for _ in range(5):
            seen.squats()
        assert told.dropped == 5
        attempts = threading.Event()
        told._broker._client.on_pre_connect = lambda *_: attempts.set()
        assert attempts.wait(PATIENCE_S)  # it goes on trying
        told.close()
    (line,) = lines(caplog)
    assert "cannot be reached (Connection refused); the mirror goes on and tries again" in line


def test_a_broker_that_comes_late_is_found(tmp_path, caplog):
    held = Held()
    told = started(f"127.0.0.1:{held.port}")
    until("it was missed", lambda: lines(caplog))
    with Broker(tmp_path, port=held) as broker, Listener(broker.port) as listener:
        listener.until("it is there", lambda: listener.of("state"))
        told.close()
    assert [line.split(" ", 2)[2] for line in lines(caplog)] == [
        "cannot be reached (Connection refused); the mirror goes on and tries again",
        "is there",
    ]


@pytest.mark.parametrize("kind", KINDS)
def test_a_refused_password_is_said_once_and_a_right_one_is_let_in(kind, tmp_path, caplog):
    secret = tmp_path / "password"
    with Broker(tmp_path, kind, password=("rack", "right")) as broker:
        secret.write_text("wrong\n")
        login = {"username": "rack", "password_file": str(secret)}
        told = started(broker.address, **login)
        until("it is refused", lambda: lines(caplog))
        again = threading.Event()
        told._broker._client.on_pre_connect = lambda *_: again.set()
        assert again.wait(PATIENCE_S)
        visit(told).squats()
        told.close()
        (line,) = lines(caplog)
        assert "refuses this station" in line
        assert "see [mqtt] username and password_file" in line
        secret.write_text("right\n")
        told = started(broker.address, **login)
        with Listener(broker.port, password=("rack", "right")) as listener:
            listener.until("it is let in", lambda: listener.newest("online") == 1)
            told.close()


def test_a_broker_that_hangs_holds_nobody_up(tmp_path):
    with Broker(tmp_path) as broker:
        told = started(broker.address)
        until("it is there", lambda: told.connected)
        broker.hang()
        seen = visit(told)
        for _ in range(QUEUE + WAITING + 20):
            seen.squats(rest_s=0.1)
        until("the queue is full", lambda: told.dropped >= 1)
        told.close()  # nobody hears the good-bye
        broker.wake()


@pytest.mark.parametrize("names", [("架子一", "架子二"), ("Rack #1", "Rack +1")])
def test_one_stations_end_is_not_the_others_whatever_they_are_called(broker, names):
    where = [f"squat-mirror/{topics.level(name)}/online" for name in names]
    with Listener(broker.port) as listener:
        one, other = (started(broker.address, name=name) for name in names)
        listener.until("both are there", lambda: {topic for topic, *_ in listener.heard} >= set(where))
        one.close()
        listener.until("one said good-bye", lambda: 0 in listener.of("online"))
        assert other.connected
    with Listener(broker.port) as later:
        later.until("what is remembered", lambda: {topic for topic, *_ in later.heard} >= set(where))
        remembered = {topic: payload for topic, payload, *_ in later.heard if topic in where}
    assert remembered == {where[0]: topics.OFFLINE, where[1]: topics.ONLINE}


@pytest.mark.skipif(
    MOSQUITTO is None, reason="mosquitto is not installed, and amqtt keeps the last will here"
)
def test_two_connections_of_one_station_are_one_to_the_broker(tmp_path):
    """A power cut leaves the old connection open: the new one takes its place, its last will comes first."""
    with Broker(tmp_path, "mosquitto") as broker, Listener(broker.port) as listener:
        old = started(broker.address)
        listener.until("it is there", lambda: listener.newest("online") == 1)
        old._broker._client.reconnect_delay_set(3600, 3600)  # its computer is off
        new = started(broker.address)
        listener.until("it is there again", lambda: listener.of("online") == [1, 0, 1])
        new.close()
        old.close()


@pytest.mark.parametrize("encrypted_for", ["127.0.0.1", "somebody.else"])
def test_with_tls_only_a_broker_with_a_trusted_name_is_told(encrypted_for, tmp_path, monkeypatch, caplog):
    if MOSQUITTO is None or OPENSSL is None:
        pytest.skip("mosquitto or openssl is not installed")
    with Broker(tmp_path, "mosquitto", encrypted_for=encrypted_for) as broker:
        monkeypatch.setenv("SSL_CERT_FILE", str(broker.certificate))
        caplog.set_level(logging.INFO)
        told = started(broker.address, tls=True)
        until("it was tried", lambda: lines(caplog))
        told.close()
        found = look(settings(broker.address, tls=True), Path("none"))
    if encrypted_for == "127.0.0.1":
        assert lines(caplog) == [f"mqtt: {broker.address} is told of {RACK}/..."]
        assert found.level == "ok"
    else:
        (line,) = lines(caplog)
        assert "cannot be reached (IP address mismatch" in line
        assert (found.level, "mismatch" in found.says) == ("warning", True)


# -- the doctor


def test_the_doctor_says_that_nothing_is_told():
    assert (look(Settings()).level, look(Settings()).says) == ("ok", "off: nothing is told")


def test_the_doctor_reaches_the_broker_and_the_mirror_there_notices_nothing(broker, tmp_path):
    told = started(broker.address)
    with Listener(broker.port) as listener:
        listener.until("it is there", lambda: listener.newest("online") == 1)
        listener.forget()
        found = look(settings(broker.address), tmp_path / "no-unit")
        assert (found.level, found.do) == ("ok", "")
        assert found.says == f"{broker.address} is told of {RACK}/..."
        told.write(1.0, nothing(1.0, State.IDLE), None)
        listener.until("the mirror speaks", lambda: listener.newest("state").get("state") == "idle")
        assert 0 not in listener.of("online")
    assert told.connected
    told.close()


def test_the_doctor_says_what_to_do_about_a_broker_that_refuses(tmp_path):
    secret = tmp_path / "password"
    secret.write_text("wrong\n")
    login = {"username": "rack", "password_file": str(secret)}
    with Broker(tmp_path, password=("rack", "right")) as broker:
        found = look(settings(broker.address, **login), tmp_path / "no-unit")
        assert found.level == "fault"
        assert "refuses this station" in found.says
        assert "password_file" in found.do
        secret.write_text("right\n")
        secret.chmod(0o644)
        found = look(settings(broker.address, **login), tmp_path / "no-unit")
        assert (found.level, "anybody here may read" in found.says) == ("warning", True)
        secret.chmod(0o640)
        assert look(settings(broker.address, **login), tmp_path / "no-unit").level == "ok"


def test_the_doctor_says_what_to_do_about_a_broker_nobody_reaches(tmp_path):
    with Held() as port:
        found = look(settings(f"127.0.0.1:{port}"), tmp_path / "no-unit")
    assert (found.level, bool(found.do)) == ("warning", True)
    assert "cannot be reached (Connection refused)" in found.says


def test_the_doctor_does_not_wait_for_a_broker_that_says_nothing(tmp_path):
    from mirror.doctor.broker import ask
    from mirror.mqtt.setup import setup_for

    with Broker(tmp_path) as broker:
        broker.hang()
        setup = setup_for(settings(broker.address))
        assert setup is not None
        assert ask(setup, patience_s=0.3).kind == "unreachable"
        broker.wake()


def test_the_doctor_knows_a_service_without_a_network(tmp_path):
    unit = tmp_path / "squat-mirror.service"
    unit.touch()
    found = look(settings("127.0.0.1:1"), unit, tmp_path / "20-mqtt.conf")
    assert found.level == "fault"
    assert found.says.endswith("the service has no network")
    assert "--with-mqtt" in found.do


def test_the_doctor_tells_wrong_settings(tmp_path):
    found = look(settings("mqtt://broker"), tmp_path / "no-unit")
    assert found.level == "fault"
    assert "[mqtt] broker" in found.says
    assert json.dumps(found.do)
