"""Three hidden layers against one."""

from __future__ import annotations

from dlcore.claims._measures import POINTS, difference, last
from dlcore.claims._setups import DIGITS
from dlcore.specs import Claim

CLAIM = Claim(
    name="deeper_nets",
    title="Do more hidden layers read digits better?",
    summary="A net with three hidden layers of 64 units is right more often than one with a single one.",
    topic="mlp",
    reference="The course; compare Ba & Caruana 2014",
    arms={"three layers": (DIGITS.with_(layers=(64, 64, 64)),), "one layer": (DIGITS.with_(layers=(64,)),)},
    measure=last("val_accuracy"),
    effect=difference("three layers", "one layer", 100),
    quantity="validation accuracy with three hidden layers minus with one",
    unit=POINTS,
    refuted="An accuracy that is the same or lower with three layers.",
    order=5,
)
