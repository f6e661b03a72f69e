"""Training images that move a little each time they are shown."""

from __future__ import annotations

from dlcore.claims._images import SHIFTED
from dlcore.claims._measures import POINTS, difference, last
from dlcore.specs import Claim

# 200 images to train on, and enough epochs to learn them by heart.
FEW = SHIFTED.with_(examples=400, validation=0.5, epochs=60)
CLAIM = Claim(
    name="augmentation_few",
    title="Does augmentation help with few images?",
    summary="With 200 shifted digits to learn from, a net whose training images move by up to two pixels each time is more often right.",
    topic="train",
    reference="Simard, Steinkraus & Platt 2003",
    arms={"moved": (FEW.with_(**{"model.shift": 2}),), "as they are": (FEW,)},
    measure=last("val_accuracy"),
    effect=difference("moved", "as they are", 100),
    quantity="validation accuracy, with moved images minus without",
    unit=POINTS,
    refuted="An accuracy that is the same or lower with augmentation.",
    order=210,
)
