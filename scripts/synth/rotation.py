"""The few rotations that posing needs, as 3x3 matrices that act on column vectors."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.spatial.transform import Rotation

Array = npt.NDArray[np.float64]
UP = np.array([0.0, 1.0, 0.0])
LEVEL = np.array([1.0, 0.0, 1.0])  # times a vector: its level part


def unit(v: Array) -> Array:
    """Vectors (..., 3) at length 1."""
    return v / np.maximum(np.linalg.norm(v, axis=-1, keepdims=True), 1e-12)


def shortest_turn(a: Array, b: Array) -> Array:
    """The smallest rotation that brings direction a onto direction b."""
    a, b = unit(a), unit(b)
    axis, cosine = np.cross(a, b), float(a @ b)
    sine = float(np.linalg.norm(axis))
    if sine < 1e-9:
        return np.eye(3)
    return Rotation.from_rotvec(axis / sine * np.arctan2(sine, cosine)).as_matrix()


def basis(axis: Array, hinge: Array) -> Array:
    """Columns: axis, the part of hinge across it, and what completes them."""
    axis = unit(axis)
    across = unit(hinge - (hinge @ axis) * axis)
    return np.stack([axis, across, np.cross(axis, across)], axis=1)


def part_way(start: Array, end: Array, share: float) -> Array:
    """From one rotation to another by a share of the way."""
    way = Rotation.from_matrix(start.T @ end).as_rotvec()
    return start @ Rotation.from_rotvec(share * way).as_matrix()


def about(axis: Array, degrees: float) -> Array:
    """Rotation about a unit axis, right-handed."""
    return Rotation.from_rotvec(np.radians(degrees) * axis).as_matrix()


def lean(degrees: float) -> Array:
    """Forward (from up toward z) about the x axis."""
    return about(np.array([1.0, 0.0, 0.0]), degrees)


def turn(degrees: float) -> Array:
    """About the vertical, + from z toward x: toward the image's right."""
    return about(UP, degrees)
