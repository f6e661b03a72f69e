"""A patience of one epoch."""

from __future__ import annotations

from dlcore.claims._measures import POINTS, difference, kept
from dlcore.claims._setups import SCARCE
from dlcore.specs import Claim

NET = SCARCE.with_(epochs=150, restore_best=True, batch_size=16)

CLAIM = Claim(
    name="impatience",
    title="Does a patience of one epoch stop too soon?",
    summary="Stopping at the first epoch without improvement leaves a lower accuracy than waiting for ten.",
    topic="early_stopping",
    reference="Prechelt 1998",
    arms={"patience 10": (NET.with_(patience=10),), "patience 1": (NET.with_(patience=1),)},
    measure=kept("val_accuracy"),
    effect=difference("patience 10", "patience 1", 100),
    quantity="validation accuracy of the weights that are kept, patience 10 minus patience 1",
    unit=POINTS,
    refuted="An accuracy that is the same or higher with a patience of one.",
    order=82,
)
