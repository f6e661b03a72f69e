"""How many epochs early stopping saves."""

from __future__ import annotations

from dlcore.claims._measures import epochs, quotient
from dlcore.claims._setups import SCARCE
from dlcore.specs import Claim

NET = SCARCE.with_(epochs=150)

CLAIM = Claim(
    name="early_stopping_saves",
    title="Does early stopping save half of the epochs?",
    summary="On few rows with wrong labels a patience of 10 ends training in less than half of the 150 epochs that were planned.",
    topic="early_stopping",
    reference="Prechelt 1998",
    arms={"all epochs": (NET,), "patience 10": (NET.with_(patience=10, restore_best=True),)},
    measure=epochs,
    effect=quotient("all epochs", "patience 10"),
    quantity="epochs trained, all divided by early stopping",
    unit="times",
    kind="ratio",
    region=(2.0, float("inf")),
    refuted="Half of the epochs or more.",
    order=80,
)
