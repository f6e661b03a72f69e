"""Equal numbers of weights, digits."""

from __future__ import annotations

from dlcore.claims._images import CONV
from dlcore.claims._measures import POINTS, difference, last
from dlcore.specs import Claim

CLAIM = Claim(
    name="cnn_ann_digits",
    title="At equal numbers of weights, does a CNN beat a dense net on digits?",
    summary="With about 6,090 weights on both sides, the convolutional net reads digits more often right.",
    topic="cnn_ann",
    reference="LeCun et al. 1998",
    arms={"CNN": (CONV,), "ANN": (CONV.with_(model="mlp", **{"model.layers": (81,)}),)},
    measure=last("val_accuracy"),
    effect=difference("CNN", "ANN", 100),
    quantity="validation accuracy, CNN minus ANN",
    unit=POINTS,
    refuted="An accuracy that is the same or lower with the CNN.",
    order=207,
)
