"""Invented Feedbacks for every state, and a canvas that remembers what was written on it where."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pygame

from mirror.coach.feedback import NO_MARK, Feedback, KneeMark, Light, SetSummary, State, nothing
from mirror.coach.words import words
from mirror.knees.reading import Rep, RepLeg, Verdict
from mirror.screen.letters import Letters
from mirror.screen.stage import Stage

SIZES = [(800, 480), (480, 800), (1280, 720), (1080, 1920), (1920, 1080), (2160, 3840), (900, 900)]
SMALL_SIZES = [(800, 480), (480, 800), (640, 360), (540, 960)]
PICTURES = [(640, 480), (480, 640), (720, 1280)]
"""Heights and widths of cameras' pictures."""
VERDICTS = tuple(Verdict)

GOOD_KNEE = KneeMark(Verdict.GOOD, (0.37, 0.66), (0.37, 0.66), 0.5)
LEFT_IN = KneeMark(Verdict.OFF_TRACK, (0.7, 0.66), (0.74, 0.66), 11.0)


def leg(deviation_deg: float | None, verdict: Verdict) -> RepLeg:
    return RepLeg(deviation_deg, deviation_deg, verdict, 0.9)


def rep(n: int, left: RepLeg, right: RepLeg, depth_deg: float | None = -2.0) -> Rep:
    return Rep(
        n, 3.0 * n, 3.0 * n + 1, 3.0 * n + 2, depth_deg, "parallel", left, right, None, None, None, None
    )


def summary_of(reps: tuple[Rep, ...]) -> Feedback:
    told = SetSummary(
        reps,
        f"{len(reps)} squats",
        "Your left knee moved up to 10 degrees inside your toes on 3 of 12 squats, "
        "your right up to 13 degrees on 2, mostly near the bottom.",
    )
    return replace(nothing(0.0, State.SUMMARY), summary=told)


def moment(state: State) -> Feedback:
    """A Feedback with every line of text that this state can show, the longest ones there are."""
    say = words("en")
    plain = nothing(0.0, state)
    reps = tuple(
        rep(n, leg(n - 2.0, VERDICTS[n % 3]), leg(None, Verdict.UNKNOWN) if n == 4 else leg(9.0, VERDICTS[2]))
        for n in range(1, 15)
    )
    return {
        State.IDLE: plain,
        State.FRAMING: replace(plain, instruction=say("instruction.show_feet")),
        State.CALIBRATING: replace(plain, instruction=say("instruction.stand_still"), progress=0.6),
        State.READY: replace(plain, note=say("note.reference_first"), left=GOOD_KNEE, right=NO_MARK),
        State.SQUATTING: replace(
            plain,
            cue=say("cue.knees_over_toes"),
            note=say("note.reference_first"),
            light=Light.OFF_TRACK,
            left=LEFT_IN,
            right=GOOD_KNEE,
            target_is_guess=False,
            reps_done=14,
            rep_verdicts=tuple(VERDICTS[n % 4] for n in range(14)),
        ),
        State.SUMMARY: summary_of(reps),
        State.FAULT: replace(
            plain, note="The camera has not sent a picture for 20 seconds: push its cable in."
        ),
    }[state]


def stage_on(canvas: pygame.Surface, **how: Any) -> Stage:
    return Stage(canvas, words("en"), **how)


def pixels(canvas: pygame.Surface) -> np.ndarray:
    """(height, width, 3) uint8, red first."""
    return pygame.surfarray.array3d(canvas).swapaxes(0, 1)


def near(picture: np.ndarray, colour: tuple[int, int, int]) -> np.ndarray:
    """Where the picture has this colour, edges left out."""
    return np.abs(picture.astype(int) - colour).max(axis=-1) < 40


class Page(pygame.Surface):
    """A canvas that remembers, for every line of text blitted on it, the place of its ink."""

    def __init__(self, size: tuple[int, int]) -> None:
        super().__init__(size)
        self.letters: Letters | None = None
        self.written: list[pygame.Rect] = []

    def blit(self, source: Any, dest: Any, *more: Any, **how: Any) -> pygame.Rect:
        if self.letters is not None and any(source is line for line in self.letters.kept()):
            ink = source.get_bounding_rect()
            self.written.append(ink.move(dest[0], dest[1]))
        return super().blit(source, dest, *more, **how)


def written_page(size: tuple[int, int], feedback: Feedback, picture: np.ndarray | None) -> Page:
    page = Page(size)
    stage = stage_on(page)
    page.letters = stage.glass.letters
    stage.draw(feedback, picture, (640, 480))
    return page
