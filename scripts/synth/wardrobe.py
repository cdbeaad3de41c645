"""Dresses a body: shirt, shorts or tights, shoes, hair and their colours, as one mesh that can be posed.

Clothes are parts of the base mesh's tights layer pushed outward, cut by joint heights; nothing here moves.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp
from pydantic import BaseModel, ConfigDict

from .body import SKIN_VERTICES, Body, Index, Pose, Weights, normals, skin
from .posture import SIDES, SOLE_M
from .rotation import LEVEL, Array, unit
from .shapes import ball, wrapped

Colour = tuple[float, float, float]  # sRGB, 0..1


class Material(enum.IntEnum):
    """What a surface is; the first eight take their colour from the outfit."""

    SKIN = 0
    SHIRT = 1
    BOTTOM = 2
    SHOE = 3
    HAIR = 4
    IRIS = 5
    SOCK = 6
    SOLE = 7
    LIPS = 8
    EYE = 9
    FLOOR = 10
    WALL = 11
    IRON = 12
    STEEL = 13
    PAINTED = 14
    POSTER = 15


SKINS: dict[str, Colour] = {
    "pale": (0.87, 0.72, 0.63),
    "light": (0.78, 0.57, 0.46),
    "tan": (0.63, 0.43, 0.32),
    "brown": (0.43, 0.27, 0.19),
    "dark": (0.26, 0.15, 0.10),
}
SLEEVES = {"cap": 0.30, "tee": 0.62, "long": 9.0}  # end of the sleeve along the upper arm


class Outfit(BaseModel):
    """What somebody wears. Colours in sRGB, 0..1."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    top: Literal["cap", "tee", "long"] = "tee"
    bottom: Literal["shorts", "tights", "joggers"] = "shorts"
    hair: Literal["short", "bun", "none"] = "short"
    chest_band: bool = False
    skin: Literal["pale", "light", "tan", "brown", "dark"] = "light"
    shirt_colour: Colour = (0.12, 0.35, 0.75)
    bottom_colour: Colour = (0.10, 0.10, 0.12)
    shoe_colour: Colour = (0.80, 0.22, 0.12)
    hair_colour: Colour = (0.12, 0.08, 0.05)
    iris_colour: Colour = (0.25, 0.16, 0.09)
    sock_colour: Colour = (0.86, 0.86, 0.86)
    sole_colour: Colour = (0.90, 0.90, 0.88)

    def palette(self) -> npt.NDArray[np.float32]:
        """(8, 3) colours by Material number."""
        worn = (self.shirt_colour, self.bottom_colour, self.shoe_colour, self.hair_colour)
        rest = (self.iris_colour, self.sock_colour, self.sole_colour)
        return np.array([SKINS[self.skin], *worn, *rest], np.float32)


@dataclass(frozen=True)
class _Part:
    vertices: Array
    faces: Index
    weights: Weights
    material: npt.NDArray[np.float32]


