"""AdamW: Adam with decoupled weight decay (Loshchilov & Hutter 2019)."""

from __future__ import annotations

from dlcore.calls import Call
from dlcore.optimizers._fields import beta_1, beta_2, clipnorm, epsilon, keras_arguments, learning_rate, weight_decay
from dlcore.specs import Optimizer

OPTIMIZER = Optimizer(
    name="adamw",
    title="AdamW",
    summary="Adam that also shrinks all weights a little in each step, apart from the gradient.",
    fields=(
        learning_rate(0.001),
        weight_decay(0.004, advanced=False),
        beta_1(),
        beta_2(),
        epsilon(),
        clipnorm(),
    ),
    # Keras's own default decay would come back if 0 were left out.
    call=lambda settings: Call("optimizers.AdamW", keras_arguments(settings) | {"weight_decay": settings["weight_decay"]}),
    slots=lambda settings: 2,
    order=3,
)
