"""One small class a scene, one file each. A scene draws one Feedback on the glass and remembers nothing."""

from __future__ import annotations

from typing import Protocol

from mirror.coach.feedback import Feedback, State
from mirror.screen.glass import Glass, Picture
from mirror.screen.scenes.calibrating import Calibrating
from mirror.screen.scenes.class_ import Class
from mirror.screen.scenes.fault import Fault
from mirror.screen.scenes.framing import Framing
from mirror.screen.scenes.help import Help
from mirror.screen.scenes.idle import Idle
from mirror.screen.scenes.paused import Paused
from mirror.screen.scenes.ready import Ready
from mirror.screen.scenes.squatting import Squatting
from mirror.screen.scenes.starting import Starting
from mirror.screen.scenes.summary import Summary


class Scene(Protocol):
    """What every scene can do."""

    def draw(self, glass: Glass, feedback: Feedback, picture: Picture | None) -> None:
        """Draw the whole glass. picture: un-mirrored BGR frame, or None for black glass."""


SCENES: dict[State, Scene] = {
    State.IDLE: Idle(),
    State.STARTING: Starting(),
    State.FRAMING: Framing(),
    State.CALIBRATING: Calibrating(),
    State.READY: Ready(),
    State.SQUATTING: Squatting(),
    State.SUMMARY: Summary(),
    State.PAUSED: Paused(),
    State.CLASS: Class(),
    State.HELP: Help(),
    State.FAULT: Fault(),
}
