"""The stage: picks the scene for a Feedback, draws it, and paints what differs from the moment before.

The station calls this and nothing else here. Decides nothing about what is said.
"""

from __future__ import annotations

from typing import Any

from mirror.coach.feedback import Feedback, State
from mirror.coach.words import Words
from mirror.screen.fonts import OWN, Face
from mirror.screen.glass import Glass, Picture
from mirror.screen.letters import Letters
from mirror.screen.overlay import Mounting
from mirror.screen.prediction import Prediction
from mirror.screen.qr_code import Share, TakeHome
from mirror.screen.scenes import SCENES
from mirror.screen.signs import draw_signs
from mirror.screen.theme import sizes

WITH_PICTURE = (State.FRAMING, State.CALIBRATING, State.READY, State.SQUATTING)


class Stage:
    """Draws Feedbacks on one canvas."""

    def __init__(
        self,
        canvas: Any,
        words: Words,
        *,
        viewing_distance_m: float = 2.5,
        panel_height_mm: float | None = None,
        limits_deg: tuple[float, float] = (3.5, 6.0),
        reflection: Mounting | None = None,
        face: Face = OWN,
        share: Share | None = None,
    ) -> None:
        """canvas: a pygame surface. limits_deg: caution and off-track lines of the summary's bars.

        reflection: put the marks on the person's reflection in black glass; None: on their mirrored picture.
        share: how a set's code is made.
        """
        measured = sizes(canvas.get_size(), viewing_distance_m, panel_height_mm)
        self.glass = Glass(canvas, measured, words, Letters(face), reflection)
        self.glass.limits_deg = limits_deg
        self.glass.take_home = TakeHome(share)
        self._prediction = Prediction()

    def shows_picture(self, feedback: Feedback) -> bool:
        """Whether the scene of this moment shows the person's picture."""
        return self.glass.reflection is None and feedback.state in WITH_PICTURE

    def forget(self) -> None:
        """A moment was drawn in part, or somebody else has painted: the next one is painted as a whole."""
        self.glass.sheet.forget()

    def draw(
        self,
        feedback: Feedback,
        picture: Picture | None,
        size: tuple[int, int] | None = None,
        at: float | None = None,
    ) -> list[Any]:
        """One moment; the rectangles that were painted, none when the glass already shows it.

        picture: un-mirrored BGR (H, W, 3) or None for black glass. size: (height, width) of the frames the
        marks are in, for placing them without a picture. at: the time the marks are drawn for, on the clock
        of feedback.t: that of the picture, or now on a reflection; None leaves them where they were seen.
        """
        glass = self.glass
        glass.begin()
        if picture is None and size is not None:
            glass.expect_picture(size)
        moment = self._prediction.at(feedback, at)
        SCENES[feedback.state].draw(glass, moment, picture)
        draw_signs(glass, moment)
        return glass.finish()
