"""What waits to be said to the broker: a small queue and the newest of what the broker keeps.

Whoever puts something in never waits: what finds no room, or nobody to hear it, is dropped and counted. Knows
no payloads and no connection but through `Post`.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from typing import Any, Protocol

from mirror.mqtt.connection import Message
from mirror.service.containment import Report, logged

QUEUE = 32
"""Repetitions that wait to be handed over: more than a class does in the moment that takes."""
STATE_EVERY_S = 0.2
"""Between two states of one topic: at most five a second."""


class Post(Protocol):
    """What carries messages away: `Broker`."""

    connected: threading.Event

    def say(self, message: Message) -> Any: ...


class Outbox:
    """A thread that hands messages on, in order. `dropped`: how many nobody will ever hear.

    `put` is for what is said once. `keep` is for what the broker retains: the newest goes before those of the
    same topic that nobody heard yet, and is said again to a broker that comes back.
    """

    def __init__(self, queue: int = QUEUE, every_s: float = STATE_EVERY_S, report: Report = logged) -> None:
        """report: told of what nobody foresaw; the thread goes on."""
        self._report = report
        self.dropped = 0
        self._room, self._every_s = queue, every_s
        self._post: Post | None = None
        self._waiting: deque[Message] = deque()
        self._kept: dict[str, Message] = {}
        self._unsaid: dict[str, None] = {}  # topics of what is kept, in the order it changed
        self._said_t: dict[str, float] = {}
        self._receipts: dict[str, Any] = {}
        self._changed = threading.Condition()
        self._closing = False
        self._thread = threading.Thread(target=self._run, name="mqtt", daemon=True)

    def start(self, post: Post) -> None:
        """Begin to hand on."""
        self._post = post
        self._thread.start()

    def put(self, message: Message) -> None:
        """Say this, once; dropped when the queue is full or the broker away."""
        with self._changed:
            if self._closing or len(self._waiting) >= self._room or not self._heard:
                self.dropped += 1
                return
            self._waiting.append(message)
            self._changed.notify()

    def keep(self, message: Message, *, newest_only: bool) -> None:
        """Say this, and again to a broker that comes back.

        newest_only: it stands for those before it (a state). Otherwise one that nobody heard and that is
        overtaken counts as dropped.
        """
        with self._changed:
            if message.topic in self._unsaid and not newest_only:
                self.dropped += 1
            self._kept[message.topic] = message
            self._unsaid[message.topic] = None
            self._changed.notify()

    def back(self) -> None:
        """The broker is there, perhaps without anything it kept: everything kept is said again."""
        with self._changed:
            self._unsaid.update(dict.fromkeys(self._kept))
            self._said_t.clear()
            self._receipts.clear()
            self._changed.notify()

    def close(self, within_s: float) -> None:
        """Say what waits, if anybody hears it, and end; may be called twice."""
        with self._changed:
            self._closing = True
            self._changed.notify()
        if self._thread.ident is not None:
            self._thread.join(within_s)

    @property
    def _heard(self) -> bool:
        return self._post is not None and self._post.connected.is_set()

    # -- the thread ------------------------------------------------------------------------------------

    def _run(self) -> None:
        while True:
            with self._changed:
                message = self._next()
                while message is None and not self._closing:
                    self._changed.wait(self._until_due())
                    message = self._next()
                if message is None:
                    return self._end()
            try:
                self._hand_on(message)
            except Exception as error:
                self._report("mqtt", error)
                self._lost(message)

    def _next(self) -> Message | None:
        """What to say now; None when nothing may be said yet."""
        if not self._heard:
            self.dropped += len(self._waiting)
            self._waiting.clear()
            return None
        if self._waiting:
            return self._waiting.popleft()
        for topic in self._unsaid:
            if self._wait_s(topic) <= 0.0 or self._closing:
                del self._unsaid[topic]
                return self._kept[topic]
        return None

    def _hand_on(self, message: Message) -> None:
        receipt = self._post.say(message) if self._post is not None else None
        with self._changed:
            if message.topic in self._kept:
                self._said_t[message.topic] = time.monotonic()
                self._receipts[message.topic] = receipt
                if receipt is None and not self._closing:
                    self._unsaid.setdefault(message.topic)
            elif receipt is None:
                self.dropped += 1

    def _lost(self, message: Message) -> None:
        """It could not be said and is not tried again: what is kept is said anew when it changes."""
        with self._changed:
            self.dropped += 1
            self._said_t[message.topic] = time.monotonic()

    def _wait_s(self, topic: str) -> float:
        """How long this topic has to wait: its pace, and longer while its last message is on its way."""
        wait_s = self._said_t.get(topic, -self._every_s) + self._every_s - time.monotonic()
        return max(wait_s, self._every_s) if _on_its_way(self._receipts.get(topic)) else wait_s

    def _until_due(self) -> float | None:
        """Until the first of what is kept may be said; None to wait for a change."""
        if not self._heard or not self._unsaid:
            return None
        return max(0.0, min(self._wait_s(topic) for topic in self._unsaid))

    def _end(self) -> None:
        self.dropped += len(self._waiting)
        self._waiting.clear()


def _on_its_way(receipt: Any) -> bool:
    """Whether a message was handed over and has not left yet: the network is slower than the station."""
    try:
        return receipt is not None and not receipt.is_published()
    except (RuntimeError, ValueError):  # it was lost with its connection
        return False
