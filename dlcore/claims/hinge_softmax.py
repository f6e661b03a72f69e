"""The support vector machine's loss in the last layer."""

from __future__ import annotations

from dlcore.claims._images import CONV
from dlcore.claims._measures import POINTS, difference, last
from dlcore.specs import Claim

CLAIM = Claim(
    name="hinge_softmax",
    title="Is the hinge loss as good as softmax in the last layer?",
    summary="The same net ends at most one percentage point behind softmax when its last layer is trained with the multi-class hinge loss.",
    topic="last_layer",
    reference="Tang 2013",
    arms={"hinge": (CONV.with_(loss="hinge"),), "softmax": (CONV,)},
    measure=last("val_accuracy"),
    effect=difference("hinge", "softmax", 100),
    quantity="validation accuracy, hinge minus softmax",
    unit=POINTS,
    region=(-1.0, float("inf")),
    refuted="An accuracy that is lower by one percentage point or more with the hinge loss.",
    order=201,
)
