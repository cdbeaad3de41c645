"""Made-up moments of every scene, with the longest words they can show: for pictures, timing and tests.

Nobody's squats. A running mirror never draws these.
"""

from __future__ import annotations

from dataclasses import replace

from mirror.coach.feedback import (
    NO_MARK,
    BetweenSets,
    ClassClock,
    DepthAimed,
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
from mirror.coach.lines import Cue, Instruction, Praise, line
from mirror.knees.reading import Ray, Rep, RepLeg, Verdict
from mirror.knees.reasons import Framing

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

AT_REST = replace(GOOD_KNEE, verdict=Verdict.UNKNOWN, inside_deg=None, at_rest=True)
LEFT_AT_REST = replace(LEFT_IN, verdict=Verdict.UNKNOWN, inside_deg=None, at_rest=True)


def leg(inside_deg: float | None, verdict: Verdict) -> RepLeg:
    """One leg of a repetition, so far inside its line; None with UNKNOWN for one that could not be judged."""
    line_deg = None if inside_deg is None else 0.0
    return RepLeg(inside_deg, inside_deg, verdict, 0.9, inside_deg, line_deg, 2.0, inside_deg)


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


def full_summary() -> SetSummary:
    """A summary that says all a summary can say."""
    knees = line(
        "summary.both", left=10, right=13, unit=line("summary.degrees"), bad_left=3, bad_right=2, n=14
    )
    return SetSummary(
        many_reps(),
        line("summary.reps_many", n=14),
        knees,
        own_line=line("summary.own_line"),
        depth=line("depth.told", what=line("depth.counted", n=14, label=line("depth.nearly_parallel"))),
        tempo=line("summary.tempo", down=1.8, up=1.2),
        patterns=(line("pattern.deep_only_both", seen=5, of=14),),
        pattern_keys=("deep_only",),
        tried=line("tried.deep_only"),
        drill="heel_plates",
        offer=line("compare.offer_plates"),
        last_set=line("summary.last_set", now=9, n=14, then=7, m=12),
    )


def to_take_home() -> SetSummary:
    """All a summary can say, with the code of the longest set there is one for."""
    return replace(full_summary(), take_home=True)


def clean_set() -> SetSummary:
    """Six clean squats: nothing to try, and a code to take home."""
    reps = tuple(rep(n, leg(0.5 * n, Verdict.GOOD), leg(2.0, Verdict.GOOD)) for n in range(1, 7))
    return SetSummary(
        reps,
        line("summary.reps_many", n=6),
        line("summary.clean", judged=6, n=6),
        depth=line("depth.told", what=line("depth.counted", n=6, label=line("depth.parallel"))),
        tempo=line("summary.tempo", down=1.8, up=1.2),
        last_set=line("summary.last_set", now=6, n=6, then=5, m=6),
        take_home=True,
    )


def compared_summary() -> SetSummary:
    """The summary at the end of a guided comparison."""
    flat, plates = line("compare.flat"), line("compare.on_plates")
    left = line("compare.knee_less", side=line("compare.Left"), a=flat, b=plates, before=10, after=4, apart=6)
    right = line("compare.knee_unknown", side=line("compare.Right"), reason=line("compare.no_feet"))
    compared = SetsCompared(
        line("compare.plates"),
        SetColumn(flat, 8, 10.0, 6.5, -3.0, 3, 8, (8.0, 4.5)),
        SetColumn(plates, 8, 4.0, None, -6.0, 7, 8, (2.0, None)),
        (left, right, line("compare.not_why")),
    )
    return replace(full_summary(), headline=line("summary.reps_many", n=8), compared=compared)


def comparing() -> ExperimentStep:
    """The first of two sets."""
    conditions = (line("compare.flat"), line("compare.on_plates"))
    title = line("compare.step", n=1, of=2, condition=conditions[0])
    return ExperimentStep("plates", 1, 2, title, line("compare.do_flat"), conditions, 0)


def squatting() -> Feedback:
    """In the middle of a set: the left knee inside its toes, with a cue."""
    return replace(
        nothing(0.0, State.SQUATTING),
        cue=Cue.KNEES_OVER_TOES,
        note=line("note.reference_first"),
        light=Light.OFF_TRACK,
        left=LEFT_IN,
        right=GOOD_KNEE,
        eye=EYE,
        target_is_guess=False,
        reps_done=14,
        rep_verdicts=tuple(VERDICTS[n % 4] for n in range(14)),
    )


def moment(state: State) -> Feedback:
    """One moment of this state."""
    return _before(state) or _during(state)


def _before(state: State) -> Feedback | None:
    """Up to the first squat."""
    plain = nothing(0.0, state)
    if state is State.STARTING:
        return replace(plain, instruction=Instruction.STARTING, progress=0.4)
    if state is State.FRAMING:
        return replace(plain, instruction=Framing.SHOW_FEET)
    if state is State.CALIBRATING:
        return replace(plain, instruction=Instruction.STAND_STILL, progress=0.6)
    if state is State.READY:
        gestures = (line("gesture.help"), line("gesture.pause"))
        note = line("note.reference_first")
        return replace(plain, note=note, gestures=gestures, left=GOOD_KNEE, right=NO_MARK, eye=EYE)
    return plain if state is State.IDLE else None


def _during(state: State) -> Feedback:
    plain = nothing(0.0, state)
    if state is State.SQUATTING:
        return squatting()
    if state is State.SUMMARY:
        return replace(plain, summary=full_summary())
    if state is State.PAUSED:
        return replace(plain, instruction=Instruction.PAUSED, gestures=(line("gesture.resume"),))
    if state is State.CLASS:
        return replace(plain, clock=ClassClock("Station 7", True, 25.2, 40.0), note=line("note.ready"))
    if state is State.HELP:
        lines = tuple(line(f"help.sees_{i}") for i in (1, 2, 3))
        page = Page("sees", line("help.sees"), lines, 1, 6)
        return replace(plain, page=page, gestures=(line("gesture.turn_page"), line("gesture.keys")))
    return replace(plain, note=line("fault.silent_ribbon"))


def variants() -> dict[str, Feedback]:
    """Further moments of the same scenes, by name."""
    set_, ready = squatting(), moment(State.READY)
    quiet = replace(
        set_, cue=None, note=None, light=Light.GOOD, left=replace(LEFT_IN, verdict=Verdict.CAUTION)
    )
    resting = ClassClock("Station 7", False, 65.0, 90.0)
    plates = (line("compare.about_plates"),)
    page = Page("compare_plates", line("compare.plates"), plates, 4, 6, line("compare.offer_plates"))
    return {
        "resting_between": replace(ready, rest=BetweenSets(3, 92.4), note=line("note.ready")),
        "aiming": replace(set_, depth_aimed=DepthAimed(0.0, 32.0, False)),
        "deep_enough": replace(set_, note=None, depth_aimed=DepthAimed(-5.0, -8.0, True)),
        "praise": replace(quiet, praise=Praise.BETTER),
        "at_rest": replace(quiet, light=Light.OFF, left=LEFT_AT_REST, right=AT_REST),
        "other": replace(quiet, note=line("seen.lift"), left=NO_MARK, right=NO_MARK),
        "frozen": replace(quiet, frozen=line("note.somebody_passes")),
        "gesture": replace(ready, gesture=GestureProgress(Gesture.START, 0.6)),
        "comparing": replace(ready, experiment=comparing()),
        "advice": replace(nothing(0.0, State.SUMMARY), summary=full_summary(), summary_page=1),
        "compared": replace(nothing(0.0, State.SUMMARY), summary=compared_summary()),
        "compared_advice": replace(nothing(0.0, State.SUMMARY), summary=compared_summary(), summary_page=1),
        "taken_home": replace(nothing(0.0, State.SUMMARY), summary=to_take_home(), summary_page=1),
        "clean_taken_home": replace(nothing(0.0, State.SUMMARY), summary=clean_set(), summary_page=1),
        "in_class": replace(set_, cue=None, note=None, clock=ClassClock("Station 7", True, 25.2, 40.0)),
        "resting": replace(nothing(0.0, State.CLASS), clock=resting),
        "offer": replace(nothing(0.0, State.HELP), page=page, gestures=(line("gesture.turn_page"),)),
    }
