"""A convolutional net against a dense one on digits that lie anywhere."""

from __future__ import annotations

from dlcore.claims._images import SHIFTED
from dlcore.claims._measures import POINTS, difference, last
from dlcore.specs import Claim

CLAIM = Claim(
    name="conv_shifted",
    title="Does a convolutional net read shifted digits better than a dense one with more weights?",
    summary="With 9,930 weights a convolutional net reads digits at random places more often right than a dense net with 17,098.",
    topic="dense",
    reference="LeCun et al. 1998",
    arms={"convolutional": (SHIFTED,), "dense": (SHIFTED.with_(model="mlp", **{"model.layers": (64,)}),)},
    measure=last("val_accuracy"),
    effect=difference("convolutional", "dense", 100),
    quantity="validation accuracy, convolutional minus dense",
    unit=POINTS,
    refuted="An accuracy that is the same or lower with the convolutional net.",
    order=200,
)
