"""What comes from a broker, cut to a length before it is in memory: anybody there can leave anything.

Stands where the client has its socket. Knows how MQTT marks the length of a packet, and nothing of what is in
one.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

LONGEST = 128 * 1024
"""Bytes of a packet: twice a set of a hundred repetitions, and more than the longest topic by itself."""
AT_ONCE = 64 * 1024
"""Bytes thrown away at a time."""
STILL_THERE = bytes((0xD0, 0))
"""A ping's answer."""
STILL_THERE_EVERY_S = 5.0
PUBLISH, TWICE_ASKED = 3, 2
"""The kind of packet that carries a message, and the quality of service nobody here asks for."""


class CutShort:
    """A socket from which no packet comes longer than `longest` bytes; the rest of it is thrown away.

    What is left of a message is no JSON any more, so it changes nothing; it is acknowledged like any other,
    and those behind it come. While a long rest is thrown away the client is told that the broker is there.
    """

    def __init__(
        self,
        stream: Any,
        longest: int = LONGEST,
        cut: Callable[[int], None] = lambda length: None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """stream: the socket, encrypted or not. cut: told how long each packet was that is cut."""
        self._stream, self._longest, self._cut, self._clock = stream, longest, cut, clock
        self._begun = bytearray()  # of the next packet's mark and length
        self._ready = b""  # to be handed on as it is
        self._left = 0  # of this packet, to be handed on from the stream
        self._over = 0  # of this packet, to be thrown away
        self._logged_t = clock()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    def recv(self, size: int) -> bytes:
        """As a socket's: b"" at the end; raises what the stream raises while nothing is there."""
        if not self._ready and not self._left and not self._next():
            return b""
        if self._ready:
            out, self._ready = self._ready[:size], self._ready[size:]
            return out
        got: bytes = self._stream.recv(min(size, self._left))
        self._left -= len(got)
        return got

    def _next(self) -> bool:
        """Come to something to hand on; False at the end of the stream."""
        while self._over:
            gone = len(self._stream.recv(min(self._over, AT_ONCE)))
            self._over -= gone
            if not gone:
                return False
            if self._over and self._clock() - self._logged_t > STILL_THERE_EVERY_S:
                self._logged_t = self._clock()
                self._ready = STILL_THERE
                return True
        return self._header()

    def _header(self) -> bool:
        """The next packet's mark and length, told anew where it is cut. Raises OSError for no MQTT."""
        begun = self._begun
        while len(begun) < 2 or begun[-1] & 0x80:
            if len(begun) > 4:
                raise ConnectionResetError("a length that is none")
            byte = self._stream.recv(1)
            if not byte:
                return False
            begun += byte
        if begun[0] >> 4 == PUBLISH and begun[0] >> 1 & 3 == TWICE_ASKED:
            raise ConnectionResetError("a quality nobody asked for, which would be kept until it is released")
        length = sum((part & 0x7F) << 7 * place for place, part in enumerate(begun[1:]))
        self._left = min(length, self._longest)
        self._over = length - self._left
        self._ready = bytes(begun[:1]) + _length(self._left)
        begun.clear()
        if self._over:
            self._logged_t = self._clock()
            self._cut(length)
        return True


def _length(value: int) -> bytes:
    """As MQTT writes it: seven bits a byte, the lowest first, another bit for those that are not the last."""
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*out, value])
