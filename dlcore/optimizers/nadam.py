"""Nadam: Adam with Nesterov momentum (Dozat 2016)."""

from __future__ import annotations

from dlcore.calls import Call
from dlcore.optimizers._fields import beta_1, beta_2, clipnorm, epsilon, keras_arguments, learning_rate, weight_decay
from dlcore.specs import Optimizer

OPTIMIZER = Optimizer(
    name="nadam",
    title="Nadam",
    summary="Adam that looks ahead along its momentum, as Nesterov's does.",
    fields=(
        learning_rate(0.001),
        beta_1(),
        beta_2(),
        epsilon(),
        weight_decay(),
        clipnorm(),
    ),
    call=lambda settings: Call("optimizers.Nadam", keras_arguments(settings)),
    slots=lambda settings: 2,
    order=4,
)
