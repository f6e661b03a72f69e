"""A hidden layer on data that no straight line separates."""

from __future__ import annotations

from dlcore.claims._measures import POINTS, difference, last
from dlcore.claims._setups import DIGITS
from dlcore.specs import Claim

MOONS = DIGITS.with_(dataset="moons", noise=0.2, learning_rate=0.01, epochs=40)

CLAIM = Claim(
    name="hidden_layer",
    title="Does a hidden layer help on two moons?",
    summary="One hidden layer of 16 units separates the moons better than none.",
    topic="ann_diagram",
    reference="Cybenko 1989; Hornik, Stinchcombe & White 1989",
    arms={"16 hidden units": (MOONS.with_(layers=(16,)),), "none": (MOONS.with_(layers=()),)},
    measure=last("val_accuracy"),
    effect=difference("16 hidden units", "none", 100),
    quantity="validation accuracy with a hidden layer minus without",
    unit=POINTS,
    refuted="An accuracy that is the same or lower with the hidden layer.",
    order=4,
)
