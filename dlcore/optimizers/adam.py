"""Adam: adaptive moment estimation (Kingma & Ba 2015)."""

from __future__ import annotations

from dlcore.calls import Call
from dlcore.optimizers._fields import clipnorm, common, learning_rate
from dlcore.fields import Field
from dlcore.specs import Optimizer, Settings


def call(settings: Settings) -> Call:
    return Call(
        "optimizers.Adam",
        {
            "learning_rate": settings["learning_rate"],
            "beta_1": settings["beta_1"],
            "beta_2": settings["beta_2"],
            **common(settings),
        },
    )


OPTIMIZER = Optimizer(
    name="adam",
    title="Adam",
    summary="Scales each weight's step by running means of its gradient and of the squared gradient.",
    fields=(
        learning_rate(0.001),
        Field("beta_1", "float", 0.9, "Momentum β₁", "How much of the past gradients each step remembers.", 0.0, 0.999, 0.01, live=True, advanced=True),
        Field("beta_2", "float", 0.999, "Memory β₂", "How long squared gradients are remembered.", 0.0, 0.99999, advanced=True),
        clipnorm(),
    ),
    call=call,
    order=1,
)
