"""Glorot's weights against small random ones in ten tanh layers."""

from __future__ import annotations

from dlcore.claims._measures import POINTS, difference, last
from dlcore.claims._setups import DEEP
from dlcore.specs import Claim

NET = DEEP.with_(activation="tanh", optimizer="sgd", learning_rate=0.03, epochs=20)

CLAIM = Claim(
    name="glorot_deep_tanh",
    title="Do Glorot's weights train a deep tanh net better than small random ones?",
    summary="With ten tanh layers Glorot's weights end with a higher accuracy than normal ones of deviation 0.01.",
    topic="weights",
    reference="Glorot & Bengio 2010",
    arms={
        "Glorot": (NET.with_(initializer="glorot_uniform"),),
        "normal 0.01": (NET.with_(initializer="random_normal", initializer_scale=0.01),),
    },
    measure=last("val_accuracy", diverged=0.1),
    effect=difference("Glorot", "normal 0.01", 100),
    quantity="validation accuracy, Glorot minus normal of deviation 0.01",
    unit=POINTS,
    refuted="An accuracy with Glorot's weights that is the same or lower.",
    order=52,
)
