"""Recurrent network: simple, LSTM (Hochreiter & Schmidhuber 1997) or GRU (Cho et al. 2014) layers over the steps of a sequence.

An image is read row by row: each row is a step. The last layer's last output goes to the output layer.
"""

from __future__ import annotations

from typing import Any

from dlcore.calls import Call
from dlcore.errors import Invalid
from dlcore.fields import Field
from dlcore.models._parts import DROPOUT, START, at, check_lists, dropout, initializer, output, per_layer_names, seed_of
from dlcore.specs import Head, Model, Settings, Shape

CELLS = {"simple": "layers.SimpleRNN", "lstm": "layers.LSTM", "gru": "layers.GRU"}
FIELDS = (
    Field("cell", "choice", "lstm", "Cell", "What carries the memory from step to step.", choices=tuple(CELLS)),
    Field("units", "int", (64,), "Layers", "Units of each recurrent layer, first to last.", 1, 4096, many=True, unit="units"),
    DROPOUT,
    Field("bidirectional", "bool", False, "Both directions", "A second set of units reads the sequence backwards.", per_layer=True),
    Field(
        "activation", "choice", "tanh", "Activation", "The function of the cell. A GPU's fast LSTM and GRU need tanh.",
        choices=("tanh", "relu", "sigmoid", "softplus", "elu", "selu", "linear"), per_layer=True, advanced=True,
    ),
    *START,
)  # fmt: skip


def plan(settings: Settings, shape: Shape, head: Head, seed: int) -> tuple[Call, ...]:
    calls: list[Call] = []
    if shape.kind == "image":
        height, width, channels = shape.input
        calls.append(Call("layers.Reshape", {"target_shape": (height, width * channels)}))
    units = settings["units"]
    assert isinstance(units, tuple)
    for layer in range(len(units)):
        calls.append(recurrent(settings, layer, last=layer == len(units) - 1, seed=seed))
        calls += dropout(at(settings["dropout"], layer), layer, seed)
    return (*calls, output(head, settings, len(units), seed))


def recurrent(settings: Settings, layer: int, last: bool, seed: int) -> Call:
    """One recurrent layer, or a pair of them. Each direction has seeds of its own: Keras would start both from the same weights."""
    forward = cell(settings, layer, last, seed, "")
    if not at(settings["bidirectional"], layer):
        return forward
    backward = cell(settings, layer, last, seed, "backward ")
    backward = Call(backward.path, {**backward.arguments, "go_backwards": True})
    return Call("layers.Bidirectional", {"layer": forward, "backward_layer": backward})


def cell(settings: Settings, layer: int, last: bool, seed: int, direction: str) -> Call:
    arguments: dict[str, Any] = {"units": at(settings["units"], layer), "activation": at(settings["activation"], layer)}
    if not last:
        arguments["return_sequences"] = True
    arguments["kernel_initializer"] = initializer(settings, layer, seed, direction + "kernel")
    arguments["recurrent_initializer"] = Call("initializers.Orthogonal", {"seed": seed_of(seed, layer, direction + "recurrent")})
    return Call(CELLS[str(settings["cell"])], arguments)


def check(settings: Settings, shape: Shape) -> None:
    if not settings["units"]:
        raise Invalid("units = [] is not allowed: a recurrent network needs at least one layer.", "Give the units of each, e.g. 64,32.")
    check_lists(settings, "units", per_layer_names(FIELDS))


MODEL = Model(
    name="rnn",
    title="Recurrent network",
    summary="Reads a sequence step by step and keeps a memory of it; an image is read row by row.",
    fields=FIELDS,
    accepts=("sequence", "image"),
    plan=plan,
    check=check,
    split=True,
    order=3,
)
