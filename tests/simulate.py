"""A person without pixels: moves a jointed figure, looks at it through a pinhole and adds keypoint noise.

Tests use it to ask any room behind the camera what it makes of a movement whose every angle is known. It
must not import anything from the product, so that it can contradict it.

World frame, metres: origin on the floor at the mark, x toward the image's right, y up, z toward the camera.
The person faces the camera, so the person's left is at +x, on the image's right. Left comes before right
in every pair. Angles in degrees at the public boundary.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
Pair = tuple[float, float]

KEYPOINTS = (
    "nose", "left_eye", "right_eye", "left_ear", "right_ear",
    "left_shoulder", "right_shoulder", "left_elbow", "right_elbow", "left_wrist", "right_wrist",
    "left_hip", "right_hip", "left_knee", "right_knee", "left_ankle", "right_ankle",
)  # fmt: skip
INDEX = {name: i for i, name in enumerate(KEYPOINTS)}
SWAP = [INDEX[n.replace("left", "?").replace("right", "left").replace("?", "right")] for n in KEYPOINTS]
SIDE = np.array([1.0, -1.0])  # left leg on the image's right, right leg on its left
UP = np.array([0.0, 1.0, 0.0])

# Wrist places relative to the shoulder: outward, up, forward, in arm lengths.
HANDS = {
    "clasp": (-0.28, -0.25, 0.50),
    "front": (-0.05, -0.05, 0.95),
    "hang": (0.10, -0.96, 0.05),
    "up": (0.08, 0.95, 0.05),
    "tee": (0.97, 0.00, 0.02),
    "bar": (0.28, -0.02, -0.08),
}
# How much of the standing shank's lean is left by how bent the legs are, the rest being the leg's own line:
# medians of 98 correct squats of five people measured with markers.
TRACK_BEND = (0.0, 0.1, 0.3, 0.5, 0.7, 0.8, 1.0)
TRACK_SHARE = (1.0, 0.75, 0.58, 0.33, 0.09, 0.0, -0.13)
STRAIGHT = 0.998  # of thigh + shank: how far a standing leg is extended


@dataclass(frozen=True)
class Body:
    """Segment lengths as shares of stature (Drillis & Contini; Winter), joint centres."""

    stature_m: float = 1.72
    shank: float = 0.246
    thigh: float = 0.245
    ankle_height: float = 0.039
    hip_half_width: float = 0.060
    trunk: float = 0.288
    shoulder_half_width: float = 0.110
    upper_arm: float = 0.186
    forearm: float = 0.146
    toe: float = 0.467  # horizontally from the ankle to the tip of the 2nd toe, in shank lengths
    ball: float = 0.340  # likewise to the ball of the foot, where a rising heel turns

    def metres(self, part: str) -> float:
        """Length of one segment in metres."""
        return float(getattr(self, part)) * self.stature_m


@dataclass(frozen=True)
class Camera:
    """A pinhole. tilt_deg > 0 looks down; None aims at the height aim_m over the mark.

    lateral_m moves it to the image's right. pan_deg > 0 turns it to its right, roll_deg > 0 clockwise as
    seen from behind the camera, so the picture turns anticlockwise.
    """

    hfov_deg: float = 48.5
    width: int = 480
    height: int = 640
    distance_m: float = 2.5
    height_m: float = 1.05
    tilt_deg: float | None = None
    aim_m: float = 0.88
    lateral_m: float = 0.0
    pan_deg: float = 0.0
    roll_deg: float = 0.0

    @property
    def focal_px(self) -> float:
        """Focal length in pixels."""
        return self.width / 2 / np.tan(np.radians(self.hfov_deg) / 2)

    @property
    def looks_down_deg(self) -> float:
        """The tilt that holds, given or aimed."""
        if self.tilt_deg is not None:
            return self.tilt_deg
        return float(np.degrees(np.arctan2(self.height_m - self.aim_m, self.distance_m)))

    def axes(self) -> Array:
        """(3, 3) rows: the camera's right, up and forward in the world."""
        t, p, r = np.radians([self.looks_down_deg, self.pan_deg, self.roll_deg])
        level = np.array([np.sin(p), 0.0, -np.cos(p)])
        right = np.array([np.cos(p), 0.0, np.sin(p)])
        forward = np.cos(t) * level - np.sin(t) * UP
        up = np.cos(t) * UP + np.sin(t) * level
        return np.stack([np.cos(r) * right - np.sin(r) * up, np.cos(r) * up + np.sin(r) * right, forward])

    def project(self, points: Array) -> Array:
        """Points (..., 3) in metres to (..., 2) normalised (y, x) of the un-mirrored image."""
        eye = np.array([self.lateral_m, self.height_m, self.distance_m])
        seen = (points - eye) @ self.axes().T
        depth = np.maximum(seen[..., 2], 1e-3)
        x = self.width / 2 + self.focal_px * seen[..., 0] / depth
        y = self.height / 2 - self.focal_px * seen[..., 1] / depth
        return np.stack([y / self.height, x / self.width], axis=-1)


