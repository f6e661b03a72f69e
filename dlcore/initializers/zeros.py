"""All weights at 0: no signal, no gradient, no learning below the last layer."""

from __future__ import annotations

from dlcore.calls import Call
from dlcore.specs import Initializer

INITIALIZER = Initializer(
    name="zeros",
    title="Zeros",
    summary="All weights start at 0: hidden layers get no gradient, and the net can only learn how frequent each class is.",
    call=lambda scale, connections, seed: Call("initializers.Zeros"),
    order=12,
)
