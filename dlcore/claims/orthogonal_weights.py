"""Random orthogonal matrices against He's weights in ten ReLU layers."""

from __future__ import annotations

from dlcore.claims._measures import POINTS, difference, last
from dlcore.claims._setups import DEEP
from dlcore.specs import Claim

NET = DEEP.with_(optimizer="sgd", learning_rate=0.03, epochs=20)

CLAIM = Claim(
    name="orthogonal_weights",
    title="Are orthogonal weights as good as He's?",
    summary="With a gain of √2 orthogonal weights end no more than two percentage points below He's in ten ReLU layers.",
    topic="weights",
    reference="Saxe, McClelland & Ganguli 2014",
    arms={
        "orthogonal": (NET.with_(initializer="orthogonal", initializer_scale=2**0.5),),
        "He": (NET.with_(initializer="he_normal"),),
    },
    measure=last("val_accuracy", diverged=0.1),
    effect=difference("orthogonal", "He", 100),
    quantity="validation accuracy, orthogonal minus He",
    unit=POINTS,
    region=(-2.0, float("inf")),
    refuted="Two percentage points or more below He's.",
    order=53,
)
