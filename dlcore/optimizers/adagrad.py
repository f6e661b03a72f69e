"""Adagrad: steps divided by the root of all squared gradients so far (Duchi, Hazan & Singer 2011)."""

from __future__ import annotations

from dlcore.calls import Call
from dlcore.fields import Field
from dlcore.optimizers._fields import clipnorm, epsilon, keras_arguments, learning_rate, weight_decay
from dlcore.specs import Optimizer

OPTIMIZER = Optimizer(
    name="adagrad",
    title="Adagrad",
    summary="Gives rarely used weights larger steps; all steps shrink as training goes on, like 1/√t.",
    fields=(
        learning_rate(0.05),
        Field(
            "initial_accumulator_value",
            "float",
            0.1,
            "Start of the sum",
            "What the sum of squared gradients begins with.",
            0.0,
            10.0,
            advanced=True,
        ),
        epsilon(),
        weight_decay(),
        clipnorm(),
    ),
    call=lambda settings: Call("optimizers.Adagrad", keras_arguments(settings)),
    slots=lambda settings: 1,
    order=6,
)
