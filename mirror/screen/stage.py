"""The stage: picks the scene for a Feedback and draws it. The station calls this and nothing else here."""

from __future__ import annotations

from typing import Any

from mirror.coach.feedback import Feedback
from mirror.coach.words import Words
from mirror.screen.glass import Glass, Picture
from mirror.screen.scenes import SCENES
from mirror.screen.theme import sizes


class Stage:
    """Draws Feedbacks on one canvas."""

    def __init__(
        self,
        canvas: Any,
        words: Words,
        *,
        viewing_distance_m: float = 2.5,
        panel_height_mm: float | None = None,
        limits_deg: tuple[float, float] = (6.0, 8.0),
    ) -> None:
        """canvas: a pygame surface. limits_deg: caution and off-track lines of the summary's bars."""
        self.glass = Glass(canvas, sizes(canvas.get_size(), viewing_distance_m, panel_height_mm), words)
        self.glass.limits_deg = limits_deg

    def draw(self, feedback: Feedback, picture: Picture | None, size: tuple[int, int] | None = None) -> None:
        """One moment. picture: un-mirrored BGR (H, W, 3) or None for black glass.

        size: (height, width) of the frames the marks are in, for placing them without a picture.
        """
        if picture is None and size is not None:
            self.glass.expect_picture(size)
        SCENES[feedback.state].draw(self.glass, feedback, picture)
