"""Weight decay apart from the gradient against a penalty in the loss, both under Adam."""

from __future__ import annotations

from dlcore.claims._measures import POINTS, last, of_best
from dlcore.claims._setups import SCARCE, over
from dlcore.specs import Claim

CLAIM = Claim(
    name="decoupled_decay",
    title="Is decoupled weight decay better than an L2 penalty under Adam?",
    summary="Each at the best of three strengths, AdamW ends with a higher accuracy than Adam with an L2 penalty.",
    topic="weight_decay",
    reference="Loshchilov & Hutter 2019",
    arms={
        "AdamW": over(SCARCE.with_(optimizer="adamw"), "weight_decay", 0.1, 1.0, 10.0),
        "Adam with L2": over(SCARCE, "l2", 0.001, 0.01, 0.1),
    },
    measure=last("val_accuracy", diverged=0.1),
    effect=of_best("AdamW", "Adam with L2", 100),
    quantity="validation accuracy, AdamW minus Adam with L2, each at its best strength",
    unit=POINTS,
    refuted="An accuracy with AdamW that is the same or lower.",
    order=63,
)
