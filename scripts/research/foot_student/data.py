"""Feet to learn from, every one a left foot: seen as features or as pixels, with direction and places."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

import cv2
import numpy as np
import torch

from scripts.research.foot_student.features import azimuth_from_ray

PLACES = ("ankle", "toe2_tip", "heel")
FOOT_SIDE_PX = 64
FOOT_HEIGHTS = 0.27
"""Side of a close look in standing heights; the stills hold 0.36."""
STILL_FOOT_HEIGHTS = 0.36
DOWN = 0.03
"""The close look's middle is this far below the ankle, standing heights."""
ANKLE_NOISE = 0.008
"""How far a found ankle may be off, standing heights, sd."""


class Feet(Protocol):
    """azimuth (N,) radians from the ray, bend (N,), and batches of what a network sees."""

    azimuth: np.ndarray
    bend: np.ndarray
    channels: int

    def __len__(self) -> int: ...

    def batch(
        self, chosen: np.ndarray, rng: np.random.Generator | None
    ) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """Seen (N, C, H, W), azimuth (N,), places (N, 6) in standing heights; with rng, disturbed."""


class FeatureFeet:
    """Patches of MoveNet's features."""

    def __init__(self, patch: np.ndarray, azimuth: np.ndarray, points: np.ndarray, bend: np.ndarray) -> None:
        self.patch, self.azimuth, self.points, self.bend = patch, azimuth, points, bend
        self.channels = patch.shape[3]

    def __len__(self) -> int:
        return len(self.patch)

    def batch(
        self, chosen: np.ndarray, rng: np.random.Generator | None
    ) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        seen = torch.from_numpy(self.patch[chosen].astype(np.float32)).permute(0, 3, 1, 2)
        return seen, torch.from_numpy(self.azimuth[chosen]), torch.from_numpy(self.points[chosen])


def feature_feet(paths: Sequence[Path], wanted: Callable[[int], bool]) -> FeatureFeet:
    """From files of features.py, of the bodies wanted."""
    rows: dict[str, list[np.ndarray]] = {}
    for path in paths:
        with np.load(path) as kept:
            if not wanted(int(str(kept["shape"]))):
                continue
            points = (kept["foot"] - 6.0) / kept["cells_a_height"][:, None, None]
            near = (np.abs(points[:, 0]) < 0.06).all(1)  # the ankle was found
            row = {"patch": kept["patch"], "azimuth": kept["azimuth"], "bend": kept["bend"]}
            row["points"] = points.reshape(-1, 6)
            for name, value in row.items():
                rows.setdefault(name, []).append(value[near])
    joined = {name: np.concatenate(values) for name, values in rows.items()}
    return FeatureFeet(
        joined["patch"],
        joined["azimuth"].astype(np.float32),
        joined["points"].astype(np.float32),
        joined["bend"],
    )


class PixelFeet:
    """Close looks, cut and disturbed anew in every batch."""

    channels = 3

    def __init__(
        self, pictures: np.ndarray, azimuth: np.ndarray, points: np.ndarray, bend: np.ndarray
    ) -> None:
        """pictures (N, S, S, 3) uint8 of 0.36 heights; points (N, 3, 2) pixels in them."""
        self.pictures, self.azimuth, self.points, self.bend = pictures, azimuth, points, bend

    def __len__(self) -> int:
        return len(self.pictures)

    def batch(
        self, chosen: np.ndarray, rng: np.random.Generator | None
    ) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        cuts = [self._cut(n, rng or np.random.default_rng(int(n)), disturb=rng is not None) for n in chosen]
        seen = torch.from_numpy(np.stack([c for c, _ in cuts])).permute(0, 3, 1, 2)
        points = torch.from_numpy(np.stack([p for _, p in cuts]))
        return seen, torch.from_numpy(self.azimuth[chosen]), points

    def _cut(self, n: int, rng: np.random.Generator, *, disturb: bool) -> tuple[np.ndarray, np.ndarray]:
        """(64, 64, 3) 0..1, and the places (6,) from its middle in standing heights."""
        picture, whole = self.pictures[n], self.pictures.shape[1]
        side = FOOT_HEIGHTS * (rng.uniform(0.9, 1.12) if disturb else 1.0)
        middle = self.points[n, 0] / whole * STILL_FOOT_HEIGHTS + [0, DOWN] + rng.normal(0, ANKLE_NOISE, 2)
        scale = FOOT_SIDE_PX / side
        px = whole / STILL_FOOT_HEIGHTS
        shift = FOOT_SIDE_PX / 2 - middle * scale
        matrix = np.array([[scale / px, 0, shift[0]], [0, scale / px, shift[1]]])
        if disturb and rng.random() < 0.4:  # a person further away
            small = rng.uniform(0.35, 0.9)
            picture = cv2.resize(
                cv2.resize(picture, None, fx=small, fy=small, interpolation=cv2.INTER_AREA), (whole, whole)
            )
        else:
            picture = cv2.GaussianBlur(picture, (3, 3), 0.8)
        seen = cv2.warpAffine(
            picture, matrix, (FOOT_SIDE_PX,) * 2, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
        )
        seen = seen.astype(np.float32) / 255
        if disturb:
            seen = seen ** rng.uniform(0.6, 1.6) * rng.uniform(0.7, 1.3, 3).astype(np.float32)
            if rng.random() < 0.15:
                seen = seen.mean(2, keepdims=True).repeat(3, 2)
            if rng.random() < 0.3:
                seen = seen[..., rng.permutation(3)]
            seen = seen + rng.normal(0, rng.uniform(0, 0.04), seen.shape).astype(np.float32)
        points = self.points[n] / whole * STILL_FOOT_HEIGHTS - middle
        if disturb:
            points = points * (FOOT_HEIGHTS / side)
        return np.clip(seen, 0, 1).astype(np.float32), points.reshape(6).astype(np.float32)


def pixel_feet(paths: Sequence[Path], wanted: Callable[[int], bool]) -> PixelFeet:
    """From files of stills.py; right feet are mirrored."""
    pictures, azimuth, points, bend = [], [], [], []
    for path in paths:
        with np.load(path) as kept:
            if not wanted(int(str(kept["shape"]))):
                continue
            names = [str(n) for n in kept["names"]]
            feet, places, joints = kept["feet"], kept["feet_px"], kept["joints"]
            for still in range(len(feet)):
                at = dict(zip(names, joints[still], strict=True))
                for leg, side in enumerate(("left", "right")):
                    where = places[still, leg][[names.index(f"{side}_{p}") for p in PLACES]].copy()
                    picture = feet[still, leg]
                    if side == "right":
                        picture, where[:, 0] = picture[:, ::-1], picture.shape[1] - where[:, 0]
                    pictures.append(picture)
                    points.append(where)
                    azimuth.append(azimuth_from_ray(at, side, kept["view"][still]))
                    bend.append(kept["bend"][still])
    return PixelFeet(
        np.stack(pictures), np.array(azimuth, np.float32), np.array(points, np.float32), np.array(bend)
    )
