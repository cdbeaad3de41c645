"""Who stands at the board's door: connections, how many of them, and for how long without a word.

A page with a cookie gets in however many strangers hold connections open. Knows addresses and times, not what
is asked for.
"""

from __future__ import annotations

import asyncio
import ipaddress
import resource
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from uvicorn.protocols.http.h11_impl import H11Protocol

IDLE_S = 10.0
"""A connection that has asked for nothing whole for so long is closed; browsers ask in a second."""
LOOKED_AT_EVERY_S = 1.0
MOST_STRANGERS = 128
"""Connections whose cookie was not seen. For one more the oldest is closed."""
MOST_OF_ONE_ADDRESS = 32
"""Of those: a browser opens six at once. What one computer holds takes no other one's place."""
MOST_KNOWN = 192
"""Connections whose cookie was seen: three for each of the 64 pages that may listen."""
BACKLOG = 32
"""Taken at a time before any of them can be closed."""
OWN_FILES = 64
"""Open files of the program itself: libraries, the broker, the page's own."""

Client = tuple[str, int]


@dataclass(eq=False)
class Caller:
    """One connection. since: when it came, or was answered last. asks: whether it waits for an answer."""

    transport: Any
    address: str
    since: float
    known: bool = False
    asks: bool = False


@dataclass
class Crowd:
    """All connections. Belongs to the event loop's thread."""

    most_strangers: int = MOST_STRANGERS
    most_known: int = MOST_KNOWN
    _here: dict[Client, Caller] = field(default_factory=dict)
    _looking: bool = False

    def __len__(self) -> int:
        return len(self._here)

    def comes(self, client: Client, transport: Any) -> None:
        """A connection, of which nothing is known. Whoever came first of too many has to go."""
        now = self._loop().time()
        self._here[client] = Caller(transport, block_of(client[0]), now)
        strangers = [one for one in self._here.values() if not one.known]
        (address, most) = Counter(one.address for one in strangers).most_common(1)[0]
        if most > min(MOST_OF_ONE_ADDRESS, self.most_strangers):
            self._close(next(one for one in strangers if one.address == address))
        elif len(strangers) > self.most_strangers:
            self._close(strangers[0])
        self._look()

    def goes(self, client: Client) -> None:
        """It is closed."""
        self._here.pop(client, None)

    def asks(self, client: Client, known: bool) -> bool:
        """It asked for something. known: with the cookie or the key. Whether there is room to answer."""
        caller = self._here.get(client)
        if caller is None:
            return True  # a test's, or a connection without an address
        if known and not caller.known and sum(one.known for one in self._here.values()) >= self.most_known:
            return False
        caller.known, caller.asks = known, True
        return True

    def answered(self, client: Client) -> None:
        """It has its answer."""
        caller = self._here.get(client)
        if caller is not None:
            caller.asks, caller.since = False, self._loop().time()

    def _look(self) -> None:
        if not self._looking:
            self._looking = True
            self._loop().call_later(LOOKED_AT_EVERY_S, self._send_away)

    def _send_away(self) -> None:
        """Whoever says nothing."""
        self._looking = False
        before = self._loop().time() - IDLE_S
        for one in [one for one in self._here.values() if not one.asks and one.since < before]:
            self._close(one)
        if self._here:
            self._look()

    def _close(self, caller: Caller) -> None:
        """At once, whatever is still to be sent; it is told to `goes` as any other."""
        self._here = {client: one for client, one in self._here.items() if one is not caller}
        caller.transport.abort()

    @staticmethod
    def _loop() -> asyncio.AbstractEventLoop:
        return asyncio.get_running_loop()


def fitting_crowd() -> Crowd:
    """A crowd that leaves files to open, however few this process may have."""
    most, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    room = max(8, most - OWN_FILES - BACKLOG)
    return Crowd(min(MOST_STRANGERS, room // 2), min(MOST_KNOWN, room // 2))


def block_of(address: str) -> str:
    """An address as one household has it: of IPv6, what a router hands on to all of them."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if found.version == 4:
        return str(found)
    mapped = getattr(found, "ipv4_mapped", None)
    return str(mapped or ipaddress.ip_network((found, 64), strict=False))


def protocol(crowd: Crowd) -> type[H11Protocol]:
    """uvicorn's HTTP with this crowd at its door."""

    class AtTheDoor(H11Protocol):
        def connection_made(self, transport: Any) -> None:
            super().connection_made(transport)
            if self.client is not None:
                crowd.comes(self.client, transport)

        def connection_lost(self, exc: Exception | None) -> None:
            if self.client is not None:
                crowd.goes(self.client)
            super().connection_lost(exc)

    return AtTheDoor
