"""Builds the foot model: BlazePose without its picture-sized outputs.

MediaPipe's landmark network also draws a mask and heat maps. Without them it gives the same landmarks
in about half the time. Runs in the build environment only.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from model_build import flatbuffer

_KEPT = {"Identity": "landmarks", "Identity_1": "presence"}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model", type=Path, help="the published pose_landmark_*.tflite")
    parser.add_argument("out", type=Path, help="the TensorFlow Lite file to write")
    chosen = parser.parse_args()
    tree = flatbuffer.read(chosen.model.read_bytes())
    graph = tree.subgraphs[0]
    names = {int(i): graph.tensors[int(i)].name.decode() for i in graph.outputs}
    kept = {index: _KEPT[name] for index, name in names.items() if name in _KEPT}
    if len(kept) != len(_KEPT):
        raise ValueError(f"expected outputs {', '.join(_KEPT)}, found {', '.join(names.values())}")
    flatbuffer.name_ends(tree, "image", kept)
    flatbuffer.prune(tree)
    flatbuffer.write(tree, chosen.out)


if __name__ == "__main__":
    main()
