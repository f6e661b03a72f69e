"""Convolutions that shrink, in place of pooling."""

from __future__ import annotations

from dlcore.claims._images import SHIFTED
from dlcore.claims._measures import POINTS, difference, last
from dlcore.specs import Claim

# Each pooling becomes one more convolution of as many filters, which moves on by two pixels.
SHRINKING = SHIFTED.with_(**{"model.filters": (16, 16, 32, 32), "model.stride": (1, 2, 1, 2), "model.pooling": "none"})
CLAIM = Claim(
    name="all_convolutional",
    title="Can convolutions replace pooling?",
    summary="A net in which convolutions with a stride of 2 take the place of max pooling ends at most one percentage point behind.",
    topic="pooling",
    reference="Springenberg et al. 2015",
    arms={"all-convolutional": (SHRINKING,), "max pooling": (SHIFTED,)},
    measure=last("val_accuracy"),
    effect=difference("all-convolutional", "max pooling", 100),
    quantity="validation accuracy, all-convolutional minus max pooling",
    unit=POINTS,
    region=(-1.0, float("inf")),
    refuted="An accuracy that is lower by one percentage point or more without pooling.",
    order=209,
)
