"""Home Assistant finds a station by itself: what is announced is what its documentation asks for."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mirror import __version__
from mirror.coach.feedback import Light, State, nothing
from mirror.coach.words import words
from mirror.mqtt.home_assistant import ENTITIES, device_id, discovery
from mirror.mqtt.setup import setup_for
from mirror.mqtt.station import Publisher
from mirror.mqtt.topics import MirrorHealth, Payload, Topics, health_payload, state_payload
from mirror.settings import Settings

RACK = Topics("squat-mirror", "Rack 3")
TOPIC = re.compile(r"homeassistant/(sensor|binary_sensor)/[a-zA-Z0-9_-]+/[a-zA-Z0-9_-]+/config")
"""Where it looks, and of which letters ids may be."""
OF_EVERY = {
    "name", "unique_id", "state_topic", "value_template", "availability_topic", "payload_available",
    "payload_not_available", "device", "origin", "entity_category", "icon", "device_class",
}  # fmt: skip
OPTIONS = {
    "sensor": OF_EVERY | {"options", "state_class", "unit_of_measurement", "suggested_display_precision"},
    "binary_sensor": OF_EVERY | {"payload_on", "payload_off"},
}
DEVICE = {"identifiers", "name", "manufacturer", "model", "sw_version"}
CLASSES = {"sensor": {"enum", "temperature", None}, "binary_sensor": {"connectivity"}}
TEMPLATE = re.compile(r"\{\{ value_json\.(\w+) \}\}")


def announced(topics: Topics = RACK) -> dict[str, Payload]:
    return discovery(topics, "homeassistant")


def test_what_is_announced_is_state_squats_off_track_light_temperature_and_online() -> None:
    assert [topic.split("/")[3] for topic in announced()] == [
        "state", "reps", "off_track", "light", "temperature", "online",
    ]  # fmt: skip


@pytest.mark.parametrize(("topic", "config"), announced().items(), ids=lambda one: str(one).split("/")[-2:])
def test_a_config_has_only_fields_that_are_documented_and_the_needed_ones(
    topic: str, config: Payload
) -> None:
    found = TOPIC.fullmatch(topic)
    assert found
    kind = found[1]
    assert config.keys() <= OPTIONS[kind]
    assert config["device"].keys() <= DEVICE
    assert config["device"]["identifiers"], "a device is known by its identifiers"
    assert config["origin"] == {"name": "Squat Mirror", "sw_version": __version__}
    assert config.get("device_class") in CLASSES[kind]
    assert config.get("entity_category") in (None, "diagnostic")
    if config.get("device_class") == "enum":
        assert config["options"]
        assert not {"state_class", "unit_of_measurement"} & config.keys(), "an enum has neither"
    if "state_class" in config:
        assert config["state_class"] in ("measurement", "total_increasing")
        assert config["unit_of_measurement"]


def test_every_template_finds_its_value_in_what_is_sent() -> None:
    health = health_payload("Rack 3", 0.0, 0.0, MirrorHealth(61.0, None, 0, 0))
    state = state_payload("Rack 3", 0.0, replace(nothing(0.0, State.READY), reps_done=3), 1, "")
    sent = {RACK.state: state, RACK.health: health}
    values = {}
    for topic, config in announced().items():
        key = topic.split("/")[3]
        if key == "online":
            assert config["state_topic"] == RACK.online
            assert (config["payload_on"], config["payload_off"]) == ("1", "0")
            continue
        found = TEMPLATE.fullmatch(config["value_template"])
        assert found
        values[key] = sent[config["state_topic"]][found[1]]
        assert (config["availability_topic"], config["payload_available"]) == (RACK.online, "1")
    assert values == {"state": "ready", "reps": 3, "off_track": 0, "light": "off", "temperature": 61.0}


def test_every_state_and_light_is_among_the_options() -> None:
    options = {entity.key: entity.how.get("options") for entity in ENTITIES}
    assert options["state"] == [state.value for state in State]
    assert options["light"] == [light.value for light in Light]


@given(st.lists(st.text(max_size=60), min_size=2, max_size=6, unique=True))
def test_every_station_is_a_device_of_its_own_whatever_its_name(names: list[str]) -> None:
    stations = [Topics("gym", name) for name in names]
    assert len({device_id(station) for station in stations}) == len(names)
    for station in stations:
        ids = [config["unique_id"] for config in announced(station).values()]
        assert len(set(ids)) == len(ids)
        assert all(TOPIC.fullmatch(topic) for topic in announced(station))


def test_a_station_announces_itself_once_and_only_where_it_is_asked_to() -> None:
    kept: list[tuple[str, bool, int]] = []

    class Sent:
        def keep(self, message, *, newest_only):
            kept.append((message.topic, message.retain, message.qos))
            json.loads(message.payload)

    publisher = Publisher(RACK, Sent(), words("en"))  # type: ignore[arg-type]
    kept.clear()
    publisher.announce("homeassistant")
    assert [topic for topic, *_ in kept] == list(announced())
    assert {(retain, qos) for _, retain, qos in kept} == {(True, 1)}


def test_nothing_is_announced_unless_the_settings_ask_for_it() -> None:
    pytest.importorskip("paho")
    told = {"broker": "broker:1883"}
    for mqtt, prefix in ((told, ""), ({**told, "home_assistant": "homeassistant"}, "homeassistant")):
        setup = setup_for(Settings.model_validate({"mqtt": mqtt}))
        assert setup is not None
        assert setup.discovery == prefix