@dataclass(frozen=True)
class Noise:
    """Keypoint error: sigma_px at the scale of a 192 px crop around the person.

    person_share and rep_share of the variance stay the same for the whole recording and within one
    repetition; the rest is white from frame to frame.
    """

    sigma_px: float = 1.3
    person_share: float = 0.3
    rep_share: float = 0.2
    crop_margin: float = 1.25  # crop side over the person's height in the image
    toe_px: float = 0.0  # error of the standing toe tips, on the same scale


NO_NOISE = Noise(sigma_px=0.0)


@dataclass
class Script:
    """What one stretch of movement asks of the body, in the body's own frame (z forward, x to its left)."""

    pelvis: Array  # (n, 3) middle between the hips
    ankles: Array  # (n, 2, 3)
    azimuth: Array  # (n, 2) toe-out, radians
    delta: Array  # (n, 2) wanted foot-plane deviation, radians
    heel: Array  # (n, 2) heel rise, metres
    lean: Array  # (n,) trunk forward, radians
    hands: Array  # (n, 2, 3) wrists from shoulders: outward, up, forward, arm lengths
    yaw: Array  # (n,) radians, + toward the image's right
    place: Array  # (n, 2) x, z of the body's origin in the world

    @classmethod
    def joined(cls, parts: Sequence[Script]) -> Script:
        """Several stretches one after the other."""
        return cls(**{k: np.concatenate([getattr(p, k) for p in parts]) for k in cls.__annotations__})


@dataclass(frozen=True)
class Stance:
    """How the feet stand: ankle distance, toe-out of each foot, body yaw, place on the floor.

    track_deg: deviation of each leg's own line in a good squat. lean_deg: of each shank while standing.
    """

    body: Body
    width_m: float
    toe_out_deg: Pair
    yaw_deg: float
    place_m: Pair
    hands: str
    track_deg: Pair = (0.0, 0.0)
    lean_deg: Pair = (0.0, 0.0)

    @property
    def ankles(self) -> Array:
        """(2, 3) flat-footed ankles in the body's frame."""
        height = self.body.metres("ankle_height")
        return np.stack([SIDE * self.width_m / 2, [height, height], [0.0, 0.0]], axis=1)

    @property
    def pelvis(self) -> Array:
        """(3,) middle of the hips when standing tall."""
        return np.array([0.0, self.hips_over(self.ankles[0]), 0.0])

    def hips_over(self, ankle: Array) -> float:
        """Height of the hips over a nearly straight leg that ends at `ankle`."""
        leg = STRAIGHT * (self.body.metres("shank") + self.body.metres("thigh"))
        aside = abs(ankle[0]) - self.body.metres("hip_half_width")
        return float(ankle[1] + np.sqrt(leg**2 - aside**2 - ankle[2] ** 2))

    def own_track(self, bend: Array) -> Array:
        """(n, 2) radians: the deviation of a leg that keeps its own line, by how bent it is (n,)."""
        track, lean = np.radians(self.track_deg), np.radians(self.lean_deg)
        left = np.interp(bend, TRACK_BEND, TRACK_SHARE)
        return np.asarray(track + left[:, None] * (lean - track))

    def still(self, n: int) -> Script:
        """Standing tall for n frames."""
        return Script(
            pelvis=np.tile(self.pelvis, (n, 1)),
            ankles=np.tile(self.ankles, (n, 1, 1)),
            azimuth=np.tile(np.radians(self.toe_out_deg), (n, 1)),
            delta=np.tile(np.radians(self.lean_deg), (n, 1)),
            heel=np.zeros((n, 2)),
            lean=np.full(n, np.radians(3.0)),
            hands=np.tile(HANDS[self.hands], (n, 2, 1)),
            yaw=np.full(n, np.radians(self.yaw_deg)),
            place=np.tile(np.asarray(self.place_m, float), (n, 1)),
        )


def ease(x: npt.ArrayLike) -> Array:
    """0 to 1 with level ends, clamped outside."""
    u = np.clip(np.asarray(x, float), 0.0, 1.0)
    return u * u * (3.0 - 2.0 * u)


def there_and_back(u: Array) -> Array:
    """0 -> 1 -> 0 while u runs from 0 to 1, level at the ends."""
    return 0.5 - 0.5 * np.cos(2.0 * np.pi * np.clip(u, 0.0, 1.0))


class Movement:
    """A stretch of movement. `script` gets times (n,) from its start and the stance it begins in."""

    @property
    def seconds(self) -> float:
        """How long it takes."""
        raise NotImplementedError

    def script(self, t: Array, stance: Stance) -> Script:
        """What the body does at times t."""
        raise NotImplementedError

    def leaves(self, stance: Stance) -> Stance:
        """The stance it ends in."""
        return stance


@dataclass(frozen=True)
class Stand(Movement):
    """Standing still."""

    seconds: float = 1.0

    def script(self, t: Array, stance: Stance) -> Script:
        return stance.still(len(t))


