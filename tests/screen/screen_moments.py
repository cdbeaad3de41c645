"""Stages on canvases of many sizes, and where they have written what."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pygame

from mirror.coach.feedback import Feedback, SetSummary, State, nothing
from mirror.coach.lines import line
from mirror.coach.words import Words, words
from mirror.knees.reading import Rep
from mirror.screen import samples
from mirror.screen.fonts import face_for
from mirror.screen.stage import Stage

SIZES = [(800, 480), (480, 800), (1280, 720), (1080, 1920), (1920, 1080), (2160, 3840), (900, 900)]
SMALL_SIZES = [(800, 480), (480, 800), (640, 360), (540, 960)]
PICTURES = [(640, 480), (480, 640), (720, 1280)]
"""Heights and widths of cameras' pictures."""
GREY = np.full((640, 480, 3), 120, np.uint8)
GREY.setflags(write=False)


def moment(state: State) -> Feedback:
    return samples.moment(state)


def every_moment() -> dict[str, Feedback]:
    """Each state's, and the rarer ones."""
    states = {state.value: moment(state) for state in State}
    return {**states, **samples.variants()}


def summary_of(reps: tuple[Rep, ...], **more: Any) -> Feedback:
    """A summary with one plain sentence about these repetitions."""
    knees = {"left": 10, "bad_left": 3, "right": 13, "bad_right": 2, "unit": line("summary.degrees")}
    sentence = line("summary.both", n=12, **knees)
    told = SetSummary(reps, line("summary.reps_many", n=len(reps)), sentence, **more)
    return replace(nothing(0.0, State.SUMMARY), summary=told)


class Always(Words):
    """Says the same, whatever is to be said."""

    def __init__(self, text: str) -> None:
        super().__init__({})
        self._text = text

    def __call__(self, name: str, **gaps: object) -> str:
        return self._text


def stage_on(canvas: pygame.Surface, language: str = "en", say: Words | None = None, **how: Any) -> Stage:
    face = face_for(language)
    assert face is not None
    return Stage(canvas, say or words(language), face=face, **how)


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
    size: tuple[int, int],
    feedback: Feedback,
    picture: np.ndarray | None,
    language: str = "en",
    say: Words | None = None,
) -> list[pygame.Rect]:
    """The same for one moment on a glass of this size."""
    stage = stage_on(pygame.Surface(size), language, say)
    stage.draw(feedback, picture, (640, 480))
    return written(stage)
