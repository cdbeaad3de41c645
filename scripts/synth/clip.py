"""From one description of a clip to its video and its truth, side by side.

`video.mp4` has no sound; `truth.json.gz` holds, for every frame, 3D joints, their projection and each leg's
deviation (see `ABOUT`).
"""

from __future__ import annotations

import gzip
import json
import shutil
import subprocess
import tomllib
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Protocol

import numpy as np
import numpy.typing as npt
from pydantic import BaseModel, ConfigDict, Field

from .body import Body, Pose
from .camera import Camera, Sensor
from .gym import barbell
from .posture import SIDES, Poser
from .rotation import Array, turn
from .scene import Light, Scene
from .shapes import Mesh
from .squat import Feet, Lifter, Moment, Move, Pair, Passer, starts_of, timeline
from .truth import LegTruth, Witness, leg
from .wardrobe import Figure, Outfit

ABOUT = (
    "Rendered person (MakeHuman/MPFB2 CC0 body). x toward the image's right (the person's left), y up, "
    "z toward the camera, metres. L/R are the person's own. dev_shank_deg: tilt of the shank out of the "
    "vertical plane through ankle and 2nd toe, + inward (valgus). dev_plane_deg: level angle between "
    "ankle->2nd-toe joint and ankle->knee, + inward; null when the knee is less than 6 cm from the ankle "
    "seen from above. dev_medial_mm: distance of the knee from that plane, + inward. thigh_deg: elevation of "
    "the thigh, + above parallel. j2: pixels, x right, y down, pinhole, no distortion. foot_azimuth_deg: "
    "against the camera's level viewing direction, + outward. q: how far down the script is, 0..1."
)
Rgb = npt.NDArray[np.uint8]


class PasserSpec(BaseModel):
    """Somebody walking through the background."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    shape: str = "f_avg"
    outfit: Outfit = Outfit(shirt_colour=(0.75, 0.70, 0.20), bottom="tights")
    depth_m: float = 1.2
    reach_m: float = 1.6
    start_s: float = 2.0
    every_s: float = 5.5


class ClipSpec(BaseModel):
    """Everything about one clip."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    shape: Literal["m_avg", "f_avg", "m_tall", "f_short", "m_heavy", "f_heavy"] = "m_avg"
    outfit: Outfit = Outfit()
    camera: Camera = Camera()
    sensor: Sensor = Sensor()
    light: Light = Light()
    background: Literal["gym", "brick", "studio", "garage"] = "gym"
    moves: tuple[Move, ...] = (Move(), Move(), Move())
    stance: float = Field(default=1.08, description="distance of the ankles in shoulder widths")
    toe_out_deg: Pair = (17.0, 17.0)
    zero_deg: Pair | None = Field(
        default=None,
        description="deviation of each leg's own line in a good squat; None: knees over toes, standing too",
    )
    yaw_deg: float = 0.0
    place_m: Pair = (0.0, 0.0)
    hands: Literal["clasp", "front", "hang", "bar", "hips"] = "clasp"
    load: float = Field(default=0.0, ge=0.0, description="barbell on the back, as a share of the body's mass")
    passer: PasserSpec | None = None
    fps: float = 30.0
    lead_s: float = 1.4
    tail_s: float = 0.7
    seed: int = 0

    @property
    def steps(self) -> list[tuple[float, Feet]]:
        """When the feet are placed anew, and how."""
        starts = starts_of(list(self.moves), self.lead_s)
        pairs = zip(self.moves, starts, strict=True)
        return [(at + move.busy_s, move.then_feet) for move, at in pairs if move.then_feet]


def load_specs(path: Path) -> list[ClipSpec]:
    """The clips a TOML file describes: [defaults], then one [[clip]] each, merged one level deep.

    `depth_deg` and `tempo` of a clip fill in what its moves leave out. Raises pydantic.ValidationError.
    """
    with path.open("rb") as file:
        written = tomllib.load(file)
    defaults = written.get("defaults", {})
    return [ClipSpec.model_validate(_filled(_merged(defaults, clip))) for clip in written["clip"]]


def _merged(defaults: dict[str, Any], clip: dict[str, Any]) -> dict[str, Any]:
    out = dict(defaults)
    for key, value in clip.items():
        both = isinstance(value, dict) and isinstance(out.get(key), dict)
        out[key] = out[key] | value if both else value
    return out


