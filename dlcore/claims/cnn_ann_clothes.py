"""Equal numbers of weights, clothes."""

from __future__ import annotations

from dlcore.claims._images import CLOTHES
from dlcore.claims._measures import POINTS, difference, last
from dlcore.specs import Claim

CLAIM = Claim(
    name="cnn_ann_clothes",
    title="At equal numbers of weights, does a CNN beat a dense net on Fashion-MNIST?",
    summary="Trained on 4,200 images with about 20,500 weights on both sides, the convolutional net is more often right.",
    topic="cnn_ann",
    reference="Xiao, Rasul & Vollgraf 2017",
    arms={"CNN": (CLOTHES,), "ANN": (CLOTHES.with_(model="mlp", **{"model.layers": (26,)}),)},
    measure=last("val_accuracy"),
    effect=difference("CNN", "ANN", 100),
    quantity="validation accuracy, CNN minus ANN",
    unit=POINTS,
    refuted="An accuracy that is the same or lower with the CNN.",
    order=208,
)
