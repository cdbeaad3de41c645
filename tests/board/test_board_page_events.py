"""Open pages hear of every change, and a slow one gets the newest instead of a queue."""

from __future__ import annotations

import asyncio
import threading

from patience import PATIENCE_S

from mirror.board import page_events as hub_module
from mirror.board.page_events import MOST_PAGES, Hub


def quick(monkeypatch) -> None:
    monkeypatch.setattr(hub_module, "AT_MOST_EVERY_S", 0.0)


def test_a_page_hears_at_once_and_after_every_change_from_any_thread(monkeypatch):
    quick(monkeypatch)

    async def scene() -> None:
        hub = Hub()
        hub.open()
        page = hub.moments()
        await anext(page)
        waits = asyncio.ensure_future(anext(page))
        await asyncio.sleep(0.01)
        assert not waits.done()
        threading.Thread(target=hub.ring).start()
        await asyncio.wait_for(waits, PATIENCE_S)

    asyncio.run(scene())


def test_a_slow_page_is_told_once_of_a_thousand_changes(monkeypatch):
    quick(monkeypatch)

    async def scene() -> None:
        hub = Hub()
        hub.open()
        page = hub.moments()
        await anext(page)
        waits = asyncio.ensure_future(anext(page))
        await asyncio.sleep(0.01)
        for _ in range(1000):
            hub.ring()
        await asyncio.wait_for(waits, PATIENCE_S)
        again = asyncio.ensure_future(anext(page))
        await asyncio.sleep(0.05)
        assert not again.done()
        again.cancel()

    asyncio.run(scene())


def test_a_page_hears_something_now_and_then_although_nothing_changes(monkeypatch):
    quick(monkeypatch)
    monkeypatch.setattr(hub_module, "AT_LEAST_EVERY_S", 0.01)

    async def scene() -> None:
        hub = Hub()
        hub.open()
        page = hub.moments()
        for _ in range(3):
            await asyncio.wait_for(anext(page), PATIENCE_S)

    asyncio.run(scene())


def test_of_too_many_pages_the_longest_open_ends_and_all_end_when_the_board_does(monkeypatch):
    quick(monkeypatch)

    async def read(hub: Hub) -> None:
        async for _ in hub.moments():
            pass

    async def scene() -> None:
        hub = Hub()
        hub.open()
        pages = [asyncio.ensure_future(read(hub)) for _ in range(MOST_PAGES + 1)]
        await asyncio.wait_for(pages[0], PATIENCE_S)
        assert hub.open_pages == MOST_PAGES
        hub.close()
        await asyncio.wait_for(asyncio.gather(*pages), PATIENCE_S)
        assert hub.open_pages == 0

    asyncio.run(scene())


def test_a_page_that_is_closed_is_forgotten(monkeypatch):
    quick(monkeypatch)

    async def scene() -> None:
        hub = Hub()
        hub.open()
        page = hub.moments()
        await anext(page)
        assert hub.open_pages == 1
        await page.aclose()
        assert hub.open_pages == 0

    asyncio.run(scene())


def test_a_bell_nobody_listens_to_does_no_harm():
    Hub().ring()
    Hub().close()
