"""The one-slot mailbox between the camera thread and everybody who looks: the newest frame wins.

It never makes the camera wait and never keeps a second frame; it knows nothing of what is done with them.
"""

from __future__ import annotations

import threading

from mirror.camera.frame import Frame


class Mailbox:
    """One slot. The camera puts, the eyes take, the screen peeks; from any thread.

    A frame that is replaced before it was taken is counted as dropped. Frames are handed on as they are,
    without a copy: their pixels stay valid for as long as somebody holds them (see `buffers.Buffers`).
    """

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._newest: Frame | None = None
        self._waiting = False  # whether the newest frame has not been taken yet
        self._closed = False
        self._dropped = 0
        self._delivered = 0

    def put(self, frame: Frame) -> None:
        """Make this the newest frame; after `close()` it is ignored."""
        with self._changed:
            if self._closed:
                return
            self._dropped += self._waiting
            self._newest = frame
            self._waiting = True
            self._changed.notify()

    def take(self, timeout: float | None = None) -> Frame | None:
        """Wait for a frame nobody has taken yet and take it; each frame is taken at most once.

        timeout: seconds; None waits until a frame or the close comes.
        Returns None after the timeout, and after `close()` once the last frame is taken.
        """
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or self._closed, timeout)
            if not self._waiting:
                return None
            self._waiting = False
            self._delivered += 1
            return self._newest

    def latest(self) -> Frame | None:
        """The newest frame, taken or not, without taking it: for drawing. None before the first one."""
        with self._changed:
            return self._newest

    def close(self) -> None:
        """No more frames will come: wake everybody who waits. May be called twice."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    @property
    def closed(self) -> bool:
        """Whether `close()` was called; a last frame may still be there to take."""
        with self._changed:
            return self._closed

    @property
    def dropped(self) -> int:
        """How many frames were replaced before anybody took them."""
        with self._changed:
            return self._dropped

    @property
    def delivered(self) -> int:
        """How many frames were taken."""
        with self._changed:
            return self._delivered
