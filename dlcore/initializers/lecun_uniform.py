"""LeCun's uniform initialisation (LeCun et al. 1998)."""

from __future__ import annotations

from dlcore.calls import Call
from dlcore.specs import Initializer

INITIALIZER = Initializer(
    name="lecun_uniform",
    title="LeCun, uniform",
    summary="Uniform in ±√(3 / inputs): keeps the variance of signals the same forward; made for tanh and SELU.",
    call=lambda scale, connections, seed: Call("initializers.LecunUniform", {"seed": seed}),
    order=5,
)
