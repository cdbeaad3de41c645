"""Invented Feedbacks for every state, and where a stage has written what."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pygame

import mirror.coach
from mirror.coach.feedback import (
    NO_MARK,
    ClassClock,
    Drill,
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
from mirror.coach.words import words
from mirror.knees.reading import Ray, Rep, RepLeg, Verdict
from mirror.screen.fonts import face_for
from mirror.screen.stage import Stage

SIZES = [(800, 480), (480, 800), (1280, 720), (1080, 1920), (1920, 1080), (2160, 3840), (900, 900)]
SMALL_SIZES = [(800, 480), (480, 800), (640, 360), (540, 960)]
PICTURES = [(640, 480), (480, 640), (720, 1280)]
"""Heights and widths of cameras' pictures."""
VERDICTS = tuple(Verdict)

GOOD_KNEE = KneeMark(
    Verdict.GOOD,
    (0.37, 0.66),
    (0.37, 0.66),
    0.5,
    knee_ray=Ray(-0.1, -0.2, 2.2),
    target_ray=Ray(-0.1, -0.2, 2.2),
)
LEFT_IN = KneeMark(
    Verdict.OFF_TRACK,
    (0.7, 0.66),
    (0.74, 0.66),
    11.0,
    knee_ray=Ray(0.09, -0.2, 2.2),
    target_ray=Ray(0.11, -0.2, 2.2),
)
EYE = Ray(0.0, 0.2, 2.5)


def leg(deviation_deg: float | None, verdict: Verdict) -> RepLeg:
    return RepLeg(deviation_deg, deviation_deg, verdict, 0.9)


def rep(n: int, left: RepLeg, right: RepLeg, depth_deg: float | None = -2.0) -> Rep:
    return Rep(
        n, 3.0 * n, 3.0 * n + 1, 3.0 * n + 2, depth_deg, "parallel", left, right, None, None, None, None
    )


def summary_of(reps: tuple[Rep, ...], **more: Any) -> Feedback:
    told = SetSummary(
        reps,
        f"{len(reps)} squats",
        "Your left knee moved up to 10 degrees inside your toes on 3 of 12 squats, "
        "your right up to 13 degrees on 2, mostly near the bottom.",
        **more,
    )
    return replace(nothing(0.0, State.SUMMARY), summary=told)


FOURTEEN = tuple(
    rep(n, leg(n - 2.0, VERDICTS[n % 3]), leg(None, Verdict.UNKNOWN) if n == 4 else leg(9.0, VERDICTS[2]))
    for n in range(1, 15)
)


def drills(language: str) -> dict[str, Drill]:
    """The coach's exercises in this language, by key."""
    file = Path(mirror.coach.__file__).parent / "drills" / f"{language}.toml"
    table = tomllib.loads(file.read_text("utf-8"))
    return {key: Drill(key, one["title"], tuple(one["lines"])) for key, one in table.items()}


def full_summary(language: str = "en") -> Feedback:
    """A summary that says all a summary can say."""
    say = words(language)
    gaps = {"left": 10, "right": 13, "unit": say("summary.degrees"), "bad_left": 3, "bad_right": 2, "n": 14}
    told = SetSummary(
        FOURTEEN,
        say("summary.reps_many", n=14),
        say("summary.both", **gaps),
        depth=say("depth.told", what=say("depth.counted", n=14, label=say("depth.nearly_parallel"))),
        tempo=say("summary.tempo", down="1.8", up="1.2"),
        patterns=(say("pattern.deep_only_both", seen=5, of=14),),
        pattern_keys=("deep_only",),
        tried=say("tried.deep_only"),
        drill=drills(language)["heel_plates"],
        offer=say("compare.offer_plates"),
        last_set=say("summary.last_set", now=9, n=14, then=7, m=12),
    )
    return replace(nothing(0.0, State.SUMMARY), summary=told)


def compared_summary(language: str = "en") -> Feedback:
    """The summary at the end of a guided comparison."""
    say = words(language)
    told = full_summary(language).summary
    assert told is not None
    gaps = {"a": say("compare.flat"), "b": say("compare.on_plates"), "before": 10, "after": 4, "apart": 6}
    sets = SetsCompared(
        say("compare.plates"),
        SetColumn(say("compare.flat"), 8, 10.0, 6.5, -3.0, 3, 8),
        SetColumn(say("compare.on_plates"), 8, 4.0, None, -6.0, 7, 8),
        (
            say("compare.knee_less", side=say("compare.Left"), **gaps),
            say("compare.knee_unknown", side=say("compare.Right"), reason=say("compare.no_feet")),
            say("compare.not_why"),
        ),
    )
    return replace(nothing(0.0, State.SUMMARY), summary=replace(told, compared=sets))