# When a knee moves in: gain from how bent the legs are (0..1) and where in the repetition (u: 0..1 down,
# 1..2 hold, 2..3 up).
COLLAPSES: dict[str, Callable[[Array, Array], Array]] = {
    "whole": lambda bend, u: ease((bend - 0.1) / 0.7),
    "descent": lambda bend, u: ease((bend - 0.1) / 0.5) * (1.0 - ease((u - 0.75) / 0.5)),
    "ascent": lambda bend, u: ease((u - 1.9) / 0.35) * ease((bend - 0.1) / 0.5),
    "deep": lambda bend, u: ease((bend - 0.75) / 0.22),
}


@dataclass(frozen=True)
class Squat(Movement):
    """One repetition.

    depth_deg: thigh elevation at the bottom of a clean leg, + above parallel.
    delta: peak deviation of (left, right) over each leg's own line, + inward, following `collapse`.
    shank_lean_deg, trunk_lean_deg: forward lean at parallel, scaled with depth.
    """

    depth_deg: float = 0.0
    delta: Pair = (0.0, 0.0)
    collapse: str = "whole"
    down_s: float = 1.1
    hold_s: float = 0.2
    up_s: float = 1.0
    rest_s: float = 0.9
    heel_rise_m: float = 0.0
    shank_lean_deg: float = 33.0
    trunk_lean_deg: float = 38.0

    @property
    def seconds(self) -> float:
        return self.down_s + self.hold_s + self.up_s + self.rest_s

    def bend(self, t: Array) -> tuple[Array, Array]:
        """(n,) how bent, 0..1, and (n,) where in the repetition: 0..1 down, 1..2 hold, 2..3 up."""
        stops = np.cumsum([0.0, self.down_s, max(self.hold_s, 1e-6), self.up_s])
        u = np.interp(t, stops, [0.0, 1.0, 2.0, 3.0])
        down, up = 0.5 - 0.5 * np.cos(np.pi * u), 0.5 - 0.5 * np.cos(np.pi * (3.0 - u))
        return np.select([u < 1.0, u <= 2.0], [down, np.ones_like(u)], up), u

    def bottom(self, stance: Stance) -> Array:
        """(3,) middle of the hips where a clean leg's thigh has exactly the wanted elevation."""
        body, scale = stance.body, (90.0 - self.depth_deg) / 90.0
        lean = np.radians(self.shank_lean_deg * scale)
        out = np.radians(np.mean(stance.toe_out_deg))
        shank, thigh = body.metres("shank"), body.metres("thigh")
        ankle = stance.ankles[0] + heel_lift(body, out, self.heel_rise_m)
        knee = ankle + shank * np.array(
            [np.sin(out) * np.sin(lean), np.cos(lean), np.cos(out) * np.sin(lean)]
        )
        level, aside = thigh * np.cos(np.radians(self.depth_deg)), knee[0] - body.metres("hip_half_width")
        if level <= abs(aside):
            raise ValueError("too shallow for such a wide stance: the hips do not fit between the knees")
        height = knee[1] + thigh * np.sin(np.radians(self.depth_deg))
        return np.array([0.0, height, knee[2] - np.sqrt(level**2 - aside**2)])

    def script(self, t: Array, stance: Stance) -> Script:
        bend, u = self.bend(t)
        s = stance.still(len(t))
        s.pelvis = s.pelvis + bend[:, None] * (self.bottom(stance) - stance.pelvis)
        s.delta = stance.own_track(bend) + COLLAPSES[self.collapse](bend, u)[:, None] * np.radians(self.delta)
        s.heel = np.repeat(self.heel_rise_m * ease((bend - 0.3) / 0.6)[:, None], 2, axis=1)
        s.lean = s.lean + bend * np.radians(self.trunk_lean_deg * (90.0 - self.depth_deg) / 90.0)
        return s


@dataclass(frozen=True)
class Hinge(Movement):
    """Hips back, trunk down, knees hardly bent: picking something up, a good morning."""

    seconds: float = 3.0
    lean_deg: float = 80.0
    back_m: float = 0.20

    def script(self, t: Array, stance: Stance) -> Script:
        s, g = stance.still(len(t)), there_and_back(t / (0.85 * self.seconds))
        s.pelvis = s.pelvis + g[:, None] * np.array([0.0, -0.055, -self.back_m])
        s.lean = s.lean + g * np.radians(self.lean_deg)
        s.hands = s.hands + g[:, None, None] * (np.array(HANDS["hang"]) - s.hands)
        return s


@dataclass(frozen=True)
class RaiseArms(Movement):
    """Hands to a place of HANDS, held, and back. `which`: both, left or right."""

    seconds: float = 2.5
    to: str = "up"
    which: str = "both"

    def script(self, t: Array, stance: Stance) -> Script:
        s = stance.still(len(t))
        g = np.minimum(ease(t / 0.6), ease((self.seconds - t) / 0.6))
        legs = {"both": [0, 1], "left": [0], "right": [1]}[self.which]
        # By way of the side, so that the arm does not pass through the head.
        by = np.sin(np.pi * g)[:, None, None] * np.array([0.5, 0.0, 0.15])
        s.hands[:, legs] += g[:, None, None] * (np.array(HANDS[self.to]) - s.hands[:, legs]) + by
        return s


