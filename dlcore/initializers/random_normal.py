"""Normal weights of one standard deviation, whatever the size of the layer."""

from __future__ import annotations

from dlcore.calls import Call
from dlcore.specs import Initializer


def call(scale: float, connections: int, seed: int) -> Call:
    return Call("initializers.RandomNormal", {"mean": 0.0, "stddev": scale or 0.05, "seed": seed})


INITIALIZER = Initializer(
    name="random_normal",
    title="Normal",
    summary="Normal with one standard deviation for all layers: too small and signals fade with depth, too large and they explode.",
    call=call,
    scale_label="standard deviation",
    scale_default=0.05,
    order=8,
)
