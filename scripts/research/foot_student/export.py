"""Makes a TensorFlow Lite file of a trained head. Runs in the build environment, from scripts/:
`python -m student.export head.npz head.tflite` (head.npz from `scripts.research.foot_student.weights`).

In: a patch of features (1, 12, 12, 312), or pixels (1, 64, 64, 3) 0..1. Out: (1, 8): the foot's azimuth from
the ray in radians, its log sd, then ankle, toe tip and heel (x, y) in tenths of a standing height.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import numpy as np
import tensorflow as tf

EPSILON = 1e-5  # of PyTorch's batch normalisation
INPUTS = {"features": (12, 12, 312), "pixels": (64, 64, 3)}
STRIDES = {"features": {4: 2}, "pixels": {0: 2, 4: 2, 6: 2}}
"""Layers of `train.py` that halve the picture, by their number in the body."""


class Head:
    """Replays the layers of `train.py`, found by their names in the weights."""

    def __init__(self, weights: dict[str, Any], kind: str) -> None:
        self.weights, self.kind = weights, kind

    def __call__(self, x: Any) -> Any:
        x = self._normalised(x, "scale") if self.kind == "features" else x * 4.0 - 2.0
        layers = sorted({int(name.split(".")[1]) for name in self.weights if name.startswith("body.")})
        for layer in layers:
            x = self._layer(x, layer)
        return tf.identity(x, name="foot")

    def _layer(self, x: Any, layer: int) -> Any:
        name, stride = f"body.{layer}", STRIDES[self.kind].get(layer, 1)
        if f"{name}.0.weight" in self.weights:  # a block
            x = self._convolved(x, f"{name}.0", stride, by_channel=True)
            x = self._convolved(self._normalised(x, f"{name}.1"), f"{name}.2", 1)
            return tf.nn.relu6(self._normalised(x, f"{name}.3"))
        shape = self.weights[f"{name}.weight"].shape
        if len(shape) == 4:
            x = self._convolved(x, name, stride)
            return tf.nn.relu6(x) if self.kind == "features" else x
        if len(shape) == 1:
            return tf.nn.relu6(self._normalised(x, name))
        return self._dense(x, name, last=shape[0] == 8)

    def _convolved(self, x: Any, name: str, stride: int, *, by_channel: bool = False) -> Any:
        kernel = self.weights[f"{name}.weight"].transpose(
            2, 3, 0 if by_channel else 1, 1 if by_channel else 0
        )
        side = kernel.shape[0] // 2
        x = tf.pad(x, [[0, 0], [side, side], [side, side], [0, 0]]) if side else x  # as PyTorch pads
        convolve = tf.nn.depthwise_conv2d if by_channel else tf.nn.conv2d
        x = convolve(x, kernel, [1, stride, stride, 1], "VALID")
        bias = self.weights.get(f"{name}.bias")
        return x if bias is None else x + bias

    def _normalised(self, x: Any, name: str) -> Any:
        mean, spread = self.weights[f"{name}.running_mean"], self.weights[f"{name}.running_var"]
        factor = self.weights.get(f"{name}.weight", np.float32(1)) / np.sqrt(spread + EPSILON)
        return x * factor + (self.weights.get(f"{name}.bias", np.float32(0)) - mean * factor)

    def _dense(self, x: Any, name: str, *, last: bool) -> Any:
        if len(x.shape) == 4:  # PyTorch flattens channels first
            x = tf.reshape(tf.transpose(x, [0, 3, 1, 2]), [1, -1])
        x = tf.matmul(x, self.weights[f"{name}.weight"].T) + self.weights[f"{name}.bias"]
        return x if last else tf.nn.relu6(x)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("weights", type=Path)
    parser.add_argument("out", type=Path)
    chosen = parser.parse_args()
    with np.load(chosen.weights) as stored:
        weights = {name: stored[name] for name in stored.files}
    kind = str(weights.pop("kind"))
    head = Head(weights, kind)
    told = tf.function(head, input_signature=[tf.TensorSpec([1, *INPUTS[kind]], tf.float32, name="seen")])
    converter = tf.lite.TFLiteConverter.from_concrete_functions([told.get_concrete_function()])
    chosen.out.write_bytes(converter.convert())


if __name__ == "__main__":
    main()
