"""Restraint: one cue at a time, at most one sound a repetition, and praise where a cue was followed.

External focus first ("spread the floor"), the knees themselves last. Knows nothing of light or scenes.
"""

from __future__ import annotations

from collections.abc import Sequence

from mirror.coach.feedback import Sound
from mirror.coach.patterns import Pattern, too_far_out
from mirror.coach.rules import CoachRules
from mirror.coach.words import Words
from mirror.knees.reading import Rep, Verdict

TWITCH_S = 0.2
"""A knee off track for less than this is a twitch: it colours the light but makes no sound."""
SAME_CUE_REPS = 2
"""The same cue on at most this many repetitions in a row; then it waits for the summary."""
LEARN_EVERY, LEARN_SECOND = 2, 4
"""Sets of learning with a cue on every faulty repetition, and the set from which there is none at all."""
KNEE_CUES = ("knees_over_toes", "spread_the_floor", "little_toes", "knees_out")
"""The next one is tried in the next set when nobody responded to the last. External focus first; the
exaggeration and the one that speaks of the knees come late."""
SPREAD_FOR = {"from_start", "hips", "late", "load"}
"""Patterns for which the floor is spread at once."""
FORM_CUES = {
    "trunk": "chest_proud",
    "deep_only": "heel_plates",
    "foot_rolls": "whole_foot",
    "load": "less_weight",
}
"""Shown without a sound after a repetition, when the knees have had their say."""


class Speaker:
    """One cue and at most one sound a repetition, and how often over a set.

    cue, praise: what to show now, until the next descent; never both.
    """

    def __init__(self, rules: CoachRules, say: Words) -> None:
        self._rules = rules
        self._say = say
        self.new_person()

    def new_person(self) -> None:
        """Whoever comes next has not learned anything yet."""
        self.sets_done = 0
        self._rung = 0  # which of KNEE_CUES
        self._forget_set()

    def new_set(self) -> None:
        """Another set of the same person: a cue nobody responded to gives way to the next."""
        if self._cued >= SAME_CUE_REPS and not self._responded:
            self._rung = min(self._rung + 1, len(KNEE_CUES) - 1)
        if self._too_far_out:
            self._rung = 0
        self._forget_set()

    def _forget_set(self) -> None:
        self._faulty_reps = 0  # faulty repetitions so far, cued or not
        self._cued_in_a_row = 0
        self._cued = 0
        self._responded = False
        self._too_far_out = False
        self._spread = False
        self._form: dict[str, int] = {}  # how often each form cue was shown
        self.descent()
        self._cued_last = False

    def descent(self) -> None:
        """A new repetition begins: the last one's cue has been read."""
        self.cue = self.praise = ""
        self._off_since: float | None = None
        self._spoken = False
        self._cued_now = False

    def update(self, t: float, off_track: bool) -> Sound | None:
        """The sound to make now, if any; sets `cue`."""
        if not off_track:
            self._off_since = None
            return None
        if self._off_since is None:
            self._off_since = t
        if self._spoken or t - self._off_since < TWITCH_S:
            return None
        self._spoken = True
        self._faulty_reps += 1
        if self._cued_in_a_row >= SAME_CUE_REPS or not self._may_speak(self._faulty_reps):
            return None
        self._cued_in_a_row += 1
        self._cued += 1
        self._cued_now = True
        self.cue = self._say(f"cue.{self._knee_cue()}")
        return Sound.OFF_TRACK

    @property
    def exaggerates(self) -> bool:
        """Whether they were told in this set to aim at their little toes, and did not go too far out."""
        return self._cued > 0 and self._knee_cue() == "little_toes" and not self._too_far_out

    def _knee_cue(self) -> str:
        return KNEE_CUES[max(self._rung, 1 if self._spread else 0)]

    def _may_speak(self, faulty_reps: int) -> bool:
        if not self._rules.speaks:
            return False
        if self._rules.mode == "learn" and self.sets_done >= LEARN_EVERY:
            return self.sets_done < LEARN_SECOND and faulty_reps % 2 == 1
        return True

    def rep(self, rep: Rep, patterns: Sequence[Pattern]) -> None:
        """A repetition is over; patterns: those of the set so far, surest first."""
        verdicts = (rep.left.verdict, rep.right.verdict)
        good = verdicts == (Verdict.GOOD, Verdict.GOOD)
        if Verdict.OFF_TRACK not in verdicts:
            self._cued_in_a_row = 0
        keys = [pattern.key for pattern in patterns]
        self._spread = not SPREAD_FOR.isdisjoint(keys)
        outside = too_far_out(rep)
        self._too_far_out = self._too_far_out or outside
        if self._cued_last and good and not outside:
            self._responded = True
            self.praise = self._say("praise.better") if self._rules.speaks else ""
        elif not self._cued_now and self._may_speak(1):
            fitting = [key for key in keys if key in FORM_CUES and not (good and key == "load")]
            self._form_cue("outside" if outside else (fitting or [""])[0])
        self._cued_last = self._cued_now

    def _form_cue(self, key: str) -> None:
        """A cue without a sound; at most twice in a set, then it waits for the summary."""
        cue = KNEE_CUES[0] if key == "outside" else FORM_CUES.get(key, "")
        if not cue or self._form.get(cue, 0) >= SAME_CUE_REPS:
            return
        self._form[cue] = self._form.get(cue, 0) + 1
        self.cue = self._say(f"cue.{cue}")
