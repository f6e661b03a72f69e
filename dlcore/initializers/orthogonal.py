"""Orthogonal initialisation (Saxe, McClelland & Ganguli 2014)."""

from __future__ import annotations

from dlcore.calls import Call
from dlcore.specs import Initializer


def call(scale: float, connections: int, seed: int) -> Call:
    return Call("initializers.Orthogonal", {"gain": scale or 1.0, "seed": seed})


INITIALIZER = Initializer(
    name="orthogonal",
    title="Orthogonal",
    summary="A random rotation times a gain: signals keep their length however deep the net. For ReLU, a gain of √2.",
    call=call,
    scale_label="gain",
    scale_default=1.0,
    order=7,
)
