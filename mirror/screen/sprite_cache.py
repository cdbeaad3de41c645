"""Sprites that are made once and kept while they are used. Knows their size in memory, not what they show."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from typing import Any

FINE = 4
"""Small sprites are drawn this many times larger and smoothed down."""
LARGEST_BOARD = 2048
"""No side of a drawing board is longer than this unless the sprite itself is: on 4K glass a board four times
as large as a sprite would take half a gigabyte."""
CANVASES = 6
"""As much memory as this many whole canvases is kept; a scene uses less than three."""


def fineness(side: float) -> int:
    """How many times larger a sprite with this longest side is drawn."""
    return max(1, min(FINE, int(LARGEST_BOARD / max(1.0, side))))


class Shelf:
    """The sprites of one canvas; those unused for longest go first when there are too many.

    bytes: what they take now.
    """

    def __init__(self, canvas: tuple[int, int]) -> None:
        """canvas: (width, height) px."""
        self._most = CANVASES * 4 * canvas[0] * canvas[1]
        self.bytes = 0
        self._sprites: OrderedDict[object, Any] = OrderedDict()

    def __call__(self, key: object, make: Callable[[], Any]) -> Any:
        """The sprite of this key, made if it is not there."""
        if key in self._sprites:
            self._sprites.move_to_end(key)
            return self._sprites[key]
        sprite = self._sprites[key] = make()
        self.bytes += _bytes(sprite)
        while self.bytes > self._most and len(self._sprites) > 1:
            _, oldest = self._sprites.popitem(last=False)
            self.bytes -= _bytes(oldest)
        return sprite


def _bytes(sprite: Any) -> int:
    return int(sprite.get_pitch()) * int(sprite.get_height())
