"""Renders stills for training: the whole person in a portrait window, and a close look at either foot.

`python -m scripts.research.foot_student.stills bodies.npz FOLDER --people 400`, from the project's root;
one npz a person,
finished ones are skipped. A still costs about 0.15 s of one core with Mesa's software renderer.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path

import moderngl
import numpy as np
import numpy.typing as npt
from rich.progress import track

from scripts.research.foot_student.people import Still, joint_names, person, stacked, still
from scripts.synth.camera import FAR_M, NEAR_M, Camera, Sensor
from scripts.synth.gym import BACKGROUNDS, room
from scripts.synth.rotation import Array
from scripts.synth.scene import SAMPLES, Scene
from scripts.synth.truth import Witness

BODY_PX, BODY_HEIGHTS = (512, 256), 1.36
FOOT_PX, FOOT_HEIGHTS = (160, 160), 0.36
STILLS_A_PERSON = 10
U8 = npt.NDArray[np.uint8]


@dataclass(frozen=True)
class View:
    """A window of a camera's picture: centre and half height in tangents, and its size in pixels."""

    camera: Camera
    centre: tuple[float, float]
    half: float
    height: int
    width: int

    def clip_from_world(self) -> Array:
        half_w = self.half * self.width / self.height
        lens = np.zeros((4, 4))
        lens[0, 0], lens[0, 2] = 1 / half_w, self.centre[0] / half_w
        lens[1, 1], lens[1, 2] = 1 / self.half, self.centre[1] / self.half
        lens[2, 2] = (FAR_M + NEAR_M) / (NEAR_M - FAR_M)
        lens[2, 3], lens[3, 2] = 2.0 * FAR_M * NEAR_M / (NEAR_M - FAR_M), -1.0
        return lens @ self.camera.view()

    def project(self, points: Array) -> Array:
        """(n, 3) to pixels (n, 2), x right, y down."""
        tangents = tangents_of(self.camera, points)
        px = self.height / 2 / self.half
        return np.stack(
            [
                self.width / 2 + (tangents[:, 0] - self.centre[0]) * px,
                self.height / 2 - (tangents[:, 1] - self.centre[1]) * px,
            ],
            axis=1,
        )


def tangents_of(camera: Camera, points: Array) -> Array:
    """(n, 3) in the world to (n, 2) in the picture: x right, y up, at distance 1."""
    view = camera.view()
    seen = points @ view[:3, :3].T + view[:3, 3]
    return np.asarray(seen[:, :2] / -seen[:, 2:])


class Booth(Scene):
    """A scene that changes room, lamp and camera from picture to picture."""

    def __init__(self) -> None:
        super().__init__(Camera(width=BODY_PX[1], height=BODY_PX[0]))
        self.rooms = {name: self._still(room(name)) for name in BACKGROUNDS}
        self.canvases = {size: self._canvas(size) for size in (BODY_PX, FOOT_PX)}

    def _canvas(self, size: tuple[int, int]) -> tuple[moderngl.Framebuffer, moderngl.Framebuffer]:
        wide = size[::-1]
        many = self.gl.framebuffer(
            [self.gl.renderbuffer(wide, 4, samples=SAMPLES)],
            self.gl.depth_renderbuffer(wide, samples=SAMPLES),
        )
        return many, self.gl.framebuffer([self.gl.renderbuffer(wide, 4)])

    def shoot(
        self, shown: Still, figure: object, posed: tuple[object, object], views: list[View]
    ) -> list[U8]:
        """One picture (H, W, 3) a view."""
        self.light, self.background = shown.light, shown.background
        drawn = self._moved(figure, *posed)  # type: ignore[arg-type]
        self.camera = shown.camera
        self._set_constants()
        self._draw_shadows([drawn.shadow])
        self.shadows.use(0)
        self._wear(drawn.figure)
        return [self._look(view, drawn.surface) for view in views]

    def _look(self, view: View, surface: moderngl.VertexArray) -> U8:
        many, flat = self.canvases[view.height, view.width]
        self.paint["clip_from_world"].write(view.clip_from_world().T.astype("f4").tobytes())
        many.use()
        many.clear(0.4, 0.4, 0.42, 1.0)
        self.gl.enable(moderngl.DEPTH_TEST)
        surface.render()
        self.rooms[self.background].surface.render()
        self.gl.copy_framebuffer(flat, many)
        raw = flat.read(components=3, alignment=1)
        return np.frombuffer(raw, np.uint8).reshape(view.height, view.width, 3)[::-1].copy()

    def forget(self, figure: object) -> None:
        """Free a figure's buffers."""
        drawn = self.figures.pop(id(figure))
        for part in (drawn.surface, drawn.shadow, drawn.moving):
            part.release()


