"""The gradient that reaches the first of ten hidden layers."""

from __future__ import annotations

from dlcore.claims._measures import inside, quotient
from dlcore.claims._setups import DEEP
from dlcore.specs import Claim

CLAIM = Claim(
    name="relu_gradient",
    title="Does ReLU keep the gradient alive in a deep net?",
    summary="Ten layers down a ReLU net with He's weights still gets a gradient of the size of the last layer's; a sigmoid net does not.",
    topic="activations",
    reference="Glorot & Bengio 2010; He et al. 2015",
    arms={"ReLU": (DEEP.with_(initializer="he_normal"),), "sigmoid": (DEEP.with_(activation="sigmoid"),)},
    looks="start",
    measure=inside("gradient_reach"),
    effect=quotient("ReLU", "sigmoid"),
    quantity="gradient of the first layer relative to the last, ReLU divided by sigmoid, before training",
    unit="times",
    kind="ratio",
    region=(10.0, float("inf")),
    refuted="A ratio below ten.",
    order=12,
)
