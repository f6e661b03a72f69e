"""How much the result depends on the learning rate, for Adam and for gradient descent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from dlcore.claims._measures import POINTS, last
from dlcore.claims._setups import DIGITS, over
from dlcore.specs import Claim

FACTORS = (0.01, 0.1, 1.0, 10.0, 100.0)


def effect(values: Mapping[str, Sequence[float]]) -> float:
    """How much further SGD's accuracies scatter over the rates than Adam's."""
    return 100 * float(np.std(values["SGD"]) - np.std(values["Adam"]))


CLAIM = Claim(
    name="adam_tuning",
    title="Does Adam need less tuning than plain gradient descent?",
    summary="From a hundredth to a hundred times Keras's default learning rate, Adam's accuracy varies less than SGD's.",
    topic="optimizers",
    reference="Kingma & Ba 2015; compare Schmidt, Schneider & Hennig 2021",
    arms={
        "Adam": over(DIGITS.with_(optimizer="adam"), "learning_rate", *(0.001 * factor for factor in FACTORS)),
        "SGD": over(DIGITS.with_(optimizer="sgd"), "learning_rate", *(0.01 * factor for factor in FACTORS)),
    },
    # A run that diverged reads digits no better than by chance.
    measure=last("val_accuracy", diverged=0.1),
    effect=effect,
    quantity="standard deviation of validation accuracy over five learning rates, SGD minus Adam",
    unit=POINTS,
    refuted="An accuracy that varies as much with Adam, or more.",
    order=23,
)