def _filled(clip: dict[str, Any]) -> dict[str, Any]:
    """Moves completed by the clip's own depth, collapse pattern and tempo (seconds down, hold, up, rest)."""
    clip = dict(clip)
    shared: dict[str, Any] = {k: clip.pop(k) for k in ("depth_deg", "collapse", "heel_m") if k in clip}
    tempo = clip.pop("tempo_s", None)
    if tempo is not None:
        shared |= dict(zip(("down_s", "hold_s", "up_s", "rest_s"), tempo, strict=True))
    clip["moves"] = [shared | move for move in clip["moves"]]
    return clip


class Film(Protocol):
    """Where frames go."""

    def write(self, picture: Rgb) -> None:
        """One (H, W, 3) RGB frame."""

    def close(self) -> None:
        """Finish the file."""


class FfmpegFilm:
    """H.264 through ffmpeg."""

    def __init__(self, path: Path, size: tuple[int, int], fps: float) -> None:
        raw = ["-f", "rawvideo", "-pix_fmt", "rgb24", "-s", f"{size[0]}x{size[1]}", "-r", str(fps), "-i", "-"]
        coded = ["-c:v", "libx264", "-preset", "medium", "-crf", "20", "-pix_fmt", "yuv420p", "-threads", "1"]
        end = ["-movflags", "+faststart", str(path)]
        command = ["ffmpeg", "-y", "-loglevel", "error", *raw, *coded, *end]
        self._ffmpeg = subprocess.Popen(command, stdin=subprocess.PIPE)

    def write(self, picture: Rgb) -> None:
        self._ffmpeg.stdin.write(picture.tobytes())  # type: ignore[union-attr]

    def close(self) -> None:
        self._ffmpeg.stdin.close()  # type: ignore[union-attr]
        if self._ffmpeg.wait() != 0:
            raise RuntimeError("ffmpeg could not write the clip")


class OpencvFilm:
    """MPEG-4 through OpenCV, where there is no ffmpeg."""

    def __init__(self, path: Path, size: tuple[int, int], fps: float) -> None:
        import cv2

        self._film = cv2.VideoWriter(str(path), cv2.VideoWriter_fourcc(*"mp4v"), fps, size)

    def write(self, picture: Rgb) -> None:
        self._film.write(np.ascontiguousarray(picture[..., ::-1]))

    def close(self) -> None:
        self._film.release()


def film(path: Path, size: tuple[int, int], fps: float) -> Film:
    """ffmpeg where it is installed, else OpenCV. size: width, height."""
    return FfmpegFilm(path, size, fps) if shutil.which("ffmpeg") else OpencvFilm(path, size, fps)


class Shoot:
    """One clip's people, room and camera, ready to be looked at frame by frame."""

    def __init__(self, spec: ClipSpec) -> None:
        self.spec = spec
        body = Body(spec.shape)
        self.poser, self.figure, self.witness = Poser(body), Figure(body, spec.outfit), Witness(body)
        self.lifter = Lifter(
            self.poser, stance=spec.stance, toe_out_deg=spec.toe_out_deg, steps=spec.steps,
            zero_deg=spec.zero_deg, yaw_deg=spec.yaw_deg, place_m=spec.place_m, hands=spec.hands,
            load=spec.load,
        )  # fmt: skip
        self.scene = Scene(spec.camera, spec.background, spec.light)
        self.rng = np.random.default_rng(spec.seed)
        self.passer: tuple[Passer, Poser, Figure] | None = None
        if spec.passer:
            p, other = spec.passer, Body(spec.passer.shape)
            poser = Poser(other)
            passer = Passer(poser, depth_m=p.depth_m, reach_m=p.reach_m, start_s=p.start_s, every_s=p.every_s)
            self.passer = passer, poser, Figure(other, p.outfit)

    def __enter__(self) -> Shoot:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.scene.close()

    def moments(self) -> list[Moment]:
        """One per frame."""
        s = self.spec
        return list(timeline(list(s.moves), lead_s=s.lead_s, tail_s=s.tail_s, fps=s.fps))

    def frame(self, moment: Moment) -> tuple[Rgb, dict[str, Array]]:
        """The picture (H, W, 3) RGB at that moment and every joint's true place."""
        pose = self.poser.pose(self.lifter.posture(moment))
        posed = [(self.figure, *self.figure.posed(pose)), *self._passing(moment.t)]
        picture = self.scene.draw(posed, self._bar(pose) if self.spec.hands == "bar" else None)
        return self.spec.sensor.expose(picture, self.rng), self.witness.joints(pose)

    def _bar(self, pose: Pose) -> Mesh:
        return barbell(self.poser.bar(pose), turn(self.spec.yaw_deg) @ np.array([1.0, 0.0, 0.0]))

    def _passing(self, t: float) -> list[tuple[Figure, Any, Any]]:
        if self.passer is None:
            return []
        passer, poser, figure = self.passer
        posture = passer.posture(t)
        return [] if posture is None else [(figure, *figure.posed(poser.pose(posture)))]


