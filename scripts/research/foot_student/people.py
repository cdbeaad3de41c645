"""Random people for stills: body, clothes, shoes, stance, where they stand and who looks on from where.

Says what is drawn, not how. Ranges are wider than what the mirror meets, so that a gym lies inside them.
"""

from __future__ import annotations

import colorsys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from scripts.synth.body import Body, Pose
from scripts.synth.camera import Camera
from scripts.synth.posture import Poser
from scripts.synth.rotation import LEVEL, Array
from scripts.synth.scene import Light
from scripts.synth.squat import Lifter, Moment, Move
from scripts.synth.wardrobe import SKINS, Colour, Figure, Material, Outfit

BAREFOOT_SHARE = 0.12
STANDING_SHARE = 0.65


def _colour(rng: np.random.Generator) -> Colour:
    """Greys, blacks and whites half of the time, as clothes are."""
    if rng.random() < 0.5:
        grey = float(rng.choice([0.06, 0.12, 0.4, 0.7, 0.92]) + rng.uniform(-0.04, 0.04))
        return grey, grey, grey
    return colorsys.hsv_to_rgb(rng.random(), rng.uniform(0.2, 0.9), rng.uniform(0.15, 0.95))


def outfit(rng: np.random.Generator) -> Outfit:
    """Anything somebody might train in."""
    pick: dict[str, Any] = {
        "top": rng.choice(["cap", "tee", "long"]),
        "bottom": rng.choice(["shorts", "tights", "joggers"]),
        "hair": rng.choice(["short", "bun", "none"]),
        "skin": rng.choice(sorted(SKINS)),
        "chest_band": bool(rng.random() < 0.2),
    }
    worn = ("shirt", "bottom", "shoe", "hair", "sock", "sole")
    return Outfit(**pick, **{f"{what}_colour": _colour(rng) for what in worn})


class Dressed(Figure):
    """A figure whose shoes are longer, wider or higher than the feet in them ask, or who wears none."""

    def __init__(self, body: Body, worn: Outfit, rng: np.random.Generator) -> None:
        self.barefoot = bool(rng.random() < BAREFOOT_SHARE)
        self.shoe_scale = rng.uniform([0.92, 0.9, 0.96], [1.25, 1.3, 1.18])  # across, up, along
        super().__init__(body, worn)
        if self.barefoot and rng.random() < 0.6:
            self.sock_top = -1.0  # no socks either

    def _skin_and_clothes(self) -> list[Any]:
        parts = super()._skin_and_clothes()
        if self.barefoot:
            foot = self.body.share_of("foot", "toe") > 0.5
            faces = self.body.faces["body"]
            parts.append(self._cut(faces[foot[faces].any(axis=1)], Material.SKIN, 0.0))
        return parts

    def _shoe(self, s: str, side: float) -> Any:
        part = super()._shoe(s, side)
        if self.barefoot:
            part.faces.resize((0, 3), refcheck=False)
            return part
        ankle, toe = self.body.joint(f"foot.{s}"), self.body.joint(f"toe2-1.{s}")
        ahead = (toe - ankle) * LEVEL / np.linalg.norm((toe - ankle) * LEVEL)
        across = np.array([ahead[2], 0.0, -ahead[0]])
        off = part.vertices - ankle * LEVEL
        along, aside, up = off @ ahead, off @ across, off[:, 1]
        scale = self.shoe_scale
        up = np.where(up > 0, up * scale[1], up)
        part.vertices[:] = (
            ankle * LEVEL
            + np.outer(along * scale[2], ahead)
            + np.outer(aside * scale[0], across)
            + np.outer(up, [0, 1, 0])
        )
        return part


@dataclass(frozen=True)
class Person:
    """A dressed body that can be posed."""

    body: Body
    poser: Poser
    figure: Figure


def person(shape: str, bodies: Path, rng: np.random.Generator) -> Person:
    body = Body(shape, bodies)
    return Person(body, Poser(body), Dressed(body, outfit(rng), rng))


@dataclass(frozen=True)
class Still:
    """One moment of one person before one camera. bend: 0 standing, 1 at the bottom."""

    pose: Pose
    camera: Camera
    light: Light
    background: str
    bend: float


def _feet(rng: np.random.Generator) -> tuple[float, float]:
    out, apart = rng.uniform(0.0, 40.0), rng.normal(0.0, 6.0)
    return float(np.clip(out + apart, -6, 46)), float(np.clip(out - apart, -6, 46))


def _posture(who: Person, rng: np.random.Generator) -> tuple[Pose, float]:
    lifter = Lifter(
        who.poser,
        stance=float(rng.uniform(0.75, 1.6)),
        toe_out_deg=_feet(rng),
        yaw_deg=float(rng.normal(0.0, 8.0)),
        hands=str(rng.choice(["clasp", "front", "hang"])),
        liveliness=3.0,
    )
    bend = 0.0 if rng.random() < STANDING_SHARE else float(rng.beta(1.2, 0.8))
    out = float(np.mean(lifter.toe_out_deg))
    depth = float(rng.uniform(-22.0, 30.0 if out < 30 else 10.0))
    delta = (float(rng.normal(2, 7)), float(rng.normal(2, 7)))
    move = Move(depth_deg=depth, heel_m=float(rng.choice([0.0, 0.0, 0.0, 0.03])))
    rep = 0 if bend else None
    moment = Moment(float(rng.uniform(0, 60)), move if bend else None, rep, "", bend, 1.0, delta)
    return who.poser.pose(lifter.posture(moment)), bend


def _camera(rng: np.random.Generator) -> Camera:
    lateral, distance = float(rng.normal(0.0, 0.2)), float(rng.uniform(1.7, 3.8))
    height = float(rng.uniform(0.45, 1.7))
    aim = np.degrees(np.arctan2(height - 0.9, distance))
    return Camera(
        distance_m=distance,
        height_m=height,
        lateral_m=lateral,
        tilt_deg=float(aim + rng.normal(0.0, 4.0)),
        pan_deg=float(np.degrees(np.arctan2(-lateral, distance)) + rng.normal(0.0, 3.0)),
    )


def _light(rng: np.random.Generator) -> Light:
    toward = (float(rng.normal(0, 0.6)), 1.0, float(rng.normal(0.4, 0.5)))
    tint = tuple(float(x) for x in rng.uniform(0.9, 1.15, 3))
    return Light(
        toward=toward,
        strength=float(rng.uniform(0.25, 1.1)),
        sky=float(rng.uniform(0.3, 0.8)),
        tint=(tint[0], tint[1], tint[2]),
    )


def still(who: Person, rng: np.random.Generator) -> Still:
    """Tries until the legs reach the floor: a random squat may ask for too wide a stance."""
    while True:
        try:
            pose, bend = _posture(who, rng)
        except ValueError:
            continue
        background = str(rng.choice(["gym", "brick", "studio", "garage"]))
        return Still(pose, _camera(rng), _light(rng), background, bend)


def joint_names() -> list[str]:
    """What `Witness.joints` tells, in its order, needs a body; the order is the same for all."""
    from scripts.synth.truth import Witness

    body = Body("m_avg")
    poser = Poser(body)
    lifter = Lifter(poser)
    pose = poser.pose(lifter.posture(Moment(0.0, None, None, "", 0.0, 0.0, (0.0, 0.0))))
    return list(Witness(body).joints(pose))


def stacked(joints: dict[str, Array]) -> Array:
    """(J, 3)."""
    return np.array(list(joints.values()))
