"""What Home Assistant needs to show a station by itself: one retained message for each thing there is to see.

Words and topics only; knows no broker. docs/mqtt.md has them all, and how to take a station away again.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass

from mirror import __version__
from mirror.coach.feedback import Light, State
from mirror.mqtt.topics import OFFLINE, ONLINE, Payload, Topics, level

NOT_IN_AN_ID = re.compile("[^a-z0-9]+")
LONGEST_ID = 32
"""Letters of a station's name in its id; a digest makes two of them differ."""


@dataclass(frozen=True, slots=True)
class Entity:
    """One thing to see. kind: of Home Assistant's. topic: of KINDS. value: its key in the JSON, "" for the
    message itself. how: what else Home Assistant wants to know."""

    key: str
    name: str
    kind: str
    topic: str
    value: str
    how: Payload


COUNTED: Payload = {"state_class": "total_increasing", "unit_of_measurement": "reps"}
"""It begins again with every set, which Home Assistant adds up."""
DIAGNOSTIC: Payload = {"entity_category": "diagnostic"}
ENTITIES = (
    Entity(
        "state",
        "State",
        "sensor",
        "state",
        "state",
        {"device_class": "enum", "options": [state.value for state in State], "icon": "mdi:human"},
    ),
    Entity("reps", "Squats", "sensor", "state", "reps", {**COUNTED, "icon": "mdi:counter"}),
    Entity("off_track", "Off track", "sensor", "state", "off_track", {**COUNTED, "icon": "mdi:alert"}),
    Entity(
        "light",
        "Light",
        "sensor",
        "state",
        "light",
        {"device_class": "enum", "options": [light.value for light in Light], "icon": "mdi:lightbulb"},
    ),
    Entity(
        "temperature",
        "Temperature",
        "sensor",
        "health",
        "temperature_c",
        {
            "device_class": "temperature",
            "unit_of_measurement": "°C",
            "state_class": "measurement",
            **DIAGNOSTIC,
        },
    ),
    Entity(
        "online",
        "Online",
        "binary_sensor",
        "online",
        "",
        {
            "device_class": "connectivity",
            "payload_on": ONLINE.decode(),
            "payload_off": OFFLINE.decode(),
            **DIAGNOSTIC,
        },
    ),
)


def device_id(topics: Topics) -> str:
    """A station's id among all devices of a house: letters, digits and _, another one for every station."""
    name = NOT_IN_AN_ID.sub("_", topics.station.lower()).strip("_")[:LONGEST_ID]
    digest = hashlib.sha256(f"{topics.prefix}/{level(topics.station)}".encode()).hexdigest()[:8]
    return "_".join(part for part in ("squat_mirror", name, digest) if part)


def discovery(topics: Topics, prefix: str) -> dict[str, Payload]:
    """What to keep at the broker, by topic. prefix: where Home Assistant looks, its own is homeassistant."""
    device = device_id(topics)
    return {
        f"{prefix}/{entity.kind}/{device}/{entity.key}/config": _config(topics, device, entity)
        for entity in ENTITIES
    }


def _config(topics: Topics, device: str, entity: Entity) -> Payload:
    config: Payload = {
        "name": entity.name,
        "unique_id": f"{device}_{entity.key}",
        "state_topic": topics.of(entity.topic),
        **entity.how,
        "device": {
            "identifiers": [device],
            "name": topics.station,
            "manufacturer": "Squat Mirror",
            "model": "Squat Mirror",
            "sw_version": __version__,
        },
        "origin": {"name": "Squat Mirror", "sw_version": __version__},
    }
    if entity.value:
        config["value_template"] = f"{{{{ value_json.{entity.value} }}}}"
    if entity.topic != "online":
        config["availability_topic"] = topics.online
        config["payload_available"] = ONLINE.decode()
        config["payload_not_available"] = OFFLINE.decode()
    return config
