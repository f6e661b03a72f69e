"""Dropout and how long it takes."""

from __future__ import annotations

from dlcore.claims._measures import epochs_to, quotient
from dlcore.claims._setups import DIGITS
from dlcore.specs import Claim

NET = DIGITS.with_(epochs=40)

CLAIM = Claim(
    name="dropout_slower",
    title="Does dropout make training take longer?",
    summary="With a dropout of a half a net needs more epochs to be right on nine validation rows out of ten.",
    topic="dropout",
    reference="Srivastava et al. 2014, section 9",
    arms={"dropout ½": (NET.with_(dropout=0.5),), "none": (NET,)},
    measure=epochs_to("val_accuracy", 0.9, rises=True),
    effect=quotient("dropout ½", "none"),
    quantity="epochs to a validation accuracy of 0.9, with dropout divided by without",
    unit="times",
    kind="ratio",
    region=(1.0, float("inf")),
    refuted="As many epochs, or fewer, with dropout.",
    order=71,
)