def render(
    spec: ClipSpec, folder: Path, on_frame: Callable[[int, int], None] = lambda done, of: None
) -> None:
    """Write folder/video.mp4 and folder/truth.json.gz; on_frame(done, of) after every frame.

    The truth is written last: a folder without it is unfinished.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with Shoot(spec) as shoot:
        moments, frames = shoot.moments(), []
        reel = film(folder / "video.mp4", (spec.camera.width, spec.camera.height), spec.fps)
        names: list[str] = []
        for i, moment in enumerate(moments):
            picture, joints = shoot.frame(moment)
            reel.write(picture)
            names = list(joints)
            frames.append(_frame_truth(i, moment, joints, spec.camera))
            on_frame(i + 1, len(moments))
        reel.close()
        told = _told(spec, shoot, names, frames)
    with gzip.open(folder / "truth.json.gz", "wt", encoding="utf-8", compresslevel=9) as file:
        json.dump(told, file, separators=(",", ":"))


def _rounded(values: npt.ArrayLike, digits: int = 3) -> list[float]:
    return [round(float(v), digits) for v in np.asarray(values)]


def _leg_row(truth: LegTruth) -> dict[str, float | None]:
    return {
        "dev_plane_deg": None if truth.plane_deg is None else round(truth.plane_deg, 2),
        "dev_shank_deg": round(truth.shank_deg, 2),
        "dev_medial_mm": round(1000.0 * truth.medial_m, 1),
        "knee_flex_deg": round(truth.flexion_deg, 1),
        "thigh_deg": round(truth.thigh_deg, 1),
    }


def _frame_truth(i: int, moment: Moment, joints: dict[str, Array], camera: Camera) -> dict[str, Any]:
    places = np.array(list(joints.values()))
    kind = moment.move.kind if moment.move else "squat"
    return {
        "i": i,
        "t": round(moment.t, 4),
        "q": round(moment.bend, 4),
        "phase": moment.phase if kind == "squat" else kind,
        "rep": moment.rep if kind == "squat" else None,
        "script_dev": _rounded(moment.delta_deg, 2),
        **{s: _leg_row(leg(joints, s)) for s, _ in SIDES},
        "j3": [_rounded(p) for p in places],
        "j2": [_rounded(p, 1) for p in camera.project(places)],
    }


def _told(spec: ClipSpec, shoot: Shoot, names: list[str], frames: list[dict[str, Any]]) -> dict[str, Any]:
    camera, starts = spec.camera, starts_of(list(spec.moves), spec.lead_s)
    squats = [(i, m) for i, m in enumerate(spec.moves) if m.kind == "squat"]
    standing = dict(zip(names, np.array(frames[0]["j3"]), strict=True))
    azimuth = {s: round(camera.foot_azimuth_deg(leg(standing, s).foot, side), 2) for s, side in SIDES}
    return {
        "about": ABOUT,
        "spec": spec.model_dump(mode="json"),
        "stature_m": round(shoot.poser.body.stature, 3),
        "foot_azimuth_deg": azimuth,
        "joints": names,
        "reps": [_rep_row(i, m, starts[i], frames) for i, m in squats],
        "camera": {
            "f_px": round(camera.focal_px, 2), "W": camera.width, "H": camera.height,
            "hfov_deg": camera.hfov_deg, "tilt_deg": round(camera.looks_down_deg, 3),
            "eye": _rounded(camera.eye), "view": [_rounded(row, 5) for row in camera.view()],
        },
        "frames": frames,
    }  # fmt: skip


def _rep_row(i: int, move: Move, start: float, frames: list[dict[str, Any]]) -> dict[str, Any]:
    """One repetition; peaks are the largest true deviations while at least half as bent as at the bottom."""
    own = [f for f in frames if f["rep"] == i]
    bent = [f for f in own if f["q"] >= 0.5]
    lowest = max(own, key=lambda f: f["q"])
    up = start + move.down_s + move.hold_s
    return {
        "rep": i,
        "t_start": round(start, 3),
        "t_bottom": round(start + move.down_s, 3),
        "t_up": round(up, 3),
        "t_end": round(up + move.up_s, 3),
        "peak_script_dev": list(move.delta_deg),
        "peak_dev_shank_deg": [max(f[s]["dev_shank_deg"] for f in bent) for s, _ in SIDES],
        "bottom_dev_shank_deg": [lowest[s]["dev_shank_deg"] for s, _ in SIDES],
        "depth_deg": [lowest[s]["thigh_deg"] for s, _ in SIDES],
    }
