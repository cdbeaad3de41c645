"""The sets of one visit: repetitions, the summary when a set is over, the set before, a comparison under way.

Knows no scenes and no times of day; the coach says when a set begins and ends.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from mirror.coach.experiment import Experiment
from mirror.coach.feedback import ExperimentStep, SetSummary
from mirror.coach.patterns import Pattern, find
from mirror.coach.rules import CoachRules
from mirror.coach.summary import Before, clean_and_judged, summarise, untold
from mirror.knees.decoration import spared
from mirror.knees.reading import Rep
from mirror.knees.unjudged import why_of_reps

COMPARISON_WAITS_S = 180.0
"""Whoever compares may be away this long to fetch plates or a bar."""


class Training:
    """What somebody did since they stepped in."""

    def __init__(self, rules: CoachRules) -> None:
        self._rules = rules
        self.reps: list[Rep] = []
        self.summary: SetSummary | None = None
        self._experiment: Experiment | None = None
        self._before = Before()
        self._learned: tuple[Pattern, ...] = ()  # what comparisons of this visit showed

    def add(self, rep: Rep) -> tuple[Pattern, ...]:
        """A repetition is over; the patterns known by now, from comparisons and from the set so far."""
        self.reps.append(rep)
        return self._learned + spared("patterns", lambda: find(self.reps), ())

    def judged_late(self, reps: Sequence[Rep]) -> None:
        """Verdicts that were unknown when their repetitions ended; a summary that shows is told anew."""
        late = {(rep.n, rep.bottom_s): rep for rep in reps}
        self.reps = [late.get((rep.n, rep.bottom_s), rep) for rep in self.reps]
        if self.summary is not None:
            self.summary = spared("summaries", self._summarised, untold(self.reps))

    def end_set(self, t: float) -> None:
        """The set is over: it is summed up, and counts for a comparison under way."""
        spared("comparisons", self._add_to_comparison, None)
        self.summary = spared("summaries", self._summarised, untold(self.reps))
        self._before = Before(self._before.sets + 1, *clean_and_judged(self.reps))

    def _add_to_comparison(self) -> None:
        if self._experiment is not None:
            self._experiment.add(self.reps)
            shown = self._experiment.pattern()
            self._learned = (shown,) if shown else self._learned

    def _summarised(self) -> SetSummary:
        summary = summarise(
            self.reps,
            self._rules.stature_m,
            why_of_reps(self.reps),
            before=self._before,
            experiment=self._experiment,
        )
        return replace(summary, take_home=self._rules.take_home and bool(self.reps))

    def new_set(self) -> None:
        """The summary has been read; a comparison that is over has been told."""
        self.reps, self.summary = [], None
        if self._experiment is not None and self._experiment.over:
            self._experiment = None

    def leave(self, away_s: float) -> None:
        """Nobody is there any more, since so long. The next one is somebody else, unless they compare."""
        self._before, self._learned = Before(), ()
        if away_s > COMPARISON_WAITS_S:
            self._experiment = None

    def compare(self, kind: str) -> None:
        """A comparison begins with the next set."""
        self.reps, self.summary = [], None
        self._experiment = Experiment(kind)

    def stop_comparing(self) -> None:
        """They want no comparison after all."""
        self._experiment = None

    @property
    def comparing(self) -> bool:
        return self._experiment is not None

    @property
    def step(self) -> ExperimentStep | None:
        """Where the comparison is."""
        return self._experiment.step if self._experiment else None
