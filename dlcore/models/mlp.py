"""Multilayer perceptron: dense layers, one after the other."""

from __future__ import annotations

from dlcore.calls import Call
from dlcore.fields import Field
from dlcore.models._parts import (
    ACTIVATION,
    BATCH_NORM,
    BIAS,
    DROPOUT,
    PENALTIES,
    SLOPE,
    START,
    at,
    check_lists,
    dropout,
    hidden,
    output,
)
from dlcore.specs import Head, Model, Settings, Shape

FIELDS = (
    Field(
        "layers",
        "int",
        (64,),
        "Hidden layers",
        "Units of each hidden layer, first to last; empty for none.",
        1,
        8192,
        many=True,
        unit="units",
    ),
    ACTIVATION,
    DROPOUT,
    Field(
        "input_dropout",
        "float",
        0.0,
        "Input dropout",
        "Share of inputs switched off at random in each training step.",
        0.0,
        0.95,
        0.05,
        live=True,
        advanced=True,
    ),
    *PENALTIES,
    BATCH_NORM,
    *START,
    BIAS,
    SLOPE,
)


def plan(settings: Settings, shape: Shape, head: Head, seed: int) -> tuple[Call, ...]:
    calls = [] if shape.kind == "vector" else [Call("layers.Flatten")]
    calls += dropout(at(settings["input_dropout"], 0), 0, seed, "input dropout")
    widths = settings["layers"]
    assert isinstance(widths, tuple)
    for layer, units in enumerate(widths):
        calls += hidden("layers.Dense", {"units": units}, settings, layer, seed)
        calls += dropout(at(settings["dropout"], layer), layer, seed)
    return (*calls, output(head, settings, len(widths), seed))


def check(settings: Settings, shape: Shape) -> None:
    check_lists(settings, "layers", FIELDS)


MODEL = Model(
    name="mlp",
    title="Multilayer perceptron",
    summary="Dense layers, one after the other: each unit sees all outputs of the layer before.",
    fields=FIELDS,
    accepts=("vector", "image", "sequence"),
    plan=plan,
    check=check,
    order=1,
)
