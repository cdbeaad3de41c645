"""Colours of verdicts and legs on paper and in annotated videos: Okabe and Ito's, as on the glass.

Told apart in every common colour vision; whoever draws with them uses shapes as well. Knows numbers only.
"""

from __future__ import annotations

from mirror.knees.reading import Verdict

RGB = tuple[int, int, int]

COLOUR: dict[Verdict, RGB] = {
    Verdict.GOOD: (86, 180, 233),
    Verdict.CAUTION: (240, 228, 66),
    Verdict.OFF_TRACK: (213, 94, 0),
    Verdict.UNKNOWN: (255, 255, 255),
}
BLUE: RGB = (0, 114, 178)
BLACK: RGB = (0, 0, 0)
LEFT, RIGHT = BLUE, BLACK
"""Of lines on paper: neither is a verdict's colour, and in grey one is clearly the darker."""


def hexadecimal(colour: RGB) -> str:
    return "#{:02X}{:02X}{:02X}".format(*colour)


def bgr(colour: RGB) -> RGB:
    """In OpenCV's order."""
    return colour[2], colour[1], colour[0]
