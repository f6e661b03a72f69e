"""Adadelta at Keras's default learning rate and at that of its paper."""

from __future__ import annotations

from dlcore.claims._measures import POINTS, difference, last
from dlcore.claims._setups import DIGITS
from dlcore.specs import Claim

NET = DIGITS.with_(optimizer="adadelta")

CLAIM = Claim(
    name="adadelta_default",
    title="Does Keras's default rate make Adadelta look bad?",
    summary="At the default learning rate of 0.001 Adadelta ends at least 20 percentage points below the rate of 1 that its paper uses.",
    topic="optimizers",
    reference="Zeiler 2012; the defaults of Keras 3",
    arms={"rate 1": (NET.with_(learning_rate=1.0),), "rate 0.001": (NET.with_(learning_rate=0.001),)},
    measure=last("val_accuracy"),
    effect=difference("rate 1", "rate 0.001", 100),
    quantity="validation accuracy, rate 1 minus rate 0.001",
    unit=POINTS,
    region=(20.0, float("inf")),
    refuted="A difference of 20 percentage points or less.",
    order=26,
)
