"""Multilayer perceptron: dense layers, one after the other."""

from __future__ import annotations

from dlcore.calls import Call
from dlcore.models._parts import LAYER_FIELDS, dense_stack, check_lists
from dlcore.fields import Field
from dlcore.specs import Head, Model, Settings, Shape


def plan(settings: Settings, shape: Shape, head: Head, seed: int) -> tuple[Call, ...]:
    flatten = () if shape.kind == "vector" else (Call("layers.Flatten"),)
    return flatten + dense_stack(settings, head, seed)


MODEL = Model(
    name="mlp",
    title="Multilayer perceptron",
    summary="Dense layers, one after the other: each unit sees all outputs of the layer before.",
    fields=(
        Field("layers", "int", (64,), "Hidden layers", "Units of each hidden layer, first to last; empty for none.", 1, 8192, many=True, unit="units"),
        *LAYER_FIELDS,
    ),
    accepts=("vector", "image", "sequence"),
    plan=plan,
    check=check_lists("layers"),
    order=1,
)
