"""Made-up moments of every scene, with the longest words they can show: for pictures, timing and tests.

Nobody's squats. A running mirror never draws these.
"""

from __future__ import annotations

from dataclasses import replace

from mirror.coach.feedback import (
    NO_MARK,
    ClassClock,
    ExperimentStep,
    Feedback,
    Gesture,
    GestureProgress,
    KneeMark,
    Light,
    Page,
    SetColumn,
    SetsCompared,
    SetSummary,
    State,
    nothing,
)
from mirror.coach.words import Words
from mirror.knees.reading import Ray, Rep, RepLeg, Verdict

VERDICTS = tuple(Verdict)
EYE = Ray(0.0, 0.22, 2.5)
GOOD_KNEE = KneeMark(
    Verdict.GOOD,
    (0.37, 0.66),
    (0.37, 0.66),
    0.5,
    knee_ray=Ray(-0.11, -0.24, 2.2),
    target_ray=Ray(-0.11, -0.24, 2.2),
)
LEFT_IN = KneeMark(
    Verdict.OFF_TRACK,
    (0.64, 0.66),
    (0.68, 0.66),
    11.0,
    knee_ray=Ray(0.09, -0.24, 2.2),
    target_ray=Ray(0.12, -0.24, 2.2),
)


def leg(deviation_deg: float | None, verdict: Verdict) -> RepLeg:
    """One leg of a repetition; None with UNKNOWN for a leg that could not be judged."""
    return RepLeg(deviation_deg, deviation_deg, verdict, 0.9)


def rep(n: int, left: RepLeg, right: RepLeg, depth_deg: float | None = -2.0) -> Rep:
    """The n-th repetition of a set."""
    start = 3.0 * n
    return Rep(n, start, start + 1, start + 2, depth_deg, "parallel", left, right, None, None, None, None)


def many_reps() -> tuple[Rep, ...]:
    """A set of fourteen with every verdict, bars of every height and a leg that was not seen."""
    return tuple(
        rep(
            n,
            leg(n - 2.0, VERDICTS[n % 3]),
            leg(None, Verdict.UNKNOWN) if n == 4 else leg(9.0, Verdict.OFF_TRACK),
        )
        for n in range(1, 15)
    )


def full_summary(say: Words) -> SetSummary:
    """A summary that says all a summary can say."""
    gaps = {"left": 10, "right": 13, "unit": say("summary.degrees"), "bad_left": 3, "bad_right": 2, "n": 14}
    return SetSummary(
        many_reps(),
        say("summary.reps_many", n=14),
        say("summary.both", **gaps),
        depth=say("depth.told", what=say("depth.counted", n=14, label=say("depth.nearly_parallel"))),
        tempo=say("summary.tempo", down=say.decimal(1.8), up=say.decimal(1.2)),
        patterns=(say("pattern.deep_only_both", seen=5, of=14),),
        pattern_keys=("deep_only",),
        tried=say("tried.deep_only"),
        drill=say.drill("heel_plates"),
        offer=say("compare.offer_plates"),
        last_set=say("summary.last_set", now=9, n=14, then=7, m=12),
    )


def compared_summary(say: Words) -> SetSummary:
    """The summary at the end of a guided comparison."""
    flat, plates = say("compare.flat"), say("compare.on_plates")
    left = say("compare.knee_less", side=say("compare.Left"), a=flat, b=plates, before=10, after=4, apart=6)
    right = say("compare.knee_unknown", side=say("compare.Right"), reason=say("compare.no_feet"))
    compared = SetsCompared(
        say("compare.plates"),
        SetColumn(flat, 8, 10.0, 6.5, -3.0, 3, 8),
        SetColumn(plates, 8, 4.0, None, -6.0, 7, 8),
        (left, right, say("compare.not_why")),
    )
    return replace(full_summary(say), headline=say("summary.reps_many", n=8), compared=compared)


