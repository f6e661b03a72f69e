"""Strides in place of pooling."""

from __future__ import annotations

from dlcore.claims._images import SHIFTED
from dlcore.claims._measures import POINTS, difference, last
from dlcore.specs import Claim

CLAIM = Claim(
    name="strides_pooling",
    title="Are strides as good as max pooling?",
    summary="A net whose filters move on by two pixels, without pooling, ends at most one percentage point behind one with max pooling.",
    topic="pooling",
    reference="Springenberg et al. 2015",
    arms={"strides": (SHIFTED.with_(**{"model.stride": 2, "model.pooling": "none"}),), "max pooling": (SHIFTED,)},
    measure=last("val_accuracy"),
    effect=difference("strides", "max pooling", 100),
    quantity="validation accuracy, strides minus max pooling",
    unit=POINTS,
    region=(-1.0, float("inf")),
    refuted="An accuracy that is lower by one percentage point or more with strides.",
    order=202,
)
