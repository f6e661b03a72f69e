"""Time to a given loss in a net with six hidden layers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from dlcore.claims._measures import seconds_to
from dlcore.claims._setups import DIGITS, over
from dlcore.specs import Claim

RATES = (0.01, 0.03, 0.1)
NET = DIGITS.with_(layers=(64,) * 6, optimizer="sgd", momentum=0.9, epochs=40)


def effect(values: Mapping[str, Sequence[float]]) -> float:
    """The faster of sigmoid and tanh divided by ReLU, each at its fastest rate."""
    return min(*values["tanh"], *values["sigmoid"]) / min(values["ReLU"])


CLAIM = Claim(
    name="relu_time",
    title="Does ReLU get there in less time than sigmoid and tanh in a deep net?",
    summary="With six hidden layers a ReLU net reaches a training loss of 0.1 sooner than tanh or sigmoid, at the best of three rates.",
    topic="activations",
    reference="Glorot, Bordes & Bengio 2011",
    arms={
        "ReLU": over(NET.with_(initializer="he_normal"), "learning_rate", *RATES),
        "tanh": over(NET.with_(activation="tanh"), "learning_rate", *RATES),
        "sigmoid": over(NET.with_(activation="sigmoid"), "learning_rate", *RATES),
    },
    measure=seconds_to("loss", 0.1),
    timed=True,
    effect=effect,
    quantity="seconds to a training loss of 0.1, the faster of tanh and sigmoid divided by ReLU",
    unit="times",
    kind="ratio",
    region=(1.0, float("inf")),
    refuted="Tanh or sigmoid at least as fast as ReLU.",
    order=11,
)
