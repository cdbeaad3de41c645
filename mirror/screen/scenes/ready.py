"""Calibrated and standing: what to do next, and nothing else."""

from __future__ import annotations

from mirror.coach.feedback import Feedback
from mirror.screen.glass import Glass, Picture


class Ready:
    def draw(self, glass: Glass, feedback: Feedback, picture: Picture | None) -> None:
        glass.picture(picture)
        box = glass.places.whole
        glass.shade(box)
        glass.say(feedback.note, round(1.3 * glass.sizes.body), box)
        glass.knees(feedback)
