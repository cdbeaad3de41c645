"""The camera that looks on: a pinhole without distortion, and what a small sensor does to a picture."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from pydantic import BaseModel, ConfigDict, Field
from scipy.ndimage import gaussian_filter

from .rotation import Array

NEAR_M, FAR_M = 0.1, 30.0


class Camera(BaseModel):
    """A pinhole at (lateral_m, height_m, distance_m) that looks along -z and down.

    tilt_deg > 0 looks down; None aims at the height look_y_m over the mark. pan_deg > 0 turns to its right.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    width: int = Field(default=480, gt=0)
    height: int = Field(default=640, gt=0)
    hfov_deg: float = Field(default=48.5, gt=10, lt=120)
    height_m: float = 1.05
    distance_m: float = Field(default=2.5, gt=0.5)
    lateral_m: float = 0.0
    look_y_m: float = 0.92
    tilt_deg: float | None = None
    pan_deg: float = 0.0

    @property
    def focal_px(self) -> float:
        """Focal length in pixels."""
        return float(self.width / 2 / np.tan(np.radians(self.hfov_deg) / 2))

    @property
    def looks_down_deg(self) -> float:
        """The tilt that holds, given or aimed."""
        if self.tilt_deg is not None:
            return self.tilt_deg
        return float(np.degrees(np.arctan2(self.height_m - self.look_y_m, self.distance_m)))

    @property
    def eye(self) -> Array:
        """(3,) where it is."""
        return np.array([self.lateral_m, self.height_m, self.distance_m])

    def view(self) -> Array:
        """(4, 4) world to camera: x right, y up, z backward."""
        tilt, pan = np.radians([self.looks_down_deg, self.pan_deg])
        level = np.array([np.sin(pan), 0.0, -np.cos(pan)])
        forward = np.cos(tilt) * level - np.array([0.0, np.sin(tilt), 0.0])
        right = np.array([np.cos(pan), 0.0, np.sin(pan)])
        matrix = np.eye(4)
        matrix[:3, :3] = right, np.cross(right, forward), -forward
        matrix[:3, 3] = -matrix[:3, :3] @ self.eye
        return matrix

    def clip_from_world(self) -> Array:
        """(4, 4) for the renderer (OpenGL clip space)."""
        lens = np.zeros((4, 4))
        lens[0, 0], lens[1, 1] = 2.0 * self.focal_px / self.width, 2.0 * self.focal_px / self.height
        lens[2, 2] = (FAR_M + NEAR_M) / (NEAR_M - FAR_M)
        lens[2, 3], lens[3, 2] = 2.0 * FAR_M * NEAR_M / (NEAR_M - FAR_M), -1.0
        return lens @ self.view()

    def project(self, points: Array) -> Array:
        """Points (n, 3) to pixels (n, 2): x right, y down, from the top left corner."""
        view = self.view()
        seen = points @ view[:3, :3].T + view[:3, 3]
        off = self.focal_px * seen[:, :2] / -seen[:, 2:]
        return np.stack([self.width / 2 + off[:, 0], self.height / 2 - off[:, 1]], axis=1)

    def foot_azimuth_deg(self, foot: Array, side: float) -> float:
        """Direction of a foot (3,) against the camera's level viewing direction, + outward."""
        right, _, back = self.view()[:3, :3]
        level = np.array([back[0], 0.0, back[2]])
        return float(np.degrees(np.arctan2(side * (foot @ right), foot @ (level / np.linalg.norm(level)))))


class Sensor(BaseModel):
    """What the lens and the sensor add: softness, exposure, colour cast, grain that grows with light."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    softness_px: float = Field(default=0.7, ge=0.0)
    gain: float = Field(default=1.0, gt=0.0)
    cast: tuple[float, float, float] = (1.0, 1.0, 1.0)
    grain: float = Field(default=1.6, ge=0.0)

    def expose(self, picture: npt.NDArray[np.uint8], rng: np.random.Generator) -> npt.NDArray[np.uint8]:
        """(H, W, 3) uint8 RGB as the sensor would deliver it."""
        light = picture.astype(np.float32)
        if self.softness_px > 0.0:
            light = gaussian_filter(light, (self.softness_px, self.softness_px, 0.0), truncate=3.0)
        light *= np.float32(self.gain) * np.array(self.cast, np.float32)
        sigma = self.grain * (0.6 + 0.4 * np.sqrt(np.clip(light, 0.0, 255.0) / 128.0))
        light += sigma * rng.standard_normal(light.shape, dtype=np.float32)
        return np.clip(light, 0.0, 255.0).astype(np.uint8)
