"""What is true in one frame: joints in space, each knee against its foot. Computed from the posed body alone,
not from the script, so that it holds whatever the script asked for.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .body import Body, Pose, skin
from .posture import SIDES
from .rotation import LEVEL, UP, Array, unit

FACE = ("nose", "left_eye", "right_eye", "left_ear", "right_ear")
LIMB_JOINTS = {
    "shoulder": "upperarm01", "elbow": "lowerarm01", "wrist": "wrist",
    "hip": "upperleg01", "knee": "lowerleg01", "ankle": "foot",
}  # fmt: skip
NAMES = {"L": "left", "R": "right"}
# The knee must be this far from the ankle, seen from above, before a direction between them means much.
LEAST_TRAVEL_M = 0.06


@dataclass(frozen=True)
class LegTruth:
    """One leg in one frame; + is inward (valgus), lengths in metres, angles in degrees.

    shank_deg: the shank out of the vertical plane through ankle and 2nd toe. plane_deg: the level angle
    between ankle -> 2nd toe and ankle -> knee, None while knee and ankle are close together seen from above.
    medial_m: the knee's distance from that plane. thigh_deg: elevation of the thigh, + above parallel.
    foot: (3,) level unit vector.
    """

    shank_deg: float
    plane_deg: float | None
    medial_m: float
    flexion_deg: float
    thigh_deg: float
    foot: Array


class Witness:
    """Reads joints off one body."""

    def __init__(self, body: Body) -> None:
        self.body = body
        self.seen = np.unique(body.regressor.indices)
        self.regressor = body.regressor[:, self.seen]

    def joints(self, pose: Pose) -> dict[str, Array]:
        """Every joint (3,) in the world: face from the skin, limbs from the bones, feet from both."""
        body = self.body
        surface = skin(body, pose, body.vertices[self.seen], body.weights[self.seen])
        regressed = dict(zip(body.keypoints, self.regressor @ surface.astype(np.float64), strict=True))
        out = {name: regressed[name] for name in FACE}
        for s, side in NAMES.items():
            for joint, bone in LIMB_JOINTS.items():
                out[f"{side}_{joint}"] = pose.places[body.index[f"{bone}.{s}"]]
            out[f"{side}_toe2_mtp"] = pose.places[body.index[f"toe2-1.{s}"]]
            tip = body.index[f"toe2-3.{s}"]
            out[f"{side}_toe2_tip"] = pose.places[tip] + pose.turns[tip] @ (body.tails[tip] - body.heads[tip])
            for part in ("big_toe", "small_toe", "heel"):
                out[f"{side}_{part}"] = regressed[f"{side}_{part}"]
        return out


def leg(joints: dict[str, Array], s: str) -> LegTruth:
    """The truth about leg "L" or "R"."""
    side = NAMES[s]
    hip, knee, ankle = (joints[f"{side}_{j}"] for j in ("hip", "knee", "ankle"))
    foot = unit((joints[f"{side}_toe2_mtp"] - ankle) * LEVEL)
    inward = np.cross(foot, UP) * dict(SIDES)[s]
    shank, thigh = knee - ankle, hip - knee
    medial, ahead = float(shank @ inward), float(shank @ foot)
    plane = float(np.degrees(np.arctan2(medial, ahead)))
    return LegTruth(
        shank_deg=float(np.degrees(np.arcsin(medial / np.linalg.norm(shank)))),
        plane_deg=plane if np.hypot(medial, ahead) > LEAST_TRAVEL_M else None,
        medial_m=medial,
        flexion_deg=float(np.degrees(np.arccos(np.clip(unit(shank) @ unit(thigh), -1.0, 1.0)))),
        thigh_deg=float(np.degrees(np.arcsin(unit(thigh)[1]))),
        foot=foot,
    )
