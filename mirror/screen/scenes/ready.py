"""Calibrated and standing: what to do next, and nothing else."""

from __future__ import annotations

from mirror.coach.feedback import Feedback
from mirror.screen.glass import Glass, Picture


class Ready:
    def draw(self, glass: Glass, feedback: Feedback, picture: Picture | None) -> None:
        glass.picture(picture)
        glass.say(feedback.note, round(1.2 * glass.sizes.body), round(0.13 * glass.height), band=True)
        glass.knees(feedback)
