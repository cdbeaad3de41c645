"""Restraint: one cue at a time, at most one sound a repetition, and praise where a cue was followed.

External focus first ("spread the floor"), the knees themselves last. Knows nothing of light or scenes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from mirror.coach.feedback import Sound
from mirror.coach.lines import Cue, Praise
from mirror.coach.patterns import Pattern, too_far_out
from mirror.coach.rules import CoachRules
from mirror.knees.reading import Rep, Verdict

TWITCH_S = 0.2
"""A knee off track for less than this is a twitch: it colours the light but makes no sound."""
SAME_CUE_REPS = 2
"""The same cue on at most this many repetitions in a row; then it waits for the summary."""
LEARN_EVERY, LEARN_SECOND = 2, 4
"""Sets of learning with a cue on every faulty repetition, and the set from which there is none at all."""
KNEE_CUES = (Cue.KNEES_OVER_TOES, Cue.SPREAD_THE_FLOOR, Cue.LITTLE_TOES, Cue.KNEES_OUT)
"""The next one is tried in the next set when nobody responded to the last. External focus first; the
exaggeration and the one that speaks of the knees come late."""
SPREAD_FOR = {"from_start", "hips", "late", "load"}
"""Patterns for which the floor is spread at once."""
FORM_CUES = {
    "trunk": Cue.CHEST_PROUD,
    "deep_only": Cue.HEEL_PLATES,
    "foot_rolls": Cue.WHOLE_FOOT,
    "load": Cue.LESS_WEIGHT,
}
"""Shown without a sound after a repetition, when the knees have had their say."""


@dataclass(slots=True)
class _Repetition:
    """What is forgotten with the next descent.

    cue, praise: shown since; never both. off_since: since when a knee is off track, None while none is.
    off_track: a knee was for longer than a twitch. sounded: and that was cued.
    """

    cue: Cue | None = None
    praise: Praise | None = None
    off_since: float | None = None
    off_track: bool = False
    sounded: bool = False


@dataclass(slots=True)
class _Set:
    """What is forgotten with the next set.

    faulty: repetitions with a knee off track, cued or not. cued: how many were cued; cued_in_a_row: of the
    last ones. responded: one was good right after a cue. too_far_out: one went beyond the toes. spread: what
    the set shows asks to spread the floor. form: how often each form cue was shown. last_cued: the last
    repetition was cued, so a good one now is a response.
    """

    faulty: int = 0
    cued: int = 0
    cued_in_a_row: int = 0
    responded: bool = False
    too_far_out: bool = False
    spread: bool = False
    form: dict[Cue, int] = field(default_factory=dict)
    last_cued: bool = False
    rep: _Repetition = field(default_factory=_Repetition)


@dataclass(slots=True)
class _Person:
    """What is forgotten with the next person. rung: which of KNEE_CUES they have come to."""

    sets_done: int = 0
    rung: int = 0
    set: _Set = field(default_factory=_Set)

    def knee_cue(self) -> Cue:
        return KNEE_CUES[max(self.rung, 1 if self.set.spread else 0)]

    def next_rung(self) -> int:
        """Of the next set: a cue nobody responded to gives way to the next, too far out to the first."""
        if self.set.too_far_out:
            return 0
        stubborn = self.set.cued >= SAME_CUE_REPS and not self.set.responded
        return min(self.rung + int(stubborn), len(KNEE_CUES) - 1)


class Speaker:
    """One cue and at most one sound a repetition, and how often over a set.

    A person has sets, a set has repetitions; each begins as one assignment that forgets the one before:

        descent      a repetition: the last cue and praise have been read
        new_set      a set, and its first repetition; the person's rung goes on to the next
        new_person   a person, at the first rung, and their first set

    Within a repetition: quiet, then off track for less than a twitch (back to quiet when the knee is), then,
    once, cued with a sound or let go; when it is over, praised or shown a form cue.
    """

    def __init__(self, rules: CoachRules) -> None:
        self._rules = rules
        self._person = _Person()

    def new_person(self) -> None:
        """Whoever comes next has not learned anything yet."""
        self._person = _Person()

    def new_set(self) -> None:
        """Another set of the same person: a cue nobody responded to gives way to the next."""
        self._person.rung = self._person.next_rung()
        self._person.set = _Set()

    def descent(self) -> None:
        """A new repetition begins: the last one's cue has been read."""
        self._person.set.rep = _Repetition()

    @property
    def cue(self) -> Cue | None:
        """What to show now, until the next descent; None where there is praise or nothing to say."""
        return self._person.set.rep.cue

    @property
    def praise(self) -> Praise | None:
        """As `cue`, for a repetition that followed one."""
        return self._person.set.rep.praise

    @property
    def sets_done(self) -> int:
        """Sets of this person that are over: who is learning is told less from set to set."""
        return self._person.sets_done

    @sets_done.setter
    def sets_done(self, count: int) -> None:
        self._person.sets_done = count

    def update(self, t: float, off_track: bool) -> Sound | None:
        """The sound to make now, if any; sets `cue`."""
        so_far, rep = self._person.set, self._person.set.rep
        if not off_track:
            rep.off_since = None
            return None
        if rep.off_since is None:
            rep.off_since = t
        if rep.off_track or t - rep.off_since < TWITCH_S:
            return None
        rep.off_track = True
        so_far.faulty += 1
        if so_far.cued_in_a_row >= SAME_CUE_REPS or not self._may_speak(so_far.faulty):
            return None
        so_far.cued_in_a_row += 1
        so_far.cued += 1
        rep.sounded = True
        rep.cue = self._person.knee_cue()
        return Sound.OFF_TRACK

    @property
    def exaggerates(self) -> bool:
        """Whether they were told in this set to aim at their little toes, and did not go too far out."""
        so_far = self._person.set
        return so_far.cued > 0 and self._person.knee_cue() is Cue.LITTLE_TOES and not so_far.too_far_out

    def _may_speak(self, faulty_reps: int) -> bool:
        if not self._rules.speaks:
            return False
        if self._rules.mode == "learn" and self.sets_done >= LEARN_EVERY:
            return self.sets_done < LEARN_SECOND and faulty_reps % 2 == 1
        return True

    def rep(self, rep: Rep, patterns: Sequence[Pattern]) -> None:
        """A repetition is over; patterns: those of the set so far, surest first."""
        so_far, now = self._person.set, self._person.set.rep
        verdicts = (rep.left.verdict, rep.right.verdict)
        good = verdicts == (Verdict.GOOD, Verdict.GOOD)
        if Verdict.OFF_TRACK not in verdicts:
            so_far.cued_in_a_row = 0
        keys = [pattern.key for pattern in patterns]
        so_far.spread = not SPREAD_FOR.isdisjoint(keys)
        outside = too_far_out(rep)
        so_far.too_far_out = so_far.too_far_out or outside
        if so_far.last_cued and good and not outside:
            so_far.responded = True
            now.praise = Praise.BETTER if self._rules.speaks else None
        elif not now.sounded and self._may_speak(1):
            fitting = [key for key in keys if key in FORM_CUES and not (good and key == "load")]
            self._form_cue("outside" if outside else (fitting or [""])[0])
        # who was cued in this set and finds the way back is praised, also where the last cue was left out
        so_far.last_cued = now.sounded or (now.off_track and so_far.cued > 0)

    def _form_cue(self, key: str) -> None:
        """A cue without a sound; at most twice in a set, then it waits for the summary."""
        shown = self._person.set.form
        cue = KNEE_CUES[0] if key == "outside" else FORM_CUES.get(key)
        if cue is None or shown.get(cue, 0) >= SAME_CUE_REPS:
            return
        shown[cue] = shown.get(cue, 0) + 1
        self._person.set.rep.cue = cue
