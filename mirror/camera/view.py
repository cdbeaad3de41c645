"""How wide a camera sees: from its model, the lens screwed on, and the part of the sensor that is read.

Numbers of known cameras and the arithmetic of crops; opens nothing and knows nothing of libcamera.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

Crop = tuple[int, int, int, int]
"""(x, y, width, height) in pixels of the whole sensor."""

FULL_HFOV_DEG = {
    "imx219": 62.2,  # Camera Module 2
    "imx708": 66.0,  # Camera Module 3
    "imx708_wide": 102.0,  # Camera Module 3 Wide; its corners are barrel-shaped, so this is the middle's
    "imx500": 66.0,  # AI Camera
    "ov5647": 53.5,  # Camera Module 1
}
"""Horizontal field of view over the sensor's whole width, by libcamera's model name, from Raspberry Pi's
camera documentation. Not listed: what depends on the lens somebody screwed on (imx477, imx296)."""

PIXEL_UM = {"imx219": 1.12, "imx708": 1.4, "imx500": 1.55, "imx477": 1.55, "imx296": 3.45, "ov5647": 1.4}
"""Size of a sensor's pixel, from the makers' data sheets; asked only where libcamera does not say it."""

WEBCAM_WIDE_DEG = 65.0
"""Field of view assumed across a webcam's 16:9 picture: common ones lie between 52 and 72 degrees."""
WEBCAM_SHAPE = 16 / 9
"""Shape of a webcam's sensor: a squarer picture is cut from its middle."""
WEBCAM_GUESS = "guessed for a webcam"


@dataclass(frozen=True, slots=True)
class Sensor:
    """A sensor as libcamera describes it.

    model: with or without "_noir". size: (width, height) in pixels; cell_nm: size of a pixel; None for what
    it does not say.
    """

    model: str
    size: tuple[int, int] | None = None
    cell_nm: float | None = None

    @property
    def kind(self) -> str:
        """The model whatever filter is in front of it."""
        return self.model.removesuffix("_noir")

    @property
    def width_mm(self) -> float | None:
        """Of the whole sensor."""
        pixel_um = self.cell_nm / 1000 if self.cell_nm else PIXEL_UM.get(self.kind.removesuffix("_wide"))
        return None if pixel_um is None or self.size is None else self.size[0] * pixel_um / 1000


def ribbon_view(sensor: Sensor, crop: Crop | None, lens_mm: float | None) -> tuple[float | None, str]:
    """Horizontal field of view of the picture, degrees, and how it is known; None where it is not.

    A picture narrower than the sensor in proportion, or a sensor mode that reads only the middle, shows
    less than the data sheet says; the crop tells how much: tan(h/2) = tan(H/2) crop width / sensor width,
    for a lens without distortion.

    crop: what the picture shows of the sensor; None: all of it. lens_mm: focal length of a lens somebody
        screwed on, in place of the one the model comes with.
    """
    if lens_mm is not None and sensor.width_mm is not None:
        full, how = 2 * math.degrees(math.atan(sensor.width_mm / 2 / lens_mm)), "lens and sensor"
    elif sensor.kind in FULL_HFOV_DEG:
        full, how = FULL_HFOV_DEG[sensor.kind], "camera model"
    else:
        return None, ""
    share = crop[2] / sensor.size[0] if crop and sensor.size else 1.0
    if share >= 1.0:
        return full, how
    return narrowed(full, share), f"{how}, cut to {share:.0%} of its width"


def narrowed(hfov_deg: float, share: float) -> float:
    """Field of view of the middle `share` of a picture's width."""
    return 2 * math.degrees(math.atan(math.tan(math.radians(hfov_deg) / 2) * share))


def cut_to(limits: Crop, size: tuple[int, int]) -> Crop:
    """The largest part in the middle of `limits` with the shape of a picture of `size` (width, height).

    What libcamera shows of a sensor mode's crop limits when nobody asks for less.
    """
    x, y, width, height = limits
    shown = (min(width, height * size[0] // size[1]), min(height, width * size[1] // size[0]))
    return x + (width - shown[0]) // 2, y + (height - shown[1]) // 2, *shown


def webcam_hfov_deg(size: tuple[int, int]) -> float:
    """A guess at the field of view across a webcam's picture of `size` (width, height).

    At 640x480 it gives a focal length of 670 pixels; 600 to 700 is what calibrated ones have.
    """
    return narrowed(WEBCAM_WIDE_DEG, min(1.0, size[0] / size[1] / WEBCAM_SHAPE))
