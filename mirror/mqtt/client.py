"""paho's client, for brokers nobody vouches for: packets are cut to a length, and its thread outlives what
nobody foresaw. Knows no topics and no payloads.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from paho.mqtt import client as paho

from mirror.mqtt.packets import CutShort

ANEW_S = 5.0
"""Before it connects again after what nobody foresaw."""


class Client(paho.Client):  # type: ignore[misc]  # paho tells mypy nothing
    """fell: told of what nobody foresaw, after the connection is let go and before it is tried again.
    cut: told how long a packet was that was cut."""

    def __init__(self, name: str) -> None:
        super().__init__(paho.CallbackAPIVersion.VERSION2, client_id=name)
        self.fell: Callable[[Exception], None] = lambda error: None
        self.cut: Callable[[int], None] = lambda length: None
        self._ended = threading.Event()

    def loop_forever(self, timeout: float = 1.0, retry_first_connection: bool = False) -> Any:
        """paho's own loop, in its thread, again and again until `disconnect()`."""
        while True:
            try:
                return super().loop_forever(timeout, retry_first_connection)
            except Exception as error:  # paho's own, or no memory: without the thread nobody would say so
                self.connect_async(self.host, self.port, self.keepalive)
                self.fell(error)
            if self._ended.wait(ANEW_S):
                return paho.MQTT_ERR_SUCCESS

    def disconnect(self, *how: Any, **named: Any) -> Any:
        """Say good-bye, and try no more."""
        self._ended.set()
        return super().disconnect(*how, **named)

    def _create_socket(self) -> Any:
        return CutShort(super()._create_socket(), cut=self.cut)
