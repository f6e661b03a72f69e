"""He's uniform initialisation (He et al. 2015)."""

from __future__ import annotations

from dlcore.calls import Call
from dlcore.specs import Initializer

INITIALIZER = Initializer(
    name="he_uniform",
    title="He, uniform",
    summary="Uniform in ±√(6 / inputs): made for ReLU, which lets half of the signal through.",
    call=lambda scale, connections, seed: Call("initializers.HeUniform", {"seed": seed}),
    order=3,
)
