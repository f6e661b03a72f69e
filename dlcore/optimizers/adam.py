"""Adam: adaptive moment estimation (Kingma & Ba 2015)."""

from __future__ import annotations

from dlcore.calls import Call
from dlcore.optimizers._fields import beta_1, beta_2, clipnorm, epsilon, keras_arguments, learning_rate, weight_decay
from dlcore.specs import Optimizer

OPTIMIZER = Optimizer(
    name="adam",
    title="Adam",
    summary="Scales each weight's step by running means of its gradient and of the squared gradient.",
    fields=(
        learning_rate(0.001),
        beta_1(),
        beta_2(),
        epsilon(),
        weight_decay(),
        clipnorm(),
    ),
    call=lambda settings: Call("optimizers.Adam", keras_arguments(settings)),
    slots=lambda settings: 2,
    order=1,
)
