"""What a network's hips, knees and ankles are wrong by, as far as the pose itself tells.

A network places joints with a bias of its own that changes with depth, build and camera height; a small map
of the pose takes a third to two thirds of it away (docs/models.md). Knows nothing of windows, frames or what
legs are judged for.
"""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from mirror.faults import BadInput
from mirror.pose.catalog import ModelEntry, check_listed
from mirror.pose.joints import ANKLES, HIPS, KNEES, NOSE, SHOULDERS

F32 = npt.NDArray[np.float32]
Layer = tuple[F32, F32]
"""Weights (units, inputs) and what is added (units,)."""

INPUTS = (
    (NOSE, *SHOULDERS, *HIPS, *KNEES, ANKLES[0]),
    (NOSE, *SHOULDERS[::-1], *HIPS[::-1], *KNEES[::-1], ANKLES[1]),
)
"""Joints the map reads for the left and the right leg: nose, then own before other, the own ankle last. Not
the arms: where hands are says much about a rendered body and nothing about a real one."""
LEGS = tuple(zip(HIPS, KNEES, ANKLES, strict=True))
"""Hip, knee and ankle, whose places are put right, left leg before right."""
OUTWARD = np.array([[1.0, 1.0], [-1.0, 1.0]], np.float32)
"""Which way of the un-mirrored picture is away from the body's middle and down, per leg."""
_INPUTS, _LEGS = np.array(INPUTS), np.array(LEGS)
ROWS = ("hip_out", "hip_down", "knee_out", "knee_down", "ankle_out", "ankle_down")
COLUMNS = 2 * len(INPUTS[0])
FARTHEST = 0.03
"""Standing heights: no joint is moved further. Real biases stay below 0.025; more is an unknown pose."""


@dataclass(frozen=True)
class Correction:
    """One network's map from a pose to shifts of its joints, the same for both legs.

    layers: the first takes COLUMNS inputs (outward and down of eight joints, by turns), the last gives ROWS;
        between two layers a smooth step, x / (1 + exp(-x)).

    All lengths in standing heights, seen from the middle between the ankles.
    """

    layers: tuple[Layer, ...]

    def __call__(self, points: F32, height: float) -> F32:
        """Points (..., 17, 2) (x, y) in pixels of the un-mirrored picture, put right.

        height: of the person standing, pixels.
        """
        moved = np.minimum(np.maximum(self._shifts(inputs(points, height)), -FARTHEST), FARTHEST)
        shift = moved.reshape(*moved.shape[:-1], len(LEGS[0]), 2)
        out = np.array(points, np.float32)
        out[..., _LEGS, :] += shift * OUTWARD[:, None] * np.float32(height)
        return out

    def of_keypoints(self, keypoints: F32, size: tuple[int, int], height: float) -> F32:
        """Keypoints (..., 17, 3) (y, x, score), normalised to a frame of `size` (height, width), put right.

        height: of the person standing, pixels.
        """
        scale = np.array([size[1], size[0]], np.float32)
        out = np.array(keypoints, np.float32)
        xy = out[..., 1::-1]
        np.divide(self(xy * scale, height), scale, out=xy)
        return out

    def _shifts(self, seen: F32) -> F32:
        """(..., COLUMNS) -> (..., ROWS)."""
        for weights, added in self.layers[:-1]:
            seen = smooth_step(seen @ weights.T + added)
        weights, added = self.layers[-1]
        return np.asarray(seen @ weights.T + added, np.float32)


def inputs(points: F32, height: float) -> F32:
    """(..., 17, 2) (x, y) in pixels -> (..., 2, COLUMNS): what the map reads for the left and right leg."""
    left, right = (points[..., joint, None, None, :] for joint in ANKLES)
    seen = (points[..., _INPUTS, :] - (left + right) / 2) / np.float32(height)
    turned = seen * OUTWARD[:, None]
    return np.asarray(turned.reshape(*turned.shape[:-2], COLUMNS), np.float32)


def smooth_step(x: F32) -> F32:
    """x / (1 + exp(-x)) (SiLU); no pose overflows it."""
    return np.asarray(x / (1 + np.exp(-np.minimum(np.maximum(x, -60), 60))), np.float32)


def correction_from(layers: Sequence[Layer]) -> Correction:
    """The map of these layers. Raises BadInput when they do not fit each other, the inputs or the joints."""
    wanted = COLUMNS
    for weights, added in layers:
        if weights.ndim != 2 or added.shape != weights.shape[:1] or weights.shape[1] != wanted:
            raise BadInput(f"a model's correction needs layers of {COLUMNS} inputs that fit each other")
        if not (np.isfinite(weights).all() and np.isfinite(added).all()):
            raise BadInput("a model's correction has numbers that are none")
        wanted = len(weights)
    if not layers or wanted != len(ROWS):
        raise BadInput(f"a model's correction needs a last layer of {', '.join(ROWS)}")
    return Correction(tuple((w.astype(np.float32), a.astype(np.float32)) for w, a in layers))


def read_correction(path: Path) -> Correction:
    """The map `write_correction` kept. Raises BadInput for a file that is none."""
    try:
        with np.load(path, allow_pickle=False) as kept:
            count = len(kept.files) // 2
            layers = [(kept[f"weights_{n}"], kept[f"added_{n}"]) for n in range(count)]
            return correction_from(layers)
    except (OSError, EOFError, ValueError, KeyError, TypeError, zipfile.BadZipFile) as error:
        raise BadInput(f"a model's correction cannot be read: {path} ({error})") from error


def write_correction(correction: Correction, path: Path) -> None:
    """The same correction gives the same bytes."""
    kept: dict[str, F32] = {}
    for number, (weights, added) in enumerate(correction.layers):
        kept |= {f"weights_{number}": weights, f"added_{number}": added}
    np.savez(path, **kept)  # type: ignore[arg-type]  # the stubs take names for options


def correction_of(entry: ModelEntry) -> Correction | None:
    """The map of a model, None where nobody fitted one. Raises BadInput for any but the listed file."""
    if entry.correction is None:
        return None
    check_listed(entry.name, entry.correction, entry.correction_sha256)
    return read_correction(entry.correction)
