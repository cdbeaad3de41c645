"""How a mark on a knee looks, on glass and in a video alike: a colour and a shape for every verdict.

Lengths are in radii of the ring. Knows numbers only; whoever draws has their own way to.
"""

from __future__ import annotations

from mirror.knees.reading import Verdict

RGB = tuple[int, int, int]
Point = tuple[float, float]
"""(x, y) in radii of the ring, y down."""

BLACK: RGB = (0, 0, 0)
WHITE: RGB = (255, 255, 255)
SOFT: RGB = (190, 190, 190)
"""What is only a guess, and quiet words."""
SKY: RGB = (86, 180, 233)
YELLOW: RGB = (240, 228, 66)
VERMILION: RGB = (213, 94, 0)
"""Okabe and Ito's colours, told apart in every common colour vision."""

COLOUR: dict[Verdict, RGB] = {
    Verdict.GOOD: SKY,
    Verdict.CAUTION: YELLOW,
    Verdict.OFF_TRACK: VERMILION,
    Verdict.UNKNOWN: WHITE,
}
STROKE: dict[Verdict, float] = {
    Verdict.GOOD: 0.14,
    Verdict.CAUTION: 0.32,
    Verdict.OFF_TRACK: 0.32,
    Verdict.UNKNOWN: 0.13,
}
"""Thickness of a ring: good thin, caution thick, off track thick with an arrow, unknown broken."""
REST_STROKE = 0.08
"""A knee of somebody who stands and can be judged: a thin whole ring, not as if it were not seen."""
RING_OF_PICTURE = 0.045
"""Radius of a knee's ring at most, as a share of the picture's height."""
DASHES, DASH_SHARE = 10, 0.55
"""Of the broken ring, and how much of its turn each fills."""
ARROW_AT = 2.3
"""How far outside the knee the middle of the arrow lies."""
EDGE = 0.12
"""How far the arrow's dark edge reaches beyond it."""
TARGET_HALF, TARGET_STROKE, TARGET_DOT = 2.4, 0.09, 0.2
"""The target's upright line: half its length and its thickness; the radius of the dot on it."""


def arrow_outline(grow: float) -> list[Point]:
    """The outline, round its middle, of an arrow to the right; grow: 0, or EDGE for its dark edge."""
    shaft, head = 0.2 + grow, 0.62 + grow
    return [
        (-0.9 - grow, -shaft), (0.1, -shaft), (0.1, -head), (0.95 + 1.2 * grow, 0.0),
        (0.1, head), (0.1, shaft), (-0.9 - grow, shaft),
    ]  # fmt: skip
