"""He's weights against Glorot's in ten ReLU layers."""

from __future__ import annotations

from dlcore.claims._measures import POINTS, difference, last
from dlcore.claims._setups import DEEP
from dlcore.specs import Claim

NET = DEEP.with_(optimizer="sgd", learning_rate=0.03, epochs=20)

CLAIM = Claim(
    name="he_deep_relu",
    title="Do He's weights train a deep ReLU net better than Glorot's?",
    summary="With ten ReLU layers and plain gradient descent, He's weights end with a higher accuracy than Glorot's.",
    topic="weights",
    reference="He et al. 2015",
    arms={"He": (NET.with_(initializer="he_normal"),), "Glorot": (NET.with_(initializer="glorot_normal"),)},
    measure=last("val_accuracy", diverged=0.1),
    effect=difference("He", "Glorot", 100),
    quantity="validation accuracy, He minus Glorot",
    unit=POINTS,
    refuted="An accuracy with He's weights that is the same or lower.",
    order=51,
)
