"""Activations around zero against the logistic sigmoid."""

from __future__ import annotations

from dlcore.claims._measures import epochs_to, of_fastest
from dlcore.claims._setups import DIGITS, over
from dlcore.specs import Claim

RATES = (0.03, 0.1, 0.3, 1.0)
NET = DIGITS.with_(layers=(64, 64), optimizer="sgd", epochs=60)

CLAIM = Claim(
    name="zero_mean_activations",
    title="Do activations around zero learn faster than the logistic?",
    summary="A net of tanh units needs fewer epochs than one of sigmoid units, each at the best of four learning rates.",
    topic="activations",
    reference="LeCun, Bottou, Orr & Müller 1998",
    arms={
        "tanh": over(NET.with_(activation="tanh"), "learning_rate", *RATES),
        "sigmoid": over(NET.with_(activation="sigmoid"), "learning_rate", *RATES),
    },
    measure=epochs_to("loss", 0.1),
    effect=of_fastest("sigmoid", "tanh"),
    quantity="epochs to a training loss of 0.1, sigmoid divided by tanh",
    unit="times",
    kind="ratio",
    region=(1.0, float("inf")),
    refuted="A tanh net that needs as many epochs or more.",
    order=10,
)
