"""Uniform weights within one limit, whatever the size of the layer."""

from __future__ import annotations

from dlcore.calls import Call
from dlcore.specs import Initializer


def call(scale: float, connections: int, seed: int) -> Call:
    limit = scale or 0.05
    return Call("initializers.RandomUniform", {"minval": -limit, "maxval": limit, "seed": seed})


INITIALIZER = Initializer(
    name="random_uniform",
    title="Uniform",
    summary="Uniform between −limit and +limit, the same limit for all layers.",
    call=call,
    scale_label="limit",
    scale_default=0.05,
    order=9,
)
