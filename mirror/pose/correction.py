"""What a network's hips, knees and ankles are wrong by, as far as the pose itself tells.

A network places joints with a bias of its own that changes with depth, build and camera height; a linear
map of the pose takes a third to a half of it away (docs/models.md). Knows nothing of windows, frames or what
legs are judged for.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from mirror.faults import BadInput
from mirror.pose.catalog import models_folder

F32 = npt.NDArray[np.float32]

INPUTS = ((0, 5, 6, 11, 12, 13, 14, 15), (0, 6, 5, 12, 11, 14, 13, 16))
"""Joints the map reads for the left and the right leg: nose, then own before other, the own ankle last."""
LEGS = ((11, 13, 15), (12, 14, 16))
"""Hip, knee and ankle, whose places are put right, left leg before right."""
ANKLES = [15, 16]
OWN_HIP, OWN_KNEE = 3, 5
"""Places among the inputs."""
OUTWARD = (1.0, -1.0)
"""Which way of the un-mirrored picture is away from the body's middle."""
ROWS = ("hip_out", "hip_down", "knee_out", "knee_down", "ankle_out", "ankle_down")
COLUMNS = 2 * len(INPUTS[0]) + 2
FARTHEST = 0.03
"""Standing heights: no joint is moved further. Real biases stay below 0.025; more is an unknown pose."""


@dataclass(frozen=True)
class Correction:
    """One network's map. weights (6, 18): ROWS by inputs (outward, down in pairs), squared thigh, constant.

    All lengths in standing heights, seen from the middle between the ankles.
    """

    weights: F32

    def __call__(self, points: F32, height: float) -> F32:
        """Points (..., 17, 2) (x, y) in pixels of the un-mirrored picture, put right.

        height: of the person standing, pixels.
        """
        middle = points[..., ANKLES, :].mean(-2, keepdims=True)
        seen = (points - middle) / np.float32(height)
        out = np.array(points, np.float32)
        for inputs, leg, outward in zip(INPUTS, LEGS, OUTWARD, strict=True):
            way = np.array([outward, 1.0], np.float32)
            shift = _inputs(seen[..., inputs, :] * way) @ self.weights.T
            shift = np.clip(shift, -FARTHEST, FARTHEST).reshape(*shift.shape[:-1], 3, 2)
            out[..., leg, :] += shift * way * np.float32(height)
        return out

    def of_keypoints(self, keypoints: F32, size: tuple[int, int], height: float) -> F32:
        """Keypoints (..., 17, 3) (y, x, score), normalised to a frame of `size` (height, width), put right.

        height: of the person standing, pixels.
        """
        scale = np.array([size[1], size[0]], np.float32)
        out = np.array(keypoints, np.float32)
        out[..., [1, 0]] = self(out[..., [1, 0]] * scale, height) / scale
        return out


def _inputs(seen: F32) -> F32:
    """(..., 8, 2) -> (..., 18): what the weights' columns are for."""
    thigh = seen[..., OWN_KNEE, 1] - seen[..., OWN_HIP, 1]
    flat = seen.reshape(*seen.shape[:-2], 2 * len(INPUTS[0]))
    return np.concatenate([flat, thigh[..., None] ** 2, np.ones_like(thigh)[..., None]], axis=-1)


def correction_from(table: Mapping[str, Sequence[float]]) -> Correction:
    """The map of a [models.X.correction]. Raises BadInput when rows are missing or of another length."""
    asked = f"a model's correction needs {COLUMNS} numbers for each of {', '.join(ROWS)}"
    try:
        weights = np.array([table[row] for row in ROWS], np.float32)
    except (KeyError, TypeError, ValueError) as error:
        raise BadInput(asked) from error
    if weights.shape != (len(ROWS), COLUMNS) or not np.isfinite(weights).all():
        raise BadInput(asked)
    return Correction(weights)


@lru_cache(maxsize=8)
def correction_of(name: str, folder: Path | None = None) -> Correction | None:
    """The map of the model called `name`, None where none was measured. Raises BadInput for a broken list."""
    listing = (folder or models_folder()) / "models.toml"
    try:
        tables = tomllib.loads(listing.read_text("utf-8"))["models"]
        table = tables.get(name, {}).get("correction")
    except OSError as error:
        raise BadInput(f"the list of models is missing: {listing} ({error.strerror})") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, KeyError, AttributeError) as error:
        raise BadInput(f"the list of models is damaged: {listing} ({error})") from error
    return None if table is None else correction_from(table)
