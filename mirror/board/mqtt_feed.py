"""The board's line to the broker: hears every station, says the timer, tries again as long as it takes.

Runs in paho's own thread. The log gets one line when the broker is away and one when it is back.
"""

from __future__ import annotations

import logging
import secrets
import sys
import threading
from typing import Any

from mirror.board.board import Board
from mirror.mqtt.connection import WHO_LEFT_IT, client_for, why_not
from mirror.mqtt.setup import BrokerSetup
from mirror.mqtt.steadiness import Steadiness
from mirror.mqtt.topics import KINDS, of_every_station, timer_topic

log = logging.getLogger(__name__)

FIRST_WAIT_S, LONGEST_WAIT_S = 1, 30
"""Between attempts to connect: doubled each time, as paho counts, in whole seconds."""
KEEPALIVE_S = 20
RELIABLY = {"online", "rep", "set"}
"""Kinds that are told again when the network lost one; of states the next one is as good."""


class Feed:
    """Connects a board to a broker."""

    def __init__(self, board: Board, setup: BrokerSetup, longest_wait_s: int = LONGEST_WAIT_S) -> None:
        self._board, self._setup = board, setup
        self._unsaid: dict[str, bytes] = {}
        self._lock = threading.Lock()
        self._trouble = ""
        self._steadiness = Steadiness(longest_wait_s)
        self._longest_wait_s = longest_wait_s
        self._ending = False
        self._there = False
        self._cut = False
        self._client = client = client_for(setup, f"squat-mirror-board-{secrets.token_hex(4)}")
        client.reconnect_delay_set(FIRST_WAIT_S, longest_wait_s)
        client.on_connect = self._on_connect
        client.on_connect_fail = self._on_connect_fail
        client.on_disconnect = self._on_disconnect
        client.on_message = self._on_message
        client.fell = self._on_fall
        client.cut = self._on_cut
        board.publish = self.publish

    def start(self) -> None:
        """Begin to connect; returns at once."""
        self._client.connect_async(self._setup.host, self._setup.port, KEEPALIVE_S)
        self._client.loop_start()

    def close(self) -> None:
        """End; the timer runs on at the stations, as a clock on a wall would."""
        self._ending = True
        self._client.disconnect()

    def publish(self, topic: str, payload: bytes) -> None:
        """Say this and have the broker remember it; while there is none, the newest of a topic waits."""
        with self._lock:
            if not self._client.is_connected():
                self._unsaid[topic] = payload
                return
        self._client.publish(topic, payload, qos=1, retain=True)

    # -- paho tells, in its own thread -----------------------------------------------------------------

    def _on_connect(self, client: Any, userdata: object, flags: object, reason: Any, properties: Any) -> None:
        if reason.is_failure:
            self._say_trouble(f"refuses the board ({reason}): see [mqtt] username and password_file")
            return
        with self._lock:
            unsaid, self._unsaid = self._unsaid, {}
        for topic, payload in unsaid.items():  # before listening: what the broker remembered is older
            client.publish(topic, payload, qos=1, retain=True)
        prefix = self._setup.topics.prefix
        client.subscribe(
            [
                *((of_every_station(prefix, kind), int(kind in RELIABLY)) for kind in KINDS),
                (timer_topic(prefix), 1),
            ]
        )
        self._steadiness.came()
        if not self._steadiness.unsteady:
            level = logging.WARNING if self._trouble else logging.INFO
            log.log(level, "board: the broker %s is there", self._setup.address)
            self._trouble = ""
        self._there = True
        self._board.is_connected(True)

    def _on_connect_fail(self, client: Any, userdata: object) -> None:
        self._say_trouble(f"cannot be reached ({why_not(sys.exc_info()[1])})")

    def _on_disconnect(
        self, client: Any, userdata: object, flags: object, reason: Any, properties: Any
    ) -> None:
        was_connected, self._there = self._there, False
        self._board.is_connected(False)
        if not was_connected:
            self._say_trouble("is there and does not answer")
            return
        self._steadiness.went()
        client.reconnect_delay_set(self._steadiness.wait_s, self._longest_wait_s)
        often = " again and again, soon after it is there" if self._steadiness.unsteady else ""
        self._say_trouble(f"is lost{often} ({reason})")

    def _on_fall(self, error: Exception) -> None:
        """Nobody foresaw this: the page says that the broker is away until it is there again."""
        self._there = False
        self._board.is_connected(False)
        log.warning("board: %s; the line to the broker begins anew", type(error).__name__)

    def _on_cut(self, length: int) -> None:
        if not self._cut:
            self._cut = True
            log.warning("board: a message of %d bytes was thrown away, unread; %s", length, WHO_LEFT_IT)

    def _on_message(self, client: Any, userdata: object, message: Any) -> None:
        self._board.hear(message.topic, message.payload, message.retain)

    def _say_trouble(self, says: str) -> None:
        if not self._ending and not self._trouble:
            self._trouble = says
            log.warning(
                "board: the broker %s %s; the page says so and goes on trying", self._setup.address, says
            )
