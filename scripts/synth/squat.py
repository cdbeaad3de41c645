"""What the subject does and when: squats with scripted knees, and movements that are not squats.

It speaks in postures; bodies and bones are another room.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from .posture import Poser, Posture
from .rotation import UP, Array

Pair = tuple[float, float]
Kind = Literal["squat", "hinge", "arms"]
Collapse = Literal["whole", "descent", "ascent", "deep"]

SHANK_LEAN_DEG = 34.0  # forward lean of the shank at parallel, scaled with depth
STEP_S, STEP_LIFT_M = 1.0, 0.04  # both feet placed anew, one after the other
HINGE_LEAN_DEG, HINGE_BACK_M, HINGE_DROP_M = 72.0, 0.16, 0.05
SWAY_M = 0.005


def ease(x: float) -> float:
    """0 to 1 with level ends, clamped outside."""
    u = min(max(x, 0.0), 1.0)
    return u * u * (3.0 - 2.0 * u)


# How much of the standing shank's lean is left by how bent the legs are, the rest being the leg's own line:
# medians of 98 correct squats of five people measured with markers.
TRACK_BEND = (0.0, 0.1, 0.3, 0.5, 0.7, 0.8, 1.0)
TRACK_SHARE = (1.0, 0.75, 0.58, 0.33, 0.09, 0.0, -0.13)


def track(bend: float, lean_deg: float, zero_deg: float) -> float:
    """Degrees, + inward: deviation of a leg that leans in by lean_deg standing and by zero_deg when deep."""
    return zero_deg + (lean_deg - zero_deg) * float(np.interp(bend, TRACK_BEND, TRACK_SHARE))


class Feet(BaseModel):
    """Where feet are put. stance: distance of the ankles in shoulder widths. aside_m: + to the left foot."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    stance: float = 1.08
    toe_out_deg: Pair = (17.0, 17.0)
    aside_m: float = 0.0


class Move(BaseModel):
    """One repetition of something: there in down_s, held, back in up_s, then rest_s of standing.

    delta_deg: peak foot-plane deviation of (left, right), + inward. depth_deg: thigh elevation of a clean
    leg at the bottom, + above parallel. Only squats use delta_deg, collapse, depth_deg and heel_m.
    then_feet: where the feet are placed anew as soon as the move is over; None leaves them.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: Kind = "squat"
    delta_deg: Pair = (0.0, 0.0)
    collapse: Collapse = "whole"
    depth_deg: float = Field(default=0.0, ge=-30.0, le=65.0)
    down_s: float = Field(default=1.15, gt=0.2)
    hold_s: float = Field(default=0.15, ge=0.0)
    up_s: float = Field(default=0.95, gt=0.2)
    rest_s: float = Field(default=1.0, ge=0.0)
    heel_m: float = Field(default=0.0, ge=0.0, le=0.08)
    then_feet: Feet | None = None

    @property
    def busy_s(self) -> float:
        """Time without the rest."""
        return self.down_s + self.hold_s + self.up_s


@dataclass(frozen=True)
class Moment:
    """Where in the script one frame is.

    bend: 0 standing to 1 at the move's far end. u: 0..1 down, 1..2 hold, 2..3 up.
    rep: running number among the moves; None between them. delta_deg: what is asked of the knees.
    """

    t: float
    move: Move | None
    rep: int | None
    phase: str
    bend: float
    u: float
    delta_deg: Pair


# How much of the peak deviation there is, by bend and u.
COLLAPSES: dict[str, Callable[[float, float], float]] = {
    "whole": lambda bend, u: ease((bend - 0.1) / 0.75),
    "descent": lambda bend, u: ease((bend - 0.1) / 0.5) * (1.0 - ease((u - 0.8) / 0.5)),
    "ascent": lambda bend, u: ease((bend - 0.1) / 0.5) * ease((u - 1.9) / 0.4),
    "deep": lambda bend, u: ease((bend - 0.72) / 0.25),
}


def timeline(moves: list[Move], *, lead_s: float, tail_s: float, fps: float) -> Iterator[Moment]:
    """One moment per frame of the whole clip."""
    starts = np.cumsum([lead_s] + [m.busy_s + m.rest_s for m in moves])
    for frame in range(round(float(starts[-1] + tail_s) * fps)):
        t = frame / fps
        at = int(np.searchsorted(starts, t, side="right")) - 1
        since = t - starts[at] if at >= 0 else 0.0
        if 0 <= at < len(moves) and since < moves[at].busy_s:
            yield _moment(t, moves[at], at, since)
        else:
            yield Moment(t, None, None, "stand", 0.0, 0.0, (0.0, 0.0))


def starts_of(moves: list[Move], lead_s: float) -> list[float]:
    """When each move begins, seconds."""
    return [float(s) for s in np.cumsum([lead_s] + [m.busy_s + m.rest_s for m in moves])[:-1]]


def _moment(t: float, move: Move, rep: int, since: float) -> Moment:
    if since < move.down_s:
        u, phase = since / move.down_s, "down"
        bend = 0.5 - 0.5 * np.cos(np.pi * u)
    elif since < move.down_s + move.hold_s:
        u, phase, bend = 1.0 + (since - move.down_s) / move.hold_s, "bottom", 1.0
    else:
        back = (since - move.down_s - move.hold_s) / move.up_s
        u, phase = 2.0 + back, "up"
        bend = 0.5 + 0.5 * np.cos(np.pi * back)
    gain = COLLAPSES[move.collapse](float(bend), float(u))
    delta = (gain * move.delta_deg[0], gain * move.delta_deg[1])
    return Moment(t, move, rep, phase, float(bend), float(u), delta)


@dataclass(frozen=True)
class Planted:
    """How the feet stand at one moment. ankles: (2, 3); pelvis: (3,) middle of the hips, standing tall."""

    ankles: Array
    toe_out_deg: Pair
    pelvis: Array

    @property
    def aside_m(self) -> float:
        """Middle between the ankles, + to the person's left."""
        return float(self.ankles[:, 0].mean())