def views_of(shown: Still, joints: dict[str, Array], stature: float) -> tuple[list[View], float]:
    """The whole person as if standing, and either foot; and the person's height in tangents at the feet."""
    ankles = np.array([joints["left_ankle"], joints["right_ankle"]])
    feet = tangents_of(shown.camera, ankles)
    back = shown.camera.view()[2, :3]
    away = float((shown.camera.eye - ankles.mean(0)) @ back)
    height = stature / away
    middle = feet.mean(0)
    body = View(shown.camera, (middle[0], middle[1] + 0.45 * height), BODY_HEIGHTS / 2 * height, *BODY_PX)
    near = [View(shown.camera, (x, y - 0.02 * height), FOOT_HEIGHTS / 2 * height, *FOOT_PX) for x, y in feet]
    return [body, *near], height


def sensor(rng: np.random.Generator) -> Sensor:
    cast = tuple(float(c) for c in rng.uniform(0.88, 1.12, 3))
    return Sensor(
        softness_px=float(rng.uniform(0.0, 1.2)),
        gain=float(rng.uniform(0.6, 1.35)),
        cast=(cast[0], cast[1], cast[2]),
        grain=float(rng.uniform(0.0, 5.0)),
    )


def render_person(booth: Booth, shape: str, bodies: Path, rng: np.random.Generator) -> dict[str, Array]:
    """All stills of one person: pictures and truth; see `main` for what is in it."""
    who = person(shape, bodies, rng)
    witness = Witness(who.body)
    rows: dict[str, list[object]] = {}
    for _ in range(STILLS_A_PERSON):
        shown = still(who, rng)
        joints = witness.joints(shown.pose)
        views, height = views_of(shown, joints, who.body.stature)
        pictures = booth.shoot(shown, who.figure, who.figure.posed(shown.pose), views)
        lens = sensor(rng)
        places = stacked(joints)
        row = {
            "body": lens.expose(pictures[0], rng),
            "feet": np.stack([lens.expose(p, rng) for p in pictures[1:]]),
            "body_px": views[0].project(places),
            "feet_px": np.stack([v.project(places) for v in views[1:]]),
            "joints": places,
            "tangents": tangents_of(shown.camera, places),
            "view": shown.camera.view(),
            "height": height,
            "centres": np.array([v.centre for v in views]),
            "bend": shown.bend,
        }
        for name, value in row.items():
            rows.setdefault(name, []).append(value)
    booth.forget(who.figure)
    return {name: np.array(values) for name, values in rows.items()} | {"stature": np.array(who.body.stature)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("bodies", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--people", type=int, default=400)
    parser.add_argument("--shapes", nargs="*", help="of bodies.npz; all of them if left out")
    parser.add_argument("--seed", type=int, default=100)
    chosen = parser.parse_args()
    chosen.out.mkdir(parents=True, exist_ok=True)
    with np.load(chosen.bodies) as stored:
        shapes = [n.removeprefix("shape_") for n in stored.files if n.startswith("shape_")]
    shapes = chosen.shapes or shapes
    booth, names = Booth(), np.array(joint_names())
    for number in track(range(chosen.people), "people"):
        path = chosen.out / f"{number:04d}.npz"
        if path.exists():
            continue
        shape = shapes[number % len(shapes)]
        rng = np.random.default_rng([chosen.seed, number])
        found = render_person(booth, shape, chosen.bodies, rng)
        np.savez(path.with_suffix(".part.npz"), names=names, shape=np.array(shape), **found)
        path.with_suffix(".part.npz").rename(path)


if __name__ == "__main__":
    main()
