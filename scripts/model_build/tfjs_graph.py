"""Replays a TensorFlow.js graph model as ordinary TensorFlow operations, at any picture size.

The published MoveNet graph is frozen for 192 x 192; its operations up to the four heads do not care.
This module knows the TF.js file format and nothing of what the network is for.
"""

from __future__ import annotations

import base64
import json
import math
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import tensorflow as tf

_STORED = {"float16": "<f2", "float32": "<f4", "int32": "<i4"}


class TfjsGraph:
    """One `model.json` and its weights, held as nodes by name and arrays by name."""

    def __init__(self, model_json: Path) -> None:
        model = json.loads(model_json.read_text())
        self._nodes: dict[str, dict[str, Any]] = {n["name"]: n for n in model["modelTopology"]["node"]}
        self._weights: dict[str, npt.NDArray[Any]] = {}
        for group in model["weightsManifest"]:
            blob = b"".join((model_json.parent / part).read_bytes() for part in group["paths"])
            self._read_weights(group["weights"], blob)

    def node_like(self, pattern: str) -> str:
        """The one node whose whole name matches this regular expression. Raises ValueError otherwise."""
        found = [name for name in self._nodes if re.fullmatch(pattern, name)]
        if len(found) != 1:
            raise ValueError(f"{len(found)} nodes are called {pattern}, not one")
        return found[0]

    def replay(self, fed: Mapping[str, Any], wanted: list[str], scope_of: Callable[[str], str]) -> list[Any]:
        """Evaluate the nodes `wanted`, starting from tensors `fed` (by node name).

        Every operation is made under the name scope `scope_of(node)`, so that later stages can tell
        parts of the network apart by tensor name.
        """
        done: dict[str, Any] = dict(fed)
        for name in self._in_order(wanted, set(fed)):
            node = self._nodes[name]
            inputs = [done[i] for i in self._inputs(name) if i in done]
            with tf.name_scope(scope_of(name)):
                done[name] = self._operation(node, inputs)
        return [done[name] for name in wanted]

    def _read_weights(self, entries: list[dict[str, Any]], blob: bytes) -> None:
        at = 0
        for entry in entries:
            stored = np.dtype(_STORED[entry.get("quantization", entry)["dtype"]])
            count = math.prod(entry["shape"])
            array = np.frombuffer(blob, stored, count, at)
            self._weights[entry["name"]] = array.astype(entry["dtype"]).reshape(entry["shape"])
            at += count * stored.itemsize
        if at != len(blob):
            raise ValueError(f"the weights file holds {len(blob)} bytes, the manifest describes {at}")

    def _in_order(self, wanted: list[str], known: set[str]) -> list[str]:
        """Names of the computing nodes behind `wanted`, inputs before users."""
        order: list[str] = []
        stack = [(name, False) for name in reversed(wanted)]
        while stack:
            name, inputs_done = stack.pop()
            if inputs_done:
                order.append(name)
                known.add(name)
            elif name not in known and self._nodes[name]["op"] != "Const":
                stack.append((name, True))
                stack.extend((i, False) for i in reversed(self._inputs(name)))
        return list(dict.fromkeys(order))

    def _inputs(self, name: str) -> list[str]:
        """What a node computes from. Enlarging always doubles here, so where the graph works that size out
        from shapes is left alone."""
        inputs: list[str] = self._nodes[name].get("input", [])
        return inputs[:1] if self._nodes[name]["op"] == "ResizeBilinear" else inputs

    def _operation(self, node: dict[str, Any], inputs: list[Any]) -> Any:
        kind = node["op"]
        if "Conv2d" in kind or "Conv2D" in kind:
            return self._convolution(node, inputs[0])
        if kind == "ResizeBilinear":
            return _twice_as_large(inputs[0], node["attr"])
        if kind == "AddV2":
            return tf.add(*_cut_to_common_size(*inputs))
        raise ValueError(f"no rule for the operation {kind} of {node['name']}")

    def _convolution(self, node: dict[str, Any], x: Any) -> Any:
        """A convolution with its fused bias and activation taken apart again."""
        attributes = node["attr"]
        weights = [self._weights[name] for name in node["input"][1:]]
        strides = [int(s) for s in attributes["strides"]["list"]["i"]]
        padding = _text(attributes["padding"]["s"])
        if strides[1] == 2:
            x, padding = _keep_even_phase(x, padding)
        convolve = tf.nn.depthwise_conv2d if "epthwise" in node["op"] else tf.nn.conv2d
        y = convolve(x, weights[0], strides, padding)
        for fused in attributes.get("fused_ops", {}).get("list", {}).get("s", []):
            y = {
                "BiasAdd": lambda y: tf.nn.bias_add(y, weights[1]),
                "Relu": tf.nn.relu,
                "Relu6": tf.nn.relu6,
            }[_text(fused)](y)
        return y


def _text(encoded: str) -> str:
    return base64.b64decode(encoded).decode()


def _keep_even_phase(x: Any, padding: str) -> tuple[Any, str]:
    """Pad odd sides by 2 at the end, so that a stride of 2 samples the same places as on an even side.

    TensorFlow's SAME padding of an odd side puts one row in front, which shifts every keypoint.
    Sides that are multiples of 32 stay even to the end and are left alone.
    """
    odd = [int(side) % 2 for side in x.shape[1:3]]
    if padding != "SAME" or not any(odd):
        return x, padding
    return tf.pad(x, [[0, 0], [0, 1 + odd[0]], [0, 1 + odd[1]], [0, 0]]), "VALID"


def _twice_as_large(x: Any, attributes: dict[str, Any]) -> Any:
    size = [2 * int(side) for side in x.shape[1:3]]
    return tf.compat.v1.image.resize_bilinear(
        x,
        size,
        align_corners=attributes["align_corners"]["b"],
        half_pixel_centers=attributes["half_pixel_centers"]["b"],
    )


def _cut_to_common_size(a: Any, b: Any) -> tuple[Any, Any]:
    """An odd side rounded up and doubled is one row too large for its partner: cut it."""
    height, width = (min(int(a.shape[i]), int(b.shape[i])) for i in (1, 2))
    return tuple(  # type: ignore[return-value]
        v if v.shape[1:3] == (height, width) else v[:, :height, :width] for v in (a, b)
    )