class Lifter:
    """Somebody who stands on the mark and follows the script."""

    def __init__(
        self,
        poser: Poser,
        *,
        stance: float = 1.08,
        toe_out_deg: Pair = (17.0, 17.0),
        steps: Sequence[tuple[float, Feet]] = (),
        zero_deg: Pair | None = None,
        yaw_deg: float = 0.0,
        place_m: Pair = (0.0, 0.0),
        hands: str = "clasp",
        load: float = 0.0,
        liveliness: float = 1.0,
    ) -> None:
        """stance: distance of the ankles in shoulder widths (between the joints).

        steps: (seconds, feet) when they are placed anew, in order. zero_deg: the deviation of each leg's own
        line in a good squat, whose shank leans in with the leg while standing; None keeps knees over toes.
        """
        self.poser, self.toe_out_deg, self.yaw_deg, self.place_m = poser, toe_out_deg, yaw_deg, place_m
        self.zero_deg, self.hands, self.load, self.liveliness = zero_deg, hands, load, liveliness
        self.first = self._planted(Feet(stance=stance, toe_out_deg=toe_out_deg))
        self.steps = [(at, self._planted(then)) for at, then in steps]

    def posture(self, moment: Moment) -> Posture:
        """What the body does at that moment."""
        kind = moment.move.kind if moment.move else "squat"
        feet = self.feet(moment.t)
        pelvis, heel, lean_deg = feet.pelvis, 0.0, None
        if moment.move and kind == "squat":
            pelvis = pelvis + moment.bend * (self.bottom(moment.move, feet) - pelvis)
            heel = moment.move.heel_m * ease((moment.bend - 0.3) / 0.6)
        elif kind == "hinge":
            pelvis = pelvis - moment.bend * np.array([0.0, HINGE_DROP_M, HINGE_BACK_M])
            lean_deg = 3.0 + moment.bend * HINGE_LEAN_DEG
        return Posture(
            pelvis=pelvis + self._sway(moment.t),
            ankles=feet.ankles,
            azimuth_deg=feet.toe_out_deg,
            delta_deg=self._delta(moment, feet, moment.bend if kind == "squat" else 0.0),
            heel_m=(heel, heel),
            hands=self._hands(kind, moment),
            lean_deg=lean_deg,
            nod_deg=4.0 + 3.0 * moment.bend + (30.0 * moment.bend if kind == "hinge" else 0.0),
            load=self.load,
            yaw_deg=self.yaw_deg,
            place_m=self.place_m,
        )

    def feet(self, t: float) -> Planted:
        """Where they stand at that time, or are on their way to, the left one first."""
        now = self.first
        for at, then in self.steps:
            if t >= at:
                now = _on_the_way(now, then, (t - at) / STEP_S)
        return now

    def _planted(self, feet: Feet) -> Planted:
        half, height = feet.stance * self.poser.shoulder_width / 2, self.poser.ankle_height
        ankles = np.array([[half + feet.aside_m, height, 0.0], [feet.aside_m - half, height, 0.0]])
        return Planted(ankles, feet.toe_out_deg, np.array([feet.aside_m, self.poser.hips_over(half), 0.0]))

    def _delta(self, moment: Moment, feet: Planted, bend: float) -> Pair:
        """Deviations asked of both legs: their own line, and what the script adds."""
        if self.zero_deg is None:
            return moment.delta_deg
        half = float(np.ptp(feet.ankles[:, 0])) / 2 - self.poser.hip_half_width
        lean = np.degrees(np.arctan2(half, self.poser.thigh + self.poser.shank))
        left, right = (
            track(bend, float(lean * np.cos(np.radians(out))), zero) + more
            for out, zero, more in zip(feet.toe_out_deg, self.zero_deg, moment.delta_deg, strict=True)
        )
        return left, right

    def bottom(self, move: Move, feet: Planted) -> Array:
        """(3,) middle of the hips where a clean leg's thighs have exactly the move's depth."""
        poser = self.poser
        slope = np.radians(SHANK_LEAN_DEG * (90.0 - move.depth_deg) / 90.0)
        out = np.radians(float(np.mean(feet.toe_out_deg)))
        along = np.array([np.sin(out) * np.sin(slope), np.cos(slope), np.cos(out) * np.sin(slope)])
        knee = feet.ankles[0] - [feet.aside_m, 0.0, 0.0] + move.heel_m * UP + poser.shank * along
        level = poser.thigh * np.cos(np.radians(move.depth_deg))
        aside = knee[0] - poser.hip_half_width
        if level <= abs(aside):
            raise ValueError("too shallow for such a wide stance")
        height = knee[1] + poser.thigh * np.sin(np.radians(move.depth_deg))
        return np.array([feet.aside_m, height, knee[2] - np.sqrt(level**2 - aside**2)])

    def _sway(self, t: float) -> Array:
        """Nobody stands quite still."""
        a = SWAY_M * self.liveliness
        return np.array(
            [a * (0.7 * np.sin(1.7 * t) + 0.3 * np.sin(4.1 * t + 1.0)), 0.0, 0.5 * a * np.sin(1.1 * t)]
        )

    def _hands(self, kind: str, moment: Moment) -> tuple[dict[str, float], dict[str, float]]:
        """Shares of the hand places for both arms."""
        usual = "hang" if self.hands == "front" else self.hands
        if kind == "arms":
            mix = self._waving(usual, moment.bend)
        elif kind == "squat" and self.hands == "front":  # brought up on the way down
            raised = ease(0.15 + 1.5 * moment.bend)
            mix = {"front": raised, "hang": 1.0 - raised}
        else:
            share = moment.bend if kind == "hinge" else 0.0
            mix = {"hang": 1.0} if usual == "hang" else {usual: 1.0 - share, "hang": share}
        return mix, mix

    @staticmethod
    def _waving(usual: str, bend: float) -> dict[str, float]:
        """Arms by way of the side overhead: usual -> wide -> up."""
        g = 2.0 * bend
        return {usual: max(0.0, 1.0 - g), "wide": 1.0 - abs(1.0 - g), "up": max(0.0, g - 1.0)}


