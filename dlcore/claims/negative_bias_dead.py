"""Biases of −1 before training."""

from __future__ import annotations

from dlcore.claims._measures import POINTS, difference, inside
from dlcore.claims._setups import DIGITS
from dlcore.specs import Claim

NET = DIGITS.with_(layers=(64, 64))

CLAIM = Claim(
    name="negative_bias_dead",
    title="Do biases of −1 kill ReLU units before they learn?",
    summary="With biases of −1 more than half of the units begin without a gradient, over and above those at a bias of 0.",
    topic="biases",
    reference="The course; compare Lu et al. 2020",
    arms={"bias −1": (NET.with_(bias=-1.0),), "bias 0": (NET,)},
    looks="start",
    measure=inside("without_gradient"),
    effect=difference("bias −1", "bias 0", 100),
    quantity="hidden units without a gradient before training, bias −1 minus bias 0",
    unit=POINTS,
    region=(50.0, float("inf")),
    refuted="A difference of 50 percentage points or less.",
    order=41,
)
