"""A method that uses curvature against gradient descent, both on all rows at once."""

from __future__ import annotations

from dlcore.claims._measures import last, of_fastest
from dlcore.claims._setups import DIGITS, over
from dlcore.specs import Claim

NET = DIGITS.with_(batch_size=0, epochs=60)

CLAIM = Claim(
    name="lbfgs_full_batch",
    title="Does L-BFGS go further than gradient descent on full batches?",
    summary="After 60 passes over all rows L-BFGS has a lower training loss than gradient descent at the best of three rates.",
    topic="optimizers",
    reference="Liu & Nocedal 1989; Le et al. 2011",
    arms={
        "gradient descent": over(NET.with_(optimizer="sgd"), "learning_rate", 0.1, 0.3, 1.0),
        "L-BFGS": (NET.with_(optimizer="lbfgs"),),
    },
    measure=last("loss"),
    effect=of_fastest("gradient descent", "L-BFGS"),
    quantity="training loss after 60 epochs, gradient descent divided by L-BFGS",
    unit="times",
    kind="ratio",
    region=(1.0, float("inf")),
    refuted="A loss with L-BFGS that is as high or higher.",
    order=27,
)
