"""What each layer of a plan puts out, holds and computes, counted from its call alone: no Keras, no NumPy.

A layer that is not in `RULES` cannot be forecast; a model family that brings a new kind of layer adds its rule here.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from dlcore.calls import Call
from dlcore.errors import Invalid

Size = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Layer:
    """One layer's numbers, for one example.

    output: its shape without the batch. parameters: all weights, `trainable` those that learn. macs: multiplications with addition of
    a forward pass. held: numbers kept from the forward for the backward pass.
    """

    kind: str
    output: Size
    parameters: int = 0
    trainable: int = 0
    macs: int = 0
    held: int = 0


def layers(plan: Iterable[Call], shape: Size) -> tuple[Layer, ...]:
    """The layers of a plan that reads input of this shape. `Invalid` when an image shrinks below one pixel."""
    found = []
    for number, call in enumerate(plan, start=1):
        if call.kind not in RULES:
            raise TypeError(f"dlcore/counts.py has no rule for the layer {call.path}")
        layer = RULES[call.kind](call.arguments, shape)
        if min(layer.output) < 1:
            raise _too_small(number, call, shape)
        found.append(replace(layer, kind=call.kind))
        shape = layer.output
    return tuple(found)


def _too_small(number: int, call: Call, shape: Size) -> Invalid:
    side = call.arguments.get("kernel_size", call.arguments.get("pool_size"))
    return Invalid(
        f"Layer {number} ({call.kind} of size {side}×{side}) gets only {shape[0]}×{shape[1]} pixels: nothing would be left.",
        "Use fewer blocks, less pooling, smaller kernels or strides, or the padding same.",
    )


def _same(arguments: Mapping[str, Any], shape: Size) -> Layer:
    return Layer("", shape, held=math.prod(shape))


def _flat(arguments: Mapping[str, Any], shape: Size) -> Layer:
    return Layer("", (math.prod(shape),))


def _reshape(arguments: Mapping[str, Any], shape: Size) -> Layer:
    return Layer("", tuple(arguments["target_shape"]))


def _dense(arguments: Mapping[str, Any], shape: Size) -> Layer:
    inputs, units = shape[-1], arguments["units"]
    count = inputs * units + units * arguments.get("use_bias", True)
    output = (*shape[:-1], units)
    return Layer("", output, count, count, math.prod(shape) * units, math.prod(output))


def _convolution(arguments: Mapping[str, Any], shape: Size) -> Layer:
    side, filters = arguments["kernel_size"], arguments["filters"]
    height, width = (_slid(size, side, arguments.get("strides", 1), arguments.get("padding", "valid")) for size in shape[:2])
    window = side * side * shape[2] * filters
    count = window + filters * arguments.get("use_bias", True)
    return Layer("", (height, width, filters), count, count, height * width * window, height * width * filters)


def _slid(size: int, window: int, stride: int, padding: str) -> int:
    """Places of a window that moves along `size` pixels (Dumoulin & Visin 2016): ⌈n/s⌉, or ⌊(n − k)/s⌋ + 1 without padding."""
    return -(-size // stride) if padding == "same" else (size - window) // stride + 1


def _pooling(arguments: Mapping[str, Any], shape: Size) -> Layer:
    side = arguments["pool_size"]
    output = (*(_slid(size, side, side, "valid") for size in shape[:2]), shape[2])
    return Layer("", output, held=math.prod(output))


def _global_pooling(arguments: Mapping[str, Any], shape: Size) -> Layer:
    return Layer("", shape[-1:], held=shape[-1])


def _normalisation(arguments: Mapping[str, Any], shape: Size) -> Layer:
    # The normalised numbers are kept beside the output; mean and variance do not learn.
    return Layer("", shape, 4 * shape[-1], 2 * shape[-1], math.prod(shape), 2 * math.prod(shape))


def _recurrent(gates: int, biases: int) -> Callable[[Mapping[str, Any], Size], Layer]:
    """gates: products of input and state in a step; biases: vectors of biases in each."""

    def rule(arguments: Mapping[str, Any], shape: Size) -> Layer:
        (steps, features), units = shape, arguments["units"]
        product = gates * units * (features + units)
        count = product + gates * biases * units
        output = (steps, units) if arguments.get("return_sequences") else (units,)
        return Layer("", output, count, count, steps * product, steps * units * (gates + 2))

    return rule


def _both_directions(arguments: Mapping[str, Any], shape: Size) -> Layer:
    one: Layer = RULES[arguments["layer"].kind](arguments["layer"].arguments, shape)
    output = (*one.output[:-1], 2 * one.output[-1])
    return Layer("", output, 2 * one.parameters, 2 * one.trainable, 2 * one.macs, 2 * one.held)


def _residual(arguments: Mapping[str, Any], shape: Size) -> Layer:
    branch, shortcut = (layers(arguments[name], shape) for name in ("branch", "shortcut"))
    output = branch[-1].output if branch else shape
    parameters, trainable, macs, held = (
        sum(getattr(layer, name) for layer in (*branch, *shortcut)) for name in ("parameters", "trainable", "macs", "held")
    )
    return Layer("", output, parameters, trainable, macs, held + math.prod(output))


def _embedding(arguments: Mapping[str, Any], shape: Size) -> Layer:
    """Looking up multiplies nothing."""
    size = arguments["output_dim"]
    count = size * (arguments["input_dim"] + arguments.get("counts", 0))
    return Layer("", (shape[0], size), count, count, 0, shape[0] * size)


def _cell_over_steps(arguments: Mapping[str, Any], shape: Size) -> Layer:
    """A cell of our own: its weights, the products of a step, and the numbers that a step keeps."""
    cell, (steps, features) = arguments["cell"], shape
    own, units = cell.arguments, cell.arguments["units"]
    weights, macs, kept = CELLS[cell.kind](own, units, features)
    output = (steps, units) if arguments.get("return_sequences") else (units,)
    return Layer("", output, weights, weights, steps * macs, steps * kept)


def _skip(own: Mapping[str, Any], units: int, features: int) -> tuple[int, int, int]:
    macs = units * features + units * units * (1 + own.get("keep_short", True))
    return macs + units, macs, units * (own["skip"] + 2)


def _one_matrix(own: Mapping[str, Any], units: int, features: int) -> tuple[int, int, int]:
    macs = units * (features + units)
    return macs + units * (1 + own.get("learned", False)), macs, 4 * units


def _tree(own: Mapping[str, Any], units: int, features: int) -> tuple[int, int, int]:
    kernel = 2 * units * own["operators"] * units
    return own["values"] * units + kernel + own["operators"] * units, kernel + own["values"] * units, units * (3 * own["depth"] + 6)


CELLS: dict[str, Callable[[Mapping[str, Any], int, int], tuple[int, int, int]]] = {
    "LeakyCell": _one_matrix,
    "ClockworkCell": _one_matrix,
    "SkipCell": _skip,
    "TreeCell": _tree,
}
RULES: dict[str, Callable[[Mapping[str, Any], Size], Layer]] = {
    "Activation": _same,
    "LeakyReLU": _same,
    "ScaledTanh": _same,
    "Dropout": _same,
    "RandomFlip": _same,
    "RandomShift": _same,
    "GaussianNoise": _same,
    "Flatten": _flat,
    "Reshape": _reshape,
    "Dense": _dense,
    "Conv2D": _convolution,
    "MaxPooling2D": _pooling,
    "AveragePooling2D": _pooling,
    "GlobalAveragePooling2D": _global_pooling,
    "BatchNormalization": _normalisation,
    "SimpleRNN": _recurrent(1, 1),
    "LSTM": _recurrent(4, 1),
    "GRU": _recurrent(3, 2),
    "Bidirectional": _both_directions,
    "Embedding": _embedding,
    "CountedEmbedding": _embedding,
    "Halting": _dense,
    "RNN": _cell_over_steps,
    "Residual": _residual,
}
