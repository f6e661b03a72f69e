"""A net as stages for a drawing: what each puts out, holds and is called. Counted from the plan, without Keras."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

from dlcore import counts
from dlcore.calls import Call, layer_names

Kind = Literal["vector", "image", "sequence"]
# What changes no shape is told at the stage before it, under this name.
FOLDED = {
    "LeakyReLU": "leaky relu", "ScaledTanh": "scaled tanh", "BatchNormalization": "batch norm", "Activation": "", "Dropout": "",
    "RandomFlip": "flipped at random", "RandomShift": "shifted at random", "GaussianNoise": "noise added",
}  # fmt: skip
TITLES = {
    "Dense": "Dense", "Conv2D": "Convolution", "MaxPooling2D": "Max pool", "AveragePooling2D": "Average pool", "Flatten": "Flatten",
    "GlobalAveragePooling2D": "Global average", "Reshape": "Rows as steps", "SimpleRNN": "Simple RNN", "LSTM": "LSTM", "GRU": "GRU",
    "Embedding": "Embedding", "CountedEmbedding": "Embedding", "LeakyCell": "Leaky units", "SkipCell": "Skip connections",
    "ClockworkCell": "Clockwork", "TreeCell": "Tree", "Halting": "Halt or go on", "Residual": "Residual block",
}  # fmt: skip
MEANINGS = {
    "Dense": "each unit sees all values before it",
    "Conv2D": "each filter slides over the image and gives an image of where it finds what it looks for",
    "MaxPooling2D": "keeps the largest of each square of neighbouring pixels",
    "AveragePooling2D": "keeps the mean of each square of neighbouring pixels",
    "GlobalAveragePooling2D": "keeps each channel's mean",
    "Flatten": "puts all values in a row",
    "Reshape": "reads the image row by row, each row a step",
    "SimpleRNN": "reads step by step and remembers its last output",
    "LSTM": "reads step by step; gates decide what to remember and what to forget",
    "GRU": "reads step by step; two gates decide what to remember",
    "Embedding": "gives each token the vector that stands for it",
    "CountedEmbedding": "gives each token the vector that stands for it, and adds one for how many are still to come",
    "LeakyCell": "reads step by step; each unit keeps a share of its last value",
    "SkipCell": "reads step by step; each step also sees the units as they were some steps before",
    "ClockworkCell": "reads step by step; some units change in every step, others in every 2nd, 4th, 8th",
    "TreeCell": "joins two parts of an expression into one vector, from the leaves up to the root",
    "Residual": "convolutions that compute what is added to their own input",
    "Halting": "says whether to halt, and if not, what comes next",
}


@dataclass(frozen=True)
class Stage:
    """One column of the drawing.

    output: for one example. parameters: weights and biases, those of what is folded into it included. details: few words each.
    dense: its kernel joins each unit of the stage before with each of its own. recurrent: it reads step by step. layers: Keras's names.
    meaning: what it does, for somebody who has not met it.
    """

    title: str
    output: tuple[int, ...]
    parameters: int = 0
    details: tuple[str, ...] = ()
    dense: bool = False
    recurrent: bool = False
    layers: tuple[str, ...] = ()
    meaning: str = ""

    @property
    def kind(self) -> Kind:
        return "image" if len(self.output) == 3 else "sequence" if len(self.output) == 2 else "vector"

    @property
    def shape(self) -> str:
        """ "8×8×1", "50 steps × 2", "64 units"."""
        if self.kind == "sequence":
            return f"{self.output[0]:,} steps × {self.output[1]:,}"
        return "×".join(f"{size:,}" for size in self.output) if self.kind == "image" else _counted(math.prod(self.output))


def _counted(values: int) -> str:
    return f"{values:,} values" if values > 1 else "1 value"


def stages(plan: Iterable[Call], shape: tuple[int, ...]) -> tuple[Stage, ...]:
    """The input and the stages of a plan that reads input of this shape. `Invalid` when an image shrinks below one pixel."""
    calls = tuple(plan)
    found = [Stage("Input", shape)]
    for call, layer, name in zip(calls, counts.layers(calls, shape), layer_names(calls), strict=True):
        if call.kind in FOLDED or len(call.arguments.get("target_shape", ())) == 1:
            last, folded = found[-1], _folded(call)
            details, parameters = (*last.details, *([folded] if folded else [])), last.parameters + layer.parameters
            found[-1] = replace(last, details=details, parameters=parameters, layers=(*last.layers, name))
        else:
            found.append(_stage(call, layer, name))
    return tuple(found)


def _folded(call: Call) -> str:
    if call.kind == "Reshape":
        return ""
    if call.kind == "Activation":
        return str(call.arguments["activation"]).replace("_", " ")
    return f"dropout {call.arguments['rate']:g}" if call.kind == "Dropout" else FOLDED[call.kind]


def _stage(call: Call, layer: counts.Layer, name: str) -> Stage:
    inner = call.arguments["layer"] if call.kind == "Bidirectional" else call.arguments.get("cell", call)
    title = TITLES.get(inner.kind, inner.kind)
    details: list[str] = ["both directions"] if call.kind == "Bidirectional" else []
    if (side := inner.arguments.get("kernel_size")) is not None:
        details.append(f"{side}×{side} filters")
    if (side := inner.arguments.get("pool_size")) is not None:
        title = f"{title} {side}×{side}"
    activation = inner.arguments.get("activation")
    if isinstance(activation, str) and activation != "linear":
        details.append(activation.replace("_", " "))
    recurrent = call.kind in ("SimpleRNN", "LSTM", "GRU", "Bidirectional", "RNN")
    dense, meaning = inner.kind == "Dense", MEANINGS.get(inner.kind, "")
    return Stage(title, layer.output, layer.parameters, tuple(details), dense, recurrent, (name,), meaning)