def _on_the_way(now: Planted, then: Planted, share: float) -> Planted:
    """Feet between two places: the left one steps in the first half of the time, the right in the second."""
    steps = np.array([2.0 * share, 2.0 * share - 1.0])
    gone = np.array([ease(x) for x in steps])
    ankles = now.ankles + gone[:, None] * (then.ankles - now.ankles)
    ankles[:, 1] += STEP_LIFT_M * np.sin(np.pi * np.clip(steps, 0.0, 1.0))
    out = np.array(now.toe_out_deg) + gone * np.subtract(then.toe_out_deg, now.toe_out_deg)
    pelvis = now.pelvis + gone.mean() * (then.pelvis - now.pelvis)
    # Both legs must reach their feet while these are apart.
    pelvis = pelvis - 0.03 * np.sin(np.pi * min(max(share, 0.0), 1.0)) * UP
    return Planted(ankles, (float(out[0]), float(out[1])), pelvis)


class Passer:
    """Somebody who walks through the background, again and again, from one side to the other."""

    STROKE_M, SPEED, PLANTED = 0.60, 1.15, 0.6

    def __init__(
        self, poser: Poser, *, depth_m: float, reach_m: float, start_s: float, every_s: float
    ) -> None:
        """depth_m: how far behind the mark. reach_m: walks from -reach to reach, then back every_s later."""
        self.poser, self.depth_m, self.reach_m = poser, depth_m, reach_m
        self.start_s, self.every_s = start_s, every_s
        height = poser.hips_over(0.08, self.STROKE_M / 2, straight=0.985)
        self.pelvis = np.array([0.0, height, 0.0])

    def posture(self, t: float) -> Posture | None:
        """Where the passer-by is at that time; None while out of the picture."""
        turn, since = divmod(t - self.start_s, self.every_s)
        x = -self.reach_m + self.SPEED * since
        if turn < 0 or x > self.reach_m:
            return None
        way = 1.0 if turn % 2 == 0 else -1.0
        cycle = self.STROKE_M / self.PLANTED / self.SPEED
        ankles, along = np.zeros((2, 3)), np.zeros(2)
        for i, (side, offset) in enumerate(((1.0, 0.0), (-1.0, 0.5))):
            phase = (since / cycle + offset) % 1.0
            swing = max(0.0, (phase - self.PLANTED) / (1.0 - self.PLANTED))
            along[i] = 0.5 - phase / self.PLANTED if swing == 0.0 else ease(swing) - 0.5
            lift = 0.09 * np.sin(np.pi * swing)
            ankles[i] = side * 0.08, self.poser.ankle_height + lift, self.STROKE_M * along[i]
        hands = ({"hang": 1.0 - max(0.0, -0.5 * along[0]), "front": max(0.0, -0.5 * along[0])},
                 {"hang": 1.0 - max(0.0, -0.5 * along[1]), "front": max(0.0, -0.5 * along[1])})  # fmt: skip
        return Posture(
            self.pelvis, ankles, (8.0, 8.0), hands=hands, lean_deg=3.0, yaw_deg=90.0 * way,
            place_m=(way * x, -self.depth_m),
        )  # fmt: skip
