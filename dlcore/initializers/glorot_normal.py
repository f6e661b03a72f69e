"""Glorot's normal initialisation (Glorot & Bengio 2010)."""

from __future__ import annotations

from dlcore.calls import Call
from dlcore.specs import Initializer

INITIALIZER = Initializer(
    name="glorot_normal",
    title="Glorot, normal",
    summary="Normal with variance 2 / (inputs + outputs) (cut at 2σ): keeps the variance of signals the same forward and backward.",
    call=lambda scale, connections, seed: Call("initializers.GlorotNormal", {"seed": seed}),
    order=2,
)
