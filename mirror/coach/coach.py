"""The coach: what to show, say and sound at this moment, from the knees' readings.

Holds the visit (idle, framing, calibrating, ready, squatting, summary) and the restraint: one cue at a time,
at most one sound per repetition, a colour that stays long enough to be seen. Knows no pixels and no pins.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from mirror.coach.feedback import Feedback, KneeMark, Light, SetSummary, Sound, State
from mirror.coach.summary import summarise
from mirror.coach.words import Words
from mirror.knees.reading import KneeReading, LegReading, Phase, Rep, Verdict

TOLD_FIRST = [Verdict.OFF_TRACK, Verdict.CAUTION, Verdict.UNKNOWN, Verdict.GOOD]
"""Which of two knees the lamp tells. Unknown comes before good: good is only ever said of both."""
LAMP = {
    Verdict.UNKNOWN: Light.UNKNOWN,
    Verdict.GOOD: Light.GOOD,
    Verdict.CAUTION: Light.CAUTION,
    Verdict.OFF_TRACK: Light.OFF_TRACK,
}
TWITCH_S = 0.2
"""A knee off track for less than this is a twitch: it colours the light but makes no sound."""
SAME_CUE_REPS = 2
"""The same cue on at most this many repetitions in a row; then it waits for the summary."""
WALKED_OFF_S = 1.0


@dataclass(frozen=True, slots=True)
class CoachRules:
    """mode: learn, standard, quiet or class. Seconds. stature_m: tells centimetres instead of degrees."""

    mode: str = "standard"
    colour_hold_s: float = 0.6
    summary_after_s: float = 6.0
    summary_for_s: float = 12.0
    stature_m: float | None = None


class Lamp:
    """The light over time: worse shows at once, better only when the colour was up long enough."""

    def __init__(self, hold_s: float) -> None:
        self._hold_s = hold_s
        self._shown = Light.OFF
        self._since = -math.inf

    def __call__(self, t: float, wanted: Light) -> Light:
        if wanted is self._shown:
            return self._shown
        rank = [Light.OFF, Light.UNKNOWN, Light.GOOD, Light.CAUTION, Light.OFF_TRACK].index
        held = self._shown is Light.OFF or t - self._since >= self._hold_s
        if held or rank(wanted) > rank(self._shown):
            self._shown, self._since = wanted, t
        return self._shown


class Speaker:
    """One cue and at most one sound per repetition, and how often over a set."""

    def __init__(self, rules: CoachRules, say: Words) -> None:
        self._rules = rules
        self._say = say
        self.sets_done = 0
        self.new_set()

    def new_set(self) -> None:
        self.cue = ""
        self._faulty_reps = 0  # faulty repetitions so far, cued or not
        self._cued_in_a_row = 0
        self._off_since: float | None = None
        self._spoken = False

    def descent(self) -> None:
        """A new repetition begins: the last one's cue has been read."""
        self.cue = ""
        self._off_since = None
        self._spoken = False

    def rep(self, faulty: bool) -> None:
        if not faulty:
            self._cued_in_a_row = 0

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
        if not self._may_speak():
            return None
        self._cued_in_a_row += 1
        self.cue = self._say("cue.knees_over_toes")
        return Sound.OFF_TRACK

    def _may_speak(self) -> bool:
        if self._rules.mode in ("quiet", "class") or self._cued_in_a_row >= SAME_CUE_REPS:
            return False
        if self._rules.mode == "learn" and self.sets_done >= 2:
            return self.sets_done < 4 and self._faulty_reps % 2 == 1
        return True


