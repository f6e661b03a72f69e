"""RMSprop: steps divided by a running root mean square of the gradient (Tieleman & Hinton 2012)."""

from __future__ import annotations

from dlcore.calls import Call
from dlcore.fields import Field
from dlcore.optimizers._fields import clipnorm, epsilon, keras_arguments, learning_rate, momentum, weight_decay
from dlcore.specs import Optimizer

OPTIMIZER = Optimizer(
    name="rmsprop",
    title="RMSprop",
    summary="Divides each weight's step by the recent size of its gradient.",
    fields=(
        learning_rate(0.001),
        Field("rho", "float", 0.9, "Memory ρ", "How long squared gradients are remembered.", 0.0, 0.9999, 0.01, advanced=True),
        momentum(advanced=True),
        epsilon(),
        weight_decay(),
        clipnorm(),
    ),
    call=lambda settings: Call("optimizers.RMSprop", keras_arguments(settings)),
    slots=lambda settings: 2 if settings["momentum"] else 1,
    order=5,
)
