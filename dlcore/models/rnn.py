"""Recurrent network: simple, LSTM (Hochreiter & Schmidhuber 1997) or GRU (Cho et al. 2014) layers over the steps of a sequence.

An image is read row by row: each row is a step. Tokens get a vector each, which is learned. The last layer's last output goes to the output
layer, or each of its outputs where the data have a target for each step.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dlcore.calls import Call
from dlcore.fields import Field
from dlcore.models import _recurrent
from dlcore.models._parts import DROPOUT, START, at
from dlcore.specs import Head, Model, Settings, Shape

CELLS = {"simple": "layers.SimpleRNN", "lstm": "layers.LSTM", "gru": "layers.GRU"}
KERAS_FORGET_BIAS = 1.0  # what Keras's LSTM starts with
FIELDS = (
    Field("cell", "choice", "lstm", "Cell", "What carries the memory from step to step.", choices=tuple(CELLS)),
    _recurrent.UNITS,
    DROPOUT,
    Field("bidirectional", "bool", False, "Both directions", "A second set of units reads the sequence backwards.", per_layer=True),
    Field(
        "activation", "choice", "tanh", "Activation", "The function of the cell. A GPU's fast LSTM and GRU need tanh.",
        choices=("tanh", "relu", "sigmoid", "softplus", "elu", "selu", "linear"), per_layer=True, advanced=True,
    ),
    Field(
        "forget_bias", "float", KERAS_FORGET_BIAS, "Forget bias", "What an LSTM's forget gates begin with: above 0, by remembering.",
        -10.0, 10.0, 0.5, per_layer=True, advanced=True,
    ),
    _recurrent.EMBEDDING,
    _recurrent.UNROLL,
    *START,
)  # fmt: skip


def plan(settings: Settings, shape: Shape, head: Head, seed: int) -> tuple[Call, ...]:
    return _recurrent.plan(settings, shape, head, seed, lambda layer, how: recurrent(settings, layer, how, seed))


def recurrent(settings: Settings, layer: int, how: Mapping[str, Any], seed: int) -> Call:
    """One recurrent layer, or a pair of them. Each direction has seeds of its own: Keras would start both from the same weights."""
    forward = cell(settings, layer, how, seed, "")
    if not at(settings["bidirectional"], layer):
        return forward
    backward = cell(settings, layer, how, seed, "backward ")
    backward = Call(backward.path, {**backward.arguments, "go_backwards": True})
    return Call("layers.Bidirectional", {"layer": forward, "backward_layer": backward})


def cell(settings: Settings, layer: int, how: Mapping[str, Any], seed: int, direction: str) -> Call:
    arguments: dict[str, Any] = {"units": at(settings["units"], layer), "activation": at(settings["activation"], layer), **how}
    arguments |= _recurrent.starts(settings, layer, seed, direction)
    bias = at(settings["forget_bias"], layer)
    if settings["cell"] == "lstm" and bias != KERAS_FORGET_BIAS:
        start = Call("dlcore.initializers._forget_bias:ForgetBias", {"value": bias})
        arguments |= {"unit_forget_bias": False, "bias_initializer": start}
    return Call(CELLS[str(settings["cell"])], arguments)


def check(settings: Settings, shape: Shape) -> None:
    _recurrent.check(settings, shape, FIELDS)


MODEL = Model(
    name="rnn",
    title="Recurrent network",
    summary="Reads a sequence step by step and keeps a memory of it; an image is read row by row.",
    fields=FIELDS,
    accepts=("sequence", "image"),
    plan=plan,
    check=check,
    fits=_recurrent.fits,
    needs=_recurrent.NEEDS,
    split=True,
    order=3,
)
