"""Weights that all begin equal."""

from __future__ import annotations

from dlcore.claims._measures import alone, inside
from dlcore.claims._setups import DIGITS
from dlcore.specs import Claim

NET = DIGITS.with_(layers=(64, 64))

CLAIM = Claim(
    name="constant_weights",
    title="Do equal weights make equal units for ever?",
    summary="A layer whose weights all begin with the same value is one unit, sixty-four times over, after training too.",
    topic="weights",
    reference="Goodfellow, Bengio & Courville 2016, section 8.4",
    arms={"all 0.05": (NET.with_(initializer="constant", initializer_scale=0.05),), "Glorot": (NET,)},
    looks="end",
    measure=inside("distinct_units"),
    effect=alone("all 0.05"),
    quantity="different units in a hidden layer of 64 after training",
    unit="units",
    region=(0.0, 1.5),
    refuted="Two different units or more.",
    seeds=6,  # every seed may well give the same number, of which fewer say nothing
    order=50,
)
