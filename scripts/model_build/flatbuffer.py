"""Edits TensorFlow Lite files: inlines constants, retypes the input, names and prunes outputs.

Works on the object form of the flatbuffer and knows no network.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import flatbuffers
import numpy as np
from ai_edge_litert import schema_py_generated as schema

_ALIGNMENT = 16
_CONVOLUTIONS = (schema.BuiltinOperator.CONV_2D, schema.BuiltinOperator.DEPTHWISE_CONV_2D)
_OUTSIDE = 1  # an offset above this means the constant lies after the flatbuffer, not in it


def read(model: bytes) -> Any:
    """The model's object form, with every constant inside it.

    The quantizer appends constants behind the flatbuffer and refers to them by file offset; packing
    such a model again would keep the offsets and lose the constants.
    """
    tree = schema.ModelT.InitFromObj(schema.Model.GetRootAsModel(model, 0))
    for buffer in tree.buffers:
        if buffer.offset > _OUTSIDE:
            buffer.data = np.frombuffer(model, np.uint8, buffer.size, buffer.offset)
            buffer.offset = buffer.size = 0
    return tree


class _AlignedBuilder(flatbuffers.Builder):  # type: ignore[misc]
    """Starts every array on 16 bytes, as the format asks of constants; the generated code does not."""

    def CreateNumpyVector(self, array: Any) -> Any:  # noqa: N802 - the parent's name
        self.StartVector(array.itemsize, array.size, _ALIGNMENT)
        raw = np.ascontiguousarray(array).tobytes()
        self.head = self.Head() - len(raw)
        self.Bytes[self.head : self.head + len(raw)] = raw
        return self.EndVector()


def write(tree: Any, path: Path) -> None:
    builder = _AlignedBuilder(1 << 22)
    builder.Finish(tree.Pack(builder), b"TFL3")
    path.write_bytes(bytes(builder.Output()))


def mend_constant_channels(tree: Any, float_tree: Any) -> int:
    """Give int8 convolution channels whose weights are all zero a usable scale; returns how many.

    MoveNet has eight such channels: their output is their bias. The quantizer derives the scale from
    the weights, finds 1e-11, and the int32 bias overflows to whatever the building machine makes of
    that. Any scale suits zero weights, so the layer's largest is taken and the bias rounded to it.
    `float_tree` is the model before quantization, with tensors of the same names.
    """
    graph = tree.subgraphs[0]
    before = {tensor.name: tensor for tensor in float_tree.subgraphs[0].tensors}
    mended = 0
    for op in graph.operators:
        if tree.operatorCodes[op.opcodeIndex].builtinCode not in _CONVOLUTIONS:
            continue
        source, weights, bias = (graph.tensors[int(i)] for i in op.inputs)
        if weights.type != schema.TensorType.INT8:
            continue
        scales = np.array(weights.quantization.scale, np.float32)
        axis = weights.quantization.quantizedDimension
        values = _constant(tree, weights, np.int8)
        dead = ~values.any(axis=tuple(i for i in range(values.ndim) if i != axis))
        if not dead.any():
            continue
        scales[dead] = scales.max()
        steps = scales * np.float32(source.quantization.scale[0])
        rounded = _constant(tree, bias, np.int32).copy()
        rounded[dead] = np.rint(_constant(float_tree, before[bias.name], np.float32) / steps)[dead]
        weights.quantization.scale, bias.quantization.scale = scales, steps
        tree.buffers[bias.buffer].data = rounded.view(np.uint8)
        mended += int(dead.sum())
    return mended


def _constant(tree: Any, tensor: Any, kind: type[np.generic]) -> Any:
    raw = np.asarray(tree.buffers[tensor.buffer].data, np.uint8)
    return raw.view(kind).reshape(tensor.shape)


def take_bytes(tree: Any) -> None:
    """Let a model that starts by quantizing a float input take raw uint8 pixels instead.

    The int8 tensor behind the input keeps its scale; shifting the zero point by 128 makes the uint8
    input mean the same numbers, and the QUANTIZE operation becomes an exact re-labelling.
    """
    graph = tree.subgraphs[0]
    source = int(graph.inputs[0])
    code = schema.BuiltinOperator.QUANTIZE
    users = [op for op in graph.operators if source in list(op.inputs)]
    if len(users) != 1 or tree.operatorCodes[users[0].opcodeIndex].builtinCode != code:
        raise ValueError("the input is not read by one QUANTIZE operation alone")
    behind = graph.tensors[int(users[0].outputs[0])].quantization
    quantization = schema.QuantizationParametersT()
    quantization.scale = [float(behind.scale[0])]
    quantization.zeroPoint = [int(behind.zeroPoint[0]) + 128]
    graph.tensors[source].type = schema.TensorType.UINT8
    graph.tensors[source].quantization = quantization


def name_ends(tree: Any, image: str, outputs: dict[int, str]) -> None:
    """Name the input tensor and the outputs (tensor index -> name), in the order of `outputs`.

    Tensor names are what every runtime shows; signatures are dropped, so that there is one way to
    find an output and not two that could disagree.
    """
    graph = tree.subgraphs[0]
    graph.tensors[int(graph.inputs[0])].name = image.encode()
    for index, name in outputs.items():
        graph.tensors[index].name = name.encode()
    graph.outputs = list(outputs)
    tree.signatureDefs = []


def prune(tree: Any) -> None:
    """Drop the operations no output depends on, and the tensors and constants only they used."""
    graph = tree.subgraphs[0]
    needed = {int(i) for i in [*graph.inputs, *graph.outputs]}
    kept = []
    for op in reversed(graph.operators):
        if needed & {int(i) for i in op.outputs}:
            kept.append(op)
            needed |= {int(i) for i in [*op.inputs, *op.outputs] if i >= 0}
    graph.operators = kept[::-1]
    _keep_tensors(tree, sorted(needed))


def _keep_tensors(tree: Any, kept: list[int]) -> None:
    """Keep only these tensors of the graph, and empty the buffers nobody refers to any more."""
    graph = tree.subgraphs[0]
    new = {old: i for i, old in enumerate(kept)}
    new[-1] = -1  # an optional input left out
    graph.tensors = [graph.tensors[i] for i in kept]
    for ends in (graph, *graph.operators):
        ends.inputs = [new[int(i)] for i in ends.inputs]
        ends.outputs = [new[int(i)] for i in ends.outputs]
    used = {tensor.buffer for tensor in graph.tensors} | {entry.buffer for entry in tree.metadata or []}
    for index, buffer in enumerate(tree.buffers):
        if index not in used:
            buffer.data = None
