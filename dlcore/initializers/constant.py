"""The same value for every weight: all units of a layer stay copies of each other."""

from __future__ import annotations

from dlcore.calls import Call
from dlcore.specs import Initializer


def call(scale: float, connections: int, seed: int) -> Call:
    return Call("initializers.Constant", {"value": scale or 0.1})


INITIALIZER = Initializer(
    name="constant",
    title="Constant",
    summary="One value for every weight. All units of a layer start equal, learn the same and stay equal: a layer of one unit.",
    call=call,
    scale_label="value",
    scale_default=0.1,
    order=11,
)