@dataclass(frozen=True)
class JumpingJacks(Movement):
    """n jumping jacks, one a second."""

    n: int = 4

    @property
    def seconds(self) -> float:
        return float(self.n)

    def script(self, t: Array, stance: Stance) -> Script:
        s, wide = stance.still(len(t)), there_and_back(t)
        hop = 0.08 * np.sin(2.0 * np.pi * t) ** 2
        s.ankles[:, :, 0] += SIDE * 0.22 * wide[:, None]
        s.ankles[:, :, 1] += hop[:, None]
        s.pelvis[:, 1] = [stance.hips_over(a[0]) - 0.015 for a in s.ankles]
        by = np.sin(np.pi * wide)[:, None, None] * np.array([0.8, 0.0, 0.0])
        s.hands = s.hands + wide[:, None, None] * (np.array(HANDS["up"]) - s.hands) + by
        return s


@dataclass(frozen=True)
class Lunge(Movement):
    """One foot far forward, hips down between the feet, and back."""

    front: str = "left"
    seconds: float = 3.0
    step_m: float = 0.62

    def script(self, t: Array, stance: Stance) -> Script:
        s, u = stance.still(len(t)), t / self.seconds
        lead = ("left", "right").index(self.front)
        step = ease(u / 0.25) - ease((u - 0.75) / 0.25)
        dip = there_and_back((u - 0.2) / 0.6)
        s.ankles[:, lead, 2] += self.step_m * step
        s.ankles[:, lead, 1] += 0.05 * (there_and_back(u / 0.25) + there_and_back((u - 0.75) / 0.25))
        s.pelvis[:, 2] += 0.5 * self.step_m * step
        s.pelvis[:, 1] -= 0.07 * step + 0.22 * dip
        s.heel[:, 1 - lead] = 0.09 * step
        return s


@dataclass(frozen=True)
class WalkAcross(Movement):
    """Somebody walks through the picture, to the image's right if to_m > from_m, depth_m behind the mark."""

    from_m: float = -1.4
    to_m: float = 1.4
    seconds: float = 2.4
    depth_m: float = 0.0

    def script(self, t: Array, stance: Stance) -> Script:
        s, way = stance.still(len(t)), np.sign(self.to_m - self.from_m)
        speed = abs(self.to_m - self.from_m) / self.seconds
        stroke, planted = 0.62, 0.6
        cycle = stroke / planted / speed
        phase = (t[:, None] / cycle + np.array([0.0, 0.5])) % 1.0
        swing = np.clip((phase - planted) / (1.0 - planted), 0.0, 1.0)
        along = np.where(phase < planted, 0.5 - phase / planted, ease(swing) - 0.5)
        s.ankles[:, :, 2] = stroke * along
        s.ankles[:, :, 0] = SIDE * 0.08
        s.ankles[:, :, 1] += 0.09 * np.sin(np.pi * swing)
        s.azimuth[:] = np.radians(8.0)
        s.pelvis[:, 1] = stance.hips_over(np.array([0.08, stance.ankles[0, 1], stroke / 2])) - 0.01
        s.hands = np.tile(HANDS["hang"], (len(t), 2, 1)) + 0.0
        s.hands[:, :, 2] -= 0.35 * along
        s.yaw = np.full(len(t), way * np.pi / 2)
        s.place = np.stack([self.from_m + way * speed * t, np.full(len(t), -self.depth_m)], axis=1)
        return s


@dataclass(frozen=True)
class Replant(Movement):
    """Lift each foot and put it down again in another stance (None keeps what was)."""

    width_m: float | None = None
    toe_out_deg: Pair | None = None
    forward_m: float = 0.0
    seconds: float = 1.6

    def leaves(self, stance: Stance) -> Stance:
        yaw = np.radians(stance.yaw_deg)
        x, z = stance.place_m
        return replace(
            stance,
            width_m=stance.width_m if self.width_m is None else self.width_m,
            toe_out_deg=stance.toe_out_deg if self.toe_out_deg is None else self.toe_out_deg,
            place_m=(x + self.forward_m * np.sin(yaw), z + self.forward_m * np.cos(yaw)),
        )

    def script(self, t: Array, stance: Stance) -> Script:
        after, s = self.leaves(stance), stance.still(len(t))
        steps = np.stack([t / (self.seconds / 2), t / (self.seconds / 2) - 1.0], axis=1)
        g, lift = ease(steps), 0.04 * there_and_back(steps)
        target = after.ankles + np.array([0.0, 0.0, self.forward_m])
        s.ankles = s.ankles + g[..., None] * (target - s.ankles)
        s.ankles[:, :, 1] += lift
        s.azimuth = s.azimuth + g * (np.radians(after.toe_out_deg) - s.azimuth)
        mid = g.mean(axis=1)[:, None]
        s.pelvis = s.pelvis + mid * (after.pelvis + np.array([0.0, 0.0, self.forward_m]) - s.pelvis)
        # Both legs must reach their feet while these are apart.
        s.pelvis[:, 1] -= 0.02 * there_and_back(t / self.seconds) + self.forward_m**2 / 4 * (mid[:, 0] > 0)
        return s


