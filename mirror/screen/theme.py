"""Letter sizes and quiet greys: what can be read from three metres. The marks have a look of their own.

Black is mirror behind two-way glass, so the background is black and marks are few. Knows numbers, not scenes.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from mirror.coach.mark_style import RGB
from mirror.screen.overlay import panel_px_per_mm

FAINT: RGB = (110, 110, 110)
TRACK: RGB = (64, 64, 64)
"""What is still empty of a ring that fills."""

BODY_ARCMIN = 22.0
"""Cap height of text to read standing still; 16 mm at 2.5 m."""
WORD_ARCMIN = 60.0
"""Cap height of the word seen in the middle of a squat; 44 mm at 2.5 m."""


@dataclass(frozen=True, slots=True)
class Sizes:
    """Pixels, for one screen seen from one distance.

    body, word, small: cap heights. ring: outer radius of a knee's ring. margin: of every scene. px_per_mm:
    of the panel.
    """

    body: int
    word: int
    small: int
    ring: int
    margin: int
    px_per_mm: float


def sizes(
    size: tuple[int, int], viewing_distance_m: float = 2.5, panel_height_mm: float | None = None
) -> Sizes:
    """Sizes for a screen of `size` (width, height) px whose visible height is panel_height_mm."""
    px_per_mm = panel_px_per_mm(size, panel_height_mm)

    def cap(arcmin: float) -> int:
        return max(7, round(1000 * viewing_distance_m * math.tan(math.radians(arcmin / 60)) * px_per_mm))

    # what is longer than its place is set smaller there; these only keep small windows in proportion
    word = min(cap(WORD_ARCMIN), min(size) // 5)
    body = min(cap(BODY_ARCMIN), min(size) // 15)
    # soft rings of about 5 cm on the glass: each eye sees the mark 3.2 cm apart
    ring = max(12, min(round(27 * px_per_mm), min(size) // 9))
    return Sizes(body, word, max(7, round(body * 0.7)), ring, max(8, min(size) // 22), px_per_mm)
