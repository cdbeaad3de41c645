"""One connection to a broker, kept alive in the background by paho.

Lost and refused ones are tried again with back-off; the log gets one line when it is lost and one when it is
back. Knows no payloads.
"""

from __future__ import annotations

import hashlib
import logging
import re
import secrets
import ssl
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mirror.mqtt.setup import BrokerSetup
from mirror.mqtt.steadiness import Steadiness
from mirror.mqtt.topics import OFFLINE, ONLINE, level
from mirror.service.containment import Report, logged

log = logging.getLogger(__name__)

FIRST_WAIT_S, LONGEST_WAIT_S = 1, 60
"""Between attempts to connect: doubled each time, as paho counts, in whole seconds."""
KEEPALIVE_S = 20
"""A broker that says nothing for one and a half of these is lost; it says the same of a station."""
CONNECT_S = 5.0
LONGEST_NAME = 64
"""Letters of a station's name in that of its connection; every broker takes letters, digits, - and _."""
UNSTEADY = (
    "is lost again and again, soon after it is there: another mirror may have this one's name and be a copy "
    "of its card (/etc/machine-id), or the broker throws it out"
)
WHO_LEFT_IT = "the broker may be told to keep none so large (docs/class.md)"
WAITING = 32
"""Messages handed to paho that the broker has not acknowledged; one more is refused."""


@dataclass(frozen=True, slots=True)
class Message:
    """Something to say. qos: 0 or 1. retain: the broker keeps it for whoever asks later."""

    topic: str
    payload: bytes
    qos: int = 0
    retain: bool = False


def this_station(setup: BrokerSetup) -> str:
    """The name of this station's connection: the same after a power cut, so that the broker lets the cut one
    go when the new one comes, and not half a minute later with a last will that is no longer true."""
    try:
        computer = Path("/etc/machine-id").read_bytes()
    except OSError:
        computer = secrets.token_bytes(8)
    station = level(setup.topics.station)
    # the computer's number itself is nobody's business
    tail = hashlib.sha256(b"squat-mirror" + computer + station.encode()).hexdigest()[:8]
    return f"{re.sub('[^A-Za-z0-9_-]', '-', station)[:LONGEST_NAME]}-{tail}"


def client_for(setup: BrokerSetup, name: str) -> Any:
    """paho's client for this broker, not connected yet. name: the connection's, its own at this broker."""
    from mirror.mqtt.client import Client  # a library that may not be there

    client = Client(name)
    client.connect_timeout = CONNECT_S
    if setup.username:
        client.username_pw_set(setup.username, setup.password or None)
    if setup.tls:
        client.tls_set_context(ssl.create_default_context())
    return client


