"""From the settings to what a connection to the broker needs: address, name, password, topics.

Reads the password's file; opens no connection.
"""

from __future__ import annotations

import importlib.util
import socket
from dataclasses import dataclass, field

from mirror.faults import BadInput
from mirror.files.plain import in_home
from mirror.mqtt.topics import Topics
from mirror.settings import Settings

PORT, TLS_PORT = 1883, 8883
LONGEST_PASSWORD = 4096
"""Bytes: a file that holds more is no password."""
WITH_MQTT = "sudo scripts/install.sh --with-mqtt"
WITHOUT_NETWORK = f"the service has no network: {WITH_MQTT} gives it one, or empty [mqtt] broker"


@dataclass(frozen=True, slots=True)
class BrokerSetup:
    """What it takes to speak to a broker. password: never shown. discovery: where Home Assistant looks for
    devices, "" where it is told nothing."""

    host: str
    port: int
    topics: Topics
    username: str = ""
    password: bytes = field(default=b"", repr=False)
    tls: bool = False
    discovery: str = ""

    @property
    def address(self) -> str:
        """host:port, for people."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


def setup_for(settings: Settings) -> BrokerSetup | None:
    """What the settings ask for, None where they ask for nothing. Raises BadInput, one sentence."""
    chosen = settings.mqtt
    if not chosen.broker.strip():
        return None
    if importlib.util.find_spec("paho") is None:
        raise BadInput(
            f"[mqtt] broker: this needs paho-mqtt: {WITH_MQTT}, or pip install 'squat-mirror[mqtt]'"
        )
    host, port = address_of(chosen.broker.strip(), TLS_PORT if chosen.tls else PORT)
    password = password_in(chosen.password_file)
    if password and not chosen.username:
        raise BadInput("[mqtt] password_file: a password needs a username")
    topics = topics_for(settings)
    return BrokerSetup(host, port, topics, chosen.username, password, chosen.tls, chosen.home_assistant)


def topics_for(settings: Settings) -> Topics:
    """Where this station says what it does; one without a name has its computer's."""
    return Topics(settings.mqtt.topic, settings.coach.station.strip() or socket.gethostname())


def address_of(address: str, port: int) -> tuple[str, int]:
    """Host and port of "host", "host:port", "[IPv6]" or "[IPv6]:port". port: where none is told.

    Raises BadInput.
    """
    if not _is_host(address.replace("[", "").replace("]", "").replace(":", "") or "?"):
        raise BadInput(f"[mqtt] broker: {address!r} must be a host or host:port, without anything else")
    host, colon, number = address.rpartition(":")
    if not colon or address.endswith("]") or (":" in host and not host.startswith("[")):
        host, number = address, ""  # no port, or an IPv6 address by itself
    host = host.removeprefix("[").removesuffix("]")
    if colon and not number and address.endswith(":"):
        raise BadInput(f"[mqtt] broker: {address!r} has no port after its colon")
    if number:
        if not number.isascii() or not number.isdigit() or not 0 < int(number[:9]) < 65536:
            raise BadInput(f"[mqtt] broker: {number!r} is no port; one is a whole number from 1 to 65535")
        port = int(number)
    if not _is_host(host):
        raise BadInput(f"[mqtt] broker: {address!r} must be a host or host:port, without anything else")
    return host, port


def _is_host(host: str) -> bool:
    """Whether this can be asked for at all; whether anybody answers is another matter."""
    if not host or any(c.isspace() or not c.isprintable() or c in "/@#?[]" for c in host):
        return False
    try:
        host.encode("idna")  # as the socket will
    except UnicodeError:
        return False
    return True


def password_in(name: str) -> bytes:
    """The file's first line, b"" without a file. Raises BadInput."""
    if not name:
        return b""
    path = in_home(name)
    try:
        if not path.is_file():
            why = "it is no file" if path.exists() else "there is no such file"
            raise BadInput(f"[mqtt] password_file: {path} cannot be read ({why})")
        with path.open("rb") as file:
            lines = file.read(LONGEST_PASSWORD).splitlines()
    except OSError as error:
        raise BadInput(f"[mqtt] password_file: {path} cannot be read ({error.strerror})") from None
    if not lines or not lines[0]:
        raise BadInput(f"[mqtt] password_file: the first line of {path} is empty")
    return lines[0]


def has_network() -> bool:
    """Whether this process may open a connection to another computer at all."""
    for family in (socket.AF_INET, socket.AF_INET6):
        try:
            socket.socket(family, socket.SOCK_STREAM).close()
        except OSError:
            continue
        return True
    return False
