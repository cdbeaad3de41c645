"""Colours of legs on paper, and colours in the order of whoever draws. Verdicts have those of the marks.

Whoever draws with them uses shapes as well. Knows numbers only.
"""

from __future__ import annotations

from mirror.coach.mark_style import BLACK, RGB

BLUE: RGB = (0, 114, 178)
LEFT, RIGHT = BLUE, BLACK
"""Of lines on paper: neither is a verdict's colour, and in grey one is clearly the darker."""


def hexadecimal(colour: RGB) -> str:
    return "#{:02X}{:02X}{:02X}".format(*colour)


def bgr(colour: RGB) -> RGB:
    """In OpenCV's order."""
    return colour[2], colour[1], colour[0]
