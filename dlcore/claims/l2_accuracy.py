"""The L2 penalty and what is right on rows never seen."""

from __future__ import annotations

from dlcore.claims._measures import POINTS, difference, last
from dlcore.claims._setups import SCARCE
from dlcore.specs import Claim

CLAIM = Claim(
    name="l2_accuracy",
    title="Does the L2 penalty improve accuracy on rows never seen?",
    summary="On 200 rows with wrong labels a net with an L2 penalty of 0.01 is right more often on validation rows.",
    topic="weight_decay",
    reference="Krogh & Hertz 1992",
    arms={"L2 0.01": (SCARCE.with_(l2=0.01),), "none": (SCARCE,)},
    measure=last("val_accuracy"),
    effect=difference("L2 0.01", "none", 100),
    quantity="validation accuracy, with the penalty minus without",
    unit=POINTS,
    refuted="An accuracy that is the same or lower with the penalty.",
    order=62,
)