@dataclass(frozen=True)
class SimulatedRep:
    """The truth about one repetition. Pairs are (left, right), degrees."""

    start_s: float
    bottom_s: float
    end_s: float
    peak_delta_deg: Pair  # over the frames at least half as bent as the bottom
    deep_delta_deg: Pair  # the larger of its means over those frames on the way down and on the way up
    inside_deg: Pair  # the same over what a clean repetition of this leg shows
    bottom_delta_deg: Pair
    depth_deg: Pair  # thigh elevation at the bottom, + above parallel


@dataclass(frozen=True)
class Simulated:
    """What a pose model would have reported, and the truth behind it.

    t: (T,) seconds. keypoints: (T, 17, 3) float32 (y, x, score), normalised, un-mirrored.
    image_size: (height, width). toes: (2, 2) standing toe tips [left, right] (y, x), with their error.
    delta_deg: (T, 2) foot-plane deviation computed from `joints` and `toes3d`, + inward.
    q: (T,) squat progress, 1 - hip height over the ankles / standing.
    thigh_elevation_deg: (T, 2), + above parallel.
    azimuth_deg: (T, 2) direction of each foot in the camera's frame, + outward; alpha_deg: the first.
    joints: (T, 17, 3), toes3d: (T, 2, 3) metres in the world frame. exact: (T, 17, 2) noiseless (y, x).
    """

    t: Array
    keypoints: npt.NDArray[np.float32]
    image_size: tuple[int, int]
    toes: npt.NDArray[np.float32]
    delta_deg: Array
    q: Array
    thigh_elevation_deg: Array
    azimuth_deg: Array
    alpha_deg: Array
    yaw_deg: float
    tilt_deg: float
    joints: Array
    toes3d: Array
    exact: Array
    reps: tuple[SimulatedRep, ...]
    body: Body
    camera: Camera

    @property
    def hfov_deg(self) -> float:
        """Horizontal field of view across the image's width."""
        return self.camera.hfov_deg

    @property
    def stature_m(self) -> float:
        """How tall the figure is."""
        return self.body.stature_m

    @property
    def camera_height_m(self) -> float:
        """How high the camera hangs over the floor."""
        return self.camera.height_m


def simulate(
    movements: Sequence[Movement] = (Stand(1.5), Squat(), Squat(), Squat(), Stand(0.5)),
    *,
    body: Body = Body(),
    camera: Camera = Camera(),
    noise: Noise = NO_NOISE,
    stance_m: float | None = None,
    toe_out_deg: float | Pair = 18.0,
    yaw_deg: float = 0.0,
    place_m: Pair = (0.0, 0.0),
    hands: str = "clasp",
    track_deg: Pair = (0.0, 0.0),
    lean_deg: Pair = (0.0, 0.0),
    sway_m: float = 0.003,
    toe_error_deg: Pair = (0.0, 0.0),
    score: float = 0.75,
    hidden: Sequence[tuple[str, float, float]] = (),
    fps: float = 30.0,
    seed: int = 0,
) -> Simulated:
    """Move the figure and look at it.

    stance_m: distance of the ankles (default 0.24 statures). toe_out_deg: one value or (left, right), in
    the body's frame. yaw_deg: the whole body turned, + toward the image's right. place_m: (x, z) of the
    body on the floor. track_deg, lean_deg: deviation of each leg's own line when it squats well, and of its
    shank while standing (as far as a straight leg can lean). toe_error_deg: error of the foot azimuth that
    `toes` carries, + outward.
    hidden: (keypoint, from, to) in seconds: the score is 0.1 and the place is off by a tenth of a shank.
    Raises ValueError when a leg cannot reach its foot.
    """
    toe_out = (toe_out_deg, toe_out_deg) if isinstance(toe_out_deg, int | float) else toe_out_deg
    width = 0.24 * body.stature_m if stance_m is None else stance_m
    stance = Stance(body, width, toe_out, yaw_deg, place_m, hands, track_deg, lean_deg)
    rng = np.random.default_rng(seed)
    total = sum(m.seconds for m in movements)
    t = np.arange(int(np.floor(total * fps + 1e-6))) / fps
    script, starts = _play(movements, stance, t)
    script.pelvis[:, 0] += sway_m * (0.7 * np.sin(1.7 * t) + 0.3 * np.sin(4.1 * t + 1.0))
    joints, toes3d = _figure(body, script)
    azimuth = _azimuth(joints, toes3d, camera)
    q = _progress(joints, stance)
    truth = _delta(joints, toes3d)
    elevation = _thigh_elevation(joints)
    exact = camera.project(joints)
    toes = _toe_tips(body, stance, camera, toe_error_deg)
    reps = tuple(
        _rep(m, start, t, truth, elevation, track_deg)
        for m, start in zip(movements, starts, strict=True)
        if isinstance(m, Squat)
    )
    keypoints = _observe(exact, t, reps, noise=noise, camera=camera, score=score, hidden=hidden, rng=rng)
    missed = noise.toe_px * _crop_pixel(exact, noise, camera) * rng.standard_normal((2, 2))
    return Simulated(
        t=t,
        keypoints=keypoints,
        image_size=(camera.height, camera.width),
        toes=(toes + missed).astype(np.float32),
        delta_deg=truth,
        q=q,
        thigh_elevation_deg=elevation,
        azimuth_deg=azimuth,
        alpha_deg=azimuth[0],
        yaw_deg=yaw_deg,
        tilt_deg=camera.looks_down_deg,
        joints=joints,
        toes3d=toes3d,
        exact=exact,
        reps=reps,
        body=body,
        camera=camera,
    )


