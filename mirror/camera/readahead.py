"""Lets decoding and whatever is done with the frames overlap: another thread reads a few frames ahead."""

from __future__ import annotations

import queue
import threading
from collections.abc import Generator, Iterator

from mirror.camera.frame import Frame

_Item = Frame | Exception | None  # None: the end


def read_ahead(frames: Iterator[Frame], depth: int = 4) -> Generator[Frame, None, None]:
    """The same frames in the same order, and the same exception if one is raised.

    Close it when leaving early; the other thread then ends.
    """
    ready: queue.Queue[_Item] = queue.Queue(depth)
    stop = threading.Event()
    thread = threading.Thread(target=_read, args=(frames, ready, stop), name="decoder", daemon=True)
    thread.start()
    try:
        while (item := ready.get()) is not None:
            if isinstance(item, Exception):
                raise item
            yield item
    finally:
        stop.set()
        thread.join()


def _read(frames: Iterator[Frame], ready: queue.Queue[_Item], stop: threading.Event) -> None:
    try:
        for frame in frames:
            if not _hand_on(frame, ready, stop):
                return
    except Exception as fault:
        _hand_on(fault, ready, stop)
        return
    _hand_on(None, ready, stop)


def _hand_on(item: _Item, ready: queue.Queue[_Item], stop: threading.Event) -> bool:
    """Waits for room; False when the reader has left."""
    while not stop.is_set():
        try:
            ready.put(item, timeout=0.1)
        except queue.Full:
            continue
        return True
    return False
