"""A net without a hidden layer on exclusive or."""

from __future__ import annotations

from dlcore.claims._measures import PERCENT, alone, best
from dlcore.claims._setups import DIGITS
from dlcore.specs import Claim

XOR = DIGITS.with_(dataset="xor", noise=0.0, learning_rate=0.01, epochs=30)

CLAIM = Claim(
    name="perceptron_xor",
    title="Does one unit fail on exclusive or?",
    summary="A net without a hidden layer never gets three quarters of the exclusive-or points right.",
    topic="perceptron",
    reference="Minsky & Papert 1969",
    arms={"no hidden layer": (XOR.with_(layers=()),), "8 hidden units": (XOR.with_(layers=(8,)),)},
    measure=best("val_accuracy"),
    effect=alone("no hidden layer", 100),
    quantity="best validation accuracy without a hidden layer",
    unit=PERCENT,
    region=(float("-inf"), 75.0),
    refuted="An accuracy of 75 % or more without a hidden layer.",
    order=3,
)
