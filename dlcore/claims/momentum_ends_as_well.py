"""Tuned gradient descent with momentum against tuned Adam."""

from __future__ import annotations

from dlcore.claims._measures import POINTS, last, of_best
from dlcore.claims._setups import DIGITS, over
from dlcore.specs import Claim

NET = DIGITS.with_(epochs=40)

CLAIM = Claim(
    name="momentum_ends_as_well",
    title="Does tuned SGD with momentum end at least as well as Adam?",
    summary="Each at the best of five learning rates, SGD with momentum ends no more than one percentage point below Adam.",
    topic="optimizers",
    reference="Wilson et al. 2017",
    arms={
        "SGD with momentum": over(NET.with_(optimizer="sgd", momentum=0.9), "learning_rate", 0.001, 0.003, 0.01, 0.03, 0.1),
        "Adam": over(NET.with_(optimizer="adam"), "learning_rate", 0.0003, 0.001, 0.003, 0.01, 0.03),
    },
    measure=last("val_accuracy", diverged=0.1),
    effect=of_best("SGD with momentum", "Adam", 100),
    quantity="validation accuracy, SGD with momentum minus Adam, each at its best rate",
    unit=POINTS,
    region=(-1.0, float("inf")),
    refuted="SGD with momentum a percentage point or more below Adam.",
    order=24,
)
