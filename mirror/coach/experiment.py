"""Guided comparisons on the mirror: one set flat, one on plates; light and heavy; without and with a band.

Remembers which set is next and what the sets showed; what starts and ends one is the coach's. Two sets show
what differs, never why, and say so.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from mirror.coach.feedback import ExperimentStep, SetColumn, SetsCompared
from mirror.coach.lines import Line, Value, line
from mirror.coach.patterns import SIDES, Pattern, between
from mirror.coach.sets import (
    SAME_DEG,
    SetOfReps,
    about_the_same,
    figures,
    other_depth,
    unlike,
    whole_degrees_apart,
)
from mirror.knees.reading import Rep, Verdict

CONDITIONS = {
    "plates": ("flat", "on_plates"),
    "load": ("light", "heavy"),
    "band": ("without_band", "with_band"),
}
"""What each comparison compares, in order."""


@dataclass
class Experiment:
    """One comparison under way."""

    kind: str
    sets: list[SetOfReps] = field(default_factory=list)
    columns: list[SetColumn] = field(default_factory=list)

    @property
    def over(self) -> bool:
        return len(self.sets) == len(CONDITIONS[self.kind])

    def add(self, reps: Sequence[Rep]) -> None:
        """The set that was next is done."""
        condition = CONDITIONS[self.kind][len(self.sets)]
        one = set_of(condition, reps)
        self.sets.append(one)
        both = [rep for rep in reps if not rep.is_reference and _judged(rep)]
        good = sum(rep.left.verdict is rep.right.verdict is Verdict.GOOD for rep in both)
        self.columns.append(
            SetColumn(
                _name(one),
                one.reps,
                one.left.mean_deg,
                one.right.mean_deg,
                one.depth_deg,
                good,
                len(both),
                (one.left.inside_deg, one.right.inside_deg),
            )
        )

    @property
    def step(self) -> ExperimentStep:
        """Where it is. With all sets done, the last of them."""
        conditions = CONDITIONS[self.kind]
        n = min(len(self.sets), len(conditions) - 1)
        names = tuple(line(f"compare.{condition}") for condition in conditions)
        return ExperimentStep(
            self.kind,
            n + 1,
            len(conditions),
            line("compare.step", n=n + 1, of=len(conditions), condition=names[n]),
            line(f"compare.do_{conditions[n]}"),
            names,
            len(self.sets),
        )

    def result(self) -> SetsCompared:
        """Both sets side by side. Only once it is over."""
        (a, b), (first, second) = self.sets, self.columns
        sentences = differences(a, b, (_name(a), _name(b)))
        if self.kind == "band":
            sentences.append(line("compare.band_off" if self._further_in() else "compare.band_mixed"))
        if "reference" in a.foot_source:
            sentences.append(line("compare.own_reference"))
        sentences.append(line("compare.not_why"))
        return SetsCompared(line(f"compare.{self.kind}"), first, second, tuple(sentences))

    def pattern(self) -> Pattern | None:
        """What it adds to the patterns of the last set."""
        return between(self.kind, *self.sets) if self.over else None

    def band_helps(self) -> bool:
        """Whether a knee went clearly less far in with the band, and none further."""
        return self.kind == "band" and bool(self._changes()) and max(self._changes()) < 0

    def _further_in(self) -> bool:
        return any(change > 0 for change in self._changes())

    def _changes(self) -> list[int]:
        """Whole degrees by which each leg differs clearly, + further in."""
        a, b = self.sets
        return [
            whole_degrees_apart(getattr(a, side).mean_deg, getattr(b, side).mean_deg)
            for side in SIDES
            if unlike(a, b, side) is None and not about_the_same(a, b, side)
        ]


def _name(one: SetOfReps) -> Line:
    """A set by its condition."""
    return line(f"compare.{one.name}")


def set_of(name: str, reps: Sequence[Rep]) -> SetOfReps:
    """The figures of a set as the mirror saw it: those repetitions whose feet were known in the same way."""
    sources = Counter(_source(rep) for rep in reps if not rep.is_reference)
    source = sources.most_common(1)[0][0] if sources else "none"
    return figures(name, None, source, [rep for rep in reps if _source(rep) == source])


def _source(rep: Rep) -> str:
    return rep.features.foot_source if rep.features else "none"


def _judged(rep: Rep) -> bool:
    return Verdict.UNKNOWN not in (rep.left.verdict, rep.right.verdict)


def differences(a: SetOfReps, b: SetOfReps, names: tuple[Value, Value]) -> list[Line]:
    """How each knee, and the depth, differ from set A to set B. names: what A and B are called in them."""
    sentences = [_leg(side, a, b, names) for side in SIDES]
    if other_depth(a, b) and a.depth_deg is not None and b.depth_deg is not None:
        apart = whole_degrees_apart(a.depth_deg, b.depth_deg)
        sentences.append(line("compare.higher" if apart > 0 else "compare.deeper", apart=abs(apart)))
    return sentences


def _leg(side: str, a: SetOfReps, b: SetOfReps, names: tuple[Value, Value]) -> Line:
    knee = line(f"compare.{side.capitalize()}")
    why = unlike(a, b, side)
    before, after = getattr(a, side).mean_deg, getattr(b, side).mean_deg
    if why is not None or before is None or after is None:
        return line("compare.knee_unknown", side=knee, reason=line(f"compare.{why.key if why else 'few'}"))
    values: dict[str, Value] = {"side": knee, "a": names[0], "b": names[1]}
    values |= {"before": f"{before:+.0f}", "after": f"{after:+.0f}"}
    apart = whole_degrees_apart(before, after)
    if about_the_same(a, b, side):
        return line("compare.knee_same", same=SAME_DEG[a.foot_source], **values)
    return line("compare.knee_more" if apart > 0 else "compare.knee_less", apart=abs(apart), **values)
