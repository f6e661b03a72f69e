"""Glorot's uniform initialisation (Glorot & Bengio 2010)."""

from __future__ import annotations

from dlcore.calls import Call
from dlcore.specs import Initializer

INITIALIZER = Initializer(
    name="glorot_uniform",
    title="Glorot, uniform",
    summary="Uniform in ±√(6 / (inputs + outputs)): keeps the variance of signals the same forward and backward.",
    call=lambda scale, connections, seed: Call("initializers.GlorotUniform", {"seed": seed}),
    order=1,
)
