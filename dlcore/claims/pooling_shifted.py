"""Pooling where things lie anywhere."""

from __future__ import annotations

from dlcore.claims._images import SHIFTED
from dlcore.claims._measures import POINTS, difference, last
from dlcore.specs import Claim

CLAIM = Claim(
    name="pooling_shifted",
    title="Does pooling help where things may lie anywhere?",
    summary="With max pooling a net reads shifted digits more often right than the same filters without it, although it has fewer weights.",
    topic="pooling",
    reference="LeCun et al. 1998",
    arms={"max pooling": (SHIFTED,), "none": (SHIFTED.with_(pooling="none"),)},
    measure=last("val_accuracy"),
    effect=difference("max pooling", "none", 100),
    quantity="validation accuracy, with pooling minus without",
    unit=POINTS,
    refuted="An accuracy that is the same or lower with pooling.",
    order=204,
)
