"""What early stopping costs or gains in accuracy."""

from __future__ import annotations

from dlcore.claims._measures import POINTS, difference, kept
from dlcore.claims._setups import SCARCE
from dlcore.specs import Claim

NET = SCARCE.with_(epochs=150)

CLAIM = Claim(
    name="early_stopping_as_good",
    title="Is a net that stopped early as good as one trained to the end?",
    summary="The weights that a patience of 10 keeps are no more than one percentage point below those after all 150 epochs.",
    topic="early_stopping",
    reference="Prechelt 1998",
    arms={"patience 10": (NET.with_(patience=10, restore_best=True),), "all epochs": (NET,)},
    measure=kept("val_accuracy"),
    effect=difference("patience 10", "all epochs", 100),
    quantity="validation accuracy of the weights that are kept, early stopping minus all epochs",
    unit=POINTS,
    region=(-1.0, float("inf")),
    refuted="A percentage point or more below the full training.",
    order=81,
)
