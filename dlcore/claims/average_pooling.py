"""The largest against the mean of neighbouring pixels."""

from __future__ import annotations

from dlcore.claims._images import SHIFTED
from dlcore.claims._measures import POINTS, difference, last
from dlcore.specs import Claim

CLAIM = Claim(
    name="average_pooling",
    title="Is max pooling better than average pooling?",
    summary="A net that keeps the largest of four neighbours reads shifted digits more often right than one that keeps their mean.",
    topic="pooling",
    reference="Scherer, Müller & Behnke 2010",
    arms={"max": (SHIFTED,), "average": (SHIFTED.with_(pooling="average"),)},
    measure=last("val_accuracy"),
    effect=difference("max", "average", 100),
    quantity="validation accuracy, max minus average pooling",
    unit=POINTS,
    refuted="An accuracy that is the same or lower with max pooling.",
    order=203,
)
