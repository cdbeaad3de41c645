"""What the coach says, as values: cues and instructions by key, sentences by name with what fills their gaps.

No language: `Words.line` puts each into one, at the edges: screen, terminal, voice, event log, broker, store.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass

from mirror.knees.reasons import Framing, Reason


class Cue(enum.Enum):
    """What is shown while squatting. The value is the name of its words, and the key that is sent outside."""

    KNEES_OVER_TOES = "knees_over_toes"
    SPREAD_THE_FLOOR = "spread_the_floor"
    LITTLE_TOES = "little_toes"
    KNEES_OUT = "knees_out"
    CHEST_PROUD = "chest_proud"
    HEEL_PLATES = "heel_plates"
    WHOLE_FOOT = "whole_foot"
    LESS_WEIGHT = "less_weight"


class Praise(enum.Enum):
    """What is shown after a repetition that got better."""

    BETTER = "better"


class Instruction(enum.Enum):
    """What to do, apart from being seen well (Framing)."""

    STAND_STILL = "stand_still"
    STAND_ON_THE_MARK = "stand_on_the_mark"
    PAUSED = "paused"
    STARTING = "starting"


SECTIONS: dict[type[enum.Enum], str] = {
    Cue: "cue",
    Praise: "praise",
    Instruction: "instruction",
    Framing: "instruction",
}
"""Where the words of each are: the section of the files of words."""


@dataclass(frozen=True, slots=True)
class Line:
    """One sentence. name: of its words ("summary.one"). values: what fills its gaps, by the gap's name.

    A value is a whole number, a number told with one decimal, a text that is the same in every language (a
    name, "+4"), a reason, another line, or several lines in a row.
    """

    name: str
    values: tuple[tuple[str, Value], ...] = ()

    @property
    def key(self) -> str:
        """The name without its section: what is sent outside ("ready")."""
        return self.name.partition(".")[2]

    @property
    def reason(self) -> Reason | None:
        """The reason that is told in it, or None."""
        return next((value for _, value in self.values if isinstance(value, Reason)), None)


Value = str | int | float | Reason | Line | tuple[Line, ...] | None
Sayable = Line | Cue | Praise | Instruction | Framing | Reason
"""All that has words."""


def line(name: str, **values: Value) -> Line:
    """The sentence of this name with its values."""
    return Line(name, tuple(values.items()))


def fault_line(fault: Exception) -> Line:
    """What is wrong, and what a member of staff can do.

    Faults carry the name of their sentence; one without is told as that something is wrong.
    """
    key = getattr(fault, "key", "")
    return line(f"fault.{key}", **getattr(fault, "values", {})) if key else line("fault.other")
