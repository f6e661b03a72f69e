"""The L1 penalty and weights of zero."""

from __future__ import annotations

from dlcore.claims._measures import POINTS, difference, inside
from dlcore.claims._setups import DIGITS
from dlcore.specs import Claim

NET = DIGITS.with_(epochs=40)

CLAIM = Claim(
    name="l1_sparsity",
    title="Does the L1 penalty drive most weights to zero?",
    summary="An L1 penalty of 0.001 puts more than half of all weights below 0.001 that would not be there without it.",
    topic="weight_decay",
    reference="Tibshirani 1996",
    arms={"L1 0.001": (NET.with_(l1=0.001),), "none": (NET,)},
    looks="end",
    measure=inside("near_zero"),
    effect=difference("L1 0.001", "none", 100),
    quantity="weights below 0.001 in size, with the penalty minus without",
    unit=POINTS,
    region=(50.0, float("inf")),
    refuted="A difference of 50 percentage points or less.",
    order=60,
)