def comparing(language: str = "en") -> ExperimentStep:
    say = words(language)
    conditions = (say("compare.flat"), say("compare.on_plates"))
    title = say("compare.step", n=1, of=2, condition=conditions[0])
    return ExperimentStep("plates", 1, 2, title, say("compare.do_flat"), conditions, 0)


def moment(state: State, language: str = "en") -> Feedback:
    """A Feedback with every line of text that this state can show, the longest ones there are."""
    say = words(language)
    plain = nothing(0.0, state)
    gestures = (say("gesture.go_on"), say("gesture.help"), say("gesture.pause"))
    clock = ClassClock("Station 7", True, 25.2, 40.0)
    page = Page(
        "sees", say("help.sees"), tuple(say(f"help.sees_{i}") for i in (1, 2, 3)), 1, 4, say("gesture.go_on")
    )
    return {
        State.IDLE: lambda: plain,
        State.STARTING: lambda: replace(plain, instruction=say("instruction.starting"), progress=0.4),
        State.FRAMING: lambda: replace(plain, instruction=say("instruction.show_feet")),
        State.CALIBRATING: lambda: replace(plain, instruction=say("instruction.stand_still"), progress=0.6),
        State.READY: lambda: replace(
            plain,
            note=say("note.reference_first"),
            gestures=gestures,
            left=GOOD_KNEE,
            right=NO_MARK,
            eye=EYE,
            gesture=GestureProgress(Gesture.START, 0.6),
        ),
        State.SQUATTING: lambda: replace(
            plain,
            cue=say("cue.knees_over_toes"),
            note=say("note.reference_first"),
            light=Light.OFF_TRACK,
            left=LEFT_IN,
            right=GOOD_KNEE,
            eye=EYE,
            target_is_guess=False,
            reps_done=14,
            rep_verdicts=tuple(VERDICTS[n % 4] for n in range(14)),
            experiment=comparing(language),
            clock=clock,
        ),
        State.SUMMARY: lambda: full_summary(language),
        State.PAUSED: lambda: replace(
            plain, instruction=say("instruction.paused"), gestures=(say("gesture.resume"),)
        ),
        State.CLASS: lambda: replace(plain, clock=clock, note=say("note.ready")),
        State.HELP: lambda: replace(plain, page=page, gestures=(say("gesture.turn_page"),)),
        State.FAULT: lambda: replace(
            plain, note="The camera has not sent a picture for 20 seconds: push its cable in."
        ),
    }[state]()


def variants(language: str = "en") -> dict[str, Feedback]:
    """Further moments of the scenes, by name."""
    say = words(language)
    squatting, ready = moment(State.SQUATTING, language), moment(State.READY, language)
    return {
        "praise": replace(
            squatting, cue="", praise=say("praise.better"), note="", light=Light.GOOD, left=GOOD_KNEE
        ),
        "frozen": replace(squatting, cue="", frozen=say("note.somebody_passes"), note=""),
        "comparing": replace(ready, experiment=comparing(language), gesture=None),
        "compared": compared_summary(language),
        "resting": replace(
            moment(State.CLASS, language), clock=ClassClock("Station 7", False, 65.0, 90.0), note=""
        ),
    }


def stage_on(canvas: pygame.Surface, language: str = "en", **how: Any) -> Stage:
    face = face_for(language)
    assert face is not None
    return Stage(canvas, words(language), face=face, **how)


def pixels(canvas: pygame.Surface) -> np.ndarray:
    """(height, width, 3) uint8, red first."""
    return pygame.surfarray.array3d(canvas).swapaxes(0, 1)


def near(picture: np.ndarray, colour: tuple[int, int, int]) -> np.ndarray:
    """Where the picture has this colour, edges left out."""
    return np.abs(picture.astype(int) - colour).max(axis=-1) < 40


def written(stage: Stage) -> list[pygame.Rect]:
    """The place of the ink of every line of text on the glass now."""
    lines = stage.glass.letters.kept()
    return [
        piece.sprite.get_bounding_rect().move(piece.rect.topleft)
        for piece in stage.glass.sheet.pieces
        if any(piece.sprite is line for line in lines)
    ]


def written_on(
    size: tuple[int, int], feedback: Feedback, picture: np.ndarray | None, language: str = "en"
) -> list[pygame.Rect]:
    """The same for one moment on a glass of this size."""
    stage = stage_on(pygame.Surface(size), language)
    stage.draw(feedback, picture, (640, 480))
    return written(stage)
