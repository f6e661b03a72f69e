"""Units without any gradient after training at a very large learning rate."""

from __future__ import annotations

from dlcore.claims._measures import PERCENT, alone, inside
from dlcore.claims._setups import DIGITS
from dlcore.specs import Claim

NET = DIGITS.with_(layers=(64, 64), optimizer="sgd", learning_rate=1.0)

CLAIM = Claim(
    name="leaky_relu_alive",
    title="Does leaky ReLU leave no unit dead?",
    summary="Where a large learning rate kills ReLU units, units with leaky ReLU all keep a gradient.",
    topic="activations",
    reference="Maas, Hannun & Ng 2013",
    arms={"leaky ReLU": (NET.with_(activation="leaky_relu"),), "ReLU": (NET,)},
    looks="end",
    measure=inside("without_gradient"),
    effect=alone("leaky ReLU", 100),
    quantity="hidden units without a gradient, leaky ReLU",
    unit=PERCENT,
    region=(float("-inf"), 1.0),
    refuted="One unit in a hundred, or more, without a gradient.",
    seeds=6,  # every seed may well give the same number, of which fewer say nothing
    order=13,
)
