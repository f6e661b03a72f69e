"""A learning rate that is too large."""

from __future__ import annotations

import math

from dlcore.claims._measures import alone, worse_than
from dlcore.claims._setups import DIGITS
from dlcore.specs import Claim

CLAIM = Claim(
    name="large_rate_diverges",
    title="Does a large learning rate diverge?",
    summary="At a learning rate of 10 gradient descent ends worse than it began, more often than not.",
    topic="learning_rate",
    reference="The course; compare Goodfellow, Bengio & Courville 2016, section 11.4.1",
    arms={"rate 10": (DIGITS.with_(optimizer="sgd", learning_rate=10.0),), "rate 0.1": (DIGITS.with_(optimizer="sgd", learning_rate=0.1),)},
    # Guessing among ten classes costs ln 10.
    measure=worse_than(math.log(10)),
    effect=alone("rate 10"),
    quantity="share of seeds that end with a training loss above that of guessing",
    kind="share",
    region=(0.5, 1.01),
    refuted="Half of the seeds, or fewer, that end worse than guessing.",
    seeds=8,
    order=31,
)