class Coach:
    """One visit after another. Feed it every reading; not for several threads."""

    def __init__(self, rules: CoachRules, say: Words) -> None:
        self._rules = rules
        self._say = say
        self._lamp = Lamp(rules.colour_hold_s)
        self._speaker = Speaker(rules, say)
        self._state = State.IDLE
        self._reps: list[Rep] = []
        self._summary: SetSummary | None = None
        self._summary_t = -math.inf
        self._present_t = -math.inf
        self._moved_t = -math.inf  # when they last squatted
        self._phase = Phase.STAND
        self._why_unknown = ""

    def update(self, reading: KneeReading, rep: Rep | None) -> Feedback:
        """The Feedback for this reading; rep is the repetition that ended with it, or None."""
        t = reading.t
        if reading.setup.present:
            self._present_t = t
        if reading.phase is not Phase.STAND:
            self._moved_t = t
        self._begin_or_end(reading, rep)
        self._state = self._next_state(reading)
        return self._tell(reading)

    def finish(self, t: float) -> Feedback:
        """The picture ended: the summary of what was done so far, or dark glass."""
        if self._reps and self._summary is None:
            self._end_set(t)
        self._state = State.SUMMARY if self._summary else State.IDLE
        return self._blank(t, self._summary)

    # -- the visit -------------------------------------------------------------------------------------

    def _begin_or_end(self, reading: KneeReading, rep: Rep | None) -> None:
        descending = self._phase is Phase.STAND and reading.phase is Phase.DOWN
        self._phase = reading.phase
        if descending:
            self._speaker.descent()
            if self._summary is not None:  # squatting again while the summary shows: a new set
                self._new_set()
        if rep is not None:
            self._reps.append(rep)
            self._why_unknown = reading.why_unknown
            faulty = Verdict.OFF_TRACK in (rep.left.verdict, rep.right.verdict)
            self._speaker.rep(faulty)
        gone = reading.t - self._present_t > WALKED_OFF_S
        still = reading.t - self._moved_t > self._rules.summary_after_s
        if self._reps and self._summary is None and (gone or still):
            self._end_set(reading.t)
        if self._summary is not None and reading.t - self._summary_t > self._rules.summary_for_s:
            self._new_set()
        if gone and self._summary is None:
            self._speaker.sets_done = 0  # whoever comes next has not learned anything yet

    def _end_set(self, t: float) -> None:
        self._summary = summarise(self._reps, self._say, self._rules.stature_m, self._why_unknown)
        self._summary_t = t
        self._speaker.sets_done += 1

    def _new_set(self) -> None:
        self._reps, self._summary = [], None
        self._speaker.new_set()

    def _next_state(self, reading: KneeReading) -> State:
        setup = reading.setup
        if self._summary is not None:
            return State.SUMMARY
        if not setup.present:
            return self._state if reading.t - self._present_t <= WALKED_OFF_S else State.IDLE
        if reading.phase is not Phase.STAND:
            return State.SQUATTING
        if setup.framing:
            return State.FRAMING
        if not setup.calibrated:
            return State.CALIBRATING
        return State.SQUATTING if self._reps else State.READY

    # -- the telling -----------------------------------------------------------------------------------

    def _tell(self, reading: KneeReading) -> Feedback:
        squatting = self._state is State.SQUATTING
        moving = squatting and reading.phase is not Phase.STAND
        worst = _told(reading.left.verdict, reading.right.verdict)
        off_track = moving and worst is Verdict.OFF_TRACK
        sound = self._speaker.update(reading.t, off_track)
        light = self._lamp(reading.t, LAMP[worst] if moving else Light.OFF)
        if self._state is State.SUMMARY:
            return self._blank(reading.t, self._summary)
        return Feedback(
            t=reading.t,
            state=self._state,
            cue=self._speaker.cue if squatting else "",
            instruction=self._instruction(reading),
            note=self._note(reading),
            progress=reading.setup.progress if self._state is State.CALIBRATING else 0.0,
            light=light,
            sound=sound,
            left=_mark(reading.left),
            right=_mark(reading.right),
            target_is_guess=reading.target_is_guess,
            depth_deg=reading.depth_deg,
            reps_done=len(self._reps),
            rep_verdicts=self._rep_verdicts(),
            summary=None,
            eye=reading.eye,
        )

    def _blank(self, t: float, summary: SetSummary | None) -> Feedback:
        no_leg = KneeMark(Verdict.UNKNOWN, None, None, None)
        return Feedback(
            t, self._state, "", "", "", 0.0, self._lamp(t, Light.OFF), None, no_leg, no_leg, True, None,
            len(self._reps), self._rep_verdicts(), summary,
        )  # fmt: skip

    def _rep_verdicts(self) -> tuple[Verdict, ...]:
        return tuple(_told(rep.left.verdict, rep.right.verdict) for rep in self._reps)

    def _instruction(self, reading: KneeReading) -> str:
        if self._state is State.FRAMING:
            return self._say(f"instruction.{reading.setup.framing}")
        if self._state is State.CALIBRATING:
            return self._say("instruction.stand_still")
        return self._say("instruction.stand_on_the_mark") if self._state is State.IDLE else ""

    def _note(self, reading: KneeReading) -> str:
        """A quiet line: about the reference first, then why nothing is judged, then that all is well."""
        setup = reading.setup
        if self._state not in (State.READY, State.SQUATTING):
            return ""
        if setup.reference_awaited:
            return (
                self._say("note.reference_refused", reason=setup.refused)
                if setup.refused
                else self._say("note.reference_first")
            )
        if reading.phase is Phase.STAND and reading.target_is_guess:
            return self._say("note.unknown", reason=reading.why_unknown)
        if reading.phase is Phase.STAND and self._reps and self._reps[-1].is_reference:
            return self._say("note.reference_set")
        return self._say("note.ready") if self._state is State.READY else ""


def _told(left: Verdict, right: Verdict) -> Verdict:
    return min(left, right, key=TOLD_FIRST.index)


def _mark(leg: LegReading) -> KneeMark:
    return KneeMark(
        leg.verdict, leg.knee, leg.target, leg.deviation_deg, knee_ray=leg.knee_ray, target_ray=leg.target_ray
    )
