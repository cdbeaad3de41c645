"""Listens to arms and to the button: what is being asked for, and whether a bar is held."""

from __future__ import annotations

from dataclasses import dataclass

from mirror.coach.feedback import Gesture, GestureProgress
from mirror.coach.gestures import Arms, Bar, Gestures


@dataclass(frozen=True, slots=True)
class Heard:
    """asked: what counts with this frame, or None. progress: a gesture being held, for the ring."""

    asked: Gesture | None
    progress: GestureProgress | None
    bar_held: bool


class Listener:
    """One person's arms, and the button beside the mirror."""

    def __init__(self, gestures: bool) -> None:
        self._gestures = gestures
        self._bar = Bar()
        self._arms = Gestures()

    def update(self, t: float, arms: Arms | None, standing: bool, pressed: Gesture | None) -> Heard:
        """One frame. standing: there, and between squats. pressed: what the button asks for, or None.

        The button counts with a bar on the shoulders too; nothing counts in the middle of a squat.
        """
        held = self._bar.update(t, arms)
        allowed = self._gestures and standing and not held
        progress, gesture = self._arms.update(t, arms, allowed)
        return Heard((pressed if standing else None) or gesture, progress, held)
