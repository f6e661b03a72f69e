"""Dropout on few rows with wrong labels."""

from __future__ import annotations

from dlcore.claims._measures import POINTS, difference, last
from dlcore.claims._setups import SCARCE
from dlcore.specs import Claim

CLAIM = Claim(
    name="dropout_noise",
    title="Does dropout help on few rows with wrong labels?",
    summary="On 200 rows, a fifth with wrong labels, a dropout of a half ends with a higher accuracy than none.",
    topic="dropout",
    reference="Srivastava et al. 2014",
    arms={"dropout ½": (SCARCE.with_(dropout=0.5),), "none": (SCARCE,)},
    measure=last("val_accuracy"),
    effect=difference("dropout ½", "none", 100),
    quantity="validation accuracy, with dropout minus without",
    unit=POINTS,
    refuted="An accuracy that is the same or lower with dropout.",
    order=70,
)
