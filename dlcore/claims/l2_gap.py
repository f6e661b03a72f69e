"""The L2 penalty and the distance between training and validation."""

from __future__ import annotations

from dlcore.claims._measures import POINTS, difference, gap
from dlcore.claims._setups import SCARCE
from dlcore.specs import Claim

CLAIM = Claim(
    name="l2_gap",
    title="Does the L2 penalty narrow the gap between training and validation?",
    summary="On 200 rows with wrong labels an L2 penalty of 0.01 brings the accuracies on training and validation rows closer together.",
    topic="weight_decay",
    reference="Krogh & Hertz 1992",
    arms={"none": (SCARCE,), "L2 0.01": (SCARCE.with_(l2=0.01),)},
    measure=gap("accuracy"),
    effect=difference("none", "L2 0.01", 100),
    quantity="training minus validation accuracy, without the penalty minus with it",
    unit=POINTS,
    refuted="A gap that is as wide or wider with the penalty.",
    order=61,
)