def why_not(error: BaseException | None) -> str:
    """Why a connection could not be made, in the system's own words."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return error.verify_message
    return (getattr(error, "strerror", None) or str(error) or "no answer") if error else "no answer"


def _acknowledged(receipt: Any, within_s: float) -> bool:
    """Whether the broker has this message, waiting so long at most."""
    try:
        receipt.wait_for_publish(within_s)
        return bool(receipt.is_published())
    except (RuntimeError, ValueError):  # the connection was lost meanwhile
        return False


class Broker:
    """Says messages and hears those of some topics. `back` is told, in paho's thread, of every connection."""

    def __init__(
        self,
        setup: BrokerSetup,
        back: Callable[[], None] = lambda: None,
        heard: Callable[[bytes], None] = lambda payload: None,
        listens_to: str = "",
        report: Report = logged,
    ) -> None:
        """heard: told of every payload under listens_to, "" for none. report: told of what nobody foresaw."""
        self._setup = setup
        self._report = report
        self._back, self._heard, self._listens_to = back, heard, listens_to
        self._trouble = ""  # what was last said about it
        self._steadiness = Steadiness(LONGEST_WAIT_S)
        self._cut = False
        self._ever = False
        self._ending = False
        self._gone = threading.Event()
        self.connected = threading.Event()
        self._client = client = client_for(setup, this_station(setup))
        client.reconnect_delay_set(FIRST_WAIT_S, LONGEST_WAIT_S)
        client.max_queued_messages_set(WAITING)
        client.will_set(setup.topics.online, OFFLINE, qos=1, retain=True)
        client.on_connect = self._on_connect
        client.on_connect_fail = self._on_connect_fail
        client.on_disconnect = self._on_disconnect
        client.on_message = self._on_message
        client.fell = self._on_fall
        client.cut = self._on_cut

    def start(self) -> None:
        """Begin to connect; returns at once."""
        self._client.connect_async(self._setup.host, self._setup.port, KEEPALIVE_S)
        self._client.loop_start()

    def say(self, message: Message) -> Any:
        """Hand a message over, at once; paho's receipt, or None when it was not taken."""
        if not self.connected.is_set():
            return None
        published = self._client.publish(message.topic, message.payload, message.qos, message.retain)
        return published if published.rc == 0 else None

    def close(self, within_s: float) -> None:
        """Say good-bye, if anybody listens, and end; waits so long for each at most."""
        self._ending = True
        receipt = self.say(Message(self._setup.topics.online, OFFLINE, qos=1, retain=True))
        heard = receipt is not None and _acknowledged(receipt, within_s)
        self._client.disconnect()  # paho's own thread, a daemon, ends by that
        if heard:  # and a broker that hears it keeps the last will to itself
            self._gone.wait(within_s)

    # -- paho tells, in its own thread -----------------------------------------------------------------

    def _on_connect(self, client: Any, userdata: object, flags: object, reason: Any, properties: Any) -> None:
        if reason.is_failure:
            says = f"refuses this station ({reason}): see [mqtt] username and password_file"
            self._say_trouble("refused", says)
            return
        if self._listens_to:
            client.subscribe(self._listens_to, qos=1)
        client.publish(self._setup.topics.online, ONLINE, qos=1, retain=True)
        self.connected.set()
        self._gone.clear()
        self._steadiness.came()
        if not self._steadiness.unsteady:  # else that was said, and need not have ended
            self._say_there()
        self._ever = True
        self._back()

    def _say_there(self) -> None:
        if self._trouble:
            log.warning("mqtt: %s is %s", self._setup.address, "back" if self._ever else "there")
        else:
            log.info("mqtt: %s is told of %s", self._setup.address, self._setup.topics.of("..."))
        self._trouble = ""

    def _on_connect_fail(self, client: Any, userdata: object) -> None:
        self._say_trouble("away", f"cannot be reached ({why_not(sys.exc_info()[1])})")

    def _on_disconnect(
        self, client: Any, userdata: object, flags: object, reason: Any, properties: Any
    ) -> None:
        was_connected = self.connected.is_set()
        self.connected.clear()
        self._gone.set()
        if not was_connected:
            self._say_trouble("away", "is there and does not answer")
            return
        self._steadiness.went()
        client.reconnect_delay_set(self._steadiness.wait_s, LONGEST_WAIT_S)
        if self._steadiness.unsteady:
            self._say_trouble("unsteady", UNSTEADY)
        else:
            self._say_trouble("away", "is lost")

    def _on_fall(self, error: Exception) -> None:
        """Nobody foresaw this: what is told from now on is that nobody is there."""
        self.connected.clear()
        self._gone.set()
        self._report("mqtt", error)

    def _on_cut(self, length: int) -> None:
        if not self._cut:
            self._cut = True
            log.warning("mqtt: a message of %d bytes was thrown away, unread; %s", length, WHO_LEFT_IT)

    def _on_message(self, client: Any, userdata: object, message: Any) -> None:
        if message.topic == self._listens_to:  # some brokers hand on what nobody asked for
            self._heard(message.payload)

    def _say_trouble(self, kind: str, says: str) -> None:
        """Once, however often it is tried; a refusal is said even after a loss, for it needs a person."""
        if self._ending or self._trouble in ("refused", kind):
            return
        if kind == "away" and self._trouble == "unsteady" and self._steadiness.unsteady:
            return
        self._trouble = kind
        log.warning("mqtt: %s %s; the mirror goes on and tries again", self._setup.address, says)
