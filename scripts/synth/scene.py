"""Draws dressed figures in a room without a screen: moderngl on EGL (Mesa's software renderer is enough)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import moderngl
import numpy as np
import numpy.typing as npt
from pydantic import BaseModel, ConfigDict, Field

from .camera import Camera
from .gym import BACKGROUNDS, room
from .rotation import Array
from .shapes import Mesh
from .wardrobe import Figure, Material

SHADERS = Path(__file__).with_name("shaders")
SHADOW_PX, SHADOW_HALF_M, SHADOW_DEPTH_M = 1536, 2.1, 8.0
SAMPLES = 4
F4 = npt.NDArray[np.float32]


class Light(BaseModel):
    """One lamp with shadows, and the sky. toward: direction to the lamp, any length."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    toward: tuple[float, float, float] = (0.35, 1.0, 0.65)
    strength: float = Field(default=0.85, ge=0.0)
    sky: float = Field(default=0.55, ge=0.0)
    tint: tuple[float, float, float] = (1.15, 1.05, 0.95)

    @property
    def direction(self) -> Array:
        """(3,) unit vector to the lamp."""
        v = np.array(self.toward, float)
        return v / np.linalg.norm(v)

    def from_world(self) -> Array:
        """(4, 4) the shadow map's view: straight along the light onto the mark."""
        back = self.direction
        right = np.cross([0.0, 1.0, 1e-3], back)
        right /= np.linalg.norm(right)
        view = np.eye(4)
        view[:3, :3] = right, np.cross(back, right), back
        centre = np.array([0.0, 0.9, 0.0]) + 4.0 * back
        view[:3, 3] = -view[:3, :3] @ centre
        lens = np.diag([1.0 / SHADOW_HALF_M, 1.0 / SHADOW_HALF_M, -2.0 / SHADOW_DEPTH_M, 1.0])
        lens[2, 3] = -1.0
        return lens @ view


@dataclass
class _Still:
    """Buffers on the card of something that keeps its shape."""

    buffers: tuple[moderngl.Buffer, moderngl.Buffer]
    surface: moderngl.VertexArray
    shadow: moderngl.VertexArray

    def release(self) -> None:
        """Free the card's memory: moderngl does not do it by itself."""
        for part in (self.surface, self.shadow, *self.buffers):
            part.release()


@dataclass
class _Drawn:
    """A figure's buffers on the card."""

    figure: Figure
    moving: moderngl.Buffer
    surface: moderngl.VertexArray
    shadow: moderngl.VertexArray


