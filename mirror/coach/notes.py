"""What is said quietly beside a scene: the line under it, and what gestures do now.

Remembers only what was no squat, which is said once a kind and person.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from mirror.coach.feedback import State
from mirror.coach.lines import Line, line
from mirror.knees.reading import KneeReading, Movement, OtherMovement, Phase, Rep
from mirror.knees.reasons import Reason

OTHER_S = 5.0
"""A movement that is no squat is told for so long, once a kind and person: long enough to be read."""
WITH_NOTE = (State.READY, State.SQUATTING, State.CLASS)


def note(state: State, reading: KneeReading, reps: Sequence[Rep], other: Movement | None) -> Line | None:
    """What was no squat, then the reference, why nothing is judged, that all is well.

    reps: of this set. other: what was no squat a moment ago.
    """
    if state not in WITH_NOTE or not reading.setup.present:
        return None
    if other is not None:
        return line(f"seen.{other.value}")
    if reading.setup.reference_awaited:
        return _asked_for(reading.setup.refused)
    if reading.phase is Phase.STAND and reading.target_is_guess:
        return line("note.unknown", reason=reading.why_unknown)
    if reading.phase is Phase.STAND and reps and reps[-1].is_reference:
        return line("note.reference_set")
    return line("note.ready") if state is State.READY else None


def _asked_for(refused: Reason | None) -> Line:
    """The next squat is to be the reference. refused: why the last one could not be."""
    if refused is None:
        return line("note.reference_first")
    return line("note.reference_refused", reason=refused)


def gesture_keys(state: State, page: int | None, *, offers: bool, comparing: bool) -> tuple[str, ...]:
    """What gestures do in this state, as the names of their words.

    page: of help. offers: a summary offers a comparison. comparing: one is under way.
    """
    if state is State.PAUSED:
        return ("resume",)
    if state is State.HELP:
        return ("turn_page", "keys") if page == 0 else ("turn_page",)
    if state is State.SUMMARY:
        return () if offers else ("go_on",)
    if state is State.READY:
        return ("stop_comparing", "pause") if comparing else ("help", "pause")
    return ()


class Others:
    """Movements of one person that are no squats: each kind is told once."""

    def __init__(self) -> None:
        self._known: set[Movement] = set()
        self._last: Movement | None = None
        self._since = -math.inf

    def saw(self, t: float, other: OtherMovement | None) -> None:
        """One frame; other: what ended with it, or None."""
        if other is not None and other.kind not in self._known:
            self._known.add(other.kind)
            self._last, self._since = other.kind, t

    def shown(self, t: float) -> Movement | None:
        """What to tell now, or None."""
        return self._last if t - self._since <= OTHER_S else None
