"""Gives a MoveNet file of models/ more outputs: what its heads see just before they answer.

Runs in the build environment (it needs the flatbuffer schema), from scripts/:
`python -m student.widen ../models/movenet_lightning_256x128_mixed_u8.tflite wide.tflite`.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from model_build import flatbuffer

HEADS = ("heat", "centre", "regression", "offset")
HIDDEN = ("heat", "regression", "offset")


def feeding(graph: Any, tensor: int, steps: int) -> int:
    """The tensor that many operations upstream, along first inputs."""
    for _ in range(steps):
        maker = next(op for op in graph.operators if tensor in [int(i) for i in op.outputs])
        tensor = int(maker.inputs[0])
    return tensor


def widened(tree: Any) -> Any:
    """Outputs: the four heads, the last feature map (24 channels), three heads' hidden layers (96 each)."""
    graph = tree.subgraphs[0]
    index = {tensor.name.decode(): i for i, tensor in enumerate(graph.tensors)}
    ends = {index[name]: name for name in HEADS}
    ends[feeding(graph, index["offset"], 3)] = "features"
    for name in HIDDEN:
        ends[feeding(graph, index[name], 2 if name == "heat" else 1)] = f"hidden_{name}"
    flatbuffer.name_ends(tree, "image", ends)
    return tree


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model", type=Path)
    parser.add_argument("out", type=Path)
    chosen = parser.parse_args()
    flatbuffer.write(widened(flatbuffer.read(chosen.model.read_bytes())), chosen.out)


if __name__ == "__main__":
    main()
