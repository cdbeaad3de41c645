"""What the coach says as a person reads it: Feedback and summaries with their lines put into words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import is_dataclass
from typing import Any

from mirror.coach.feedback import SetSummary
from mirror.coach.lines import Cue, Instruction, Line, Praise
from mirror.coach.summary import summarise
from mirror.coach.words import Words, words
from mirror.knees.reading import Rep
from mirror.knees.reasons import Framing, Reason

ENGLISH = words("en")
SAYABLE = (Line, Cue, Praise, Instruction, Framing, Reason)
SAID = {
    "cue", "instruction", "note", "praise", "frozen", "action",
    "sentence", "depth", "tempo", "tried", "offer", "last_set",
}  # fmt: skip
"""Fields that are words or nothing: nothing reads as ""."""


class InWords:
    """Any of the coach's values: the same fields, in words where they have some."""

    def __init__(self, value: Any, say: Words = ENGLISH) -> None:
        self.value = value
        self._say = say

    def __getattr__(self, name: str) -> Any:
        value = getattr(self.value, name)
        if name in SAID:
            return self._say.line(value)
        if name == "drill":
            return self._say.drill(value) if value else None
        return self._read(value)

    def _read(self, value: Any) -> Any:
        if isinstance(value, SAYABLE):
            return self._say.line(value)
        if isinstance(value, tuple):
            return tuple(self._read(one) for one in value)
        told = is_dataclass(value) and type(value).__module__ == "mirror.coach.feedback"
        return InWords(value, self._say) if told else value


def summary_of(
    reps: Sequence[Rep],
    stature_m: float | None = None,
    why: Reason | None = None,
    say: Words = ENGLISH,
    **how: Any,
) -> Any:
    """The summary of these repetitions, in words."""
    told: SetSummary = summarise(reps, stature_m, why, **how)
    return InWords(told, say)
