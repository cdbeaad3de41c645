"""The doctor's look at the broker: one connection with the mirror's own name and password, let go at once.

Says nothing to the broker but who asks, so that a running mirror is not disturbed.
"""

from __future__ import annotations

import secrets
import sys
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mirror.doctor.finding import Finding
from mirror.faults import BadInput
from mirror.files.plain import in_home
from mirror.mqtt.connection import client_for, why_not
from mirror.mqtt.setup import BrokerSetup, setup_for
from mirror.settings import Settings

PATIENCE_S = 6.0
"""A broker that has not answered by then is not there for a mirror."""
UNIT = Path("/etc/systemd/system/squat-mirror.service")
DROP_IN = UNIT.with_name(f"{UNIT.name}.d") / "20-mqtt.conf"
FOR_OTHERS = 0o007


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of asking. kind: reachable, refused or unreachable. says: the broker's or system's words."""

    kind: str
    says: str = ""


def ask(setup: BrokerSetup, patience_s: float = PATIENCE_S) -> Answer:
    """Connect once and let go."""
    answered = threading.Event()
    answers: list[Answer] = []

    def answer(kind: str, says: object = "") -> None:
        answers.append(Answer(kind, str(says)))
        answered.set()

    def connected(client: Any, userdata: object, flags: object, reason: Any, properties: Any) -> None:
        answer("refused" if reason.is_failure else "reachable", reason)

    client = client_for(setup, f"squat-mirror-doctor-{secrets.token_hex(3)}")
    client.on_connect = connected
    client.on_connect_fail = lambda *_: answer("unreachable", why_not(sys.exc_info()[1]))
    client.on_disconnect = lambda *_: answer("unreachable", "it hung up")
    client.connect_async(setup.host, setup.port)
    client.loop_start()
    answered.wait(patience_s)
    client.disconnect()
    return answers[0] if answers else Answer("unreachable", "no answer")


def mqtt(settings: Settings, unit: Path = UNIT, drop_in: Path = DROP_IN) -> Finding:
    """Whether the broker is there and lets the mirror in. unit, drop_in: the installed service's files."""
    try:
        setup = setup_for(settings)
    except BadInput as wrong:
        return Finding("mqtt", "fault", str(wrong), "mend it in mirror.toml, or empty [mqtt] broker")
    if setup is None:
        return Finding("mqtt", "ok", "off: nothing is told")
    if unit.exists() and not drop_in.exists():
        do = "sudo scripts/install.sh --with-mqtt, or empty [mqtt] broker"
        return Finding("mqtt", "fault", f"{setup.address}: the service has no network", do)
    return _finding(setup, ask(setup), settings.mqtt.password_file)


def _finding(setup: BrokerSetup, answer: Answer, password_file: str) -> Finding:
    if answer.kind == "refused":
        do = "look at [mqtt] username and password_file, and at the broker's own users"
        return Finding("mqtt", "fault", f"{setup.address} refuses this station ({answer.says})", do)
    if answer.kind == "unreachable":
        do = (
            "look whether the broker runs and whether [mqtt] broker and tls are right; the mirror tries again"
        )
        return Finding("mqtt", "warning", f"{setup.address} cannot be reached ({answer.says})", do)
    says = f"{setup.address} is told of {setup.topics.of('...')}"
    if password_file and in_home(password_file).stat().st_mode & FOR_OTHERS:
        do = f"sudo chgrp squat-mirror {password_file} && sudo chmod 640 {password_file}"
        return Finding("mqtt", "warning", f"{says}; anybody here may read {password_file}", do)
    return Finding("mqtt", "ok", says)
