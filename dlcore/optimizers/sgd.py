"""Stochastic gradient descent (Robbins & Monro 1951), with momentum (Polyak 1964) or Nesterov's (Sutskever et al. 2013)."""

from __future__ import annotations

from dlcore.calls import Call
from dlcore.fields import Field
from dlcore.optimizers._fields import clipnorm, keras_arguments, learning_rate, momentum, weight_decay
from dlcore.specs import Optimizer

OPTIMIZER = Optimizer(
    name="sgd",
    title="Gradient descent (SGD)",
    summary="Steps straight down the gradient of each batch; momentum lets steps in one direction add up.",
    fields=(
        learning_rate(0.05),
        momentum(),
        Field("nesterov", "bool", False, "Nesterov", "Takes the gradient where the momentum is about to lead; needs some momentum."),
        weight_decay(),
        clipnorm(),
    ),
    call=lambda settings: Call("optimizers.SGD", keras_arguments(settings)),
    slots=lambda settings: 1 if settings["momentum"] else 0,
    order=2,
)
