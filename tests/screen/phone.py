"""A glass as a phone's camera sees it from a metre: small, blurred, aslant, and dim behind a half mirror."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

FINDER, STILL = 1920 / (65 * 60), 4032 / (65 * 60)
"""Pixels an arc minute: of what a phone looks through for codes, and of a picture of 12 megapixels."""
ARCMIN_OF_A_MM = 3437.75 / 1000
"""Arc minutes that a millimetre of the glass has from 1 m."""
PX_MM = 531 / 1920
NOISE = 3.0
"""Of 255, one standard deviation."""


@dataclass(frozen=True)
class View:
    """blur_px: of the phone's lens. aslant: held to the side and tilted. seen, of 255: how much of the glass
    gets through a half mirror. reflected: how much of the room comes back from it."""

    blur_px: float = 0.0
    aslant: bool = False
    seen: float = 255.0
    reflected: float = 0.0


VIEWS = {
    "sharp": View(),
    "blurred": View(0.7),
    "aslant": View(0.7, True),
    "half mirror": View(0.7, False, 110.0, 60.0),
    "all of it": View(0.7, True, 110.0, 60.0),
}


def seen(rgb: np.ndarray, view: View, px_per_arcmin: float) -> np.ndarray:
    """The phone's grey picture, uint8, of a part (H, W, 3) of a 24-inch glass of 1920 pixels."""
    scale = px_per_arcmin * ARCMIN_OF_A_MM * PX_MM
    high, wide = (round(scale * side) for side in rgb.shape[:2])
    grey = cv2.GaussianBlur(cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY).astype(np.float32), (0, 0), 0.5 / scale)
    corners = np.array([[0, 0], [wide, 0], [wide, high], [0, high]], np.float32)
    moved = corners.copy()
    if view.aslant:
        share = np.array([[0.03, 0.0], [-0.06, 0.05], [-0.06, -0.05], [0.0, 0.0]], np.float32)
        moved += share * np.array([wide, high], np.float32)
    turned = cv2.getPerspectiveTransform(corners, moved) @ np.diag([scale, scale, 1.0])
    shown = cv2.warpPerspective(grey, turned, (wide, high), flags=cv2.INTER_LINEAR)
    if view.blur_px:
        shown = cv2.GaussianBlur(shown, (0, 0), view.blur_px)
    room = view.reflected * (0.5 + 0.5 * np.sin(np.linspace(0, 7, wide)))[None, :]
    noise = np.random.default_rng(0).normal(0, NOISE, shown.shape)
    return np.clip(room + shown / 255 * view.seen + noise, 0, 255).astype(np.uint8)
