"""What may lie over any scene: a gesture being held, why nothing is judged just now, which set this is.

Decides nothing; draws what the Feedback has.
"""

from __future__ import annotations

from mirror.coach.feedback import Feedback, State
from mirror.coach.mark_style import SOFT, YELLOW
from mirror.screen.figures import draw_figure
from mirror.screen.glass import Glass

RING = 0.075
"""Radius of a gesture's ring, as a share of the glass's height."""
LIVE = (State.FRAMING, State.CALIBRATING, State.READY, State.SQUATTING, State.CLASS)
"""Scenes of a set: they leave room for a sign. The others say for themselves what they have to."""


def draw_signs(glass: Glass, feedback: Feedback) -> None:
    """Signs over the scene that was drawn."""
    box = glass.places.sign
    if feedback.frozen:
        glass.shade(box)
        glass.say(glass.words.line(feedback.frozen), glass.sizes.body, box, YELLOW)
    elif feedback.experiment is not None and feedback.state in LIVE:
        glass.shade(box)
        glass.say(glass.words.line(feedback.experiment.title), glass.sizes.small, box, SOFT)
    if feedback.gesture is not None:
        _gesture(glass, feedback)


def _gesture(glass: Glass, feedback: Feedback) -> None:
    """A ring that fills round a figure that makes the gesture."""
    held = feedback.gesture
    if held is None:
        return
    radius = round(RING * min(glass.height, 1.5 * glass.width))
    left, _, width, _ = glass.places.body
    lowest = glass.places.sign[1] if glass.portrait else glass.height - glass.sizes.margin
    at = (left + width // 2, lowest - round(1.25 * radius))
    glass.marks.backing(glass.sheet, at, round(1.2 * radius))
    glass.marks.filling(glass.sheet, at, radius, held.share)
    size = round(1.15 * radius)
    draw_figure(glass, f"gesture_{held.gesture.value}", (at[0] - size // 2, at[1] - size // 2, size, size))