def mirrored(sim: Simulated) -> Simulated:
    """The same scene seen in a looking glass: left and right swapped, x flipped. Its own inverse."""
    flip = np.array([-1.0, 1.0, 1.0])

    def flipped(yx: npt.NDArray[Any]) -> npt.NDArray[Any]:
        out = yx.copy()
        out[..., 1] = 1.0 - out[..., 1]
        return out

    def swapped(rep: SimulatedRep) -> SimulatedRep:
        pairs = ("peak_delta_deg", "deep_delta_deg", "inside_deg", "bottom_delta_deg", "depth_deg")
        return replace(rep, **{p: getattr(rep, p)[::-1] for p in pairs})

    cam = sim.camera
    camera = replace(cam, lateral_m=-cam.lateral_m, pan_deg=-cam.pan_deg, roll_deg=-cam.roll_deg)
    return replace(
        sim,
        keypoints=flipped(sim.keypoints[:, SWAP]),
        toes=flipped(sim.toes[::-1]),
        delta_deg=sim.delta_deg[:, ::-1],
        thigh_elevation_deg=sim.thigh_elevation_deg[:, ::-1],
        azimuth_deg=sim.azimuth_deg[:, ::-1],
        alpha_deg=sim.alpha_deg[::-1],
        yaw_deg=-sim.yaw_deg,
        joints=sim.joints[:, SWAP] * flip,
        toes3d=sim.toes3d[:, ::-1] * flip,
        exact=flipped(sim.exact[:, SWAP]),
        reps=tuple(swapped(r) for r in sim.reps),
        camera=camera,
    )


def save_recording(sim: Simulated, path: Path, *, toes: bool = True, camera_known: bool = True) -> None:
    """Write the keypoint recording that `analyze` and the camera room read."""
    fields: dict[str, Any] = {"t": sim.t, "keypoints": sim.keypoints, "image_size": np.array(sim.image_size)}
    if toes:
        fields["toes"] = sim.toes
    if camera_known:
        fields |= {"hfov_deg": sim.hfov_deg, "tilt_deg": sim.tilt_deg, "stature_m": sim.stature_m}
        fields["camera_height_m"] = sim.camera_height_m
    np.savez(path, **fields)


# ---- the figure


def heel_lift(body: Body, azimuth: npt.ArrayLike, rise_m: npt.ArrayLike, side: npt.ArrayLike = 1.0) -> Array:
    """(..., 3) how the ankle moves when the heel rises: the foot turns about its ball."""
    azimuth, rise, side = np.asarray(azimuth, float), np.asarray(rise_m, float), np.asarray(side, float)
    ball, ankle = body.ball * body.metres("shank"), body.metres("ankle_height")
    # The ankle sits ball back from and ankle above the pivot; turn until it is `rise` higher.
    reach = np.hypot(ball, ankle)
    turned = np.arcsin(np.clip((ankle + rise) / reach, -1.0, 1.0))
    forward = ball - reach * np.cos(turned)
    return np.stack(
        [side * forward * np.sin(azimuth), rise + 0 * forward, forward * np.cos(azimuth)], axis=-1
    )


def solve_knee(
    hip: Array, ankle: Array, *, thigh: float, shank: float, foot: Array, outward: Array, delta: Array
) -> Array:
    """(n, 3) the knee at `thigh` from the hip, `shank` from the ankle and `delta` inside the foot's plane.

    The two lengths leave a circle; the plane parallel to the foot's cuts it twice and the forward cut is
    the knee. A nearly straight leg may not reach the wanted deviation: it is then approached softly.
    """
    to_ankle = ankle - hip
    length = np.linalg.norm(to_ankle, axis=1, keepdims=True)
    if (length > thigh + shank).any():
        raise ValueError("a leg cannot reach its foot")
    axis = to_ankle / length
    along = (thigh**2 - shank**2 + length**2) / (2.0 * length)
    centre = hip + axis * along
    radius = np.sqrt(np.maximum(thigh**2 - along**2, 0.0))
    aside = outward - _dot(outward, axis) * axis
    tilt = np.linalg.norm(aside, axis=1, keepdims=True)
    aside = aside / tilt
    ahead = np.cross(axis, aside)
    ahead = ahead * np.sign(_dot(ahead, foot))
    wanted = -shank * np.sin(delta)[:, None] - _dot(outward, centre - ankle)
    cosine = wanted / np.maximum(radius * tilt, 1e-9)
    over = np.abs(cosine) - 0.9
    cosine = np.where(over > 0, np.sign(cosine) * (0.9 + 0.09 * np.tanh(over / 0.09)), cosine)
    return centre + radius * (cosine * aside + np.sqrt(1.0 - cosine**2) * ahead)


