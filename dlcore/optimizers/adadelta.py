"""Adadelta: steps in the ratio of recent steps to recent gradients (Zeiler 2012)."""

from __future__ import annotations

from dlcore.calls import Call
from dlcore.fields import Field
from dlcore.optimizers._fields import clipnorm, epsilon, keras_arguments, learning_rate, weight_decay
from dlcore.specs import Optimizer

OPTIMIZER = Optimizer(
    name="adadelta",
    title="Adadelta",
    summary="A running mean of past steps sets the size. The paper's learning rate is 1; Keras's default of 0.001 hardly moves.",
    fields=(
        learning_rate(1.0),
        Field(
            "rho",
            "float",
            0.95,
            "Memory ρ",
            "How long squared gradients and squared steps are remembered.",
            0.0,
            0.9999,
            0.01,
            advanced=True,
        ),
        epsilon(1e-6),
        weight_decay(),
        clipnorm(),
    ),
    call=lambda settings: Call("optimizers.Adadelta", keras_arguments(settings)),
    slots=lambda settings: 2,
    order=7,
)
