"""Builds the default network with int8 feature pyramid and heads too, to measure against the mixed one.

Runs in the build environment, from scripts/: `python -m research.int8_heads model.json out.tflite`.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import numpy as np
from ai_edge_quantizer import qtyping, quantizer
from model_build import flatbuffer
from model_build.movenet import calibration_pictures, float_model, write_named
from model_build.tfjs_graph import TfjsGraph

SIZE = (256, 128)
OPERATIONS = ("CONV_2D", "DEPTHWISE_CONV_2D", "ADD", "PAD", "RESIZE_BILINEAR")


def quantized(model: bytes, scopes: str) -> bytes:
    """The model with every operation under these scopes int8, ranges the extremes over the pictures."""
    work = quantizer.Quantizer(bytearray(model))
    for name in OPERATIONS:
        operation = getattr(qtyping.TFLOperationName, name)
        work.add_static_config(scopes, operation, activation_num_bits=8, weight_num_bits=8)
    ranges: dict[str, Any] = {}
    for picture in calibration_pictures(SIZE):
        for tensor, seen in work.calibrate({"serving_default": [{"image": picture}]}, num_threads=1).items():
            known = ranges.setdefault(tensor, dict(seen))
            known["min"] = np.minimum(known["min"], seen["min"])
            known["max"] = np.maximum(known["max"], seen["max"])
    for tensor, known in ranges.items():
        if tensor.startswith("serving_default"):
            known["min"], known["max"] = np.full_like(known["min"], -1), np.full_like(known["max"], 1)
    with np.errstate(invalid="ignore"):
        return bytes(work.quantize(ranges, enable_progress_report=False).quantized_model)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("graph", type=Path)
    parser.add_argument("out", type=Path)
    chosen = parser.parse_args()
    model = float_model(TfjsGraph(chosen.graph), SIZE, takes="unit")
    tree = flatbuffer.read(quantized(model, "backbone|heads"))
    flatbuffer.mend_constant_channels(tree, flatbuffer.read(model))
    flatbuffer.take_bytes(tree)
    write_named(tree, chosen.out)


if __name__ == "__main__":
    main()
