"""A learning rate that is too small."""

from __future__ import annotations

from dlcore.claims._measures import epochs_to, quotient
from dlcore.claims._setups import DIGITS
from dlcore.specs import Claim

NET = DIGITS.with_(optimizer="sgd", epochs=100)

CLAIM = Claim(
    name="small_rate_slow",
    title="Is a small learning rate slow?",
    summary="At a learning rate of 0.001 gradient descent needs more than ten times as many epochs as at 0.1.",
    topic="learning_rate",
    reference="The course; compare LeCun, Bottou, Orr & Müller 1998",
    arms={"rate 0.001": (NET.with_(learning_rate=0.001),), "rate 0.1": (NET.with_(learning_rate=0.1),)},
    measure=epochs_to("loss", 0.5),
    effect=quotient("rate 0.001", "rate 0.1"),
    quantity="epochs to a training loss of 0.5, rate 0.001 divided by rate 0.1",
    unit="times",
    kind="ratio",
    region=(10.0, float("inf")),
    refuted="Ten times as many epochs or fewer.",
    order=30,
)