def comparing(say: Words) -> ExperimentStep:
    """The first of two sets."""
    conditions = (say("compare.flat"), say("compare.on_plates"))
    title = say("compare.step", n=1, of=2, condition=conditions[0])
    return ExperimentStep("plates", 1, 2, title, say("compare.do_flat"), conditions, 0)


def squatting(say: Words) -> Feedback:
    """In the middle of a set: the left knee inside its toes, with a cue."""
    return replace(
        nothing(0.0, State.SQUATTING),
        cue=say("cue.knees_over_toes"),
        note=say("note.reference_first"),
        light=Light.OFF_TRACK,
        left=LEFT_IN,
        right=GOOD_KNEE,
        eye=EYE,
        target_is_guess=False,
        reps_done=14,
        rep_verdicts=tuple(VERDICTS[n % 4] for n in range(14)),
    )


def moment(state: State, say: Words) -> Feedback:
    """One moment of this state."""
    return _before(state, say) or _during(state, say)


def _before(state: State, say: Words) -> Feedback | None:
    """Up to the first squat."""
    plain = nothing(0.0, state)
    if state is State.STARTING:
        return replace(plain, instruction=say("instruction.starting"), progress=0.4)
    if state is State.FRAMING:
        return replace(plain, instruction=say("instruction.show_feet"))
    if state is State.CALIBRATING:
        return replace(plain, instruction=say("instruction.stand_still"), progress=0.6)
    if state is State.READY:
        gestures = (say("gesture.help"), say("gesture.pause"))
        note = say("note.reference_first")
        return replace(plain, note=note, gestures=gestures, left=GOOD_KNEE, right=NO_MARK, eye=EYE)
    return plain if state is State.IDLE else None


def _during(state: State, say: Words) -> Feedback:
    plain = nothing(0.0, state)
    if state is State.SQUATTING:
        return squatting(say)
    if state is State.SUMMARY:
        return replace(plain, summary=full_summary(say))
    if state is State.PAUSED:
        return replace(plain, instruction=say("instruction.paused"), gestures=(say("gesture.resume"),))
    if state is State.CLASS:
        return replace(plain, clock=ClassClock("Station 7", True, 25.2, 40.0), note=say("note.ready"))
    if state is State.HELP:
        lines = tuple(say(f"help.sees_{i}") for i in (1, 2, 3))
        page = Page("sees", say("help.sees"), lines, 1, 6)
        return replace(plain, page=page, gestures=(say("gesture.turn_page"), say("gesture.go_on")))
    return replace(plain, note=say("fault.silent_ribbon"))


def variants(say: Words) -> dict[str, Feedback]:
    """Further moments of the same scenes, by name."""
    set_, ready = squatting(say), moment(State.READY, say)
    quiet = replace(set_, cue="", note="", light=Light.GOOD, left=replace(LEFT_IN, verdict=Verdict.CAUTION))
    resting = ClassClock("Station 7", False, 65.0, 90.0)
    plates = tuple(say(key) for key in ("compare.about_plates",))
    page = Page("compare_plates", say("compare.plates"), plates, 4, 6, say("compare.offer_plates"))
    return {
        "praise": replace(quiet, praise=say("praise.better")),
        "frozen": replace(quiet, frozen=say("note.somebody_passes")),
        "gesture": replace(ready, gesture=GestureProgress(Gesture.START, 0.6)),
        "comparing": replace(ready, experiment=comparing(say)),
        "advice": replace(nothing(0.0, State.SUMMARY), summary=full_summary(say), summary_page=1),
        "compared": replace(nothing(0.0, State.SUMMARY), summary=compared_summary(say)),
        "compared_advice": replace(
            nothing(0.0, State.SUMMARY), summary=compared_summary(say), summary_page=1
        ),
        "in_class": replace(set_, cue="", note="", clock=ClassClock("Station 7", True, 25.2, 40.0)),
        "resting": replace(nothing(0.0, State.CLASS), clock=resting),
        "offer": replace(nothing(0.0, State.HELP), page=page, gestures=(say("gesture.turn_page"),)),
    }
