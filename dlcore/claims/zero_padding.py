"""Zeros around the image."""

from __future__ import annotations

from dlcore.claims._images import SHIFTED
from dlcore.claims._measures import POINTS, difference, last
from dlcore.specs import Claim

# Means of whole channels go to the last layer, so that both sides have the same number of weights.
MEANS = SHIFTED.with_(head="global")

CLAIM = Claim(
    name="zero_padding",
    title="Do zeros around the image help?",
    summary="With zeros around the image a net reads digits that may touch the border more often right than without.",
    topic="layers",
    reference="The course's notes",
    arms={"with zeros": (MEANS,), "without": (MEANS.with_(padding="valid"),)},
    measure=last("val_accuracy"),
    effect=difference("with zeros", "without", 100),
    quantity="validation accuracy, with zeros minus without",
    unit=POINTS,
    refuted="An accuracy that is the same or lower with zeros around the image.",
    order=206,
)
