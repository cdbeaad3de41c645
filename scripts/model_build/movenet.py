"""Builds one portrait MoveNet: TF.js graph in, TensorFlow Lite file with uint8 RGB input out.

The backbone becomes int8, the feature pyramid and the heads stay float32: int8 heads cost 4 degrees
(median) of noise in the knee angle, an int8 backbone costs nothing that can be measured. Runs in the
build environment only (TensorFlow, ai-edge-quantizer).
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import tensorflow as tf
from ai_edge_quantizer import qtyping, quantizer

from model_build import flatbuffer, rendered_clip
from model_build.tfjs_graph import TfjsGraph

_ROOT = "StatefulPartitionedCall/"
_BACKBONE = _ROOT + "center_net_mobile_net_v2fpn_feature_extractor/model_1/model/"
_NORMALISED = _ROOT + "sub_1"  # the graph's picture, scaled to -1 ... 1
_HEADS = {
    name: rf"{_ROOT}{scope}_0/conv2d_\d+/BiasAdd"
    for name, scope in (
        ("heat", "kpt_heatmap"),
        ("centre", "center"),
        ("regression", "kpt_regress"),
        ("offset", "kpt_offset"),
    )
}
"""Each head and the pattern of its last node; MultiPose counts its convolutions on from the boxes' heads."""
_PROBABILITIES = {"heat", "centre"}  # the two heads that end in a sigmoid

_CALIBRATION_EVERY = 52  # frames: twelve pictures of the 624, standing, going down, at the bottom
_CALIBRATION_FACTORS = (1.10, 1.15, 1.20, 1.25)  # standing heights, the range the mirror uses
_CALIBRATION_SHIFTS = ((0.0, 0.0), (0.03, 0.04), (-0.03, -0.04))  # of the window

Picture = npt.NDArray[np.float32]


def float_model(graph: TfjsGraph, size: tuple[int, int], *, takes: str, halved: bool = False) -> bytes:
    """A float TensorFlow Lite model from picture to heads.

    takes: "bytes" (uint8, 0 ... 255) or "unit" (float32, -1 ... 1, ready to be quantized). halved: weights
    are kept as float16 in the file; it computes in float32 all the same.
    """
    pixels = tf.uint8 if takes == "bytes" else tf.float32
    ends = [graph.node_like(pattern) for pattern in _HEADS.values()]

    class Network(tf.Module):
        @tf.function(input_signature=[tf.TensorSpec([1, *size, 3], pixels, name="image")])
        def heads(self, image: Any) -> dict[str, Any]:
            normalised = tf.cast(image, tf.float32) * (1 / 127.5) - 1.0 if takes == "bytes" else image
            raw = graph.replay(
                {_NORMALISED: normalised},
                ends,
                lambda node: "backbone" if node.startswith(_BACKBONE) else "heads",
            )
            return {
                name: tf.sigmoid(head) if name in _PROBABILITIES else tf.identity(head)
                for name, head in zip(_HEADS, raw, strict=True)
            }

    network = Network()
    converter = tf.lite.TFLiteConverter.from_concrete_functions(
        [network.heads.get_concrete_function()], network
    )
    if halved:
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
        converter.target_spec.supported_types = [tf.float16]
    return bytes(converter.convert())


def calibration_pictures(size: tuple[int, int]) -> Iterator[Picture]:
    """(1, height, width, 3) in -1 ... 1: portrait windows around the rendered person."""
    truth = rendered_clip.read_truth()
    for number, picture in enumerate(rendered_clip.read_pictures()):
        pick, rest = divmod(number, _CALIBRATION_EVERY)
        if rest:
            continue
        factor = _CALIBRATION_FACTORS[pick % len(_CALIBRATION_FACTORS)]
        shift = _CALIBRATION_SHIFTS[pick % len(_CALIBRATION_SHIFTS)]
        window = rendered_clip.standing_window(truth, size, factor, shift)
        yield window.look(picture, size)[None].astype(np.float32) * np.float32(1 / 127.5) - 1


def quantize_backbone(model: bytes, pictures: Iterator[Picture]) -> bytes:
    """The same model with an int8 backbone, its ranges the extremes over all pictures.

    The quantizer's own default, a moving average, was measurably worse. The input is pinned to
    -1 ... 1 whatever the pictures hold, so that raw bytes can take its place.
    """
    work = quantizer.Quantizer(bytearray(model))
    operations = qtyping.TFLOperationName
    for operation in (operations.CONV_2D, operations.DEPTHWISE_CONV_2D, operations.ADD, operations.PAD):
        work.add_static_config("backbone", operation, activation_num_bits=8, weight_num_bits=8)
    ranges: dict[str, Any] = {}
    for picture in pictures:
        seen = work.calibrate({"serving_default": [{"image": picture}]}, num_threads=1)
        for tensor, extremes in seen.items():
            known = ranges.setdefault(tensor, dict(extremes))
            known["min"] = np.minimum(known["min"], extremes["min"])
            known["max"] = np.maximum(known["max"], extremes["max"])
    if not ranges:
        raise ValueError("no calibration pictures")
    for tensor, known in ranges.items():
        if tensor.startswith("serving_default"):
            known["min"] = np.full_like(known["min"], -1)
            known["max"] = np.full_like(known["max"], 1)
    with np.errstate(invalid="ignore"):  # constant channels overflow here and are mended later
        return bytes(work.quantize(ranges, enable_progress_report=False).quantized_model)


def write_named(tree: Any, path: Path) -> None:
    """Name the input and the four outputs, in the order of the heads, and write the file."""
    signature = {entry.name.decode(): entry.tensorIndex for entry in tree.signatureDefs[0].outputs}
    flatbuffer.name_ends(tree, "image", {signature[name]: name for name in _HEADS})
    flatbuffer.write(tree, path)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("graph", type=Path, help="the TF.js model.json")
    parser.add_argument("out", type=Path, help="the TensorFlow Lite file to write")
    parser.add_argument("--height", type=int, required=True)
    parser.add_argument("--width", type=int, required=True)
    parser.add_argument("--precision", choices=("mixed", "float32", "float16"), required=True)
    chosen = parser.parse_args()
    size = (chosen.height, chosen.width)
    graph = TfjsGraph(chosen.graph)
    if chosen.precision == "mixed":
        model = float_model(graph, size, takes="unit")
        tree = flatbuffer.read(quantize_backbone(model, calibration_pictures(size)))
        flatbuffer.mend_constant_channels(tree, flatbuffer.read(model))
        flatbuffer.take_bytes(tree)
    else:
        model = float_model(graph, size, takes="bytes", halved=chosen.precision == "float16")
        tree = flatbuffer.read(model)
    write_named(tree, chosen.out)


if __name__ == "__main__":
    main()