def _dot(a: Array, b: Array) -> Array:
    return np.sum(a * b, axis=-1, keepdims=True)


def _foot_axes(azimuth: Array, side: float) -> tuple[Array, Array]:
    """Unit vectors (n, 3) along the foot and outward across it, both level."""
    sin, cos, zero = np.sin(azimuth), np.cos(azimuth), np.zeros_like(azimuth)
    return np.stack([side * sin, zero, cos], axis=1), np.stack([side * cos, zero, -sin], axis=1)


def _bent_arm(shoulder: Array, wrist: Array, upper: float, fore: float, pole: Array) -> tuple[Array, Array]:
    """Elbow and wrist (n, 3); a wrist out of reach is pulled in."""
    reach = wrist - shoulder
    far = np.linalg.norm(reach, axis=1, keepdims=True)
    axis, far = reach / far, np.clip(far, abs(upper - fore) + 0.02, 0.998 * (upper + fore))
    along = (upper**2 - fore**2 + far**2) / (2.0 * far)
    bow = pole - _dot(pole, axis) * axis
    bow = bow / np.maximum(np.linalg.norm(bow, axis=1, keepdims=True), 1e-9)
    return shoulder + axis * along + bow * np.sqrt(upper**2 - along**2), shoulder + axis * far


def _figure(body: Body, s: Script) -> tuple[Array, Array]:
    """Joints (n, 17, 3) and toe tips (n, 2, 3) in the world."""
    n = len(s.lean)
    joints, toes = np.zeros((n, 17, 3)), np.zeros((n, 2, 3))

    def put(name: str, where: Array) -> None:
        joints[:, INDEX[name]] = where

    trunk = np.stack([np.zeros(n), np.cos(s.lean), np.sin(s.lean)], axis=1)
    neck = s.pelvis + body.metres("trunk") * trunk
    head = neck + 0.045 * body.stature_m * trunk
    for name, (x, y, z) in {
        "nose": (0, 0.056, 0.060),
        "eye": (0.018, 0.075, 0.048),
        "ear": (0.042, 0.068, 0.0),
    }.items():
        for side, prefix in ((1, "left_"), (-1, "right_")) if x else ((0, ""),):
            put(prefix + name, head + body.stature_m * np.array([side * x, y, z]))
    for i, (side, prefix) in enumerate(((1.0, "left_"), (-1.0, "right_"))):
        across = np.array([side, 0.0, 0.0])
        foot, outward = _foot_axes(s.azimuth[:, i], side)
        flat = s.ankles[:, i]
        ankle = flat + heel_lift(body, s.azimuth[:, i], s.heel[:, i], side)
        hip = s.pelvis + body.metres("hip_half_width") * across
        lengths = {"thigh": body.metres("thigh"), "shank": body.metres("shank")}
        knee = solve_knee(hip, ankle, foot=foot, outward=outward, delta=s.delta[:, i], **lengths)
        shoulder = neck + body.metres("shoulder_half_width") * across
        arm = body.metres("upper_arm") + body.metres("forearm")
        wrist = shoulder + arm * s.hands[:, i] * np.array([side, 1.0, 1.0])
        pole = np.tile([side * 0.6, -1.0, -0.15], (n, 1))
        elbow, wrist = _bent_arm(shoulder, wrist, body.metres("upper_arm"), body.metres("forearm"), pole)
        toes[:, i] = flat + body.toe * body.metres("shank") * foot
        toes[:, i, 1] += 0.012 - body.metres("ankle_height")
        for name, where in zip(
            ("shoulder", "elbow", "wrist", "hip", "knee", "ankle"),
            (shoulder, elbow, wrist, hip, knee, ankle),
            strict=True,
        ):
            put(prefix + name, where)
    return _placed(joints, s), _placed(toes, s)


def _placed(points: Array, s: Script) -> Array:
    """Turn by the yaw and move to the place on the floor."""
    sin, cos = np.sin(s.yaw)[:, None], np.cos(s.yaw)[:, None]
    x, y, z = points[..., 0], points[..., 1], points[..., 2]
    return np.stack([cos * x + sin * z + s.place[:, :1], y, cos * z - sin * x + s.place[:, 1:]], axis=-1)


def _play(movements: Sequence[Movement], stance: Stance, t: Array) -> tuple[Script, list[float]]:
    """The scripts of all movements, sampled at t, and when each starts."""
    parts, starts, start = [], [], 0.0
    for m in movements:
        inside = (t >= start - 1e-9) & (t < start + m.seconds - 1e-9)
        parts.append(m.script(t[inside] - start, stance))
        starts.append(start)
        stance, start = m.leaves(stance), start + m.seconds
    return Script.joined(parts), starts


# ---- the truth, from the joints alone


def _leg(joints: Array, name: str) -> Array:
    """(T, 2, 3) the left and right joint of that name."""
    return joints[:, [INDEX["left_" + name], INDEX["right_" + name]]]


