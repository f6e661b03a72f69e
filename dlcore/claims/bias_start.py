"""Biases that begin at 0.1 instead of 0."""

from __future__ import annotations

from dlcore.claims._measures import POINTS, difference, first
from dlcore.claims._setups import DIGITS
from dlcore.specs import Claim

NET = DIGITS.with_(layers=(64, 64), epochs=1)

CLAIM = Claim(
    name="bias_start",
    title="Do biases of 0.1 help a ReLU net to start?",
    summary="After the first epoch a net whose biases began at 0.1 is right more often than one whose biases began at 0.",
    topic="biases",
    reference="Goodfellow, Bengio & Courville 2016, section 8.4",
    arms={"bias 0.1": (NET.with_(bias=0.1),), "bias 0": (NET,)},
    measure=first("val_accuracy"),
    effect=difference("bias 0.1", "bias 0", 100),
    quantity="validation accuracy after one epoch, bias 0.1 minus bias 0",
    unit=POINTS,
    refuted="An accuracy that is the same or lower with biases of 0.1.",
    seeds=10,
    order=40,
)
