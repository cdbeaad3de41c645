"""The coach: what to show, say and sound at this moment, from the knees' readings and what arms ask for.

Holds the visit: dark glass, framing, calibrating, ready, squatting, summary, and what a person asks for in
between. Restraint is the speaker's, sets are the training's. Knows no pixels and no pins.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

from mirror.coach.clock import Intervals, SharedTimer, nobodys
from mirror.coach.depth_aim import DepthAim
from mirror.coach.feedback import Feedback, Gesture, KneeMark, Light, SetSummary, Sound, State, nothing
from mirror.coach.gestures import Arms
from mirror.coach.lamp import LAMP, Lamp, worse_verdict
from mirror.coach.lines import Instruction, Line, line
from mirror.coach.listener import Heard, Listener
from mirror.coach.notes import Others, gesture_keys, note
from mirror.coach.pages import HelpPages, SummaryPages
from mirror.coach.rest import RestClock
from mirror.coach.rules import CoachRules
from mirror.coach.speaker import Speaker
from mirror.coach.training import Training
from mirror.knees.decoration import spared
from mirror.knees.reading import KneeReading, LegReading, Phase, Rep, Verdict
from mirror.knees.reasons import Framing, Why

__all__ = ["Coach", "CoachRules"]

WALKED_OFF_S = 1.0
FROZEN_S = 1.0
"""Nothing is judged, and the sign stays, for so long after somebody passed."""
OF_SOMEBODY_THERE = (State.FRAMING, State.CALIBRATING, State.READY, State.SQUATTING, State.CLASS)
"""What stays for WALKED_OFF_S when nobody is seen any more. A summary, a pause or a page has its own reason
to be there, and goes with it."""


class Coach:
    """One visit after another. Feed it every reading; not for several threads."""

    def __init__(self, rules: CoachRules, shared: Callable[[], SharedTimer | None] = nobodys) -> None:
        """shared: the timer of the whole class, None while there is none."""
        self._rules = rules
        self._lamp = Lamp(rules.colour_hold_s)
        self._speaker = Speaker(rules)
        self._training = Training(rules)
        self._listener = Listener(rules.gestures)
        self._clock = Intervals(rules, shared)
        self._state = State.IDLE
        self._present_t = -math.inf
        self._moved_t = -math.inf  # when they last squatted
        self._frozen_t = -math.inf  # when somebody last passed
        self._phase = Phase.STAND
        self._paused = False
        self._ask: Framing | None = None  # the last instruction to be seen well
        self._help = HelpPages()
        self._summary_pages = SummaryPages(rules.summary_for_s)
        self._set_over: SetSummary | None = None  # with this frame
        self._others = Others()
        self._rest = RestClock(rules.tells_rest and not rules.is_class)
        self._aim = DepthAim(rules.depth_aim_deg)

    def update(
        self, reading: KneeReading, rep: Rep | None, arms: Arms | None = None, pressed: Gesture | None = None
    ) -> Feedback:
        """The Feedback for this reading; rep is the repetition that ended with it, or None.

        arms: where their arms are, None where not seen. pressed: what a button asks for with this frame.
        """
        t = reading.t
        self._set_over = None
        standing = reading.setup.present and reading.phase is Phase.STAND
        heard = self._listener.update(t, arms, standing, pressed)
        if heard.asked is not None:
            self._obey(heard.asked, t)
        if reading.setup.present:
            self._present_t = t
            self._ask = reading.setup.framing or self._ask
        if reading.phase is not Phase.STAND:
            self._moved_t = t
        if reading.why_unknown is not None and reading.why_unknown.key is Why.SOMEBODY_PASSES:
            self._frozen_t = t
        self._others.saw(t, reading.other)
        if reading.judged_late:
            self._training.judged_late(reading.judged_late)
        self._leave_page(reading)
        self._begin_or_end(reading, rep)
        self._state = self._next_state(reading)
        moment = self._tell(reading, heard)
        bare = replace(
            moment, mode=self._rules.mode, set_over=self._set_over, judged_late=reading.judged_late
        )
        return spared("asides", lambda: self._with_asides(bare, reading, heard), bare)

    def finish(self, t: float) -> Feedback:
        """The picture ended: the summary of what was done so far, or dark glass."""
        training = self._training
        self._set_over = None
        if training.reps and training.summary is None:
            self._sum_up(t)
        self._state = State.SUMMARY if training.summary else State.IDLE
        last = replace(self._blank(t), set_over=self._set_over)
        return last if training.summary else replace(last, light=Light.OFF)

    # -- what a person asks for ------------------------------------------------------------------------

    def _obey(self, asked: Gesture, t: float) -> None:
        if asked is Gesture.PAUSE:
            self._paused = not self._paused
            self._help.leave()
        elif self._paused:
            self._paused = asked is not Gesture.START
        elif asked is Gesture.START:
            self._go_on(t)
        else:
            self._turn(1 if asked is Gesture.NEXT else -1, t)

    def _turn(self, by: int, t: float) -> None:
        """The next page or the one before; past either end the pages are left."""
        reading = self._state is State.SUMMARY and not self._help.open
        if reading and self._summary_pages.turn(by, t):
            return
        if by < 0 and not self._help.open:
            self._training.stop_comparing()
            return
        self._help.turn(by, t)

    def _go_on(self, t: float) -> None:
        """Hands over the head: yes to what is offered, or on to whatever comes next."""
        training = self._training
        kind, helped = self._help.starts, self._help.open
        if not helped and training.summary is not None:
            kind = training.summary.offer_kind
            self._new_set()
        elif not helped and self._rules.is_class:
            self._clock.restart(t)
        elif not helped and training.reps:
            self._end_set(t)
        self._help.leave()
        if kind:
            self._speaker.new_set()
            training.compare(kind)

    def _leave_page(self, reading: KneeReading) -> None:
        """Squatting, walking off, or nobody turning it for long closes a page."""
        away = reading.t - self._present_t > WALKED_OFF_S
        if away:
            self._paused = False
        if away or reading.phase is not Phase.STAND or self._help.over(reading.t):
            self._help.leave()

    # -- the visit -------------------------------------------------------------------------------------

    def _begin_or_end(self, reading: KneeReading, rep: Rep | None) -> None:
        descending = self._phase is Phase.STAND and reading.phase is Phase.DOWN
        self._phase = reading.phase
        if self._paused:
            return
        if descending:
            self._speaker.descent()
            if self._training.summary is not None:  # squatting again while the summary shows: a new set
                self._new_set()
        if rep is not None:
            patterns = self._training.add(rep)
            spared("praise", lambda: self._speaker.rep(rep, patterns), None)
        self._end_what_is_over(reading)

    def _end_what_is_over(self, reading: KneeReading) -> None:
        training, t = self._training, reading.t
        away_s = t - self._present_t
        still = t - self._moved_t > self._rules.summary_after_s
        if training.reps and training.summary is None and (away_s > WALKED_OFF_S or still):
            self._end_set(t)
        if training.summary is not None and self._summary_pages.over(t):
            self._new_set()
        if away_s > WALKED_OFF_S and training.summary is None:
            self._speaker.new_person()
            self._others = Others()
            training.leave(away_s)
            self._rest.away(away_s)

    def _end_set(self, t: float) -> None:
        self._sum_up(t)
        self._rest.set_over(self._moved_t)
        self._speaker.sets_done += 1
        if self._rules.is_class:  # the coach in the room sums up
            self._new_set()

    def _sum_up(self, t: float) -> None:
        self._training.end_set(t)
        self._set_over = summary = self._training.summary
        pages, with_code = (summary.pages, summary.take_home) if summary else (1, False)
        self._summary_pages.begin(t, pages, with_code=with_code)

    def _new_set(self) -> None:
        self._training.new_set()
        self._speaker.new_set()

    def _next_state(self, reading: KneeReading) -> State:
        if self._paused:
            return State.PAUSED
        if self._help.open:
            return State.HELP
        if self._training.summary is not None:
            return State.SUMMARY
        if not reading.setup.present:
            if reading.t - self._present_t <= WALKED_OFF_S and self._state in OF_SOMEBODY_THERE:
                return self._state
            return State.CLASS if self._rules.is_class else State.IDLE
        return self._state_of_somebody(reading)

    def _state_of_somebody(self, reading: KneeReading) -> State:
        if reading.phase is not Phase.STAND:
            return State.SQUATTING
        if reading.setup.framing is not None:
            return State.FRAMING
        if not reading.setup.calibrated:
            return State.CALIBRATING
        if self._training.reps:
            return State.SQUATTING
        return State.CLASS if self._rules.is_class else State.READY

    # -- the telling -----------------------------------------------------------------------------------

    def _tell(self, reading: KneeReading, heard: Heard) -> Feedback:
        squatting = self._state is State.SQUATTING
        moving = squatting and reading.phase is not Phase.STAND
        worst = worse_verdict(reading.left.verdict, reading.right.verdict)
        off_track = moving and worst is Verdict.OFF_TRACK and not self._frozen(reading.t)
        sound = spared("cues", lambda: self._speaker.update(reading.t, off_track), None)
        if heard.asked is not None and self._rules.speaks:
            sound = sound or Sound.ACCEPTED
        if self._state in (State.SUMMARY, State.PAUSED, State.HELP):
            return replace(self._blank(reading.t), sound=sound)
        return Feedback(
            t=reading.t,
            state=self._state,
            cue=self._speaker.cue if squatting else None,
            instruction=spared("instructions", self._instruction, None),
            note=spared("notes", lambda: self._note(reading), None),
            progress=reading.setup.progress if self._state is State.CALIBRATING else 0.0,
            light=self._lamp(reading.t, LAMP[worst] if moving else Light.OFF),
            sound=sound,
            left=self._mark(reading, reading.left),
            right=self._mark(reading, reading.right),
            target_is_guess=reading.target_is_guess,
            depth_deg=reading.depth_deg,
            reps_done=len(self._training.reps),
            rep_verdicts=self._rep_verdicts(),
            summary=None,
            praise=self._speaker.praise if squatting else None,
            eye=reading.eye,
        )

    def _with_asides(self, feedback: Feedback, reading: KneeReading, heard: Heard) -> Feedback:
        """What stands beside every scene."""
        t = feedback.t
        aimed = self._aim.update(t, reading.phase, reading.depth_deg)
        frozen = self._frozen(t) and self._state is not State.IDLE
        in_class = self._rules.is_class and self._state in (State.CLASS, State.SQUATTING)
        return replace(
            feedback,
            frozen=line("note.somebody_passes") if frozen else None,
            gesture=heard.progress,
            gestures=self._gestures(heard),
            bar_held=heard.bar_held,
            experiment=self._training.step,
            clock=self._clock.at(t) if in_class else None,
            page=self._help.page,
            rest=self._rest.at(t) if self._state is State.READY else None,
            depth_aimed=aimed if self._state is State.SQUATTING else None,
        )

    def _blank(self, t: float) -> Feedback:
        """Dark lamp and no marks, with the summary where it is time for it."""
        return replace(
            nothing(t, self._state),
            instruction=Instruction.PAUSED if self._state is State.PAUSED else None,
            light=self._lamp(t, Light.OFF),
            reps_done=len(self._training.reps),
            rep_verdicts=self._rep_verdicts(),
            summary=self._training.summary if self._state is State.SUMMARY else None,
            summary_page=self._summary_pages.at(t) if self._state is State.SUMMARY else 0,
        )

    def _mark(self, reading: KneeReading, leg: LegReading) -> KneeMark:
        """Who was told to exaggerate aims at the line of the little toe."""
        target, ray = leg.target, leg.target_ray
        if self._speaker.exaggerates and leg.outer is not None:
            target, ray = leg.outer, leg.outer_ray
        ready = reading.why_unknown is None and not reading.target_is_guess
        return KneeMark(
            leg.verdict,
            leg.knee,
            target,
            leg.inside_deg,
            knee_ray=leg.knee_ray,
            target_ray=ray,
            at_rest=ready and reading.phase is Phase.STAND and leg.verdict is Verdict.UNKNOWN,
        )

    def _frozen(self, t: float) -> bool:
        return t - self._frozen_t <= FROZEN_S

    def _rep_verdicts(self) -> tuple[Verdict, ...]:
        return tuple(worse_verdict(rep.left.verdict, rep.right.verdict) for rep in self._training.reps)

    def _instruction(self) -> Instruction | Framing | None:
        if self._state is State.FRAMING:
            return self._ask
        if self._state is State.CALIBRATING:
            return Instruction.STAND_STILL
        return Instruction.STAND_ON_THE_MARK if self._state is State.IDLE else None

    def _note(self, reading: KneeReading) -> Line | None:
        return note(self._state, reading, self._training.reps, self._others.shown(reading.t))

    def _gestures(self, heard: Heard) -> tuple[Line, ...]:
        """What gestures do now; nothing while squatting or where none are listened to."""
        if not self._rules.gestures or self._state is State.SQUATTING:
            return ()
        if heard.bar_held:
            return (line("gesture.bar_held"),)
        training = self._training
        offered = bool(training.summary and training.summary.offer_kind)
        keys = gesture_keys(self._state, self._help.n, offers=offered, comparing=training.comparing)
        return tuple(line(f"gesture.{key}") for key in keys)