class Scene:
    """A room with figures in it, drawn frame after frame from one camera.

    Raises whatever moderngl raises when there is no EGL.
    """

    def __init__(self, camera: Camera, background: str = "gym", light: Light | None = None) -> None:
        self.camera, self.background, self.light = camera, background, light or Light()
        self.gl = moderngl.create_standalone_context(backend="egl")
        self.paint = self.gl.program(_shader("surface.vert"), _shader("surface.frag"))
        self.cast = self.gl.program(_shader("shadow.vert"), _shader("shadow.frag"))
        size = (camera.width, camera.height)
        self.canvas = self.gl.framebuffer(
            [self.gl.renderbuffer(size, 4, samples=SAMPLES)],
            self.gl.depth_renderbuffer(size, samples=SAMPLES),
        )
        self.picture = self.gl.framebuffer([self.gl.renderbuffer(size, 4)])
        self.shadows = self.gl.depth_texture((SHADOW_PX, SHADOW_PX))
        self.shadows.compare_func = "<="
        self.shadow_canvas = self.gl.framebuffer(depth_attachment=self.shadows)
        self.figures: dict[int, _Drawn] = {}
        self.room = self._still(room(background))
        self._set_constants()

    def close(self) -> None:
        """Give the context back."""
        self.gl.release()

    def draw(
        self, posed: Sequence[tuple[Figure, F4, F4]], things: Mesh | None = None
    ) -> npt.NDArray[np.uint8]:
        """(H, W, 3) uint8 RGB. posed: figures with their vertices and normals; things: anything else."""
        drawn = [self._moved(*p) for p in posed]
        extra = self._still(things) if things else None
        self._draw_shadows([d.shadow for d in drawn] + ([extra.shadow] if extra else []))
        self.canvas.use()
        self.canvas.clear(0.4, 0.4, 0.42, 1.0)
        self.gl.enable(moderngl.DEPTH_TEST)
        self.shadows.use(0)
        for d in drawn:  # people first: what they hide need not be painted
            self._wear(d.figure)
            d.surface.render()
        self.room.surface.render()
        if extra:
            extra.surface.render()
            extra.release()
        self.gl.copy_framebuffer(self.picture, self.canvas)
        raw = self.picture.read(components=3, alignment=1)
        flat = np.frombuffer(raw, np.uint8).reshape(self.camera.height, self.camera.width, 3)
        return flat[::-1].copy()

    def _set_constants(self) -> None:
        light_from_world = self.light.from_world().T.astype("f4").tobytes()
        self.cast["light_from_world"].write(light_from_world)
        self.paint["light_from_world"].write(light_from_world)
        self.paint["clip_from_world"].write(self.camera.clip_from_world().T.astype("f4").tobytes())
        for name, value in {
            "camera": tuple(self.camera.eye),
            "lamp": tuple(self.light.direction),
            "lamp_strength": self.light.strength,
            "sky_strength": self.light.sky,
            "lamp_tint": self.light.tint,
            "background": BACKGROUNDS.index(self.background),
            "shadow_map": 0,
            "shadow_texel": 1.0 / SHADOW_PX,
        }.items():
            self.paint[name].value = value

    def _wear(self, figure: Figure) -> None:
        linear = figure.outfit.palette() ** 2.2
        self.paint["palette"].write(linear.astype("f4").tobytes())
        self.paint["eye"].value = tuple(figure.eye)
        self.paint["sock_top"].value = figure.sock_top
        self.paint["shirt_band"].value = figure.shirt_band if figure.outfit.chest_band else -1.0

    def _draw_shadows(self, casting: list[moderngl.VertexArray]) -> None:
        self.shadow_canvas.use()
        self.gl.enable(moderngl.DEPTH_TEST)
        self.shadow_canvas.clear(depth=1.0)
        for part in casting:
            part.render()

    def _still(self, mesh: Mesh) -> _Still:
        columns = [mesh.vertices, mesh.normals, mesh.vertices, mesh.material[:, None]]
        buffer = self.gl.buffer(np.concatenate(columns, axis=1).astype("f4").tobytes())
        index = self.gl.buffer(mesh.faces.astype("i4").tobytes())
        surface = [(buffer, "3f 3f 3f 1f", "place", "facing", "rest", "material")]
        return _Still(
            (buffer, index),
            self.gl.vertex_array(self.paint, surface, index),
            self.gl.vertex_array(self.cast, [(buffer, "3f 28x", "place")], index),
        )

    def _moved(self, figure: Figure, vertices: F4, facing: F4) -> _Drawn:
        """The figure's buffers with its new vertices in them."""
        drawn = self.figures.get(id(figure))
        if drawn is None:
            drawn = self.figures[id(figure)] = self._added(figure)
        drawn.moving.write(np.concatenate([vertices, facing], axis=1).astype("f4").tobytes())
        return drawn

    def _added(self, figure: Figure) -> _Drawn:
        moving = self.gl.buffer(reserve=len(figure.rest) * 24, dynamic=True)
        fixed = np.concatenate([figure.rest, figure.material[:, None]], axis=1).astype("f4")
        index = self.gl.buffer(figure.faces.astype("i4").tobytes())
        surface = [
            (moving, "3f 3f", "place", "facing"),
            (self.gl.buffer(fixed.tobytes()), "3f 1f", "rest", "material"),
        ]
        return _Drawn(
            figure,
            moving,
            self.gl.vertex_array(self.paint, surface, index),
            self.gl.vertex_array(self.cast, [(moving, "3f 12x", "place")], index),
        )


def _shader(name: str) -> str:
    """A shader's text with the material and background numbers defined after its version line."""
    version, rest = (SHADERS / name).read_text().split("\n", 1)
    names = {m.name: m.value for m in Material} | {b.upper(): i for i, b in enumerate(BACKGROUNDS)}
    defines = "\n".join(f"#define {n} {v}" for n, v in names.items())
    return f"{version}\n{defines}\n{rest}"
