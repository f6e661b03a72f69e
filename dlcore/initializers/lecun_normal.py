"""LeCun's normal initialisation (LeCun et al. 1998; Klambauer et al. 2017 for SELU)."""

from __future__ import annotations

from dlcore.calls import Call
from dlcore.specs import Initializer

INITIALIZER = Initializer(
    name="lecun_normal",
    title="LeCun, normal",
    summary="Normal with variance 1 / inputs (cut at 2σ): keeps the variance of signals the same forward; made for tanh and SELU.",
    call=lambda scale, connections, seed: Call("initializers.LecunNormal", {"seed": seed}),
    order=6,
)
