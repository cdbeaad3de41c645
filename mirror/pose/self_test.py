"""A network's self-test: the file is the listed one, it loads, its tensors are as its kind says, it runs.

Knows both kinds of network by the shapes of their ends; nothing of what they see.
"""

from __future__ import annotations

import numpy as np

from mirror.faults import PermanentFault
from mirror.pose.catalog import POSE, ModelEntry, checked_file
from mirror.pose.interpreter import Network, Tensor

HEADS = (17, 1, 34, 34)
"""Channels of heat, centre, regression and offset."""
LANDMARKS = 195


def ends(entry: ModelEntry) -> tuple[list[Tensor], list[Tensor]]:
    """What inputs and outputs a network of this kind and size has."""
    h, w = entry.height, entry.width
    if entry.kind == POSE:
        heads = [Tensor((h // 4, w // 4, channels), "float32") for channels in HEADS]
        return [Tensor((h, w, 3), "uint8")], heads
    return [Tensor((h, w, 3), "float32")], [Tensor((LANDMARKS,), "float32"), Tensor((1,), "float32")]


def self_test(entry: ModelEntry, runtime: str = "auto", *, threads: int = 1, xnnpack: bool = True) -> str:
    """What ran, in words. Raises BadInput or PermanentFault with one line when something is wrong."""
    network = Network(checked_file(entry), threads=threads, runtime=runtime, xnnpack=xnnpack)
    inputs, outputs = ends(entry)
    network.expect(inputs, outputs)
    answers = network.run(np.full(inputs[0].shape, 127, inputs[0].dtype))
    if not all(np.isfinite(answer).all() for answer in answers):
        raise PermanentFault(f"{network.name} answers with numbers that are none on {network.runtime}")
    return f"{entry.size_bytes / 1e6:.1f} MB, checksum as listed, runs on {network.runtime}"
