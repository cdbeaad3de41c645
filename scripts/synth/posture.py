"""From what a movement asks of hips, feet and hands to where every bone is.

Legs are solved exactly: thigh and shank keep their lengths and the shank gets the wanted angle out of the
foot's plane. The trunk leans until the body balances over its feet.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.optimize import brentq

from .body import Body, Pose
from .rotation import LEVEL, UP, Array, basis, lean, part_way, shortest_turn, turn, unit

SOLE_M = 0.022  # thickness of a shoe's sole
SIDES = (("L", 1.0), ("R", -1.0))
STRAIGHT = 0.996  # of thigh + shank: a standing leg
BALANCE_M = 0.045  # where the centre of mass is kept, forward of the ankles
SPINE = ("spine05", "spine04", "spine03", "spine02", "spine01")
NECK = ("neck01", "neck02", "neck03", "head")
# Segment masses as shares of the body's, and centres from the upper joint (Dempster; Winter).
LIMBS = (
    ("upperleg01", "lowerleg01", 0.100, 0.433),
    ("lowerleg01", "foot", 0.0465, 0.433),
    ("upperarm01", "lowerarm01", 0.028, 0.436),
    ("lowerarm01", "wrist", 0.022, 0.680),
)
FOOT_MASS, TRUNK_MASS, HEAD_MASS = 0.0145, 0.497, 0.081


@dataclass(frozen=True)
class Hand:
    """Where a wrist goes and which way the elbow points, mirrored for the right.

    base: what the place is measured from ("shoulder", "chest" or "neck"). place: metres, or arm lengths
    from a shoulder, (outward, up, forward). pole: likewise a direction. curl: 0 open, 1 a fist.
    """

    base: str
    place: tuple[float, float, float]
    pole: tuple[float, float, float]
    curl: float = 0.35


HANDS = {
    "hang": Hand("shoulder", (0.16, -0.96, 0.03), (0.3, 0.0, -1.0)),
    "front": Hand("shoulder", (-0.08, -0.10, 0.95), (0.8, -0.6, 0.0), 0.1),
    "clasp": Hand("chest", (0.045, 0.10, 0.29), (0.6, -1.0, 0.0), 0.5),
    "bar": Hand("neck", (0.38, -0.01, 0.01), (0.35, -1.0, -0.45), 1.0),
    "up": Hand("shoulder", (0.18, 0.95, 0.05), (1.0, 0.1, -0.2)),
    "hips": Hand("shoulder", (0.10, -0.72, 0.05), (1.0, -0.2, -0.5), 0.6),
    "wide": Hand("shoulder", (0.97, 0.05, 0.05), (0.0, -0.4, -1.0)),
}
BAR_FROM_NECK = np.array([0.0, -0.035, -0.085])  # in the upper spine's frame


@dataclass(frozen=True)
class Posture:
    """What a movement asks for in one frame, in the body's own frame (feet around the origin, facing z).

    Pairs and (2, ...) arrays are left, right. ankles: flat-footed, at rest height when planted. azimuth,
    delta: degrees, + outward and + inward. hands: {name of HANDS: share}, shares summing to 1.
    lean_deg: of the trunk; None balances. load: mass on the back as a share of the body's.
    yaw_deg and place_m (x, z) put the body into the world.
    """

    pelvis: Array
    ankles: Array
    azimuth_deg: tuple[float, float]
    delta_deg: tuple[float, float] = (0.0, 0.0)
    heel_m: tuple[float, float] = (0.0, 0.0)
    hands: tuple[dict[str, float], dict[str, float]] = ({"hang": 1.0}, {"hang": 1.0})
    lean_deg: float | None = None
    nod_deg: float = 4.0
    load: float = 0.0
    yaw_deg: float = 0.0
    place_m: tuple[float, float] = (0.0, 0.0)


def heel_lift(ball: float, height: float, rise: float) -> tuple[float, float]:
    """Forward shift of the ankle (m) and pitch of the foot (deg) when a heel rises about the ball.

    ball, height: the ankle's level distance from the ball and its height over it at rest.
    """
    reach, rest = np.hypot(ball, height), np.arctan2(height, ball)
    pitch = np.arcsin(np.clip((height + rise) / reach, -1.0, 1.0)) - rest
    return float(ball - reach * np.cos(rest + pitch)), float(np.degrees(pitch))


def solve_knee(
    hip: Array, ankle: Array, *, thigh: float, shank: float, foot: Array, outward: Array, delta_deg: float
) -> Array:
    """(3,) the forward point at both lengths whose shank leaves the foot's plane by delta_deg inward.

    A nearly straight leg may not reach that: it is then approached softly.
    Raises ValueError when hip and ankle are further apart than the leg is long.
    """
    length = float(np.linalg.norm(ankle - hip))
    if length > thigh + shank:
        raise ValueError("a leg cannot reach its foot")
    axis = (ankle - hip) / length
    along = (thigh**2 - shank**2 + length**2) / (2.0 * length)
    centre, radius = hip + along * axis, np.sqrt(max(thigh**2 - along**2, 0.0))
    aside = outward - (outward @ axis) * axis
    reach = radius * float(np.linalg.norm(aside))
    aside = unit(aside)
    ahead = np.cross(axis, aside)
    ahead = ahead if ahead @ foot > 0.0 else -ahead
    wanted = -shank * np.sin(np.radians(delta_deg)) - outward @ (centre - ankle)
    cosine = wanted / max(reach, 1e-9)
    if abs(cosine) > 0.85:
        cosine = np.sign(cosine) * (0.85 + 0.13 * np.tanh((abs(cosine) - 0.85) / 0.13))
    knee: Array = centre + radius * (cosine * aside + np.sqrt(1.0 - cosine**2) * ahead)
    return knee


class Poser:
    """Puts one body into postures."""

    def __init__(self, body: Body) -> None:
        self.body = body
        self.hips_at_rest = (body.joint("upperleg01.L") + body.joint("upperleg01.R")) / 2
        self.hip_half_width = abs(body.joint("upperleg01.L") - body.joint("upperleg01.R"))[0] / 2
        self.shoulder_width = float(np.linalg.norm(body.joint("upperarm01.L") - body.joint("upperarm01.R")))
        self.thigh = np.mean([body.length(f"upperleg01.{s}", f"lowerleg01.{s}") for s, _ in SIDES])
        self.shank = np.mean([body.length(f"lowerleg01.{s}", f"foot.{s}") for s, _ in SIDES])
        self.ankle_height = float(body.joint("foot.L")[1]) + SOLE_M
        to_ball = body.joint("toe2-1.L") - body.joint("foot.L")
        self.ball, self.ankle_over_ball = float(np.linalg.norm(to_ball * LEVEL)), float(-to_ball[1])

    def hips_over(self, aside: float, ahead: float = 0.0, straight: float = STRAIGHT) -> float:
        """Height of the hips over a straight leg whose ankle is so far aside of the middle and ahead."""
        leg = straight * (self.thigh + self.shank)
        return self.ankle_height + float(np.sqrt(leg**2 - (aside - self.hip_half_width) ** 2 - ahead**2))

    def pose(self, posture: Posture) -> Pose:
        """Every bone's rotation and place in the world."""
        legs, pins = self._legs(posture)

        def built(degrees: float) -> tuple[Pose, float]:
            pose = self._whole(posture, legs, pins, degrees)
            return pose, self._balance(pose, posture.load) - BALANCE_M

        pose = built(self._balanced(built) if posture.lean_deg is None else posture.lean_deg)[0]
        spin = turn(posture.yaw_deg)
        x, z = posture.place_m
        return Pose(spin @ pose.turns, pose.places @ spin.T + [x, 0.0, z])

    def bar(self, pose: Pose) -> Array:
        """(3,) middle of a barbell on the back."""
        neck, spine = self.body.index["neck01"], self.body.index["spine01"]
        bar: Array = pose.places[neck] + pose.turns[spine] @ BAR_FROM_NECK
        return bar

    @staticmethod
    def _balanced(built: Callable[[float], tuple[Pose, float]]) -> float:
        """The lean that balances, or the nearest a spine does."""
        low, high = -4.0, 62.0
        if built(low)[1] >= 0.0:
            return low
        if built(high)[1] <= 0.0:
            return high
        return float(brentq(lambda d: built(d)[1], low, high, xtol=0.05))

    # ---- legs

    def _legs(self, posture: Posture) -> tuple[dict[str, Array], dict[str, Array]]:
        """Rotations and pinned joint places of both legs; neither depends on the trunk's lean."""
        turns: dict[str, Array] = {}
        pins: dict[str, Array] = {}
        for i, (s, side) in enumerate(SIDES):
            out = np.radians(posture.azimuth_deg[i])
            foot = np.array([side * np.sin(out), 0.0, np.cos(out)])
            outward = np.array([side * np.cos(out), 0.0, -np.sin(out)])
            forward, pitch = heel_lift(self.ball, self.ankle_over_ball, posture.heel_m[i])
            ankle = posture.ankles[i] + forward * foot + posture.heel_m[i] * UP
            hip = posture.pelvis + np.array([side * self.hip_half_width, 0.0, 0.0])
            knee = solve_knee(
                hip, ankle, thigh=self.thigh, shank=self.shank, foot=foot, outward=outward,
                delta_deg=posture.delta_deg[i],
            )  # fmt: skip
            pins |= {f"upperleg01.{s}": hip, f"lowerleg01.{s}": knee, f"foot.{s}": ankle}
            turns |= self._leg_turns(s, hip, knee, ankle, foot)
            flat = shortest_turn(self._rest_foot(s), foot)
            turns[f"foot.{s}"] = basis(foot, UP) @ _pitch(pitch) @ basis(foot, UP).T @ flat
            turns |= {b: flat for b in self.body.bones if b.startswith("toe") and b.endswith("1." + s)}
        return turns, pins

    def _rest_foot(self, s: str) -> Array:
        return unit((self.body.joint(f"toe2-1.{s}") - self.body.joint(f"foot.{s}")) * LEVEL)

    def _leg_turns(self, s: str, hip: Array, knee: Array, ankle: Array, foot: Array) -> dict[str, Array]:
        """Thigh and shank turned so that the knee's hinge looks where the leg bends."""
        body = self.body
        rest_thigh = body.joint(f"lowerleg01.{s}") - body.joint(f"upperleg01.{s}")
        rest_shank = body.joint(f"foot.{s}") - body.joint(f"lowerleg01.{s}")
        rest_hinge = np.cross(UP, self._rest_foot(s))
        # A straight leg has no bending plane of its own: the foot's takes over.
        hinge = np.cross(unit(knee - hip), unit(ankle - knee)) + 0.12 * np.cross(UP, foot)
        thigh = basis(knee - hip, hinge) @ basis(rest_thigh, rest_hinge).T
        shank = basis(ankle - knee, hinge) @ basis(rest_shank, rest_hinge).T
        swing = shortest_turn(rest_thigh, knee - hip)
        return {
            f"upperleg01.{s}": part_way(swing, thigh, 0.5),  # half the twist near the hip
            f"upperleg02.{s}": thigh,
            f"lowerleg01.{s}": shank,
            f"lowerleg02.{s}": shank,
        }

    # ---- trunk and arms

    def _whole(
        self, posture: Posture, legs: dict[str, Array], pins: dict[str, Array], degrees: float
    ) -> Pose:
        """All bones for one lean of the trunk, in the body's frame."""
        index, pelvis = self.body.index, lean(0.8 * degrees)
        turns: list[Array | None] = [None] * len(self.body.bones)
        chosen = dict(legs) | {"root": pelvis, "pelvis.L": pelvis, "pelvis.R": pelvis}
        for k, bone in enumerate(SPINE):
            chosen[bone] = lean(degrees * (0.8 + 0.2 * (k + 1) / len(SPINE)))
        for k, bone in enumerate(NECK):
            chosen[bone] = lean(degrees + (posture.nod_deg - degrees) * (0.25 + 0.22 * k))
        for bone, matrix in chosen.items():
            turns[index[bone]] = matrix
        root = posture.pelvis + pelvis @ (self.body.joint("root") - self.hips_at_rest)
        pose = self._forward(turns, pins | {"root": root})
        pins = dict(pins) | {"root": root}
        for i, (s, side) in enumerate(SIDES):
            self._arm(s, side, posture.hands[i], pose, turns, pins)
        return self._forward(turns, pins)

    def _forward(self, turns: list[Array | None], pins: dict[str, Array]) -> Pose:
        """Joint places from rotations, parents first; bones without a rotation follow their parent's."""
        body, pinned = self.body, {self.body.index[b]: p for b, p in pins.items()}
        matrices = np.zeros((len(body.bones), 3, 3))
        places = np.zeros((len(body.bones), 3))
        for bone, parent in enumerate(body.parents):
            own = turns[bone]
            matrices[bone] = own if own is not None else matrices[parent]
            if bone in pinned:
                places[bone] = pinned[bone]
            else:
                places[bone] = places[parent] + matrices[parent] @ (body.heads[bone] - body.heads[parent])
        return Pose(matrices, places)

    def _arm(
        self,
        s: str,
        side: float,
        hands: dict[str, float],
        pose: Pose,
        turns: list[Array | None],
        pins: dict[str, Array],
    ) -> None:
        """Bend one arm to its wrist's place and close its hand; adds to turns and pins."""
        body, index = self.body, self.body.index
        upper = body.length(f"upperarm01.{s}", f"lowerarm01.{s}")
        fore = body.length(f"lowerarm01.{s}", f"wrist.{s}")
        shoulder = pose.places[index[f"upperarm01.{s}"]]
        wrist, pole, curl = np.zeros(3), np.zeros(3), 0.0
        for name, share in hands.items():
            wrist += share * self._wrist(HANDS[name], side, shoulder, upper + fore, pose)
            pole += share * np.array(HANDS[name].pole) * [side, 1.0, 1.0]
            curl += share * HANDS[name].curl
        elbow, wrist = _bent(shoulder, wrist, upper, fore, pole)
        trunk = pose.turns[index[f"clavicle.{s}"]]
        rest_upper = body.joint(f"lowerarm01.{s}") - body.joint(f"upperarm01.{s}")
        rest_fore = body.joint(f"wrist.{s}") - body.joint(f"lowerarm01.{s}")
        arm = shortest_turn(trunk @ rest_upper, elbow - shoulder) @ trunk
        forearm = shortest_turn(arm @ rest_fore, wrist - elbow) @ arm
        for bone, matrix in {
            "shoulder01": part_way(trunk, arm, 0.2),
            "upperarm01": part_way(trunk, arm, 0.85),
            "upperarm02": arm,
            "lowerarm01": forearm,
            "lowerarm02": forearm,
            "wrist": forearm,
        }.items():
            turns[index[f"{bone}.{s}"]] = matrix
        pins |= {f"upperarm01.{s}": shoulder, f"lowerarm01.{s}": elbow, f"wrist.{s}": wrist}
        self._curl_fingers(s, forearm, curl, turns)

    def _wrist(self, hand: Hand, side: float, shoulder: Array, arm: float, pose: Pose) -> Array:
        place, index = np.array(hand.place) * [side, 1.0, 1.0], self.body.index
        if hand.base == "shoulder":
            return shoulder + arm * place
        if hand.base == "neck":
            return np.asarray(self.bar(pose) + pose.turns[index["spine01"]] @ place)
        chest = index["spine02"]
        return np.asarray(pose.places[chest] + pose.turns[chest] @ place)

    def _curl_fingers(self, s: str, hand: Array, curl: float, turns: list[Array | None]) -> None:
        """Bend the four fingers about the knuckles' line."""
        body = self.body
        knuckles = unit(body.joint(f"finger5-1.{s}") - body.joint(f"finger2-1.{s}"))
        along = unit(body.joint(f"finger3-2.{s}") - body.joint(f"finger3-1.{s}"))
        palm = body.joint(f"finger1-1.{s}") - body.joint(f"finger3-1.{s}")
        # Fingers close toward the side the thumb's root lies on.
        way = 1.0 if np.cross(knuckles, along) @ palm > 0.0 else -1.0
        for finger in range(2, 6):
            for k in (1, 2, 3):
                angle = way * np.radians(70.0 * k * curl * 0.9)
                spun = basis(knuckles, along) @ _about_first(angle) @ basis(knuckles, along).T
                turns[body.index[f"finger{finger}-{k}.{s}"]] = hand @ spun

    # ---- balance

    def _balance(self, pose: Pose, load: float) -> float:
        """How far the centre of mass is in front of the ankles, metres, in the body's frame."""
        index = self.body.index

        def ahead(bone: str) -> float:
            return float(pose.places[index[bone], 2])

        moment = mass = 0.0
        for s, _ in SIDES:
            for upper, lower, share, centre in LIMBS:
                at = (1.0 - centre) * ahead(f"{upper}.{s}") + centre * ahead(f"{lower}.{s}")
                moment, mass = moment + share * at, mass + share
            moment, mass = moment + FOOT_MASS * (ahead(f"foot.{s}") + 0.05), mass + FOOT_MASS
        hips = (ahead("upperleg01.L") + ahead("upperleg01.R")) / 2
        moment += TRUNK_MASS * (hips + ahead("neck01")) / 2 + HEAD_MASS * ahead("head")
        moment, mass = moment + load * self.bar(pose)[2], mass + TRUNK_MASS + HEAD_MASS + load
        return moment / mass - (ahead("foot.L") + ahead("foot.R")) / 2


def _about_first(angle: float) -> Array:
    """Rotation about the first axis of a basis."""
    c, s = np.cos(angle), np.sin(angle)
    return np.array([[1.0, 0.0, 0.0], [0.0, c, -s], [0.0, s, c]])


def _pitch(degrees: float) -> Array:
    """Heel up, in the basis (foot, up, across)."""
    c, s = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    return np.array([[c, s, 0.0], [-s, c, 0.0], [0.0, 0.0, 1.0]])


def _bent(root: Array, tip: Array, upper: float, lower: float, pole: Array) -> tuple[Array, Array]:
    """Middle and end joint of a two-bone limb; a tip out of reach is pulled in."""
    axis = unit(tip - root)
    far = float(np.clip(np.linalg.norm(tip - root), abs(upper - lower) + 0.02, 0.995 * (upper + lower)))
    along = (upper**2 - lower**2 + far**2) / (2.0 * far)
    bow = unit(pole - (pole @ axis) * axis)
    return root + along * axis + np.sqrt(upper**2 - along**2) * bow, root + far * axis
