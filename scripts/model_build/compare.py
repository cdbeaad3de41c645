"""Compares two builds of one network by their answers on the rendered clip.

For builds from different processors, whose float rounding may differ in the last bit of a scale. A
build calibrated on other pictures differs by 0.4 to 2.3 %, and is meant to be told apart.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
from ai_edge_litert.interpreter import Interpreter

from model_build import rendered_clip

EVERY = 26  # frames
LIMIT = 0.01  # mean absolute difference, in units of each output's own standard deviation


def answers(path: Path) -> list[list[np.ndarray]]:
    """Per looked-at frame, the network's outputs."""
    network = Interpreter(str(path), num_threads=1)
    network.allocate_tensors()
    given = network.get_input_details()[0]
    size = (int(given["shape"][1]), int(given["shape"][2]))
    window = rendered_clip.standing_window(rendered_clip.read_truth(), size, 1.15)
    found = []
    for number, picture in enumerate(rendered_clip.read_pictures()):
        if number % EVERY:
            continue
        pixels = window.look(picture, size)[None]
        if given["dtype"] != np.uint8:
            pixels = pixels.astype(np.float32) / 255
        network.set_tensor(given["index"], pixels)
        network.invoke()
        found.append([network.get_tensor(o["index"]) for o in network.get_output_details()])
    return found


def main() -> int:
    first, second = (answers(Path(path)) for path in sys.argv[1:3])
    apart = [
        float(np.mean([np.abs(a - b).mean() for a, b in zip(one, two, strict=True)]) / (np.std(one) + 1e-9))
        for one, two in zip(zip(*first, strict=True), zip(*second, strict=True), strict=True)
    ]
    print("answers differ by " + ", ".join(f"{share:.2%}" for share in apart) + f"; limit {LIMIT:.0%}")
    return 0 if max(apart) <= LIMIT else 1


if __name__ == "__main__":
    sys.exit(main())
