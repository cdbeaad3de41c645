"""docs/schemas both ways: what is sent fits its schema, and what a schema names is sent by something."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from coach.readings import CAUTION, GOOD, OFF, UNKNOWN, Visit

from mirror.board.timer import Timer
from mirror.coach.feedback import Light, State, nothing
from mirror.coach.lines import line
from mirror.coach.words import words
from mirror.knees.reading import Rep
from mirror.knees.reasons import Reason, Why
from mirror.mqtt.connection import Message
from mirror.mqtt.station import Publisher
from mirror.mqtt.topics import KINDS, MirrorHealth, Payload, Topics

jsonschema = pytest.importorskip("jsonschema")

FOLDER = Path(__file__).parents[2] / "docs" / "schemas"
JSON_KINDS = [kind for kind in KINDS if kind != "online"] + ["health"]
TOPICS = Topics("squat-mirror", "Rack 3")
NOW = 1_800_000_000.126


def schema(kind: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((FOLDER / f"{kind}.json").read_text("utf-8"))
    return found


class Sent:
    """Everything a station says, in place of what hands it to a broker."""

    def __init__(self) -> None:
        self.messages: list[Message] = []

    def put(self, message: Message) -> None:
        self.messages.append(message)

    def keep(self, message: Message, *, newest_only: bool) -> None:
        assert message.retain
        self.messages.append(message)


class Told(Visit):
    """A visit that a publisher is told of."""

    publisher: Publisher

    def _step(self, rep_now: Rep | None = None, **how: object) -> Any:
        said = super()._step(rep_now, **how)
        self.publisher.write(self.t, self.feedback, rep_now)
        return said


@pytest.fixture(scope="module")
def said() -> dict[str, list[Payload]]:
    """What a station says on a long day, by kind."""
    sent = Sent()
    publisher = Publisher(TOPICS, sent, words("en"), now=lambda: NOW)  # type: ignore[arg-type]
    visit = Told()
    visit.publisher = publisher
    visit.stays(3)
    for left, right in ((GOOD, GOOD), (OFF, CAUTION), (OFF, OFF), (UNKNOWN, GOOD), (OFF, GOOD)):
        visit.squats(left, right)
    visit.stays(8)
    for state in State:
        publisher.write(0.0, nothing(0.0, state), None)
    told = replace(nothing(0.0, State.READY), note=line("note.unknown", reason=Reason(Why.NOBODY)))
    publisher.write(0.0, told, None)
    for light in Light:
        publisher.light(0.0, light)
    publisher.camera_lost("No picture from the camera.")
    publisher.health(MirrorHealth(61.234, False, 0, 0))
    publisher.health(MirrorHealth(None, None, 2, 3))
    by_kind: dict[str, list[Payload]] = {kind: [] for kind in JSON_KINDS}
    for message in sent.messages:
        by_kind[message.topic.rpartition("/")[2]].append(json.loads(message.payload))
    by_kind["timer"] = list(timers())
    return by_kind


def timers() -> Iterator[Payload]:
    running = Timer(work_s=40.0, rest_s=20.0, rounds=3).start(NOW)
    for timer in (running, running.pause(NOW + 7), running.stop(), replace(running, rounds=None)):
        yield timer.payload()


@pytest.mark.parametrize("kind", [*JSON_KINDS, "timer"])
def test_everything_a_station_says_fits_its_schema(said: dict[str, list[Payload]], kind: str) -> None:
    validator = jsonschema.Draft202012Validator(schema(kind))
    assert said[kind]
    for payload in said[kind]:
        validator.validate(payload)


@pytest.mark.parametrize("kind", [*JSON_KINDS, "timer"])
def test_everything_a_schema_names_is_said_and_nothing_else_is(
    said: dict[str, list[Payload]], kind: str
) -> None:
    told = {path for payload in said[kind] for path in paths(payload)}
    assert told == set(named(schema(kind), schema(kind)))


@pytest.mark.parametrize("kind", [*JSON_KINDS, "timer"])
def test_every_value_a_schema_lists_is_said_by_something(said: dict[str, list[Payload]], kind: str) -> None:
    for key, rule in schema(kind)["properties"].items():
        values = {payload.get(key) for payload in said[kind] if not isinstance(payload.get(key), list | dict)}
        if "enum" in rule and key in ("state", "light"):
            assert values == set(rule["enum"]), key
        if "null" in rule.get("type", ()) and kind != "rep":
            assert None in values, f"{key} is never null"
            assert values != {None}, f"{key} is always null"


def test_a_message_that_is_wrong_is_refused() -> None:
    """A schema that takes everything would prove nothing."""
    good = json.loads(
        json.dumps({"schema": 1, "station": "a", "t": 1.0, "version": "1", "started": 1.0, "throttled": None})
    ) | {"temperature_c": 50.0, "effort": 0, "incidents": 0}
    validator = jsonschema.Draft202012Validator(schema("health"))
    validator.validate(good)
    for wrong in ({"effort": 3}, {"temperature_c": "50"}, {"incidents": -1}, {"schema": 2}):
        assert not validator.is_valid(good | wrong), wrong
    assert not validator.is_valid({key: value for key, value in good.items() if key != "version"})


def test_there_is_a_schema_for_every_topic_and_the_page_names_it() -> None:
    page = (FOLDER.parent / "mqtt.md").read_text("utf-8")
    files = {path.stem for path in FOLDER.glob("*.json")}
    assert files == {*JSON_KINDS, "timer"}
    for name in files:
        jsonschema.Draft202012Validator.check_schema(schema(name))
        assert f"(schemas/{name}.json)" in page
        for key in schema(name)["properties"]:
            assert f"`{key}`" in page, f"{name}: {key}"


def paths(value: Any, at: str = "") -> Iterator[str]:
    """Every key with those it lies in, "reps[].left.verdict"."""
    if isinstance(value, dict):
        for key, inside in value.items():
            yield f"{at}.{key}"
            yield from paths(inside, f"{at}.{key}")
    elif isinstance(value, list):
        for inside in value:
            yield from paths(inside, f"{at}[]")


def named(rule: dict[str, Any], whole: dict[str, Any], at: str = "") -> Iterator[str]:
    """The same of a schema."""
    if "$ref" in rule:
        rule = whole["$defs"][rule["$ref"].rpartition("/")[2]]
    for key, inside in rule.get("properties", {}).items():
        yield f"{at}.{key}"
        yield from named(inside, whole, f"{at}.{key}")
    if isinstance(rule.get("items"), dict):
        yield from named(rule["items"], whole, f"{at}[]")
