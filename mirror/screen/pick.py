"""Which of the two pictures of the person is shown, in which language and letters, and why, in words."""

from __future__ import annotations

from typing import Any

from mirror.coach.words import words
from mirror.screen.fonts import OWN, face_for, spoken
from mirror.screen.overlay import Mounting, mounting
from mirror.screen.qr_code import Share
from mirror.screen.stage import Stage
from mirror.settings.sections import ScreenSettings


def open_stage(
    canvas: Any,
    screen: ScreenSettings,
    language: str,
    limits_deg: tuple[float, float],
    share: Share | None = None,
) -> tuple[Stage, str]:
    """A stage on this canvas, and what was picked. share: how a set's code to take home is made.

    A language without words or letters here is replaced by English, and the sentence says so.
    """
    where, said = pick_view(canvas.get_size(), screen)
    language, why = spoken(language)
    stage = Stage(
        canvas,
        words(language),
        viewing_distance_m=screen.viewing_distance_m,
        panel_height_mm=screen.panel_height_mm,
        limits_deg=limits_deg,
        reflection=where,
        face=face_for(language) or OWN,
        share=share,
    )
    return stage, f"{said}; {why}" if why else said


def pick_view(size: tuple[int, int], screen: ScreenSettings) -> tuple[Mounting | None, str]:
    """Where marks lie on the reflection, or None for the mirrored picture; and why, in words."""
    measured = screen.camera_x_mm is not None and screen.camera_y_mm is not None
    if screen.view == "camera" or (screen.view == "auto" and not measured):
        why = "as set" if screen.view == "camera" else "[screen] camera_x_mm and camera_y_mm are not set"
        return None, f"the mirrored camera picture ({why})"
    where = mounting(size, screen.panel_height_mm, screen.camera_x_mm, screen.camera_y_mm)
    guessed = [
        name for name in ("camera_x_mm", "camera_y_mm", "panel_height_mm") if getattr(screen, name) is None
    ]
    if not guessed:
        return where, "marks on the reflection"
    return where, f"marks on the reflection, only roughly: [screen] {', '.join(guessed)} not measured"
