"""Tells every open page that something changed, without ever keeping anything for one that is slow.

A page has no queue: it is rung, and when it gets round to it, it takes what is newest then.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

MOST_PAGES = 64
"""Pages open at once; for one more the longest open is closed, which is most often a tablet that sleeps."""
AT_MOST_EVERY_S = 0.2
AT_LEAST_EVERY_S = 5.0
"""A page that hears nothing for longer knows that the board is gone."""


class Hub:
    """The bell. `ring` may be called from any thread; everything else belongs to the event loop's."""

    def __init__(self) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None
        self._pages: list[asyncio.Event] = []
        self._closed = False

    def open(self) -> None:
        """To be called once in the event loop, before anybody rings."""
        self._loop = asyncio.get_running_loop()

    def ring(self) -> None:
        """Something changed."""
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._ring)

    def close(self) -> None:
        """Every page's stream ends; from any thread."""
        self._closed = True
        self.ring()

    def _ring(self) -> None:
        for page in self._pages:
            page.set()

    @property
    def open_pages(self) -> int:
        """How many pages listen."""
        return len(self._pages)

    async def moments(self) -> AsyncIterator[None]:
        """One at once and one after every change, or a few seconds without; at most five a second."""
        page = asyncio.Event()
        self._pages.append(page)
        if len(self._pages) > MOST_PAGES:
            self._pages.pop(0).set()  # it finds itself gone from the list, and ends
        try:
            while not self._closed and page in self._pages:
                page.clear()
                yield
                await asyncio.sleep(AT_MOST_EVERY_S)
                try:
                    await asyncio.wait_for(page.wait(), AT_LEAST_EVERY_S)
                except TimeoutError:
                    continue
        finally:
            if page in self._pages:
                self._pages.remove(page)
