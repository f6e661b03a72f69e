"""Sparse initialisation (Martens 2010, "Deep learning via Hessian-free optimization", section 5).

The paper draws 15 weights per unit from a normal distribution of deviation 1. In a deep ReLU net that explodes, so a scale of 0 means
√(2 / connections) here, with which a ReLU layer keeps the size of its signal, as He's does.
"""

from __future__ import annotations

from dlcore.calls import Call
from dlcore.specs import Initializer


def call(scale: float, connections: int, seed: int) -> Call:
    arguments = {"connections": connections, "scale": scale or (2 / connections) ** 0.5, "seed": seed}
    return Call("dlcore.initializers._martens_sparse:MartensSparse", arguments)


INITIALIZER = Initializer(
    name="martens_sparse",
    title="Sparse (Martens)",
    summary="Each unit listens to a few inputs only, drawn at random, with normal weights; all its other weights start at 0.",
    call=call,
    scale_label="standard deviation",
    scale_default=(2 / 15) ** 0.5,
    order=10,
)
