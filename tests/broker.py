"""A real broker on the loopback in a process of its own, and somebody who listens to it."""

from __future__ import annotations

import getpass
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from patience import PATIENCE_S

AMQTT = """
import asyncio, json, logging, sys
from amqtt.broker import Broker
logging.disable(logging.CRITICAL)

async def run(config):
    broker = Broker(config)
    await broker.start()
    print("ready", flush=True)
    await asyncio.Event().wait()

asyncio.run(run(json.loads(sys.argv[1])))
"""
OPENSSL = shutil.which("openssl")
MOSQUITTO = shutil.which("mosquitto", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
KINDS = [
    "amqtt",
    pytest.param(
        "mosquitto", marks=pytest.mark.skipif(MOSQUITTO is None, reason="mosquitto is not installed")
    ),
]
"""Every broker that tests are run against."""


class Held:
    """A port on which nobody listens, kept from everybody else as long as this object is.

    Who asks for a port of its own, or connects from one, is given another; connections to it are refused. A
    server that sets SO_REUSEADDR, as brokers do, may still listen there.
    """

    def __init__(self) -> None:
        self._socket = socket.socket()
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._socket.bind(("127.0.0.1", 0))
        self.port: int = self._socket.getsockname()[1]

    def __enter__(self) -> int:
        return self.port

    def __exit__(self, *_: object) -> None:
        self._socket.close()


class Broker:
    """amqtt, or mosquitto, on one port; remembers nothing when killed. Use as a context manager.

    password: who is let in, as ("name", "password"); None lets everybody in. encrypted_for: whose name stands
    in `certificate`, which nobody else has signed; only mosquitto.
    """

    def __init__(
        self,
        folder: Path,
        kind: str = "amqtt",
        password: tuple[str, str] | None = None,
        port: Held | None = None,
        encrypted_for: str = "",
    ) -> None:
        self.folder, self.kind, self.password = folder, kind, password
        self.encrypted_for, self.certificate = encrypted_for, folder / "certificate.pem"
        self._held = port or Held()  # while the broker is away nobody else may have its port
        self.port = self._held.port
        self.process: subprocess.Popen[str] | None = None

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    def __enter__(self) -> Broker:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()

    def start(self) -> None:
        """Listen; returns when it does."""
        call = self._mosquitto() if self.kind == "mosquitto" else self._amqtt()
        self.process = subprocess.Popen(call, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        deadline = time.monotonic() + PATIENCE_S
        while True:
            with socket.socket() as asked:
                if asked.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            assert self.process.poll() is None, "the broker ended"
            assert time.monotonic() < deadline, "the broker never listened"
            time.sleep(0.02)

    def kill(self) -> None:
        """Gone, like a computer whose plug is pulled; everything it kept as well."""
        if self.process is not None:
            self.process.kill()
            self.process.communicate()
            self.process = None

    def hang(self) -> None:
        """It takes connections and bytes, and does nothing."""
        assert self.process is not None
        self.process.send_signal(signal.SIGSTOP)

    def wake(self) -> None:
        """It goes on where it hung."""
        assert self.process is not None
        self.process.send_signal(signal.SIGCONT)

    def _amqtt(self) -> list[str]:
        auth: dict[str, Any] = {"amqtt.plugins.authentication.AnonymousAuthPlugin": {"allow_anonymous": True}}
        if self.password is not None:
            from pwdlib import PasswordHash
            from pwdlib.hashers.argon2 import Argon2Hasher

            name, password = self.password
            users = self.folder / "users"
            users.write_text(f"{name}:{PasswordHash((Argon2Hasher(),)).hash(password)}\n")
            auth = {"amqtt.plugins.authentication.FileAuthPlugin": {"password_file": str(users)}}
        listener = {"type": "tcp", "bind": f"127.0.0.1:{self.port}"}
        config = {"listeners": {"default": listener}, "plugins": auth}
        return [sys.executable, "-c", AMQTT, json.dumps(config)]

    def _mosquitto(self) -> list[str]:
        assert MOSQUITTO is not None
        lines = [f"listener {self.port} 127.0.0.1", "persistence false", f"allow_anonymous {self._anybody}"]
        lines.append(f"user {getpass.getuser()}")  # started by root it would be somebody else
        if self.password is not None:
            users = self.folder / "users"
            made = [MOSQUITTO.replace("sbin", "bin") + "_passwd", "-b", "-c", str(users), *self.password]
            subprocess.run(made, check=True, capture_output=True)
            lines.append(f"password_file {users}")
        if self.encrypted_for:
            lines += [f"certfile {self.certificate}", f"keyfile {self._signed()}"]
        config = self.folder / "mosquitto.conf"
        config.write_text("\n".join(lines) + "\n")
        return [MOSQUITTO, "-c", str(config)]

    def _signed(self) -> Path:
        """The key of a certificate made for this broker alone."""
        assert OPENSSL is not None
        name, key = self.encrypted_for, self.folder / "key.pem"
        kind = "IP" if name[0].isdigit() else "DNS"
        call = [
            OPENSSL,
            "req",
            "-x509",
            "-newkey",
            "rsa:2048",
            "-nodes",
            "-days",
            "2",
            "-subj",
            f"/CN={name}",
        ]
        call += ["-addext", f"subjectAltName={kind}:{name}", "-keyout", key, "-out", self.certificate]
        subprocess.run(call, check=True, capture_output=True)
        return key

    @property
    def _anybody(self) -> str:
        return "true" if self.password is None else "false"


class Listener:
    """Hears everything a broker hands on, from now on. Use as a context manager.

    heard: (topic, payload, retained, qos) in order.
    """

    def __init__(
        self, port: int, topics: str = "#", qos: int = 1, password: tuple[str, str] | None = None
    ) -> None:
        from paho.mqtt import client as paho

        self.heard: list[tuple[str, bytes, bool, int]] = []
        self._changed = threading.Condition()
        self._subscribed = False
        self.client = client = paho.Client(paho.CallbackAPIVersion.VERSION2)
        client.reconnect_delay_set(1, 1)
        if password is not None:
            client.username_pw_set(*password)
        client.on_connect = lambda *_: client.subscribe(topics, qos)
        client.on_subscribe = lambda *_: self._note(None)
        client.on_message = lambda _c, _u, message: self._note(message)
        client.connect("127.0.0.1", port)
        client.loop_start()
        self.until("subscribed", lambda: self._subscribed)

    def __enter__(self) -> Listener:
        return self

    def __exit__(self, *_: object) -> None:
        self.client.disconnect()
        self.client.loop_stop()

    def _note(self, message: Any) -> None:
        with self._changed:
            if message is None:
                self._subscribed = True
            else:
                self.heard.append((message.topic, message.payload, bool(message.retain), message.qos))
            self._changed.notify_all()

    def until(self, what: str, holds: Callable[[], object]) -> None:
        """Wait until it holds; looked at with every message."""
        with self._changed:
            assert self._changed.wait_for(holds, PATIENCE_S), f"never {what}; heard {self.heard[-8:]}"

    def of(self, kind: str) -> list[dict[str, Any]]:
        """Payloads of the topics that end so, in order; what came twice in a row, as it may, once."""
        told = [payload for topic, payload, *_ in self.heard if topic.endswith(f"/{kind}")]
        return [json.loads(told[n]) for n in range(len(told)) if n == 0 or told[n] != told[n - 1]]

    def newest(self, kind: str) -> dict[str, Any]:
        """The last of them; empty before the first."""
        return (self.of(kind) or [{}])[-1]

    def forget(self) -> None:
        """Only what comes from now on counts."""
        with self._changed:
            self.heard.clear()
