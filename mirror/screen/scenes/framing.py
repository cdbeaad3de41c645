"""Somebody there who can't be judged where they stand: an outline to stand in, and one instruction."""

from __future__ import annotations

from mirror.coach.feedback import Feedback
from mirror.screen.figures import draw_silhouette
from mirror.screen.glass import Glass, Picture

BODY = 0.64
"""Height of the outline as a share of the glass's: somebody at the right distance is about as high."""
FEET = 0.15
"""How far its feet are above the lower edge, likewise."""


class Framing:
    def draw(self, glass: Glass, feedback: Feedback, picture: Picture | None) -> None:
        glass.picture(picture)
        places = glass.places
        glass.shade(places.whole)
        glass.say(glass.words.line(feedback.instruction), round(1.5 * glass.sizes.body), places.whole)
        left, _, width, _ = places.body
        words_end = places.whole[1] + places.whole[3] if glass.portrait else 0
        foot = round((1 - FEET) * glass.height)
        high = min(round(BODY * glass.height), foot - words_end)
        draw_silhouette(glass, (left, foot - high, width, high))
