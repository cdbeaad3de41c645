"""Where on the glass a person sees a point of their own body: for marks that lie on the reflection.

Pure geometry of a flat mirror. Knows rays from the camera and the panel's measures; nothing of knees,
pixels' colours or scenes.
"""

from __future__ import annotations

from dataclasses import dataclass

from mirror.knees.reading import Ray

PORTRAIT_PANEL_MM, LANDSCAPE_PANEL_MM = 531.0, 299.0
"""Visible height of a 24-inch panel, where nobody measured theirs."""


def panel_px_per_mm(size: tuple[int, int], panel_height_mm: float | None = None) -> float:
    """Pixels per millimetre of a panel of `size` (width, height) px, a 24-inch one where nobody measured."""
    width, height = size
    return height / (panel_height_mm or (PORTRAIT_PANEL_MM if height > width else LANDSCAPE_PANEL_MM))


def on_glass(eye: Ray, point: Ray) -> tuple[float, float]:
    """Where the eye sees the point reflected: (x, y) metres from the lens, in the glass's plane.

    x to the camera's right, which is to the left of whoever looks at the glass; y up. Lens and glass are
    taken to be in one plane, and that plane upright. With D the depths: the mirror image of the point is as
    far behind the glass as the point is before it, and the line from the eye to it meets the glass at
    D_E D_P / (D_E + D_P) (p_E + p_P).
    """
    share = eye.depth_m * point.depth_m / (eye.depth_m + point.depth_m)
    return share * (eye.x + point.x), share * (eye.y + point.y)


@dataclass(frozen=True, slots=True)
class Mounting:
    """Where the lens is on the panel: camera_x, camera_y in px of the canvas, from its top-left corner as
    the person sees it, y down; may lie outside. px_per_m: pixels a metre on the glass."""

    camera_x: float
    camera_y: float
    px_per_m: float

    def at(self, eye: Ray, point: Ray) -> tuple[int, int]:
        """Pixel of the canvas where this eye sees this point of its own body."""
        x, y = on_glass(eye, point)
        return round(self.camera_x - x * self.px_per_m), round(self.camera_y - y * self.px_per_m)


def mounting(
    size: tuple[int, int],
    panel_height_mm: float | None,
    camera_x_mm: float | None,
    camera_y_mm: float | None,
) -> Mounting:
    """The mounting of a canvas of `size` (width, height) px from the settings' millimetres.

    What nobody measured is taken to be a lens at the middle of the panel's upper edge.
    """
    px_per_mm = panel_px_per_mm(size, panel_height_mm)
    x = size[0] / 2 if camera_x_mm is None else camera_x_mm * px_per_mm
    y = 0.0 if camera_y_mm is None else camera_y_mm * px_per_mm
    return Mounting(x, y, 1000 * px_per_mm)
