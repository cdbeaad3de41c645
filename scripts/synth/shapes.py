"""Triangles of simple solids for furniture, bars, shoes and hair."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp
from scipy.spatial import ConvexHull

from .body import Index, normals
from .rotation import Array, unit

CORNERS = ((-1, -1), (1, -1), (1, 1), (-1, 1))


@dataclass(frozen=True)
class Mesh:
    """Vertices (V, 3), their normals (V, 3), triangles (F, 3) and a material number per vertex (V,)."""

    vertices: Array
    normals: Array
    faces: Index
    material: npt.NDArray[np.float32]

    @classmethod
    def joined(cls, parts: list[Mesh]) -> Mesh:
        """Several meshes as one."""
        offsets = np.cumsum([0] + [len(p.vertices) for p in parts])
        return cls(
            np.concatenate([p.vertices for p in parts]),
            np.concatenate([p.normals for p in parts]),
            np.concatenate([p.faces + o for p, o in zip(parts, offsets, strict=False)]),
            np.concatenate([p.material for p in parts]),
        )


def quad(corner: Array, right: Array, up: Array, material: int) -> Mesh:
    """A flat rectangle that faces right x up."""
    corner, right, up = (np.asarray(v, float) for v in (corner, right, up))
    vertices = np.array([corner, corner + right, corner + right + up, corner + up])
    facing = np.tile(unit(np.cross(right, up)), (4, 1))
    return Mesh(vertices, facing, np.array([[0, 1, 2], [0, 2, 3]]), np.full(4, material, np.float32))


def box(centre: tuple[float, float, float], size: tuple[float, float, float], material: int) -> Mesh:
    """An upright box."""
    half, sides = np.asarray(size) / 2, []
    for axis in range(3):
        for sign in (-1.0, 1.0):
            facing, right = np.zeros(3), np.zeros(3)
            facing[axis], right[(axis + 1) % 3] = sign, 1.0
            up = np.cross(facing, right)
            corner = np.asarray(centre) + (facing - right - up) * half
            sides.append(quad(corner, 2 * right * half, 2 * up * half, material))
    return Mesh.joined(sides)


def cylinder(
    centre: npt.ArrayLike,
    axis: npt.ArrayLike,
    radius: float,
    length: float,
    material: int,
    segments: int = 24,
) -> Mesh:
    """A closed cylinder."""
    centre, axis = np.asarray(centre, float), unit(np.asarray(axis, float))
    across = unit(np.cross(axis, [0.31, 0.52, 0.79]))
    angle = 2.0 * np.pi * np.arange(segments) / segments
    ring = np.cos(angle)[:, None] * across + np.sin(angle)[:, None] * np.cross(axis, across)
    k, nxt = np.arange(segments), (np.arange(segments) + 1) % segments
    low, high = centre - axis * length / 2, centre + axis * length / 2
    wall = np.concatenate(
        [np.stack([k, nxt, nxt + segments], 1), np.stack([k, nxt + segments, k + segments], 1)]
    )
    parts = [
        (np.concatenate([low + radius * ring, high + radius * ring]), np.concatenate([ring, ring]), wall)
    ]
    for end, way in ((low, -1.0), (high, 1.0)):
        cap = np.concatenate([end + radius * ring, end[None]])
        fan = np.stack([k, nxt, np.full(segments, segments)], axis=1)
        parts.append((cap, np.tile(way * axis, (segments + 1, 1)), fan if way > 0 else fan[:, ::-1]))
    return Mesh.joined([Mesh(v, n, f, np.full(len(v), material, np.float32)) for v, n, f in parts])


def ball(centre: Array, radius: Array, rings: int = 10, segments: int = 16) -> tuple[Array, Index]:
    """Vertices and triangles of an ellipsoid."""
    polar = np.linspace(0.0, np.pi, rings + 1)[:, None]
    around = 2.0 * np.pi * np.arange(segments)[None] / segments
    sphere = np.stack(
        [np.sin(polar) * np.cos(around), np.cos(polar) + 0 * around, np.sin(polar) * np.sin(around)], axis=-1
    )
    k, nxt = np.arange(segments), (np.arange(segments) + 1) % segments
    faces = []
    for row in range(rings):
        a, b = row * segments, (row + 1) * segments
        faces += [np.stack([a + k, a + nxt, b + nxt], 1), np.stack([a + k, b + nxt, b + k], 1)]
    return centre + sphere.reshape(-1, 3) * radius, np.concatenate(faces)


def wrapped(points: Array, rounds: int = 2) -> tuple[Array, Index]:
    """A smooth shell around points: their convex hull, subdivided and relaxed."""
    hull = ConvexHull(points)
    used, faces = np.unique(hull.simplices, return_inverse=True)
    vertices, faces = points[used], faces.reshape(-1, 3)
    a, b, c = (vertices[faces[:, k]] for k in range(3))
    inside_out = np.einsum("ij,ij->i", np.cross(b - a, c - a), hull.equations[:, :3]) < 0.0
    faces[inside_out] = faces[inside_out][:, ::-1]
    for _ in range(rounds):
        vertices, faces = _subdivided(vertices, faces)
        vertices = _relaxed(vertices, faces)
    return vertices, faces


def _edges(faces: Index) -> Index:
    return np.sort(np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]]), axis=1)


def _subdivided(vertices: Array, faces: Index) -> tuple[Array, Index]:
    """Every triangle cut into four at the middles of its edges."""
    edges, which = np.unique(_edges(faces), axis=0, return_inverse=True)
    ab, bc, ca = (len(vertices) + w for w in np.split(which.ravel(), 3))
    a, b, c = faces.T
    quarters = [(a, ab, ca), (ab, b, bc), (ca, bc, c), (ab, bc, ca)]
    cut = np.concatenate([np.stack(q, axis=1) for q in quarters])
    return np.concatenate([vertices, vertices[edges].mean(axis=1)]), cut


def _relaxed(vertices: Array, faces: Index, share: float = 0.5) -> Array:
    """Each vertex moved part of the way to the mean of its neighbours."""
    edges, n = np.unique(_edges(faces), axis=0), len(vertices)
    pairs = np.concatenate([edges, edges[:, ::-1]])
    near = sp.csr_matrix((np.ones(len(pairs)), (pairs[:, 0], pairs[:, 1])), (n, n))
    means = (near @ vertices) / np.asarray(near.sum(axis=1))
    return (1.0 - share) * vertices + share * means


def solid(vertices: Array, faces: Index, material: int) -> Mesh:
    """A mesh with smooth normals."""
    return Mesh(vertices, normals(vertices, faces), faces, np.full(len(vertices), material, np.float32))
