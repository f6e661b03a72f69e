"""An open forget gate and the gradient before training."""

from __future__ import annotations

import numpy as np

from dlcore.claims._measures import quotient
from dlcore.specs import Claim
from dlcore.theory import gates

STEPS, UNITS = 60, 16


def reaches(seed: int) -> dict[str, list[float]]:
    """The share of the gradient that is left 59 steps back, for two biases of the forget gate."""
    draw = np.random.default_rng(seed)
    x, top = draw.standard_normal((STEPS, 1)), draw.standard_normal(UNITS)
    return {f"bias {bias}": [float(gates.reach(gates.drawn("lstm", 1, UNITS, keep_bias=bias, seed=seed), x, top)[-1])] for bias in (1, 4)}


CLAIM = Claim(
    name="open_gate_reach",
    title="Does an open forget gate carry the gradient further?",
    summary="Before training, an LSTM with a forget bias of 4 brings over a hundred times as much of the gradient 60 steps "
    "back as one with a bias of 1.",
    topic="gates",
    reference="Gers, Schmidhuber & Cummins 2000",
    compute=reaches,
    effect=quotient("bias 4", "bias 1"),
    quantity="gradient left 60 steps back, bias 4 divided by bias 1",
    unit="times",
    kind="ratio",
    region=(100.0, float("inf")),
    refuted="A ratio below a hundred.",
    order=353,
)
