"""The summary as a PNG file, for a machine without a screen. Needs no display at all."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from mirror.coach.feedback import Feedback
from mirror.coach.words import Words
from mirror.faults import BadInput
from mirror.files.writing import whole_by_name
from mirror.screen.fonts import OWN, face_for
from mirror.screen.qr_code import Share
from mirror.screen.stage import Stage

SIZE = (1080, 1920)


def save_summary(
    path: Path,
    feedback: Feedback,
    words: Words,
    limits_deg: tuple[float, float],
    size: tuple[int, int] = SIZE,
    share: Share | None = None,
) -> None:
    """Draw this Feedback's summary, its pages side by side, and save it. share: how its code is made.

    Raises BadInput when the file cannot be written.
    """
    import pygame

    pages = feedback.summary.pages if feedback.summary is not None else 1
    canvas = pygame.Surface(size)
    stage = Stage(canvas, words, limits_deg=limits_deg, face=face_for(words.language) or OWN, share=share)
    paper = pygame.Surface((pages * size[0], size[1]))
    for page in range(pages):
        stage.draw(replace(feedback, summary_page=page), None)
        paper.blit(canvas, (page * size[0], 0))
    try:
        with whole_by_name(path) as unfinished:
            pygame.image.save(paper, str(unfinished))
    except pygame.error as error:
        raise BadInput(f"{path} cannot be written: {error}.") from None