class Figure:
    """A dressed body that can be posed.

    rest: (V, 3), faces: (F, 3), material: (V,). eye: (3,) centre of the left eye, sock_top and shirt_band:
    heights at rest, for what the shader paints on.
    """

    def __init__(self, body: Body, outfit: Outfit) -> None:
        self.body, self.outfit = body, outfit
        self._find_landmarks()
        parts = [*self._skin_and_clothes(), *self._hair(), *(self._shoe(s, side) for s, side in SIDES)]
        offsets = np.cumsum([0] + [len(p.vertices) for p in parts])
        self.rest = np.concatenate([p.vertices for p in parts])
        self.faces = np.concatenate([p.faces + o for p, o in zip(parts, offsets, strict=False)])
        self.weights = Weights.joined([p.weights for p in parts])
        self.material = np.concatenate([p.material for p in parts])
        corners, owners = self.faces.ravel(), np.repeat(np.arange(len(self.faces)), 3)
        shape = (len(self.rest), len(self.faces))
        self._around = sp.csr_matrix((np.ones(len(corners), np.float32), (corners, owners)), shape)

    def posed(self, pose: Pose) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
        """Vertices and unit normals (V, 3) in that pose."""
        vertices = skin(self.body, pose, self.rest, self.weights)
        a, b, c = (vertices[self.faces[:, k]] for k in range(3))
        facing = self._around @ np.cross(b - a, c - a)
        facing /= np.maximum(np.linalg.norm(facing, axis=1, keepdims=True), 1e-12)
        return vertices, facing.astype(np.float32)

    # ---- where clothes begin and end

    def _find_landmarks(self) -> None:
        body, v = self.body, self.body.vertices
        self.hip_y, self.knee_y, self.ankle_y = (
            float(body.joint(b)[1]) for b in ("upperleg01.L", "lowerleg01.L", "foot.L")
        )
        eyes = v[np.unique(body.faces["eye"])]
        left = eyes[eyes[:, 0] > 0.0]
        self.eye = (left.min(axis=0) + left.max(axis=0)) / 2
        self.sock_top = self.ankle_y + 0.07
        self.shirt_band = float(body.joint("upperarm01.L")[1]) - 0.11
        self.arm = body.share_of("upperarm", "lowerarm", "wrist", "finger", "metacarpal")
        self.leg = body.share_of("upperleg", "lowerleg", "foot", "toe")
        torso = body.share_of("spine", "clavicle", "shoulder", "breast", "root", "pelvis")
        self.head = 1.0 - torso - self.arm - self.leg  # neck and head
        shoulder, elbow = body.joint("upperarm01.L"), body.joint("lowerarm01.L")
        folded = np.concatenate([np.abs(v[:, :1]), v[:, 1:]], axis=1)
        self.down_the_arm = (folded - shoulder) @ unit(elbow - shoulder) / np.linalg.norm(elbow - shoulder)

    def _shirt(self, inset: float) -> npt.NDArray[np.bool_]:
        """Vertices under the shirt, its edges drawn in by `inset`."""
        on_arm = self.down_the_arm < SLEEVES[self.outfit.top] - inset
        on_trunk = self.body.vertices[:, 1] > self.hip_y + 0.055 + 0.3 * inset
        covered = np.where(self.arm > 0.5, on_arm, on_trunk)
        hand = self.body.share_of("wrist", "finger", "metacarpal") > 0.5
        return covered & ~hand & (self.head < 0.75 - inset) & (self.leg < 0.9)

    def _lower(self, inset: float) -> npt.NDArray[np.bool_]:
        """Vertices under shorts or tights."""
        ends = self.knee_y + 0.085 if self.outfit.bottom == "shorts" else self.ankle_y + 0.05
        y = self.body.vertices[:, 1]
        return (y > ends + 0.3 * inset) & (y < self.hip_y + 0.13) & (self.arm < 0.5)

    # ---- parts

    def _cut(self, faces: Index, material: Material, outward: Array | float) -> _Part:
        """Some faces of the base mesh as their own part, pushed outward."""
        used, local = np.unique(faces, return_inverse=True)
        local = local.reshape(-1, 3)
        vertices = self.body.vertices[used]
        thickness = np.broadcast_to(outward, len(self.body.vertices))[used][:, None]
        vertices = vertices + thickness * normals(vertices, local)
        return _Part(vertices, local, self.body.weights[used], np.full(len(used), material, np.float32))

    def _skin_and_clothes(self) -> list[_Part]:
        body, y = self.body, self.body.vertices[:, 1]
        foot = body.share_of("foot", "toe") > 0.6
        hidden = (self._shirt(0.06) | self._lower(0.08)) & (self.head < 0.35)
        bare = body.faces["body"]
        bare = bare[~hidden[bare].all(axis=1) & ~foot[bare].all(axis=1)]
        naked = self._cut(bare, Material.SKIN, 0.0)
        used = np.unique(bare)
        naked.material[body.lips[used] & (self.head[used] > 0.5)] = Material.LIPS
        layer = body.faces["tights"]
        hem = np.clip((self.hip_y + 0.175 - y) / 0.12, 0.0, 1.0) * (self.arm < 0.5)
        sleeve = np.clip(self.down_the_arm, 0.0, 1.0) * (self.arm > 0.5)
        shirt = layer[self._shirt(0.0)[layer].all(axis=1)]
        lower = layer[self._lower(0.0)[layer].all(axis=1)]
        return [
            naked,
            self._cut(shirt, Material.SHIRT, 0.010 + 0.016 * hem + 0.010 * sleeve),
            self._cut(lower, Material.BOTTOM, self._looseness()),
            self._cut(body.faces["eye"], Material.EYE, 0.0),
        ]

    def _looseness(self) -> Array:
        """(V,) how far the lower garment stands off."""
        y = self.body.vertices[:, 1]
        if self.outfit.bottom == "shorts":
            return 0.006 + 0.016 * np.clip((self.knee_y + 0.30 - y) / 0.25, 0.0, 1.0)
        if self.outfit.bottom == "joggers":
            return 0.010 + 0.010 * np.clip((self.hip_y - y) / 0.4, 0.0, 1.0)
        return np.full(len(y), 0.003)

    def _hair(self) -> list[_Part]:
        if self.outfit.hair == "none":
            return []
        body, v = self.body, self.body.vertices
        crown = v[:SKIN_VERTICES, 1].max()
        ear = np.asarray(body.regressor[body.keypoints.index("left_ear")] @ v).ravel()
        # The hairline over the face's height, from the brow (0) by the ear (1) to the nape (2).
        back = (self.eye[2] - v[:, 2]) / (self.eye[2] - ear[2])
        line = np.interp(back, [0.0, 0.5, 0.9, 1.25, 1.7], [0.60, 0.50, 0.28, 0.05, -0.45])
        x, y, z = np.abs(v[:, 0]), v[:, 1], v[:, 2]
        scalp = (np.arange(len(v)) < SKIN_VERTICES) & (self.head > 0.8) & (z < self.eye[2] + 0.05)
        scalp &= y > self.eye[1] + line * (crown - self.eye[1])
        scalp &= ~((x > ear[0] - 0.006) & (y < ear[1] + 0.035) & (z > ear[2] - 0.03))  # the ear itself
        faces = body.faces["body"]
        parts = [self._cut(faces[scalp[faces].all(axis=1)], Material.HAIR, 0.013)]
        if self.outfit.hair == "bun":
            behind = v[scalp][:, 2].min()
            centre = np.array([0.0, self.eye[1] + 0.55 * (crown - self.eye[1]), behind - 0.025])
            vertices, tris = ball(centre, np.array([0.045, 0.045, 0.040]))
            weights = Weights.rigid(body.index["head"], len(vertices))
            parts.append(_Part(vertices, tris, weights, np.full(len(vertices), Material.HAIR, np.float32)))
        return parts

    def _shoe(self, s: str, side: float) -> _Part:
        """A shell around the foot with a sole under it; its toes bend with the foot's."""
        body = self.body
        v = body.vertices[:SKIN_VERTICES]
        foot = body.share_of("foot", "toe")[:SKIN_VERTICES] > 0.6
        points = v[foot & (v[:, 0] * side > 0.0) & (v[:, 1] < self.ankle_y + 0.03)]
        away = points - points.mean(axis=0)
        low = points[:, 1] < 0.03
        sole = points[low] * LEVEL + 0.008 * unit(away[low] * LEVEL) - [0.0, 1.35 * SOLE_M, 0.0]
        vertices, faces = wrapped(np.concatenate([points + 0.009 * unit(away), sole]))
        vertices[:, 1] = np.maximum(vertices[:, 1], -SOLE_M)
        ankle, toe = body.joint(f"foot.{s}"), body.joint(f"toe2-1.{s}")
        ahead = unit((toe - ankle) * LEVEL)
        along = (vertices - ankle) @ ahead / float((toe - ankle) @ ahead)
        share = np.clip((along - 0.85) / 0.35, 0.0, 1.0)
        weights = Weights.rigid(body.index[f"foot.{s}"], len(vertices))
        weights.bones[:, 1] = body.index[f"toe2-1.{s}"]
        weights.shares[:, 0], weights.shares[:, 1] = 1.0 - share, share
        return _Part(vertices, faces, weights, np.full(len(vertices), Material.SHOE, np.float32))
