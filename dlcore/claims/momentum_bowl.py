"""Momentum against plain gradient descent on an ill-conditioned bowl."""

from __future__ import annotations

from dlcore.claims._bowl import values
from dlcore.claims._measures import quotient
from dlcore.specs import Claim

CLAIM = Claim(
    name="momentum_bowl",
    title="Does momentum beat plain gradient descent on an ill-conditioned bowl?",
    summary="Where one direction is a thousand times steeper than the other, momentum needs fewer steps, both at their best settings.",
    topic="optimizers",
    reference="Polyak 1964; Sutskever et al. 2013",
    compute=lambda seed: values(seed, (1000.0,)),
    effect=quotient("gradient descent", "momentum"),
    quantity="steps to the bottom, gradient descent divided by momentum, condition number 1,000",
    unit="times",
    kind="ratio",
    region=(1.0, float("inf")),
    refuted="Momentum needing as many steps or more.",
    order=20,
)
