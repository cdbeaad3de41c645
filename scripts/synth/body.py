"""The naked body: rest mesh, skeleton, skin weights and keypoint regressor of one of six shapes.

Everything comes from body.npz (MakeHuman / MPFB2, CC0; see NOTICE). Posing and clothes are other rooms.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp
from scipy.spatial.transform import Rotation

from .rotation import Array

SHAPES = ("m_avg", "f_avg", "m_tall", "f_short", "m_heavy", "f_heavy")
BODY = Path(__file__).with_name("body.npz")
SKIN_VERTICES = 13380  # the base mesh; helpers for clothes, hair and eyes follow it
Index = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Weights:
    """Linear skin weights: up to four bones (V, 4) and their shares (V, 4) per vertex."""

    bones: Index
    shares: Array

    def __getitem__(self, vertices: Index) -> Weights:
        return Weights(self.bones[vertices], self.shares[vertices])

    @classmethod
    def rigid(cls, bone: int, count: int) -> Weights:
        """Everything on one bone."""
        bones, shares = np.zeros((count, 4), np.int64), np.zeros((count, 4))
        bones[:, 0], shares[:, 0] = bone, 1.0
        return cls(bones, shares)

    @classmethod
    def joined(cls, parts: list[Weights]) -> Weights:
        """Several meshes one after the other."""
        return cls(np.concatenate([p.bones for p in parts]), np.concatenate([p.shares for p in parts]))


class Body:
    """One shape at rest, bare soles on the floor, facing z.

    vertices: (V, 3). bones: names; parents: (B,), -1 for the root; heads, tails: (B, 3) rest joints.
    faces: triangles by region ("body", "eye", "tights"). regressor: (K, V) sparse, keypoints from skin.
    """

    def __init__(self, shape: str = "m_avg", path: Path = BODY) -> None:
        with np.load(path) as stored:
            rest = stored[f"shape_{shape}"].astype(np.float64)
            self.vertices: Array = rest - [0.0, rest[:SKIN_VERTICES, 1].min(), 0.0]
            self.bones = [str(b) for b in stored["bones"]]
            self.parents: Index = stored["parents"].astype(np.int64)
            self.heads = self._means(stored["heads"])
            self.tails = self._means(stored["tails"])
            shares = stored["ww"].astype(np.float64)
            self.weights = Weights(stored["wi"].astype(np.int64), shares / shares.sum(axis=1, keepdims=True))
            self.faces = {n: stored[f"f_{n}"].astype(np.int64) for n in ("body", "eye", "tights")}
            self.lips: npt.NDArray[np.bool_] = stored["lips"]
            self.keypoints = [str(k) for k in stored["kp_names"]]
            self.regressor = self._regressor(stored["kp_i"].astype(np.int64), stored["kp_w"].astype(float))
        self.shape = shape
        self.index = {b: i for i, b in enumerate(self.bones)}
        self.stature = float(np.ptp(self.vertices[:SKIN_VERTICES, 1]))

    def _means(self, packed: Index) -> Array:
        """Joints as means of vertices; `packed` is count, vertices, count, vertices, ..."""
        joints, at = [], 0
        while at < len(packed):
            count = int(packed[at])
            joints.append(self.vertices[packed[at + 1 : at + 1 + count]].mean(axis=0))
            at += 1 + count
        return np.array(joints)

    def _regressor(self, entries: Index, values: Array) -> sp.csr_matrix:
        matrix = sp.csr_matrix(
            (values, (entries[:, 0], entries[:, 1])), (len(self.keypoints), len(self.vertices))
        )
        return sp.csr_matrix(sp.diags(1.0 / np.asarray(matrix.sum(axis=1)).ravel()) @ matrix)

    def joint(self, bone: str) -> Array:
        """(3,) where a bone begins at rest."""
        return self.heads[self.index[bone]]

    def share_of(self, *prefixes: str) -> Array:
        """(V,) how much of each vertex hangs on bones whose names begin so."""
        chosen = np.array([b.startswith(prefixes) for b in self.bones])
        return np.where(chosen[self.weights.bones], self.weights.shares, 0.0).sum(axis=1)

    def length(self, upper: str, lower: str) -> float:
        """Distance between two rest joints."""
        return float(np.linalg.norm(self.joint(lower) - self.joint(upper)))


@dataclass(frozen=True)
class Pose:
    """Where every bone is: rotations (B, 3, 3) from rest and joint places (B, 3)."""

    turns: Array
    places: Array


def skin(body: Body, pose: Pose, points: Array, weights: Weights) -> npt.NDArray[np.float32]:
    """Points (n, 3) at rest -> posed, by dual-quaternion blending (Kavan et al. 2007: no candy wrappers)."""
    real, dual = _dual_quaternions(body, pose)
    shares = weights.shares.astype(np.float32)
    blended = np.einsum("vk,vkd->vd", shares, np.concatenate([real, dual], axis=1)[weights.bones])
    blended /= np.linalg.norm(blended[:, :4], axis=1, keepdims=True)
    w, v, dw, dv = blended[:, :1], blended[:, 1:4], blended[:, 4:5], blended[:, 5:]
    x = points.astype(np.float32)
    turned = x + 2.0 * np.cross(v, np.cross(v, x) + w * x)
    moved: npt.NDArray[np.float32] = turned + 2.0 * (w * dv - dw * v + np.cross(v, dv))
    return moved


def _dual_quaternions(body: Body, pose: Pose) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
    """Real and dual parts (B, 4), w first, every bone in its parent's hemisphere."""
    real = Rotation.from_matrix(pose.turns).as_quat()[:, [3, 0, 1, 2]]
    for bone, parent in enumerate(body.parents):
        if parent >= 0 and real[bone] @ real[parent] < 0.0:
            real[bone] = -real[bone]
    shift = pose.places - np.einsum("bij,bj->bi", pose.turns, body.heads)
    w, v = real[:, :1], real[:, 1:]
    dual = 0.5 * np.concatenate(
        [-(shift * v).sum(axis=1, keepdims=True), w * shift + np.cross(shift, v)], axis=1
    )
    return real.astype(np.float32), dual.astype(np.float32)


def normals(vertices: Array, faces: Index) -> Array:
    """(V, 3) unit vertex normals, weighted by face area."""
    a, b, c = (vertices[faces[:, k]] for k in range(3))
    across = np.cross(b - a, c - a)
    out = np.zeros_like(vertices)
    for k in range(3):
        np.add.at(out, faces[:, k], across)
    return out / np.maximum(np.linalg.norm(out, axis=1, keepdims=True), 1e-12)
