"""Dead ReLU units after training at a small and at a large learning rate."""

from __future__ import annotations

from dlcore.claims._measures import POINTS, difference, inside
from dlcore.claims._setups import DIGITS
from dlcore.specs import Claim

NET = DIGITS.with_(layers=(64, 64), optimizer="sgd")

CLAIM = Claim(
    name="small_rate_dead_units",
    title="Does a small learning rate leave fewer dead ReLU units?",
    summary="Fewer ReLU units are left without a gradient at a learning rate of 0.05 than at 1.",
    topic="activations",
    reference="The course; compare Maas, Hannun & Ng 2013",
    arms={"rate 1": (NET.with_(learning_rate=1.0),), "rate 0.05": (NET.with_(learning_rate=0.05),)},
    looks="end",
    measure=inside("without_gradient"),
    effect=difference("rate 1", "rate 0.05", 100),
    quantity="hidden units without a gradient, rate 1 minus rate 0.05",
    unit=POINTS,
    refuted="As many dead units, or more, at the small rate.",
    order=14,
)
