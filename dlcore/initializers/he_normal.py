"""He's normal initialisation (He et al. 2015)."""

from __future__ import annotations

from dlcore.calls import Call
from dlcore.specs import Initializer

INITIALIZER = Initializer(
    name="he_normal",
    title="He, normal",
    summary="Normal with variance 2 / inputs (cut at 2σ): made for ReLU, which lets half of the signal through.",
    call=lambda scale, connections, seed: Call("initializers.HeNormal", {"seed": seed}),
    order=4,
)