def _delta(joints: Array, toes: Array) -> Array:
    """(T, 2) degrees of the shank out of the vertical plane through ankle and 2nd toe, + inward."""
    ankle = _leg(joints, "ankle")
    shank, foot = _leg(joints, "knee") - ankle, (toes - ankle) * [1.0, 0.0, 1.0]
    foot = foot / np.linalg.norm(foot, axis=-1, keepdims=True)
    # The person's left is at +x, so across a left foot pointing at the camera, inward is -x.
    inward = np.cross(foot, UP) * SIDE[:, None]
    sine = np.sum(shank * inward, axis=-1) / np.linalg.norm(shank, axis=-1)
    return np.degrees(np.arcsin(sine))


def _thigh_elevation(joints: Array) -> Array:
    thigh = _leg(joints, "hip") - _leg(joints, "knee")
    return np.degrees(np.arcsin(thigh[..., 1] / np.linalg.norm(thigh, axis=-1)))


def _progress(joints: Array, stance: Stance) -> Array:
    height = _leg(joints, "hip")[..., 1].mean(axis=1) - _leg(joints, "ankle")[..., 1].mean(axis=1)
    return 1.0 - height / (stance.pelvis[1] - stance.ankles[0, 1])


def _azimuth(joints: Array, toes: Array, camera: Camera) -> Array:
    """(T, 2) degrees of each foot away from the camera's level viewing direction, + outward."""
    foot = toes - _leg(joints, "ankle")
    pan = np.radians(camera.pan_deg)
    right = np.array([np.cos(pan), 0.0, np.sin(pan)])
    toward = np.array([-np.sin(pan), 0.0, np.cos(pan)])
    return np.degrees(np.arctan2(SIDE * (foot @ right), foot @ toward))


def _rep(
    squat: Squat, start: float, t: Array, delta: Array, elevation: Array, track_deg: Pair
) -> SimulatedRep:
    bottom = start + squat.down_s + squat.hold_s / 2
    end = start + squat.down_s + squat.hold_s + squat.up_s
    bend, _ = squat.bend(t - start)
    inside = (t >= start) & (t <= end) & (bend >= 0.5)
    at = int(np.argmin(np.abs(t - bottom)))
    halves = [delta[inside & (t <= bottom)].mean(axis=0), delta[inside & (t >= bottom)].mean(axis=0)]
    deep = np.max(halves, axis=0)

    def pair(values: Array) -> Pair:
        return float(values[0]), float(values[1])

    return SimulatedRep(
        start_s=start,
        bottom_s=bottom,
        end_s=end,
        peak_delta_deg=pair(delta[inside].max(axis=0)),
        deep_delta_deg=pair(deep),
        inside_deg=pair(deep - track_deg),
        bottom_delta_deg=pair(delta[at]),
        depth_deg=pair(elevation[at]),
    )


# ---- what a pose model would report


def _observe(
    exact: Array,
    t: Array,
    reps: Sequence[SimulatedRep],
    *,
    noise: Noise,
    camera: Camera,
    score: float,
    hidden: Sequence[tuple[str, float, float]],
    rng: np.random.Generator,
) -> npt.NDArray[np.float32]:
    """Keypoints (T, 17, 3): noise added, scores given."""
    person, per_rep = np.sqrt(noise.person_share), np.sqrt(noise.rep_share)
    white = np.sqrt(max(0.0, 1.0 - noise.person_share - noise.rep_share))
    which = np.searchsorted([r.end_s for r in reps], t)
    error = (
        person * rng.standard_normal((1, 17, 2))
        + per_rep * rng.standard_normal((len(reps) + 1, 17, 2))[which]
        + white * rng.standard_normal((len(t), 17, 2))
    )
    yx = exact + noise.sigma_px * _crop_pixel(exact, noise, camera) * error
    scores = np.clip(score + 0.04 * rng.standard_normal((len(t), 17)), 0.05, 0.98)
    scores[((yx < 0.0) | (yx > 1.0)).any(axis=-1)] = 0.08
    shank = np.abs(exact[0, INDEX["left_ankle"]] - exact[0, INDEX["left_knee"]])[0]
    for name, since, until in hidden:
        gone = (t >= since) & (t < until)
        scores[gone, INDEX[name]] = 0.10
        yx[gone, INDEX[name]] += 0.1 * shank
    return np.concatenate([yx, scores[..., None]], axis=-1).astype(np.float32)


def _crop_pixel(exact: Array, noise: Noise, camera: Camera) -> Array:
    """(2,) (y, x) one pixel of a 192 px crop round the standing person, normalised to the image."""
    size = np.array([camera.height, camera.width], float)
    tall = (exact[0, INDEX["left_ankle"], 0] - exact[0, INDEX["nose"], 0]) * camera.height / 0.88
    return noise.crop_margin * abs(tall) / 192.0 / size


def _toe_tips(body: Body, stance: Stance, camera: Camera, error_deg: Pair) -> Array:
    """(2, 2) where the standing toe tips appear, each foot turned out by its error."""
    wrong = replace(stance, toe_out_deg=tuple(np.add(stance.toe_out_deg, error_deg)))
    _, toes = _figure(body, wrong.still(1))
    return camera.project(toes[0])
