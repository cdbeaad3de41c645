"""Picture memory that goes round, so that a camera running for months allocates a handful of pictures.

Knows nothing of cameras, threads or what is in a picture; only who still looks at one.
"""

from __future__ import annotations

import math
import weakref
from collections import deque

import numpy as np

from mirror.camera.frame import U8


class Buffers:
    """Lends arrays of one shape and takes each back when nobody refers to it any more.

    Ownership is Python's own: as long as the array from `lend()`, a view of it or a Frame with it is alive
    anywhere, in any thread, its memory stays as it is; when the last reference goes, the memory is lent
    again. So a picture is never overwritten under somebody who still draws it, nobody has to say "done",
    and whoever keeps a frame keeps exactly one picture's memory.

    There is no upper limit: a lend never waits and never fails. In the mirror it settles at five: one being
    filled, one just handed on, one in the mailbox, one with the eyes, one on the screen.
    """

    def __init__(self, shape: tuple[int, ...]) -> None:
        """shape: of every array lent, uint8."""
        self.shape = shape
        self.allocated = 0  # how many pictures' memory exists, lent or not
        self._free: deque[bytearray] = deque()

    def lend(self) -> U8:
        """A writable, C-contiguous uint8 array of `shape` with old pixels in it: fill it, then `seal` it."""
        try:
            memory = self._free.pop()
        except IndexError:
            memory = bytearray(math.prod(self.shape))
            self.allocated += 1
        # A new array object each time (its header only). Views of it refer to this object and not to one
        # another's, because numpy stops at the first base that is no array; so its end is the end of all.
        pixels: U8 = np.ndarray(self.shape, np.uint8, buffer=memory)
        weakref.finalize(pixels, self._free.append, memory).atexit = False
        return pixels


def seal(pixels: U8) -> U8:
    """Make a filled array read-only before it is handed on: several threads look at the same memory."""
    pixels.flags.writeable = False
    return pixels
